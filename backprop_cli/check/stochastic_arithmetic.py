"""How much of a number rounding may have made: it is computed again with every last digit moved at random.

Stochastic arithmetic (J. Vignes, "A stochastic arithmetic for reliable scientific computation", 1993). It sees what no
bound of first order does: digits lost between two results that are each exact to the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isfinite, isnan
from random import Random
from typing import Any

from backprop_cli.check.point import Point
from backprop_cli.engine.passes import forward
from backprop_cli.gates import GATES
from backprop_cli.gates.fields import FLOATS, Compiled, Field

_RUNS = 4
_UNSEEN = 8.0  # of few runs the furthest is not the furthest there is


def rounding_of(measure: Callable[[Point, Field | None], float], place: Point) -> float:
    """By how much rounding may move a number that is measured at a place, with the given gates."""
    here = measure(place, None)
    moves = [abs(shaken - here) for shaken in _again(measure, place)]
    return _UNSEEN * max((move for move in moves if not isnan(move)), default=0.0)


def is_never_finite(measure: Callable[[Point, Field | None], float], place: Point) -> bool:
    """Whether it is not rounding that makes a number at a place infinite or no number at all."""
    return not any(map(isfinite, _again(measure, place)))


def _again(measure: Callable[[Point, Field | None], float], place: Point) -> Iterator[float]:
    field = _Shaken(Random(0))  # noqa: S311  digits, not secrets
    for _ in range(_RUNS):
        yield measure(_shaken(place, field), field)


def _shaken(place: Point, field: _Shaken) -> Point:
    moved = Point(place.graph, place.given)
    moved.values = forward(place.graph, {name: x * field.factor() for name, x in place.given.items()}, field)
    return moved


class _Shaken(Field):
    """Floats, every result moved by a unit in the last place."""

    def __init__(self, random: Random) -> None:
        super().__init__(*FLOATS.modules)
        self.random = random
        self.value = Compiled(self._moved)

    def _moved(self, gate: str) -> Callable[..., Any]:
        value = FLOATS.value[gate]
        if GATES[gate].truth or GATES[gate].exact:
            return value
        return lambda *operands: value(*operands) * self.factor()

    def factor(self) -> float:
        """One, but for the last digit."""
        return 1 + self.random.choice((-1, 1)) * 2.0**-52
