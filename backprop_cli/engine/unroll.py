"""A graph with arrays written out element by element: the same mathematics as a graph of numbers only.

What a tensor gate means is said by its row in elementwise gates, sums and products; here these make nodes instead of
numbers. The graph of numbers knows no rule of any tensor gate, which is what makes it a judge of them.
"""

from __future__ import annotations

from math import nan

import numpy as np

from backprop_cli.engine.written_matrices import TooLargeError, functions
from backprop_cli.gates import BY_SYMBOL, BY_SYNTAX, GATES
from backprop_cli.gates.fields import ARRAYS, Field
from backprop_cli.gates.tensors import REDUCTION_OF, TENSORS
from backprop_cli.graph.graph import CONSTANT, INPUT, Graph, Value
from backprop_cli.lean import Any, Callable, Sequence, partial
from backprop_cli.numeric.linalg import MINORS, by_minors
from backprop_cli.text import index_text

NODE_BUDGET = 20_000
_TOO_LARGE = 10**18
_MINORS = ("det(", "adjugate(")
_ADD, _SUB, _MUL, _DIV, _ABOVE = (BY_SYMBOL[symbol] for symbol in "+-*/>")
_CHOICE = next(name for name, gate in GATES.items() if gate.family == "choice")
_LENGTH = "out == 0"  # where lengths have a kink: they send nothing back there


