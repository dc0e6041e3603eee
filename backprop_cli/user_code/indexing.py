"""Statements that write at an array of indices, and what may be meant: each row at its own, repeated ones summed."""

from __future__ import annotations

import ast

import numpy as np

from backprop_cli.lean import Any, Iterator, Mapping
from backprop_cli.user_code.targets import copy

_AT = {ast.Add: "np.add.at", ast.Sub: "np.subtract.at"}


def indexed(statement: Any, scope: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """What an array of indices may be meant to pick: mistakes, each with the statement as it would be and a detail."""
    if not isinstance(statement, ast.AugAssign) or not isinstance(statement.target, ast.Subscript):
        return
    index = statement.target.slice
    listed = list(index.elts) if isinstance(index, ast.Tuple) else [index]
    names = [ast.unparse(one) for one in listed]
    arrays = {name: np.asarray(scope[name]) for name in names if name in scope}
    whole = [name for name, it in arrays.items() if it.ndim and it.dtype.kind in "iu"]
    if not whole:
        return
    if len(names) == 2 and names[0] == ":":
        made = copy(statement)
        made.target.slice.elts[0] = ast.parse(f"np.arange(len({whole[0]}))", mode="eval").body
        yield "rows", ast.fix_missing_locations(made), whole[0]
    if function := _AT.get(type(statement.op)):
        holder, value = ast.unparse(statement.target.value), ast.unparse(statement.value)
        place = ast.unparse(index) if ":" not in names else ""
        if place:
            call = ast.parse(f"{function}({holder}, {place}, {value})").body[0]
            yield "repeated", ast.fix_missing_locations(ast.copy_location(call, statement)), function
