"""Numbers as text: the shortest that reads back to the same double, or rounded for reading."""

from __future__ import annotations

from math import isfinite

_READING_DIGITS = 6
_WHOLE_IN_FULL = 1e15


def shortest(number: float) -> str:
    """The shortest text that reads back to the same double: `9`, `0.1`, `1e-05`, `-0`, `inf`, `nan`."""
    text = repr(float(number))
    return text.removesuffix(".0")


def rounded(number: float, digits: int | None = None) -> str:
    """Rounded to significant digits for reading: six unless told, whole numbers below 10^15 in full."""
    if not isfinite(number):
        return shortest(number)
    if number == 0:
        return "0"
    if digits is None:
        if number == int(number) and abs(number) < _WHOLE_IN_FULL:
            return str(int(number))
        digits = _READING_DIGITS
    return f"{number:.{digits}g}"
