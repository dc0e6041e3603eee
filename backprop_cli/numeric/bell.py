"""The error function and its scaled tail over arrays, by rational functions; of single numbers the C library has them.

Source: W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of Computation 23, 1969.
"""

from __future__ import annotations

from math import pi, sqrt

import numpy as np

from backprop_cli.lean import Any, Sequence

Array = Any  # numpy.ndarray or a float

_NEAR, _FAR = 0.46875, 4.0  # where one approximation takes over from the other
_ROOT = 1 / sqrt(pi)
_MOST = 40.0  # farther out exp(x^2) is no double, and exp(-x^2) is 0
# Of the numerators and the denominators, the highest powers first: in x^2 near 0, in x, and in 1/x^2 far out.
_A = (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3)
_B = (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3)
_C = (
    2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
    8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
)  # fmt: skip
_D = (
    1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
    3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
)  # fmt: skip
_P = (
    1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
    1.60837851487422766e-2, 6.58749161529837803e-4,
)  # fmt: skip
_Q = (
    1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2,
    2.33520497626869185e-3,
)  # fmt: skip


def erf(x: Array) -> Array:
    """2/sqrt(pi) times the integral of exp(-t^2) from 0 to x."""
    size = np.abs(x)
    return _in_two(x, _erf_near, lambda x: np.copysign(1 - _falling(np.abs(x)), x), size < _NEAR)


def erfc(x: Array) -> Array:
    """1 - erf(x), of which the right tail keeps its digits."""

    def tails(x: Array) -> Array:
        tail = _falling(np.abs(x))
        return np.where(x < 0, 2 - tail, tail)

    return _in_two(x, lambda x: 1 - _erf_near(x), tails, np.abs(x) < _NEAR)


def erfcx(x: Array) -> Array:
    """exp(x^2)*erfc(x)."""

    def tails(x: Array) -> Array:
        tail = _scaled(np.abs(x))
        return np.where(x < 0, 2 * _bell(x, 1) - tail, tail)

    return _in_two(x, lambda x: np.exp(x * x) * (1 - _erf_near(x)), tails, np.abs(x) < _NEAR)


def erfcx_slope(x: Array) -> Array:
    """2*x*erfcx(x) - 2/sqrt(pi), of which far to the right one part in x^2 is left."""
    return _in_two(x, lambda x: -2 * _rest(x), lambda x: 2 * x * erfcx(x) - 2 * _ROOT, np.asarray(x) >= _FAR)


def _in_two(x: Array, one: Any, other: Any, where: Array) -> Array:
    """One function where that is true, elsewhere the other."""
    return np.piecewise(np.asarray(x, dtype=float), [where], [one, other])


def _ratio(above: Sequence[float], below: Sequence[float], x: Array) -> Array:
    return np.polyval(above, x) / np.polyval(below, x)


def _erf_near(x: Array) -> Array:
    return x * _ratio(_A, _B, x * x)


def _falling(x: Array) -> Array:
    """erfc of what is not near 0, to the right."""
    return _bell(x, -1) * _scaled(x)


def _scaled(x: Array) -> Array:
    """erfcx of what is not near 0, to the right."""
    return _in_two(x, lambda x: _ratio(_C, _D, x), lambda x: (_ROOT - _rest(x)) / x, x < _FAR)


def _rest(x: Array) -> Array:
    """1/sqrt(pi) - x*erfcx(x), far to the right."""
    inverse = 1 / x / x
    return inverse * _ratio(_P, _Q, inverse)


def _bell(x: Array, sign: int) -> Array:
    """exp(x^2), or exp(-x^2): a square is exact of what has few digits."""
    x = np.minimum(np.abs(x), _MOST)
    few = np.floor(16 * x + 0.5) / 16
    return np.exp(sign * few * few) * np.exp(sign * (x - few) * (x + few))
