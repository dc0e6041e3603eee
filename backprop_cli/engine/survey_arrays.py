"""What is odd about a pass over arrays: the same findings as of numbers, each at its first element, with a count.

Conditions are looked for in whole arrays; the first element that meets one is then judged as a number would be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from backprop_cli.engine.arrays import flow_of_tensor, flows, unbroadcast
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.survey import Finding, slopes_of_node
from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.fields import (
    ARRAY_EDGE,
    ARRAY_JUMP,
    ARRAY_KINK,
    ARRAY_POLE,
    ARRAY_VANISH,
    TENSOR_NOTE,
    TENSOR_PULL,
    TENSOR_VANISH,
)
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import CONSTANT, INPUT, Graph, Value
from backprop_cli.numeric.shapes import Shape, reduced

_UNSURE = 1000  # elements with a slope of 0 that are looked at one by one


def survey_arrays(
    graph: Graph, values: list[Value], passed: Backward | None, active: bytearray | None
) -> Iterator[Finding]:
    """The findings of a forward pass, and of a backward pass if there was one."""
    with np.errstate(all="ignore"):
        live = _live(graph, values)
        yield from _of_values(graph, values, live)
        if passed is None or active is None:
            return
        felt = _felt(graph, values, passed, active, live)
        yield from _of_slopes(graph, values, passed, active, felt)
        yield from _of_flow(graph, values, passed, active, felt)


def _live(graph: Graph, values: list[Value]) -> list[Any]:
    """For each node which elements are results or lead to one: not those only a branch not taken needs."""
    used = {j for operands in graph.inputs for j in operands}
    live = [np.full(shape, node not in used or node == graph.output) for node, shape in enumerate(graph.shapes)]
    for i in range(len(graph) - 1, -1, -1):
        operands = graph.inputs[i]
        if not operands:
            continue
        if i in graph.attributes:
            row = TENSORS[graph.gates[i]]
            for k, j in enumerate(operands):
                if row.selects and not live[i].all():
                    clean = [np.zeros(graph.shapes[n]) for n in operands]
                    pulled = TENSOR_PULL[row.name](k, live[i] * 1.0, values[i], clean, graph.attributes[i])
                    live[j] = live[j] | np.not_equal(pulled, 0)
                elif live[i].any():
                    live[j] = np.ones_like(live[j])
            continue
        masks = [live[i]] * len(operands)
        if graph.gates[i] == "where":
            taken = np.not_equal(values[operands[0]], 0)
            masks = [live[i], live[i] & taken, live[i] & ~taken]
        for j, mask in zip(operands, masks, strict=True):
            live[j] = live[j] | _down(mask, graph.shapes[j])
    return live


def _down(mask: Any, shape: Shape) -> Any:
    """Which elements of an operand any marked element of the result uses."""
    return np.not_equal(unbroadcast(mask * 1.0, shape), 0)


def _felt(graph: Graph, values: list[Value], passed: Backward, active: bytearray, live: list[Any]) -> list[Any]:
    """The elements of which a small move can be felt at the output: not those a routing gate ignores."""
    felt = [np.zeros(shape, dtype=bool) for shape in graph.shapes]
    felt[graph.output] = np.ones(graph.shapes[graph.output], dtype=bool)
    for i in range(graph.output, -1, -1):
        gate = GATES.get(graph.gates[i])
        for k, j in enumerate(graph.inputs[i]):
            if not active[i] or not felt[i].any():
                continue
            if gate is None:
                down = flow_of_tensor(graph, values, i, k, felt[i])
            else:
                mask = felt[i]
                if gate.routes and gate.partials[0 if gate.variadic else k] != "0":
                    moves = np.not_equal(passed.locals[i][k], 0)
                    if gate.kink:
                        moves = moves | ARRAY_KINK[gate.name](*(values[n] for n in graph.inputs[i]), values[i])
                    mask = mask & moves
                down = _down(mask, graph.shapes[j])
            felt[j] = felt[j] | (down & live[j])
    return felt


def _findings(mask: Any, shape: Shape) -> tuple[tuple[int, ...], int]:
    """The first marked element, and how many there are; of a number the element is ()."""
    mask = np.broadcast_to(mask, shape)
    flat = int(np.argmax(mask))
    return tuple(map(int, np.unravel_index(flat, shape))) if shape else (), int(np.count_nonzero(mask))


def _number(value: Value, element: tuple[int, ...], shape: Shape) -> float:
    """The element of an operand that the element of the result is made of."""
    return float(np.broadcast_to(value, shape)[element])


def _of_values(graph: Graph, values: list[Value], live: list[Any]) -> Iterator[Finding]:
    for i, value in enumerate(values):
        gate, shape = graph.gates[i], graph.shapes[i]
        odd = ~np.isfinite(value)
        if gate in (INPUT, CONSTANT):
            if odd.any():
                element, count = _findings(odd, shape)
                worst = (_number(value, element, shape),)
                yield Finding("nonfinite-input", "input", i, numbers=worst, element=element, elements=count)
            continue
        operands = [values[j] for j in graph.inputs[i]]
        if gate in TENSORS:
            if live[i].any():
                yield from _of_tensor_value(graph, i, operands, value, odd & live[i], np.equal(value, 0) & live[i])
            continue
        if not odd.any() and np.all(value):
            continue
        row = GATES[gate]
        finite = np.ones(shape, dtype=bool)
        known = np.ones(shape, dtype=bool)
        for x in operands:
            finite, known = finite & np.isfinite(x), known & ~np.isnan(x)
        pole = ARRAY_POLE[gate](*operands, value) if row.pole else np.False_
        wrong = odd & known & live[i]
        masks = {
            "pole": wrong & pole,
            "undefined": wrong & ~pole & np.isnan(value),
            "overflow": wrong & ~pole & np.isinf(value) & finite,
        }
        if row.vanish:
            exact = np.asarray(ARRAY_VANISH[gate](*operands, value))
            masks["underflow"] = live[i] & finite & np.equal(value, 0) & ~exact
        for code, mask in masks.items():
            if mask.any():
                element, count = _findings(mask, shape)
                yield Finding(
                    code, "value", i, numbers=(_number(value, element, shape),), element=element, elements=count
                )


def _of_tensor_value(
    graph: Graph, i: int, operands: list[Value], value: Value, odd: Any, zero: Any
) -> Iterator[Finding]:
    """Notes of the row that are about the value, and otherwise what left the reals or vanished here."""
    row = TENSORS[graph.gates[i]]
    said = False
    finite = all(np.isfinite(x).all() for x in operands)
    for number, note in enumerate(row.notes):
        if note.code == "kink" or said or not finite:
            continue
        if np.any(TENSOR_NOTE[row.name](number, value, operands, graph.attributes[i])):
            yield Finding(note.code, f"tensor {number}", i)
            said = True
    if row.vanish and finite and zero.any():
        lost = zero & ~np.asarray(TENSOR_VANISH[row.name](operands, graph.attributes[i]))
        if lost.any():
            element, count = _findings(lost, graph.shapes[i])
            yield Finding("underflow", "value", i, element=element, elements=count)
    if said or not odd.any():
        return
    element, count = _findings(odd, graph.shapes[i])
    if np.isnan(value).any() and not any(np.isnan(x).any() for x in operands):
        yield Finding("undefined", "value", i, element=element, elements=count)
    elif finite:
        yield Finding("overflow", "value", i, element=element, elements=count)


def _of_slopes(
    graph: Graph, values: list[Value], passed: Backward, active: bytearray, felt: list[Any]
) -> Iterator[Finding]:
    for i, ids in enumerate(graph.inputs):
        if not ids or not active[i] or not felt[i].any():
            continue
        operands = [values[j] for j in ids]
        if i in graph.attributes:
            row = TENSORS[graph.gates[i]]
            for number, note in enumerate(row.notes):
                if note.code == "kink":
                    met = TENSOR_NOTE[row.name](number, values[i], operands, graph.attributes[i])
                    met = _where_felt(graph, i, met, felt[i])
                    if np.any(met) and active[ids[0]]:
                        yield Finding("kink", f"tensor {number}", i, elements=int(np.count_nonzero(met)))
            continue
        gate = GATES[graph.gates[i]]
        known = ~np.isnan(values[i])
        for x in operands:
            known = known & ~np.isnan(x)
        asked = [bool(active[j]) for j in ids]
        for mask in _suspects(gate, operands, values[i], passed.locals[i], asked):
            mask = mask & felt[i] & known
            shape = graph.shapes[i]
            mask = np.broadcast_to(mask, shape)
            suspects = np.flatnonzero(mask)
            for tried, flat in enumerate(suspects[:_UNSURE]):
                element = tuple(map(int, np.unravel_index(flat, shape))) if shape else ()
                at = [_number(x, element, shape) for x in operands]
                local = tuple(_number(slope, element, shape) for slope in passed.locals[i])
                found = list(slopes_of_node(i, gate, ids, at, _number(values[i], element, shape), local, asked))
                yield from (f._replace(element=element, elements=len(suspects) - tried) for f in found)
                if found:
                    break


def _where_felt(graph: Graph, node: int, met: Any, felt: Any) -> Any:
    """Where a reduction's kink, marked in its value or in its operand, is at an element that is felt."""
    if "axis" not in TENSORS[graph.gates[node]].attributes:
        return met & felt
    kept = reduced(graph.shapes[graph.inputs[node][0]], graph.attributes[node][0], keepdims=True)
    if np.shape(met) == graph.shapes[node]:
        met = np.reshape(met, kept)
    return met & np.reshape(felt, kept)


