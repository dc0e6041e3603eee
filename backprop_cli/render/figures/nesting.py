"""The nodes of a figure with the modules they lie in: where each module begins and ends, for formats that nest."""

from __future__ import annotations

from itertools import takewhile

from backprop_cli.lean import Iterator
from backprop_cli.report.figure import DrawnSubgraph, Figure, Node


def nested(figure: Figure) -> Iterator[tuple[Node | DrawnSubgraph | None, int]]:
    """Nodes, clusters where they begin and None where one ends, each with the number of clusters around it."""
    clusters = {cluster.id: cluster for cluster in figure.subgraphs}
    inside: dict[int, tuple[int, ...]] = {}  # for each node its clusters, the outermost first
    for cluster in sorted(figure.subgraphs, key=lambda cluster: -len(cluster.nodes)):
        inside |= {node: (*inside.get(node, ()), cluster.id) for node in cluster.nodes}
    around: tuple[int, ...] = ()
    for node in sorted(figure.nodes, key=lambda node: inside.get(node.id, ())):
        path = inside.get(node.id, ())
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(around, path, strict=False)))
        for depth in range(len(around) - 1, shared - 1, -1):
            yield None, depth
        for depth in range(shared, len(path)):
            yield clusters[path[depth]], depth
        around = path
        yield node, len(around)
    for depth in range(len(around) - 1, -1, -1):
        yield None, depth
