"""What a tensor gate is given beside its operands: axes, shapes, counts, indices, read from rows of the program.

They are written out as whole numbers, `None`, `True` or `False`: what a shape depends on is known before anything runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from backprop_cli.errors import Diagnostic, shorten
from backprop_cli.gates import ALIASES, CONSTANTS, GATES
from backprop_cli.gates.tensors import REDUCTION_OF, TENSOR_ALIASES, TENSORS, Tensor, TensorParameter
from backprop_cli.language.program import Call, Program

_WORDS = {"None": None, "none": None, "all": None, "True": True, "true": True, "False": False, "false": False}
_NOTHING = object()  # what is not written out


class Reading(NamedTuple):
    """The rows of the operands, the values of the attributes, the rows that were only read for those."""

    operands: tuple[int, ...] = ()
    attributes: tuple[Any, ...] = ()
    absorbed: frozenset[int] = frozenset()
    diagnostic: Diagnostic | None = None


class _Unreadable(Exception):  # noqa: N818  it becomes a diagnostic
    """The row of an attribute, and what is wanted there."""

    def __init__(self, row: int, wanted: str) -> None:
        super().__init__(wanted)
        self.row = row


def tensor_of(call: Call) -> Tensor | None:
    """The tensor gate that is called; `max(x, axis=0)` is one by its keyword."""
    name = ALIASES.get(call.name, call.name)
    if name in REDUCTION_OF and call.keywords:
        return TENSORS[REDUCTION_OF[name]]
    if name in GATES:
        return None
    return TENSORS.get(TENSOR_ALIASES.get(name, name)) if name != "index" else None  # written x[…]


def read_call(program: Program, row: int, tensor: Tensor) -> Reading:
    """The operands and attributes of a call, by position and by name, defaults filled in."""
    call: Call = program.args[row]
    given: dict[str, list[int]] = {p.name: [] for p in tensor.parameters}
    for keyword, operand, start in call.keywords:
        if keyword not in given:
            label = program.label(row)._replace(start=start, end=start + len(keyword))
            message = f"`{call.name}` has no parameter `{shorten(keyword)}`"
            return Reading(diagnostic=Diagnostic("N210", message, (label,), f"the gate is `{tensor.head}`"))
        given[keyword].append(operand)
    positional = list(call.operands)
    parameters = [p for p in tensor.parameters if not given[p.name]]
    for p in reversed(parameters):  # what stands behind a starred parameter is taken from the end
        if p.starred:
            break
        if any(q.starred for q in parameters) and positional and p.default is None:
            given[p.name].append(positional.pop())
    for p in parameters:
        if p.starred:
            given[p.name] += positional
            positional = []
        elif positional and not given[p.name]:
            given[p.name].append(positional.pop(0))
    missing = [p for p in tensor.parameters if not given[p.name] and p.default is None]
    twice = any(len(given[p.name]) > 1 for p in tensor.parameters if not p.starred)
    if positional or missing or twice:
        found = len(call.operands) + len(call.keywords)
        message = f"`{call.name}` wants `{tensor.head}` and got {found} operand{'s' * (found != 1)}"
        return Reading(diagnostic=Diagnostic("N203", message, (program.label(row),), f"the gate is `{tensor.head}`"))
    operands: list[int] = []
    attributes: list[Any] = []
    absorbed: set[int] = set()
    try:
        for p in tensor.parameters:
            if not p.kind:
                operands += given[p.name]
                continue
            attributes.append(_attribute(program, p, given[p.name]))
            for attribute_row in given[p.name]:
                absorbed.add(attribute_row)
                if program.ops[attribute_row] == "array":
                    absorbed.update(program.args[attribute_row])
    except _Unreadable as problem:
        message = f"`{call.name}` wants {problem} here, written out"
        label = program.label(problem.row if problem.row >= 0 else row)
        return Reading(diagnostic=Diagnostic("V307", message, (label,), f"the gate is `{tensor.head}`"))
    return Reading(tuple(operands), tuple(attributes), frozenset(absorbed))


def read_index(program: Program, row: int) -> Reading:
    """The operand of `x[items]`, and the items as whole numbers and slices."""
    index = program.args[row]
    items: list[int | slice] = []
    absorbed: set[int] = set()
    try:
        for item in index.items:
            parts = [None if part is None else _whole(program, part, "a whole number") for part in item]
            absorbed.update(part for part in item if part is not None)
            items.append(slice(*parts) if len(item) > 1 else parts[0])  # type: ignore[arg-type]  # an item has a part
    except _Unreadable as problem:
        help_ = "indices are whole numbers and slices, as in `W[1, :]`"
        if program.ops[problem.row] == "array" or len(index.items) > 1:
            help_ += "; for a product write `W @ [1, 2]`"
        message = "an index is a whole number, written out"
        diagnostic = Diagnostic("V307", message, (program.label(problem.row),), help_)
        return Reading((index.operand,), diagnostic=diagnostic)
    return Reading((index.operand,), (tuple(items),), frozenset(absorbed))


def _attribute(program: Program, parameter: TensorParameter, rows: list[int]) -> Any:
    read = _READERS[parameter.kind]
    if parameter.kind == "lengths":
        return _lengths(program, rows)
    if not rows:
        assert parameter.default is not None
        return _WORDS[parameter.default] if parameter.default in _WORDS else int(parameter.default)
    return read(program, rows[0])


def _lengths(program: Program, rows: list[int]) -> tuple[int, ...]:
    """`2, 3`, or one vector of them, `[2, 3]`."""
    if len(rows) == 1 and program.ops[rows[0]] == "array":
        rows = list(program.args[rows[0]])
    return tuple(_whole(program, row, "whole numbers") for row in rows)


def _axes(program: Program, row: int) -> Any:
    if program.ops[row] == "array":
        return tuple(_whole(program, element, "axes") for element in program.args[row])
    value = _written_out(program, row)
    if value is None:
        return None
    return _whole(program, row, "an axis, such as `axis=0`,")


def _flag(program: Program, row: int) -> bool:
    value = _written_out(program, row)
    if value not in (True, False):
        raise _Unreadable(row, "`True` or `False`")
    return bool(value)


def _whole(program: Program, row: int, wanted: str = "a whole number") -> int:
    value = _written_out(program, row)
    if not isinstance(value, float) or value != int(value) or abs(value) > 1e15:
        raise _Unreadable(row, wanted)
    return int(value)


def _number(program: Program, row: int) -> float:
    value = _written_out(program, row)
    if not isinstance(value, float):
        raise _Unreadable(row, "a number")
    return value


def _written_out(program: Program, row: int) -> Any:
    """The value of a literal, of `True`, `None` and their like, or of a named constant."""
    if row < 0:
        return _NOTHING
    op, args = program.ops[row], program.args[row]
    if op == "num":
        value = float(args)
        return value if abs(value) < float("inf") else _NOTHING
    if op == "name":
        return _WORDS[args] if args in _WORDS else CONSTANTS.get(args, _NOTHING)
    return _NOTHING


_READERS: dict[str, Callable[[Program, int], Any]] = {
    "axes": _axes,
    "flag": _flag,
    "whole": _whole,
    "number": _number,
    "lengths": _whole,
}
