"""Analytic functions of complex numbers under the names of the gate table, for the complex step.

Only functions that are analytic around the real axis are here; it does not know which gates use them.
"""

from __future__ import annotations

import cmath
from cmath import acos, acosh, asin, asinh, atan, atanh, cos, cosh, exp, log, log10, sin, sinh, sqrt, tan, tanh

__all__ = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "cos",
    "cosh",
    "div",
    "exp",
    "hypot",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "pow",
    "sigmoid",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "weigh",
    "xlogy",
]  # fmt: skip

_MOST_FACTORS = 4096


def div(x: complex, y: complex) -> complex:
    """x / y."""
    return x / y


def pow(x: complex, y: complex) -> complex:  # noqa: A001  the name the formulas use
    """x to the power y, principal branch."""
    if complex(y).imag == 0 and abs(y) <= _MOST_FACTORS and y.real == int(y.real):
        return _whole_power(x, int(y.real))
    return x**y


def _whole_power(x: complex, n: int) -> complex:
    """By squaring: the polar form leaves an imaginary part on negative numbers, beside which a complex step is lost."""
    out, square, rest = complex(1), complex(x), abs(n)
    while rest:
        if rest & 1:
            out *= square
        square *= square
        rest >>= 1
    return 1 / out if n < 0 else out


def log1p(x: complex) -> complex:
    """log(1 + x)."""
    return cmath.log(1 + x)


def log2(x: complex) -> complex:
    """log(x) / log(2)."""
    return cmath.log(x) / cmath.log(2)


def hypot(x: complex, y: complex) -> complex:
    """The square root of x² + y², continued from the real axis."""
    return cmath.sqrt(x * x + y * y)


def sigmoid(x: complex) -> complex:
    """1 / (1 + exp(-x)), from the side on which exp does not overflow."""
    if x.real >= 0:
        return 1 / (1 + cmath.exp(-x))
    z = cmath.exp(x)
    return z / (1 + z)


def logaddexp(x: complex, y: complex) -> complex:
    """log(exp(x) + exp(y))."""
    high, low = (x, y) if complex(x).real >= complex(y).real else (y, x)
    return high + cmath.log(1 + cmath.exp(low - high))


def weigh(x: complex, p: complex) -> complex:
    """x * p."""
    return x * p


def xlogy(x: complex, y: complex) -> complex:
    """x * log(y)."""
    return x * cmath.log(y)
