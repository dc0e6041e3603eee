"""Which nodes a node depends on."""

from __future__ import annotations

from backprop_cli.graph.graph import Graph


def ancestors(graph: Graph, output: int) -> bytearray:
    """For each node 1 if the output depends on it or is it, else 0."""
    needed = bytearray(len(graph))
    needed[output] = 1
    for node in range(output, -1, -1):
        if needed[node]:
            for j in graph.inputs[node]:
                needed[j] = 1
    return needed
