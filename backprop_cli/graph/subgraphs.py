"""The sub-graphs of a graph: which node is inside of which, and the graph with some of them folded.

A folded sub-graph is a single node, at its output's id; the others keep their ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from backprop_cli.graph.graph import CONSTANT, Graph
from backprop_cli.graph.remarks import Subgraph


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


def enclosing(graph: Graph, *, outputs: bool = False) -> list[int]:
    """For each node the innermost sub-graph (a position in `Graph.subgraphs`) that it is inside of, -1 for none.

    The output of a sub-graph is not inside of it but where the call stands, unless `outputs` are asked for.
    """
    inside = [-1] * len(graph)
    around: list[int] = []
    waiting, subgraphs = 0, graph.subgraphs
    for node in range(subgraphs[0].first if subgraphs else len(inside), len(inside)):
        while around and subgraphs[around[-1]].last <= node:
            around.pop()
        while waiting < len(subgraphs) and subgraphs[waiting].first <= node:
            if subgraphs[waiting].last > node:
                around.append(waiting)
            waiting += 1
        depth = len(around)
        while depth and not outputs and subgraphs[around[depth - 1]].output == node:
            depth -= 1
        if depth:
            inside[node] = around[depth - 1]
    return inside


def inside_of(graph: Graph, node: int) -> str:
    """` (inside `sig`)`, for words on a node: the innermost of the user's gates that it belongs to, if any."""
    around = [subgraph for subgraph in graph.subgraphs if subgraph.first <= node < subgraph.last]
    return f" (inside `{around[-1].name}`)" if around else ""


def fold(graph: Graph, folded: Iterable[Subgraph]) -> tuple[Graph, bytearray]:
    """The graph with those sub-graphs folded, and for each node 1 if it is inside of one.

    Nodes inside keep their places and lose their operands, so that nothing leads to them. A folded sub-graph's gate is
    its name, its attributes are its operands, its inputs those that differ.
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
