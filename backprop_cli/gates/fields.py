"""The gate table's texts as functions, compiled on first use.

This is the one file that compiles, and all it ever compiles is our own table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import inf, nan
from typing import Any

from backprop_cli.errors import Source
from backprop_cli.gates.elementwise import CONSTANTS, GATES
from backprop_cli.gates.gate import Gate
from backprop_cli.gates.tensors import TENSORS, Tensor
from backprop_cli.language.parser import parse
from backprop_cli.language.program import COMPARISONS, Program
from backprop_cli.numeric import floats

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


def _python(gate: Gate, text: str, where: str = "({1} if {0} else {2})") -> str:
    """A formula as Python over the names of the numeric room; `where` is how a choice is written there."""
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
                written.append(where.format(*operands))
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


_REAL: dict[str, Any] = {name: getattr(floats, name) for name in dir(floats) if not name.startswith("_")}
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


@cache
def textbook_slope(name: str, text: str, *, on_arrays: bool = False) -> Function:
    """A slope as books write it, a part of the gate's `textbook`, as a function of its operands and `out`."""
    gate = GATES[name]
    names = _on_arrays() if on_arrays else _REAL
    return _build(f"lambda {_parameters(gate)}, out: {_python(gate, text, *[_WHERE] * on_arrays)}", names)


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


# -- the same rows on arrays -------------------------------------------------------------------------------

_WHERE = "where({0}, {1}, {2})"


@cache
def _on_arrays() -> dict[str, Any]:
    """What the texts' names mean where operands are arrays; here NumPy is imported."""
    from backprop_cli.numeric import arrays, linalg, losses, reductions

    names = {name: getattr(room, name) for room in (arrays, reductions, linalg, losses) for name in room.__all__}
    builtins = {"len": len}
    return names | builtins | CONSTANTS | {"__builtins__": {}, "nan": nan, "_spread": _spread_arrays}


def _spread_arrays(operands: Sequence[Any], out: Any, share: Callable[[Any, Any, Any], Any]) -> tuple[Any, ...]:
    from backprop_cli.numeric.arrays import where_known

    held = [x == out for x in operands]
    ties = sum(held)
    if (ties == 1).all():  # as nearly always: then each share is 0 or 1
        return tuple(mask * 1.0 for mask in held)
    return where_known(tuple(share(x, out, ties) for x in operands), out)


def _array_value(gate: Gate) -> Function:
    python = _python(gate, gate.formula, _WHERE)
    if gate.truth:
        python = f"where({python}, 1.0, 0.0)"
    return _build(f"lambda {_parameters(gate)}: {python}", _on_arrays())


def _array_locals(gate: Gate) -> Function:
    partials = [_python(gate, text, _WHERE) for text in gate.partials]
    if gate.variadic:
        return _build(f"lambda *x: _spread(x[:-1], x[-1], lambda x, out, ties: {partials[0]})", _on_arrays())
    numbers = f"({', '.join(partials)},)"
    if gate.name != "where":
        numbers = f"where_known({numbers}, out)"
    return _build(f"lambda {_parameters(gate)}, out: {numbers}", _on_arrays())


def _array_condition(text_of: Callable[[Gate], str]) -> Callable[[Gate], Function]:
    def make(gate: Gate) -> Function:
        condition = " | ".join(
            "(" + " & ".join(f"({_python(gate, part, _WHERE)})" for part in alternative.split(" and ")) + ")"
            for alternative in text_of(gate).split(" or ")
        )
        if gate.variadic:
            names = {**_on_arrays(), "_ties": lambda operands, out: sum(x == out for x in operands)}
            return _build(f"lambda *x: (lambda out, ties: {condition})(x[-1], _ties(x[:-1], x[-1]))", names)
        return _build(f"lambda {_parameters(gate)}, out: {condition}", _on_arrays())

    return make


# As VALUES, LOCALS and the conditions, on arrays: the numbers and truths are arrays, or floats where they are constant.
ARRAY_VALUES = _Compiled(_array_value)
ARRAY_LOCALS = _Compiled(_array_locals)
ARRAY_POLE = _Compiled(_array_condition(lambda gate: gate.pole))
ARRAY_KINK = _Compiled(_array_condition(lambda gate: gate.kink))
ARRAY_JUMP = _Compiled(_array_condition(lambda gate: gate.jump))
ARRAY_EDGE = _Compiled(_array_condition(lambda gate: gate.edge))
ARRAY_VANISH = _Compiled(_array_condition(lambda gate: gate.vanish))


# -- tensor gates ------------------------------------------------------------------------------------------


class _CompiledTensors(dict[str, Function]):
    """Tensor gate's name to function; `make` is called the first time a gate is asked for."""

    def __init__(self, make: Callable[[Tensor], Function]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, name: str) -> Function:
        function = self[name] = self.make(TENSORS[name])
        return function


def _heads(row: Tensor) -> tuple[str, str]:
    """A tensor gate's operands and attributes as parameters of a function."""
    operands = "xs" if row.variadic else ", ".join(row.operands)
    attributes = [*row.attributes, *(["seed"] if row.random else [])]
    return f"{operands}, " * bool(operands), "".join(f"{name}, " for name in attributes)


def _spread_out(row: Tensor) -> str:
    return "_x, *_a" if row.variadic else "*_x, *_a"


