"""Sub-graphs in a figure: frames around their nodes, or, folded, one node each.

A folded one is the node whose wire leaves it, drawn with the sub-graph's name as its operation; what flowed into the
sub-graph flows into that node. A turn of a loop is a node for each wire that leaves it, and for each node that two of
these need; any other sub-graph that two wires leave is not one node and stays open.
"""

from __future__ import annotations

from backprop_cli.graph.subgraphs import View
from backprop_cli.lean import Collection, Mapping, defaultdict
from backprop_cli.report.figure import DrawnSubgraph, Edge, Figure, Moment, Node
from backprop_cli.report.model import Report


def with_subgraphs(figure: Figure, report: Report, folded: Collection[View]) -> Figure:
    """The drawing with each sub-graph whose inside is drawn; closed are those in `folded`, and all in them."""
    subgraphs = report.columns.graph.subgraphs
    hidden = [view.subgraph for view in report.columns.folded]
    closing = {view.subgraph.label for view in folded}
    if not subgraphs:
        return figure
    closed: list[bool] = []
    paths: dict[int, tuple[int, ...]] = {node.id: node.subgraphs for node in figure.nodes}
    drawn: list[DrawnSubgraph] = []
    count = len(report.columns.values)
    for k, call in enumerate(subgraphs):
        closed.append(call.label in closing or (call.parent >= 0 and closed[call.parent]))
        members = tuple(node for node in paths if call.first <= node < call.last)
        if not members or any(other.first <= call.first and call.last <= other.last for other in hidden):
            continue
        drawn.append(
            DrawnSubgraph(count + k, call.title or call.name, members, closed[k], call.outputs if call.title else ())
        )
        paths |= {node: (*paths[node], count + k) for node in members}
    nodes = tuple(node._replace(subgraphs=paths[node.id]) for node in figure.nodes)
    return figure._replace(nodes=nodes, subgraphs=(*figure.subgraphs, *drawn))


def fold(figure: Figure) -> Figure:
    """The figure with its folded sub-graphs as nodes, and its steps counted anew."""
    home = _homes(figure)
    if not home:
        return figure._replace(subgraphs=tuple(subgraph._replace(folded=False) for subgraph in figure.subgraphs))
    gone = home.keys() - set(home.values())
    packed = [set(subgraph.nodes) for subgraph in figure.subgraphs if subgraph.folded and _any(subgraph, home)]
    open_ = [subgraph for subgraph in figure.subgraphs if not any(nodes >= set(subgraph.nodes) for nodes in packed)]
    ids = {subgraph.id for subgraph in open_}
    step_of = _steps(figure, home)
    edges = _edges(figure, home, step_of)
    nodes = tuple(_node(node, figure, home, step_of) for node in figure.nodes if node.id not in gone)
    nodes = tuple(node._replace(subgraphs=tuple(k for k in node.subgraphs if k in ids)) for node in nodes)
    subgraphs = tuple(
        subgraph._replace(folded=False, nodes=tuple(node for node in subgraph.nodes if node not in gone))
        for subgraph in open_
    )
    folded = figure._replace(nodes=nodes, edges=tuple(edges), subgraphs=subgraphs)
    return folded._replace(moments=tuple(_moments(figure, folded, home, step_of)))


def layouts(figure: Figure) -> tuple[Figure, ...]:
    """The figure as it is first shown, then the other way: with sub-graphs folded, and open; one where these are alike.

    Where none is folded yet, all are in the second.
    """
    any_folded = any(subgraph.folded for subgraph in figure.subgraphs)
    opened = figure._replace(subgraphs=tuple(subgraph._replace(folded=False) for subgraph in figure.subgraphs))
    closed = tuple(subgraph._replace(folded=True) for subgraph in figure.subgraphs)
    packed = fold(figure if any_folded else figure._replace(subgraphs=closed))
    if len(packed.nodes) == len(opened.nodes):
        return (opened,)
    return (packed, opened) if any_folded else (opened, packed)


def _homes(figure: Figure) -> dict[int, int]:
    """For each node in a folded sub-graph the node that stands for it: of the outermost such sub-graph, the way out."""
    home: dict[int, int] = {}
    for subgraph in sorted(figure.subgraphs, key=lambda subgraph: -len(subgraph.nodes)):
        inside = set(subgraph.nodes)
        if not subgraph.folded or not inside.isdisjoint(home):
            continue
        used_inside = {edge.source for edge in figure.edges if edge.target in inside}
        leaving = {edge.source for edge in figure.edges if edge.target not in inside} & inside
        ends = leaving | (inside - used_inside) | (inside & set(subgraph.outputs))
        if len(ends) == 1:
            home.update(dict.fromkeys(inside, *ends))
        elif subgraph.outputs:
            home.update(_nearest_ends(figure, inside, ends))
    return home


def _nearest_ends(figure: Figure, inside: Collection[int], ends: Collection[int]) -> dict[int, int]:
    """For each node the end it alone leads to; what leads to two is an end too, and one by itself stays what it is."""
    leading: dict[int, set[int]] = {}
    for edge in figure.edges:
        if edge.target in inside and edge.source in inside:
            leading.setdefault(edge.source, set()).add(edge.target)
    home: dict[int, int] = {}
    for node in sorted(inside, reverse=True):
        found = {home[target] for target in leading.get(node, ())}
        home[node] = node if node in ends or len(found) != 1 else found.pop()
    shared = {end for node, end in home.items() if node != end}
    return {node: end for node, end in home.items() if end in shared}


