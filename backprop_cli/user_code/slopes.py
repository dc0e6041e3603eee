"""Slopes of the loss along random directions, from running the user's own statements with values moved.

Ridders' method, as in `engine/differences.py`, with steps that shrink far enough to get between the kinks of a layer
of rectifiers; its estimate of its own error goes with every slope.
"""

from __future__ import annotations

from math import factorial, inf, isfinite, nan

import numpy as np

from backprop_cli.lean import Any, Callable, Mapping, NamedTuple, Sequence
from backprop_cli.user_code.mover import Mover
from backprop_cli.user_code.run import Program
from backprop_cli.user_code.trace import Place, Version, size_of

_FIRST_STEP = 1e-2  # of the size of what is moved
_SHRINK = 4.0
_LEVELS = 10
_CLOSE = (1e-4, 1e-5)  # steps at which the slopes of the two sides are compared
_STAYS = 0.3  # of the gap between them, where it is that of a kink
_MOST_KEPT = 20_000_000  # elements of directions that are kept
_TINY, _POINTS_OF_NOISE, _ORDERS = 1e-6, 12, (4, 5, 6)  # where noise is looked for, step by step
_WIDER = 5  # times that they are moved apart, tenfold
_FAR = 3.0  # deviations: the most that a value is off
_FLAT = 2e-15  # of a value: what moves by less is constant, and what moves by much more has met a kink
_ENOUGH = 1e-10  # relative error at which no better one is looked for


class Slope(NamedTuple):
    """A slope along a direction, and how far off it may be."""

    slope: float
    error: float


Goal = Sequence[tuple[Place, Any]]  # places with weights: what is differentiated is their sum; None weighs a number


class Bench:
    """The program, what is differentiated, and the slopes that were found."""

    def __init__(self, program: Program, goal: Goal, seed: int = 0, start: int | None = None) -> None:
        self.program, self.goal, self.seed = program, goal, seed
        self.start = len(program.codes) if start is None else start  # runs begin there at the latest
        self.runs = 0
        self._directions: dict[tuple[Any, ...], Any] = {}
        self._elements = 0
        self._kept: dict[tuple[Any, ...], Slope] = {}
        self._in_noise: dict[tuple[Any, ...], Slope] = {}
        self._largest: dict[tuple[Place, ...], float] = {}

    def direction(self, place: Place, shape: tuple[int, ...], number: int) -> Any:
        """A random direction for the value at a place; the same one whenever it is asked for."""
        key = (place, shape, number)
        if key not in self._directions:
            self._elements += int(np.prod(shape))
            if self._elements > _MOST_KEPT:
                self._directions.clear()
                self._elements = int(np.prod(shape))
            keys = (self.seed, number, place.statement, place.site, place.passed)
            drawn = np.random.default_rng(keys).standard_normal(shape)
            # Of size 1 an element: of a number that moves by next to nothing only rounding would be seen.
            self._directions[key] = drawn / (size_of(drawn) or 1.0)
        return self._directions[key]

    def along(self, version: Version, number: int, of: Place | None = None) -> Slope:
        """The slope of the goal, or of what is at `of`, along the direction of that number of a variable."""
        place = version.place
        key = (place, number, of)
        if key not in self._kept:
            direction = self.direction(place, version.shape, number)
            goal = self.goal if of is None else [(of, None)]
            self._kept[key] = self.slope({place: direction}, version.scale, goal)
        return self._kept[key]

    def sides(self, version: Version, number: int, of: Place | None = None) -> tuple[float, float] | None:
        """The slopes on both sides where there is a kink: where they do not come together as the step shrinks."""
        direction = self.direction(version.place, version.shape, number)
        function = self._along({version.place: direction}, self.goal if of is None else [(of, None)])
        at, gaps = function(0.0), []
        for step in _CLOSE:
            step *= version.scale
            sides = (function(step) - at) / step, (at - function(-step)) / step
            gaps.append(abs(sides[0] - sides[1]))
        return sides if gaps[1] > _STAYS * gaps[0] else None

    def slope(self, moves: Mapping[Place, Any], size: float, goal: Goal | None = None) -> Slope:
        """d goal / d step, where every place moves along its direction."""
        return ridders(self._along(moves, self.goal if goal is None else goal), _FIRST_STEP * size)

    def along_in_noise(self, version: Version, number: int, of: Place | None = None) -> Slope:
        """`along`, with steps so large that what the user's own statements lose by cancellation does not show."""
        place, size = version.place, version.scale
        key = (place, number, of)
        if key not in self._in_noise:
            direction = self.direction(place, version.shape, number)
            function = self._along({place: direction}, self.goal if of is None else [(of, None)])
            self._in_noise[key] = ridders(function, _FIRST_STEP * size, noise_of(function, _TINY * size))
        return self._in_noise[key]

    def _along(self, moves: Mapping[Place, Any], goal: Goal) -> Callable[[float], float]:
        start = min([self.start, *(place.statement for place in moves)])

        def value(step: float) -> float:
            self.runs += 1
            mover = Mover({place: step * delta for place, delta in moves.items()}, [place for place, _ in goal])
            found = self.program.again(mover, start)
            if found is None:
                return nan
            total = 0.0
            for (_, weights), one in zip(goal, found, strict=True):
                total += float(np.sum(one if weights is None else one * weights))
            self._largest[key] = max(self._largest.get(key, 0.0), abs(total))
            return total

        key = tuple(place for place, _ in goal)
        return value

    def size_of_goal(self, of: Place | None = None) -> float:
        """How large the goal, or what is at `of`, was at the most; 0 before it was looked at."""
        key = tuple(place for place, _ in self.goal) if of is None else (of,)
        return self._largest.get(key, 0.0)

    def values(self, moves: Mapping[Place, Any], reads: Sequence[Place], start: int) -> list[Any] | None:
        """What is at certain places when others have been moved."""
        self.runs += 1
        return self.program.again(Mover(moves, reads), min([start, *(place.statement for place in moves)]))


