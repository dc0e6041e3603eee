"""The gamma function, its logarithm and the slope of that, of floats."""

from __future__ import annotations

import builtins
import math
from math import copysign, inf, isfinite, nan
from math import floor as _floor

__all__ = ["digamma", "gamma", "lgamma"]


def gamma(x: float) -> float:
    """The gamma function; NaN at the negative whole numbers, where its two sides disagree in sign."""
    try:
        return math.gamma(x)
    except ValueError:
        return copysign(inf, x) if x == 0 else nan
    except OverflowError:
        return inf if x > 0 else -inf


def lgamma(x: float) -> float:
    """The logarithm of |gamma(x)|; +inf at 0 and the negative whole numbers."""
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):
        return inf


# B(2k)/(2k): the coefficients of digamma's asymptotic series (Abramowitz & Stegun 6.3.18).
_DIGAMMA = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)
_LARGE = 10.0


def digamma(x: float) -> float:
    """The derivative of lgamma: reflection below 0, recurrence up to 10, then the asymptotic series."""
    if not isfinite(x):
        return x if x > 0 else nan
    if x <= 0:
        if x == _floor(x):
            return nan
        # psi(x) = psi(1 - x) - pi/tan(pi x), whose tangent has period 1: reduce before multiplying by pi.
        shift = math.pi / math.tan(math.pi * (x - builtins.round(x)))
        x = 1 - x
    else:
        shift = 0.0
    while x < _LARGE:
        shift += 1 / x
        x += 1
    inverse_square = 1 / (x * x)
    series = 0.0
    for coefficient in reversed(_DIGAMMA):
        series = (series + coefficient) * inverse_square
    return math.log(x) - 0.5 / x - series - shift
