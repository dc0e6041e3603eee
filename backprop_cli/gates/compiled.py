"""The gate table's texts as functions, compiled on first use.

This is the one file that compiles, and all it ever compiles is our own table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import nan
from typing import Any

from backprop_cli.errors import Source
from backprop_cli.gates.record import Gate
from backprop_cli.gates.table import CONSTANTS, GATES
from backprop_cli.language.parser import parse
from backprop_cli.language.program import COMPARISONS, Program
from backprop_cli.numeric import scalar

Function = Callable[..., Any]
_FUNCTION_OF = {"/": "div", "%": "mod", "^": "pow"}


class _Compiled(dict[str, Function]):
    """Gate name to function; `make` is called the first time a gate is asked for."""

    def __init__(self, make: Callable[[Gate], Function]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, name: str) -> Function:
        function = self[name] = self.make(GATES[name])
        return function


def formula_program(gate: Gate, text: str) -> Program:
    """A formula of the gate's row, parsed; its names are the parameters, `out` and, if variadic, `ties`."""
    program = parse(Source(gate.head, text), [*(p.name for p in gate.parameters), "out", "ties"])
    assert not program.diagnostics, (gate, text, program.diagnostics)
    return program


def _python(gate: Gate, text: str) -> str:
    """A formula as Python over the names of the numeric room."""
    program = formula_program(gate, text)
    written: list[str] = []
    for op, args in zip(program.ops, program.args, strict=True):
        if op == "num":
            written.append(repr(float(args)))
        elif op == "name":
            written.append(args)
        elif op == "call":
            operands = [written[row] for row in args.operands]
            if args.name == "where":
                written.append("({1} if {0} else {2})".format(*operands))
            elif gate.variadic:
                written.append(f"{args.name}(*{operands[0]})")
            else:
                written.append(f"{args.name}({', '.join(operands)})")
        elif op == "negative":
            written.append(f"(-{written[args[0]]})")
        elif op in _FUNCTION_OF:
            left, right = (written[row] for row in args)
            squared = op == "^" and right == "2.0" and program.ops[args[0]] == "name"
            written.append(f"({left}*{left})" if squared else f"{_FUNCTION_OF[op]}({left}, {right})")
        else:
            assert op in "+-*" or op in COMPARISONS, op
            left, right = (written[row] for row in args)
            written.append(f"({left} {op} {right})")
    return written[-1]


def _parameters(gate: Gate) -> str:
    return ", ".join(("*" if gate.variadic else "") + p.name for p in gate.parameters)


def _spread(operands: Sequence[float], out: float, share: Callable[[float, float, int], float]) -> tuple[float, ...]:
    """The partials of a variadic gate: one formula, applied to each operand."""
    if out != out:
        return (nan,) * len(operands)
    ties = operands.count(out)
    return tuple(share(x, out, ties) for x in operands)


def _build(python: str, namespace: dict[str, Any]) -> Function:
    function: Function = eval(compile(python, "<gate table>", "eval"), namespace)  # noqa: S307  our own table
    return function


_REAL: dict[str, Any] = {name: getattr(scalar, name) for name in dir(scalar) if not name.startswith("_")}
_REAL |= CONSTANTS | {"__builtins__": {}, "nan": nan, "_spread": _spread}


def _value(gate: Gate) -> Function:
    python = _python(gate, gate.formula)
    if gate.truth:  # every value is a float
        python = f"1.0 if {python} else 0.0"
    return _build(f"lambda {_parameters(gate)}: {python}", _REAL)


def _locals(gate: Gate) -> Function:
    partials = [_python(gate, text) for text in gate.partials]
    if gate.variadic:
        return _build(f"lambda *x: _spread(x[:-1], x[-1], lambda x, out, ties: {partials[0]})", _REAL)
    numbers = f"({', '.join(partials)},)"
    if gate.name != "where":  # an undefined value has undefined slopes; `where` alone looks at one branch only
        numbers = f"{numbers} if out == out else {(nan,) * len(partials)}"
    return _build(f"lambda {_parameters(gate)}, out: {numbers}", _REAL)


def _condition(text_of: Callable[[Gate], str]) -> Callable[[Gate], Function]:
    def make(gate: Gate) -> Function:
        alternatives = [
            " and ".join(f"({_python(gate, part)})" for part in alternative.split(" and "))
            for alternative in text_of(gate).split(" or ")
        ]
        condition = " or ".join(alternatives)
        if gate.variadic:
            return _build(f"lambda *x: (lambda out, ties: {condition})(x[-1], x[:-1].count(x[-1]))", _REAL)
        return _build(f"lambda {_parameters(gate)}, out: {condition}", _REAL)

    return make


# value(*operands); locals(*operands, out) -> one number an operand; the conditions (*operands, out) -> bool.
VALUES = _Compiled(_value)
LOCALS = _Compiled(_locals)
DOMAIN = _Compiled(_condition(lambda gate: gate.domain))
POLE = _Compiled(_condition(lambda gate: gate.pole))
STEEP = _Compiled(_condition(lambda gate: gate.steep))
KINK = _Compiled(_condition(lambda gate: gate.kink))
JUMP = _Compiled(_condition(lambda gate: gate.jump))
EDGE = _Compiled(_condition(lambda gate: gate.edge))
VANISH = _Compiled(_condition(lambda gate: gate.vanish))


def analytic(name: str) -> Function | None:
    """The gate as a function of complex numbers, for the complex step; None where it has pieces or no such form."""
    from backprop_cli.numeric import analytic as complex_

    gate = GATES[name]
    program = formula_program(gate, gate.formula)
    used = {call.name for call in program.args if hasattr(call, "operands")}
    used |= {_FUNCTION_OF[op] for op in program.ops if op in _FUNCTION_OF}
    if gate.variadic or used - set(complex_.__all__) or COMPARISONS.intersection(program.ops):
        return None
    namespace = {name: getattr(complex_, name) for name in complex_.__all__}
    return _build(f"lambda {_parameters(gate)}: {_python(gate, gate.formula)}", namespace | CONSTANTS)
