"""Targets of assignments and their values, as syntax: what they are called, and whether they may be evaluated again."""

from __future__ import annotations

import ast
from copy import deepcopy

from backprop_cli.lean import Any

_PURE_CALLS = {"str", "len", "int", "range", "format"}


def copy(node: Any) -> Any:
    """A copy of a tree."""
    return deepcopy(node)


def loaded(node: Any) -> Any:
    """The expression, to be read."""
    made = copy(node)
    for one in ast.walk(made):
        if hasattr(one, "ctx"):
            one.ctx = ast.Load()
    return made


def named(target: ast.expr) -> tuple[str, str]:
    """The last word of a target, and the text before it: `self.W` is `W` of `self`, `dW[i]` is `dW`."""
    while isinstance(target, ast.Subscript):
        if isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str):
            return target.slice.value, ast.unparse(target.value)
        target = target.value
    if isinstance(target, ast.Attribute):
        return target.attr, ast.unparse(target.value)
    return (target.id, "") if isinstance(target, ast.Name) else ("", "")


def pure(node: ast.expr) -> bool:
    """Whether an expression may be evaluated once more."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            name = one.func.id if isinstance(one.func, ast.Name) else getattr(one.func, "attr", "")
            if name not in _PURE_CALLS:
                return False
        elif isinstance(one, ast.NamedExpr | ast.Yield | ast.YieldFrom | ast.Await | ast.Compare):
            return False
    return True


def reads(value: ast.expr, target: ast.expr) -> bool:
    """Whether the value is made of what the target has."""
    text = ast.unparse(target)
    return any(isinstance(one, ast.Name | ast.Attribute) and ast.unparse(one) == text for one in ast.walk(value))


def renames(value: ast.expr) -> bool:
    """Whether a value is one that is there already, or a part of it."""
    if isinstance(value, ast.Tuple | ast.List):
        return all(isinstance(one, ast.Name | ast.Attribute | ast.Subscript) for one in value.elts)
    return isinstance(value, ast.Name | ast.Attribute | ast.Subscript)
