"""A backward pass written by hand, one line a step, followed until the first wrong line.

    # f = (x + y)*z
    dq = z*df       # dX is df/dX, which may be written too; df = 1 goes without saying
    dz = q*df
    dx = 1*dq       # what flows in on one way; `dx += …` adds the next
    s = q^2         # a name that is no dX is a number to be used below

The last line that speaks of dX decides about it. Two things that are no mistakes look like one: a name that goes on to
be another gradient once it was right (`dh = dh*(h > 0)`), and a gradient in the middle that is kept without a factor
which the gradients made of it have (dZ without the 1/m). The first is looked up; the second is held until those are
judged.
"""

from __future__ import annotations

from itertools import islice
from math import isfinite

from backprop_cli.check.assignments import SET
from backprop_cli.check.claims import Formula, NotComputableError
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.judge import Judgement
from backprop_cli.check.mistakes import Mistake, diagnose
from backprop_cli.check.other_readings import how_it_was_read
from backprop_cli.check.point import Point
from backprop_cli.check.sampler import PointSampler
from backprop_cli.check.step_gradients import StepGradients
from backprop_cli.check.step_lines import Step
from backprop_cli.check.step_values import StepValues, is_any, numbers_in, shape_of, sums_of, usable
from backprop_cli.check.tolerances import Tolerance
from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED
from backprop_cli.graph import INPUT, Value
from backprop_cli.lean import NamedTuple, Sequence, partial

_COMPARED = 5  # places at which a mistake must give what is written


class Checked(NamedTuple):
    """A step and what was found: its name's value after it, and what that should be.

    `hint` says what a wrong step looks like beside the `mistakes`: `overwrites`, or `unfinished` with the name in
    `of_what`. `kind` says what was asked where it is not whether this is the gradient: `partial`; `moved on`, and then
    it is that of the node `is_of`; `convention`, as others show, of that node or by a `factor`; `value`; `equation`.
    `reading` says how the line that is not right was read, where it may not be what was meant.
    """

    step: Step
    judgement: Judgement
    kind: str = ""
    mistakes: tuple[Mistake, ...] = ()
    hint: str = ""
    of_what: str = ""
    is_of: int = -1
    factor: float = 1.0
    reading: Sequence[str] = ()


def follow(steps: Sequence[Step], places: PointSampler, output: str, tolerance: Tolerance) -> list[Checked]:
    """The steps that say a gradient, up to the first that is not right."""
    walk = _Walk(places, tolerance, output)
    if not walk.places:
        return [Checked(steps[0], Judgement(UNDECIDED, "few points", tried=0))]
    last = {step.name: number for number, step in enumerate(steps) if not step.goes_on}
    found: list[Checked] = []
    for number, step in enumerate(steps):
        checked = walk.take(step, final=last[step.name] <= number)
        if checked is None:
            continue
        found.append(checked)
        if checked.judgement.verdict != AGREES:
            break
    found = walk.settled(found)
    if found and found[-1].judgement.verdict != AGREES:
        found[-1] = found[-1]._replace(reading=how_it_was_read(found[-1].step.formula.graph))
    return found


