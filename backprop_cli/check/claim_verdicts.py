"""Whether a claim is true: at the point of the bindings, or at points of the domain; of numbers or of arrays."""

from __future__ import annotations

from itertools import takewhile
from math import inf

from backprop_cli.check.claims import Claim, Formula, NotComputableError, is_constant
from backprop_cli.check.judge import Judgement, is_harmless, judge_number, numbers_of
from backprop_cli.check.point import Point
from backprop_cli.check.sampler import PointSampler
from backprop_cli.check.stochastic_arithmetic import is_never_finite, rounding_of
from backprop_cli.check.tolerances import Tolerance
from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED
from backprop_cli.engine.anomalies import find_anomalies
from backprop_cli.gates.fields import Field
from backprop_cli.lean import Iterator
from backprop_cli.numeric.shapes import size
from backprop_cli.text import all_finite

_FEWEST = 3  # points on which more than a guess can stand
_MOST_HIDDEN = 5  # places where numbers are too small to tell, after which those of other sizes are tried
_MOST_UNDECIDED = 3_000  # places that leave a claim undecided, times the numbers of the program: all digits are tried


def judge(claim: Claim, places: PointSampler, tolerance: Tolerance) -> Judgement:
    """The verdict on a claim: at the point of the bindings, or at points of the domain if names are free."""
    try:
        return _judge(claim, places, tolerance)
    except NotComputableError as error:
        return Judgement(DIFFERS, "not computable", problem=error.diagnostics[0].message)


def _judge(claim: Claim, places: PointSampler, tolerance: Tolerance) -> Judgement:
    if not places.free:
        return judge_at(claim, next(iter(places)), tolerance, printed=True)
    tried, left = 0, _MOST_UNDECIDED
    agreed: Judgement | None = None
    undecided: Judgement | None = None
    hidden = 0

    def all_places() -> Iterator[Point]:
        yield from takewhile(lambda _: hidden < _MOST_HIDDEN, places)
        yield from (place for place in places.scaled() if place.has_slope(*claim.of))

    for place in all_places():
        if place.trouble(*claim.of) or not place.is_finite(*claim.of):
            continue
        harmless = is_harmless(place.values, claim.formula.values(place))
        if not harmless and all_finite(claim.formula.claimed(place)):
            continue
        found = judge_at(claim, place, tolerance)
        if found.why == "no value" and _is_undefined(claim.formula, place):
            return found._replace(verdict=DIFFERS)  # its domain is smaller than the gradient's
        if not harmless:
            continue
        if found.verdict == UNDECIDED:
            undecided = undecided or found
            hidden += found.why == "range"
            left -= sum(size(place.graph.shape(node)) for node in range(len(place.graph)))
            if left < 0:
                return undecided
            continue
        tried += 1
        if found.verdict == DIFFERS:
            return found if found.element is not None else found._replace(tried=tried)
        agreed = agreed or found
        agreed = agreed._replace(rel_error=max(agreed.rel_error, found.rel_error))
        if tried >= places.wanted:
            break
    if agreed is None or tried < min(_FEWEST, places.wanted):
        return undecided or Judgement(UNDECIDED, "few points", tried=tried)
    return agreed._replace(why="points", tried=tried)


def judge_at(claim: Claim, place: Point, tolerance: Tolerance, *, printed: bool = False) -> Judgement:
    """The verdict on a claim at one point; `printed`: a decimal number need only be right to its last decimal."""
    if place.graph.has_arrays:
        from backprop_cli.check.array_claims import judge_elements

        return judge_elements(claim, place, tolerance, printed=printed)
    values = claim.formula.values(place)
    claimed = claim.formula.claimed(place)
    if hasattr(claimed, "shape"):
        return Judgement(DIFFERS, "shape", place, shapes=(claimed.shape, ()))
    made = judge_number(claimed, place, claim.of, tolerance, claim.half_unit if printed else 0.0)
    is_typed = printed and is_constant(claim.formula)
    if made.verdict == AGREES and claimed == made.backprop == 0 and not is_typed and place.lost(*claim.of):
        return _decided(claim, made, tolerance, "range")  # both underflow, and may be anything
    if made.verdict != DIFFERS or made.why != "point":
        return made
    is_hidden = abs(claimed - made.backprop) <= rounding_of(claim.excess, place)
    if is_hidden and claimed == 0 and is_typed:  # of a gradient that is 0 at pi, a double has something left
        return made._replace(verdict=AGREES, why="last digits")
    if not is_hidden and is_harmless(place.values, values):
        return made
    return _decided(claim, made, tolerance, "rounding" if is_hidden else "range")


def _decided(claim: Claim, made: Judgement, tolerance: Tolerance, otherwise: str) -> Judgement:
    from backprop_cli.check.claimed_digits import decided

    return decided(claim, made, tolerance, [()], otherwise)


def _is_undefined(formula: Formula, place: Point) -> bool:
    """Whether the formula leaves the reals by mathematics, not for lack of range."""

    def value(place: Point, field: Field | None) -> float:
        return float(formula.values(place, field)[formula.graph.output])

    values = formula.values(place)
    if inf in map(abs, numbers_of(values)) or not any(
        f.code == "undefined" for f in find_anomalies(formula.graph, values, formula.graph.output)
    ):
        return False
    return formula.graph.has_arrays or is_never_finite(value, place)
