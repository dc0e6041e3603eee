"""Inputs that cost digits, each with its value written once more for mpmath: what a person would type, and a reference.

A row is a program, its values, and the value of the output as a function of numbers (of arrays: of object arrays) of
mpmath. Gradients are differences of it with hundreds of digits, an element at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath as mp
import numpy as np

DIGITS, STEP = 1500, "1e-400"


class Costly(NamedTuple):
    """A program at a point, and its value over mpmath's numbers."""

    program: str
    values: dict[str, Any]
    means: Callable[..., Any]
    kinks: str = ""  # inputs whose gradient is a convention at a kink


def _matrix(a: Any) -> Any:
    return mp.matrix(a.tolist())


def _softplus(x: Any) -> Any:
    return mp.log1p(mp.exp(x))


SCALARS = (
    # -- two numbers that are nearly equal
    Costly("sqrt(x^2 + 1) - x", {"x": 1e9}, lambda x: mp.sqrt(x**2 + 1) - x),
    Costly("1/(x - 1) - 1/x", {"x": 1e12}, lambda x: 1 / (x - 1) - 1 / x),
    Costly("(exp(x) - 1 - x)/x^2", {"x": 1e-7}, lambda x: (mp.exp(x) - 1 - x) / x**2),
    Costly("tan(x) - sin(x)", {"x": 1e-6}, lambda x: mp.tan(x) - mp.sin(x)),
    Costly("log(x + 1) - log(x)", {"x": 1e15}, lambda x: mp.log(x + 1) - mp.log(x)),
    Costly("cosh(x)^2 - sinh(x)^2", {"x": 20.0}, lambda x: mp.cosh(x) ** 2 - mp.sinh(x) ** 2),
    Costly("sin(x)^2 + cos(x)^2 - 1", {"x": 0.7}, lambda x: mp.sin(x) ** 2 + mp.cos(x) ** 2 - 1),
    Costly("(x + y)^2 - x^2 - 2*x*y - y^2", {"x": 1e8, "y": 1.1}, lambda x, y: (x + y) ** 2 - x**2 - 2 * x * y - y**2),
    Costly("(-b + sqrt(b^2 - 4*a*c))/(2*a)", {"a": 1.0, "b": 1e9, "c": 1.0},
           lambda a, b, c: (-b + mp.sqrt(b**2 - 4 * a * c)) / (2 * a)),
    Costly("333.75*y^6 + x^2*(11*x^2*y^2 - y^6 - 121*y^4 - 2) + 5.5*y^8 + x/(2*y)", {"x": 77617.0, "y": 33096.0},
           lambda x, y: mp.mpf(333.75) * y**6 + x**2 * (11 * x**2 * y**2 - y**6 - 121 * y**4 - 2)
           + mp.mpf(5.5) * y**8 + x / (2 * y)),  # S. M. Rump, 1988
    Costly("1 - tanh(x)", {"x": 19.0}, lambda x: 1 - mp.tanh(x)),
    Costly("1 - erf(x)", {"x": 5.0}, lambda x: 1 - mp.erf(x)),
    Costly("acosh(x) - log(2*x)", {"x": 1e7}, lambda x: mp.acosh(x) - mp.log(2 * x)),
    Costly("atan(x) - atan(y)", {"x": 1e10, "y": 2e10}, lambda x, y: mp.atan(x) - mp.atan(y)),
    Costly("lgamma(x + 1) - lgamma(x) - log(x)", {"x": 1e6},
           lambda x: mp.loggamma(x + 1) - mp.loggamma(x) - mp.log(x)),
    Costly("cos(x) - 1 + x^2/2", {"x": 1e-3}, lambda x: mp.cos(x) - 1 + x**2 / 2),
    Costly("x^3 - 3*x^2 + 3*x - 1", {"x": 1.00001}, lambda x: (x - 1) ** 3),
    Costly("log(sigmoid(x)) - x", {"x": -40.0}, lambda x: -_softplus(-x) - x),
    Costly("(sin(x + y) - sin(x))/y", {"x": 1.0, "y": 1e-12}, lambda x, y: (mp.sin(x + y) - mp.sin(x)) / y),
    # -- numbers below the doubles
    Costly("exp(-x^2)/exp(-y^2)", {"x": 28.0, "y": 27.9}, lambda x, y: mp.exp(-(x**2)) / mp.exp(-(y**2))),
    Costly("x^30/y^30", {"x": 1e-12, "y": 1e-12}, lambda x, y: x**30 / y**30),
    Costly("sqrt(x*x + y*y)", {"x": 1e-170, "y": 2e-170}, lambda x, y: mp.sqrt(x * x + y * y)),
    Costly("exp(x)*exp(y)", {"x": -800.0, "y": 790.0}, lambda x, y: mp.exp(x) * mp.exp(y)),
    Costly("log(exp(x) + exp(y))", {"x": -760.0, "y": -761.0}, lambda x, y: mp.log(mp.exp(x) + mp.exp(y))),
    Costly("(x*1e-320)*1e300*1e20", {"x": 1.2345678}, lambda x: x * mp.mpf(1e-320) * mp.mpf(1e300) * mp.mpf(1e20)),
    Costly("erfc(x)", {"x": 26.9}, mp.erfc),
    Costly("x/(x + y)", {"x": 3e-324 * 2, "y": 1e-323}, lambda x, y: x / (x + y)),
    Costly("gamma(x)", {"x": -171.3}, mp.gamma),
    Costly("normpdf(x)/normcdf(x)", {"x": -39.0},
           lambda x: mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi) / (mp.erfc(-x / mp.sqrt(2)) / 2)),
    Costly("1/(1 + x^4)", {"x": 1e90}, lambda x: 1 / (1 + x**4)),
    # -- numbers above the doubles on the way
    Costly("exp(x)/(exp(x) + exp(y))", {"x": 800.0, "y": 799.0}, lambda x, y: mp.exp(x) / (mp.exp(x) + mp.exp(y))),
    Costly("log(cosh(x))", {"x": 900.0}, lambda x: mp.log(mp.cosh(x))),
    Costly("x^200/y^199", {"x": 1e3, "y": 1e3}, lambda x, y: x**200 / y**199),
    Costly("sinh(x)/cosh(x)", {"x": 750.0}, lambda x: mp.sinh(x) / mp.cosh(x)),
    Costly("gamma(x + 1)/gamma(x)", {"x": 180.5}, lambda x: mp.gamma(x + 1) / mp.gamma(x)),
    Costly("sqrt(1 + (y/x)^2)*x", {"x": 1e-200, "y": 1e150}, lambda x, y: mp.sqrt(1 + (y / x) ** 2) * x),
    Costly("log(1 + exp(x)) - x", {"x": 710.5}, lambda x: _softplus(x) - x),
    # -- edges of domains
    Costly("asin(x)", {"x": 0.9999999999999999}, mp.asin),
    Costly("acosh(x)", {"x": 1.0000000000000002}, mp.acosh),
    Costly("asin(sin(x))", {"x": 1.5707963}, lambda x: mp.asin(mp.sin(x))),
    Costly("acos(x/hypot(x, y))", {"x": 1.0, "y": 1e-9}, lambda x, y: mp.acos(x / mp.sqrt(x**2 + y**2))),
    Costly("atanh(1 - x)", {"x": 1e-17}, lambda x: mp.atanh(1 - x)),
    Costly("log(1 - x)", {"x": 0.9999999999999999}, lambda x: mp.log(1 - x)),
    Costly("sqrt(1 - x^2)", {"x": 0.9999999999999999}, lambda x: mp.sqrt(1 - x**2)),
    Costly("(1 - x)^0.5", {"x": 0.99999999999}, lambda x: (1 - x) ** mp.mpf(0.5)),
    Costly("logit(sigmoid(x))", {"x": 36.0}, lambda x: x),
    Costly("x^x", {"x": 1e-300}, lambda x: x**x),
    Costly("log(log(x))", {"x": 1.0000000000000002}, lambda x: mp.log(mp.log(x))),
    # -- large constants
    Costly("(x + 1e12) - 1e12", {"x": 0.1}, lambda x: x),
    Costly("sin(x + 1e10*pi) - sin(x)", {"x": 0.5}, lambda _: mp.mpf(0), "x"),
    Costly("sin(1e15*x)", {"x": 1.1}, lambda x: mp.sin(mp.mpf(1e15) * x)),
    Costly("cos(pi*x)", {"x": 1e12 + 0.5}, lambda x: mp.cos(mp.pi * x)),
    Costly("x*1e-17 + 1 - 1", {"x": 3.0}, lambda x: x * mp.mpf(1e-17)),
    Costly("mod(x*1e16, 7)", {"x": 1.3}, lambda x: x * mp.mpf(1e16) - 7 * mp.floor(x * mp.mpf(1e16) / 7)),
    Costly("tan(x)", {"x": 1.5707963267948966}, mp.tan),
    # -- choices that rounding makes, at kinks
    Costly("max(0, 0.1*x - 0.3)", {"x": 3.0}, lambda x: max(mp.mpf(0), mp.mpf(0.1) * x - mp.mpf(0.3))),
    Costly("abs(x*y - 1)", {"x": 49.0, "y": 1 / 49}, lambda x, y: abs(x * y - 1)),
    Costly("relu(x + y - 0.3)", {"x": 0.1, "y": 0.2}, lambda x, y: max(mp.mpf(0), x + y - mp.mpf(0.3))),
    Costly("floor(x/y)", {"x": 0.6, "y": 0.2}, lambda x, y: mp.floor(x / y)),
    Costly("where(x*3 > 0.9, x, -x)", {"x": 0.3}, lambda x: x if 3 * x > mp.mpf(0.9) else -x),
    Costly("min(sqrt(x)^2, 2)", {"x": 2.0}, lambda _: mp.mpf(2), "x"),
    Costly("round(x*100)/100", {"x": 1.005}, lambda x: mp.nint(100 * x) / 100),
    Costly("hypot(x - 1, y - 1)", {"x": 1 + 1e-15, "y": 1.0}, lambda x, y: mp.sqrt((x - 1) ** 2 + (y - 1) ** 2)),
)  # fmt: skip