class _Walk(StepGradients):
    """What is known of the names beside their values."""

    def __init__(self, places: PointSampler, tolerance: Tolerance, output: str) -> None:
        super().__init__(places.graph, usable(places), tolerance, free=bool(places.free))
        self.sampler, self.output_name = places, output
        self.taken: list[Step] = []
        self.set(f"d{output}", 1.0)
        self.early: dict[str, str] = {}  # a gradient: another of which a part was still to come when it was used
        self.node: dict[str, int] = {}  # the node whose gradient a name is, once it was right
        self.changed: set[str] = set()  # gradients that are not what they will be
        self.held: dict[str, set[str]] = {}  # name: the conventions that it is made of
        self.vouched: set[str] = set()  # conventions of which something right was made
        self.made: list[Value] = []  # the last right side

    def take(self, step: Step, *, final: bool) -> Checked | None:
        """What comes of a step; None for a number that is no gradient."""
        before = self.written.get(step.name)
        try:
            found, total = self.advance(step)
        except NotComputableError as error:
            return self._not_computable(step, error.diagnostics[0].message)
        except (ValueError, IndexError) as error:
            return self._not_computable(step, str(error).partition("\n")[0])
        self.taken.append(step)
        if step.goes_on:
            return self._equation(step, found)
        self.made = found
        self._inherit(step)
        if step.node < 0 or (step.is_value and (step.operator != SET or step.items)):
            return None
        if step.is_value:
            return self._value(step, total) if final else None
        if unfinished := self._unfinished(step.formula):
            self.early[step.name] = unfinished
        of = Gradient(step.above if step.above >= 0 else self.output, self.node.get(step.name, step.node))
        return self._gradient(step, of, total, found, before, final=final)

    # -- what a line can be ----------------------------------------------------------------------------

    def _equation(self, step: Step, found: list[Value]) -> Checked:
        """A further side of an equation: it is the side before it."""
        of = Gradient(self.output, self.node.get(step.name, step.node))
        checked, wrong = self._compared(step, found, self.made, "equation")
        if step.name in self.node and step.name not in self.changed and step.operator == SET and wrong:
            before = self.written[step.name]
            self.write(step.name, step.formula, found)
            seen = self.seen_through(wrong, of)  # it is the gradient, or it is not
            self.written[step.name] = before
            wrong = [k for k, verdict in seen if verdict == DIFFERS]
            if not wrong:
                return checked._replace(judgement=checked.judgement._replace(verdict=AGREES))
            return checked._replace(mistakes=self._diagnosed(of, found, step.half_unit))
        if not wrong and not step.half_unit:
            self.made = found
        return checked

    def _value(self, step: Step, total: list[Value]) -> Checked:
        """A line of the forward pass: the program has the same value."""
        del self.written[step.name]  # the program's own from here on
        return self._compared(step, total, [place.values[step.node] for place in self.places], "value")[0]

    def _compared(self, step: Step, found: list[Value], right: list[Value], kind: str) -> tuple[Checked, list[int]]:
        """Two values side by side, and the places at which they differ; it is undecided where there is no number."""
        places = range(len(self.places))
        usable = [k for k in places if all(map(isfinite, (*numbers_in(found[k]), *numbers_in(right[k]))))]
        wrong = [k for k in usable if self.is_apart(step, found[k], right[k], k)]
        at = next(iter([*wrong, *usable]), 0)
        judgement = self.compared(found[at], right[at], self.places[at], differs=bool(wrong))
        if not usable:
            judgement = judgement._replace(verdict=UNDECIDED, why="no value")
        return Checked(step, judgement, kind), wrong

    def _gradient(
        self,
        step: Step,
        of: Gradient,
        total: list[Value],
        found: list[Value],
        before: list[Value] | None,
        *,
        final: bool,
    ) -> Checked | None:
        expected = self.derivatives(of, total) if step.above >= 0 else [place.grad(*of) for place in self.places]
        if not expected:
            return None
        wrong = [k for k in range(len(self.places)) if not self.same(total[k], expected[k], k, step.half_unit)]
        if wrong and not final:
            self.changed.add(step.name)
            if not any(map(is_any, total)):
                return None  # a sum begins here
            return Checked(step, self.compared(total[0], total[0], self.places[0], differs=False), "partial")
        if wrong and (is_of := self.moved_on(step, of, total, was_right=step.name in self.node)) >= 0:
            self._is_right(step, is_of)
            return Checked(
                step, self.compared(total[0], total[0], self.places[0], differs=False), "moved on", is_of=is_of
            )
        judged = [k for k in wrong if not self.lost(step.formula, k, total[k], expected[k])]
        if judged or len(wrong) < len(self.places):  # at some place at least the numbers could be compared
            wrong = judged
        seen = self.seen_through(wrong, of) if step.above < 0 else []
        if seen:
            wrong = [k for k, verdict in seen if verdict == DIFFERS]
        at = wrong[0] if wrong else seen[0][0] if seen else 0
        place = self.places[at]
        judgement = self.compared(self.written[step.name][at], expected[at], place, differs=bool(wrong))
        if not wrong:
            self._is_right(step, of.wrt)
            if step.half_unit:
                self.written[step.name] = expected
            return Checked(step, judgement)
        if trouble := place.trouble(*of):
            return Checked(step, judgement._replace(verdict=UNDECIDED, why="trouble", anomaly=trouble[0]))
        if not any(map(isfinite, numbers_in(expected[at]))):
            return Checked(step, judgement._replace(verdict=UNDECIDED, why="range"))
        hint, of_what = "", ""
        if before and step.operator == SET and step.items is None and self.equal(sums_of(before, found), of):
            hint = "overwrites"
        elif step.name in self.early:
            hint, of_what = "unfinished", self.early[step.name]
        mistakes = () if hint or step.above >= 0 else self._diagnosed(of, total, step.half_unit)
        checked = Checked(step, judgement, "", mistakes, hint, of_what)
        if step.above < 0 and not hint and self.convention(step, of, total):
            is_of, factor = self.convention(step, of, total) or (-1, 1.0)
            self.held.setdefault(step.name, set()).add(step.name)
            self.changed.discard(step.name)
            return checked._replace(
                judgement=judgement._replace(verdict=AGREES), kind="convention", is_of=is_of, factor=factor
            )
        return checked

    def settled(self, found: list[Checked]) -> list[Checked]:
        """The steps up to the first that is wrong: a convention is, if nothing right is made of it."""
        for number, checked in enumerate(found):
            if checked.kind == "convention" and checked.step.name not in self.vouched:
                judgement = checked.judgement._replace(verdict=DIFFERS)
                return [*found[:number], checked._replace(judgement=judgement, kind="")]
        return found

    def _is_right(self, step: Step, node: int) -> None:
        self.node[step.name] = node
        self.changed.discard(step.name)
        self.held.setdefault(step.name, set()).discard(step.name)
        if self.graph.gates[step.node] == INPUT:
            self.vouched |= self.held[step.name]

    def _not_computable(self, step: Step, problem: str) -> Checked:
        return Checked(step, Judgement(DIFFERS, "not computable", self.places[0], problem=problem))

    def _diagnosed(self, of: Gradient, total: list[Value], half_unit: float) -> tuple[Mistake, ...]:
        """What the last line looks like; what has values is tried with others, too."""
        pairs = list(zip(self.places, total, strict=True))[:_COMPARED]
        arrays = self.has_arrays or any(map(shape_of, total))
        if arrays:
            from backprop_cli.check.array_mistakes import diagnose_arrays as diagnosed
        else:
            diagnosed = partial(diagnose, half_unit=half_unit)
        if self.free and not arrays:
            return diagnosed(of, pairs)
        for keep_numbers in (False, True) if arrays else (False,):
            others = self._elsewhere(of, keep_numbers=keep_numbers)
            if others and (found := diagnosed(of, [*pairs, *others])):
                return found
        return () if arrays else diagnosed(of, pairs)

    def _elsewhere(self, of: Gradient, *, keep_numbers: bool) -> list[tuple[Point, Value]]:
        """What the last line gives at other places, where the lines can be followed."""
        near = self.sampler.near(self.places[0], keep_numbers=keep_numbers)
        places = list(islice((p for p in near if not p.trouble(*of) and p.is_finite(*of)), _COMPARED - 1))
        values = StepValues(self.graph, places, self.tolerance, free=True)
        values.set(f"d{self.output_name}", 1.0)
        made: list[Value] = []
        try:
            for step in self.taken:
                _, made = values.advance(step)
        except (NotComputableError, ValueError, IndexError):
            return []
        return list(zip(places, made, strict=True))

    # -- what names are made of -------------------------------------------------------------------------

    def _inherit(self, step: Step) -> None:
        """A name is made of conventions if what is in its formula is."""
        held = {convention for name in step.formula.uses for convention in self.held.get(name, ())}
        self.held[step.name] = held if step.operator == SET else held | self.held.get(step.name, set())

    def _unfinished(self, formula: Formula) -> str:
        """A gradient used in the formula of which a part is still to come."""
        return next((name for name in formula.uses if name in self.changed), "")