def _suspects(
    gate: Gate, operands: list[Value], out: Value, local: tuple[Value, ...], asked: list[bool]
) -> Iterator[Any]:
    """Masks, each of elements at which the same is odd."""
    odd: Any = np.False_
    for text, conditions in ((gate.kink, ARRAY_KINK), (gate.jump, ARRAY_JUMP), (gate.edge, ARRAY_EDGE)):
        if text:
            mask = np.asarray(conditions[gate.name](*operands, out))
            yield mask & ~odd
            odd = odd | mask
    for slope, wanted in zip(local, asked, strict=True):
        if wanted:
            for mask in (np.isnan(slope), np.isinf(slope)):
                yield mask & ~odd
                odd = odd | mask
    if len(local) == 1 and not gate.routes:
        zero = np.broadcast_to(np.equal(local[0], 0), np.shape(out)) & ~odd
        if zero.any():
            for flat in np.flatnonzero(zero)[:_UNSURE]:
                element = tuple(map(int, np.unravel_index(flat, np.shape(out))))
                at = [_number(x, element, np.shape(out)) for x in operands]
                if any(slopes_of_node(0, gate, (0,), at, float(np.asarray(out)[element]), (0.0,), [True])):
                    alone = np.zeros(np.shape(out), dtype=bool)
                    alone[element] = True
                    yield zero if zero.sum() == 1 else alone
                    return


