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

from collections.abc import Sequence
from typing import NamedTuple

from backprop_cli.check.assignments import SET, assigned
from backprop_cli.check.claims import Formula, Gradient, NotComputableError
from backprop_cli.check.judge import Judgement
from backprop_cli.check.mistakes import Mistake, diagnose
from backprop_cli.check.sampler import PointSampler
from backprop_cli.check.step_lines import Step
from backprop_cli.check.step_values import StepValues, is_any, numbers_in, shape_of, sums_of
from backprop_cli.check.steps_in_digits import Line
from backprop_cli.check.tolerances import ROUNDING, RTOL, Tolerance
from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED
from backprop_cli.graph import INPUT, Value
from backprop_cli.graph.ancestors import ancestors

_SURE = 1e6  # times what rounding may have made: a number that says something


class Checked(NamedTuple):
    """A step and what was found: its name's value after it, and what that should be.

    `hint` says what a wrong step looks like beside the `mistakes`: `overwrites`, or `unfinished` with the name in
    `of_what`. `kind` says what was asked where it is not whether this is the gradient: `partial`; `moved on`, and then
    it is that of the node `is_of`; `convention`, as others show, of that node or by a `factor`; `value`; `equation`.
    """

    step: Step
    judgement: Judgement
    kind: str = ""
    mistakes: tuple[Mistake, ...] = ()
    hint: str = ""
    of_what: str = ""
    is_of: int = -1
    factor: float = 1.0


def follow(steps: Sequence[Step], places: PointSampler, output: str, tolerance: Tolerance) -> list[Checked]:
    """The steps that say a gradient, up to the first that is not right."""
    walk = _Walk(places, tolerance)
    if not walk.places:
        return [Checked(steps[0], Judgement(UNDECIDED, "few points", tried=0))]
    walk.set(f"d{output}", 1.0)
    last = {step.name: number for number, step in enumerate(steps) if not step.goes_on}
    found: list[Checked] = []
    for number, step in enumerate(steps):
        checked = walk.take(step, final=last[step.name] <= number)
        if checked is None:
            continue
        found.append(checked)
        if checked.judgement.verdict != AGREES:
            break
    return walk.settled(found)