def _tensor_forward(row: Tensor) -> Function:
    operands, attributes = _heads(row)
    inner = f"lambda {operands}{attributes.rstrip(', ')}".rstrip(", ") + f": {row.forward}"
    return _build(f"lambda _x, _a: ({inner})({_spread_out(row)})", _on_arrays())


def _tensor_pull(row: Tensor) -> Function:
    operands, attributes = _heads(row)
    inner = [f"lambda k, G, out, {operands}{attributes}".rstrip(", ") + f": {text}" for text in row.pulls]
    pulls: Any = _build(f"({''.join(f'({text}), ' for text in inner)})", _on_arrays())
    if row.variadic:
        return lambda k, G, out, operands, attributes: pulls[0](k, G, out, operands, *attributes)
    return lambda k, G, out, operands, attributes: pulls[k](k, G, out, *operands, *attributes)


def _tensor_push(row: Tensor) -> Function:
    forward, pull = TENSOR_FORWARD[row.name], TENSOR_PULL[row.name]

    def linear(k: int, d: Any, _: Any, operands: Sequence[Any], attributes: Sequence[Any]) -> Any:
        # Of what is put side by side the rest stands still; of a product it stays a factor.
        rest = [0 * x for x in operands] if row.selects or row.name == "linspace" else operands
        return forward([*rest[:k], d, *rest[k + 1 :]], attributes)

    def reduction(k: int, d: Any, out: Any, operands: Sequence[Any], attributes: Sequence[Any]) -> Any:
        from backprop_cli.numeric.reductions import sum as total

        weighed = pull(k, 0 * out + 1, out, operands, attributes) * d
        if "keepdims" not in row.attributes:
            return weighed.sum()
        return total(weighed, attributes[0], attributes[1])

    if row.push == "linear":
        return linear
    if row.push == "reduction":
        return reduction
    if row.push == "symmetric":
        return pull
    operands, attributes = _heads(row)
    texts = [f"lambda d, out, {operands}{attributes}".rstrip(", ") + f": {text}" for text in row.push.split("; ")]
    pushes: Any = _build(f"({''.join(f'({text}), ' for text in texts)})", _on_arrays())
    return lambda k, d, out, operands, attributes: pushes[k](d, out, *operands, *attributes)


def _tensor_notes(row: Tensor) -> Function:
    operands, attributes = _heads(row)
    inner = [f"lambda out, {operands}{attributes}".rstrip(", ") + f": {note.condition}" for note in row.notes]
    conditions: Any = _build(f"({''.join(f'({text}), ' for text in inner)})", _on_arrays() | {"inf": inf})
    return lambda k, out, operands, attributes: conditions[k](out, *operands, *attributes)


def _tensor_vanish(row: Tensor) -> Function:
    operands, attributes = _heads(row)
    inner = f"lambda {operands}{attributes}".rstrip(", ") + f": {row.vanish}"
    return _build(f"lambda _x, _a: ({inner})({_spread_out(row)})", _on_arrays() | {"inf": inf})


def _tensor_shape(row: Tensor) -> Function:
    from backprop_cli.numeric import shapes

    names = {name: getattr(shapes, name) for name in dir(shapes) if not name.startswith("_")} | {"__builtins__": {}}
    operands, attributes = _heads(row)
    attributes = attributes.removesuffix("seed, ") if row.random else attributes
    inner = f"lambda {operands}{attributes}".rstrip(", ") + f": {row.shape}"
    return _build(f"lambda _x, _a: ({inner})({_spread_out(row)})", names)


# forward(operands, attributes); pull(k, G, out, operands, attributes): what flows to operand k before broadcasting is
# undone; push(k, d, out, operands, attributes): how the value moves when operand k moves by d;
# note(k, out, operands, attributes): where the k-th note is due; vanish(operands, attributes): where a value of 0 is
# exact; shape(shapes, attributes).
TENSOR_FORWARD = _CompiledTensors(_tensor_forward)
TENSOR_PULL = _CompiledTensors(_tensor_pull)
TENSOR_PUSH = _CompiledTensors(_tensor_push)
TENSOR_NOTE = _CompiledTensors(_tensor_notes)
TENSOR_VANISH = _CompiledTensors(_tensor_vanish)
TENSOR_SHAPE = _CompiledTensors(_tensor_shape)


def meaning_of_tensor(name: str, names: Mapping[str, Any]) -> Function:
    """A tensor gate's definition, as `forward`, over other meanings of the names in its text."""
    row = TENSORS[name]
    operands, attributes = _heads(row)
    inner = f"lambda {operands}{attributes}".rstrip(", ") + f": {row.means or row.forward}"
    return _build(f"lambda _x, _a: ({inner})({_spread_out(row)})", {**_on_arrays(), **names})


def analytic(name: str) -> Function | None:
    """The gate as a function of complex numbers, for the complex step; None where it has pieces or no such form."""
    from backprop_cli.numeric import complex as complex_

    gate = GATES[name]
    program = formula_program(gate, gate.formula)
    used = {call.name for call in program.args if hasattr(call, "operands")}
    used |= {_FUNCTION_OF[op] for op in program.ops if op in _FUNCTION_OF}
    if gate.variadic or used - set(complex_.__all__) or COMPARISONS.intersection(program.ops):
        return None
    namespace = {name: getattr(complex_, name) for name in complex_.__all__}
    return _build(f"lambda {_parameters(gate)}: {_python(gate, gate.formula)}", namespace | CONSTANTS)
