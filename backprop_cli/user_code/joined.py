"""Losses that have gradients of their own and are added up: `loss = task1_loss + task2_loss` is that of all.

Each begins a pass as it is recorded. Where a later loss is computed from several, and no step was taken between them,
these passes are one.
"""

from __future__ import annotations

import numpy as np

from backprop_cli.lean import Any
from backprop_cli.user_code.mover import Pins
from backprop_cli.user_code.passes import changes, nudges
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.run import Program
from backprop_cli.user_code.trace import LossEvent

_LITTLE = 1e-2


def goes_on(program: Program, event: LossEvent, before: LossEvent) -> bool:
    """Whether a loss is computed from an earlier one."""
    return changes(program, [event.place], moves={before.place: np.float64(_LITTLE)})[0]


def pinned(recorder: Recorder, round_: int) -> Pins:
    """The gradients of earlier passes, which are data for this one: a discriminator's step before the generator's."""
    found: dict[tuple[int, int, int], list[tuple[tuple[Any, ...], Any]]] = {}
    for claim in recorder.claims:
        if claim.round < round_ and np.all(np.isfinite(claim.value)):
            found.setdefault(claim.place[:3], []).append((claim.place.path, claim.value))
    return found


def join(program: Program, recorder: Recorder) -> None:
    """Make one pass of those that belong together. Changes the record."""
    named = [one for one in recorder.losses if recorder.is_the_loss(one.name)]
    for last in reversed(named):
        rounds = {claim.round for claim in recorder.claims}
        parts = {one.round: one for one in named if one.order < last.order and one.name != last.name}
        parts = {number: one for number, one in parts.items() if number in rounds and goes_on(program, last, one)}
        if len(parts) < 2 or _steps_between(program, recorder, [*parts.values(), last]):
            continue
        first = min(parts)
        inside = range(first, last.round + 1)
        recorder.claims[:] = [one._replace(round=first if one.round in inside else one.round)
                              for one in recorder.claims]  # fmt: skip
        recorder.losses[:] = [one._replace(round=first if one.round in inside else one.round)
                              for one in recorder.losses]  # fmt: skip
        for site, visit in recorder.visited.items():
            if visit.round in inside:
                recorder.visited[site] = visit._replace(round=first)
        recorder.joined[first] = last._replace(round=first)
        return


def _steps_between(program: Program, recorder: Recorder, parts: list[LossEvent]) -> bool:
    """Whether gradients change a loss that comes after them."""
    for one in parts:
        moves = nudges([claim for claim in recorder.claims if parts[0].order < claim.order < one.order])
        if moves and changes(program, [one.place], moves=moves)[0]:
            return True
    return False