def _any(subgraph: DrawnSubgraph, home: Mapping[int, int]) -> bool:
    return not home.keys().isdisjoint(subgraph.nodes)


_Steps = Mapping[tuple[str, int], int]


def _steps(figure: Figure, home: Mapping[int, int]) -> _Steps:
    """The number each step of the figure has in the folded one, 0 for none.

    A sub-graph computes when its way out does. It sends when the last of its nodes has: only then is all known that
    has flowed back to the sub-graph's operands. Where nothing has a value there are no steps.
    """
    if not figure.valued:
        return defaultdict(int)
    step_of: dict[tuple[str, int], int] = {("forward", 0): 0, ("backward", 0): 0, ("backward", 1): 1}
    forward = [moment for moment in figure.moments if moment.phase == "forward"]
    backward = [moment for moment in figure.moments if moment.phase == "backward"]
    count = 0
    for step, moment in enumerate(forward, 1):
        kept = home.get(moment.node, moment.node) == moment.node
        count += kept
        step_of["forward", step] = count if kept else 0
    last = {home.get(moment.node, moment.node): step for step, moment in enumerate(backward, 1)}
    number = {node: k for k, node in enumerate(sorted((n for n in last if last[n] > 1), key=last.__getitem__), 2)}
    for step, moment in enumerate(backward[1:], 2):
        step_of["backward", step] = number[home.get(moment.node, moment.node)]
    return step_of


def _edges(figure: Figure, home: Mapping[int, int], step_of: _Steps) -> list[Edge]:
    operands: dict[int, int] = {}
    made: list[Edge] = []
    one: dict[tuple[int, int], int] = {}  # where in them the wire of a source to what is collapsed is
    for edge in figure.edges:
        source, target = home.get(edge.source, edge.source), home.get(edge.target, edge.target)
        if source == target:
            continue
        sent = step_of["backward", edge.sent]
        if edge.together is not None and edge.target in home:
            if (source, target) in one:
                place = one[source, target]
                made[place] = made[place]._replace(sent=max(sent, made[place].sent), cut=made[place].cut and edge.cut)
                continue
            one[source, target] = len(made)
            edge = edge._replace(grad=edge.together)
        operand = operands[target] = operands.get(target, -1) + 1
        local = edge.local if edge.target not in home else ""
        made.append(edge._replace(source=source, target=target, operand=operand, local=local, sent=sent))
    return made


def _subgraph_of(node: int, figure: Figure) -> DrawnSubgraph:
    """The largest folded sub-graph a node lies in."""
    return max((c for c in figure.subgraphs if c.folded and node in c.nodes), key=lambda c: len(c.nodes))


def _node(node: Node, figure: Figure, home: Mapping[int, int], step_of: _Steps) -> Node:
    computed, reached = step_of["forward", node.computed], step_of["backward", node.reached]
    if node.id not in home:
        return node._replace(computed=computed, reached=reached)
    subgraph = _subgraph_of(node.id, figure)
    outside = tuple(id_ for id_ in node.subgraphs if not _inside(id_, subgraph, figure))
    return node._replace(
        operation=subgraph.name,
        written=subgraph.name,
        computed=computed,
        reached=reached,
        ordered=False,
        subgraphs=outside,
    )


def _inside(id_: int, subgraph: DrawnSubgraph, figure: Figure) -> bool:
    nodes = next(other.nodes for other in figure.subgraphs if other.id == id_)
    return set(nodes) <= set(subgraph.nodes)


def _moments(figure: Figure, folded: Figure, home: Mapping[int, int], step_of: _Steps) -> list[Moment]:
    nodes = {node.id: node for node in folded.nodes}
    made: dict[tuple[str, int], Moment] = {}
    counts = {"forward": 0, "backward": 0}
    for moment in figure.moments:
        counts[moment.phase] += 1
        step = step_of[moment.phase, counts[moment.phase]]
        if not step:
            continue
        node = nodes[home.get(moment.node, moment.node)]
        lines = moment.lines
        if moment.node in home and moment.phase == "forward":
            lines = (f"{node.name} = {node.written} = {node.value}",)
        elif moment.node in home and step > 1:
            lines = tuple(_sent(folded, node, step))
        made[moment.phase, step] = Moment(moment.phase, node.id, lines)
    return [made[key] for key in sorted(made, key=lambda key: (key[0] == "backward", key[1]))]


def _sent(folded: Figure, node: Node, step: int) -> list[str]:
    """What flows back through a folded sub-graph, an operand a line, and the sums that are complete with it."""
    name = {node.id: node.name for node in folded.nodes}
    grad = {node.id: node.grad for node in folded.nodes}
    f = folded.output
    lines = []
    arriving = [edge for edge in folded.edges if edge.target == node.id and edge.sent]
    for edge in arriving:
        operand = name[edge.source]
        share = f" = {edge.grad}" if edge.grad else ""
        lines.append(f"d{f}/d{operand} += d{f}/d{node.name} · d{node.name}/d{operand}{share}")
    for source in dict.fromkeys(edge.source for edge in arriving):
        parts = sorted((edge.sent, edge.grad) for edge in folded.edges if edge.source == source and edge.sent)
        if len(parts) > 1 and parts[-1][0] == step and all(share for _, share in parts):
            total = " + ".join(share for _, share in parts)
            lines.append(f"d{f}/d{name[source]} = {total} = {grad[source]}")
    return lines
