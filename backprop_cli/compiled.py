"""A program read once and run at many points: the two passes, and nothing beside them."""

from __future__ import annotations

from copy import copy
from math import nan

from backprop_cli.api import grad
from backprop_cli.data.bindings import together
from backprop_cli.data.nearest_doubles import plain_number
from backprop_cli.engine import numbers
from backprop_cli.engine.passes import backward, forward
from backprop_cli.errors import Source
from backprop_cli.gates.fields import FLOATS
from backprop_cli.graph import Value
from backprop_cli.lean import Any, Mapping, NamedTuple, Sequence
from backprop_cli.numeric.shapes import Shape
from backprop_cli.report import Report
from backprop_cli.report.rows import gradient_at
from backprop_cli.session import Number, Options, Session, open_session


class _Asked(NamedTuple):
    """What a program is asked for: the nodes of the gradients, what depends on those, what arrives at the output."""

    targets: Mapping[str, int]
    active: bytearray
    upstream: Value


class Compiled:
    """A program that `compile` has read: called with values, it answers its value and its gradients by name."""

    def __init__(self, session: Session, asked: _Asked, words: Mapping[str, Any]) -> None:
        self._graph, self._asked, self._given, self._words = session.graph, asked, session.values, words
        graph, given = session.graph, session.values
        # Where a value says how often a loop runs, another one has another graph.
        self._node_of = {
            name: (node, graph.shape(node)) for name, node in graph.variables.items() if name not in session.sized
        }
        self._needed = graph.variables.keys() - given.keys()
        self._leaves = [graph.constants.get(node, nan) for node in range(len(graph))]
        for name, value in given.items():
            self._leaves[graph.variables[name]] = value
        self._is_plain = words.get("allow_nonfinite", True) and not words.get("exact", False)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names that a call may give values, in the order in which the text mentions them."""
        return tuple(self._graph.variables)

    def __repr__(self) -> str:
        return f"<compiled {self._graph.source.text!r}: {', '.join(self.inputs)}>"

    def __call__(
        self, bindings: Mapping[str, Number] | None = None, /, **values: Number
    ) -> tuple[Value, dict[str, Value]]:
        """The value, and the gradient of each name asked for: numbers, or arrays of the names' shapes.

        There are no notes: for what is undefined or has lost its digits ask `report`. Values of other kinds or shapes
        than those it was compiled for may be given; then it is read anew. Raises BackpropError as `grad` does.
        """
        values = dict(together(bindings, values)) if bindings is not None else values
        found = self._leaves.copy()
        for name, x in values.items():
            node, shape = self._node_of.get(name, (-1, ()))
            number = plain_number(x)
            if node < 0 or not (_is_array(x, shape) if shape else number is not None):
                break
            found[node] = x if shape else number
        else:
            if self._is_plain and self._needed <= values.keys():
                return self._passes(found)
        report = self.report(**values)
        return report.value, dict(report.gradients)

    def _passes(self, found: list[Value]) -> tuple[Value, dict[str, Value]]:
        graph, (targets, active, upstream) = self._graph, self._asked
        if not graph.shapes:
            numbers.forward(graph, found, FLOATS)
            _, grads = numbers.backward(graph, found, graph.output, upstream, FLOATS)
            return found[graph.output], {name: grads[node] or 0.0 for name, node in targets.items()}
        values = forward(graph, {name: found[node] for name, node in graph.variables.items()})
        passed = backward(graph, values, graph.output, upstream, active)
        value = values[graph.output] if graph.inputs[graph.output] else copy(values[graph.output])  # which others have
        return value, {name: gradient_at(graph, passed, node) for name, node in targets.items()}

    def report(self, bindings: Mapping[str, Number] | None = None, /, **values: Number) -> Report:
        """What `grad` has to say of the point, notes and all intermediates included; without a check by SymPy."""
        return grad(self._graph.source, {**self._given, **together(bindings, values)}, check=False, **self._words)


def compile(  # noqa: A001  that is what it does
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    wrt: str | Sequence[str] = (),
    seed_grad: Number = 1.0,
    **values: Any,
) -> Compiled:
    """A program read once, to be run at many points: `f = …; value, gradients = f(x=-2, y=5, z=-4)`.

    Values given here are those of the names that a call gives none. A name that has no value yet is a number, unless
    it is given a shape, such as `W="(3, 2)"`; so a program is compiled for arrays. The rest is as for `grad`.

    Raises BackpropError as `grad` does.
    """
    words = {name: value for name, value in values.items() if name in Options._fields}
    session = open_session(expression, bindings, dict(values), free=True)
    targets = session.targets(wrt)
    asked = _Asked(targets, session.graph.dependents(set(targets.values())), session.upstream(seed_grad))
    words |= {"wrt": wrt, "seed_grad": seed_grad}
    return Compiled(session, asked, words)


def _is_array(x: Any, shape: Shape) -> bool:
    """Whether a value is an array of doubles of the shape."""
    return getattr(x, "shape", None) == shape and x.dtype == "float64" and not hasattr(x, "mask")
