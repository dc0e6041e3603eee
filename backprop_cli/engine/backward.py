"""The backward pass: the same loop reversed. Global gradient = upstream times local, summed where paths meet."""

from __future__ import annotations

from typing import Any, NamedTuple

from backprop_cli.gates import GATES
from backprop_cli.gates.fields import LOCALS
from backprop_cli.graph.graph import Graph, Value

ROUTES = frozenset(name for name, gate in GATES.items() if gate.routes)


class Backward(NamedTuple):
    """`locals[i]`: one number an operand of node i. `grads[i]`: d output / d node i, None where nothing flows.

    On a graph with arrays they are what `engine.arrays` says.
    """

    locals: list[tuple[Any, ...]]
    grads: list[Any]


def backward(graph: Graph, values: list[Value], seed: Value = 1.0, active: bytearray | None = None) -> Backward:
    """Local gradients at every edge and the gradient of the output, times `seed`, at every node.

    A gate that routes (max, where, relu, …) sends nothing to an operand it ignores: not 0 times whatever lies
    behind, so that an infinite slope in a branch not taken does no harm. On a graph with arrays only the nodes marked
    `active` get gradients.
    """
    if graph.has_arrays:
        from backprop_cli.engine import arrays

        return arrays.backward(graph, values, seed, active)
    count = len(values)
    all_locals: list[tuple[float, ...]] = [()] * count
    grads: list[float | None] = [None] * count
    grads[graph.output] = seed
    gates, inputs = graph.gates, graph.inputs
    locals_of, routes = LOCALS, ROUTES
    for i in range(count - 1, -1, -1):
        operands = inputs[i]
        if not operands:
            continue
        gate = gates[i]
        if len(operands) == 2:
            left, right = operands
            local = all_locals[i] = locals_of[gate](values[left], values[right], values[i])
            upstream = grads[i]
            if upstream is None:
                continue
            if gate not in routes:
                # `or 0.0` starts a sum at +0, so that no gradient is ever printed as -0.
                grads[left] = (grads[left] or 0.0) + upstream * local[0]
                grads[right] = (grads[right] or 0.0) + upstream * local[1]
                continue
        elif len(operands) == 1:
            (only,) = operands
            local = all_locals[i] = locals_of[gate](values[only], values[i])
            upstream = grads[i]
            if upstream is None:
                continue
            if gate not in routes:
                grads[only] = (grads[only] or 0.0) + upstream * local[0]
                continue
        else:
            local = all_locals[i] = locals_of[gate](*[values[j] for j in operands], values[i])
            upstream = grads[i]
            if upstream is None:
                continue
        ignores = gate in routes
        for j, slope in zip(operands, local, strict=True):
            if slope != 0 or not ignores:
                grads[j] = (grads[j] or 0.0) + upstream * slope
    return Backward(all_locals, grads)
