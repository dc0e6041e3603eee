"""A slice of the graph as if it were one gate: what its output's slopes along nodes before it are.

One backward sweep from the slice's output to its first node, over the local gradients a pass has left.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from backprop_cli.engine.backward import ROUTES, Backward
from backprop_cli.graph.columns import Graph


def slopes(graph: Graph, passed: Backward, first: int, output: int, operands: Sequence[int]) -> tuple[Any, ...]:
    """∂output/∂operand for each operand, all of which come before `first`; all that lies between is summed over.

    Of arrays it is the Jacobian's diagonal in the output's shape, and nothing where a tensor gate lies between: then
    there is no diagonal.
    """
    if graph.has_arrays:
        from backprop_cli.engine.arrays import quiet

        if any(node in graph.attributes for node in range(first, output + 1)):
            return ()
    found: dict[int, Any] = {output: 1.0}
    with quiet() if graph.has_arrays else nullcontext():
        for node in range(output, first - 1, -1):
            upstream = found.get(node)
            if upstream is None:
                continue
            ignores = graph.gates[node] in ROUTES
            for j, slope in zip(graph.inputs[node], passed.locals[node], strict=False):
                sent = _sent(upstream, slope, ignores=ignores)
                if sent is not None:
                    found[j] = found[j] + sent if j in found else sent
    return tuple(found.get(j, 0.0) + 0.0 for j in operands)


def _sent(upstream: Any, slope: Any, *, ignores: bool) -> Any:
    """Upstream times local; what a routing gate ignores gets nothing, whatever comes from above."""
    if not ignores:
        return upstream * slope
    if hasattr(slope, "shape"):
        from backprop_cli.engine.arrays import where_not_zero

        return where_not_zero(slope, upstream)
    return None if slope == 0 else upstream * slope
