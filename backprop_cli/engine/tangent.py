"""Forward mode: how the nodes move when some of them move along a direction."""

from __future__ import annotations

from backprop_cli.engine.flow import chosen, flow_of_tensor
from backprop_cli.engine.passes import quiet
from backprop_cli.gates import ROUTES
from backprop_cli.gates.fields import ARRAYS
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Mapping, Sequence
from backprop_cli.numeric.shapes import Shape


def tangent(
    graph: Graph, locals_: Sequence[Sequence[Value]], direction: Mapping[int, Value], values: Sequence[Value] = ()
) -> list[Value]:
    """Each node's rate of change along `direction` (node: rate), which for an intermediate adds to its own; 0.0: none.

    `locals_[i]` holds one slope an operand of node i; they may come from anywhere, which is what makes this an
    independent check of a backward pass. `values` are needed for tensor gates.
    """
    still = 0.0
    rates: list[Value] = [still] * len(graph)
    for node, rate in direction.items():
        rates[node] = _spread(rate, graph.shape(node))
    with quiet(graph):
        for node in range(min(direction, default=len(graph)), len(graph)):
            operands = graph.inputs[node]
            if not operands or (len(operands) <= 2 and rates[operands[0]] is still is rates[operands[-1]]):
                continue  # as most do
            gate, total, slopes = graph.gates[node], rates[node], locals_[node]
            for k, j in enumerate(operands):
                rate = rates[j]
                # An operand that does not move, or that a routing gate ignores, adds nothing, not 0 times infinity.
                if type(rate) is float and rate == 0:
                    continue
                if node in graph.attributes:
                    rate = chosen(flow_of_tensor(graph, values, node, k, True), rate)
                    xs = [values[i] for i in operands]
                    total = total + ARRAYS.push[gate](k, rate, values[node], xs, graph.attributes[node])
                elif gate in ROUTES:
                    total = total + chosen(slopes[k] != 0, slopes[k] * rate)
                else:
                    total = total + slopes[k] * rate
            rates[node] = _spread(total, graph.shapes[node]) if graph.shapes else total
    return rates


def _spread(rate: Value, shape: Shape) -> Value:
    """A rate in the shape of its node, for tensor gates, which go by places; 0.0, which is nothing, as it is."""
    if getattr(rate, "shape", ()) == shape or (type(rate) is float and rate == 0):
        return rate
    from backprop_cli.numeric.reductions import full

    return full(shape, rate)
