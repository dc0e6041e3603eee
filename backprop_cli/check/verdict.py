"""What several opinions on a gradient come to: one verdict, and the records of what was concluded."""

from __future__ import annotations

from math import isfinite, isinf, nan

from backprop_cli.check.tolerances import SIX_DIGITS, UNSURE, Tolerance
from backprop_cli.lean import Mapping, NamedTuple, Sequence

AGREES, DIFFERS, UNDECIDED = "agrees", "differs", "cannot decide"


class Opinion(NamedTuple):
    """One method's answer, and how far off it may be by that method's own account."""

    method: str
    slope: float
    error: float = 0.0


class _Weight(NamedTuple):
    """What a method's contradiction comes to, why, and how much of a number the two may differ by beforehand."""

    verdict: str
    why: str
    rtol: float = 0.0


# Forward mode runs the same gates as our backward pass, or SymPy's partials of each: there is no excuse. Elements of an
# array written out in numbers are found by other formulas, which lose other digits. Where all these agree, and the
# whole formula in sixty digits does not, every gate is right, and what is lost was lost between them. Differences know
# nothing of gates and may reach over a kink: they cast doubt, and prove nothing.
_WEIGHTS = {
    "forward mode": _Weight(DIFFERS, "point"),
    "gate by gate": _Weight(DIFFERS, "point"),
    "elements": _Weight(DIFFERS, "point", SIX_DIGITS),
    "whole formula": _Weight(UNDECIDED, "rounding", SIX_DIGITS),
    "differences": _Weight(UNDECIDED, "methods", SIX_DIGITS),
}


_DEFAULT = Tolerance()


def verdict(
    ours: float, opinions: Sequence[Opinion], tolerance: Tolerance = _DEFAULT, slack: float = 0.0
) -> tuple[str, str]:
    """The verdict on a slope that others found too, and why; rounding may have taken `slack` of ours.

    The first method in the order of their weight that contradicts decides; one that is unsure of its sixth digit
    does not. Without a contradiction the slope agrees.
    """
    for method, weight in _WEIGHTS.items():
        for opinion in opinions:
            if opinion.method != method:
                continue
            size = max(abs(ours), abs(opinion.slope))
            if opinion.error > SIX_DIGITS * size:
                continue
            if isinf(size) and ours != opinion.slope:
                return UNDECIDED, "range"
            allowed = max(tolerance.allowed(size), weight.rtol * size) + UNSURE * opinion.error + slack
            if not abs(ours - opinion.slope) <= allowed:
                return weight.verdict, weight.why
    return AGREES, "point"


def relative_error(one: float, other: float) -> float:
    """The difference relative to the larger of two numbers; NaN where one is not finite."""
    if not (isfinite(one) and isfinite(other)):
        return nan
    size = max(abs(one), abs(other))
    return abs(one - other) / size if size else 0.0


class Disagreement(NamedTuple):
    """Two numbers that should be one, ours and theirs, and the node to look at.

    They are of the slope of that node along its operand `along`, or else (-1) of the gradient with respect to `name`;
    without a name either, of the rate of change along a direction that mixes all inputs.
    """

    ours: float
    theirs: float
    node: int
    along: int = -1
    name: str = ""


class Lost(NamedTuple):
    """A gradient of which rounding left little: ours, SymPy's with sixty digits."""

    name: str
    node: int
    ours: float
    theirs: float


class Judged(NamedTuple):
    """The verdict on one variable of a pass over arrays: its worst element, with ours and the expected number there."""

    verdict: str
    error: float
    element: tuple[int, ...]
    ours: float
    theirs: float


class Check(NamedTuple):
    """The verdict of a check.

    `verdict` is `agree`, `disagree` or `undecided` (then `reason` says why). `methods` are `sympy` (the whole
    formula differentiated) and `per-gate` (each gate's partials differentiated, then forward mode against reverse
    mode); of arrays `elements` (written out in numbers, which are then checked so), or else `gate-differences` and
    `directional`. `variables` has a verdict for each variable of a pass over arrays. `formulas` maps inputs to SymPy's
    closed forms where the whole formula was differentiated.
    """

    verdict: str
    methods: tuple[str, ...]
    max_rel_error: float
    formulas: Mapping[str, str]
    reason: str = ""
    worst: Disagreement | None = None
    lost: tuple[Lost, ...] = ()
    variables: Mapping[str, Judged] = {}
