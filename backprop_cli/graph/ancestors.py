"""Which nodes a node depends on, and how often each is used."""

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


def uses(graph: Graph) -> list[int]:
    """For each node how many times it is an operand."""
    counts = [0] * len(graph)
    for operands in graph.inputs:
        for j in operands:
            counts[j] += 1
    return counts
