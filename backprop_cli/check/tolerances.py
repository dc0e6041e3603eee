"""How close is close enough: every constant by which numbers are compared here, with its reason."""

from __future__ import annotations

import re
from math import isfinite

from backprop_cli.engine import apart
from backprop_cli.lean import NamedTuple

RTOL = 1e-9  # what correct formulas, written differently, lose in doubles at harmless points
SIX_DIGITS = apart.SIX_DIGITS  # what is promised of a number; an estimate that is less sure judges nobody
ROUNDING = 1e-12  # of the sizes of what was summed: what summing them can have lost
SUBNORMAL = 1e-290  # near the smallest doubles relative errors mean nothing
SMALL, LARGE = 1e-100, 1e100  # numbers between them can be squared

ONE_SIDED = 1e-3  # one-sided slopes further apart have a kink between them; closer, they cannot be told apart
DIFFERENCES = 1e-5  # of slopes by differences along many directions; a wrong rule is off by far more
UNSURE = 10.0  # an estimate's error is itself an estimate: it may be so many times as large
SUBTLE = 1e-4  # an error too small for differences along one element to be asked about
BESIDE = 1e-3  # of a slope's size before its terms cancelled: what is smaller is judged beside that
BESIDE_LARGEST = 1e-6  # elements that much smaller than the largest are judged beside it


_NUMBER = re.compile(r"\s*[-+−]?\s*(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]{1,9}))?\s*")
_PRINTED = 2  # digits of a number that was rounded: decimals of a zero or in a formula, 0.00 and not 0.0; all of 1.2e3


def half_unit(number: str) -> float:
    """Half a unit of the last decimal of a number as people print them (`0.20`, `0.00`); 0 for anything else.

    A number with an exponent is the decimal that it is short for: 2e-1 and 0.2, 4e-05 and 0.00004 are the same, and 1e1
    is a whole number as 10 is. 1.2e3 is one that programs print, right to its last digit; 0.1e2 is not.
    """
    typed = _NUMBER.fullmatch(number)
    if typed is None:
        return 0.0
    whole, decimals, places = typed[1], typed[2] or "", _places(typed)
    if len(decimals) < _PRINTED and not (whole + decimals).strip("0"):
        return 0.0
    if places <= 0 and (not decimals or len((whole + decimals).lstrip("0")) < _PRINTED):
        return 0.0
    return float(f"5e{-places - 1}")


def has_decimals(number: str) -> bool:
    """Whether a number in a formula is one that was rounded: 0.73 and not 0.5."""
    typed = _NUMBER.fullmatch(number)
    return typed is not None and max(len(typed[2] or ""), _places(typed)) >= _PRINTED and half_unit(number) > 0


def _places(typed: re.Match[str]) -> int:
    """How many decimals a number has without its exponent, below 0 where its last digit is before the point."""
    return len(typed[2] or "") - int(typed[3] or 0)


class Tolerance(NamedTuple):
    """`rtol` None: RTOL, and a decimal number at the bindings need only be right to the decimals it has."""

    rtol: float | None = None
    atol: float = 0.0

    def allowed(self, size: float) -> float:
        """How far apart two numbers of that size may be."""
        return self.atol + (RTOL if self.rtol is None else self.rtol) * size

    def allows(self, claimed: float, found: float, half_unit: float = 0.0) -> bool:
        """Whether the two numbers may pass for one; an infinity only for itself."""
        size = max(abs(claimed), abs(found))
        if not isfinite(size):
            return claimed == found
        allowed = self.allowed(size)
        if self.rtol is None:
            allowed = max(allowed, half_unit * (1 + RTOL))  # 0.125 may be printed as 0.13 and as 0.12
        return abs(claimed - found) <= allowed
