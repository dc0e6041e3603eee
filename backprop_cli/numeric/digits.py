"""The functions of `floats` on numbers of many digits, under the same names and as quiet.

A context of mpmath of our own, so that nobody else's precision moves; `working` sets its digits. Beyond the size at
which even an exponent would fill the memory an answer is the limit, an infinity or 0.
"""

from __future__ import annotations

import builtins
import math
from contextlib import contextmanager

import mpmath

from backprop_cli.lean import Any, Callable, Iterator, Sequence
from backprop_cli.numeric.floats import largest, smallest
from backprop_cli.numeric.special import slope_of_cotangent

Digits = Any  # an mpmath number, or a float out of a formula's text: they mix
_MP = mpmath.MPContext()
_MP.dps = 30
_MOST_BITS = 64  # of what functions are asked of that have settled long before
_MOST_OF_EXPONENTS = 1100  # of what is raised to a power of e: that of every double
_MOST_SPREAD = 10_000  # bits between the sizes of two numbers that are added
inf, nan = _MP.inf, _MP.nan

__all__ = [
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "constant", "cos", "cosh",
    "digamma", "div", "e", "erf", "erfc", "erfcx", "erfcx_slope", "exp", "expm1", "floor", "gamma", "hypot", "inf",
    "is_power", "is_product",
    "largest", "lgamma", "log", "log1p", "log2", "log10", "mod", "nan", "number", "pentagamma", "pi", "pow", "round",
    "sign", "sin", "sinc_slope", "sinh", "smallest", "sqrt", "symmetric_eigenvalues", "tan", "tanh", "tetragamma",
    "trigamma",
]  # fmt: skip

# The functions that only add, multiply, divide, take roots and choose.
ALGEBRAIC = frozenset(
    ["abs", "clip", "div", "hypot", "largest", "maximum", "minimum", "pow", "sign", "smallest", "sqrt", "where"]
)
_SERIES = frozenset(["erf", "erfc", "erfcx", "erfcx_slope"])
_STIRLING = frozenset(["gamma", "lgamma", "digamma", "trigamma", "tetragamma", "pentagamma"])
number = _MP.mpf
abs = builtins.abs  # noqa: A001  the name the formulas use
pi, e = _MP.pi, _MP.e  # of as many digits as are worked with
_NAMED = {math.pi: _MP.pi, math.e: _MP.e}


def constant(value: float) -> Digits:
    """What the double of a formula's constant stands for: pi or e, or itself."""
    return +_NAMED[value] if value in _NAMED else number(value)


@contextmanager
def working(digits: int) -> Iterator[None]:
    """Work with so many significant digits."""
    before = _MP.dps
    _MP.dps = digits
    try:
        yield
    finally:
        _MP.dps = before


def finely(function: Callable[..., Any], xs: Sequence[Digits], *, numbers: bool = False) -> Any:
    """What an algebraic function gives with so many digits that nothing it adds up is lost; NaN beyond reason.

    `numbers`: it adds to its operands small numbers of its own.
    """
    sizes = [_MP.mag(x) for x in xs if x and _MP.isfinite(x)] + [1] * numbers
    spread = max(sizes, default=0) - min(sizes, default=0)
    if spread > _MOST_SPREAD:
        return nan
    before = _MP.prec
    _MP.prec = 2 * before + 2 * spread + 16
    try:
        return function(*xs)
    finally:
        _MP.prec = before


def last_place() -> Digits:
    """A unit in the last of these digits, of 1."""
    return +_MP.eps


def written(x: Digits, digits: int) -> str:
    """A number's first digits, as a double's are written: `-9.9999999999999993e-341`; of `10^4.3e+159` its power."""
    if _MP.isfinite(x) and x and abs(_MP.mag(x)) > 2**_MOST_BITS:
        return f"{'-' * (x < 0)}10^{_MP.nstr(_MP.log10(abs(x)), digits)}"
    return str(_MP.nstr(x, digits, min_fixed=-5, max_fixed=16))


def _quiet(function: Callable[..., Digits]) -> Callable[..., Digits]:
    """NaN where the function has no real value or raises."""

    def quiet(*xs: Digits) -> Digits:
        try:
            out = function(*map(number, xs))
        except (ValueError, ZeroDivisionError, OverflowError, _MP.NoConvergence):
            return nan
        return out if isinstance(out, number) else nan

    return quiet


