"""The nodes of a figure with the modules they lie in: where each module begins and ends, for formats that nest."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_cli.report.figure import Cluster, Figure, Node


def nested(figure: Figure) -> Iterator[tuple[Node | Cluster | None, int]]:
    """Nodes, clusters where they begin and None where one ends, each with the number of clusters around it."""
    clusters = {cluster.id: cluster for cluster in figure.clusters}
    around: tuple[int, ...] = ()
    for node in sorted(figure.nodes, key=lambda node: node.cluster):
        shared = 0
        while shared < min(len(around), len(node.cluster)) and around[shared] == node.cluster[shared]:
            shared += 1
        for depth in range(len(around) - 1, shared - 1, -1):
            yield None, depth
        for depth in range(shared, len(node.cluster)):
            yield clusters[node.cluster[depth]], depth
        around = node.cluster
        yield node, len(around)
    for depth in range(len(around) - 1, -1, -1):
        yield None, depth
