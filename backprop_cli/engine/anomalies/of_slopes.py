"""Kinks, jumps, one-sided, infinite and undefined slopes of gates the gradient passes through.

They are looked for in whole arrays; the first element at which there is something is then judged as a number is.
"""

from __future__ import annotations

from itertools import islice
from math import inf, isfinite, isinf, isnan, nextafter

from backprop_cli.engine.anomalies.anomaly import MARKED, Anomaly
from backprop_cli.engine.anomalies.masks import (
    Mask,
    Sizes,
    at,
    count,
    elements,
    is_infinite,
    is_nan,
    operands_of,
    some,
    whole,
)  # fmt: skip
from backprop_cli.engine.passes import Backward, rule_of
from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.fields import ARRAYS, FLOATS, Field
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Iterator
from backprop_cli.numeric.shapes import Shape, reduced

_MOST_OPERANDS = 20  # of a thousand tied operands, twenty tell the story


def of_slopes(
    graph: Graph, values: list[Value], passed: Backward, active: bytearray, sensitive: list[Mask], sizes: Sizes
) -> Iterator[Anomaly]:
    """What is to be said of the slopes that the gradient passes."""
    for node, ids in enumerate(graph.inputs):
        if not ids or not active[node] or not some(sensitive[node]):
            continue
        gate, shape, out = GATES.get(graph.gates[node]), graph.shape(node), values[node]
        if gate is None:
            if active[ids[0]] and any(rule.code == "kink" for rule in TENSORS[graph.gates[node]].notes):
                arrives = _arrives(passed.grads[node], sizes)
                yield from _kinks_of_tensor(graph, values, node, sensitive[node] & arrives)
            continue
        slopes = passed.locals[node]
        if not shape and gate.name not in MARKED and 0.0 not in slopes and all(map(isfinite, slopes)):
            continue
        operands = operands_of(graph, values, node)
        asked = [bool(active[j]) for j in ids]
        arrives = _arrives(passed.grads[node], sizes) if shape and gate.kink else True
        field = rule_of(graph, node).field
        for suspect in _suspects(gate, field, operands, out, slopes, asked, shape, arrives, sizes):
            mask = suspect & sensitive[node]
            for x in (*operands, out) if some(mask) else ():  # a value that is not known has no kinks
                mask = mask & (x == x)
            for tried, element in enumerate(elements(mask, shape)):
                point = [at(x, element, shape) for x in operands]
                here = tuple(at(slope, element, shape) for slope in slopes)
                found = list(
                    _of_number(node, gate, one_for_each(graph, ids), point, at(out, element, shape), here, asked)
                )
                yield from (a._replace(element=element, elements=count(mask, shape) - tried) for a in found)
                if found:
                    break


def _arrives(grad: Value | None, sizes: Sizes) -> Mask:
    """The elements at which a gradient other than 0 arrives: 0 times any slope at a kink is 0."""
    return True if grad is None or sizes.none_is_zero(grad) else grad != 0


def one_for_each(graph: Graph, ids: tuple[int, ...]) -> tuple[int, ...]:
    """The operands, with one number for those that are the same element of the same array, or the same of the same."""
    first: dict[object, int] = {}

    def made(j: int) -> object:
        if not graph.inputs[j]:
            return j
        operands = [repr(graph.constants[i]) if i in graph.constants else i for i in graph.inputs[j]]
        return graph.gates[j], *operands, repr(graph.attributes.get(j))

    return tuple([first.setdefault(made(j), j) for j in ids])


def _kinks_of_tensor(graph: Graph, values: list[Value], node: int, sensitive: Mask) -> Iterator[Anomaly]:
    gate, attributes = TENSORS[graph.gates[node]], graph.attributes[node]
    operands, here = operands_of(graph, values, node), whole(sensitive, graph.shapes[node])
    for number, rule in enumerate(gate.notes):
        if rule.code != "kink":
            continue
        met = ARRAYS.note[gate.name](number, values[node], operands, attributes)
        if "keepdims" in gate.attributes:  # a reduction's, marked in its value or in its operand
            kept = reduced(graph.shapes[graph.inputs[node][0]], attributes[0], keepdims=True)
            met = whole(met, here.shape).reshape(kept) if getattr(met, "shape", ()) == here.shape else met
            met = met & here.reshape(kept)
        else:
            met = met & here
        if met.any():
            yield Anomaly("kink", "rule", node, elements=int(met.sum()), rule=rule)


