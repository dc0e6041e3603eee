"""The whole examination of a file: run it, find the loss and the gradients, judge each."""

from __future__ import annotations

import ast

from backprop_cli.check.tolerances import SIX_DIGITS
from backprop_cli.check.verdict import AGREES
from backprop_cli.errors import BackpropError
from backprop_cli.lean import Any, Collection, Mapping, MappingProxyType, NamedTuple, Sequence
from backprop_cli.user_code.cases import judged
from backprop_cli.user_code.diagnose import diagnose
from backprop_cli.user_code.findings import Examined, Failure, Finding, Loss, Remark
from backprop_cli.user_code.functions import Pair
from backprop_cli.user_code.goals import array_losses, goal_of, late_loss
from backprop_cli.user_code.joined import join, pinned
from backprop_cli.user_code.judge import Case
from backprop_cli.user_code.merged import merged, named, together
from backprop_cli.user_code.names import readings
from backprop_cli.user_code.observed import observed
from backprop_cli.user_code.prepared import Prepared, pairs_in, prepare, prepare_call, prepare_pair
from backprop_cli.user_code.problems import endless, failed, no_gradient, no_loss, none_of_a_guess
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.remarks import remarks_on, unjudged
from backprop_cli.user_code.repair import Workshop
from backprop_cli.user_code.run import Program, parse, quietly
from backprop_cli.user_code.script import Script
from backprop_cli.user_code.slopes import Bench
from backprop_cli.user_code.trace import Version
from backprop_cli.user_code.turns import MOST_TURNS, TooManyTurnsError
from backprop_cli.user_code.zeros import is_zero, shakes, with_what_zeros_hide

_NOTHING = ("N216", "N217")  # no loss, no gradient


def examine(
    script: Script,
    *,
    loss: str = "",
    rtol: float | None = None,
    seed: int = 0,
    forward: str = "",
    backward: str = "",
    given: Mapping[str, Any] = MappingProxyType({}),
    max_turns: int = MOST_TURNS,
) -> Examined:
    """Run the file and judge every gradient that it assigns.

    Functions of the names `forward` and `backward` are called, with values from `given`, where the file does not.

    Raises BackpropError where it is no Python, fails before there is a gradient, has no loss or no gradient, or goes
    through `while` loops more than `max_turns` times.
    """
    try:
        return _examine(script, loss, rtol, seed, (forward, backward), given, max_turns)
    except TooManyTurnsError as error:
        raise endless(script, error.line, error.most) from None


def _examine(
    script: Script,
    loss: str,
    rtol: float | None,
    seed: int,
    asked: tuple[str, str],
    given: Mapping[str, Any],
    turns: int,
) -> Examined:
    if not loss and (at_calls := _at_calls(script, *asked, given, rtol, seed, turns)) is not None:
        return at_calls
    pairs = pairs_in(script, *asked)
    if asked[0]:
        return _examined(prepare_pair(script, pairs[0], given), loss, rtol, seed, turns)
    try:
        own = _examined(prepare(script, given), loss, rtol, seed, turns)
    except BackpropError as error:
        if error.diagnostics[0].code not in _NOTHING:
            raise
        # The functions that the file calls itself, as in `print(cost(theta), gradient(theta))`.
        again = [] if pairs else pairs_in(script, *asked, called=True)[:1]
        if not (pairs or again):
            raise
        try:
            return _of_each(script, pairs or again, given, rtol, seed, [], turns)
        except BackpropError:
            if pairs:
                raise
        raise
    return _of_each(script, [] if loss else pairs, given, rtol, seed, [own], turns)


def _of_each(
    script: Script,
    pairs: Sequence[Pair],
    given: Mapping[str, Any],
    rtol: float | None,
    seed: int,
    own: list[Examined],
    turns: int,
) -> Examined:
    """What is found in functions that the file does not call, each for itself, beside what is its `own`.

    Raises BackpropError if nothing is found.
    """
    found = list(own)
    left: list[tuple[Pair, BackpropError]] = []
    for pair in pairs:
        try:
            others = len(pairs) + len(own) > 1
            found.append(_examined(prepare_pair(script, pair, given, others=others), "", rtol, seed, turns))
        except BackpropError as error:
            left.append((pair, error))
    if not found:
        raise left[0][1]
    whole = together(found)
    remarks = [
        Remark(
            "unused" if own else "unchecked", 0, (("name", pair.last.name), ("message", error.diagnostics[0].message))
        )
        for pair, error in left
    ]
    return whole._replace(
        remarks=(*whole.remarks, *remarks), failure=next((one.failure for one in found if one.failure), None)
    )


def _at_calls(
    script: Script,
    forward: str,
    backward: str,
    given: Mapping[str, Any],
    rtol: float | None,
    seed: int,
    turns: int,
) -> Examined | None:
    """What a function answers that is the gradient of another one, at each call; None where there is no such pair."""
    found: list[Examined] = []
    for one in observed(script, forward, backward, given, seed):
        try:
            found.append(named(_examined(prepare_call(one), "", rtol, seed, turns), one.pair.forward.name))
        except BackpropError:
            return None
    return together(found) if found else None


