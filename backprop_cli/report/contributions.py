"""What each gate sent back to each of its operands in a finished pass; together they are the gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backprop_cli.engine.passes import quiet, rule_of, send
from backprop_cli.report.rows import Columns


def contributions(columns: Columns) -> Callable[[int, int], Any]:
    """A function of a node with a gradient and the position of an operand that was asked for.

    It answers None where nothing flows: a gate that routes ignores an operand whose slope is 0.
    """
    whole = columns.whole or columns
    folded = {subgraph.output: subgraph for subgraph in columns.folded}

    def of(columns: Columns, node: int, k: int) -> Any:
        assert columns.passed is not None
        graph = columns.graph
        rule = rule_of(graph, node)
        with quiet(graph):
            # A folded sub-graph is as an elementwise gate: it has slopes of its own.
            rule = rule._replace(attributes=None) if node in folded else rule
            sent, flow = send(graph, columns.values, columns.passed, node, k, rule)
        shape = graph.shape(graph.inputs[node][k])
        if flow is False and shape:
            from backprop_cli.numeric.reductions import full

            return full(shape, 0.0)
        return None if flow is False else sent

    def sent(node: int, k: int) -> Any:
        if not whole.graph.has_arrays or node not in folded:
            return of(whole if whole.graph.has_arrays else columns, node, k)
        operand, inside = columns.graph.inputs[node][k], range(folded[node].first, folded[node].last)
        uses = [(i, position) for i in inside for position, j in enumerate(whole.graph.inputs[i]) if j == operand]
        parts = [of(whole, i, position) for i, position in reversed(uses)]
        return sum(part for part in parts if part is not None)

    return sent
