"""What each gate sent back to each of its operands in a finished pass; together they are the gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backprop_cli.engine.passes import Rule, quiet, rule_of, send
from backprop_cli.report.rows import Columns, zeros_of


def contributions(columns: Columns) -> Callable[[int, int], Any]:
    """A function of a node with a gradient and the position of an operand that was asked for.

    It answers None where nothing flows: a gate that routes ignores an operand whose slope is 0.
    """
    whole = columns.whole or columns
    folded = {subgraph.output: subgraph for subgraph in columns.folded}

    def sent(node: int, k: int) -> Any:
        rule = rule_of(columns.graph, node)
        if node not in folded:
            return _sent(columns, node, k, rule)
        if not columns.graph.has_arrays:  # as an elementwise gate: it has slopes of its own
            return _sent(columns, node, k, rule._replace(attributes=None))
        operand, inside = columns.graph.inputs[node][k], range(folded[node].first, folded[node].last)
        uses = [(i, position) for i in inside for position, j in enumerate(whole.graph.inputs[i]) if j == operand]
        parts = [_sent(whole, i, position, rule_of(whole.graph, i)) for i, position in reversed(uses)]
        return sum(part for part in parts if part is not None)

    return sent


def _sent(columns: Columns, node: int, k: int, rule: Rule) -> Any:
    graph, values, passed, *_ = columns
    assert passed is not None
    with quiet(graph):
        sent, flow = send(graph, values, passed, node, k, rule)
    if flow is not False:
        return sent
    shape = graph.shape(graph.inputs[node][k])
    return zeros_of(shape) if shape else None
