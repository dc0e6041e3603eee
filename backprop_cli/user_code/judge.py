"""The verdict on each claimed gradient: against slopes of the loss along random directions."""

from __future__ import annotations

from math import isfinite, nan

import numpy as np

from backprop_cli.check.tolerances import SIX_DIGITS, SUBNORMAL, UNSURE
from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED
from backprop_cli.lean import Any, Iterable, NamedTuple, Sequence
from backprop_cli.user_code.resolve import Candidate
from backprop_cli.user_code.slopes import Bench, Slope
from backprop_cli.user_code.trace import Claim

DIRECTIONS = 2
_SURE = 1e-3  # slopes that are less sure than that judge nobody
_LAST_DIGIT = 1e-15  # of the loss: a gradient along which it moves by less is 0 up to rounding
_WEIGHT = 0.1  # a projection that is small by chance is judged beside the whole gradient


UNMATCHED = "unmatched"  # why a gradient is undecided where each variable of its name has another shape


class Ruling(NamedTuple):
    """A claim against one candidate: verdict, relative error, why; `pairs` are what was claimed and found."""

    verdict: str
    error: float
    why: str
    candidate: Candidate | None
    pairs: tuple[tuple[float, Slope], ...] = ()


class Case(NamedTuple):
    """A claim with the ruling on it."""

    claim: Claim
    ruling: Ruling
    options: tuple[Candidate, ...] = ()


def fitted(value: Any, shape: tuple[int, ...]) -> Any | None:
    """The claimed gradient in the shape of the variable; None where the two cannot be the same thing."""
    if value.shape == shape:
        return value
    if [n for n in value.shape if n != 1] == [n for n in shape if n != 1]:
        return value.reshape(shape)
    return None


def rule(bench: Bench, value: Any, candidate: Candidate, rtol: float = SIX_DIGITS, *, kinks: bool = True) -> Ruling:
    """Whether a gradient is that of the loss with respect to a candidate."""
    version = candidate.version
    claimed = fitted(value, version.shape)
    if claimed is None:
        return Ruling(DIFFERS, nan, "shape", candidate)
    if not np.all(np.isfinite(claimed)):
        return Ruling(UNDECIDED, nan, "not finite", candidate)
    of = candidate.of and candidate.of.place
    pairs: list[tuple[float, Slope]] = []
    worst, verdict, why = 0.0, AGREES, ""
    for number in range(DIRECTIONS if claimed.size > 1 else 1):
        slope = bench.along(version, number, of)
        direction = bench.direction(version.place, version.shape, number)
        projected = float(np.sum(claimed * direction))
        pairs.append((projected, slope))
        if not isfinite(projected):
            return Ruling(UNDECIDED, nan, "not finite", candidate)
        if not isfinite(slope.slope):
            return Ruling(UNDECIDED, nan, "no slope", candidate, tuple(pairs))
        if _is_nothing(projected, slope, bench.size_of_goal(of) / version.scale):
            continue
        size = max(abs(projected), abs(slope.slope), _WEIGHT * float(np.linalg.norm(claimed)))
        if not isfinite(size):  # nothing that large can be compared
            return Ruling(DIFFERS, nan, "", candidate, tuple(pairs))
        apart = abs(projected - slope.slope)
        allowed = rtol * size + UNSURE * slope.error
        if apart > allowed or UNSURE * slope.error > _SURE * size:
            # Apart, or not sure: perhaps it is what the loss itself is rounded by.
            in_noise = bench.along_in_noise(version, number, of)
            if in_noise.error < slope.error or apart > allowed:
                slope = in_noise
                apart, allowed = abs(projected - slope.slope), rtol * size + UNSURE * slope.error
        if size > SUBNORMAL:
            worst = max(worst, apart / size)
        if apart > allowed:
            sides = None if verdict == DIFFERS or not kinks else bench.sides(version, number, of)
            verdict, why = _at_a_kink(projected, sides, size)
        elif UNSURE * slope.error > _SURE * size and verdict != DIFFERS:
            may_be_nothing = not np.any(claimed) and abs(slope.slope) <= slope.error
            verdict, why = (verdict, why) if may_be_nothing else (UNDECIDED, "rounding")
    return Ruling(verdict, worst, why, candidate, tuple(pairs))


def _is_nothing(claimed: float, slope: Slope, scale: float) -> bool:
    """Whether the claim is 0 up to what rounding leaves of sums, and the slope may be: of a bias before a
    normalization, say. `scale` is the loss over the size of what is moved.
    """
    return abs(claimed) <= _LAST_DIGIT * scale and abs(slope.slope) <= slope.error <= SIX_DIGITS * scale


def _at_a_kink(claimed: float, sides: tuple[float, float] | None, size: float) -> tuple[str, str]:
    """Where the slopes of the two sides differ, any number between them may be meant."""
    if sides is None:
        return DIFFERS, ""
    low, high = sorted(sides)
    allowed = _SURE * size
    between = high - low > allowed and low - allowed <= claimed <= high + allowed
    return (UNDECIDED, "kink") if between else (DIFFERS, "")


def best(bench: Bench, claim: Claim, options: Sequence[Candidate], rtol: float) -> Ruling | None:
    """The ruling by the first candidate with which the claim agrees; otherwise by the first whose shape fits."""
    rulings: list[Ruling] = []
    for candidate in options:
        ruling = rule(bench, claim.value, candidate, rtol)
        if ruling.verdict == AGREES and not is_dead(ruling):
            return ruling
        rulings.append(ruling)
    return min(rulings, key=_preference, default=None)


def is_dead(ruling: Ruling) -> bool:
    """Whether the loss does not depend on the candidate at all: another name, used for nothing."""
    return all(slope.slope == 0 for _, slope in ruling.pairs)


def _preference(ruling: Ruling) -> tuple[bool, bool, bool, bool]:
    candidate = ruling.candidate
    is_a_count = ruling.why == "no slope" and candidate is not None and isinstance(candidate.version.value, int)
    return is_a_count, ruling.why == "shape", is_dead(ruling), ruling.verdict == DIFFERS


def ratios(pairs: Iterable[tuple[float, Slope]]) -> list[float]:
    """Claimed over found, along each direction."""
    return [claimed / found.slope for claimed, found in pairs if found.slope]
