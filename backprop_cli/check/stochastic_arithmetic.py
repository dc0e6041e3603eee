"""How much of a number rounding may have made: it is computed again with every last digit moved at random.

Stochastic arithmetic (J. Vignes, "A stochastic arithmetic for reliable scientific computation", 1993). It sees what no
bound of first order does: digits lost between two results that are each exact to the last one.
"""

from __future__ import annotations

from math import isfinite, isnan
from random import Random

from backprop_cli.check.point import Point
from backprop_cli.engine.passes import forward
from backprop_cli.gates import GATES
from backprop_cli.gates.fields import ARRAYS, FLOATS, Compiled, Field
from backprop_cli.graph import Value
from backprop_cli.lean import Any, Callable, Iterator

_RUNS = 4
_UNSEEN = 8.0  # of few runs the furthest is not the furthest there is

Measure = Callable[[Point, Field | None], Value]  # a number, or an array of them, at a place


def rounding_of(measure: Measure, place: Point) -> Value:
    """By how much rounding may move a number that is measured at a place, with the given gates; so of each element."""
    here = measure(place, None)
    moves = [abs(shaken - here) for shaken in _again(measure, place)]
    if not hasattr(here, "shape"):
        return _UNSEEN * max((move for move in moves if not isnan(move)), default=0.0)
    import numpy as np

    with np.errstate(over="ignore"):
        return _UNSEEN * np.nan_to_num(np.fmax.reduce(moves))


def is_never_finite(measure: Measure, place: Point) -> bool:
    """Whether it is not rounding that makes a number at a place infinite or no number at all."""
    return not any(map(isfinite, _again(measure, place)))


def _again(measure: Measure, place: Point) -> Iterator[Value]:
    field = _Shaken(ARRAYS if place.graph.has_arrays else FLOATS)
    for _ in range(_RUNS):
        yield measure(_shaken(place, field), field)


def _shaken(place: Point, field: _Shaken) -> Point:
    """The place with every result moved; elements of arrays stay, since they may name classes."""
    moved = Point(place.graph, place.given)
    given = place.given if place.graph.has_arrays else {name: field.moved(x) for name, x in place.given.items()}
    moved.values = forward(place.graph, given, field)
    return moved


class _Shaken(Field):
    """A field of which every result is moved by a unit in the last place."""

    def __init__(self, base: Field) -> None:
        super().__init__(*base.modules)
        self.base = base
        self.random = Random(0)  # noqa: S311  digits, not secrets
        self.signs: Any = None
        self.value, self.forward = Compiled(self._moved_value), Compiled(self._moved_tensor)

    def _moved_value(self, gate: str) -> Callable[..., Value]:
        value = self.base.value[gate]
        if GATES[gate].truth or GATES[gate].exact:
            return value
        return lambda *operands: self.moved(value(*operands))

    def _moved_tensor(self, gate: str) -> Callable[..., Value]:
        forward_ = (ARRAYS if self.base is FLOATS else self.base).forward[gate]
        return lambda operands, attributes: self.moved(forward_(operands, attributes))

    def moved(self, x: Value) -> Value:
        """A number, or each element of an array, but for the last digit."""
        if not hasattr(x, "shape"):
            return x * (1 + self.random.choice((-1, 1)) * 2.0**-52)
        import numpy as np

        self.signs = self.signs or np.random.RandomState(0)
        return x * (1 + (self.signs.randint(0, 2, x.shape) * 2 - 1) * 2.0**-52)
