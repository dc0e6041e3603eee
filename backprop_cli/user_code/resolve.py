"""What was recorded, read: which values a claimed gradient can be with respect to."""

from __future__ import annotations

import ast
from collections import Counter

import numpy as np

from backprop_cli.lean import Any, Iterator, NamedTuple, Sequence
from backprop_cli.user_code.names import GRAD, OF_LISTS, Reading, is_a_parameter, spellings
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.tensors import is_tensor
from backprop_cli.user_code.trace import Claim, Place, Version, is_array, is_list, is_number, size_of

_MOST_CANDIDATES = 8
_NEXT = ("next_{}", "{}_next", "new_{}", "{}_new")
_SYNONYMS = {"w": ("weights", "weight"), "W": ("weights", "weight"), "b": ("biases", "bias")}
_BEFORE = ("prev_{}", "{}_prev", "old_{}", "{}_old")


class Candidate(NamedTuple):
    """A reading of a claim: the gradient of `of` (None: the loss) with respect to a version of a variable."""

    of: Version | None
    by: str
    version: Version
    near: bool  # bound in the call that belongs to the claim's


def candidates(recorder: Recorder, claim: Claim, until: int) -> list[Candidate]:
    """The values that a claim can be the gradient with respect to, assigned before `until`; the likelier first."""
    found: dict[tuple[str, Place], Candidate] = {}
    numbers = {version.name: version for version in recorder.versions if version.order < until and version.shape == ()}
    names = {version.name for version in recorder.versions if not is_whole(version.value)}
    read = _read(recorder, claim)
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
        low = {name.lower().replace("_", ""): name for name in names}  # not a size: dh is no gradient by H = 6
        for reading in read:
            name = low.get(reading.by.lower().replace("_", ""))
            if name and not reading.of:
                for version in _versions(recorder, claim, name, beside, until):
                    found.setdefault(("", version.place), Candidate(None, name, version, version.call == beside))
    if not found:  # `dc` of `next_c`, in a step of a loop over time
        plain = [one.by for one in read if not one.of]
        if not claim.function:  # what a function answered as `dh` may be that of `prev_h`
            plain = [by for by in plain if names.isdisjoint([form.format(by) for form in _BEFORE])]
        for by in [form.format(one) for one in plain for form in _NEXT]:
            for version in _versions(recorder, claim, by, beside, until) if by in names else ():
                if version.shape == claim.value.shape:
                    found.setdefault(("", version.place), Candidate(None, by, version, version.call == beside))
    possible = [one for one in found.values() if _is_possible(recorder, claim, one)]
    if not possible:  # `d_L_d_w` of `weights`: where nothing else has one of these names
        for by in _SYNONYMS.get(next((one.by for one in read if not one.of), ""), ()):
            known = _versions(recorder, claim, by, beside, until) if by in names else ()
            same = (version for version in known if version.shape == claim.value.shape)
            possible += [Candidate(None, by, version, version.call == beside) for version in same]
    return [one for one in possible if not _is_less(recorder, one, possible)][:_MOST_CANDIDATES]


def _is_less(recorder: Recorder, one: Candidate, others: Sequence[Candidate]) -> bool:
    """Whether it is a parameter in the one call that had it under that name, and the parameter itself is there too: a
    penalty that is computed elsewhere is no part of what it does in that call.
    """
    version = one.version
    if version.kind != "alias" or not version.call or not is_a_parameter(one.by):
        return False
    known = [recorder.versions[number] for number in recorder.of_object.get(id(version.value), ())]
    calls = {it.call for it in known if it.place.site == version.place.site and it.value is version.value}
    return len(calls) == 1 and any(it.version.value is version.value and it.version.kind != "alias" for it in others)


def _is_possible(recorder: Recorder, claim: Claim, one: Candidate) -> bool:
    """Whether the shapes may be compared: of a list of numbers as a whole, of an element with an element."""
    fits = one.version.shape == claim.value.shape
    if claim.value.size > 1 and is_whole(one.version.value):
        return False  # how many there are
    if is_list(claim.object) or is_list(one.version.value):
        apart = any(version.name == one.by and isinstance(version.element, int) for version in recorder.versions)
        return fits and (claim.element is not None or not apart)  # its elements may be assigned one by one
    return fits or not (isinstance(claim.element, int) and one.version.element is None)


def namesakes(recorder: Recorder, claim: Claim, until: int) -> list[Candidate]:
    """All that has a name which a claim speaks of, whatever its shape; the nearer first."""
    found: dict[Place, Candidate] = {}
    for reading in _read(recorder, claim):
        for by in spellings(reading.by) if not reading.of else ():
            named = [one for one in recorder.versions
                     if one.name == by and one.order < until and not recorder.holders.inside(one.base)]  # fmt: skip
            for one in sorted(named, key=lambda one: (one.call != claim.call, -one.order)):
                found.setdefault(one.place, Candidate(None, by, one, False))
    return list(found.values())[:_MOST_CANDIDATES]


def elements_of(candidate: Candidate, claim: Claim) -> list[Candidate]:
    """The elements of an array or a list that have the claim's shape: that of its own index, then others."""
    version, index = candidate.version, claim.element
    if version.shape[1:] != claim.value.shape or not version.shape or is_tensor(version.value):
        return []
    numbers = sorted(range(version.shape[0]), key=lambda number: number != index)
    return [
        candidate._replace(version=version._replace(
            place=version.place._replace(path=(*version.place.path, number)), element=number,
            shape=claim.value.shape, value=version.value[number], size=size_of(version.value[number]),
        )) for number in numbers[:_MOST_CANDIDATES]
    ]  # fmt: skip


def _read(recorder: Recorder, claim: Claim) -> list[Reading]:
    """What its name can be the gradient of, or the key under which it is put."""
    read = list(recorder.reads_as(claim.name))
    inside = recorder.holders.inside(claim.base)
    if claim.name in GRAD and claim.base and np.ndim(claim.value):  # numbers: of a node, in an autograd engine
        read.append(Reading("", claim.base.rpartition(".")[2]))
    elif inside and isinstance(claim.element, str | None):
        read.append(Reading("", claim.element or claim.name))
    elif claim.element is not None and recorder.holders.holds(claim.name):
        read += [Reading("", one) for one in OF_LISTS]
    return read


def is_whole(value: Any) -> bool:
    """Whether it is a whole number."""
    return isinstance(value, int | np.integer)


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
        and not recorder.holders.inside(one.base)
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
