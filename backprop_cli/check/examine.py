"""A claim examined: judged, set beside the other opinions on the gradient, and its mistake looked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from backprop_cli.check.claims import Claim, Gradient
from backprop_cli.check.judge import DIFFERS, UNDECIDED, Judgement, Tolerance, judge
from backprop_cli.check.place import Place
from backprop_cli.check.points import Places
from backprop_cli.engine.differences import Estimate

_TRUSTED = 1e-6  # of the sizes: an estimate with a smaller error may overrule us


class Examined(NamedTuple):
    """A claim, its judgement, and what others find at the same place; None where they were not asked."""

    claim: Claim
    judgement: Judgement
    numeric: Estimate | None = None
    sympy: float | None = None
    forward: float | None = None


def examine(claims: Sequence[Claim], places: Places, tolerance: Tolerance) -> Iterator[Examined]:
    """Each claim, examined."""
    for claim in claims:
        judgement = judge(claim, places, tolerance)
        if judgement.place is None:
            yield Examined(claim, judgement)
            continue
        numeric = estimate(judgement.place, claim.of)
        if judgement.verdict == DIFFERS and not _supports(judgement.backprop, numeric):
            judgement = judgement._replace(verdict=UNDECIDED, why="methods")
        yield Examined(claim, judgement, numeric)


def estimate(place: Place, of: Gradient) -> Estimate | None:
    """The derivative from values alone; None where values lead to no number."""
    found = place.estimate(of.output, of.wrt)
    return found if isfinite(found.slope) and isfinite(found.error) else None


def _supports(ours: float, numeric: Estimate | None) -> bool:
    """Whether differences do not speak against our own gradient."""
    if numeric is None:
        return True
    size = max(abs(ours), abs(numeric.slope))
    if numeric.error > _TRUSTED * size:
        return True
    return abs(ours - numeric.slope) <= _TRUSTED * size + 10 * numeric.error