def _suspects(
    gate: Gate,
    field: Field,
    operands: list[Value],
    out: Value,
    slopes: tuple[Value, ...],
    asked: list[bool],
    shape: Shape,
    arrives: Mask,
    sizes: Sizes,
) -> Iterator[Mask]:
    """Masks, each of elements at which the same may be worth a note."""
    if not shape:
        yield True
        return
    seen: Mask = False
    masks = [
        getattr(field, name)[gate.name](*operands, out) & (arrives if name == "kink" else True)
        for name in ("kink", "jump", "edge")
        if getattr(gate, name)
    ]
    odd = [slope for slope, wanted in zip(slopes, asked, strict=True) if wanted and not sizes.all_finite(slope)]
    masks += [of(slope) for slope in odd for of in (is_nan, is_infinite)]
    for mask in masks:
        yield mask & (seen ^ True)
        seen = seen | mask
    if len(slopes) == 1 and not gate.routes and not sizes.none_is_zero(slopes[0]):
        for element in elements((slopes[0] == 0) & (seen ^ True), shape):
            if _stays_zero(gate.name, at(operands[0], element, shape)):
                alone = whole(False, shape).copy()
                alone[element] = True
                yield alone
                return


def _of_number(
    node: int, gate: Gate, ids: tuple[int, ...], operands: list[float], out: float, slopes: tuple[float, ...],
    asked: list[bool],
) -> Iterator[Anomaly]:  # fmt: skip
    """What is to be said of the slopes of one gate at one point; `asked` says for each operand whether anyone asks."""

    def is_at(condition: str) -> bool:
        return bool(getattr(gate, condition)) and bool(getattr(FLOATS, condition)[gate.name](*operands, out))

    if is_at("kink"):
        yield from kinks(node, gate, ids, operands, slopes, asked)
    if is_at("jump") and not (len(ids) > 1 and len(set(ids)) == 1):  # x > x is the same on all sides
        yield Anomaly("jump", "comparison" if gate.truth else "value", node, numbers=tuple(operands))
    if asked[0] and is_at("edge"):
        yield Anomaly("one-sided", "slope", node, (0,), numbers=(slopes[0],))
    if slopes == (0.0,) and not gate.routes and _stays_zero(gate.name, operands[0]):
        yield Anomaly("underflow", "slope", node, (0,))
    for position, slope in enumerate(slopes):
        if isfinite(slope) or isinf(out) or not asked[position]:
            continue
        if isnan(slope):
            yield Anomaly("undefined", "slope", node, (position,))
        else:
            code = "infinite" if is_at("steep") else "overflow"
            yield Anomaly(code, "slope", node, (position,), numbers=(slope,))


def _stays_zero(gate: str, x: float) -> bool:
    """Whether the slope of a smooth gate is 0 around x too: then it is not 0 but too small."""
    around = (x + width for width in (-1e-3 * max(1.0, abs(x)), 1e-3 * max(1.0, abs(x))))
    return all(FLOATS.locals[gate](near, FLOATS.value[gate](near)) == (0.0,) for near in around)


def kinks(
    node: int, gate: Gate, ids: tuple[int, ...], operands: list[float], slopes: tuple[float, ...], asked: list[bool]
) -> Iterator[Anomaly]:
    """The valid slopes at a kink: those just to the left and just to the right of each operand.

    Operands with the same of `ids` move together, and the slopes are those of all of them.
    """
    alike: dict[tuple[float, ...], tuple[int, ...]] = {}  # operands whose slopes are the same share an anomaly
    for j in islice(dict.fromkeys(ids), _MOST_OPERANDS):
        position = ids.index(j)
        if not asked[position] or not isfinite(operands[position]):
            continue
        sides = []
        for towards in (-inf, inf):
            nudged = [nextafter(x, towards) if k == j else x for k, x in zip(ids, operands, strict=True)]
            beside = FLOATS.locals[gate.name](*nudged, FLOATS.value[gate.name](*nudged))
            sides.append(sum(slope for k, slope in zip(ids, beside, strict=True) if k == j))
        used = sum(slope for k, slope in zip(ids, slopes, strict=True) if k == j)
        if sides[0] != sides[1]:
            valid: tuple[float, ...] = (min(sides), max(sides), used)
            alike[valid] = (*alike.get(valid, ()), position)
    for valid, positions in alike.items():
        yield Anomaly("kink", "tie" if gate.variadic else "slope", node, positions, numbers=valid)