def price(function: str, digits: int) -> float:
    """How many times as long as an exponential a function of the gate table takes with so many digits, measured."""
    return max(1.0, digits * digits / 3600) if function in _STIRLING else 10.0 if function in _SERIES else 1.0


def is_whole(x: Digits) -> bool:
    """Whether it is a whole number, also where its digits would fill the memory."""
    return bool(_MP.isint(number(x)))


def symmetric_eigenvalues(rows: Sequence[Sequence[Digits]]) -> list[Digits]:
    """Those of a matrix, of which the lower triangle is looked at, in ascending order. All have the largest's error."""
    return sorted(_MP.eigsy(_MP.matrix(rows), eigvals_only=True))


def is_rounded(x: Digits) -> bool:
    """Whether a number has so many digits that rounding may have taken some, as no double has and no short sum."""
    return bool(number(x)._mpf_[3] > 0.9 * _MP.prec)


def nearest(x: Digits) -> Digits:
    """The nearest whole number."""
    return _MP.nint(x)


def _huge(x: Digits, bits: int = _MOST_BITS) -> bool:
    return bool(_MP.isfinite(x)) and _MP.mag(x) > bits


def _growing(function: Callable[[Digits], Digits], below: Digits = None) -> Callable[[Digits], Digits]:
    """A function that grows as exp does; `below` is its limit on the left, by default minus that on the right."""

    def growing(x: Digits) -> Digits:
        x = number(x)
        if not _huge(x, _MOST_OF_EXPONENTS):
            return function(x)
        return inf if x > 0 else -inf if below is None else below

    return _quiet(growing)


def _settling(function: Callable[[Digits], Digits]) -> Callable[[Digits], Digits]:
    """A function whose digits end as exp(-x) does: 1 and -1 where nothing is left of it."""
    return _quiet(lambda x: number(1 if x > 0 else -1) if _huge(x) else function(x))


def _periodic(function: Callable[[Digits], Digits]) -> Callable[[Digits], Digits]:
    return _quiet(lambda x: function(x) if _MP.isfinite(x) and _MP.mag(x) < 100_000 else nan)


exp = _growing(_MP.exp, number(0))
expm1 = _growing(_MP.expm1, number(-1))
sinh = _growing(_MP.sinh)
cosh = _growing(_MP.cosh, inf)
tanh = _settling(_MP.tanh)
erf = _settling(_MP.erf)
erfc = _quiet(lambda x: number(0 if x > 0 else 2) if _huge(x) else _MP.erfc(x))
log = _quiet(lambda x: -inf if x == 0 else _MP.log(x))
log2 = _quiet(lambda x: -inf if x == 0 else _MP.log(x, 2))
log10 = _quiet(lambda x: -inf if x == 0 else _MP.log10(x))
log1p = _quiet(lambda x: -inf if x == -1 else _MP.log1p(x))
sqrt = _quiet(_MP.sqrt)
cbrt = _quiet(lambda x: -_MP.cbrt(-x) if x < 0 else _MP.cbrt(x))
sin, cos, tan = _periodic(_MP.sin), _periodic(_MP.cos), _periodic(_MP.tan)
asin, acos, atan, atan2 = _quiet(_MP.asin), _quiet(_MP.acos), _quiet(_MP.atan), _quiet(_MP.atan2)
asinh, acosh = _quiet(_MP.asinh), _quiet(_MP.acosh)
atanh = _quiet(lambda x: x * inf if abs(x) == 1 else _MP.atanh(x))
hypot = _quiet(_MP.hypot)
floor, ceil = (_quiet(lambda x, f=f: f(x) if _MP.isfinite(x) else x) for f in (_MP.floor, _MP.ceil))
round = _quiet(lambda x: _MP.nint(x) if _MP.isfinite(x) else x)  # noqa: A001  the name the formulas use
sign = _quiet(lambda x: x if x != x else number((x > 0) - (x < 0)))
mod = _quiet(lambda x, y: x % y if not x or not y or _MP.mag(x) - _MP.mag(y) < _MOST_SPREAD else nan)
gamma = _quiet(lambda x: inf if x > 2**32 else _MP.gamma(x))
lgamma = _quiet(lambda x: inf if x == inf or (x <= 0 and x == _MP.floor(x)) else _MP.re(_MP.loggamma(x)))
digamma = _quiet(
    lambda x: nan if x <= 0 and x == _MP.floor(x) else _MP.log(x) if x > 0 and _huge(x, _MP.prec) else _MP.digamma(x)
)


