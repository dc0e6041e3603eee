"""The gate table over SymPy's expressions: what each gate means; no text ever reaches SymPy's parser.

Gates in pieces (max, where, floor) are resolved at the point: SymPy sees the formula that holds around it, so that
its own conventions at kinks (Heaviside(0) = 1/2, an unevaluated derivative of floor) never come into play.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor, isfinite, nan

import sympy

from backprop_cli.gates import GATES
from backprop_cli.gates.elementwise import COMPOSITES
from backprop_cli.gates.fields import FLOATS, Field, formula_program, functions_of
from backprop_cli.lean import Any, Callable, Iterator, NamedTuple, Sequence, cache, partial
from backprop_cli.numeric import floats

_MOST_DIGITS = 60
_FLAT = ("floor", "ceil", "round", "sign", "stop_gradient")  # constant around every point where they have a slope
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": sympy.exp, "log": sympy.log, "sqrt": sympy.sqrt,
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "asin": sympy.asin, "acos": sympy.acos,
    "atan": sympy.atan, "atan2": sympy.atan2, "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh,
    "asinh": sympy.asinh, "acosh": sympy.acosh, "atanh": sympy.atanh, "erf": sympy.erf, "erfc": sympy.erfc,
    "gamma": sympy.gamma, "digamma": sympy.digamma,
    "trigamma": lambda x: sympy.polygamma(1, x), "tetragamma": lambda x: sympy.polygamma(2, x),
    "div": lambda x, y: x / y, "pow": lambda x, y: x**y,
}  # fmt: skip


class Pieces(NamedTuple):
    """Which piece of a gate a point lies on (`key`) and the values that are constant around it (`flats`)."""

    key: tuple[int, ...]
    flats: tuple[float, ...]


_SMOOTH = Pieces((), ())


@cache
def is_smooth(gate: str) -> bool:
    """Whether the gate has one piece."""
    return not GATES[gate].truth and functions_of(formula_program(GATES[gate], GATES[gate].means)) <= _FUNCTIONS.keys()


def pieces(gate: str, operands: Sequence[float]) -> Pieces:
    """The piece of the gate on which the operands lie."""
    if is_smooth(gate):
        return _SMOOTH
    _TRACED.key, _TRACED.flats = [], []
    _TRACED.value[gate](*operands)
    return Pieces(tuple(_TRACED.key), tuple(_TRACED.flats))


def expression(gate: str, operands: Sequence[Any], key: tuple[int, ...], flats: Sequence[Any]) -> Any:
    """The SymPy expression of a gate on one of its pieces, over SymPy operands."""
    _SYMPY.choices, _SYMPY.constants = iter(key), iter(flats)
    return _SYMPY.value[gate](*operands)


class _Traced(Field):
    """Floats, noting down at every choice which way it went, and every number that is constant around the point."""

    def __init__(self) -> None:
        super().__init__(*FLOATS.modules, of="means", choice="choose({0}, {1}, {2})")
        self.key: list[int] = []
        self.flats: list[float] = []
        self.names.update({name: partial(self._constant, self.names.get(name, float)) for name in _FLAT})
        self.names.update(choose=self._choose, abs=self._absolute, div=_quotient)
        self.names.update({name: partial(self._one_of, self.names[name]) for name in ("largest", "smallest")})
        self.names.update({name: FLOATS.function(name) for name in COMPOSITES})  # whose own choices are not the gate's

    def _choose(self, condition: Any, yes: float, no: float) -> float:
        self.key.append(int(bool(condition)))
        return yes if condition else no

    def _absolute(self, x: float) -> float:
        self.key.append(int(x >= 0))
        return abs(x)

    def _one_of(self, function: Callable[..., float], *xs: float) -> float:
        out = function(*xs)
        self.key.append(xs.index(out) if out in xs else 0)
        return out

    def _constant(self, function: Callable[[float], float], x: float) -> float:
        out = function(x)
        if isinstance(x, _Quotient) and x.exact is not None:  # just below a whole number it may round up to it
            try:
                out = float(floor(x.exact))
            except OverflowError:  # 1/5e-324 is larger than any double
                out = nan
        self.flats.append(out)
        return out


class _Quotient(float):
    """A quotient, with what it is before it is rounded, if that is a number."""

    exact: Fraction | None


def _quotient(x: float, y: float) -> float:
    out = _Quotient(floats.div(x, y))
    out.exact = Fraction(x) / Fraction(y) if isfinite(x) and isfinite(y) and y != 0 else None
    return out


class _Expressions(Field):
    """SymPy's expressions, going at every choice the way a traced point went."""

    def __init__(self) -> None:
        super().__init__(of="means", choice="choose({1}, {2})", literal="number({0})")
        self.choices: Iterator[int] = iter(())
        self.constants: Iterator[Any] = iter(())
        self.names.update(_FUNCTIONS, pi=sympy.pi, e=sympy.E, number=number, choose=self._choose, abs=self._absolute)
        self.names.update({name: lambda _: next(self.constants) for name in _FLAT})
        self.names.update({name: lambda *xs: xs[next(self.choices)] for name in ("largest", "smallest")})

    def _choose(self, yes: Any, no: Any) -> Any:
        chosen = yes if next(self.choices) else no
        return number(chosen) if isinstance(chosen, float) else chosen

    def _absolute(self, x: Any) -> Any:
        return x if next(self.choices) else -x


def number(value: float) -> Any:
    """A double as SymPy has it: a whole number, or a binary fraction to sixty digits, which is exactly."""
    if not isfinite(value):  # in a branch not taken
        return sympy.nan
    if value == int(value) and abs(value) < 1e15:
        return sympy.Integer(int(value))
    return sympy.Float(value, _MOST_DIGITS)


def readable_number(number_: Any) -> Any:
    """A SymPy Float as the shortest decimal that reads back to the same double, to show; beyond doubles as it is."""
    near = float(number_)
    return sympy.Float(repr(near), 17) if near and isfinite(near) else number_


_TRACED, _SYMPY = _Traced(), _Expressions()
