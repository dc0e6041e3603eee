"""What each gate sent back to each of its operands in a finished pass; together they are the gradients."""

from __future__ import annotations

from backprop_cli.engine.passes import Rule, quiet, rule_of, send
from backprop_cli.engine.subgraph_slopes import sent_through
from backprop_cli.lean import Any, Callable
from backprop_cli.report.rows import Columns, zeros_of


def contributions(columns: Columns) -> Callable[[int, int], Any]:
    """A function of a node with a gradient and the position of an operand that was asked for.

    It answers None where nothing flows: a gate that routes ignores an operand whose slope is 0.
    """
    whole = columns.whole or columns
    folded = {view.subgraph.output: view for view in columns.folded}
    latest: tuple[int, dict[int, Any]] = (-1, {})  # operands of a node are asked for one after another

    def sent(node: int, k: int) -> Any:
        nonlocal latest
        rule = rule_of(columns.graph, node)
        if node not in folded:
            return _sent(columns, node, k, rule)
        if not columns.graph.has_arrays:  # as an elementwise gate: it has slopes of its own
            return _sent(columns, node, k, rule._replace(attributes=None))
        if latest[0] != node:
            assert whole.passed is not None
            inside, active = folded[node].inside, whole.active
            latest = node, sent_through(whole.graph, whole.values, whole.passed, inside, active.__getitem__)
        operand = columns.graph.inputs[node][k]
        found = latest[1].get(operand)
        return zeros_of(columns.graph.shape(operand)) if found is None else found

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
