"""Calls of the user's gates in a drawing: frames around what they are made of, folded or not."""

from __future__ import annotations

from collections.abc import Collection

from backprop_cli.graph import Module
from backprop_cli.report.figure import Cluster, Figure
from backprop_cli.report.model import Report


def unfolded(report: Report, most: int) -> Report:
    """The report with nothing folded, for a page on which that is done by hand; as it is if it is too much to draw."""
    whole = report.columns.whole
    return report._replace(columns=whole) if whole and len(whole.values) <= most else report


def with_clusters(figure: Figure, report: Report, folded: Collection[Module]) -> Figure:
    """The drawing with a cluster for each call whose inside is drawn; closed are those in `folded`, and all in them."""
    modules, hidden = report.columns.graph.modules, report.columns.folded
    if not modules:
        return figure
    closed: list[bool] = []
    paths: dict[int, tuple[int, ...]] = {node.id: node.cluster for node in figure.nodes}
    clusters: list[Cluster] = []
    count = len(report.columns.values)
    for k, call in enumerate(modules):
        closed.append(call in folded or (call.parent >= 0 and closed[call.parent]))
        members = tuple(node for node in paths if call.first <= node < call.last)
        if not members or any(other.first <= call.first and call.last <= other.last for other in hidden):
            continue
        clusters.append(Cluster(count + k, call.name, members, folded=closed[k]))
        paths |= {node: (*paths[node], count + k) for node in members}
    nodes = tuple(node._replace(cluster=paths[node.id]) for node in figure.nodes)
    return figure._replace(nodes=nodes, clusters=(*figure.clusters, *clusters))
