"""Claims about arrays, element by element.

Written out in numbers, where that is affordable, every element of a program is a node of its own, and is judged as any
number is: kinks, digits and all. Where it is not, elements are only compared.
"""

from __future__ import annotations

import numpy as np

from backprop_cli.check.claimed_digits import decided
from backprop_cli.check.claims import Claim, is_constant
from backprop_cli.check.in_numbers import in_numbers
from backprop_cli.check.judge import Judgement, judge_number
from backprop_cli.check.point import Point
from backprop_cli.check.stochastic_arithmetic import rounding_of
from backprop_cli.check.tolerances import ROUNDING, RTOL, Tolerance, half_unit
from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED, relative_error
from backprop_cli.language.tokens import NUMBER, tokenize
from backprop_cli.lean import Any

_MOST_LOST = 3  # elements that underflow, of which all do
_MOST_JUDGED = 200  # elements that look wrong: the worst are looked at, to tell wrong ones from kinks


def judge_elements(claim: Claim, place: Point, tolerance: Tolerance, *, printed: bool) -> Judgement:
    """The verdict on a claim about an array at one point: all elements must agree, the worst is named.

    `printed`: decimal numbers in the claim need only be right to their last decimal.
    """
    ours = np.asarray(claim.chosen(place.grad(*claim.of)))
    claimed = np.asarray(claim.formula.claimed(place))
    trouble = place.trouble(*claim.of)
    if not np.isfinite(ours).all():
        return Judgement(UNDECIDED, "trouble", place, anomaly=trouble[0] if trouble else None)
    half_units = _half_units(claim.written, ours.shape) if printed and tolerance.rtol is None else 0.0
    made, excess = _compared(claimed, ours, place, tolerance, half_units)
    is_typed = printed and is_constant(claim.formula)
    if made.verdict == AGREES and not (ours.any() or claimed.any() or is_typed or claim.element):
        lost = [item.element for item in place.lost(*claim.of)]
        if lost and not trouble:  # both underflow, and may be anything
            return decided(claim, made, tolerance, lost[:_MOST_LOST], "range")
    if made.why in ("shape", "no value") or (not trouble and made.verdict == AGREES):
        return made
    if not trouble:
        return _seen_through(claim, made, claimed, ours, excess, tolerance)
    made = made._replace(anomaly=trouble[0])
    if made.verdict == AGREES:
        return made._replace(why="convention")
    made = made._replace(verdict=UNDECIDED, why="trouble")
    written = in_numbers(place.graph, place.values, claim.of.output)
    if written is None:
        return made
    numbers = written.point()
    undecided: Judgement | None = None
    for flat in np.argsort(excess, axis=None)[::-1][: min(made.tried, _MOST_JUDGED)]:
        index = _unravelled(int(flat), ours.shape)
        number = float(np.broadcast_to(claimed, ours.shape)[index])
        found = judge_number(number, numbers, written.gradient(claim, index), tolerance)
        here = _at(made, claimed, ours, index)._replace(why=found.why, bounds=found.bounds)
        if found.verdict == DIFFERS:
            return here._replace(verdict=DIFFERS, anomaly=None if found.why == "point" else made.anomaly)
        undecided = undecided or here
    return undecided or made


def _seen_through(
    claim: Claim, made: Judgement, claimed: Any, ours: Any, excess: Any, tolerance: Tolerance
) -> Judgement:
    """The judgement where elements look wrong, of which rounding may have made all that differs."""
    assert made.place is not None
    off = np.abs(np.broadcast_to(claimed, ours.shape) - ours)
    hidden = off <= rounding_of(claim.excess, made.place)
    wrong = excess > 0
    if (clear := wrong & ~hidden).any():
        index = _largest(np.where(clear, excess, -np.inf))
        return _at(made, claimed, ours, index)
    if is_constant(claim.formula) and not np.broadcast_to(claimed, ours.shape)[wrong].any():
        return made._replace(verdict=AGREES, why="last digits")
    worst = np.argsort(np.where(wrong, off, -1.0), axis=None)[::-1][: min(made.tried, _MOST_JUDGED)]
    return decided(claim, made, tolerance, [_unravelled(int(flat), ours.shape) for flat in worst], "rounding")


def compare(claimed: Any, ours: Any, place: Point, tolerance: Tolerance) -> Judgement:
    """Whether two arrays may pass for one; the numbers are those of the element that is furthest off."""
    return _compared(np.asarray(claimed), np.asarray(ours), place, tolerance, 0.0)[0]


def _compared(claimed: Any, ours: Any, place: Point, tolerance: Tolerance, half_units: Any) -> tuple[Judgement, Any]:
    """The judgement, and by how much each element is further off than it may be."""
    made = Judgement(DIFFERS, "elements wrong", place, tried=ours.size)
    if claimed.shape not in ((), ours.shape):
        return made._replace(why="shape", shapes=(claimed.shape, ours.shape)), None
    claimed = np.broadcast_to(claimed, ours.shape)
    if not np.isfinite(claimed).all():
        return made._replace(verdict=UNDECIDED, why="no value"), None
    known = np.isfinite(ours)
    if not known.all():  # what has no value confirms nothing; the rest may still be wrong
        claimed, ours = np.where(known, claimed, 0.0), np.where(known, ours, 0.0)
    size = np.maximum(np.abs(claimed), np.abs(ours))
    slack = ROUNDING * float(size.max(initial=0.0))
    excess = np.abs(claimed - ours) - np.maximum(tolerance.allowed(size) + slack, half_units)
    wrong = int((excess > 0).sum())
    if wrong:
        return _at(made._replace(tried=wrong), claimed, ours, _largest(excess)), excess
    if not known.all():
        return made._replace(verdict=UNDECIDED, why="no value"), None
    printed = bool((np.abs(claimed - ours) > tolerance.allowed(size) + slack).any())
    made = made._replace(verdict=AGREES, why="digits" if printed else "elements" if ours.ndim else "point")
    return _at(made, claimed, ours, _largest(np.abs(claimed - ours))), excess


def _at(made: Judgement, claimed: Any, ours: Any, index: tuple[int, ...]) -> Judgement:
    one, other = float(np.broadcast_to(claimed, ours.shape)[index]), float(ours[index])
    return made._replace(claimed=one, backprop=other, rel_error=relative_error(one, other), element=index)


def _half_units(written: str, shape: tuple[int, ...]) -> Any:
    """Half a unit of the last decimal of each number of an array that was written out; zeros where it was not."""
    tokens = tokenize(written)
    numbers = [text for kind, text in zip(tokens.kinds, tokens.texts, strict=True) if kind == NUMBER]
    others = {text for kind, text in zip(tokens.kinds, tokens.texts, strict=True) if kind != NUMBER}
    if len(numbers) != int(np.prod(shape)) or not others <= set("[],;-− \n"):
        return np.zeros(shape)
    units = [half_unit(text) * (1 + RTOL) for text in numbers]
    plain = [unit for unit, text in zip(units, numbers, strict=True) if unit and "e" not in text.lower()]
    finest = min(plain, default=0.0)  # a whole number among decimals was printed with as many: `[ 2.   -5.29]`
    whole = (text.partition(".")[2] == "" and text.strip("0.") and "e" not in text.lower() for text in numbers)
    return np.array([finest if is_whole else unit for unit, is_whole in zip(units, whole, strict=True)]).reshape(shape)


def _largest(array: Any) -> tuple[int, ...]:
    return _unravelled(int(np.argmax(array)), array.shape)


def _unravelled(flat: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(map(int, np.unravel_index(flat, shape))) if shape else ()
