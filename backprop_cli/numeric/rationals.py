"""Exact arithmetic on fractions, under the names of the gate table: what a sum or product of doubles really is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

__all__ = ["div", "number", "pow"]
number = Fraction
_EXPONENTS = (1, 2, 3, 4)  # higher powers have more digits than they are worth


def div(x: Fraction, y: Fraction) -> Fraction:
    """x / y; raises ZeroDivisionError."""
    return x / y


def pow(x: Fraction, y: Fraction) -> Fraction:  # noqa: A001  the name the formulas use
    """x to a small whole power; raises ValueError for any other."""
    if y not in _EXPONENTS:
        raise ValueError
    return Fraction(x ** int(y))


def is_exact(function: Callable[..., Fraction], xs: Sequence[float], out: float) -> bool:
    """Whether a function of fractions has this double for its value."""
    try:
        return bool(function(*map(Fraction, xs)) == out)
    except (ZeroDivisionError, ValueError, OverflowError):
        return False
