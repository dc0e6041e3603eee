"""What each gate sent back to each of its operands in a finished pass, be it numbers or arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backprop_cli.gates import GATES
from backprop_cli.report.model import Columns


def shares(columns: Columns) -> Callable[[int, int], Any]:
    """A function of a node with a gradient and the position of an operand that was asked for.

    It answers None where nothing flows: a gate that routes ignores an operand whose slope is 0.
    """
    graph, passed = columns.graph, columns.passed
    assert passed is not None
    if graph.has_arrays:
        return _of_arrays(columns)
    gates, slopes, grads = graph.gates, passed.locals, passed.grads

    def sent(node: int, k: int) -> Any:
        gate, slope = GATES.get(gates[node]), slopes[node][k]
        return None if slope == 0 and gate is not None and gate.routes else grads[node] * slope

    return sent


def _of_arrays(columns: Columns) -> Callable[[int, int], Any]:
    from backprop_cli.engine.arrays import Shares

    whole = columns.whole or columns
    passed = whole.passed
    assert passed is not None
    every = Shares(whole.graph, whole.values, passed, whole.active).sent
    calls = {call.output: call for call in columns.folded}

    def sent(node: int, k: int) -> Any:
        if node not in calls:
            return every(node, k)
        operand, inside = columns.graph.inputs[node][k], range(calls[node].first, calls[node].last)
        uses = [(i, position) for i in inside for position, j in enumerate(whole.graph.inputs[i]) if j == operand]
        parts = [every(i, position) for i, position in reversed(uses) if passed.grads[i] is not None]
        return sum(part for part in parts if part is not None)

    return sent
