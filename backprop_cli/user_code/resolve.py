"""What was recorded, read: which number is the loss, and which values a claimed gradient can be with respect to."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from backprop_cli.user_code.names import (
    LOSSES,
    Reading,
    holds_gradients,
    is_a_loss,
    looks_like_a_loss,
    readings,
    spellings,
)
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.trace import Claim, LossEvent, Place, Version, is_array, is_list, is_number

_MOST_CANDIDATES = 8


class Candidate(NamedTuple):
    """A reading of a claim: the gradient of `of` (None: the loss) with respect to a version of a variable."""

    of: Version | None
    by: str
    version: Version
    near: bool  # bound in the call that belongs to the claim's


def loss_of(recorder: Recorder, round_: int) -> LossEvent | None:
    """The last assignment that makes up the loss of a pass; None where there is none.

    It begins before the gradients do, those deeper in calls aside: `loss, dx = softmax_loss(…)`.
    """
    events = [one for one in recorder.losses if one.round == round_]
    claims = [one for one in recorder.claims if one.round == round_ and np.any(one.value)]
    claims = [one for one in claims if recorder.is_of_something(one)]
    if recorder.loss:
        events = [one for one in events if one.name == recorder.loss]
    chains: list[list[LossEvent]] = []
    latest: dict[tuple[int, str], list[LossEvent]] = {}
    for event in events:
        chain = latest.get((event.call, event.name))
        if chain is None or event.fresh:
            chain = latest[event.call, event.name] = []
            chains.append(chain)
        chain.append(event)

    def early(chain: Sequence[LossEvent]) -> bool:
        beside = [claim.order for claim in claims if claim.depth <= chain[0].depth]
        return not beside or chain[0].order < min(beside)

    named = [chain for chain in chains if recorder.loss or looks_like_a_loss(chain[0].name)]
    floats = [chain for chain in named if _real(chain[-1])] or named
    ready = [chain for chain in floats if early(chain)] or floats[:1]
    if ready:
        return min(ready, key=lambda chain: (_rank(chain[0].name), chain[0].depth, -chain[0].order))[-1]
    plain = [chain for chain in chains if _real(chain[-1]) and early(chain) and not readings(chain[0].name)]
    first = min((claim.order for claim in claims), default=0)
    # A number that comes before an array called `loss` is not what is meant; its mean, which comes after, may be.
    array = max((line for name, line, _ in recorder.arrays if is_a_loss(name)), default=0)
    before = [chain for chain in plain if chain[-1].order < first and chain[-1].line > array]
    return before[-1][-1] if before and not recorder.loss else None


def upstream_of(recorder: Recorder, round_: int) -> tuple[LossEvent | None, Claim | None]:
    """Where there is no loss: `out` and its upstream gradient `dout`, the first that is given; their product is it.

    Exercises on a single layer are like that: `dout = np.random.randn(*out.shape)`.
    """
    for claim in recorder.claims:
        if claim.round != round_ or recorder.loss or recorder.arrays or claim.depth > 1:
            continue
        for candidate in candidates(recorder, claim, recorder.order + 1):
            version = candidate.version
            if version.shape == claim.value.shape and claim.value.size > 1:
                name = f"sum({candidate.by}*{claim.text})"
                order = max(claim.order, version.order)
                event = LossEvent(order, version.place, name, 0, 1, claim.lines[-1], version.value, True, round_)
                return event, claim
    return None, None


def _real(event: LossEvent) -> bool:
    return not isinstance(event.value, int | np.integer)


def _rank(name: str) -> int:
    return LOSSES.index(name) if name in LOSSES else len(LOSSES)


def candidates(recorder: Recorder, claim: Claim, until: int) -> list[Candidate]:
    """The values that a claim can be the gradient with respect to, assigned before `until`; the likelier first."""
    found: dict[tuple[str, Place], Candidate] = {}
    numbers = {version.name: version for version in recorder.versions if version.order < until and version.shape == ()}
    names = {version.name for version in recorder.versions}
    read = list(recorder.reads_as(claim.name))
    if claim.element is not None and isinstance(claim.element, str) and holds_gradients(claim.base):
        read.append(Reading("", claim.element))
    beside = _call_beside(recorder, claim, until)
    for reading in read:
        if reading.of and reading.of not in numbers:
            continue
        of = numbers[reading.of] if reading.of else None
        for by in (*_in_other_letters(claim, reading.by), *_one_of_many(claim, reading.by), *spellings(reading.by)):
            for version in _versions(recorder, claim, by, beside, until):
                found.setdefault((reading.of, version.place), Candidate(of, by, version, version.call == beside))
            if found:
                break
        if found:
            break
    if not found:
        low = {name.lower().replace("_", ""): name for name in names}
        for reading in read:
            name = low.get(reading.by.lower().replace("_", ""))
            if name and not reading.of:
                for version in _versions(recorder, claim, name, beside, until):
                    found.setdefault(("", version.place), Candidate(None, name, version, version.call == beside))
    return [one for one in found.values() if _is_possible(recorder, claim, one)][:_MOST_CANDIDATES]


def _is_possible(recorder: Recorder, claim: Claim, one: Candidate) -> bool:
    """Whether the shapes may be compared: of a list of numbers as a whole, of an element with an element."""
    fits = one.version.shape == claim.value.shape
    if is_list(claim.object) or is_list(one.version.value):
        apart = any(version.name == one.by and isinstance(version.element, int) for version in recorder.versions)
        return fits and (claim.element is not None or not apart)  # its elements may be assigned one by one
    return fits or not (isinstance(claim.element, int) and one.version.element is None)


def _in_other_letters(claim: Claim, by: str) -> list[str]:
    """The name beside the claim that differs in capitals only, where there is none as it is written: dx of X."""
    if any(name in claim.around for name in spellings(by)):
        return []
    return [name for name, value in claim.around.items() if name.lower() == by.lower() and is_array(value)]


def _one_of_many(claim: Claim, by: str) -> list[str]:
    """`W` of `Ws`, where it is beside what is put into `dWs`."""
    one = by.removesuffix("s")
    return [one] if isinstance(claim.element, int) and one != by and is_array(claim.around.get(one)) else []


def _versions(recorder: Recorder, claim: Claim, by: str, beside: int, until: int) -> Iterator[Version]:
    """Versions of a variable: of the object that has the name beside the claim, then of whatever has it."""
    here = claim.around.get(by)
    if here is not None and (is_array(here) or is_number(here) or is_list(here)):
        mine = [recorder.versions[one] for one in recorder.of_object.get(id(here), ())]
        mine = [one for one in mine if one.value is here and one.order < until]
        if is_number(here):
            mine = [one for one in mine if one.name == by]
        yield from (one for one in reversed(mine) if one.call == beside and claim.depth > 1)
        yield from (one for one in reversed(mine) if one.kind != "alias")
    # Another name in another call is a part of its uses only, as in a step of a loop over time.
    named = [
        one for one in recorder.versions
        if one.name == by and one.order < until and (one.kind != "alias" or one.call in (0, beside, claim.call))
    ]  # fmt: skip
    indices = {it + step for it in claim.around.values() if isinstance(it, int | np.integer) for step in (0, -1, 1)}
    whole = [one for one in named if not isinstance(one.element, int | np.integer)]
    yield from (one for one in reversed(whole) if one.call == claim.call)
    yield from (one for one in reversed(whole) if one.call != claim.call)
    if claim.element is None:
        yield from (one for one in reversed(named) if one.element in indices and one not in whole)
    else:
        yield from (one for one in reversed(named) if one.element == claim.element and one not in whole)
        added = isinstance(recorder.sites[claim.place.site].node, ast.Expr)
        if added and isinstance(claim.element, int):  # what is appended from the last layer to the first
            rest = [one for one in named if isinstance(one.element, int) and one.element != claim.element]
            yield from (one for one in rest if one.shape == claim.value.shape)


def _call_beside(recorder: Recorder, claim: Claim, until: int) -> int:
    """The forward call that a backward call belongs to: the one in which most of its objects had the same names."""
    if claim.depth <= 1:
        return -1
    votes: Counter[int] = Counter()
    for name, here in claim.around.items():
        if not is_array(here):
            continue
        for index in recorder.of_object.get(id(here), ()):
            version = recorder.versions[index]
            if version.value is here and version.name == name and version.order < until:
                votes[version.call] += 1
    votes.pop(claim.call, None)
    votes.pop(0, None)
    if not votes:
        return -1
    most = max(votes.values())
    return max(call for call, count in votes.items() if count == most)
