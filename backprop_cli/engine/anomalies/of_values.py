"""Values that left the reals, at the first gate that did, and values that are 0 only because they are too small."""

from __future__ import annotations

from backprop_cli.engine.anomalies.anomaly import Anomaly
from backprop_cli.engine.anomalies.masks import (
    Mask,
    Sizes,
    at,
    first,
    is_finite,
    is_infinite,
    is_nan,
    operands_of,
    some,
)
from backprop_cli.engine.passes import rule_of
from backprop_cli.gates import GATES
from backprop_cli.gates.fields import ARRAYS
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import CONSTANT, INPUT, Graph, Value
from backprop_cli.lean import Iterator, Sequence


def of_values(graph: Graph, values: list[Value], live: list[Mask], sizes: Sizes) -> Iterator[Anomaly]:
    """Poles, undefined values, overflow and underflow; inputs that are not finite."""
    wholly: list[bool] = []  # whether every element of a node is finite
    for node, value in enumerate(values):
        gate, shape = graph.gates[node], graph.shape(node)
        wholly.append(sizes.all_finite(value))
        if node not in graph.attributes and wholly[node] and sizes.none_is_zero(value):
            continue  # a tensor gate may have more to say
        if gate == CONSTANT:
            continue  # who writes `inf` means it
        if gate == INPUT:
            kind, masks = "input", {"nonfinite-input": is_finite(value) ^ True}
        elif not some(live[node]):
            continue
        elif gate not in GATES:
            yield from _of_tensor(graph, values, node, live[node], wholly)
            continue
        else:
            kind, masks = "value", _masks(graph, values, node, live[node])
        for code, mask in masks.items():
            if some(mask):
                element, elements = first(mask, shape)
                numbers = (at(value, element, shape),)
                yield Anomaly(code, kind, node, numbers=numbers, element=element, elements=elements)


def _masks(graph: Graph, values: list[Value], node: int, live: Mask) -> dict[str, Mask]:
    """For each code the elements of an elementwise gate at which it is due."""
    gate, field, value = GATES[graph.gates[node]], rule_of(graph, node).field, values[node]
    operands = operands_of(graph, values, node)
    known, finite = live, live
    for x in operands:
        known, finite = known & (x == x), finite & is_finite(x)
    odd = known & (is_finite(value) ^ True)
    pole = field.pole[gate.name](*operands, value) if gate.pole else False
    masks = {
        "pole": odd & pole,
        "undefined": odd & (pole ^ True) & is_nan(value),
        "overflow": finite & (pole ^ True) & is_infinite(value),
    }
    if gate.vanish:
        masks["underflow"] = finite & (value == 0) & (field.vanish[gate.name](*operands, value) ^ True)
    return masks


def _of_tensor(graph: Graph, values: list[Value], node: int, live: Mask, wholly: Sequence[bool]) -> Iterator[Anomaly]:
    """Notes of the row that are about the value; otherwise what left the reals or vanished here."""
    gate, shape, value = TENSORS[graph.gates[node]], graph.shapes[node], values[node]
    operands, attributes = operands_of(graph, values, node), graph.attributes[node]
    finite = all(wholly[j] for j in graph.inputs[node])
    odd = False if wholly[node] else live & (is_finite(value) ^ True)
    if gate.vanish and finite and some(zero := live & (value == 0)):
        lost = zero & (ARRAYS.exact_zero[gate.name](operands, attributes) ^ True)
        if some(lost):
            yield _at_first("underflow", node, lost, shape)
    for number, rule in enumerate(gate.notes if finite else ()):
        if rule.code != "kink" and some(ARRAYS.note[gate.name](number, value, operands, attributes)):
            yield Anomaly(rule.code, "rule", node, rule=rule)
            return
    if not some(odd):
        return
    if some(is_nan(value)) and not any(some(is_nan(x)) for x in operands):
        yield _at_first("undefined", node, odd, shape)
    elif finite:
        yield _at_first("overflow", node, odd, shape)


def _at_first(code: str, node: int, mask: Mask, shape: tuple[int, ...]) -> Anomaly:
    element, elements = first(mask, shape)
    return Anomaly(code, "value", node, element=element, elements=elements)
