"""Programs over long arrays, of which some rows are moved: only those are computed again.

Of gates that go element by element the rows of the result are made of the rows of the operands, and a sum over all rows
changes by the sum of the changes. So a gradient of a million elements is judged by some thousand of them, at random.
"""

from __future__ import annotations

import numpy as np

from backprop_cli.engine.passes import rule_of
from backprop_cli.gates.fields import ARRAYS
from backprop_cli.graph import Graph, Value
from backprop_cli.lean import Any, Mapping, Sequence
from backprop_cli.numeric.shapes import size

_LONG = 100_000  # elements; fewer are computed in no time
_ELEMENTS = 16_384  # of the rows that are chosen
_ADDING = ("sum", "mean")


class Rows:
    """Some rows of the arrays that are as long as the longest: chosen at random, and the same whenever they are."""

    def __init__(self, graph: Graph, values: Sequence[Value], length: int, count: int) -> None:
        self.graph, self.values, self.length = graph, values, length
        self.places = np.unique(np.random.RandomState(1).randint(0, length, count))
        self._known: dict[int, Value] = {}

    def is_long(self, node: int) -> bool:
        """Whether a node has such rows."""
        return self.graph.shapes[node][:1] == (self.length,)

    def goes_along(self, node: int, operand: int) -> bool:
        """Whether the rows of a long node are made of the operand's, one of each."""
        return self.is_long(operand) and len(self.graph.shapes[operand]) == len(self.graph.shapes[node])

    def at(self, node: int) -> Value:
        """The rows of a long node's value."""
        if node not in self._known:
            self._known[node] = self.values[node][self.places]
        return self._known[node]

    def of(self, value: Value, node: int) -> Value:
        """The rows of a slope or a gradient of a long node, which may be in its shape or one that broadcasts to it."""
        shape = np.shape(value)
        return value[self.places] if len(shape) == len(self.graph.shapes[node]) and shape[0] == self.length else value

    def operands(self, node: int, moved: Mapping[int, Value]) -> list[Value]:
        """The operands of a long node: rows where they have them."""
        return [
            moved[j] if j in moved else self.at(j) if self.goes_along(node, j) else self.values[j]
            for j in self.graph.inputs[node]
        ]

    def adds(self, node: int) -> bool:
        """Whether a node adds up all rows of its operand."""
        if self.graph.gates[node] not in _ADDING or node not in self.graph.attributes:
            return False
        axis = self.graph.attributes[node][0]
        return self.is_long(self.graph.inputs[node][0]) and (axis is None or 0 in axis)

    def sum_moved(self, node: int, rows: Value) -> Any:
        """The value of a node that adds up, where its operand has these rows in the place of its own."""
        graph, (operand,) = self.graph, self.graph.inputs[node]
        change = ARRAYS.forward[graph.gates[node]]([rows - self.at(operand)], graph.attributes[node])
        share = 1.0 if graph.gates[node] == _ADDING[0] else len(self.places) / self.length
        return self.values[node] + share * change

    def suffice(self, node: int) -> bool:
        """Whether the output, which has no such rows, can be found from a node's rows alone."""
        graph, output = self.graph, self.graph.output
        if not self.is_long(node) or self.is_long(output):
            return False
        changed = {node}
        for i in range(node + 1, output + 1):
            touched = [j for j in graph.inputs[i] if j in changed]
            if not touched:
                continue
            if self.is_long(i):
                if i in graph.attributes or not all(self.goes_along(i, j) for j in touched):
                    return False
            elif any(map(self.is_long, touched)) and not self.adds(i):
                return False
            changed.add(i)
        return output in changed

    def moved_output(self, node: int, rows: Value, seed: Value) -> float:
        """The output, weighed by the seed, where a node that suffices has these rows."""
        graph, moved = self.graph, {node: rows}
        for i in range(node + 1, graph.output + 1):
            touched = [j for j in graph.inputs[i] if j in moved]
            if i in moved or not touched:
                continue
            if self.is_long(i):
                moved[i] = rule_of(graph, i).value(self.operands(i, moved))
            elif any(map(self.is_long, touched)):
                moved[i] = self.sum_moved(i, moved[touched[0]])
            else:
                moved[i] = rule_of(graph, i).value([moved.get(j, self.values[j]) for j in graph.inputs[i]])
        return float(np.sum(np.multiply(seed, moved[graph.output])))


def some_rows(graph: Graph, values: Sequence[Value]) -> Rows | None:
    """Rows of a program's long arrays; None if they are short."""
    shape = max(graph.shapes, key=size)
    count = _ELEMENTS * shape[0] // size(shape) if shape and size(shape) >= _LONG else 0
    return Rows(graph, values, shape[0], count) if 0 < count < shape[0] // 4 else None
