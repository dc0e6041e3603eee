"""The functions of `floats` on arrays, under the same names and with the same answers at the special points.

They are called inside `numpy.errstate(all="ignore")`: what is odd about an answer is the survey's business.
"""

from __future__ import annotations

from decimal import Decimal
from numbers import Real

import numpy as np
from numpy import (
    arccos as acos,
)
from numpy import (
    arccosh as acosh,
)
from numpy import (
    arcsin as asin,
)
from numpy import (
    arcsinh as asinh,
)
from numpy import (
    arctan as atan,
)
from numpy import (
    arctan2 as atan2,
)
from numpy import (
    arctanh as atanh,
)
from numpy import (
    cbrt,
    ceil,
    cos,
    cosh,
    exp,
    expm1,
    floor,
    hypot,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    maximum,
    minimum,
    mod,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
    where,
)
from numpy import (
    divide as div,
)
from numpy import (
    power as pow,  # noqa: A004  the name the formulas use
)
from numpy import (
    rint as round,  # noqa: A004  as above
)

from backprop_cli.lean import Any, Callable, reduce
from backprop_cli.numeric import bell, floats, special
from backprop_cli.numeric.blocks import in_pieces

Array = Any  # numpy.ndarray or a float: the formulas mix them
abs = np.abs  # noqa: A001  the name the formulas use

__all__ = [
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "cos", "cosh", "digamma",
    "div", "erf", "erfc", "erfcx", "erfcx_slope", "exp", "expm1", "floor", "gamma", "hypot", "in_pieces", "largest",
    "lgamma", "log", "log1p", "log2", "log10", "logaddexp", "maximum", "minimum", "mod", "pentagamma", "pow", "round",
    "sign", "sin", "sinc_slope", "sinh", "smallest", "sqrt", "tan", "tanh", "tetragamma", "trigamma", "where",
    "where_known",
]  # fmt: skip


def _each(function: Callable[[float], float]) -> Callable[[Array], Array]:
    """A function of floats, element by element: slow, and the same numbers."""
    on_objects = np.frompyfunc(function, 1, 1)

    def each(x: Array) -> Array:
        return np.asarray(on_objects(x), dtype=float)

    return each


erf, erfc = in_pieces(bell.erf), in_pieces(bell.erfc)
erfcx, erfcx_slope = in_pieces(bell.erfcx), in_pieces(bell.erfcx_slope)
gamma = _each(floats.gamma)
lgamma = _each(floats.lgamma)
digamma = _each(floats.digamma)
trigamma, tetragamma, pentagamma, sinc_slope = (
    _each(function) for function in (special.trigamma, special.tetragamma, special.pentagamma, special.sinc_slope)
)


def where_known(partials: tuple[Array, ...], out: Array) -> tuple[Array, ...]:
    """The partials, NaN where the value is: an undefined value has undefined slopes."""
    if out.min() == out.min():
        return partials
    return tuple(where(out == out, partial, np.nan) for partial in partials)


def doubles(values: Any) -> Array:
    """The values as an array of doubles; a float if they have no axes.

    Raises TypeError, ValueError or OverflowError for what is not real numbers: None, texts, ragged rows.
    """
    array = np.asarray(values)
    if array.dtype.kind == "O" and not all(isinstance(x, Real | Decimal) for x in array.flat):
        raise TypeError
    if array.dtype.kind not in "biufO":
        raise TypeError
    array = np.array(array, dtype=float)
    return array if array.ndim else float(array)


def quietly(function: Callable[..., Array], *xs: Array) -> Array:
    """What a function answers, without NumPy's warnings."""
    with np.errstate(all="ignore"):
        return function(*xs)


def agree(found: Array, expected: Array, tolerance: float) -> bool:
    """Whether every element is the expected one, within a relative tolerance, wherever one is expected."""
    with np.errstate(all="ignore"):
        return bool((np.isclose(found, expected, rtol=tolerance, atol=0) | np.isnan(expected)).all())


def largest(*xs: Array) -> Array:
    """The largest of any number; NaN if one is."""
    return reduce(maximum, xs)


def smallest(*xs: Array) -> Array:
    """The smallest of any number; NaN if one is."""
    return reduce(minimum, xs)
