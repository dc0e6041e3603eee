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
        from backprop_cli.engine.arrays import Shares

        return Shares(graph, columns.values, passed, columns.active).sent
    gates, slopes, grads = graph.gates, passed.locals, passed.grads

    def sent(node: int, k: int) -> Any:
        gate, slope = GATES.get(gates[node]), slopes[node][k]
        return None if slope == 0 and gate is not None and gate.routes else grads[node] * slope

    return sent
