"""A slice of the graph as if it were one gate: what its output's slopes along nodes before it are.

One backward sweep from the slice's output to its first node, over the local gradients a pass has left.
"""

from __future__ import annotations

from collections.abc import Sequence

from backprop_cli.engine.backward import ROUTES, Backward
from backprop_cli.graph.graph import Graph, Value


def slopes(graph: Graph, passed: Backward, first: int, output: int, operands: Sequence[int]) -> tuple[Value, ...]:
    """∂output/∂operand for each operand, all of which come before `first`; all that lies between is summed over.

    Of arrays it is the Jacobian's diagonal in the output's shape, and nothing where a tensor gate lies between: then
    there is no diagonal.
    """
    if graph.has_arrays and any(node in graph.attributes for node in range(first, output + 1)):
        return ()
    if graph.shape(output):
        from backprop_cli.engine.arrays import diagonals

        return diagonals(graph, passed, first, output, operands)
    found: dict[int, float] = {output: 1.0}
    for node in range(output, first - 1, -1):
        if node not in found:
            continue
        upstream, ignores = found[node], graph.gates[node] in ROUTES
        for j, slope in zip(graph.inputs[node], passed.locals[node], strict=False):  # an inactive node has none
            if slope != 0 or not ignores:
                found[j] = found.get(j, 0.0) + upstream * slope
    return tuple(found.get(j, 0.0) for j in operands)
