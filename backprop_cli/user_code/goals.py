"""What is differentiated: the loss of a pass, or outputs weighed with the gradients that are given for them."""

from __future__ import annotations

import numpy as np

from backprop_cli.lean import Any, NamedTuple, Sequence
from backprop_cli.user_code.given import is_given
from backprop_cli.user_code.joined import goes_on
from backprop_cli.user_code.names import LOSSES, is_a_loss, looks_like_a_loss, readings
from backprop_cli.user_code.passes import Pass, changes, is_reached, level_of, nudges, pass_of
from backprop_cli.user_code.problems import not_matched, not_reached, several_given
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.run import Program
from backprop_cli.user_code.script import Script
from backprop_cli.user_code.trace import Claim, LossEvent, Place, Version


class Goal(NamedTuple):
    """The loss, the places whose weighted sum it is, the gradients that are given and not judged, and the sum as it
    is written, where that is no name. One that is a `guess` accuses nobody unless a gradient confirms it.
    """

    at: LossEvent
    places: tuple[tuple[Place, Any], ...]
    given: tuple[Claim, ...] = ()
    text: str = ""
    guess: bool = False


def goal_of(program: Program, recorder: Recorder, script: Script, round_: int) -> Goal | None:
    """What the gradients of a pass are those of; None where there is nothing.

    A number called a loss, before the gradients or, where they do not change it, after them; otherwise outputs with
    gradients that are given; otherwise the last number before the gradients that the variables change.

    Raises BackpropError (N216) where it cannot be told.
    """
    here = pass_of(program, recorder, script, round_)
    if recorder.claims and not here.claims:
        return None
    if round_ in recorder.joined and is_reached(here, recorder.joined[round_]):
        return _of(here, recorder.joined[round_])
    named, plain = _losses(recorder, round_)
    constant: LossEvent | None = None
    if named and not any(recorder.is_the_loss(one.name) for one in named):  # `err = …` of each sample, say
        late = _late(here)
        if late is not None and recorder.is_the_loss(late.name):
            return _of(here, late)
    for event in named:
        if is_reached(here, event) and _goes_on(here, event):
            return _of(here, event)
        constant = constant or event
    if (late := _late(here)) is not None:
        return _of(here, late, tuple(claim for claim in here.claims if is_given(recorder, claim)))
    if recorder.loss:
        if constant is not None:
            raise not_reached(script, constant)
        return None
    if all(is_given(recorder, claim) for claim in here.claims):
        return None  # what is computed from them comes after a loss
    arrays = array_losses(recorder)
    if not any(is_a_loss(name) for name, _, _ in arrays) and (weighed := _weighed(here)) is not None:
        return weighed
    if late_loss(recorder, round_):
        return None
    for event in plain:
        if is_reached(here, event):
            return _of(here, event)._replace(guess=True)
        recorder.constant.add(event.name)
    return None if arrays else _loosely_weighed(here)


def _goes_on(here: Pass, event: LossEvent) -> bool:
    """Whether it is computed from the loss that came with gradients before it, as `loss = data_loss + reg_loss` is."""
    lines = {line for order, line in here.recorder.beside.items() if order < event.order and line != event.line}
    before = [one for one in here.recorder.losses
              if one.round == here.round and one.line in lines and one.order < event.order]  # fmt: skip
    return not before or goes_on(here.program, event, before[-1])


def _of(here: Pass, event: LossEvent, given: tuple[Claim, ...] = ()) -> Goal:
    here.recorder.chosen[here.round] = event
    return Goal(event, ((event.place, None),), given)


# -- numbers ----------------------------------------------------------------------------------------------------