class _Walk(StepValues):
    """What is known of the names beside their values."""

    def __init__(self, places: PointSampler, tolerance: Tolerance) -> None:
        super().__init__(places, tolerance)
        self.early: dict[str, str] = {}  # a gradient: another of which a part was still to come when it was used
        self.node: dict[str, int] = {}  # the node whose gradient a name is, once it was right
        self.changed: set[str] = set()  # gradients that are not what they will be
        self.held: dict[str, set[str]] = {}  # name: the conventions that it is made of
        self.vouched: set[str] = set()  # conventions of which something right was made
        self.made: list[Value] = []  # the last right side

    def take(self, step: Step, *, final: bool) -> Checked | None:
        """What comes of a step; None for a number that is no gradient."""
        try:
            values = [step.formula.evaluate(self.given(step.formula, k)) for k in range(len(self.places))]
            found = [of_nodes[step.formula.graph.output] for of_nodes in values]
            if step.goes_on:
                return self._equation(step, found)
            before = self.written.get(step.name)
            if before is None and step.is_value and step.operator != SET:
                before = [place.values[step.node] for place in self.places]
            indices = [self.index(step, k) for k in range(len(self.places))]
            total = [
                assigned(step.operator, self.spread(step, before, k), found[k], indices[k], gathers=step.gathers)
                for k in range(len(self.places))
            ]
        except NotComputableError as error:
            return self._not_computable(step, error.diagnostics[0].message)
        except (ValueError, IndexError) as error:
            return self._not_computable(step, str(error).partition("\n")[0])
        self.made = found
        self.written[step.name] = total
        for k, lines in enumerate(self.lines):
            shape = shape_of(total[k])
            lines.append(Line(step.name, step.formula, 0.0, step.operator, values[k], indices[k], step.gathers, shape))
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
        wrong = [k for k, x in enumerate(found) if not self.same(x, self.made[k], k, step.half_unit)]
        at = wrong[0] if wrong else 0
        judgement = self.compared(found[at], self.made[at], self.places[at], differs=bool(wrong))
        if wrong:
            of = Gradient(self.output, self.node.get(step.name, step.node))
            is_gradient = step.node >= 0 and not step.is_value and step.above < 0 and self.equal(self.made, of)
            mistakes = self._diagnosed(of, found, step.half_unit) if is_gradient else ()
            return Checked(step, judgement, "equation", mistakes)
        if not step.half_unit:
            self.made = found
        return Checked(step, judgement, "equation")

    def _value(self, step: Step, total: list[Value]) -> Checked:
        """A line of the forward pass: the program has the same value."""
        ours = [place.values[step.node] for place in self.places]
        wrong = [k for k, x in enumerate(total) if not self.same(x, ours[k], k, step.half_unit)]
        at = wrong[0] if wrong else 0
        del self.written[step.name]  # the program's own from here on
        judgement = self.compared(total[at], ours[at], self.places[at], differs=bool(wrong))
        return Checked(step, judgement, "value")

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
        expected = self._expected(of, total) if step.above >= 0 else [place.grad(*of) for place in self.places]
        if not expected:
            return None
        wrong = [k for k in range(len(self.places)) if not self.same(total[k], expected[k], k, step.half_unit)]
        if wrong and not final:
            self.changed.add(step.name)
            if not any(map(is_any, total)):
                return None  # a sum begins here
            return Checked(step, self.compared(total[0], total[0], self.places[0], differs=False), "partial")
        if wrong and (is_of := self._moved_on(step, of, total)) >= 0:
            self._is_right(step, is_of)
            return Checked(
                step, self.compared(total[0], total[0], self.places[0], differs=False), "moved on", is_of=is_of
            )
        judged = [k for k in wrong if not self.lost(step.formula, k, total[k], expected[k])]
        if judged or len(wrong) < len(self.places):  # at some place at least the numbers could be compared
            wrong = judged
        seen = self.seen_through(wrong, of) if step.above < 0 else []
        wrong = [k for k in wrong if k not in [k for k, verdict in seen if verdict == AGREES]]
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
        hint, of_what = "", ""
        if before and step.operator == SET and step.items is None and self.equal(sums_of(before, found), of):
            hint = "overwrites"
        elif step.name in self.early:
            hint, of_what = "unfinished", self.early[step.name]
        mistakes = () if hint or step.above >= 0 else self._diagnosed(of, total, step.half_unit)
        checked = Checked(step, judgement, "", mistakes, hint, of_what)
        if step.above < 0 and not hint and self._held(step, of, total):
            is_of, factor = self._held(step, of, total) or (-1, 1.0)
            self.held.setdefault(step.name, set()).add(step.name)
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
        if self.has_arrays or any(map(shape_of, total)):
            return ()
        return diagnose(of, list(zip(self.places, total, strict=True)), half_unit)

    # -- gradients that names have ---------------------------------------------------------------------

    def _expected(self, of: Gradient, total: list[Value]) -> list[Value]:
        """A derivative in the middle at every place, the local one if that is what is there; nothing of a Jacobian."""
        graph = self.graph
        operands = [k for k, j in enumerate(graph.inputs[of.output]) if j == of.wrt]
        local = None
        if len(operands) == 1 and of.output not in graph.attributes:
            local = [place.passed(self.output).locals[of.output][operands[0]] for place in self.places]
        if graph.shape(of.output):
            return local or []
        whole = [place.grad(*of) for place in self.places]
        if local and all(self.same(total[k], local[k], k) for k in range(len(self.places))):
            return local
        return whole

    def _moved_on(self, step: Step, of: Gradient, total: list[Value]) -> int:
        """The node before this one whose gradient the name is now, after it was this one's; -1 if there is none."""
        changes = step.name in step.formula.uses or step.operator != SET or step.items is not None
        if not changes or step.above >= 0 or step.name not in self.node or self.graph.gates[of.wrt] == INPUT:
            return -1
        return self._gradient_before(of, total)

    def _gradient_before(self, of: Gradient, total: list[Value]) -> int:
        """The nearest node that this one is made of whose gradient is this; -1 if there is none."""
        made_of = ancestors(self.graph, of.wrt)
        for node in range(of.wrt - 1, -1, -1):
            if made_of[node] and self.equal(total, Gradient(of.output, node)) and any(map(is_any, total)):
                return node
        return -1

    def _held(self, step: Step, of: Gradient, total: list[Value]) -> tuple[int, float] | None:
        """What a gradient in the middle is that others may show to be meant: another's, or a multiple of its own."""
        if self.graph.gates[of.wrt] == INPUT or of.wrt == self.output:
            return None
        if (node := self._gradient_before(of, total)) >= 0:
            return node, 1.0
        factor = self._factor(step, of, total)
        return None if factor is None else (-1, factor)

    def _factor(self, step: Step, of: Gradient, total: list[Value]) -> float | None:
        """The one number by which a gradient is too large, at every place and in every element.

        A place where it is next to nothing beside what it is made of (ROUNDING) has no say.
        """
        factor = None
        for k, (value, place) in enumerate(zip(total, self.places, strict=True)):
            right = place.grad(*of)
            if shape_of(value) != shape_of(right):
                return None
            made_of = [abs(x) for given in self.given(step.formula, k).values() for x in numbers_in(given)]
            lost = ROUNDING * max([1.0, *made_of])
            pairs = list(zip(numbers_in(value), numbers_in(right), strict=True))
            largest = max(pairs, key=lambda pair: abs(pair[1]))
            if max(map(abs, largest)) <= _SURE * lost:
                continue
            if not largest[1] or not largest[0]:
                return None
            factor = factor or largest[0] / largest[1]
            slack = lost + RTOL * abs(largest[0])
            if any(abs(one - factor * other) > slack for one, other in pairs):
                return None
        return factor

    def _inherit(self, step: Step) -> None:
        """A name is made of conventions if what is in its formula is."""
        held = {convention for name in step.formula.uses for convention in self.held.get(name, ())}
        self.held[step.name] = held if step.operator == SET else held | self.held.get(step.name, set())

    def _unfinished(self, formula: Formula) -> str:
        """A gradient used in the formula of which a part is still to come."""
        return next((name for name in formula.uses if name in self.changed), "")
