"""Which line is wrong, and how: the small change of one line that makes the wrong gradients right.

The lines that can be meant are those on which a wrong gradient depends and the loss does not; those on which right
gradients depend too are innocent. A change is tried by running the backward pass again with it; the slopes to compare
with are known.
"""

from __future__ import annotations

import ast
from itertools import islice

import numpy as np

from backprop_cli.check.verdict import AGREES
from backprop_cli.lean import Any, Iterator, Mapping, NamedTuple, Sequence
from backprop_cli.user_code.edits import Edit, edits
from backprop_cli.user_code.elsewhere import Elsewhere, choices, most_error
from backprop_cli.user_code.frames import frame_of, statement_at
from backprop_cli.user_code.instrument import Site
from backprop_cli.user_code.judge import Case, is_dead, ratios, rule
from backprop_cli.user_code.layers import with_names
from backprop_cli.user_code.missing import SHAPE
from backprop_cli.user_code.mover import Mover
from backprop_cli.user_code.names import readings
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.script import Script
from backprop_cli.user_code.slopes import Bench
from backprop_cli.user_code.suspects import Suspects, in_turn, is_empty, suspected
from backprop_cli.user_code.trace import LossEvent, as_array, is_list
from backprop_cli.user_code.turns import with_turns

_WORK = 100_000_000  # elements that all tries together may move
_STEPS, _COMPILED = 400_000, 160  # assignments that all tries may run, and how many of them compiling one is worth
_TRIES = (60, 2000)  # at least and at most so many
_ROUNDING = 1e-10
_ACCURACY = 1e-5  # what a change must come to


class Repair(NamedTuple):
    """A change that makes things right: where, which, and the cases that it mends."""

    site: Site
    edit: Edit
    mends: tuple[Case, ...]
    scope: Mapping[str, Any]