def _sum(a: Any) -> Any:
    return mp.fsum(np.ravel(a).tolist())


def _mean(a: Any) -> Any:
    return _sum(a) / np.size(a)


def _trace(m: Any) -> Any:
    return mp.fsum(m[k, k] for k in range(m.rows))


def _exps(a: Any) -> Any:
    return np.frompyfunc(mp.exp, 1, 1)(a)


HILBERT = [[1 / (i + j + 1) for j in range(6)] for i in range(6)]
NEAR = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0000000001]]
ARRAYS = (
    Costly("det(A)", {"A": NEAR}, lambda A: mp.det(_matrix(A))),
    Costly("logdet(A)", {"A": HILBERT}, lambda A: mp.log(mp.det(_matrix(A)))),
    Costly("sum(inv(A))", {"A": HILBERT}, lambda A: mp.fsum(_matrix(A) ** -1)),
    Costly("sum(solve(A, b))", {"A": [[1.0, 1.0], [1.0, 1.0000000000001]], "b": [2.0, 2.0]},
           lambda A, b: mp.fsum(mp.lu_solve(_matrix(A), mp.matrix(b.tolist())))),
    Costly("det(A'@A)", {"A": [[1.0, 1.0], [1e-8, 0.0], [0.0, 1e-8]]},
           lambda A: mp.det(_matrix(A).T * _matrix(A))),  # P. Läuchli's matrix, 1961
    Costly("trace(inv(A@B))", {"A": [[1.0, 2.0], [2.0, 4.0000001]], "B": [[3.0, 1.0], [1.0, 2.0]]},
           lambda A, B: _trace((_matrix(A) * _matrix(B)) ** -1)),
    Costly("var(x)", {"x": [1e9, 1e9 + 1, 1e9 + 2]}, lambda x: _mean((x - _mean(x)) ** 2)),
    Costly("mean(x^2) - mean(x)^2", {"x": [1e9, 1e9 + 1, 1e9 + 2]}, lambda x: _mean(x**2) - _mean(x) ** 2),
    Costly("sum(x)", {"x": [1e100, 1.0, -1e100]}, _sum),
    Costly("dot(x, y)", {"x": [1e20, 1.0, -1e20], "y": [1.0, 3.0, 1.0]}, lambda x, y: _sum(x * y)),
    Costly("log(sum(exp(x)))", {"x": [1000.0, 999.0]}, lambda x: mp.log(_sum(_exps(x)))),
    Costly("log(sum(exp(x)))", {"x": [-1000.0, -999.0]}, lambda x: mp.log(_sum(_exps(x)))),
    Costly("-log(softmax(x)[1])", {"x": [800.0, 10.0]}, lambda x: -mp.log(mp.exp(x[1]) / _sum(_exps(x)))),
    Costly("p = exp(x)/sum(exp(x)); p[0]", {"x": [710.0, 709.0, 1.0]}, lambda x: mp.exp(x[0]) / _sum(_exps(x))),
    Costly("norm(x)", {"x": [3e-170, 4e-170]}, lambda x: mp.sqrt(_sum(x**2))),
    Costly("sqrt(sum(x^2))", {"x": [3e-170, 4e-170]}, lambda x: mp.sqrt(_sum(x**2))),
    Costly("sum(log(1 + x))", {"x": [1e-17, -1e-17, 1e-9]}, lambda x: mp.log(np.prod(1 + x))),
    Costly("prod(x)", {"x": [1e-200, 1e-200, 1e300, 1e100]}, np.prod),
    Costly("prod(x)", {"x": [1.1e-200, 1.3e-120, 1e300, 2.0]}, np.prod),
    Costly("cumprod(x)[3]", {"x": [1e300, 1e5, 1.1e-200, 1.3e-120]}, np.prod),
    Costly("det(A)", {"A": [[1.1e-160, 0.0, 0.0], [0.0, 1.7e-161, 0.0], [0.0, 0.0, 1e300]]},
           lambda A: mp.det(_matrix(A))),
    Costly("matrix_power(A, 3)[0, 1]", {"A": [[1.3e-160, 1e300], [0.0, 1.1e-160]]},
           lambda A: (_matrix(A) ** 3)[0, 1]),
    Costly("sum(asin(x))", {"x": [0.9999999999999999, 0.5]}, lambda x: mp.asin(x[0]) + mp.asin(x[1])),
    Costly("sum(sin(1e15*x))", {"x": [1.1, 0.3]}, lambda x: mp.sin(mp.mpf(1e15) * x[0]) + mp.sin(mp.mpf(1e15) * x[1])),
    Costly("max(A@x)", {"A": [[0.1, 0.2], [0.3, 0.0]], "x": [1.0, 1.0]},
           lambda A, x: max(A[0, 0] * x[0] + A[0, 1] * x[1], A[1, 0] * x[0] + A[1, 1] * x[1])),
    Costly("dot(x, y)/(norm(x)*norm(y)) - 1", {"x": [1.0, 1e-9], "y": [1.0, 2e-9]},
           lambda x, y: _sum(x * y) / mp.sqrt(_sum(x**2) * _sum(y**2)) - 1),
)  # fmt: skip


def truth_of(row: Costly) -> tuple[Any, dict[str, Any]]:
    """The true value, and for each input the gradient, an object array where it is an array."""
    numbers = np.frompyfunc(mp.mpf, 1, 1)
    with mp.workdps(DIGITS):
        point = {
            name: numbers(np.array(value)) if np.ndim(value) else mp.mpf(value) for name, value in row.values.items()
        }
        slopes = {}
        for name, value in point.items():
            found = np.empty(np.shape(value), dtype=object)
            for index in np.ndindex(*found.shape):
                step = mp.mpf(STEP) * min(1, max(abs(value[index] if index else value), mp.mpf("1e-320")))
                sides = []
                for sign in (1, -1):
                    moved = np.array(value, dtype=object)
                    moved[index] += sign * step
                    sides.append(row.means(*{**point, name: moved if index else moved[()]}.values()))
                found[index] = (sides[0] - sides[1]) / (2 * step)
            slopes[name] = found
        return row.means(*point.values()), slopes
