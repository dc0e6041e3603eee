"""What deserves a note where a program differentiates: `df/dx` at a kink of f is a convention."""

from __future__ import annotations

from backprop_cli.engine.anomalies.anomaly import Anomaly
from backprop_cli.engine.anomalies.masks import Mask, Sizes
from backprop_cli.engine.anomalies.of_slopes import of_slopes
from backprop_cli.engine.anomalies.sensitive import live, matters_not, sensitive
from backprop_cli.engine.passes import backward
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Iterator, Sequence

_CODES = frozenset({"kink", "jump", "one-sided"})


def of_derivatives(graph: Graph, values: list[Value], seen: Sequence[Mask]) -> Iterator[Anomaly]:
    """The kinks and jumps of what is differentiated on the way, where the derivative jumps; each node once."""
    told: set[int] = set()
    for node, (of, by) in graph.derivatives.items():
        if seen[node] is False:
            continue
        active = graph.dependents({by})
        passed = backward(graph, values, of, 1.0, active)
        felt = sensitive(graph, values, passed, of, active, live(graph, values, of))
        for item in of_slopes(graph, values, passed, active, felt, Sizes()):
            if item.code in _CODES and item.node not in told and not matters_not(passed, item):
                told.add(item.node)
                yield item if item.wording == "comparison" else item._replace(code="jump", wording="derivative")
