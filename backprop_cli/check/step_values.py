"""What the lines of a backward pass have made of their names so far, at every place, and how it is compared."""

from __future__ import annotations

from math import isfinite

from backprop_cli.check.assignments import SET, assigned
from backprop_cli.check.claims import Formula
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.judge import Judgement
from backprop_cli.check.point import Point
from backprop_cli.check.sampler import PointSampler
from backprop_cli.check.step_index import index_of
from backprop_cli.check.step_lines import Step
from backprop_cli.check.steps_in_digits import Line, last_in_digits
from backprop_cli.check.tolerances import ROUNDING, Tolerance
from backprop_cli.check.verdict import AGREES, DIFFERS, relative_error
from backprop_cli.graph import Graph, Value
from backprop_cli.lean import Sequence
from backprop_cli.numeric.shapes import Shape


class StepValues:
    """The values of the names written so far; `lines` are how they were made, for more digits."""

    def __init__(self, graph: Graph, places: list[Point], tolerance: Tolerance, *, free: bool) -> None:
        self.graph = graph
        self.output = graph.output
        self.has_arrays = graph.has_arrays
        self.places = places
        self.free = free
        self.tolerance = tolerance
        self.written: dict[str, list[Value]] = {}
        self.lines: list[list[Line]] = [[] for _ in self.places]

    def set(self, name: str, number: float) -> None:
        """The name has this number from here on."""
        self.written[name] = [number] * len(self.places)
        for lines in self.lines:
            lines.append(Line(name, None, number))

    def write(self, name: str, formula: Formula, values: list[Value]) -> None:
        """The name has what a formula gives."""
        self.written[name] = values
        for k, lines in enumerate(self.lines):
            of_nodes = formula.evaluate(self.given(formula, k))
            lines.append(Line(name, formula, 0.0, SET, of_nodes, shape=shape_of(values[k])))

    def is_apart(self, step: Step, found: Value, right: Value, number: int) -> bool:
        """Whether two values differ by more than rounding may have made of the numbers in a step's formula."""
        if self.same(found, right, number, step.half_unit):
            return False
        if shape_of(found) != shape_of(right):
            return True
        made_of = [abs(x) for given in self.given(step.formula, number).values() for x in numbers_in(given)]
        off = [abs(one - other) for one, other in zip(numbers_in(found), numbers_in(right), strict=True)]
        return max(off, default=0.0) > ROUNDING * max([1.0, *made_of])

    def advance(self, step: Step) -> tuple[list[Value], list[Value]]:
        """Give a step's name its value; answers the values of the right side, and those that the name has now.

        Raises NotComputableError, or ValueError or IndexError, if shapes do not fit.
        """
        places = range(len(self.places))
        values = [step.formula.evaluate(self.given(step.formula, k)) for k in places]
        found = [of_nodes[step.formula.graph.output] for of_nodes in values]
        if step.goes_on:
            return found, found
        before = self.written.get(step.name)
        if before is None and step.is_value and step.operator != SET:
            before = [place.values[step.node] for place in self.places]
        indices = [self.index(step, k) for k in places]
        total = [
            assigned(step.operator, self.spread(step, before, k), found[k], indices[k], gathers=step.gathers)
            for k in places
        ]
        self.written[step.name] = total
        for k, lines in enumerate(self.lines):
            shape = shape_of(total[k])
            lines.append(Line(step.name, step.formula, 0.0, step.operator, values[k], indices[k], step.gathers, shape))
        return found, total

    def compared(self, total: Value, expected: Value, place: Point, *, differs: bool) -> Judgement:
        """Two values side by side, and whether they differ, which the caller knows."""
        tried = len(self.places)
        if self.has_arrays or shape_of(total):
            from backprop_cli.check.array_claims import compare

            made = compare(total, expected, place, self.tolerance)
            return (
                made if differs == (made.verdict == DIFFERS) else made._replace(verdict=DIFFERS if differs else AGREES)
            )
        error = relative_error(total, expected)
        verdict = DIFFERS if differs else AGREES
        return Judgement(verdict, "point", place, total, expected, rel_error=error, tried=tried)

    def seen_through(self, wrong: Sequence[int], of: Gradient) -> list[tuple[int, str]]:
        """What many digits say at places where the last line looks wrong, up to the first where it is.

        What they find is what the name has there.
        """
        seen = []
        for k in wrong:
            lines = self.lines[k]
            found, right = self.written[lines[-1].name][k], self.places[k].grad(*of)
            fits = shape_of(found) in ((), shape_of(right)) and not self.places[k].trouble(*of)
            pair = last_in_digits(lines, self.places[k], of) if fits else None
            verdict = DIFFERS
            if pair is not None:
                found, right = (x if x.shape else float(x) for x in pair)
                verdict = AGREES if self.same(found, right, k) else DIFFERS
            if verdict == AGREES:
                self.written[lines[-1].name][k] = found
            seen.append((k, verdict))
            if verdict == DIFFERS:
                break
        return seen

    def given(self, formula: Formula, number: int) -> dict[str, Value]:
        """The values of the names in a formula, at a place."""
        place = self.places[number]
        given = {}
        for name, use in formula.uses.items():
            if name in self.written:
                given[name] = self.written[name][number]
            else:
                given[name] = place.grad(*use) if isinstance(use, Gradient) else place.values[use]
        return given

    def index(self, step: Step, number: int) -> tuple[object, ...] | None:
        """NumPy's index of the elements that a line is about; None where it is about all."""
        if step.items is None:
            return None
        pairs = []
        for item in step.items:
            formula = item.formula
            value = formula.evaluate(self.given(formula, number))[formula.graph.output] if formula else None
            pairs.append((item, value))
        return index_of(pairs)

    def spread(self, step: Step, before: list[Value] | None, number: int) -> Value | None:
        """The value that a line changes; with an index a number is all elements of the gradient."""
        old = None if before is None else before[number]
        if step.items is None or step.node < 0 or shape_of(old) or not self.graph.shape(step.node):
            return old
        from backprop_cli.numeric.reductions import full

        return full(self.graph.shape(step.node), old)

    def same(self, found: Value, expected: Value, number: int, half_unit: float = 0.0) -> bool:
        """Whether two values may pass for one; a number as people print it, right to its last decimal."""
        if self.has_arrays or shape_of(found):
            return self._alike(found, expected, number) or self._printed(found, expected, half_unit)
        if self.free:
            half_unit = 0.0
        if self.tolerance.allows(found, expected, half_unit):
            return True
        size = max(abs(found), abs(expected))
        return isfinite(size) and not half_unit and abs(found - expected) <= ROUNDING * size

    def _alike(self, found: Value, expected: Value, number: int) -> bool:
        from backprop_cli.check.array_claims import compare

        return compare(found, expected, self.places[number], self.tolerance).verdict == AGREES

    def _printed(self, found: Value, expected: Value, half_unit: float) -> bool:
        if self.free or not half_unit or shape_of(found) or shape_of(expected):
            return False
        return self.tolerance.allows(found, expected, half_unit)

    def lost(self, formula: Formula, number: int, found: Value, expected: Value) -> bool:
        """Whether what differs at one of several places is next to nothing beside the numbers it is made of.

        f*(1-f) is 0 in doubles where the sigmoid f rounds to 1: there is nothing to judge it by.
        """
        if len(self.places) == 1 or shape_of(found) != shape_of(expected):
            return False
        sizes = [abs(x) for value in self.given(formula, number).values() for x in numbers_in(value)]
        off = [abs(one - other) for one, other in zip(numbers_in(found), numbers_in(expected), strict=True)]
        return bool(max(off, default=0.0) <= ROUNDING * max(sizes, default=0.0))

    def equal(self, total: list[Value], of: Gradient) -> bool:
        """Whether values are a gradient at every place."""
        return all(self.same(x, p.grad(*of), k) for k, (x, p) in enumerate(zip(total, self.places, strict=True)))


def shape_of(value: Value) -> Shape:
    """A value's shape; of a number `()`."""
    return getattr(value, "shape", ())


def numbers_in(value: Value) -> list[float]:
    """The elements of a value."""
    return value.ravel().tolist() if hasattr(value, "ravel") else [value]


def is_any(value: Value) -> bool:
    """Whether something in a value is not 0."""
    return any(numbers_in(value))


def sums_of(ones: Sequence[Value], others: Sequence[Value]) -> list[Value]:
    """Sums, place by place."""
    return [one + other for one, other in zip(ones, others, strict=True)]


def usable(places: PointSampler) -> list[Point]:
    """The place of the bindings, or as many random ones as are wanted where the output is an ordinary number."""
    found: list[Point] = []
    output = places.graph.output
    inputs = list(places.graph.variables.values())
    for place in places:
        ordinary = (place.is_finite(output, node) and not place.trouble(output, node) for node in inputs)
        if places.free and not all(ordinary):
            continue
        found.append(place)
        if len(found) == places.wanted:
            break
    return found
