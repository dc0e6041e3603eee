"""What deserves a note in a finished pass: kinks, jumps, poles, the first gate that left the reals, lost gradients.

It leaves anomalies, as numbers; the report has the words. On a graph of numbers without any it costs a few scans at the
speed of C.
"""

from __future__ import annotations

from math import isfinite

from backprop_cli.engine.anomalies.anomaly import MARKED, Anomaly
from backprop_cli.engine.anomalies.ordinary import is_ordinary
from backprop_cli.engine.column import Column
from backprop_cli.engine.passes import Backward, quiet
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Any, Iterable, Iterator

__all__ = ["Anomaly", "find_anomalies", "nothing_to_find"]
_MOST_OF_A_CODE = 20


def find_anomalies(
    graph: Graph,
    values: list[Value],
    output: int,
    passed: Backward | None = None,
    active: bytearray | None = None,
) -> list[Anomaly]:
    """The anomalies on the way to `output`, in the order of the nodes.

    `passed` is the backward pass (None after a forward pass alone) and `active` marks the nodes that depend on an
    input whose gradient was asked for: of a slope that nobody asked for nothing is said.
    """
    if not graph.shapes and nothing_to_find(graph, values, passed, active):
        return []
    from backprop_cli.engine.anomalies.masks import Sizes
    from backprop_cli.engine.anomalies.of_derivatives import of_derivatives
    from backprop_cli.engine.anomalies.of_flow import of_flow
    from backprop_cli.engine.anomalies.of_slopes import of_slopes
    from backprop_cli.engine.anomalies.of_values import of_values
    from backprop_cli.engine.anomalies.sensitive import live, matters_not, sensitive

    with quiet(graph):
        seen, sizes = live(graph, values, output), Sizes()
        found = [*of_values(graph, values, seen, sizes)]
        if passed is not None and active is not None:
            felt = sensitive(graph, values, passed, output, active, seen)
            odd = of_slopes(graph, values, passed, active, felt, sizes)
            found += (item for item in odd if not matters_not(passed, item))
            found += of_flow(graph, values, passed, output, active, felt, sizes)
        told = {anomaly[:3] for anomaly in found} if graph.derivatives else set()
        found += (anomaly for anomaly in of_derivatives(graph, values, seen) if anomaly[:3] not in told)
    return list(_bounded(sorted(found, key=lambda anomaly: anomaly.node)))


def nothing_to_find(
    graph: Graph, values: list[Value], passed: Backward | None, active: bytearray | None = None
) -> bool:
    """Whether a graph of numbers surely has no anomalies: mostly one look at all numbers tells."""
    if MARKED.isdisjoint(graph.used) and _are_usual(values) and (passed is None or _are_usual(passed.grads)):
        return True
    return is_ordinary(graph, values, passed, active)


def _are_usual(numbers: list[Any]) -> bool:
    """Whether no number is 0, infinite or NaN, and none is missing."""
    if isinstance(numbers, Column):
        return numbers.is_usual
    return None not in numbers and 0.0 not in numbers and all(map(isfinite, numbers))


def _bounded(found: Iterable[Anomaly]) -> Iterator[Anomaly]:
    """At most twenty of a code, and how many more there were: a million kinks are one story."""
    seen: dict[str, int] = {}
    beyond: dict[str, Anomaly] = {}
    for anomaly in found:
        seen[anomaly.code] = seen.get(anomaly.code, 0) + 1
        if seen[anomaly.code] <= _MOST_OF_A_CODE:
            yield anomaly
        else:
            beyond.setdefault(anomaly.code, anomaly)
    for code, first in beyond.items():
        yield Anomaly(code, "more", first.node, numbers=(seen[code] - _MOST_OF_A_CODE,))
