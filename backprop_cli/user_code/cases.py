"""The gradients of a pass that have something they can be with respect to, each with the ruling on it."""

from __future__ import annotations

import numpy as np

from backprop_cli.check.verdict import AGREES
from backprop_cli.lean import Collection, Iterator
from backprop_cli.user_code.judge import Ruling, best
from backprop_cli.user_code.mover import Mover
from backprop_cli.user_code.names import looks_like_a_loss
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.repair import Case
from backprop_cli.user_code.resolve import candidates
from backprop_cli.user_code.slopes import Bench
from backprop_cli.user_code.trace import LossEvent, as_array


def judged(
    bench: Bench, recorder: Recorder, at: LossEvent, rtol: float, only: Collection[str] | None
) -> Iterator[Case]:
    """Each claim of a pass that has something it can be the gradient with respect to, with the ruling.

    `only` these names, None for all.
    """
    claims = [claim for claim in recorder.claims if claim.round == at.round]
    claims = [claim for claim in claims if only is None or claim.text in only]
    claims.sort(key=lambda claim: claim.order)
    anew = [one.order for one in recorder.losses if one.place.site == at.place.site and one.order > at.order]
    claims = [claim for claim in claims if not anew or claim.order < anew[0]]
    others = _calls_with_another_loss(bench, recorder, at) if recorder.loss else set()
    theirs = {id(claim.object) for claim in claims if claim.call in others}
    claims = [claim for claim in claims if id(claim.object) not in theirs]
    seen: set[tuple[str, int, int]] = set()
    last = {(claim.call, claim.text): claim.order for claim in claims}
    for claim in claims:
        options = candidates(recorder, claim, min(at.order + 1, claim.order))
        ruling = best(bench, claim, options, rtol)
        if ruling is None or ruling.candidate is None:
            continue
        same = (claim.text, id(claim.object), ruling.candidate.version.order)
        if same in seen:
            continue  # what a function returned has the name there too
        final = last[claim.call, claim.text] == claim.order
        if not final and ruling.verdict != AGREES and not _of_its_own(ruling):
            continue  # a name that was used for something else before
        if ruling.why == "shape" and ruling.candidate.version.call not in (claim.call, 0):
            continue  # a variable of another function that only has the same name
        seen.add(same)
        yield Case(claim, ruling, tuple(options))


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
