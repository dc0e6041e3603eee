"""SymPy's partials of one gate on one of its pieces, and SymPy's expressions as numbers."""

from __future__ import annotations

import warnings
from collections import Counter
from functools import lru_cache
from math import isnan, nan, ulp

import sympy

from backprop_cli.check.evaluated import evaluated
from backprop_cli.check.sympy_gates import expression, number
from backprop_cli.check.tolerances import ROUNDING
from backprop_cli.lean import Any, Callable, Iterable, Mapping, Sequence

# Looked with, one after the other, before a difference is believed: 1 - tanh(x)^2 at x = 300 is 1e-260, and only
# more digits than that see it.
DIGITS = (60, 700)
CONFIRMING = 1_000  # with which a slope that differs from ours has to stay what it was
_WORTH_COMPILING = 50  # uses of a gate; fewer are quicker by substitution
_MOST_KEPT = 1_000  # gates on a piece
MOST_DIGITS = 100_000  # that a run works with in all: those of each gate at each node


class Run:
    """How many digits a run may work with yet, a gate's slopes in sixty take SymPy some milliseconds; and how often it
    has asked for each gate's.
    """

    def __init__(self) -> None:
        self.digits = MOST_DIGITS
        self.asked: Counter[Partials] = Counter()


@lru_cache(maxsize=_MOST_KEPT)
def partials_of(gate: str, count: int, key: tuple[int, ...], flat_count: int) -> Partials:
    """The partials of a gate on the piece `key`, over `count` operands and `flat_count` locally constant terms."""
    return Partials(gate, count, key, flat_count)


class Partials:
    """SymPy's partials of a gate on one piece, differentiated once, by whichever run is the first to ask."""

    def __init__(self, gate: str, count: int, key: tuple[int, ...], flat_count: int) -> None:
        operands = [sympy.Dummy(f"x{k}", real=True) for k in range(count)]
        flats = [sympy.Dummy(f"c{k}", real=True) for k in range(flat_count)]
        meaning = expression(gate, operands, key, flats)
        self._gate, self._key = gate, key
        self.symbols = (*operands, *flats)
        self.partials = [sympy.diff(meaning, x) for x in operands]
        self._quick: Callable[..., Any] | None = None

    def at(self, point: Sequence[float], ours: Sequence[float], asked: Sequence[bool], run: Run) -> Sequence[float]:
        """Their values where they are asked for, NaN elsewhere and where all digits that are allowed are used up.

        `ours` decides how precisely to look, never what is found; if all are the same, it is what is returned.
        """
        run.asked[self] += 1
        found = [nan] * len(ours)
        if run.asked[self] > _WORTH_COMPILING:
            quick = self._quickly(point)
            if _same(quick, ours):
                return ours
            if _agree(quick, ours, asked):
                return quick
        # A naive formula in doubles may overflow or cancel: more digits before anyone is accused.
        wanted = [k for k, is_asked in enumerate(asked) if is_asked]
        for digits in DIGITS:
            if run.digits <= 0:
                break
            run.digits -= digits
            here = dict(zip(self.symbols, point, strict=True))
            for k, slope in zip(wanted, numbers([self.partials[k] for k in wanted], here, digits), strict=True):
                found[k] = self._alone(k, point, digits) if isnan(slope) else slope
            if _agree(found, ours, asked):
                return found
        if run.digits <= 0:
            return [nan] * len(ours)
        # Digits that still move are nobody's slope: 2*x*exp(x^2)*erfc(x) - 2/sqrt(pi) at 1e100 cancels to the last.
        run.digits -= CONFIRMING
        here = dict(zip(self.symbols, point, strict=True))
        again = dict(zip(wanted, numbers([self.partials[k] for k in wanted], here, CONFIRMING), strict=True))
        return [nan if k in again and abs(again[k] - x) > ROUNDING * abs(x) else x for k, x in enumerate(found)]

    def reach(self, point: Sequence[float], operand: int) -> tuple[float, float]:
        """The least and the largest value of a partial where the operands are moved by four units in the last place."""
        found = []
        for k, x in enumerate(point):
            for move in (-4, 0, 4):
                moved = [*point[:k], x + move * ulp(x), *point[k + 1 :]]
                found += numbers([self.partials[operand]], dict(zip(self.symbols, moved, strict=True)), DIGITS[0])
        return min(found), max(found)

    def _alone(self, operand: int, point: Sequence[float], digits: int) -> float:
        """One partial with numbers for all the other operands: of x^y at x = 0, y = 2 SymPy then sees 2*x, not 0/0."""
        count = len(self.partials)
        here = self.symbols[operand]
        operands = [here if k == operand else number(x) for k, x in enumerate(point[:count])]
        meaning = expression(self._gate, operands, self._key, list(point[count:]))
        return numbers([sympy.diff(meaning, here)], {here: point[operand]}, digits)[0]

    def _quickly(self, point: Sequence[float]) -> list[float]:
        if self._quick is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                modules = ["math", {"polygamma": _no_doubles}]
                self._quick = sympy.lambdify(self.symbols, self.partials, modules=modules, cse=True)
        try:
            return list(map(float, self._quick(*point)))
        except (ArithmeticError, ValueError, TypeError):
            return [nan] * len(self.partials)


def numbers(expressions: Iterable[Any], point: Mapping[Any, float], digits: int) -> list[float]:
    """The values of SymPy expressions where its symbols have the values of doubles; NaN where one is not real."""
    return [_real(expression_, point, digits) for expression_ in expressions]


def _real(expression_: Any, point: Mapping[Any, float], digits: int) -> float:
    try:
        return float(evaluated(expression_, point, digits))
    except (ArithmeticError, TypeError, ValueError):  # too large for mpmath, complex, unevaluated
        return nan


def _same(found: Sequence[float], ours: Sequence[float]) -> bool:
    for a, b in zip(found, ours, strict=True):  # noqa: SIM110  a plain loop: this is asked of every gate
        if a != b:
            return False
    return True


def _agree(found: Sequence[float], ours: Sequence[float], asked: Sequence[bool]) -> bool:
    return all(
        not is_asked or a == b or (not isnan(a) and abs(a - b) <= ROUNDING * max(abs(a), abs(b)))
        for a, b, is_asked in zip(found, ours, asked, strict=True)
    )


def _no_doubles(*_: float) -> float:
    """`math` has no polygamma: the slow and precise way takes over."""
    raise ValueError
