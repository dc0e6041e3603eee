"""The passes over a graph of numbers alone: what `passes` says in its plain loops, several times as fast.

Most gates have one operand or two, and most gradients arrive once; those cases are written out. A test holds both
to the same answers.
"""

from __future__ import annotations

from backprop_cli.engine.sums import Lost, join, settle
from backprop_cli.gates import BY_SYMBOL, ROUTES
from backprop_cli.gates.fields import FLOATS, Field
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Iterable, Sequence

_ADD, _MUL = BY_SYMBOL["+"], BY_SYMBOL["*"]  # whose slopes take longer to ask for than to say
_ONES = (1.0, 1.0)


def forward(graph: Graph, values: list[Value], field: Field, nodes: Iterable[int] | None = None) -> list[Value]:
    """The values, of which those of the leaves are there; or only those of some nodes, which are in order."""
    if graph.is_large and field is FLOATS and nodes is None:
        from backprop_cli.engine import columns

        made: list[Value] = columns.forward(graph, values)
        return made
    of, gates, inputs = field.value, graph.gates, graph.inputs
    for node in range(len(gates)) if nodes is None else nodes:
        gate, operands = gates[node], inputs[node]
        if len(operands) == 2:
            left, right = operands
            values[node] = of[gate](values[left], values[right])
        elif len(operands) == 1:
            values[node] = of[gate](values[operands[0]])
        elif operands:
            values[node] = of[gate](*[values[j] for j in operands])
    return values


def backward(
    graph: Graph, values: Sequence[Value], output: int, upstream: Value, field: Field
) -> tuple[list[tuple[Value, ...]], list[Value | None]]:
    """The slopes at every edge, and every node's gradient: a number flows or it does not, and no mask is needed."""
    if graph.is_large and field is FLOATS:
        from backprop_cli.engine import columns

        if (found := columns.backward(graph, values, output, upstream)) is not None:
            return found
        values = list(values)
    locals_: list[tuple[Value, ...]] = [()] * len(graph)
    grads: list[Value | None] = [None] * len(graph)
    grads[output] = upstream
    gates, inputs, slopes_of, routes = graph.gates, graph.inputs, field.locals, ROUTES
    add, mul = (_ADD, _MUL) if field is FLOATS else (None, None)
    lost = Lost(field.moved_sum)
    for node in range(len(graph) - 1, -1, -1):
        operands = inputs[node]
        if node in lost:
            settle(grads, node, lost)
        if not operands:
            continue
        gate, arrived = gates[node], grads[node]
        if len(operands) == 2:
            left, right = operands
            if gate == add and values[node] == values[node]:
                slopes = _ONES
            elif gate == mul and values[node] == values[node]:
                slopes = values[right], values[left]
            else:
                slopes = slopes_of[gate](values[left], values[right], values[node])
            locals_[node] = slopes
            if arrived is not None and gate not in routes:  # as below, without a loop
                sent = arrived * slopes[0]
                if grads[left] is None:
                    grads[left] = 0.0 + sent
                else:
                    join(grads, left, sent, lost)
                sent = arrived * slopes[1]
                if grads[right] is None:
                    grads[right] = 0.0 + sent
                else:
                    join(grads, right, sent, lost)
                continue
        elif len(operands) == 1:
            (only,) = operands
            slopes = locals_[node] = slopes_of[gate](values[only], values[node])
            if arrived is not None and gate not in routes:
                if grads[only] is None:
                    grads[only] = 0.0 + arrived * slopes[0]  # from +0, so that no gradient is ever shown as -0
                else:
                    join(grads, only, arrived * slopes[0], lost)
                continue
        else:
            slopes = locals_[node] = slopes_of[gate](*[values[j] for j in operands], values[node])
        if arrived is None:
            continue
        ignores = gate in routes
        for j, slope in zip(operands, slopes, strict=True):
            if slope != 0 or not ignores:
                if grads[j] is None:
                    grads[j] = 0.0 + arrived * slope
                else:
                    join(grads, j, arrived * slope, lost)
    return locals_, grads
