"""Points at which a program is tried: the bindings' one, or random ones of several sizes and signs.

Which of them lie in the domain is found out by whoever uses them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice
from random import Random

from backprop_cli.check.point import Point
from backprop_cli.graph import Graph

_TRIES = 40  # for each point that is wanted: domains may be narrow
_WIDTHS = (2.0, 2.0, 2.0, 1.0, 10.0, 1000.0)  # small numbers find most, large ones what only shows far from 0
_CONSTANTS = 8
_OTHERS = 60


class PointSampler:
    """Places of a program, made when somebody looks at them: the same ones in the same order for everybody."""

    def __init__(
        self,
        graph: Graph,
        given: Mapping[str, float],
        free: Sequence[str],
        *,
        points: int = 1,
        range_: tuple[float, float] | None = None,
        seed: int = 0,
    ) -> None:
        self.graph = graph
        self.given = given
        self.free = free
        self.wanted = points if free else 1
        self._made: list[Point] = []
        self._source = self._fresh(range_, Random(seed))  # noqa: S311  points, not secrets

    def __iter__(self) -> Iterator[Point]:
        """At most as many places as are worth trying."""
        number = 0
        while number < (self.wanted * _TRIES if self.free else 1):
            if number == len(self._made):
                self._made.append(Point(self.graph, next(self._source)))
            yield self._made[number]
            number += 1

    def near(self, place: Point) -> Iterator[Point]:
        """Other places, all inputs chosen at random, to tell formulas apart that agree at this one."""
        return islice(PointSampler(self.graph, {}, list(place.given), points=_OTHERS), _OTHERS)

    def _fresh(self, range_: tuple[float, float] | None, chosen: Random) -> Iterator[Mapping[str, float]]:
        if not self.free:
            yield dict(self.given)
            return
        # A formula in pieces changes where one of its constants is passed.
        centres = [0.0, *dict.fromkeys(self.graph.constants.values())][: _CONSTANTS + 1]
        for width in cycle(_WIDTHS):
            if range_ is not None:
                low, high = range_
                yield {**self.given, **{name: chosen.uniform(low, high) for name in self.free}}
                continue
            positive = chosen.random() < 1 / 3  # of many inputs that must all be positive, chance finds none
            centre = chosen.choice(centres) if chosen.random() < 1 / 3 else 0.0
            drawn = {}
            for name in self.free:
                x = chosen.uniform(0.0 if positive else -width, width) + centre
                drawn[name] = float(f"{x:.3g}")  # a counter-example that can be typed
            yield {**self.given, **drawn}
