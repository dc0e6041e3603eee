"""A graph under construction: nodes that compute with each other make more nodes, each operation once.

What is simplified never changes a value: products with 1, sums with 0, signs, choices, arithmetic of whole
numbers, and functions of 0, 1, e and π where these are whole numbers.
"""

from __future__ import annotations

from math import isfinite

from backprop_cli.gates import BY_SYMBOL, BY_SYNTAX, CONSTANTS, GATES
from backprop_cli.gates.fields import FLOATS, SHAPES
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import CONSTANT, Graph
from backprop_cli.lean import Any, Callable
from backprop_cli.numeric.shapes import Shape, broadcast

_ADD, _SUB, _MUL, _DIV, _POWER = (BY_SYMBOL[symbol] for symbol in "+-*/^")
_NEGATIVE = BY_SYNTAX["negative"]
ZERO = BY_SYMBOL["=="]  # of what is compared with 0
CHOICE = next(name for name, gate in GATES.items() if gate.family == "choice")
_LARGEST_WHOLE = 2.0**53
_KNOWN = frozenset({0.0, 1.0, *filter(isfinite, CONSTANTS.values())})
_FOLDED = frozenset({_ADD, _SUB, _MUL, _NEGATIVE}) | {n for n, g in GATES.items() if g.truth}


class Node:
    """A node of the graph under construction, with the operators of the language."""

    __hash__ = None  # type: ignore[assignment]  # == makes a node
    __slots__ = ("builder", "id")

    def __init__(self, builder: Builder, node: int) -> None:
        self.builder, self.id = builder, node

    @property
    def shape(self) -> Shape:
        """The node's shape, () of a number."""
        return self.builder.out.shape(self.id)

    @property
    def number(self) -> float | None:
        """The number that a constant is; None of an array and of what is no constant."""
        value = self.builder.out.constants.get(self.id)
        return value if type(value) is float else None

    def __len__(self) -> int:
        return self.shape[0]

    def __neg__(self) -> Node:
        return self.builder.make(_NEGATIVE, self)

    def __add__(self, other: Node | float) -> Node:
        return self.builder.make(_ADD, self, other)

    def __radd__(self, other: Node | float) -> Node:
        return self.builder.make(_ADD, other, self)

    def __sub__(self, other: Node | float) -> Node:
        return self.builder.make(_SUB, self, other)

    def __rsub__(self, other: Node | float) -> Node:
        return self.builder.make(_SUB, other, self)

    def __mul__(self, other: Node | float) -> Node:
        return self.builder.make(_MUL, self, other)

    def __rmul__(self, other: Node | float) -> Node:
        return self.builder.make(_MUL, other, self)

    def __truediv__(self, other: Node | float) -> Node:
        return self.builder.make(_DIV, self, other)

    def __rtruediv__(self, other: Node | float) -> Node:
        return self.builder.make(_DIV, other, self)

    def __lt__(self, other: Node | float) -> Node:
        return self.builder.make(BY_SYMBOL["<"], self, other)

    def __le__(self, other: Node | float) -> Node:
        return self.builder.make(BY_SYMBOL["<="], self, other)

    def __gt__(self, other: Node | float) -> Node:
        return self.builder.make(BY_SYMBOL[">"], self, other)

    def __ge__(self, other: Node | float) -> Node:
        return self.builder.make(BY_SYMBOL[">="], self, other)

    def __eq__(self, other: Node | float) -> Node:  # type: ignore[override]
        return self.builder.make(BY_SYMBOL["=="], self, other)

    def __ne__(self, other: Node | float) -> Node:  # type: ignore[override]
        return self.builder.make(BY_SYMBOL["!="], self, other)


