"""Forward mode: how the output moves when the inputs move along a direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backprop_cli.gates import GATES
from backprop_cli.graph.graph import Graph

_ROUTES = frozenset(name for name, gate in GATES.items() if gate.routes)


def tangent(graph: Graph, locals_: Sequence[Sequence[float]], direction: Mapping[int, float]) -> list[float]:
    """Each node's rate of change along `direction` (node: rate), which for an intermediate adds to its own.

    `locals_[i]` holds one slope an operand of node i; they may come from anywhere, which is what makes this an
    independent check of a backward pass.
    """
    rates = [0.0] * len(graph.gates)
    for node, rate in direction.items():
        rates[node] = rate
    node = -1
    for gate, operands, local in zip(graph.gates, graph.inputs, locals_, strict=True):
        node += 1
        if not operands:
            continue
        ignores = gate in _ROUTES
        total = rates[node]
        for j, slope in zip(operands, local, strict=True):
            # An operand that stands still, or that a routing gate ignores, adds nothing, not 0 times infinity.
            if rates[j] != 0 and not (ignores and slope == 0):
                total += slope * rates[j]
        rates[node] = total
    return rates
