"""Analytic functions of complex numbers under the names of the gate table, for the complex step.

Only functions that are analytic around the real axis are here; it does not know which gates use them.
"""

from __future__ import annotations

from cmath import acos, acosh, asin, asinh, atan, atanh, cos, cosh, exp, log, log10, sin, sinh, sqrt, tan, tanh

__all__ = [
    "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "div", "exp", "log", "log10", "pow", "sin",
    "sinh", "sqrt", "tan", "tanh",
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
