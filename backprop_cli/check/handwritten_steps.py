"""A backward pass written by hand, one line a step, followed until the first wrong line.

    # f = (x + y)*z
    dq = z*df       # dX is df/dX, which may be written too; df = 1 goes without saying
    dz = q*df
    dx = 1*dq       # what flows in on one way; `dx += …` adds the next
    s = q^2         # a name that is no dX is a number to be used below

Into df/dX flows df/da · ∂a/∂X from every gate a that X goes into. After a line, what has been gathered must be a sum of
some of these; after the last line that speaks of dX, of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from backprop_cli.check.claims import Formula, Gradient
from backprop_cli.check.judge import Judgement
from backprop_cli.check.mistakes import Mistake, diagnose
from backprop_cli.check.point import Point
from backprop_cli.check.sampler import PointSampler
from backprop_cli.check.step_lines import Step
from backprop_cli.check.steps_in_digits import Line, last_in_digits
from backprop_cli.check.tolerances import ROUNDING, Tolerance
from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED, relative_error
from backprop_cli.graph import CONSTANT, Graph, Value
from backprop_cli.graph.ancestors import ancestors
from backprop_cli.numeric.shapes import Shape

_WAYS = 10  # into one node: of more, only the sum of all is checked


class Checked(NamedTuple):
    """A step and what was found: its gradient so far, and what it should be.

    `hint` says what a wrong step looks like beside the `mistakes`: `overwrites`, or `unfinished` with the name in
    `of_what`.
    """

    step: Step
    judgement: Judgement
    partial: bool = False
    mistakes: tuple[Mistake, ...] = ()
    hint: str = ""
    of_what: str = ""


def follow(
    steps: Sequence[Step], places: PointSampler, names: Mapping[str, int], output: str, tolerance: Tolerance
) -> Iterator[Checked]:
    """The steps that say a gradient, up to the first that is not right."""
    walk = _Walk(places.graph, _usable(places), names, tolerance)
    if not walk.places:
        yield Checked(steps[0], Judgement(UNDECIDED, "few points", tried=0))
        return
    walk.set(f"d{output}", 1.0)
    last = {step.node: number for number, step in enumerate(steps)}
    for number, step in enumerate(steps):
        if _is_zero(step.formula) and any(later.adds and later.node == step.node for later in steps[number + 1 :]):
            walk.set(step.name, 0.0)  # a sum begins here
            continue
        checked = walk.take(step, final=last[step.node] == number)
        if checked is None:
            continue
        yield checked
        if checked.judgement.verdict != AGREES:
            return


def _is_zero(formula: Formula) -> bool:
    """Whether a formula is the number 0."""
    graph = formula.graph
    return (
        graph.gates[graph.output] == CONSTANT
        and not hasattr(graph.constants[graph.output], "shape")
        and (graph.constants[graph.output] == 0)
    )


class _Walk:
    """The values of the names written so far, at every place."""

    def __init__(self, graph: Graph, places: list[Point], names: Mapping[str, int], tolerance: Tolerance) -> None:
        self.output = graph.output
        self.has_arrays = graph.has_arrays
        self.places = places
        self.names = names
        self.tolerance = tolerance
        self.written: dict[str, list[Value]] = {}
        self.lines: list[list[Line]] = [[] for _ in places]  # the same, as they were made
        self.early: dict[str, str] = {}  # a gradient: another of which a part was still to come when it was used
        self.complete: set[str] = set()  # gradients that were found right and whole
        below = ancestors(graph, graph.output)
        self.takers: dict[int, list[tuple[int, int]]] = {}  # node: the gates it goes into, and as which operand
        for node, operands in enumerate(graph.inputs):
            if below[node]:
                for position, j in enumerate(operands):
                    self.takers.setdefault(j, []).append((node, position))

    def set(self, name: str, number: float) -> None:
        """The name has this number from here on."""
        self.written[name] = [number] * len(self.places)
        for lines in self.lines:
            lines.append(Line(name, None, number))

    def take(self, step: Step, *, final: bool) -> Checked | None:
        """What comes of a step; None for a number that is no gradient."""
        values = [step.formula.evaluate(self._given(step.formula, k)) for k in range(len(self.places))]
        found = [of_nodes[step.formula.graph.output] for of_nodes in values]
        before = self.written.get(step.name)
        total = [a + b for a, b in zip(before, found, strict=True)] if step.adds and before else found
        self.written[step.name] = total
        for lines, of_nodes in zip(self.lines, values, strict=True):
            lines.append(Line(step.name, step.formula, 0.0, step.adds, of_nodes))
        if step.node < 0:
            return None
        of = Gradient(self.output, step.node)
        expected = [place.grad(*of) for place in self.places]
        ways = [self._ways(step.node, k) for k in range(len(self.places))]
        partial = False
        if unfinished := self._unfinished(step.formula):
            self.early[step.name] = unfinished
        if not final and (step.name in self.early or self.has_arrays or len(ways[0]) > _WAYS):
            partial, expected = True, total  # judged when all of it is there
        elif not final and (sums := self._sums(total, ways)):
            partial, expected = sums != expected, sums
        wrong = [k for k in range(len(self.places)) if not self._same(total[k], expected[k], ways[k])]
        judged = [k for k in wrong if not self._lost(step.formula, k, total[k], expected[k])]
        if judged or len(wrong) < len(self.places):  # at some place at least the numbers could be compared
            wrong = judged
        seen = [] if partial else self._seen_through(wrong, of)
        wrong = [k for k in wrong if k not in [k for k, verdict in seen if verdict == AGREES]]
        at = wrong[0] if wrong else seen[0][0] if seen else 0
        place = self.places[at]
        judgement = self._judgement(self.written[step.name][at], expected[at], place, differs=bool(wrong))
        if not wrong:
            if not partial:
                self.complete.add(step.name)
            return Checked(step, judgement, partial)
        if trouble := place.trouble(*of):
            return Checked(step, judgement._replace(verdict=UNDECIDED, why="trouble", anomaly=trouble[0]))
        if before and not step.adds and self._equal([a + b for a, b in zip(before, found, strict=True)], of):
            return Checked(step, judgement, hint="overwrites")
        if step.name in self.early:
            return Checked(step, judgement, hint="unfinished", of_what=self.early[step.name])
        claimed = list(zip(self.places, total, strict=True))
        mistakes = diagnose(of, claimed) if final and not self.has_arrays else ()
        return Checked(step, judgement, mistakes=mistakes)

    def _judgement(self, total: Value, expected: Value, place: Point, *, differs: bool) -> Judgement:
        tried = len(self.places)
        if self.has_arrays:
            from backprop_cli.check.array_claims import compare

            return compare(total, expected, place, self.tolerance)
        error = relative_error(total, expected)
        verdict = DIFFERS if differs else AGREES
        return Judgement(verdict, "point", place, total, expected, rel_error=error, tried=tried)

    def _seen_through(self, wrong: Sequence[int], of: Gradient) -> list[tuple[int, str]]:
        """What many digits say at places where the last line looks wrong; what they find is what the name has there."""
        seen = []
        for k in wrong:
            lines = self.lines[k]
            found, right = self.written[lines[-1].name][k], self.places[k].grad(*of)
            fits = _shape(found) in ((), _shape(right)) and not self.places[k].trouble(*of)
            pair = last_in_digits(lines, self.places[k], of) if fits else None
            verdict = DIFFERS
            if pair is not None:
                found, right = (x if x.shape else float(x) for x in pair)
                verdict = AGREES if self._same(found, right, ()) else DIFFERS
            if verdict == AGREES:
                self.written[lines[-1].name][k] = found
            seen.append((k, verdict))
        return seen

    def _given(self, formula: Formula, number: int) -> dict[str, Value]:
        """The values of the names in a formula, at a place."""
        place = self.places[number]
        given = {}
        for name, use in formula.uses.items():
            if name in self.written:
                given[name] = self.written[name][number]
            else:
                given[name] = place.grad(*use) if isinstance(use, Gradient) else place.values[use]
        return given

    def _ways(self, node: int, place: int) -> list[float]:
        """What flows into the node's gradient, way by way; of arrays that is not looked at."""
        if self.has_arrays:
            return []
        passed = self.places[place].passed(self.output)
        return [(passed.grads[a] or 0.0) * passed.locals[a][k] for a, k in self.takers.get(node, ())]

    def _sums(self, total: list[float], ways: list[list[float]]) -> list[float]:
        """The sums of some of the ways, the same ones at every place, that the totals are; empty if there are none."""
        for chosen in product((True, False), repeat=len(ways[0])):
            sums = [sum(w for w, is_in in zip(way, chosen, strict=True) if is_in) for way in ways]
            if any(chosen) and all(map(self._same, total, sums, ways)):
                return sums
        return []

    def _same(self, found: Value, expected: Value, ways: Sequence[float]) -> bool:
        if self.has_arrays:
            return self._judgement(found, expected, self.places[0], differs=False).verdict == AGREES
        scale = sum(map(abs, ways))
        return self.tolerance.allows(found, expected) or abs(found - expected) <= ROUNDING * scale

    def _lost(self, formula: Formula, number: int, found: Value, expected: Value) -> bool:
        """Whether what differs at one of several places is next to nothing beside the numbers it is made of.

        f*(1-f) is 0 in doubles where the sigmoid f rounds to 1: there is nothing to judge it by.
        """
        if self.has_arrays or len(self.places) == 1:
            return False
        sizes = [abs(value) for value in self._given(formula, number).values()]
        return bool(abs(found - expected) <= ROUNDING * max(sizes, default=0.0))

    def _equal(self, total: list[Value], of: Gradient) -> bool:
        return all(self._same(found, p.grad(*of), ()) for found, p in zip(total, self.places, strict=True))

    def _unfinished(self, formula: Formula) -> str:
        """A gradient used in the formula of which a part is still to come."""
        for name in formula.uses:
            node = self.names.get(name[1:], -1)
            is_gradient = name in self.written and name[0] == "d" and node >= 0 and name not in self.complete
            if is_gradient and not self._equal(self.written[name], Gradient(self.output, node)):
                return name
        return ""


def _shape(value: Value) -> Shape:
    return getattr(value, "shape", ())


def _usable(places: PointSampler) -> list[Point]:
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
