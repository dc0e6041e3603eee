"""Real functions of floats, quiet: outside the domain NaN, beyond the largest double an infinity.

The names are the ones the gate table's formulas use. `where`, the comparisons and `+ - *` are Python's
own and need no function here; what can be said in terms of these is a composite of the table.
"""

from __future__ import annotations

import builtins
import math
from math import asinh, atan, atan2, copysign, erf, erfc, hypot, inf, isfinite, nan, tanh
from math import floor as _floor

from backprop_cli.lean import Callable
from backprop_cli.numeric.gamma import digamma, gamma, lgamma

__all__ = [
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "cos", "cosh", "digamma", "div",
    "erf", "erfc", "exp", "expm1", "floor", "gamma", "hypot", "largest", "lgamma", "log",
    "log1p", "log2", "log10", "mod", "pow", "round", "sign", "sin", "sinh", "smallest", "sqrt", "tan", "tanh",
]  # fmt: skip
abs = builtins.abs  # noqa: A001  the name the formulas use


def _quiet(
    function: Callable[[float], float],
    poles: dict[float, float] | None = None,
    overflow: Callable[[float], float] = lambda _: inf,
) -> Callable[[float], float]:
    """The function of `math` that answers where that one raises."""
    at_pole = poles or {}

    def quiet(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return at_pole.get(x, nan)
        except OverflowError:
            return overflow(x)

    return quiet


exp = _quiet(math.exp)
expm1 = _quiet(math.expm1)
log = _quiet(math.log, {0.0: -inf})
log2 = _quiet(math.log2, {0.0: -inf})
log10 = _quiet(math.log10, {0.0: -inf})
log1p = _quiet(math.log1p, {-1.0: -inf})
sqrt = _quiet(math.sqrt)
sin = _quiet(math.sin)
cos = _quiet(math.cos)
tan = _quiet(math.tan)
asin = _quiet(math.asin)
acos = _quiet(math.acos)
sinh = _quiet(math.sinh, overflow=lambda x: copysign(inf, x))
cosh = _quiet(math.cosh)
acosh = _quiet(math.acosh)
atanh = _quiet(math.atanh, {1.0: inf, -1.0: -inf})


def div(x: float, y: float) -> float:
    """x / y; 0/0 is NaN, and a number over a signed zero is the signed infinity."""
    try:
        return x / y
    except ZeroDivisionError:
        return nan if x == 0 or x != x else copysign(inf, x) * copysign(1.0, y)


def mod(x: float, y: float) -> float:
    """The remainder that has the sign of y (NumPy's and Python's `%`)."""
    try:
        return x % y
    except ZeroDivisionError:
        return nan


def pow(x: float, y: float) -> float:  # noqa: A001  the name the formulas use
    """x to the power y over the reals: NaN for a negative base with a fractional exponent."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -inf if x < 0 and y % 2 == 1 else inf
    except ValueError:
        if x == 0:
            return copysign(inf, x) if y % 2 == 1 else inf
        return nan


def floor(x: float) -> float:
    """The largest whole number not above x."""
    return copysign(float(_floor(x)), x) if isfinite(x) else x


def ceil(x: float) -> float:
    """The smallest whole number not below x."""
    return -floor(-x)


def round(x: float) -> float:  # noqa: A001  the name the formulas use
    """The nearest whole number, halves to the even one (IEEE 754's default, and NumPy's)."""
    return copysign(float(builtins.round(x)), x) if isfinite(x) else x


def sign(x: float) -> float:
    """-1, 0 or 1; NaN stays NaN."""
    return x if x != x else float((x > 0) - (x < 0))


def largest(*xs: float) -> float:
    """The largest of any number; NaN if one is."""
    return nan if any(x != x for x in xs) else max(xs)


def smallest(*xs: float) -> float:
    """The smallest of any number; NaN if one is."""
    return nan if any(x != x for x in xs) else min(xs)
