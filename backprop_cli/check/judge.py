"""Whether a claimed gradient is the gradient: at one point, or at many; a verdict and the reason for it.

The words for reasons are the report's. SymPy is asked through `symbolic`, and only if it may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf, isfinite, isnan, nan
from random import Random
from typing import Any, NamedTuple

from backprop_cli.check.claims import Claim, Formula, Gradient, is_constant
from backprop_cli.check.place import Place, with_output
from backprop_cli.check.points import Places
from backprop_cli.engine.forward import forward
from backprop_cli.engine.survey import Finding
from backprop_cli.gates import GATES
from backprop_cli.gates.compiled import VALUES

AGREES, DIFFERS, UNDECIDED = "agrees", "differs", "cannot decide"
RTOL = 1e-9  # what correct formulas, written differently, lose in doubles at harmless points
_FEWEST = 3  # points on which more than a guess can stand
_ROUNDED_RUNS = 4
_NOISY = 8.0
_SMALL, _LARGE = 1e-100, 1e100


class Tolerance(NamedTuple):
    """`rtol` None: RTOL, and a decimal number at the bindings need only be right to the decimals it has."""

    rtol: float | None = None
    atol: float = 0.0

    def allows(self, claimed: float, found: float, half_unit: float = 0.0) -> bool:
        """Whether the two numbers may pass for one."""
        size = max(abs(claimed), abs(found))
        allowed = self.atol + (RTOL if self.rtol is None else self.rtol) * size
        if self.rtol is None:
            allowed = max(allowed, half_unit * (1 + 1e-9))  # 0.125 may be printed as 0.13 and as 0.12
        return abs(claimed - found) <= allowed


class Judgement(NamedTuple):
    """A verdict, `why` (which the report words), and the numbers it rests on, found at `place`.

    `why` is a key of the report's words. `finding` is what the survey has on a derivative that is a convention or does
    not exist, `bounds` hold the valid slopes at a kink. `tried` is the number of points looked at, `rel_error` the
    largest relative error there.
    """

    verdict: str
    why: str
    place: Place | None = None
    claimed: float | None = None
    backprop: float = nan
    finding: Finding | None = None
    bounds: tuple[float, float] | None = None
    tried: int = 1
    rel_error: float = nan


def judge(claim: Claim, places: Places, tolerance: Tolerance) -> Judgement:
    """The verdict on a claim: at the point of the bindings, or at points of the domain if names are free."""
    if not places.free:
        return judge_at(claim, next(iter(places)), tolerance, claim.half_unit)
    tried = 0
    agreed: Judgement | None = None
    undecided: Judgement | None = None
    for place in places:
        if place.trouble(*claim.of) or not isfinite(place.grad(*claim.of)):
            continue
        found = judge_at(claim, place, tolerance)
        if found.why == "no value" and _is_undefined(claim.formula, place):
            return found._replace(verdict=DIFFERS)  # its domain is smaller than the gradient's
        if not is_harmless(place.values, claim.formula.values(place)):
            continue
        if found.verdict == UNDECIDED:
            undecided = undecided or found
            continue
        tried += 1
        if found.verdict == DIFFERS:
            return found._replace(tried=tried)
        agreed = agreed or found
        agreed = agreed._replace(rel_error=max(agreed.rel_error, found.rel_error))
        if tried >= places.wanted:
            break
    if agreed is None or tried < min(_FEWEST, places.wanted):
        return undecided or Judgement(UNDECIDED, "few points", tried=tried)
    return agreed._replace(why="points", tried=tried)


def judge_at(claim: Claim, place: Place, tolerance: Tolerance, half_unit: float = 0.0) -> Judgement:
    """The verdict on a claim at one point."""
    ours = place.grad(*claim.of)
    claimed = claim.formula.values(place)[claim.formula.graph.output]
    trouble = place.trouble(*claim.of)
    made = Judgement(
        UNDECIDED,
        "trouble",
        place,
        claimed,
        ours,
        trouble[0] if trouble else None,
        rel_error=relative_error(claimed, ours),
    )
    if not isfinite(ours):
        return made
    if not isfinite(claimed):
        return made._replace(why="no value")
    if tolerance.allows(claimed, ours):
        return made._replace(verdict=AGREES, why="convention" if trouble else "point")
    if trouble:
        bounds = subgradients(place, claim.of, trouble)
        if bounds is None:
            return made
        low, high = bounds
        if low <= claimed <= high or tolerance.allows(claimed, low) or tolerance.allows(claimed, high):
            return made._replace(why="kink", bounds=bounds)
        return made._replace(verdict=DIFFERS, why="kink", bounds=bounds)
    if half_unit and tolerance.allows(claimed, ours, half_unit):
        return made._replace(verdict=AGREES, why="digits")
    if abs(claimed - ours) <= _NOISY * _noise(claim, place, claimed - ours):
        if is_constant(claim.formula):  # of a gradient that is 0 at pi, a double has something left
            return made._replace(verdict=AGREES, why="last digits")
        return made._replace(why="rounding")
    if not is_harmless(place.values, claim.formula.values(place)):
        return made._replace(why="range")
    return made._replace(verdict=DIFFERS, why="point")


def relative_error(one: float, other: float) -> float:
    """The difference relative to the larger of two numbers; NaN where one is not finite."""
    if not (isfinite(one) and isfinite(other)):
        return nan
    size = max(abs(one), abs(other))
    return abs(one - other) / size if size else 0.0


def subgradients(place: Place, of: Gradient, trouble: Sequence[Finding]) -> tuple[float, float] | None:
    """Between which numbers the chain rule ends where every kink may take any valid slope; None beside other trouble.

    The backward pass with an interval at every edge. A function that only looks kinked (`relu(x) - relu(-x)`) has
    its true slope in there too.
    """
    if any(finding.code != "kink" for finding in trouble):
        return None
    graph = with_output(place.graph, of.output)
    kinked = {(finding.node, k): finding.numbers for finding in trouble for k in finding.operands}
    passed = place.passed(of.output)
    grads: dict[int, tuple[float, float]] = {of.output: (1.0, 1.0)}
    for node in range(of.output, -1, -1):
        if node not in grads:
            continue
        low, high = grads[node]
        for k, j in enumerate(graph.inputs[node]):
            slope = passed.locals[node][k]
            least, most = kinked[node, k][:2] if (node, k) in kinked else (slope, slope)
            if GATES[graph.gates[node]].routes and least == most == 0:
                continue
            ends = (low * least, low * most, high * least, high * most)
            before = grads.get(j, (0.0, 0.0))
            grads[j] = (before[0] + min(ends), before[1] + max(ends))
    return grads.get(of.wrt, (0.0, 0.0))


def _is_undefined(formula: Formula, place: Place) -> bool:
    """Whether the formula leaves the reals by mathematics, not for lack of range."""
    from backprop_cli.engine.survey import survey

    values = formula.values(place)
    return inf not in map(abs, values) and any(f.code == "undefined" for f in survey(formula.graph, values))


def is_harmless(*columns: Sequence[float]) -> bool:
    """Whether no number on the way is so large or so small that its square may be lost."""
    return all(x == 0 or _SMALL < abs(x) < _LARGE for values in columns for x in values)


# -- rounding ------------------------------------------------------------------------------------------


def _noise(claim: Claim, place: Place, difference: float) -> float:
    """How much of the difference of claim and gradient rounding may have made.

    Both are computed again with every input and every gate's result moved by a last digit at random, as in stochastic
    arithmetic (J. Vignes, "A stochastic arithmetic for reliable scientific computation", 1993).
    """
    chosen = Random(0)  # noqa: S311  digits, not secrets
    moved = _Moved(chosen)
    furthest = 0.0
    for _ in range(_ROUNDED_RUNS):
        shaken = _Shaken(place, moved)
        claimed = claim.formula.values(shaken, moved)[claim.formula.graph.output]
        found = claimed - shaken.grad(*claim.of) - difference
        if isnan(found):
            return 0.0
        furthest = max(furthest, abs(found))
    return furthest


class _Moved(Mapping[str, Callable[..., Any]]):
    """Every gate, its result moved by up to a unit in the last place."""

    def __init__(self, chosen: Random) -> None:
        self.chosen = chosen

    def __getitem__(self, gate: str) -> Callable[..., Any]:
        value = VALUES[gate]
        if GATES[gate].truth or GATES[gate].exact:
            return value
        return lambda *operands: value(*operands) * self.factor()

    def factor(self) -> float:
        """One, but for the last digit."""
        return 1 + self.chosen.choice((-1, 1)) * 2.0**-52

    def __iter__(self) -> Iterator[str]:
        return iter(VALUES)

    def __len__(self) -> int:
        return len(VALUES)


class _Shaken(Place):
    def __init__(self, place: Place, moved: _Moved) -> None:
        super().__init__(place.graph, place.given)
        given = {name: x * moved.factor() for name, x in place.given.items()}
        self.values = forward(place.graph, given, moved)
