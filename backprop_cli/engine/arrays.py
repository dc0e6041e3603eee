"""The passes on a graph with arrays: each node's value has the shape that was inferred, its gradient the same.

A Jacobian is never formed. An elementwise gate's is diagonal, and its diagonal is what is kept of it; a tensor gate
pulls its upstream gradient back by a rule of its row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from math import isnan
from types import MappingProxyType
from typing import Any

import numpy as np

from backprop_cli.engine.backward import ROUTES, Backward
from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.gates.fields import ARRAY_LOCALS, ARRAY_VALUES, LOCALS, TENSOR_FORWARD, TENSOR_PULL, VALUES
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.graph.shapes import operand_label
from backprop_cli.numeric.losses import ValueProblem
from backprop_cli.numeric.shapes import Shape


def forward(graph: Graph, given: Mapping[str, Value]) -> list[Value]:
    """The value of each node: a float where its shape is (), otherwise an array of that shape.

    Raises BackpropError (V311) for a value that a gate cannot work with, such as a label that is no class.
    """
    values: list[Value] = [np.nan] * len(graph)
    for name, node in graph.variables.items():
        values[node] = given[name]
    for node, constant in graph.constants.items():
        values[node] = constant
    leaves = {*graph.variables.values(), *graph.constants}
    shapes, attributes = graph.shapes, graph.attributes
    with np.errstate(all="ignore"):
        for node, gate in enumerate(graph.gates):
            if node in leaves:
                continue
            operands = [values[j] for j in graph.inputs[node]]
            shape = shapes[node]
            if node in attributes:
                try:
                    value = TENSOR_FORWARD[gate](operands, attributes[node])
                except ValueProblem as problem:
                    label = operand_label(graph, node, problem.operand)
                    raise BackpropError(Diagnostic("V311", f"`{gate}`: {problem}", (label,))) from None
            elif shape:
                value = ARRAY_VALUES[gate](*operands)
            else:
                value = VALUES[gate](*operands)
            values[node] = value if shape else float(value)
            assert np.shape(value) == shape, (gate, np.shape(value), shape)
    return values


def backward(
    graph: Graph,
    values: list[Value],
    seed: Value = 1.0,
    active: bytearray | None = None,
    known: Mapping[int, tuple[Value, ...]] = MappingProxyType({}),
) -> Backward:
    """The gradient of the output, weighed by `seed` (of the output's shape), at every node that is `active`.

    `locals[i]` has for each operand of an elementwise gate its Jacobian's diagonal, in the shape of node i or of what
    broadcasts to it (`known` are those already at hand); of a tensor gate nothing is kept. What a routing gate ignores
    gets nothing, whatever lies behind.
    """
    active = active if active is not None else bytearray(b"\1") * len(graph)
    with np.errstate(all="ignore"):
        passed, unsure = _backward(graph, values, seed, active, known, flows=None)
        # 0 times infinity is NaN, unless the 0 means that nothing flows: only then is it worth knowing which it is.
        if unsure:
            locals_ = dict(enumerate(passed.locals))
            masks = flows(graph, values, passed, active)
            passed, _ = _backward(graph, values, seed, active, locals_, flows=masks)
    return passed


def _has_nan(value: Value) -> bool:
    least = value if isinstance(value, float) else value.min()
    return isnan(least)


def _backward(
    graph: Graph,
    values: list[Value],
    seed: Value,
    active: bytearray,
    known: Mapping[int, tuple[Value, ...]],
    *,
    flows: list[Any] | None,
) -> tuple[Backward, bool]:
    """One pass, and whether an elementwise gate sent NaN; `flows` masks the elements to which something flows."""
    unsure = False
    count = len(graph)
    all_locals: list[tuple[Value, ...]] = [()] * count
    grads: list[Value | None] = [None] * count
    grads[graph.output] = seed
    inputs, shapes = graph.inputs, graph.shapes
    for i in range(count - 1, -1, -1):
        operands = inputs[i]
        if not operands or not active[i]:
            continue
        if i not in graph.attributes:
            xs = [values[j] for j in operands]
            locals_of = (ARRAY_LOCALS if shapes[i] else LOCALS)[graph.gates[i]]
            all_locals[i] = known[i] if i in known else locals_of(*xs, values[i])
        if grads[i] is None:
            continue
        upstream = _defined(graph, values, i, grads[i])
        for k, j in enumerate(operands):
            if not active[j]:
                continue
            sent = _sent(graph, values, i, k, upstream, all_locals[i], flows)
            if sent is not None:
                unsure = unsure or (i not in graph.attributes and _has_nan(sent))
                before = grads[j]
                grads[j] = sent if before is None else before + sent
    return Backward(all_locals, grads), unsure


def _defined(graph: Graph, values: list[Value], node: int, grad: Any) -> Any:
    """The gradient that arrives at a node; NaN where a tensor gate's value is: there it has undefined slopes."""
    if node in graph.attributes and _has_nan(values[node]):
        return np.where(np.isnan(values[node]), np.nan, grad)
    return grad


def _sent(
    graph: Graph, values: list[Value], node: int, k: int, upstream: Any, local: tuple[Value, ...], flows: Any
) -> Value | None:
    """What a node sends back to its k-th operand, in the operand's shape; None where a routing gate ignores it."""
    operands, gate = graph.inputs[node], graph.gates[node]
    if node in graph.attributes:
        xs = [values[j] for j in operands]
        sent = TENSOR_PULL[gate](k, upstream, values[node], xs, graph.attributes[node])
    else:
        slope = local[k]
        if flows is None and not graph.shapes[node] and slope == 0 and gate in ROUTES:
            return None
        sent = upstream if type(slope) is float and slope == 1 else upstream * slope
    if flows is not None:
        sent = np.where(flows[node][k], sent, 0.0)
    return unbroadcast(sent, graph.shapes[operands[k]])


class Shares:
    """What each gate has sent back to each of its operands in a finished pass; together they are its gradients."""

    def __init__(self, graph: Graph, values: list[Value], passed: Backward, active: bytearray) -> None:
        self.graph, self.values, self.passed, self.active = graph, values, passed, active

    def sent(self, node: int, k: int) -> Value | None:
        """What flowed from a node with a gradient to its k-th operand; None where that is ignored."""
        with np.errstate(all="ignore"):
            made = self._masked(node, k, None)
            if made is not None and _has_nan(made):
                made = self._masked(node, k, self._flows)
        return made

    def _masked(self, node: int, k: int, flows: Any) -> Value | None:
        upstream = _defined(self.graph, self.values, node, self.passed.grads[node])
        return _sent(self.graph, self.values, node, k, upstream, self.passed.locals[node], flows)

    @cached_property
    def _flows(self) -> list[tuple[Any, ...]]:
        return flows(self.graph, self.values, self.passed, self.active)


def gives(formula: Any, operands: Sequence[Value], slope: Value, tolerance: float) -> bool:
    """Whether a formula gives the slope, within a relative tolerance, wherever there is one."""
    with np.errstate(all="ignore"):
        found = np.isclose(formula(*operands), slope, rtol=tolerance, atol=0)
    return bool((found | np.isnan(slope)).all())


def unbroadcast(sent: Value, shape: Shape) -> Value:
    """Sum over the axes along which an operand of the shape was broadcast: each use of an element counts."""
    if not shape:
        return float(np.sum(sent)) + 0.0
    there = np.shape(sent)
    if there == shape:
        return sent
    added = len(there) - len(shape)
    over = (*range(added), *(k + added for k, length in enumerate(shape) if length == 1 and there[k + added] != 1))
    return np.sum(sent, axis=over, keepdims=True).reshape(shape) if over else np.broadcast_to(sent, shape)


def flows(graph: Graph, values: list[Value], passed: Backward, active: bytearray) -> list[tuple[Any, ...]]:
    """For each node and operand which elements (of the gate's result; of a tensor gate's operand) gradients flow to.

    A routing gate cuts the flow where its slope is 0, and so does `where` to the branch not taken.
    """
    reached: list[Any] = [None] * len(graph)
    reached[graph.output] = np.ones(graph.shapes[graph.output], dtype=bool)
    out: list[tuple[Any, ...]] = [()] * len(graph)
    for i in range(len(graph) - 1, -1, -1):
        operands, here = graph.inputs[i], reached[i]
        if not operands or not active[i]:
            continue
        if here is None:
            here = np.zeros(graph.shapes[i], dtype=bool)
        masks = []
        for k, j in enumerate(operands):
            if i in graph.attributes:
                mask = flow_of_tensor(graph, values, i, k, here)
                down = mask
            else:
                ignores = graph.gates[i] in ROUTES and passed.locals[i]
                mask = here & np.not_equal(passed.locals[i][k], 0) if ignores else here
                down = np.not_equal(unbroadcast(mask * 1.0, graph.shapes[j]), 0)
            masks.append(mask)
            before = reached[j]
            reached[j] = down if before is None else before | down
        out[i] = tuple(masks)
    return out


def flow_of_tensor(graph: Graph, values: list[Value], node: int, k: int, here: Any) -> Any:
    """To which elements of a tensor gate's operand something flows from the marked elements of its value."""
    row = TENSORS[graph.gates[node]]
    j = graph.inputs[node][k]
    if not (row.selects or row.routes):
        return np.full(graph.shapes[j], here.any())
    xs = [values[i] for i in graph.inputs[node]]
    clean = [np.where(np.isnan(x), 0.0, x) for x in xs] if row.selects else xs
    out = np.where(here, values[node], 0.0)  # an undefined element sends to all: not one to which nothing flows
    return TENSOR_PULL[row.name](k, here * 1.0, out, clean, graph.attributes[node]) != 0


def push(graph: Graph, values: list[Value], passed: Backward, direction: Mapping[int, Value]) -> Value:
    """Forward mode: how the output moves when the nodes of `direction` move at the rates given."""
    from backprop_cli.gates.fields import TENSOR_PUSH

    rates: list[Value | None] = [direction.get(node) for node in range(len(graph))]
    with np.errstate(all="ignore"):
        for i, operands in enumerate(graph.inputs):
            moved = [k for k, j in enumerate(operands) if rates[j] is not None]
            xs = [values[j] for j in operands]
            total = rates[i]
            for k in moved:
                rate = rates[operands[k]]
                if i in graph.attributes:
                    change = TENSOR_PUSH[graph.gates[i]](k, rate, values[i], xs, graph.attributes[i])
                else:
                    slope = passed.locals[i][k]
                    change = slope * rate
                    if graph.gates[i] in ROUTES:
                        change = np.where(np.equal(slope, 0), 0.0, change)
                total = change if total is None else total + change
            rates[i] = None if total is None else np.broadcast_to(total, graph.shapes[i])
    rate = rates[graph.output]
    return np.zeros(graph.shapes[graph.output]) if rate is None else rate


def diagonals(graph: Graph, passed: Backward, first: int, output: int, operands: Sequence[int]) -> tuple[Value, ...]:
    """∂output/∂operand through the elementwise nodes from `first` on, as diagonals in the output's shape.

    Beside what arrives at a node goes a mask of the elements at which something does: what a routing gate ignores
    stays 0, whatever lies behind.
    """
    found: dict[int, tuple[Any, Any]] = {output: (1.0, True)}
    with np.errstate(all="ignore"):
        for node in range(output, first - 1, -1):
            if node not in found:
                continue
            upstream, flows = found[node]
            for j, slope in zip(graph.inputs[node], passed.locals[node], strict=False):  # an inactive node has none
                reaches = flows & np.not_equal(slope, 0) if graph.gates[node] in ROUTES else flows
                sent = np.where(reaches, upstream * slope, 0.0)
                before = found.get(j)
                found[j] = (sent, reaches) if before is None else (before[0] + sent, before[1] | reaches)
        slopes = [np.asarray(found[j][0] if j in found else 0.0) + 0.0 for j in operands]
    return tuple(float(slope) if slope.shape == () else slope for slope in slopes)
