"""SymPy's expressions as numbers of many digits, by mpmath and in bounded work.

SymPy's own `evalf` looks for more digits until a sum has them: of `1 + erf(x)` at -233 that takes ten minutes.
Here the digits are the caller's, who asks again with more where a number is in doubt.
"""

from __future__ import annotations

import mpmath
import sympy

from backprop_cli.lean import Any, Callable, Mapping

_MORE = 10  # digits to work with beyond those asked for
_CALLED: dict[str, Callable[..., Any]] = {
    **{name: getattr(mpmath, name) for name in (
        "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
        "sec", "csc", "cot", "sech", "csch", "coth", "atan2", "erf", "erfc", "gamma", "loggamma", "digamma", "sign",
        "floor",
    )},
    "Abs": abs, "polygamma": lambda n, x: mpmath.psi(int(n), x), "ceiling": mpmath.ceil, "factorial": mpmath.factorial,
    "Max": max, "Min": min,
}  # fmt: skip


def evaluated(expression: Any, point: Mapping[Any, float], digits: int) -> Any:
    """The expression's value where its symbols have the values of doubles, which are taken exactly.

    Raises ArithmeticError, TypeError or ValueError where it has none: at a pole, or with a function that is unknown.
    """
    with mpmath.workdps(digits + _MORE):
        return _evaluated(expression, point)


def _evaluated(expression: Any, point: Mapping[Any, float]) -> Any:
    values = {symbol: mpmath.mpf(value) for symbol, value in point.items()}
    waiting = [expression]
    while waiting:
        here = waiting[-1]
        if here in values:
            waiting.pop()
        elif here.is_Atom:
            values[here] = _number(here)
        elif unknown := [part for part in here.args if part not in values]:
            waiting += unknown
        else:
            values[here] = _applied(here, [values[part] for part in here.args])
    return values[expression]


def _number(atom: Any) -> Any:
    if atom.is_Rational:
        return mpmath.mpf(int(atom.p)) / int(atom.q)
    if atom.is_Float or atom.is_NumberSymbol:
        return mpmath.make_mpf(atom._as_mpf_val(mpmath.mp.prec))  # noqa: SLF001  its one way to as many digits
    raise ValueError(atom)


def _applied(expression: Any, operands: list[Any]) -> Any:
    if expression.is_Add:
        return mpmath.fsum(operands)
    if expression.is_Mul:
        return mpmath.fprod(operands)
    if expression.is_Pow:
        base, exponent = operands
        return mpmath.sqrt(base) if expression.exp is sympy.S.Half else mpmath.power(base, exponent)
    function = _CALLED.get(type(expression).__name__)
    if function is None:
        raise TypeError(expression)
    return function(*operands)