def _losses(recorder: Recorder, round_: int) -> tuple[list[LossEvent], list[LossEvent]]:
    """The last assignments that make up a number: of those called a loss, and of others, the likelier first.

    They begin before the gradients do, those deeper in calls aside: `loss, dx = softmax_loss(…)`.
    """
    events = [one for one in recorder.losses if one.round == round_]
    claims = [one for one in recorder.claims if one.round == round_ and np.any(one.value)]
    claims = [one for one in claims if recorder.is_of_something(one)]
    chains = _chains(recorder, events)

    def early(chain: Sequence[LossEvent]) -> bool:
        beside = [
            claim.order for claim in claims if claim.depth <= chain[0].depth and claim.order not in recorder.beside
        ]
        return not beside or chain[0].order < min(beside)

    def rank(chain: Sequence[LossEvent]) -> tuple[int, int, int]:
        name = chain[0].name
        place = LOSSES.index(name) if name in LOSSES else len(LOSSES)
        return place, chain[0].depth, -chain[0].order

    named = [chain for chain in chains if recorder.loss or _may_be_the_loss(recorder, chain[0].name)]
    floats = [chain for chain in named if _real(chain[-1])] or named
    ready = sorted((chain for chain in floats if early(chain)), key=rank)
    plain = [chain for chain in chains if _real(chain[-1]) and early(chain) and not readings(chain[0].name)]
    first = min((claim.order for claim in claims), default=0)
    # A number that comes before an array called `loss` is not what is meant; its mean, which comes after, may be.
    array = max((line for name, line, _ in recorder.arrays if is_a_loss(name)), default=0)
    before = [chain for chain in plain if chain[-1].order < first and chain[-1].line > array]
    return [chain[-1] for chain in ready], [chain[-1] for chain in reversed(before)]


def _chains(recorder: Recorder, events: Sequence[LossEvent]) -> list[list[LossEvent]]:
    """Assignments that go on from one another: `loss = …`, `loss += …`."""
    chains: list[list[LossEvent]] = []
    latest: dict[tuple[int, str], list[LossEvent]] = {}
    for event in events:
        if recorder.loss and event.name != recorder.loss:
            continue
        chain = latest.get((event.call, event.name))
        if chain is None or event.fresh:
            chain = latest[event.call, event.name] = []
            chains.append(chain)
        chain.append(event)
    return chains


def _may_be_the_loss(recorder: Recorder, name: str) -> bool:
    return looks_like_a_loss(name) and not _is_a_variable(recorder, name)


def _is_a_variable(recorder: Recorder, name: str) -> bool:
    """Whether a gradient with respect to it is more than 1: the forget gate `f`, not the result `f`."""
    if is_a_loss(name):
        return False
    return any(
        reading.by == name and not reading.of and np.any(claim.value != 1)
        for claim in recorder.claims
        for reading in recorder.reads_as(claim.name)
    )


def _real(event: LossEvent) -> bool:
    return not isinstance(event.value, int | np.integer)


def _late(here: Pass) -> LossEvent | None:
    """The loss that comes after gradients, where these do not change it: no step was taken before."""
    recorder = here.recorder
    rounds = (
        (here.round,) if any(claim.round > here.round for claim in recorder.claims) else (here.round, here.round + 1)
    )
    events = [one for one in recorder.losses if one.round in rounds]
    if not recorder.loss:
        events = [one for one in events if _may_be_the_loss(recorder, one.name)]
        events = [one for one in events if one.round == here.round or is_a_loss(one.name)]
    computed = [claim for claim in here.claims if claim.value.size and not is_given(recorder, claim)]
    last = (chain[-1] for chain in _chains(recorder, events) if _real(chain[-1]))
    for event in sorted(last, key=lambda one: not recorder.is_the_loss(one.name)):
        moves = nudges([one for one in computed if one.order < event.order])
        if is_reached(here, event) and not (moves and changes(here.program, [event.place], moves=moves)[0]):
            return event._replace(round=here.round)
    return None


def late_loss(recorder: Recorder, round_: int | None = None) -> str:
    """The name of a loss that is assigned after the gradients of a pass, or of any; empty where there is none."""
    wanted = recorder.loss
    for at, name in recorder.late.items():
        if round_ in (None, at) and (not wanted or name == wanted):
            return name
    first = min((claim.order for claim in recorder.claims if np.any(claim.value)), default=0)
    for event in recorder.losses:
        if (event.name == wanted if wanted else is_a_loss(event.name)) and event.order > first > 0 and _real(event):
            return event.name
    return ""


def array_losses(recorder: Recorder) -> list[tuple[str, int, tuple[int, ...]]]:
    """Arrays that have the name of a loss, and are no variables themselves."""
    return [one for one in recorder.arrays if recorder.loss or not _is_a_variable(recorder, one[0])]


# -- outputs with gradients -------------------------------------------------------------------------------------


