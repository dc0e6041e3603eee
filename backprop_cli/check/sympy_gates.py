"""What a gate means to SymPy, built object by object from its row; no text ever reaches SymPy's parser.

Gates in pieces (max, where, floor) are resolved at the point: SymPy sees the formula that holds around it, so that
its own conventions at kinks (Heaviside(0) = 1/2, an unevaluated derivative of floor) never come into play.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from math import floor, isfinite
from typing import Any, NamedTuple

import sympy

from backprop_cli.gates import CONSTANTS, GATES
from backprop_cli.gates.fields import FLOATS, formula_program
from backprop_cli.language.program import COMPARISONS, Program
from backprop_cli.numeric import floats

_MOST_DIGITS = 60
_FLAT = frozenset({"floor", "ceil", "round", "sign"})  # constant around every point where they have a slope
_CONSTANTS = {"pi": sympy.pi, "e": sympy.E}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": sympy.exp, "log": sympy.log, "sqrt": sympy.sqrt,
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "asin": sympy.asin, "acos": sympy.acos,
    "atan": sympy.atan, "atan2": sympy.atan2, "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh,
    "asinh": sympy.asinh, "acosh": sympy.acosh, "atanh": sympy.atanh, "erf": sympy.erf, "gamma": sympy.gamma,
}  # fmt: skip
_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
    "^": lambda x, y: x**y,
}
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "==": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
}


class Pieces(NamedTuple):
    """Which piece of a gate a point lies on (`key`) and the values that are constant around it (`flats`)."""

    key: tuple[int, ...]
    flats: tuple[float, ...]


_SMOOTH = Pieces((), ())


@cache
def _meaning(gate: str) -> Program:
    row = GATES[gate]
    return formula_program(row, row.means)


@cache
def is_smooth(gate: str) -> bool:
    """Whether the gate has one piece."""
    row, program = GATES[gate], _meaning(gate)
    called = {args.name for op, args in zip(program.ops, program.args, strict=True) if op == "call"}
    return not row.variadic and not row.truth and called <= _FUNCTIONS.keys()


def pieces(gate: str, operands: Sequence[float]) -> Pieces:
    """The piece of the gate on which the operands lie."""
    if is_smooth(gate):
        return _SMOOTH
    row = GATES[gate]
    if row.variadic:
        choose = max if row.formula == "largest(x)" else min
        return Pieces((operands.index(choose(operands)),), ())
    if row.partials == ("0",) * len(operands):  # flat: a constant around the point
        return Pieces((), (row_value(gate, operands),))
    program = _meaning(gate)
    names = {p.name: x for p, x in zip(row.parameters, operands, strict=True)}
    key: list[int] = []
    flats: list[float] = []
    numbers: list[float] = []
    for op, args in zip(program.ops, program.args, strict=True):
        if op == "num":
            number = float(args)
        elif op == "name":
            number = names[args] if args in names else CONSTANTS[args]
        elif op == "negative":
            number = -numbers[args[0]]
        elif op in COMPARISONS:
            number = float(_COMPARE[op](numbers[args[0]], numbers[args[1]]))
        elif op == "call":
            inside = [numbers[r] for r in args.operands]
            if args.name == "where":
                key.append(int(inside[0]))
                number = inside[1] if inside[0] else inside[2]
            else:
                number = FLOATS.names[args.name](*inside)
            if args.name == "abs":
                key.append(int(inside[0] >= 0))
            elif args.name in _FLAT:
                if program.ops[args.operands[0]] == "/":  # a quotient just below a whole number may round up to it
                    above, below = (numbers[r] for r in program.args[args.operands[0]])
                    number = _floor_of_quotient(above, below, number)
                flats.append(number)
        else:
            number = {"+": _OPERATIONS["+"], "-": _OPERATIONS["-"], "*": _OPERATIONS["*"], "/": floats.div,
                      "^": floats.pow}[op](numbers[args[0]], numbers[args[1]])  # fmt: skip
        numbers.append(number)
    return Pieces(tuple(key), tuple(flats))


def _floor_of_quotient(x: float, y: float, rounded: float) -> float:
    """floor(x/y) without rounding the quotient first; `rounded` where that means nothing."""
    if not isfinite(x) or not isfinite(y) or y == 0:
        return rounded
    try:
        return float(floor(Fraction(x) / Fraction(y)))
    except OverflowError:
        return rounded


def row_value(gate: str, operands: Sequence[float]) -> float:
    """The gate's value, by our own functions."""
    return float(FLOATS.value[gate](*operands))


def expression(gate: str, operands: Sequence[Any], key: tuple[int, ...], flats: Sequence[Any]) -> Any:
    """The SymPy expression of a gate on one of its pieces, over SymPy operands."""
    row = GATES[gate]
    if row.variadic:
        return operands[key[0]]
    if flats and row.partials == ("0",) * len(operands):
        return flats[0]
    names = {p.name: x for p, x in zip(row.parameters, operands, strict=True)}
    program = _meaning(gate)
    choices, constants = iter(key), iter(flats)
    built: list[Any] = []
    for op, args in zip(program.ops, program.args, strict=True):
        if op == "num":
            built.append(number(float(args)))
        elif op == "name":
            built.append(names[args] if args in names else _CONSTANTS[args])
        elif op == "negative":
            built.append(-built[args[0]])
        elif op in COMPARISONS:
            built.append(None)  # the key has its outcome
        elif op == "call":
            inside = [built[r] for r in args.operands]
            if args.name == "where":
                built.append(inside[1] if next(choices) else inside[2])
            elif args.name == "abs":
                built.append(inside[0] if next(choices) else -inside[0])
            elif args.name in _FLAT:
                built.append(next(constants))
            elif args.name in ("maximum", "minimum"):
                built.append(None)  # only ever inside a comparison
            else:
                built.append(_FUNCTIONS[args.name](*inside))
        else:
            built.append(_OPERATIONS[op](built[args[0]], built[args[1]]))
    return built[-1]


def number(value: float) -> Any:
    """A double as SymPy has it: a whole number, or a binary fraction to sixty digits, which is exactly."""
    if not isfinite(value):  # in a branch not taken
        return sympy.nan
    if value == int(value) and abs(value) < 1e15:
        return sympy.Integer(int(value))
    return sympy.Float(value, _MOST_DIGITS)


def readable_number(number_: Any) -> Any:
    """A SymPy Float as the shortest decimal that reads back to the same double, for showing."""
    return sympy.Float(repr(float(number_)), 17)
