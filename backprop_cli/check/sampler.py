"""Points at which a program is tried: the bindings' one, or random ones of several sizes and signs.

Which of them lie in the domain is found out by whoever uses them.
"""

from __future__ import annotations

from itertools import chain, cycle, islice, pairwise
from math import isfinite, sqrt
from random import Random

from backprop_cli.check.point import Effort, Point
from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.graph import Graph, Value
from backprop_cli.lean import Callable, Iterator, Mapping, MappingProxyType, Sequence, partial
from backprop_cli.numeric.shapes import Shape, size

_TRIES = 40  # for each point that is wanted: domains may be narrow
_HOPELESS = 2_000  # tries after which a domain is taken for empty, however many points are wanted
_WIDTHS = (2.0, 2.0, 2.0, 1.0, 10.0, 1000.0)  # small numbers find most, large ones what only shows far from 0
_CONSTANTS = 8
_NEAR = (0.05, 0.5)  # how far from a constant, beside its size and beside 1
_APART = 1e-2  # how far several inputs near one constant are from each other, beside its size
_NARROW, _FAR = 0.1, 10.0
_PART = 0.38  # of the way from one constant to the next: in the middle pieces may be level
_ADDING, _COMPARING = ("add",), ("lt", "le", "gt", "ge")
_FEW = 8  # places beside constants; where there are more, more of the points are such
_OTHERS = 60
_SMALL = 1.5  # numbers at which little is lost in the middle of a program
_SCALED, _DECADES = 400, (-36.0, 12.0)  # from Planck's constant to a mole of large things
_MOST_ELEMENTS = 50_000  # of all free inputs together