class Workshop:
    """The program with its judged claims, and tries at its lines."""

    def __init__(
        self,
        bench: Bench,
        recorder: Recorder,
        script: Script,
        loss: LossEvent,
        cases: Sequence[Case] = (),
        early: Sequence[Case] = (),
    ) -> None:
        """`early` are wrong before the last time they are assigned, in a loop backwards through time."""
        self.elsewhere = Elsewhere(
            bench, recorder, [case.ruling.candidate for case in cases if case.ruling.candidate is not None]
        )
        self.bench, self.recorder, self.script, self.text = bench, recorder, script, script.text
        self.loss, self.value = loss.place, as_array(loss.value)
        size = sum(np.size(it) for it in bench.program.names.values() if isinstance(it, np.ndarray)) + 1000
        self.right: Sequence[Case] = ()
        fits = [case for case in early if case.ruling.why != "shape"]
        first = min((case.claim.place.passed for case in fits), default=0)
        self.early = [case for case in fits if case.claim.place.passed == first]
        self.spoiling: set[int] = set()  # sites of wrong gradients on which right ones depend all the same
        self.inner: set[int] = set()  # wrong cases on which others depend
        self._lines: dict[int, str] = {}
        most = min(_WORK / size, _STEPS / (recorder.order + _COMPILED))
        self.tries = int(min(max(most, _TRIES[0]), _TRIES[1]))

    def depends(self, sites: Sequence[int], cases: Sequence[Case]) -> dict[int, set[int]]:
        """For each site on which the loss does not depend, the numbers of the cases whose values change with it."""
        found: dict[int, set[int]] = {}
        for site in sites:
            visit = self.recorder.visited[site]
            reads = [case.claim.place for case in cases]
            after = [one for one in reads if one.statement >= visit.statement]
            if not after:
                continue
            loss = [self.loss] if self.loss.statement >= visit.statement else []
            moved = self.run(Mover({}, [*after, *loss], site), visit.statement)
            if moved is None or (loss and not np.array_equal(moved[-1], self.value)):
                continue
            values = dict(zip(after, moved, strict=False))
            found[site] = {
                number for number, case in enumerate(cases)
                if case.claim.place in values and not _same(values[case.claim.place], case.claim.value)
            }  # fmt: skip
        return found

    def run(self, mover: Mover, start: int, codes: Mapping[int, Any] | None = None) -> list[Any] | None:
        """What is read where a run begins at a statement; None where it does not come to pass."""
        self.bench.runs += 1
        last = max((key[0] for key in mover.reads), default=start)
        return self.bench.program.again(mover, start, codes, last)

    def repair(self, wrong: Sequence[Case], right: Sequence[Case], *, in_order: bool = False) -> Repair | None:
        """The best change for a wrong case on which no other depends, or for the first if they come in order: it mends
        most, and breaks nothing right.
        """
        self.right = right
        wrong = wrong if in_order else self._last_first(wrong)
        suspects = self._suspects(wrong, right)
        best: Repair | None = None
        most = 0.0
        for tier, site, part in in_turn(suspects):
            for edit, mended, multiples in self._tried(site, tier, part, wrong, right):
                score = len(mended) + multiples / 2
                if score > most:
                    most = score
                    mends = tuple(wrong[number] for number in sorted(mended))
                    scope = _scope(self.recorder.visited[site].scope, self.bench.program.names)
                    best = Repair(self.recorder.sites[site], edit, mends, scope)
                if len(mended) + multiples == len(wrong):
                    return best
        return best

    def _suspects(self, wrong: Sequence[Case], right: Sequence[Case]) -> Suspects:
        return suspected(self.recorder, self.depends, wrong, right, self.early, self.spoiling, self.script.own)

    def likeliest(self, wrong: Sequence[Case], right: Sequence[Case], apart: Any | None) -> int:
        """The likeliest line for the first wrong case, for which there is no repair; 0 if none is.

        It is the last line on which all wrong cases depend, or of those that set the gradient the one that reads most
        names. `apart` is what is claimed in the first less the
        gradient, if that is known: it is 0 where a wrong line has no part.
        """
        sites, case = self.recorder.sites, wrong[0]
        common = list(self._suspects(wrong, right).likely)
        common = [site for site in common if readings(sites[site].name) or sites[site].kind == "returned"] or common
        if any(sites[site].kind == "returned" for site in common):  # what calls the function says no more
            common = [site for site in common if not _only_calls(sites[site])]
        own = [site for site in case.claim.sites if not is_empty(sites[site])]
        likely = common if common and (len(common) == 1 or len(wrong) > 1) else own[::-1]
        if apart is not None and len(likely) > 1:
            off = abs(np.ravel(apart)) > _ACCURACY * np.max(abs(apart))
            parts: dict[int, Any] = {site: self._part(site, case) for site in likely}
            whole = [site for site, part in parts.items() if part is not None and not np.any(off & ~part)]
            least = min((parts[site].sum() for site in whole), default=0)
            likely = [site for site in whole if parts[site].sum() == least] or likely
        if set(likely) <= set(own):
            likely.sort(key=self._names_read, reverse=True)
        return self.script.shown(sites[likely[0]].line) or 0 if likely else 0

    def _part(self, site: int, case: Case) -> Any | None:
        """Which elements of a case's value change with a line."""
        moved = self.run(Mover({}, [case.claim.place], site), self.recorder.visited[site].statement)
        if moved is None or np.shape(moved[0]) != np.shape(case.claim.value):
            return None
        return np.ravel(abs(moved[0] - case.claim.value) > _ROUNDING * np.max(abs(case.claim.value)))

    def _names_read(self, site: int) -> int:
        """How many names a line reads: of several that set a gradient the one with most decides."""
        value = getattr(self.recorder.sites[site].node, "value", None)
        own = {self.recorder.sites[site].name, "np", "numpy"}
        return len({one.id for one in ast.walk(value) if isinstance(one, ast.Name)} - own) if value is not None else 0

    def _last_first(self, wrong: Sequence[Case]) -> list[Case]:
        """The wrong cases, the first on which no other wrong one depends before all others."""
        depends = self.depends(list(dict.fromkeys(case.claim.place.site for case in wrong)), wrong)
        places = [case.claim.place.site for case in wrong]
        inner = {site for site, found in depends.items() if any(places[number] != site for number in found)}
        self.inner = {id(case) for case in wrong if case.claim.place.site in inner}
        for case in wrong:
            site = case.claim.place.site
            if all(wrong[number].claim.place.site == site for number in depends.get(site, ())):
                return [case, *(other for other in wrong if other is not case)]
        return list(wrong)

    def _tried(
        self, site: int, tier: int, part: slice, wrong: Sequence[Case], right: Sequence[Case]
    ) -> Iterator[tuple[Edit, set[int], int]]:
        where, visit = self.recorder.sites[site], self.recorder.visited[site]
        scope = _scope(visit.scope, self.bench.program.names)
        scope[SHAPE] = self.recorder.shapes.get(site, ())
        cases = [*wrong, *right]
        reads = [case.claim.place for case in cases if case.claim.place.statement >= visit.statement]
        original = statement_at(self._parsed(where.statement), where)
        frame = frame_of(self._parsed(where.statement), where, self.recorder.sites)
        if original is None or not reads or frame is None:
            return
        for edit in islice(edits(original, scope, tier), part.start, part.stop):
            self.tries -= 1
            if self.tries < 0:
                return
            try:
                module = frame.filled(edit.statement)
                with self.bench.program.changed(where.statement, module) as codes:
                    found = self.run(Mover({}, reads), visit.statement, codes)
                    if found is None:
                        continue
                    values = dict(zip(reads, found, strict=True))
                    if not all(self.good(case, values.get(case.claim.place)) for case in (wrong[0], *right)):
                        continue
                    rest = [(number, values.get(wrong[number].claim.place)) for number in range(1, len(wrong))]
                    mended = [0, *(number for number, value in rest if self.good(wrong[number], value))]
                    holds = self.elsewhere.holds([choices(wrong[number]) for number in mended], codes)
            except (SyntaxError, ValueError, IndexError):
                continue
            if holds[0]:
                mended = [number for number, held in zip(mended, holds, strict=True) if held]
                left = [(wrong[number], value) for number, value in rest if number not in mended]
                yield (
                    edit,
                    set(mended),
                    sum(self._is_multiple(case, value) for case, value in left if id(case) in self.inner),
                )

    def _is_multiple(self, case: Case, value: Any) -> bool:
        """Whether a value is a whole number of times the gradient, as `dZ` without its 1/m."""
        if case.ruling.candidate is None:
            return False
        given = case.claim.value if value is None else value
        factors = ratios(rule(self.bench, given, case.ruling.candidate, _ACCURACY, kinks=False).pairs)
        if len(factors) < 2 or np.ptp(factors) > _ACCURACY * abs(factors[0]):
            return False
        return factors[0] > 1 and abs(factors[0] - round(factors[0])) <= _ACCURACY * factors[0]

    def _parsed(self, statement: int) -> ast.Module:
        """The syntax of the lines of a top-level statement, on their lines."""
        if statement not in self._lines:
            node = ast.parse(self.text).body[statement]
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
            lines = self.text.split("\n")[first - 1 : node.end_lineno]
            self._lines[statement] = "\n" * (first - 1) + "\n".join(lines)
        tree = ast.parse(self._lines[statement])
        with_names(tree, dict(self.script.returns))
        with_turns(tree)
        return tree

    def good(self, case: Case, value: Any) -> bool:
        """Whether a value in the place of a claimed one is right, or as right as it was."""
        if value is None or np.array_equal(value, case.claim.value):
            return case.ruling.verdict == AGREES
        kept = case.claim.value * (value != 0) if np.shape(value) == np.shape(case.claim.value) else None
        if case.ruling.verdict == AGREES and kept is not None and np.any(value) and np.array_equal(value, kept):
            return True  # a mask has made it the gradient on the other side of a ReLU
        first = case.ruling.candidate
        options = [one for one in (first, *case.options) if one is not None]
        if any(one.claim.object is not case.claim.object and _same(one.claim.value, value) for one in self.right):
            options = options[:1]  # that of something else, which only has the same name somewhere
        most = most_error(case)
        rulings = (rule(self.bench, value, one, most, kinks=False) for one in options)
        return any(one.verdict == AGREES and one.error <= most and not is_dead(one) for one in rulings)


