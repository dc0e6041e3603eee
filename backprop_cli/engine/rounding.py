"""The scale of rounding in a backward pass: how large the terms were that a gradient is the sum of."""

from __future__ import annotations

from backprop_cli.engine.passes import Backward
from backprop_cli.graph.graph import Graph


def scales_of(graph: Graph, passed: Backward, output: int) -> list[float]:
    """For each node the sum of the sizes of what flows into its gradient: the scale of its rounding errors."""
    scales = [0.0] * len(graph)
    scales[output] = abs(passed.grads[output] or 0.0)
    for i in range(output, -1, -1):
        scale = scales[i]
        if scale == 0:
            continue
        for j, slope in zip(graph.inputs[i], passed.locals[i], strict=True):
            if slope != 0:
                scales[j] += scale * abs(slope)
    return scales