class Element:
    """A node of the graph of numbers, with arithmetic that makes more of them."""

    __slots__ = ("graph", "id")

    def __init__(self, graph: _Numbers, node: int) -> None:
        self.graph, self.id = graph, node

    def __float__(self) -> float:
        return self.graph.known.get(self.id, nan)

    def __add__(self, other: Any) -> Any:
        return self.graph.apply(_ADD, self, other)

    def __radd__(self, other: Any) -> Any:
        return self.graph.apply(_ADD, other, self)

    def __sub__(self, other: Any) -> Any:
        return self.graph.apply(_SUB, self, other)

    def __rsub__(self, other: Any) -> Any:
        return self.graph.apply(_SUB, other, self)

    def __mul__(self, other: Any) -> Any:
        return self.graph.apply(_MUL, self, other)

    def __rmul__(self, other: Any) -> Any:
        return self.graph.apply(_MUL, other, self)

    def __truediv__(self, other: Any) -> Any:
        return self.graph.apply(_DIV, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.graph.apply(_DIV, other, self)

    def __neg__(self) -> Any:
        return self.graph.apply(BY_SYNTAX["negative"], self)


class _Numbers:
    """The graph of numbers under construction."""

    def __init__(self, source: Graph, budget: int) -> None:
        self.out = Graph(source.source)
        self.budget, self.is_spent = budget, False
        self.constant_ids: dict[float, int] = {}
        self.known: dict[int, float] = {}  # the values of elements that stand for elements of the graph with arrays
        self.span = (0, 1)
        self.origin = -1
        self.origins: list[int] = []
        self.made: dict[tuple[str, tuple[int, ...]], Element] = {}  # by the meaning of one gate: exp(x)/exp(x) is 1

    def node(self, gate: str, inputs: tuple[int, ...]) -> int:
        if len(self.out) >= self.budget:
            # Nothing is raised here: this is called from NumPy's loops over objects, which leave wrong counts of
            # references behind after an exception.
            self.is_spent = True
            return len(self.out) - 1
        self.out.gates.append(gate)
        self.out.inputs.append(inputs)
        self.out.starts.append(self.span[0])
        self.out.ends.append(self.span[1])
        self.origins.append(self.origin)
        return len(self.out) - 1

    def constant(self, value: float) -> Element:
        if value not in self.constant_ids:
            self.constant_ids[value] = node = self.node(CONSTANT, ())
            self.out.constants[node] = value
            self.known[node] = value
        return Element(self, self.constant_ids[value])

    def element(self, value: Any) -> Element:
        return value if isinstance(value, Element) else self.constant(float(value))

    def apply(self, gate: str, *operands: Any) -> Any:
        if any(isinstance(operand, np.ndarray) for operand in operands):
            return NotImplemented  # NumPy then asks element by element
        simple = _simplified(gate, operands)
        if simple is not None:
            return simple
        use = gate, tuple(self.element(operand).id for operand in operands)
        if use not in self.made:
            self.made[use] = Element(self, self.node(*use))
        return self.made[use]


def _simplified(gate: str, operands: tuple[Any, ...]) -> Any:
    """What needs no node: sums with 0, products with 0 and 1 that only the writing out made."""
    numbers = [None if isinstance(x, Element) else float(x) for x in operands]
    if gate == _ADD and 0.0 in numbers:
        return operands[1 - numbers.index(0.0)]
    if gate == _MUL and 1.0 in numbers:
        return operands[1 - numbers.index(1.0)]
    if gate == _MUL and 0.0 in numbers:
        return 0.0
    return None


class Unrolled:
    """The graph of numbers, its output, and for each node of the graph with arrays the nodes that its elements are.

    `given` are the values of the numbers' inputs; `origins[i]` is the node with arrays that i was made for.
    """

    def __init__(
        self, graph: Graph, output: int, elements: list[Any], given: dict[str, float], origins: list[int]
    ) -> None:
        self.graph, self.output = graph, output
        self.elements = elements
        self.given = given
        self.origins = origins

    def id(self, node: int, place: tuple[int, ...]) -> int:
        """The node that an element is."""
        return int(self.elements[node][place].id)

    def ids(self, node: int) -> Any:
        """An array of node ids, of the shape of the node."""
        elements = self.elements[node]
        return np.array([element.id for element in elements.flat], dtype=int).reshape(elements.shape)


def unroll(
    graph: Graph, values: Sequence[Value], output: int, weights: Value = 1.0, budget: int = NODE_BUDGET
) -> Unrolled | None:
    """The graph written out in numbers; its output is the sum of the elements of `output` times `weights`.

    None if that takes more than `budget` nodes, or if labels are computed. `values` are the forward pass's: they decide
    which class a label is.
    """
    numbers = _Numbers(graph, budget)
    try:
        with np.errstate(all="ignore"):
            elements = _unrolled(graph, values, numbers)
        total: Any = 0.0
        if graph.shapes[output]:
            for weight, element in zip(np.ravel(weights), np.ravel(elements[output]), strict=True):
                total = total + numbers.constant(float(weight)) * element
            result = numbers.element(total)
        else:
            result = elements[output][()]
        if numbers.is_spent:
            return None
    except (TooLargeError, ValueError):  # or labels that are numbers only once they are computed
        return None
    numbers.out.output = result.id
    given = {name: numbers.known[id_] for name, id_ in numbers.out.variables.items()}
    return Unrolled(numbers.out, result.id, elements, given, numbers.origins)


def _unrolled(graph: Graph, values: Sequence[Value], numbers: _Numbers) -> list[Any]:
    names = {node: name for name, node in graph.variables.items()}
    field = _nodes(numbers)
    elements: list[Any] = []
    made: Any
    for node, gate in enumerate(graph.gates):
        numbers.span = graph.span(node)
        numbers.origin = node
        numbers.made.clear()
        shape = graph.shapes[node]
        operands = [elements[j] for j in graph.inputs[node]]
        if _cost(graph, node) > numbers.budget:
            raise TooLargeError
        if gate == INPUT:
            made = np.empty(shape, dtype=object)
            for index in np.ndindex(*shape):
                name = names[node] + index_text(index)
                numbers.out.variables[name] = id_ = numbers.node(INPUT, ())
                made[index] = Element(numbers, id_)
        elif gate == CONSTANT:
            made = _elements(numbers, graph.constants[node], shape)
        elif gate in GATES:
            made = np.empty(shape, dtype=object)
            spread: list[Any] = [np.broadcast_to(x, shape) for x in operands]
            for index in np.ndindex(*shape):
                ids = tuple(x[index].id for x in spread)
                made[index] = Element(numbers, numbers.node(gate, ids))
        else:
            meaning = field.tensor_means[gate]
            given = [x[()] if x.shape == () else x for x in operands]
            made = _elements(numbers, meaning(given, graph.attributes[node]), shape)
            if any(note.condition == _LENGTH for note in TENSORS[gate].notes):
                for index in (index for index in np.ndindex(*shape) if np.asarray(values[node])[index] == 0):
                    is_above = numbers.apply(_ABOVE, made[index], 0.0)
                    made[index] = numbers.apply(_CHOICE, is_above, made[index], 0.0)
        if numbers.is_spent:
            raise TooLargeError
        for element, value in zip(made.flat, np.ravel(values[node]), strict=True):
            numbers.known[element.id] = float(value)
        elements.append(made)
    return elements


def _cost(graph: Graph, node: int) -> int:
    """About how many nodes a node becomes."""
    sizes = [int(np.prod(graph.shapes[j])) for j in (*graph.inputs[node], node)]
    gate = TENSORS.get(graph.gates[node])
    if gate is not None and gate.symbol == "@":
        return 2 * sizes[-1] * graph.shapes[graph.inputs[node][0]][-1]
    if gate is not None and any(minor in gate.means for minor in _MINORS):
        order = graph.shapes[graph.inputs[node][0]][0]
        return sum(sizes) if order <= MINORS else _TOO_LARGE
    return sum(sizes)


def _elements(numbers: _Numbers, values: Any, shape: tuple[int, ...]) -> Any:
    made = np.empty(shape, dtype=object)
    spread = np.broadcast_to(np.asarray(values, dtype=object), shape)
    for index in np.ndindex(*shape):
        made[index] = numbers.element(spread[index])
    return made


# -- the field of nodes ------------------------------------------------------------------------------------


def _nodes(numbers: _Numbers) -> Field:
    """The gate table over the elements of arrays: a gate makes a node."""
    field = Field(*ARRAYS.modules)
    field.names.update({name: _gate(numbers, name) for name, gate in GATES.items() if len(gate.parameters) == 1})
    field.names.update({reduction: _largest(numbers, gate) for gate, reduction in REDUCTION_OF.items()})
    field.names.update({"det": by_minors, "log": _logarithm(numbers)})
    field.names.update(functions(partial(numbers.apply, "sqrt"), partial(numbers.apply, "abs")))
    field.names.update({"weighed_log": _gate(numbers, "xlogy"), "length_or": _length_or(numbers)})
    return field


def _gate(numbers: _Numbers, name: str) -> Callable[..., Any]:
    return np.vectorize(lambda *xs: numbers.apply(name, *xs), otypes=[object])


def _logarithm(numbers: _Numbers) -> Callable[[Any], Any]:
    """The logarithm; of an exponential, which a sum over one element is, what was raised."""

    def logarithm(x: Element) -> Any:
        gate, operands = numbers.out.gates[x.id], numbers.out.inputs[x.id]
        return Element(numbers, operands[0]) if gate == "exp" else numbers.apply("log", x)

    return np.vectorize(logarithm, otypes=[object])


def _length_or(numbers: _Numbers) -> Callable[..., Any]:
    """Lengths along axes, but at least so much."""
    root, longer = _gate(numbers, "sqrt"), _gate(numbers, "max")
    return lambda x, axis, least: longer(root(np.sum(x * x, axis=axis)), least)


def _largest(numbers: _Numbers, gate: str) -> Callable[..., Any]:
    """A maximum or minimum over axes: one gate of as many operands."""

    def reduce(x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
        x = np.asarray(x, dtype=object)  # an element alone is one too
        kept = [k for k in range(x.ndim) if k not in axis]
        flat = np.transpose(x, [*kept, *axis]).reshape(*(x.shape[k] for k in kept), -1)
        out = np.empty(flat.shape[:-1], dtype=object)
        for index in np.ndindex(*out.shape):
            out[index] = numbers.apply(gate, *flat[index])
        return out.reshape([1 if k in axis else n for k, n in enumerate(x.shape)]) if keepdims else out

    return reduce
