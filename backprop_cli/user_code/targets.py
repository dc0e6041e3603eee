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


def stored(statement: ast.AST) -> list[str]:
    """The names that a statement binds."""
    return [one.id for one in ast.walk(statement) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]


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


def assigned_by(call: ast.Call) -> list[ast.expr]:
    """The targets that a call assigns: `setattr(net, "dW", …)`, `grads.update(W=…)` and `grads.update({"W": …})`."""
    function, values = call.func, call.args
    if isinstance(function, ast.Name) and function.id == "setattr" and len(values) == 3:
        holder, name = values[:2]
        if isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value.isidentifier():
            return [ast.Attribute(copy(holder), name.value, ast.Store())]
    if not (isinstance(function, ast.Attribute) and function.attr == "update"):
        return []
    keys: list[ast.expr] = [ast.Constant(one.arg) for one in call.keywords if one.arg]
    if len(values) == 1 and isinstance(values[0], ast.Dict):
        keys += [copy(key) for key in values[0].keys if key is not None]
    return [ast.Subscript(copy(function.value), key, ast.Store()) for key in keys]
