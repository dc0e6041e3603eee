"""Whole numbers, truths and tuples as they are written in a call."""

from __future__ import annotations

from backprop_cli.language.program import Program
from backprop_cli.lean import Any


def constant(program: Program, row: int) -> Any:
    """A whole number, a truth, a tuple or None, as written in a call; anything else is None as well."""
    op, args = program.ops[row], program.args[row]
    if op == "array":
        return tuple(_number(program, k) for k in args)
    return {"True": True, "False": False}.get(args) if op == "name" else _number(program, row)


def _number(program: Program, row: int) -> float | None:
    sign, op, args = 1, program.ops[row], program.args[row]
    if op == "negative":
        sign, op, args = -1, program.ops[args[0]], program.args[args[0]]
    if op != "num":
        return None
    number = sign * float(args)
    return int(number) if number.is_integer() else number
