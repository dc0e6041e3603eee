"""A graph at a point with what is stopped held fixed: what differences may move, and what they may not."""

from __future__ import annotations

from copy import copy

from backprop_cli.gates import GATES
from backprop_cli.graph.graph import CONSTANT, Graph, Value
from backprop_cli.lean import Sequence

CUTS = frozenset(name for name, gate in GATES.items() if gate.family == "cut")


def frozen(graph: Graph, values: Sequence[Value]) -> Graph:
    """The graph with every node through which no gradient flows back as a constant, of the value that it has."""
    if CUTS.isdisjoint(graph.gates):
        return graph
    held = copy(graph)
    held.gates, held.inputs, held.constants = list(graph.gates), list(graph.inputs), dict(graph.constants)
    for node, gate in enumerate(graph.gates):
        if gate in CUTS:
            held.gates[node], held.inputs[node], held.constants[node] = CONSTANT, (), values[node]
    return held
