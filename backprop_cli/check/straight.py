"""Nodes that move in proportion to a step along a direction: one difference says how, of whatever length the step is.

Sums, and products of which one operand moves, go straight; in a network that is most of the work of a forward pass.
"""

from __future__ import annotations

import numpy as np

from backprop_cli.engine.differences import Estimate
from backprop_cli.engine.exaggerated_numbers import LINEAR
from backprop_cli.engine.passes import rule_of
from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph import Graph, Value
from backprop_cli.lean import Any, Callable, Collection, Sequence

_ROUNDING = 2.0**-51  # of each of two values, and of their difference


def goes_straight(graph: Graph, node: int, moving: Collection[int]) -> bool:
    """Whether a gate's value moves in proportion to its operands `moving`, which all go straight themselves."""
    gate, moved = graph.gates[node], sum(j in moving for j in graph.inputs[node])
    if node in graph.attributes:
        return moved == 1 and TENSORS[gate].push == "linear"
    return gate in LINEAR and (moved == 1 or GATES[gate].family == "sum")


def slope_of_a_line(function: Callable[[float], float]) -> Estimate:
    """The derivative of a function that goes straight."""
    above, below = function(1.0), function(-1.0)
    return Estimate((above - below) / 2, _ROUNDING * max(abs(above), abs(below)), "difference")


class Line:
    """The nodes after one of them that is moved along a direction, by as long a step as one likes."""

    def __init__(self, graph: Graph, values: Sequence[Value], node: int, along: Value) -> None:
        self.graph, self.values = graph, values
        self._bent: list[int] = []
        self._changes: dict[int, Any] = {node: along}  # of the straight nodes, for a step of length 1
        moved = {node}
        for i in range(node + 1, graph.output + 1):
            if moved.isdisjoint(graph.inputs[i]):
                continue
            moving = moved.intersection(graph.inputs[i])
            change = self._change(i) if moving <= self._changes.keys() and goes_straight(graph, i, moving) else None
            if change is not None and np.isfinite(change).all():
                self._changes[i] = change
            else:
                self._bent.append(i)
            moved.add(i)
        needed = {graph.output, *(j for i in self._bent for j in graph.inputs[i])}
        self._straight = [i for i in self._changes if i in needed]

    def _change(self, node: int) -> Any:
        values, changes, rule = self.values, self._changes, rule_of(self.graph, node)
        there: list[Any] = []
        for sign in (1.0, -1.0):
            operands = [values[j] + sign * changes[j] if j in changes else values[j] for j in self.graph.inputs[node]]
            there.append(rule.value(operands))
        return (there[0] - there[1]) / 2

    def output(self, step: float, seed: Value) -> float:
        """The output, weighed by the seed, at the end of a step."""
        graph, values = self.graph, self.values
        moved: dict[int, Any] = {}
        for i in self._straight:
            there = values[i] + step * self._changes[i]
            moved[i] = there if graph.shapes[i] else float(there)
        for i in self._bent:
            out = rule_of(graph, i).value([moved.get(j, values[j]) for j in graph.inputs[i]])
            moved[i] = out if graph.shapes[i] else float(out)
        return float(np.sum(np.multiply(seed, moved[graph.output] if graph.output in moved else values[graph.output])))
