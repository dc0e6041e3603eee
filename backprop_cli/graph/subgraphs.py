"""A graph with sub-graphs folded: the same ids, and each folded one a single node, at its output's id.

Nodes inside a folded sub-graph keep their places and lose their operands, so that nothing leads to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from backprop_cli.graph.graph import CONSTANT, Graph, Subgraph


def to_fold(graph: Graph, unfold: Collection[str] | None = ()) -> list[Subgraph]:
    """The outermost sub-graphs that stay folded when gates of the names in `unfold` are shown, None for all.

    What lies around an unfolded sub-graph is unfolded too. One that hands back an operand or a number is no node, and
    is never folded.
    """
    if unfold is None:
        return []
    subgraphs = graph.subgraphs
    opened = [subgraph.name in unfold for subgraph in subgraphs]
    for k in range(len(subgraphs) - 1, -1, -1):
        if opened[k] and subgraphs[k].parent >= 0:
            opened[subgraphs[k].parent] = True
    found: list[Subgraph] = []
    end = 0
    for subgraph, is_open in zip(subgraphs, opened, strict=True):
        if subgraph.first < end or is_open:
            continue
        if subgraph.first <= subgraph.output and graph.gates[subgraph.output] != CONSTANT:
            found.append(subgraph)
            end = subgraph.last
    return found


def fold(graph: Graph, folded: Iterable[Subgraph]) -> tuple[Graph, bytearray]:
    """The graph with those sub-graphs folded, and for each node 1 if it is inside of one.

    A folded sub-graph's gate is its name, its attributes are its operands, its inputs those that differ.
    """
    out = Graph(graph.source)
    for column in Graph.__slots__:
        setattr(out, column, getattr(graph, column))
    out.gates, out.inputs, out.attributes = list(graph.gates), list(graph.inputs), dict(graph.attributes)
    hidden = bytearray(len(graph))
    for subgraph in folded:
        count = subgraph.last - subgraph.first
        hidden[subgraph.first : subgraph.last] = b"\1" * count
        out.inputs[subgraph.first : subgraph.last] = [()] * count
        hidden[subgraph.output] = 0
        out.gates[subgraph.output] = subgraph.name
        out.inputs[subgraph.output] = tuple(dict.fromkeys(subgraph.operands))
        out.attributes[subgraph.output] = subgraph.operands
    return out, hidden