def _of_flow(
    graph: Graph, values: list[Value], passed: Backward, active: bytearray, felt: list[Any]
) -> Iterator[Finding]:
    """Products upstream × local that are no number or too large or too small, where neither factor is to blame."""
    grads = passed.grads
    nan_into: set[int] = set()
    inf_into: set[int] = set()
    masks = flows(graph, values, passed, active)
    for i in range(graph.output, -1, -1):
        upstream = grads[i]
        if upstream is None or not active[i] or not graph.inputs[i]:
            continue
        operands = [values[j] for j in graph.inputs[i]]
        for k, j in enumerate(graph.inputs[i]):
            if not active[j]:
                continue
            if i in graph.attributes and np.isnan(values[i]).any():
                nan_into.add(j)  # an undefined value has undefined slopes, and a note of its own
                continue
            undefined: Any
            small: Any = np.False_
            if i in graph.attributes:
                sent = TENSOR_PULL[graph.gates[i]](k, upstream, values[i], operands, graph.attributes[i])
                sent = np.where(masks[i][k], sent, 0.0)
                clean = all(np.isfinite(x).all() for x in (upstream, values[i], *operands))
                undefined, large = np.isnan(sent) & clean, np.isinf(sent) & clean
                shape, factors = graph.shapes[j], None
            else:
                slope, shape = passed.locals[i][k], graph.shapes[i]
                sent = np.where(masks[i][k], upstream * slope, 0.0)
                undefined = np.isnan(sent) & ~np.isnan(upstream) & ~np.isnan(slope)
                large = np.isinf(sent) & np.isfinite(upstream) & np.isfinite(slope)
                small = np.equal(sent, 0) & np.not_equal(upstream, 0) & np.not_equal(slope, 0) & masks[i][k]
                factors = (upstream, slope)
            if np.isnan(sent).any():
                nan_into.add(j)
            if np.isinf(sent).any():
                inf_into.add(j)
            if undefined.any():
                element, count = _findings(undefined, shape)
                numbers = tuple(_number(factor, element, shape) for factor in factors or ())
                wording = "product" if factors else "gradient"
                yield Finding("undefined", wording, i, (k,), _sender(graph, passed, i), numbers, element, count)
            if large.any():
                yield Finding("overflow", "gradient", i, (k,), -1, (), *_findings(large, shape))
            if np.any(small):
                yield Finding("underflow", "gradient", i, (k,), -1, (), *_findings(small, shape))
    for j, grad in enumerate(grads):
        if grad is None or not active[j] or j == graph.output or np.isfinite(grad).all():
            continue
        bad = ~np.isfinite(grad) & felt[j]
        if np.isnan(grad).any() and j not in nan_into and bad.any():
            yield Finding("undefined", "sum", j, (), -1, (), *_findings(bad, graph.shapes[j]))
        elif np.isinf(grad).any() and j not in inf_into and bad.any():
            yield Finding("overflow", "sum", j, (), -1, (), *_findings(bad, graph.shapes[j]))


def _sender(graph: Graph, passed: Backward, node: int) -> int:
    """A gate that sends the node its gradient."""
    for i in range(graph.output, -1, -1):
        if node in graph.inputs[i] and passed.grads[i] is not None:
            return i
    return node
