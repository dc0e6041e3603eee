"""Attributes of a call as they are written out: axes, shapes, counts, flags, which a shape may depend on."""

from __future__ import annotations

from backprop_cli.errors import nearest
from backprop_cli.gates import CONSTANTS, Parameter
from backprop_cli.language.program import Program
from backprop_cli.lean import Any, Callable

_WORDS = {"None": None, "none": None, "all": None, "True": True, "true": True, "False": False, "false": False}
_LETTERS = {"O": "0", "o": "0", "l": "1", "I": "1"}  # that look like digits
_NOTHING = object()  # what is not written out


class Unreadable(Exception):  # noqa: N818  it becomes a diagnostic
    """The row of an attribute, and what is expected there."""

    def __init__(self, row: int, expected: str) -> None:
        super().__init__(expected)
        self.row = row


def meant(program: Program, row: int) -> str:
    """What an attribute was probably meant to be: `True` of `Ture`, `0` of `O`, `axis=1` of `axis==1`; or empty."""
    if row < 0:
        return ""
    args = program.args[row]
    if program.ops[row] == "==" and min(args) >= 0 and program.ops[args[0]] == "name":
        value = _written_out(program, args[1])
        return f"{program.args[args[0]]}={value:g}" if isinstance(value, float) else ""
    if program.ops[row] != "name":
        return ""
    return _LETTERS.get(args) or next(iter(nearest(args, ["True", "False"])), "")


def attribute(program: Program, parameter: Parameter, rows: list[int]) -> Any:
    """The value of a parameter that is an attribute. Raises Unreadable."""
    if parameter.kind == "lengths" and (rows or parameter.starred):
        return _lengths(program, rows)
    return _READERS[parameter.kind](program, rows[0]) if rows else parameter.default


def _lengths(program: Program, rows: list[int]) -> tuple[int, ...]:
    """`2, 3`, or one vector of them, `[2, 3]`."""
    if len(rows) == 1 and program.ops[rows[0]] == "array":
        rows = list(program.args[rows[0]])
    return tuple(whole(program, row, "whole numbers") for row in rows)


def _axes(program: Program, row: int) -> Any:
    if program.ops[row] == "array":
        return tuple(whole(program, element, "axes") for element in program.args[row])
    value = _written_out(program, row)
    if value is None:
        return None
    return whole(program, row, "an axis, such as `axis=0`,")


def _flag(program: Program, row: int) -> bool:
    value = _written_out(program, row)
    if value not in (True, False):
        raise Unreadable(row, "`True` or `False`")
    return bool(value)


def whole(program: Program, row: int, expected: str = "a whole number") -> int:
    """A whole number that is written out. Raises Unreadable."""
    value = _written_out(program, row)
    if not isinstance(value, float) or value != int(value) or abs(value) > 1e15:
        raise Unreadable(row, expected)
    return int(value)


def _number(program: Program, row: int) -> float:
    value = _written_out(program, row)
    if not isinstance(value, float):
        raise Unreadable(row, "a number")
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
    "axes": _axes, "flag": _flag, "whole": whole, "number": _number,
}  # fmt: skip