def is_product(x: Digits, y: Digits, out: Digits) -> bool:
    """Whether `out` is x*y to the last digit."""
    return bool(_MP.isfinite(x) and _MP.isfinite(y) and _MP.fmul(x, y, exact=True) == out)


def is_power(x: Digits, y: Digits, out: Digits) -> bool:
    """Whether `out` is x^y to the last digit, for the powers of which `floats` can tell."""
    return y in (1, 2, 3, 4) and bool(finely(_MP.power, (x, y)) == out)


def _polygamma(order: int) -> Callable[[Digits], Digits]:
    """A derivative of digamma; by reflection below 0, where mpmath's recurrence takes a step a unit."""
    sign = 1 if order % 2 else -1

    def function(x: Digits) -> Digits:
        if x > 0:
            far = _huge(x, _MP.prec)
            return sign * _MP.factorial(order - 1) / x**order if far else _MP.psi(order, x)
        if x == _MP.floor(x):
            return nan
        reflected = slope_of_cotangent(order, _MP.cospi(x) / _MP.sinpi(x), +_MP.pi)
        return sign * (reflected - _MP.psi(order, 1 - x))

    return _quiet(function)


trigamma, tetragamma, pentagamma = map(_polygamma, (1, 2, 3))


def _more(function: Callable[[Digits], Digits], lost: Callable[[Digits], int]) -> Callable[[Digits], Digits]:
    """A function that cancels about so many bits, worked out with as many more."""

    def finer(x: Digits) -> Digits:
        bits = lost(x)
        if bits > _MOST_SPREAD:
            return nan
        with _MP.extraprec(bits):
            out = function(x)
        return +out

    return finer


def _tail(x: Digits, first: int) -> Digits:
    """The asymptotic series of sqrt(pi)*x*erfcx(x) from the term `first` on."""
    total, term, k = number(0), number(1), 0
    while k < first or abs(term) > _MP.eps * abs(total):
        total += term if k >= first else 0
        k += 1
        term *= (1 - 2 * k) / (2 * x * x)
    return total


def _is_far(x: Digits) -> bool:
    return bool(x > 0 and x * x > 2 * _MP.prec)


_scaled = _more(lambda x: _MP.exp(x * x) * _MP.erfc(x), lambda _: 2 * _MOST_BITS)
_scaled_slope = _more(lambda x: 2 * x * _scaled(x) - 2 / _MP.sqrt(_MP.pi), lambda _: 2 * _MOST_BITS)
_sinc_slope = _more(lambda x: (_MP.cospi(x) - _MP.sincpi(x)) / x, lambda x: 64 + 2 * abs(_MP.mag(x)))


@_quiet
def erfcx(x: Digits) -> Digits:
    """exp(x^2)*erfc(x)."""
    if x < 0 and _huge(x * x):
        return inf
    return _tail(x, 0) / (_MP.sqrt(_MP.pi) * x) if _is_far(x) else _scaled(x)


@_quiet
def erfcx_slope(x: Digits) -> Digits:
    """2*x*erfcx(x) - 2/sqrt(pi)."""
    if x < 0 and _huge(x * x):
        return -inf
    return 2 * _tail(x, 1) / _MP.sqrt(_MP.pi) if _is_far(x) else _scaled_slope(x)


@_quiet
def sinc_slope(x: Digits) -> Digits:
    """(cos(pi*x) - sinc(x))/x."""
    if x == 0 or _MP.isinf(x):
        return number(0)
    return -_MP.pi * _MP.pi * x / 3 if _MP.mag(x) < -_MP.prec else _sinc_slope(x)


def div(x: Digits, y: Digits) -> Digits:
    """x / y; 0/0 is NaN, and a number over zero is the infinity of its sign: there is no negative zero."""
    x, y = number(x), number(y)
    if y == 0:
        return nan if x == 0 or x != x else x * inf
    return x / y


def pow(x: Digits, y: Digits) -> Digits:  # noqa: A001  the name the formulas use
    """x to the power y over the reals: NaN for a negative base with a fractional exponent."""
    x, y = number(x), number(y)
    if y == 0:
        return number(1)
    if x == 0:
        return number(0) if y > 0 else inf if y < 0 else nan
    if _MP.isfinite(x) and _MP.isfinite(y) and _huge(y * _MP.log(abs(x)), _MOST_OF_EXPONENTS):
        out = inf if (y > 0) == (abs(x) > 1) else number(0)
        return out if x > 0 else nan if not is_whole(y) else out if is_whole(y / 2) else -out
    return _power(x, y)


_power = _quiet(_MP.power)