def _only_calls(site: Site) -> bool:
    """Whether it is nothing but a call of a function of the file: `du = pull(dh)`."""
    value = getattr(site.node, "value", None)
    return (
        site.kind != "returned"
        and isinstance(value, ast.Call)
        and not ast.unparse(value.func).startswith(("np.", "numpy."))
    )


def _same(one: Any, other: Any) -> bool:
    """Whether two arrays are equal but for rounding: what cancels is no dependence."""
    if np.shape(one) != np.shape(other):
        return False
    apart, size = np.linalg.norm(np.ravel(one - other)), np.linalg.norm(np.ravel(other))
    return bool(apart <= _ROUNDING * size or np.array_equal(one, other, equal_nan=True))


def _scope(local: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers, arrays and dictionaries that have names where a statement is."""
    found: dict[str, Any] = {}
    for known in (local, names):
        for name, it in known.items():
            plain = (
                isinstance(it, int | float | np.number | np.ndarray | dict) or is_list(it)
            ) and not name.startswith("__")
            if plain and name not in found and name.isidentifier():
                found[name] = it
    for name, it in list(found.items()):
        if isinstance(it, dict):  # `z[t]` in a loop over time
            for index, number in found.items():
                if isinstance(number, int) and isinstance(it.get(number), np.ndarray):
                    found = {**found, f"{name}[{index}]": it[number]}
                    break
    attributes = getattr(local.get("self"), "__dict__", {})
    return found | {f"self.{name}": it for name, it in attributes.items() if isinstance(it, np.ndarray | float | int)}
