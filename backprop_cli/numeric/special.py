"""Functions of floats that their textbook forms would leave without digits: scaled tails of the bell curve, slopes;
and whether a result was rounded at all.

Sources: the continued fraction of erfc, Abramowitz & Stegun 7.1.14; the polygamma functions, 6.4.
"""

from __future__ import annotations

import math
from math import inf, nan

from backprop_cli.numeric.floats import exp

__all__ = ["cbrt", "erfcx", "erfcx_slope", "is_power", "is_product", "sinc_slope", "trigamma"]

_ROOT = 1 / math.sqrt(math.pi)
_FAR, _TERMS = 3.0, 60  # from 3 on sixty terms of the continued fraction have all digits
_WHOLE = 2e5  # whose cube is a double, as that of every smaller whole number
_MOST = 30.0  # farther to the left exp(x^2) is no double


def is_product(x: float, y: float, out: float) -> bool:
    """Whether `out` is x*y to the last digit: nothing was rounded."""
    try:
        (a, b), (c, d), (e, f) = x.as_integer_ratio(), y.as_integer_ratio(), out.as_integer_ratio()
    except (OverflowError, ValueError):  # one is infinite or NaN
        return False
    return a * c * f == e * b * d


def is_power(x: float, y: float, out: float) -> bool:
    """Whether `out` is x^y to the last digit; higher powers than the fourth have more digits than they are worth."""
    return (
        (y == 1 and out == x)
        or (y == 2 and is_product(x, x, out))
        or (y == 3 and is_product(x, x, x * x) and is_product(x * x, x, out))
        or (y == 4 and is_product(x, x, x * x) and is_product(x * x, x * x, out))
    )


def cbrt(x: float) -> float:
    """The cube root, exact where it is a whole number: the C library's may be off by the last digit there."""
    root = math.cbrt(x)
    whole = float(round(root)) if abs(root) < _WHOLE else root
    return whole if whole * whole * whole == x and whole else root


def erfcx(x: float) -> float:
    """exp(x^2)*erfc(x)."""
    if x >= _FAR:
        return _ROOT / (x + _fraction(x))
    if x < -_MOST:
        return inf
    near = x if x != x else math.floor(16 * x + 0.5) / 16  # whose square is exact
    return exp(near * near) * exp((x - near) * (x + near)) * math.erfc(x)


def erfcx_slope(x: float) -> float:
    """2*x*erfcx(x) - 2/sqrt(pi), of which far to the right one part in x^2 is left."""
    if x < _FAR:
        return 2 * x * erfcx(x) - 2 * _ROOT
    rest = _fraction(x)
    return -2 * _ROOT * rest / (x + rest)


def _fraction(x: float) -> float:
    """1/2 over x + 1 over x + 3/2 over x + …: what erfcx adds to x below 1/sqrt(pi)."""
    rest = 0.0
    for k in range(_TERMS, 0, -1):
        rest = k / 2 / (x + rest)
    return rest


# Of sin(u)/u: (-1)^k*2k/(2k + 1)! for u^(2k - 1).
_SINC = tuple((-1) ** k * 2 * k / math.factorial(2 * k + 1) for k in range(1, 10))


def sinc_slope(x: float) -> float:
    """(cos(pi*x) - sinc(x))/x; by its series near 0, where the two are nearly equal."""
    if x != x:
        return x
    if abs(x) == inf:
        return 0.0
    if abs(x) < 0.25:
        angle, series = math.pi * x, 0.0
        for coefficient in reversed(_SINC):
            series = coefficient + angle * angle * series
        return math.pi * angle * series
    turns = round(x)
    rest, sign = x - turns, -1 if turns % 2 else 1
    cosine, sine = math.sin(math.pi * (0.5 - abs(rest))), math.sin(math.pi * rest)
    return sign * (cosine - sine / math.pi / x) / x


# B(2k): the coefficients of the asymptotic series of trigamma (Abramowitz & Stegun 6.4.12).
_TRIGAMMA = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
_LARGE = 10.0


def trigamma(x: float) -> float:
    """The derivative of digamma: reflection below 0, recurrence up to 10, then the asymptotic series."""
    if x != x or x == -inf or (x <= 0 and x == math.floor(x)):
        return nan
    if x <= 0:
        sine = math.sin(math.pi * (x - round(x)))
        return (math.pi / sine) * (math.pi / sine) - _trigamma(1 - x)
    return _trigamma(x)


def _trigamma(x: float) -> float:
    """Trigamma of a positive number."""
    shift = 0.0
    while x < _LARGE:
        shift += (1 / x) * (1 / x)
        x += 1
    series, inverse = 0.0, 1 / x
    for coefficient in reversed(_TRIGAMMA):
        series = (series + coefficient) * inverse * inverse
    return shift + inverse * (1 + inverse / 2 + series)