class PointSampler:
    """Places of a program, made when somebody looks at them: the same ones in the same order for everybody."""

    def __init__(
        self,
        graph: Graph,
        given: Mapping[str, Value],
        free: Sequence[str],
        *,
        points: int = 1,
        range_: tuple[float, float] | None = None,
        seed: int = 0,
        firsts: Mapping[int, tuple[int, int]] = MappingProxyType({}),
    ) -> None:
        count = sum(size(graph.shape(graph.variables[name])) for name in free)
        if count > _MOST_ELEMENTS:
            message = f"random values are drawn for at most {_MOST_ELEMENTS:,} elements, and there are {count:,}"
            raise BackpropError(Diagnostic("L701", message, (), "give smaller shapes, which tell as much, or values"))
        self.graph = graph
        self.given = given
        self.firsts = firsts
        self.free = free
        self.wanted = points if free else 1
        self._made: list[Point] = []
        self._effort = Effort(self.wanted)
        self._source = self._fresh(range_, Random(seed))  # noqa: S311  points, not secrets

    def __iter__(self) -> Iterator[Point]:
        """At most as many places as are worth trying."""
        number = 0
        while number < (self.wanted * _TRIES if self.free else 1):
            if number == _HOPELESS and not any(place.has_value for place in self._made):
                return
            if number == len(self._made):
                self._made.append(Point(self.graph, next(self._source), self.firsts, self._effort))
            yield self._made[number]
            number += 1

    def scaled(self) -> Iterator[Point]:
        """Places of other sizes: of exp(-E/(k*T)) in SI units nothing is left where E is about 1."""
        chosen = Random(0)  # noqa: S311  points, not secrets
        shapes = {name: self.graph.shape(self.graph.variables[name]) for name in self.free}
        for number in range(_SCALED):
            scales = [10.0 ** chosen.uniform(*_DECADES) for _ in self.free]
            scales = scales if number % 2 else scales[:1] * len(scales)
            drawn = {
                name: _filled(shapes[name], partial(_near, chosen, 0.0, -scale, scale))
                for name, scale in zip(self.free, scales, strict=True)
            }
            yield Point(self.graph, {**self.given, **drawn}, self.firsts, self._effort)

    def near(self, place: Point, *, keep_numbers: bool = False, keep_given: bool = False) -> Iterator[Point]:
        """Other places, all inputs chosen at random, to tell formulas apart that agree at this one.

        Arrays of whole numbers keep them where the program cannot do without (labels), numbers if `keep_numbers`,
        and all that has a value if `keep_given`.
        """
        for keep_whole in (False, True):
            kept = {
                name: value
                for name, value in place.given.items()
                if (keep_whole and _is_whole(value))
                or (keep_numbers and not hasattr(value, "shape"))
                or (keep_given and name in self.given)
            }
            free = [name for name in place.given if name not in kept]
            sampler = PointSampler(self.graph, kept, free, points=_OTHERS, firsts=self.firsts)
            small = PointSampler(self.graph, kept, free, points=_OTHERS, range_=(-_SMALL, _SMALL), firsts=self.firsts)
            try:
                if free and any(True for _ in islice(sampler, 1)):
                    return islice(chain(islice(small, _TRIES), sampler), _OTHERS)
            except BackpropError:  # a label that is no class
                continue
        return iter(())

    def _fresh(self, range_: tuple[float, float] | None, chosen: Random) -> Iterator[Mapping[str, Value]]:
        if not self.free:
            yield dict(self.given)
            return
        count, beside = self._beside_constants(chosen)
        shapes = {name: self.graph.shape(self.graph.variables[name]) for name in self.free}
        for number, width in enumerate(cycle(_WIDTHS)):
            if range_ is not None:
                low, high = range_
                anywhere = partial(chosen.uniform, low, high)
                yield {**self.given, **{name: _filled(shapes[name], anywhere) for name in self.free}}
                continue
            positive = chosen.random() < 1 / 3  # of many inputs that must all be positive, chance finds none
            near = partial(_near, chosen, 0.0, 0.0 if positive else -width, width)
            drawn = {name: _filled(shapes[name], near) for name in self.free}
            if count and number % (4 if count > _FEW else 2):
                place, apart = next(beside)
                every = place == 0
                moved = [name for name in self.free if every or chosen.random() < 1 / 2] or [chosen.choice(self.free)]
                apart = apart if every or len(self.free) > 1 or any(shapes.values()) else 0.0
                near = partial(_near, chosen, place, -apart, apart)
                drawn |= {name: _filled(shapes[name], near) for name in moved}
            yield {**self.given, **drawn}

    def _beside_constants(self, chosen: Random) -> tuple[int, Iterator[tuple[float, float]]]:
        """How many there are of: numbers on both sides of each constant, near it beside its own size and beside 1.

        With how far around them to look, again and again. A formula in pieces changes where x passes one of its
        constants, or x plus it does, or a square; pieces may lie between two of them.
        """
        constants: list[float] = []
        for value in self.graph.constants.values():
            constants += value.ravel().tolist() if hasattr(value, "shape") else [value]
        centres = [c for c in dict.fromkeys(constants) if c and isfinite(c)][:_CONSTANTS]
        added, compared = self._constants_at(_ADDING), self._constants_at(_COMPARING)
        between = [
            (low + _PART * (high - low), (high - low) / 4)
            for low, high in pairwise(sorted(centres))
            if 0 < high - low < _NARROW * max(abs(low), abs(high))
        ]
        opposite = [-c for c in centres if abs(c) > _FAR and c in added]
        squares = [(0.0, sqrt(abs(c))) for c in centres if not 1 / _FAR < abs(c) < _FAR and c in compared]

        def sides(places: Sequence[float], *, own: bool) -> Iterator[tuple[float, float]]:
            for side in (1, -1):
                for centre in places:
                    place = _typed(centre, side * chosen.uniform(*_NEAR) * (abs(centre) if own else 1.0))
                    yield place, _APART * abs(place)

        def places() -> Iterator[tuple[float, float]]:
            while centres:
                yield from sides(centres, own=True)
                yield from between
                yield from sides(opposite, own=True)
                yield from squares
                yield from sides(centres, own=False)

        return 4 * len(centres) + len(between) + 2 * len(opposite) + len(squares), places()

    def _constants_at(self, gates: Sequence[str]) -> set[float]:
        """The constants that are numbers and operands of such gates."""
        operands = {i for node, gate in enumerate(self.graph.gates) if gate in gates for i in self.graph.inputs[node]}
        found = (self.graph.constants[i] for i in operands if i in self.graph.constants)
        return {value for value in found if not hasattr(value, "shape")}


def _filled(shape: Shape, draw: Callable[[], float]) -> Value:
    """A number, or an array of that shape, each element drawn on its own."""
    if not shape:
        return draw()
    from backprop_cli.numeric.arrays import doubles

    return doubles([draw() for _ in range(size(shape))]).reshape(shape)


def _is_whole(value: Value) -> bool:
    return hasattr(value, "shape") and bool((value == value.round()).all())


def _near(chosen: Random, centre: float, low: float, high: float) -> float:
    return _typed(centre, chosen.uniform(low, high))


def _typed(centre: float, offset: float) -> float:
    """A number at about that distance which can be typed: a counter-example is shown."""
    return float(f"{centre + float(f'{offset:.3g}'):.12g}")
