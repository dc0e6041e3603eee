"""The gradients of a pass that have something they can be with respect to, each with the ruling on it."""

from __future__ import annotations

from math import inf, nan

import numpy as np

from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED
from backprop_cli.lean import Collection, Sequence
from backprop_cli.user_code.elsewhere import can_move
from backprop_cli.user_code.judge import UNMATCHED, Case, Ruling, best
from backprop_cli.user_code.mover import Mover
from backprop_cli.user_code.names import is_a_parameter, looks_like_a_loss
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.resolve import Candidate, candidates, elements_of, is_whole, namesakes
from backprop_cli.user_code.slopes import Bench
from backprop_cli.user_code.trace import Claim, LossEvent, as_array, is_list


def judged(
    bench: Bench, recorder: Recorder, at: LossEvent, rtol: float, only: Collection[str] | None, early: list[Case]
) -> list[Case]:
    """Each claim of a pass that has something it can be the gradient with respect to, with the ruling.

    `only` these names, None for all. To `early` go those that differ before the last time they are assigned: they may
    be of something else, and accuse nobody.
    """
    claims = [claim for claim in recorder.claims if claim.round == at.round]
    claims = [claim for claim in claims if only is None or claim.text in only]
    claims.sort(key=lambda claim: claim.order)
    claims = [claim for claim in claims if claim.order < begins_anew(recorder, at)]
    others = _calls_with_another_loss(bench, recorder, at) if recorder.loss else set()
    theirs = {id(claim.object) for claim in claims if claim.call in others}
    claims = [claim for claim in claims if id(claim.object) not in theirs]
    claims = [claim for claim in claims if not _is_emptied(claim, claims) and not _is_begun(recorder, claim, claims)]
    seen: set[tuple[str, int, int]] = set()
    last = {(claim.call, claim.text): claim.order for claim in claims}
    found: list[Case] = []
    rest: list[Claim] = []
    for claim in claims:
        final = last[claim.call, claim.text] == claim.order
        options = candidates(recorder, claim, min(at.order + 1, claim.order))
        ruling = best(bench, claim, options, rtol)
        if ruling is None or ruling.candidate is None:
            rest += [claim] * final
            continue
        same = (claim.text, id(claim.object), ruling.candidate.version.order)
        if same in seen:
            continue  # what a function returned has the name there too
        if not final and ruling.verdict != AGREES and not _of_its_own(ruling):
            early.append(Case(claim, ruling, tuple(options)))  # or of a name that was used for something else before
            continue
        if ruling.why == "shape" and not _is_meant(recorder, claim, ruling.candidate):
            rest += [claim] * final  # perhaps a variable of another function that only has the same name
            continue
        seen.add(same)
        found.append(Case(claim, ruling, tuple(options)))
    known = {id(case.claim.object) for case in found}
    parts = {(case.claim.call, case.claim.base, case.claim.name, case.claim.element is None) for case in found}
    for claim in rest:
        whole = claim.element is None
        ruling = _of_another_shape(bench, recorder, claim, min(at.order + 1, claim.order), rtol)
        if ruling is None or (
            ruling.why != "shape"
            and (
                id(claim.object) in known
                or (
                    isinstance(claim.element, int | None)
                    and (claim.call, claim.base, claim.name, not whole) in parts
                    and (not whole or is_list(claim.object))
                )
            )
        ):
            continue  # it is judged under another name, as a whole, or element by element
        found.append(Case(claim, ruling))
    return sorted(found, key=lambda case: case.claim.order)


def begins_anew(recorder: Recorder, at: LossEvent) -> float:
    """When the loss is computed once more in the same pass: what comes after it is another one's gradient."""
    return min((one.order for one in recorder.losses if one.place.site == at.place.site and one.order > at.order),
               default=inf)  # fmt: skip


def _is_meant(recorder: Recorder, claim: Claim, candidate: Candidate) -> bool:
    """Whether it is the variable that has the name beside the claim, or the only parameter of that name; not one of
    another function that only has the same name.
    """
    version, around = candidate.version, claim.around
    if version.call in (claim.call, 0) or around.get(candidate.by) is version.value:
        return True
    inside = [
        it.values() if isinstance(it, dict) else it for it in around.values() if isinstance(it, dict | list | tuple)
    ]
    if any(one is version.value for items in inside for one in items):
        return True
    same = {recorder.first(one).place for one in recorder.versions
            if one.name == candidate.by and is_whole(one.value) == is_whole(version.value)
            and not recorder.holders.inside(one.base)}  # fmt: skip
    return (is_a_parameter(candidate.by) or recorder.holders.inside(claim.base)) and len(same) == 1


def _of_another_shape(bench: Bench, recorder: Recorder, claim: Claim, until: int, rtol: float) -> Ruling | None:
    """The ruling where the variables that the name speaks of have other shapes, and the loss depends on one of them.

    It may be that by an element. A whole number is a variable, as in `b = 0`, where the loss depends on it, and a count
    otherwise.
    """
    found: Ruling | None = None
    for candidate in namesakes(recorder, claim, until):
        version = candidate.version
        if not can_move(version.value):
            continue
        slope = bench.along(version, 0).slope
        if is_whole(version.value):
            if np.isfinite(slope) and slope and _is_meant(recorder, claim, candidate):
                found = found or Ruling(DIFFERS, nan, "shape", candidate)
        elif slope:
            ruling = best(bench, claim, elements_of(candidate, claim), rtol)
            if ruling is not None and ruling.verdict == AGREES:
                return ruling
            found = found or Ruling(UNDECIDED, nan, UNMATCHED, candidate)
    return found


def _is_emptied(claim: Claim, claims: Sequence[Claim]) -> bool:
    """Whether it is what another function begins with, or leaves behind, where one computes the gradient."""
    return not np.any(claim.value) and any(
        one.text == claim.text and one.function != claim.function and np.any(one.value) for one in claims
    )


def _is_begun(recorder: Recorder, claim: Claim, claims: Sequence[Claim]) -> bool:
    """Whether it is only what the next pass of a loop begins with, which was left then."""
    left = any(statement == claim.place.statement for statement, _, _ in recorder.left)
    return left and not np.any(claim.value) and any(
        (one.text, one.call) == (claim.text, claim.call) and one.order < claim.order and np.any(one.value)
        for one in claims
    )  # fmt: skip


def _calls_with_another_loss(bench: Bench, recorder: Recorder, at: LossEvent) -> set[int]:
    """The function calls that have a loss of their own, on which the loss does not depend."""
    last = {one.call: one for one in recorder.losses if one.call and looks_like_a_loss(one.name)}
    found: set[int] = set()
    for call, event in last.items():
        start = event.place.statement
        if start <= at.place.statement and not np.array_equal(as_array(event.value), as_array(at.value)):
            moved = bench.program.again(Mover({}, [at.place], event.place.site), start)
            if moved is not None and np.array_equal(moved[0], as_array(at.value)):
                found.add(call)
    return found


def _of_its_own(ruling: Ruling) -> bool:
    """Whether what it is judged against is an element of its own, as `hs[t]` is in a loop over time."""
    return ruling.candidate is not None and isinstance(ruling.candidate.version.element, int | np.integer)
