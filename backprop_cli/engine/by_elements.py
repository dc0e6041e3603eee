"""Programs that go element by element, and at the end add all of the elements up.

No element depends on another, so that what rounding has left of a few of a million can be found out of these alone.
"""

from __future__ import annotations

from operator import or_

from backprop_cli.engine.apart import Doubtful
from backprop_cli.engine.moves import ORDINARY
from backprop_cli.engine.passes import Backward, forward
from backprop_cli.gates import BY_SYMBOL, GATES
from backprop_cli.gates.fields import ARRAYS
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import CONSTANT, Graph, Value
from backprop_cli.lean import Any, NamedTuple, Sequence, reduce
from backprop_cli.numeric.shapes import Shape, size

_MUL, _DIV = (BY_SYMBOL[symbol] for symbol in "*/")


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


class Alone(NamedTuple):
    """Some elements of a program, as a program of their own.

    `ids` are its nodes for those of the whole program, `places` the elements' in arrays of
    its `shape`, in ascending order.
    """

    graph: Graph
    values: list[Value]
    ids: list[int]
    places: Any
    shape: Shape

    def there(self, node: int, place: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        """The node and the place for those of the whole program."""
        flat = 0
        for k, count in zip(place, self.shape, strict=True):
            flat = flat * count + k
        return self.ids[node], (int(self.places.searchsorted(flat)), *(0 for _ in place[1:]))


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
    weights = _weights(graph, node, values[operands[0]])
    return None if any(weights.strides) or not weights.size else float(weights.flat[0])


def _weights(graph: Graph, node: int, operand: Value) -> Any:
    """What a sum sends to each element of its operand, which is asked for no more than its shape."""
    return ARRAYS.pull[graph.gates[node]](0, 1.0, 0.0, [operand], graph.attributes[node])


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


def alone(graph: Graph, values: Sequence[Value], found: Doubtful, output: int, passed: Backward | None) -> Alone | None:
    """The doubtful elements with all that they depend on; None if they depend on others, or if numbers are doubtful.

    The sums are of these elements only, which no gradient of an element depends on.
    """
    of = plan(graph, values, output)
    places = _places(found, graph) if of else None  # whose arrays have one shape
    if of is None or places is None or (passed is not None and not _is_straight(graph, of)):
        return None
    shape = (len(places), *(1 for _ in of.shape[1:]))
    part = {node: values[node].reshape(-1)[places].reshape(shape) for node in range(output + 1) if graph.shapes[node]}
    made, ids = Graph(graph.source), list[int]()

    def add(gate: str, inputs: tuple[int, ...], shape: Shape = ()) -> int:
        made.gates.append(gate)
        made.inputs.append(inputs)
        made.shapes.append(shape)
        made.starts.append(graph.starts[len(ids)])
        made.ends.append(graph.ends[len(ids)])
        return len(made) - 1

    for node in range(output + 1):
        inputs_of = graph.inputs[node]
        inputs = tuple([ids[j] for j in inputs_of])
        if node in of.weights and of.weights[node] != _weights(graph, node, part[inputs_of[0]]).flat[0]:
            for gate, count in ((_MUL, len(places)), (_DIV, size(of.shape))):  # a mean, over so many fewer
                constant = add(CONSTANT, ())
                made.constants[constant] = float(count)
                inputs = (add(gate, (inputs[0], constant), shape),)
        ids.append(add(graph.gates[node], inputs, shape if graph.shapes[node] else ()))
        if node in graph.constants:
            made.constants[ids[node]] = part.get(node, graph.constants[node])
        if node in graph.attributes:
            made.attributes[ids[node]] = graph.attributes[node]
    made.variables, made.output = {name: ids[node] for name, node in graph.variables.items()}, ids[output]
    given = {name: part.get(node, values[node]) for name, node in graph.variables.items()}
    return Alone(made, forward(made, given), ids, places, of.shape)


def _is_straight(graph: Graph, of: Plan) -> bool:
    """Whether what arrives at the sums does not depend on what they are."""
    late = set(of.after)
    for node in late - of.weights.keys():
        family, moving = GATES[graph.gates[node]].family, [j in late for j in graph.inputs[node]]
        if (
            family != "sum"
            and not (family == "product" and sum(moving) == 1)
            and (family, *moving) != ("quotient", True, False)
        ):
            return False
    return True
