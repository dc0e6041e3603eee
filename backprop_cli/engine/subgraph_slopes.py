"""The backward pass through a part of a graph: what a sub-graph, taken for one gate, has for slopes."""

from __future__ import annotations

from collections.abc import Sequence

from backprop_cli.engine.passes import Backward, add, nothing_yet, quiet, rule_of, send
from backprop_cli.graph.graph import Graph, Value


def subgraph_slopes(
    graph: Graph, passed: Backward, first: int, output: int, operands: Sequence[int]
) -> tuple[Value, ...]:
    """∂output/∂operand through the nodes from `first` to `output`, as if these were one gate.

    Of arrays the Jacobian's diagonal, in the output's shape; nothing where a tensor gate lies between, which has none.
    """
    between = range(output, first - 1, -1)
    if any(node in graph.attributes for node in between):
        return ()
    part = nothing_yet(graph)._replace(locals=passed.locals)
    part.grads[output], part.flows[output] = 1.0, True
    with quiet(graph):
        for node in between:
            if part.grads[node] is not None:
                rule = rule_of(graph, node)
                for k, j in enumerate(graph.inputs[node][: len(passed.locals[node])]):  # an inactive node has no slopes
                    add(part, j, *send(graph, (), part, node, k, rule, summed=False))
    found = [part.grads[j] for j in operands]
    return tuple(0.0 if slope is None else slope + 0.0 if graph.shape(output) else float(slope) for slope in found)
