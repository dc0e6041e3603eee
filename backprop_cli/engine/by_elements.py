"""Programs that go element by element, and at the end add all of the elements up.

No element depends on another: a few of a million can be looked at alone.
"""

from __future__ import annotations

from operator import or_

from backprop_cli.engine.apart import Doubtful
from backprop_cli.engine.moves import ORDINARY
from backprop_cli.engine.passes import Backward
from backprop_cli.gates.fields import ARRAYS
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Any, NamedTuple, Sequence, reduce
from backprop_cli.numeric.shapes import Shape


class Plan(NamedTuple):
    """The one shape that arrays have, and the gates: of that shape, numbers before them, sums of all elements and
    numbers after those; `weights` are those of the sums' elements.
    """

    shape: Shape
    before: list[int]
    inside: list[int]
    after: list[int]
    weights: dict[int, float]

    @property
    def at_once(self) -> bool:
        """Whether what arrives at arrays does not depend on what becomes of others."""
        return len(self.after) == len(self.weights)


def plan(graph: Graph, values: Sequence[Value], output: int) -> Plan | None:
    """How a graph is gone through by elements; None if it is not."""
    shapes = {graph.shapes[node] for node in range(output + 1)} - {()}
    if len(shapes) != 1 or graph.shapes[output]:
        return None
    (shape,) = shapes
    found = Plan(shape, [], [], [], {})
    summed: set[int] = set()  # what depends on a sum
    for node in range(output + 1):
        operands = graph.inputs[node]
        if not operands and node not in graph.attributes:
            continue
        late = not summed.isdisjoint(operands)
        if node in graph.attributes:
            weight = _weight(graph, values, node)
            if weight is None:
                return None
            found.weights[node] = weight
            late = True
        elif graph.shapes[node] and late:
            return None
        if late:
            summed.add(node)
        (found.inside if graph.shapes[node] else found.after if late else found.before).append(node)
    return found if found.inside else None


def _weight(graph: Graph, values: Sequence[Value], node: int) -> float | None:
    """The weight of each element in a gate that adds up all of an array, with the same for all; else None."""
    row, operands = TENSORS[graph.gates[node]], graph.inputs[node]
    if graph.shapes[node] or len(operands) != 1 or not graph.shapes[operands[0]] or not row.selects or row.exact:
        return None
    if row.vanish or row.notes:
        return None
    weights = ARRAYS.pull[row.name](0, 1.0, values[node], [values[operands[0]]], graph.attributes[node])
    return None if any(weights.strides) or not weights.size else float(weights.flat[0])


def elements_of(found: Doubtful, graph: Graph, values: Sequence[Value], of: Plan, passed: Backward | None) -> Any:
    """The places of doubtful elements, if a look at them decides, as they depend on no others; else None."""
    if passed is not None and not (of.at_once and all(abs(values[node]) < ORDINARY for node in of.after)):
        return None
    return _places(found, graph)


def _places(found: Doubtful, graph: Graph) -> Any:
    """Those of the elements that are doubtful; None where numbers are."""
    masks = [mask for masks in found for node, mask in masks.items() if graph.shapes[node]]
    if not masks or len(masks) < len(found.values) + len(found.grads):
        return None
    return reduce(or_, masks).reshape(-1).nonzero()[0]
