"""Forward mode: how the nodes move when some of them move along a direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backprop_cli.engine.flow import chosen, spread
from backprop_cli.engine.passes import quiet
from backprop_cli.gates import ROUTES
from backprop_cli.gates.fields import ARRAYS
from backprop_cli.graph.graph import Graph, Value


def tangent(
    graph: Graph, locals_: Sequence[Sequence[Value]], direction: Mapping[int, Value], values: Sequence[Value] = ()
) -> list[Value]:
    """Each node's rate of change along `direction` (node: rate), which for an intermediate adds to its own; 0.0: none.

    `locals_[i]` holds one slope an operand of node i; they may come from anywhere, which is what makes this an
    independent check of a backward pass. `values` are needed for tensor gates.
    """
    rates: list[Value] = [0.0] * len(graph)
    for node, rate in direction.items():
        rates[node] = rate
    with quiet(graph):
        for node in range(min(direction, default=len(graph)), len(graph)):
            gate, operands = graph.gates[node], graph.inputs[node]
            if not operands:
                continue
            total, slopes = rates[node], locals_[node]
            for k, j in enumerate(operands):
                rate = rates[j]
                # An operand that does not move, or that a routing gate ignores, adds nothing, not 0 times infinity.
                if type(rate) is float and rate == 0:
                    continue
                if node in graph.attributes:
                    xs = [values[i] for i in operands]
                    total = total + ARRAYS.push[gate](k, rate, values[node], xs, graph.attributes[node])
                elif gate in ROUTES:
                    total = total + chosen(slopes[k] != 0, slopes[k] * rate)
                else:
                    total = total + slopes[k] * rate
            rates[node] = spread(total, graph.shape(node))  # tensor gates go by places
    return rates
