"""Functions of floats that their textbook forms would leave without digits: scaled tails of the bell curve, slopes;
and whether a result was rounded at all.

Sources: the continued fraction of erfc, Abramowitz & Stegun 7.1.14; the polygamma functions, 6.4.
"""

from __future__ import annotations

import math
from math import inf, nan

from backprop_cli.lean import Any
from backprop_cli.numeric.floats import exp

__all__ = [
    "cbrt",
    "erfcx",
    "erfcx_slope",
    "is_power",
    "is_product",
    "pentagamma",
    "sinc_slope",
    "slope_of_cotangent",
    "tetragamma",
    "trigamma",
]

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


# B(2k), of which the asymptotic series of the polygamma functions are made (Abramowitz & Stegun 6.4.11).
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
_SERIES = {
    n: tuple(
        b * math.factorial(2 * k + n - 1) / math.factorial(2 * k) for k, b in enumerate(_BERNOULLI, 1)
    )
    for n in (1, 2, 3)
}  # fmt: skip
_LARGE = 16.0  # from where on eight terms have all digits


def trigamma(x: float) -> float:
    """The derivative of digamma."""
    return _polygamma(1, x)


def tetragamma(x: float) -> float:
    """That of trigamma."""
    return _polygamma(2, x)


def pentagamma(x: float) -> float:
    """That of tetragamma."""
    return _polygamma(3, x)


def _polygamma(order: int, x: float) -> float:
    """Reflection below 0, recurrence up to 16, then the series."""
    if x != x or x == -inf or (x <= 0 and x == math.floor(x)):
        return nan
    sign = 1 if order % 2 else -1
    if x > 0:
        return sign * _size(order, x)
    rest = x - round(x)
    cosine, sine = math.sin(math.pi * (0.5 - abs(rest))), math.sin(math.pi * rest)
    reflected: float = slope_of_cotangent(order, cosine / sine, math.pi)
    return sign * reflected - _size(order, 1 - x)


def slope_of_cotangent(order: int, cotangent: Any, pi: Any) -> Any:
    """(-1)^n d^n/dx^n of pi*cot(pi*x) for the order n of 1, 2 or 3, from the cotangent: no term cancels another."""
    square = pi * pi * (1 + cotangent * cotangent)
    if order == 1:
        return square
    return (
        2 * pi * cotangent * square if order == 2 else square * (2 * pi * pi + 6 * (pi * cotangent) * (pi * cotangent))
    )


def _size(order: int, x: float) -> float:
    """The size of a polygamma function of a positive number: all that is added up is positive."""
    terms = []
    while x < _LARGE:
        inverse = 1 / x
        terms.append(math.factorial(order) * math.prod([inverse] * (order + 1)))
        x += 1
    series, inverse = 0.0, 1 / x
    for coefficient in reversed(_SERIES[order]):
        series = (series + coefficient) * inverse * inverse
    first = math.factorial(order - 1) * math.prod([inverse] * order)
    tail = first * (1 + order * inverse / 2 + series / math.factorial(order - 1))
    return sum(reversed(terms), tail)
