"""A pass of the user's program: its gradients, the variables that these name, and what depends on what."""

from __future__ import annotations

import numpy as np

from backprop_cli.lean import Any, NamedTuple, Sequence
from backprop_cli.user_code.elsewhere import can_move, shakes_of
from backprop_cli.user_code.mover import Mover
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.resolve import candidates
from backprop_cli.user_code.run import Program
from backprop_cli.user_code.script import Script
from backprop_cli.user_code.trace import Claim, LossEvent, Place, Version

_SIZES = (0.3, 3.0)  # of what is added to values to see what depends on them; a hinge may be flat near them
_NEAR = 0.01  # where it is enough to look near them


class Pass(NamedTuple):
    """A pass, with the gradients of it and the variables of which they are the gradients."""

    program: Program
    recorder: Recorder
    script: Script
    round: int
    claims: list[Claim]
    sources: list[Version]
    outputs: list[tuple[Claim, str, Version]]  # claims on the level of the file, with what has their shape


def pass_of(program: Program, recorder: Recorder, script: Script, round_: int) -> Pass:
    """A pass that was recorded."""
    claims = [claim for claim in recorder.claims if claim.round == round_]
    sources: dict[Place, Version] = {}
    outputs: list[tuple[Claim, str, Version]] = []
    level = level_of(claims)
    for claim in claims:
        found = candidates(recorder, claim, recorder.order + 1)
        for one in found:
            first = recorder.first(one.version)
            if can_move(first.value):
                sources.setdefault(first.place, first)
        same = [one for one in found if one.version.shape == claim.value.shape]
        if claim.depth <= level and np.ndim(claim.value) and same:
            outputs.append((claim, same[0].by, same[0].version))
    return Pass(program, recorder, script, round_, claims, list(sources.values()), outputs)


def level_of(claims: Sequence[Claim]) -> int:
    """How deep the gradients are that are not in calls made beside others: in the file, or in its `main()`."""
    return min((claim.depth for claim in claims if np.any(claim.value)), default=1)


def is_reached(here: Pass, event: LossEvent) -> bool:
    """Whether the variables that have gradients change it; a step size is changed by nothing."""
    sources = [one for one in here.sources if one.order < event.order and one.place != event.place]
    sizes = _SIZES if sources else ()
    return not here.sources or any(changes(here.program, [event.place], sources, size)[0] for size in sizes)


def nudges(claims: Sequence[Claim]) -> dict[Place, Any]:
    """A little to add to each of some gradients, random: the same for two would leave their difference as it is."""
    rng = np.random.default_rng(0)
    return {claim.place: _NEAR * rng.standard_normal(claim.value.shape) for claim in claims}


def changes(
    program: Program,
    reads: Sequence[Place],
    sources: Sequence[Version] = (),
    size: float = _NEAR,
    moves: dict[Place, Any] | None = None,
) -> list[bool]:
    """Whether what is at each place is another value where other values are; yes where that cannot be told."""
    moves = moves or {}
    start = min(one.statement for one in (*reads, *moves, *(source.place for source in sources)))
    before = program.again(Mover({}, reads), start)
    with program.shaken(shakes_of(sources, 0, size)):
        after = program.again(Mover(moves, reads), start)
    if before is None or after is None:
        return [True] * len(reads)
    return [not np.array_equal(one, other) for one, other in zip(before, after, strict=True)]
