"""The sub-graphs of a graph: which node is inside of which, and the graph with some of them folded.

A folded sub-graph is a single node, at its output's id; the others keep their ids. A turn of a loop is a node for each
of its outputs, and any of these is what others are made of.
"""

from __future__ import annotations

from backprop_cli.graph.graph import CONSTANT, INPUT, Graph
from backprop_cli.graph.remarks import Subgraph
from backprop_cli.lean import Collection, Iterable, Iterator, NamedTuple


class View(NamedTuple):
    """A sub-graph as the one node that it is folded into, and the nodes inside that this takes, the last first."""

    subgraph: Subgraph
    inside: tuple[int, ...]


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
        if any(subgraph.first <= node and graph.gates[node] != CONSTANT for node in subgraph.outputs):
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
        while depth and not outputs and _is_output(subgraphs[around[depth - 1]], node):
            depth -= 1
        if depth:
            inside[node] = around[depth - 1]
    return inside


def _is_output(call: Subgraph, node: int) -> bool:
    return call.output == node and not call.title


def inside_of(graph: Graph, node: int) -> str:
    """` (inside `sig`)`, for words on a node: the innermost sub-graph that it belongs to, if any."""
    around = [subgraph for subgraph in graph.subgraphs if subgraph.first <= node < subgraph.last]
    if not around:
        return ""
    return f" (in {around[-1].title})" if around[-1].title else f" (inside `{around[-1].name}`)"


def fold(graph: Graph, folded: Iterable[Subgraph]) -> tuple[Graph, bytearray, list[View]]:
    """The graph with those sub-graphs folded, for each node 1 if it is inside of one, and what they are folded into.

    Nodes inside keep their places and lose their operands, so that nothing leads to them. A folded sub-graph's gate is
    its name or title, its attributes are its operands, its inputs those that differ. An output that is a leaf, or a
    gate whose operands others use too, stays what it is.
    """
    out = Graph(graph.source)
    for column in Graph.__slots__:
        setattr(out, column, getattr(graph, column))
    out.gates, out.inputs, out.attributes = list(graph.gates), list(graph.inputs), dict(graph.attributes)
    hidden = bytearray(len(graph))
    views: list[View] = []
    for subgraph in folded:
        count = subgraph.last - subgraph.first
        hidden[subgraph.first : subgraph.last] = b"\1" * count
        out.inputs[subgraph.first : subgraph.last] = [()] * count
        for view in _views(graph, subgraph):
            output, operands = view.subgraph.output, view.subgraph.operands
            hidden[output] = 0
            if subgraph.title and len(view.inside) == 1:
                out.inputs[output] = graph.inputs[output]
                for j in graph.inputs[output]:
                    hidden[j] = hidden[j] and graph.gates[j] != CONSTANT
                continue
            out.gates[output] = subgraph.title or subgraph.name
            out.inputs[output] = tuple(dict.fromkeys(operands))
            out.attributes[output] = operands
            views.append(view)
    return out, hidden, views


def _views(graph: Graph, subgraph: Subgraph) -> Iterator[View]:
    """A sub-graph from each of its outputs: the operands of a turn are what enters it, or leaves it too."""
    if not subgraph.title:
        yield View(subgraph, tuple(range(subgraph.output, subgraph.first - 1, -1)))
        return
    gates, inputs, first = graph.gates, graph.inputs, subgraph.first
    leaving = {node for node in subgraph.outputs if gates[node] != CONSTANT}
    for output in subgraph.outputs:
        entering: set[int] = set()
        inside, waiting = {output}, [output]
        while waiting:
            for j in inputs[waiting.pop()]:
                if j < first or j in leaving or gates[j] == INPUT:
                    entering.add(j)
                elif j not in inside and gates[j] != CONSTANT:
                    inside.add(j)
                    waiting.append(j)
        yield View(
            subgraph._replace(operands=tuple(sorted(entering)), output=output, more=()),
            tuple(sorted(inside, reverse=True)),
        )