def noise_of(function: Callable[[float], float], step: float) -> float:
    """How far off the function's values are for rounding, from differences of high order at points close together.

    What is smooth vanishes from them, and noise of deviation s makes those of order k about s*sqrt((2k)!)/k! (R. W.
    Hamming, Introduction to Applied Numerical Analysis, 1971, chapter 6). Where neighbours are the same number, as in
    single precision, the points are too close together to show it.
    """
    for _ in range(_WIDER):
        values = np.array([function(step * k) for k in range(_POINTS_OF_NOISE)])
        if not np.isfinite(values).all():
            return 0.0
        if np.diff(values).all():
            break
        if np.ptp(values) <= _FLAT * np.max(np.abs(values)) and not all(map(_is_single, values)):
            return _FAR * float(np.ptp(values))  # constant in doubles: wider steps would only meet kinks
        step *= 10
    return _FAR * max(
        float(np.sqrt(np.mean(np.diff(values, order) ** 2) * factorial(order) ** 2 / factorial(2 * order)))
        for order in _ORDERS
    )


def ridders(function: Callable[[float], float], width: float, noise: float = 0.0) -> Slope:
    """The derivative at 0 by extrapolated central differences of values that are as far off as `noise`."""
    best, best_error = nan, inf
    row: list[float] = []
    for _ in range(_LEVELS):
        above, below = function(width), function(-width)
        quotient = (above - below) / (2 * width)
        if quotient == 0 and any(row):
            moved, size = 8 * abs(row[0]) * width, max(abs(above), abs(below))
            coarse = 2.0**-10 if _is_half(above) and _is_half(below) else 2.0**-20
            if _FLAT * size < moved <= coarse * size:  # steps are too small for the digits there are
                break
        if not isfinite(quotient):
            width /= _SHRINK
            row = []
            continue
        digit = 2.0**-23 if _is_single(above) and _is_single(below) else 2.0**-52
        rounding = max(digit * max(abs(above), abs(below)), noise) / width
        fresh, factor = [quotient], _SHRINK * _SHRINK
        for before in row:
            better = (factor * fresh[-1] - before) / (factor - 1)
            error = max(abs(better - fresh[-1]), abs(better - before), rounding)
            factor *= _SHRINK * _SHRINK
            fresh.append(better)
            if error < best_error:
                best, best_error = better, error
        if row and abs(fresh[0] - row[0]) < best_error:  # straight: no extrapolation is better
            best, best_error = fresh[0], max(abs(fresh[0] - row[0]), rounding)
        if best_error <= _ENOUGH * abs(best) or (best_error <= 4 * rounding and len(row) > 1):
            break
        row = fresh
        width /= _SHRINK
    return Slope(best, best_error)


def _is_half(value: float) -> bool:
    """Whether it may be a number of 16 bits."""
    with np.errstate(over="ignore"):
        return bool(np.float16(value) == value)


def _is_single(value: float) -> bool:
    """Whether it looks like a number of 32 bits: it is one, and none of 16, as 1 and 0.25 are."""
    with np.errstate(over="ignore"):
        return bool(np.float32(value) == value != np.float16(value))