def _weighed(here: Pass) -> Goal | None:
    """Outputs and gradients that are given for them: `dout = np.random.randn(*out.shape)`."""
    level = level_of(here.claims)
    arrays = [claim for claim in here.claims if claim.depth <= level and np.ndim(claim.value)]
    given = [claim for claim in arrays if is_given(here.recorder, claim)]
    if not given:
        return None
    pairs = [(claim, by, version) for claim, by, version in here.outputs
             if any(claim is one for one in given) and _is_output(here, claim, version)]  # fmt: skip
    for claim in given:
        if not any(claim is one for one, _, _ in pairs) and _is_upstream(here, claim):
            raise not_matched(here.script, claim, _last_like(here.recorder, claim))
    plain = [bool(np.ptp(claim.value)) for claim, _, _ in pairs if np.any(claim.value)]
    if len(pairs) > 1 and not all(plain) and any(plain):
        raise several_given(here.script, [(by, claim) for claim, by, _ in pairs])  # `dz = np.ones_like(z)` may be wrong
    return _sum_of(here, pairs) if any(np.any(claim.value) for claim, _, _ in pairs) else None


def _last_like(recorder: Recorder, claim: Claim) -> str:
    """What may be the output: the last array of that shape before the gradients that are computed."""
    first = min((one.order for one in recorder.claims if not is_given(recorder, one)), default=recorder.order + 1)
    like = [one for one in recorder.versions if one.shape == claim.value.shape and one.call == claim.call]
    names = [one.name for one in like if one.order < first and not (one.base or readings(one.name))]
    return names[-1] if names else ""


def _is_upstream(here: Pass, claim: Claim) -> bool:
    """Whether gradients are computed from it, and no variable that has one is: `data = randn(…)` is something else."""
    moves = nudges([claim])
    others = [one.place for one in here.claims if one is not claim and one.order > claim.order]
    variables = [one.place for one in here.sources if one.order > claim.order]
    if not others or not any(changes(here.program, others, moves=moves)):
        return False
    return not (variables and any(changes(here.program, variables, moves=moves)))


def _is_output(here: Pass, claim: Claim, version: Version) -> bool:
    """Whether it is computed, and not from the gradient itself, as what a step goes to is."""
    same = [one for one in here.claims if one.name == claim.name and one.order < version.order]
    stepped = bool(same) and changes(here.program, [version.place], moves=nudges(same))[0]
    return not stepped and _is_computed(here, version)


def _is_computed(here: Pass, version: Version) -> bool:
    """Whether it is made of variables that have gradients: an output is."""
    own = here.recorder.first(version).place
    before = [one for one in here.sources if one.order < version.order and one.place != own]
    return bool(before) and changes(here.program, [version.place], before)[0]


def _loosely_weighed(here: Pass) -> Goal | None:
    """An output and the first gradient by it, however that is computed: `dout = out - target`.

    Raises BackpropError (N216) where there is another such gradient that is not computed from the first.
    """
    pairs = [one for one in here.outputs if one[0].depth <= 1 and one[0].value.size > 1 and np.any(one[0].value)]
    found = next((one for one in pairs if _is_output(here, one[0], one[2])), None)
    if found is None:
        return None
    moves = nudges([found[0]])
    others = [one for one in pairs if one[0].order > found[0].order and one[0].text != found[0].text]
    changed = changes(here.program, [one[0].place for one in others], moves=moves) if others else []
    apart = [one for one, is_changed in zip(others, changed, strict=True)
             if not is_changed and _is_output(here, one[0], one[2])]  # fmt: skip
    if apart:
        raise several_given(here.script, [(by, claim) for claim, by, _ in (found, *apart)])
    return _sum_of(here, [found])._replace(guess=True)


def _sum_of(here: Pass, pairs: Sequence[tuple[Claim, str, Version]]) -> Goal:
    """`sum(out*dout)`, over all of them."""
    last = max(pairs, key=lambda pair: max(pair[0].order, pair[2].order))
    text = " + ".join(f"sum({by}*{claim.text})" for claim, by, _ in pairs)
    name = text if len(pairs) == 1 else "loss"
    order = max(last[0].order, last[2].order)
    first = pairs[0]
    at = LossEvent(order, first[2].place, name, 0, 1, last[0].lines[-1], first[2].value, True, first[0].round)
    here.recorder.chosen[here.round] = at
    return Goal(
        at, tuple((version.place, claim.value) for claim, _, version in pairs), tuple(one[0] for one in pairs), text
    )