class Builder:
    """A copy of a graph to which nodes are added; a node that is there already is not made again.

    `as_in_books`: forms that are easier to read, and the same wherever everything is finite.
    """

    def __init__(self, graph: Graph, *, as_in_books: bool = False) -> None:
        self.as_in_books = as_in_books
        out = self.out = Graph(graph.source)
        for column in Graph.__slots__:
            value = getattr(graph, column)
            setattr(
                out, column, value[:] if hasattr(value, "append") else dict(value) if type(value) is dict else value
            )
        self.span = graph.span(graph.output)
        self.constants = {value: node for node, value in out.constants.items() if type(value) is float}
        self.made = {self._use(node): node for node, operands in enumerate(out.inputs) if operands}

    def _use(self, node: int) -> tuple[str, tuple[int, ...], Any]:
        return self.out.gates[node], self.out.inputs[node], repr(self.out.attributes.get(node))

    def node(self, value: Any) -> Node:
        """A node, or the constant that a number is."""
        if isinstance(value, Node):
            return value
        number = float(value)
        if number not in self.constants:
            self.constants[number] = node = self._add(CONSTANT, (), None, ())
            self.out.constants[node] = number
        return Node(self, self.constants[number])

    def make(self, gate: str, *operands: Any) -> Node:
        """The node of an elementwise gate, or a simpler one of the same value."""
        xs = tuple(map(self.node, operands))
        simple = self._simplified(gate, xs)
        if simple is not None:
            return simple
        return self._once(gate, xs, None, broadcast([x.shape for x in xs]) if self.out.shapes else ())

    def tensor(self, gate: str, *operands: Any, **attributes: Any) -> Node:
        """The node of a tensor gate."""
        row, xs = TENSORS[gate], tuple(map(self.node, operands))
        given = tuple(attributes.get(p.name, p.default) for p in row.parameters if p.kind)
        return self._once(gate, xs, given, SHAPES.shape[gate]([x.shape for x in xs], given))

    def _once(self, gate: str, xs: tuple[Node, ...], attributes: Any, shape: Shape) -> Node:
        inputs = tuple(x.id for x in xs)
        use = gate, inputs, repr(attributes)
        if use not in self.made:
            self.made[use] = self._add(gate, inputs, attributes, shape)
        return Node(self, self.made[use])

    def _add(self, gate: str, inputs: tuple[int, ...], attributes: Any, shape: Shape) -> int:
        out, node = self.out, len(self.out)
        out.gates.append(gate)
        out.inputs.append(inputs)
        out.starts.append(self.span[0])
        out.ends.append(self.span[1])
        if attributes is not None:
            out.attributes[node] = attributes
        if out.shapes:
            out.shapes.append(shape)
        return node

    def _simplified(self, gate: str, xs: tuple[Node, ...]) -> Node | None:
        numbers = [x.number for x in xs]
        if gate == CHOICE:
            return self._chosen(xs, numbers[0])
        if gate in _FOLDED and all(n is not None and n.is_integer() for n in numbers):
            number = float(FLOATS.value[gate](*numbers))
            if abs(number) < _LARGEST_WHOLE:
                return self.node(number)
        if len(xs) == 1 and numbers[0] in _KNOWN and gate in GATES:
            number = FLOATS.value[gate](numbers[0])
            if number.is_integer():  # log(e), exp(0)
                return self.node(number)
        rule = _RULES.get(gate)
        return rule(*xs, *numbers) if rule else None

    def _chosen(self, xs: tuple[Node, ...], condition: float | None) -> Node | None:
        _, x, y = xs
        if x.id == y.id:
            chosen = x
        elif condition is not None:
            chosen = x if condition else y
        else:
            return None
        return chosen if not self.out.shapes or chosen.shape == broadcast([x.shape for x in xs]) else None

    def opposite(self, x: Node) -> Node | None:
        """What x is the negative of, by its gate or its sign; None if it is not written so."""
        if self.out.gates[x.id] == _NEGATIVE:
            return Node(self, self.out.inputs[x.id][0])
        return self.node(-x.number) if x.number is not None and x.number < 0 else None

    def fraction(self, x: Node) -> tuple[float, float] | None:
        """Two whole numbers of which x is the quotient."""
        parts = [Node(self, j).number for j in self.out.inputs[x.id]] if self.out.gates[x.id] == _DIV else []
        above, below = parts if len(parts) == 2 else (None, None)
        return (above, below) if above is not None and below is not None and (above % 1, below % 1) == (0, 0) else None


def _sum(x: Node, y: Node, a: float | None, b: float | None) -> Node | None:
    if a == 0 and x.shape in ((), y.shape):
        return y
    if b == 0 and y.shape in ((), x.shape):
        return x
    if x.id == y.id:
        return 2 * x
    opposite = x.builder.opposite(y)
    return _choices(x, y) if opposite is None else x - opposite


def _choices(x: Node, y: Node) -> Node | None:
    """The sum of two choices by the same condition, as one."""
    builder, out = x.builder, x.builder.out
    if out.gates[x.id] == out.gates[y.id] == CHOICE and out.inputs[x.id][0] == out.inputs[y.id][0]:
        (condition, *ours), (_, *theirs) = ([Node(builder, j) for j in out.inputs[node.id]] for node in (x, y))
        if 0 in (ours[0].number, theirs[0].number) and 0 in (ours[1].number, theirs[1].number):
            return builder.make(CHOICE, condition, *(a + b for a, b in zip(ours, theirs, strict=True)))
    return None


def _difference(x: Node, y: Node, a: float | None, b: float | None) -> Node | None:
    if b == 0 and y.shape in ((), x.shape):
        return x
    opposite = x.builder.opposite(y)
    if opposite is not None:
        return x + opposite
    if b is not None and b.is_integer() and (fraction := x.builder.fraction(x)):
        above, below = fraction
        return x.builder.make(_DIV, above - b * below, below)
    return -y if a == 0 else None


def _product(x: Node, y: Node, a: float | None, b: float | None) -> Node | None:
    if a == 1:
        return y
    if b == 1:
        return x
    opposites = x.builder.opposite(x), x.builder.opposite(y)
    if opposites[0] is not None:
        return -(opposites[0] * y)
    return -(x * opposites[1]) if opposites[1] is not None else None


def _quotient(x: Node, y: Node, _a: float | None, b: float | None) -> Node | None:
    if b == 1:
        return x
    opposite = x.builder.opposite(x)
    return -(opposite / y) if opposite is not None else None


def _power(x: Node, _y: Node, _a: float | None, b: float | None) -> Node | None:
    return x if b == 1 else x.builder.node(1.0) if b == 0 and not x.shape else None


def _negative(x: Node, _a: float | None) -> Node | None:
    return x.builder.opposite(x)


_RULES: dict[str, Callable[..., Node | None]] = {
    _ADD: _sum, _SUB: _difference, _MUL: _product, _DIV: _quotient, _POWER: _power, _NEGATIVE: _negative,
}  # fmt: skip
