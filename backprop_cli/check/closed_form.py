"""The slopes of the user's gates in closed form: SymPy differentiates the body of a gate and makes it short.

As books do, a slope is told in terms of the gate's own value where that is shorter: `out*(1 - out)` for the sigmoid.
"""

from __future__ import annotations

import re

import sympy

from backprop_cli.check.evaluated import evaluated
from backprop_cli.check.sympy_expression import CONSTANT_NAMES
from backprop_cli.check.sympy_gates import expression, is_smooth, readable_number
from backprop_cli.check.work import STEPS_A_SECOND, OutOfWorkError, budget
from backprop_cli.gates import GATES
from backprop_cli.graph import CONSTANT, Graph, Subgraph
from backprop_cli.lean import Any, Iterable, Mapping, Sequence

_SIZE_BUDGET = 100  # of a body, written out without sharing
_SECONDS_BUDGET = 4.0  # of work, for all gates together
LONGEST = 60  # characters of a slope that is worth showing
_MOST_DENOMINATOR = 12
_MOST_SHOWN = 1000  # the largest denominator of a fraction that is not shown as a decimal
_DIGITS = 40
READABLE = re.compile(r"[A-Za-z0-9_ .+\-*/^(),]+")
Slopes = Mapping[str, Mapping[str, str]]


def slopes(graph: Graph, calls: Iterable[Subgraph], seconds: float) -> Slopes:
    """For each gate called, by its name, its slope along each parameter, over the parameters and `out`.

    A gate with pieces (a kink, a `where`) has no one slope; nor has one here that is large, or takes too much work.
    Turns of loops have none: each works on other values.
    """
    found: dict[str, dict[str, str]] = {}
    seen: set[str] = set()
    try:
        with budget(_SECONDS_BUDGET * STEPS_A_SECOND if seconds > 0 else 0):
            for call in calls:
                if call.title or call.name in seen or len(set(call.operands)) < len(call.operands):
                    continue
                seen.add(call.name)
                if "out" not in call.parameters and is_affordable(graph, call):
                    of_gate = _slopes(graph, call)
                    if of_gate:
                        found[call.name] = of_gate
    except (OutOfWorkError, RecursionError):
        pass
    return found


def is_affordable(graph: Graph, call: Subgraph) -> bool:
    """Whether the body of a call, or of a program seen as one, is smooth and small."""
    size: dict[int, int] = {}
    if call.output - call.first > _SIZE_BUDGET:
        return False
    for node in range(call.first, call.output + 1):
        gate, operands = graph.gates[node], graph.inputs[node]
        if node in call.operands:
            continue
        size[node] = 1 + sum(size.get(j, 1) for j in operands)
        if gate != CONSTANT and (gate not in GATES or not is_smooth(gate) or GATES[gate].kink):
            return False
        if node in graph.constants and hasattr(graph.constants[node], "shape"):
            return False
    return size.get(call.output, 1) <= _SIZE_BUDGET


def written_out(graph: Graph, call: Subgraph) -> tuple[Any, dict[str, Any]]:
    """The body as one expression, and the symbol of each parameter in it."""
    symbols = {name: sympy.Dummy(name, real=True) for name in call.parameters}
    built: dict[int, Any] = dict(zip(call.operands, symbols.values(), strict=True))
    for node in range(call.first, call.output + 1):
        if node in built:
            continue
        gate = graph.gates[node]
        if gate == CONSTANT:
            value: float = graph.constants[node]
            built[node] = CONSTANT_NAMES.get(value) or sympy.Rational(repr(value))
        else:
            built[node] = expression(gate, [built[j] for j in graph.inputs[node]], (), ())
    return built[call.output], symbols


def _slopes(graph: Graph, call: Subgraph) -> dict[str, str]:
    body, symbols = written_out(graph, call)
    made = {}
    for name, symbol in symbols.items():
        slope = sympy.diff(body, symbol)
        short = in_words(sympy.simplify(slope))
        of_out = _over_out(slope, body, [*symbols.values()])
        text = min((of_out, short), key=len) if of_out else short
        if len(text) <= LONGEST and READABLE.fullmatch(text):
            made[name] = text
    return made


def _over_out(slope: Any, body: Any, symbols: Sequence[Any]) -> str:
    """The slope as a polynomial of second degree in the body's value, perhaps times a parameter; empty if it is none.

    Three points give the coefficients; that they are the right ones is then proved.
    """
    for factor in (sympy.Integer(1), *symbols):
        rows, right = [], []
        for k in range(3):
            point = {x: sympy.Rational(3 + 5 * k + 2 * j, 17 + 3 * j) for j, x in enumerate(symbols)}
            try:
                out, here = (
                    sympy.Float(evaluated(part.xreplace(point), {}, _DIGITS), _DIGITS)
                    for part in (body, slope / factor)
                )
            except (ArithmeticError, TypeError, ValueError):
                return ""
            if not (out.is_finite and here.is_finite):
                return ""
            rows.append([1, out, out**2])
            right.append(here)
        matrix = sympy.Matrix(rows)
        if abs(matrix.det()) < 10.0 ** (-_DIGITS / 3):
            return ""
        coefficients = [_simple(c) for c in matrix.LUsolve(sympy.Matrix(right))]
        if None in coefficients or not any(coefficients[1:]):
            continue
        constant, linear, square = coefficients
        out = sympy.Symbol("out")
        if sympy.simplify(slope - factor * (constant + linear * body + square * body**2)) != 0:
            continue
        inner = _polynomial(constant, linear, square, out)
        if factor == 1:
            return inner
        if constant:
            return f"{in_words(factor)}*({inner})"
        return f"-{in_words(factor)}*{inner[1:]}" if inner.startswith("-") else f"{in_words(factor)}*{inner}"
    return ""


def _simple(number_: Any) -> Any:
    """The fraction with a small denominator that a number is, or None."""
    scaled = number_ * sympy.ilcm(*range(1, _MOST_DENOMINATOR + 1))
    whole = sympy.Integer(round(scaled))
    if abs(scaled - whole) > 10.0 ** (-_DIGITS / 3):
        return None
    return whole / sympy.ilcm(*range(1, _MOST_DENOMINATOR + 1))


def _polynomial(constant: Any, linear: Any, square: Any, out: Any) -> str:
    """`out*(1 - out)`, `1 - out^2`: lowest powers first, a common `out` in front."""
    if not constant and linear and square:
        return f"out*({_sum([linear, square * out])})"
    return _sum([constant, linear * out, square * out**2])


def _sum(terms: Iterable[Any]) -> str:
    text = ""
    for term in terms:
        if term == 0:
            continue
        written = in_words(term)
        if not text:
            text = written
        else:
            text += f" - {written[1:]}" if written.startswith("-") else f" + {written}"
    return text


def in_words(expression_: Any) -> str:
    """An expression as a user would type it, decimals where fractions are long."""
    numbers = expression_.atoms(sympy.Float, sympy.Rational)
    shown = {number_: readable_number(number_) for number_ in numbers if number_.is_Float or number_.q > _MOST_SHOWN}
    shown |= {dummy: sympy.Symbol(dummy.name) for dummy in expression_.atoms(sympy.Dummy)}
    shown[sympy.E] = sympy.Symbol("e")
    return str(sympy.sstr(expression_.xreplace(shown), full_prec=False)).replace("**", "^")