def _examined(prepared: Prepared, loss: str, rtol: float | None, seed: int, turns: int) -> Examined:
    script, made, given, steps = prepared.script, prepared.made, prepared.given, prepared.steps
    first = prepared.first
    tolerance = SIX_DIGITS if rtol is None else rtol
    with quietly(script.path, seed=seed):
        passed = _passed(
            Program(made, script.path, turns),
            Recorder(made.sites, loss, steps=steps, first=first),
            script,
            given,
            tolerance,
            seed,
        )
    recorder, failure, findings, losses, runs, zeros, refused, rest = passed
    shaken: list[Finding] = []
    if zeros and (failure is None or failure.ours):
        with quietly(script.path, seed=seed):
            names = {name for name, _ in zeros}
            shaking = Recorder(made.sites, loss, shakes(version for _, version in zeros), steps, first)
            again = _passed(Program(made, script.path, turns), shaking, script, given, tolerance, seed, names)
        runs += again.runs
        findings, shaken = with_what_zeros_hide(
            findings, again.findings if again.failure is None or again.failure.ours else []
        )
    excused = failure is not None and failure.ours and (bool(recorder.left) or _is_after(recorder))
    findings, losses = _shown(script, findings, losses)
    if failure is not None and not findings and not (recorder.late and failure.kind == "NameError"):
        raise failed(script, failure)
    unsettled = prepared.unsettled or refused
    if not findings:
        if unsettled:
            raise unsettled
        if losses or recorder.chosen:
            raise no_gradient(script, recorder)
        raise no_loss(script, recorder, array_losses(recorder), late_loss(recorder))
    remarks = [Remark("assumed", 0, (("message", prepared.assumed),))] if prepared.assumed else []
    if unsettled:
        remarks.append(Remark("unsettled", 0, (("message", unsettled.diagnostics[0].message),)))
    remarks += remarks_on(script, recorder, findings, shaken, failure, rest)
    return Examined(tuple(findings), tuple(losses), tuple(remarks), runs, None if excused else failure)


def _shown(script: Script, findings: list[Finding], losses: list[Loss]) -> tuple[list[Finding], list[Loss]]:
    """On the lines of the file, without what only a call below it has, or what was found in the function already."""
    inside = {(one.text, one.verdict) for one in findings if one.function in dict(script.returns)}
    findings = [
        one for one in findings if one.line <= (script.own or one.line) or (one.text, one.verdict) not in inside
    ]
    lines = [(one, [script.shown(line) for line in one.lines]) for one in findings]
    placed = [one._replace(line=shown[-1], lines=tuple(line for line in shown if line is not None))
              for one, shown in lines if shown[-1] is not None]  # fmt: skip
    return placed, [one._replace(line=script.shown(one.line) or 0) for one in losses]


class _Passed(NamedTuple):
    """What one run of the file gave; `zeros` are right by values that are all zeros, `rest` was not judged."""

    recorder: Recorder
    failure: Failure | None
    findings: list[Finding]
    losses: list[Loss]
    runs: int
    zeros: list[tuple[str, Version]]
    refused: BackpropError | None
    rest: list[tuple[str, str]]


def _passed(
    program: Program,
    recorder: Recorder,
    script: Script,
    given: Mapping[str, Any],
    rtol: float,
    seed: int,
    only: Collection[str] | None = None,
) -> _Passed:
    failure = program.record(recorder, given, seed)
    join(program, recorder)
    findings: list[Finding] = []
    losses: list[Loss] = []
    zeros: list[tuple[str, Version]] = []
    refused: BackpropError | None = None
    rest: list[tuple[str, str]] = []
    runs = 0
    for round_ in range(recorder.round + 1):
        program.pins = pinned(recorder, round_)
        try:
            goal = goal_of(program, recorder, script, round_)
        except BackpropError as error:
            refused = refused or error
            continue
        if goal is None:
            continue
        at = goal.at
        bench = Bench(program, goal.places, seed)
        early: list[Case] = []
        found = judged(bench, recorder, at, rtol, only, early)
        cases = [case for case in found if not any(case.claim is one for one in goal.given)]
        cases = [case for case in cases if not _is_half_done(case, recorder, script, failure)]
        if goal.guess and cases and not any(case.ruling.verdict == AGREES for case in cases):
            refused = refused or none_of_a_guess(script, goal.text or at.name, at.line)
            continue
        if cases:
            losses.append(Loss(goal.text or at.name, at.line))
            shop = Workshop(bench, recorder, script, at, cases, early)
            findings += merged(diagnose(shop, cases), at)
            rest += unjudged(shop, at, found, goal.given) if only is None else []
        for case in cases:
            candidate = case.ruling.candidate
            if case.ruling.verdict == AGREES and candidate and is_zero(candidate.version):
                zeros.append((case.claim.text, recorder.first(candidate.version)))
        runs += bench.runs
    return _Passed(recorder, failure, findings, losses, runs, zeros, refused, rest)


def _is_half_done(case: Case, recorder: Recorder, script: Script, failure: Failure | None) -> bool:
    """Whether an exception came before all was done that sets a gradient, which would be right in the end."""
    if failure is None or case.ruling.verdict == AGREES:
        return False
    claim = case.claim
    sites = [site for site in recorder.sites
             if (site.name, site.base, site.function) == (claim.name, claim.base, claim.function)]  # fmt: skip
    if any(site.line >= failure.line for site in sites):
        return True
    for loop in ast.walk(parse(script.text, script.path)):
        if isinstance(loop, ast.For | ast.While) and loop.lineno <= failure.line <= (loop.end_lineno or 0):
            inside = [site for site in sites if loop.lineno <= site.line <= (loop.end_lineno or 0)]
            if inside and not any(site.fresh for site in inside):
                return True  # it is summed up by the loop, pass by pass
    return False


def _is_after(recorder: Recorder) -> bool:
    """Whether the run ended where no gradient was to come."""
    sites = recorder.sites
    entered = {(sites[number].statement, sites[number].function) for number in recorder.visited}
    return not any(
        (site.statement, site.function) in entered if site.function else site.statement >= recorder.statement
        for number, site in enumerate(sites)
        if readings(site.name) and number not in recorder.visited
    )
