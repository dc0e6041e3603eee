"""Changes of one node of an expression: operators, operands, axes, constants, transposes; with what they undo."""

from __future__ import annotations

import ast

import numpy as np

from backprop_cli.lean import Any, Callable, Iterator, Mapping

Change = Callable[[Any], Any]
_DOTS = ("dot", "matmul", "outer")
_TWINS = {
    "sum": "mean", "mean": "sum", "maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max", "sin": "cos",
    "cos": "sin", "zeros_like": "ones_like", "ones_like": "zeros_like", "hstack": "vstack", "argmax": "argmin",
}  # fmt: skip


def changes(node: Any, scope: Mapping[str, Any]) -> Iterator[tuple[str, Change]]:
    """What a node may be changed to, with the name of the mistake that it undoes."""
    if isinstance(node, ast.BinOp):
        yield from _of_operator(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", lambda one: one.operand
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield "transposed", lambda one: one.value
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for operator in (ast.Gt, ast.Lt, ast.GtE, ast.LtE, ast.Eq, ast.NotEq):
            if not isinstance(node.ops[0], operator):
                yield "comparison", _compare(operator)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        for number in (node.value + 1, node.value - 1, node.value * 2, node.value / 2, -node.value, 0, 1, 2):
            if number != node.value:
                yield "constant", _constant(int(number) if number == int(number) else number)
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and not _is_module(node):
        it = scope.get(node.id) if isinstance(node, ast.Name) else None
        if it is None or np.ndim(it) > 0:
            yield "transposed", lambda one: ast.Attribute(one, "T", ast.Load())
            yield "power", lambda one: ast.BinOp(one, ast.Pow(), ast.Constant(2))
            yield "complement", lambda one: ast.BinOp(ast.Constant(1), ast.Sub(), one)
        else:
            yield "index", lambda one: ast.BinOp(one, ast.Sub(), ast.Constant(1))
            yield "index", lambda one: ast.BinOp(one, ast.Add(), ast.Constant(1))


def _is_module(node: Any) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "math")


def _of_operator(node: ast.BinOp) -> Iterator[tuple[str, Change]]:
    if isinstance(node.op, ast.Add | ast.Sub):
        twin: Any = ast.Sub if isinstance(node.op, ast.Add) else ast.Add
        yield "sign", lambda one: ast.BinOp(one.left, twin(), one.right)
        if isinstance(node.op, ast.Sub):
            yield "sign", lambda one: ast.BinOp(one.right, ast.Sub(), one.left)
            yield "complement", lambda one: one.right
        yield "extra term", lambda one: one.left
        yield "extra term", lambda one: one.right
    elif isinstance(node.op, ast.Mult | ast.Div):
        if isinstance(node.op, ast.Div):
            yield "inverse", lambda one: ast.BinOp(one.left, ast.Mult(), one.right)
        else:
            yield "inverse", lambda one: ast.BinOp(one.left, ast.Div(), one.right)
            yield "extra factor", lambda one: one.right
            if ast.dump(node.left) == ast.dump(node.right):  # the square of what a tanh answers
                yield "complement", lambda one: ast.BinOp(ast.Constant(1), ast.Sub(), one)
        yield "extra factor", lambda one: one.left
        yield "product", lambda one: ast.BinOp(one.left, ast.MatMult(), one.right)
    elif isinstance(node.op, ast.MatMult):
        yield "order", lambda one: ast.BinOp(one.right, ast.MatMult(), one.left)
        yield "transposed", lambda one: ast.Attribute(one, "T", ast.Load())
        yield "product", lambda one: ast.BinOp(one.left, ast.Mult(), one.right)
    elif isinstance(node.op, ast.Pow):
        yield "power", lambda one: one.left
        yield "complement", lambda one: ast.BinOp(ast.Constant(1), ast.Sub(), one)


def _of_call(node: ast.Call) -> Iterator[tuple[str, Change]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    module = isinstance(node.func, ast.Attribute) and _is_module(node.func.value)
    if name in _DOTS:
        if module and len(node.args) == 2:
            yield "order", lambda one: ast.Call(one.func, [one.args[1], one.args[0]], one.keywords)
        elif len(node.args) == 1:
            yield (
                "order",
                lambda one: ast.Call(ast.Attribute(one.args[0], name, ast.Load()), [one.func.value], one.keywords),
            )
        yield "transposed", lambda one: ast.Attribute(one, "T", ast.Load())
    if name in _TWINS and isinstance(node.func, ast.Attribute):
        yield (
            ("mean" if name in ("sum", "mean") else "function"),
            lambda one: ast.Call(ast.Attribute(one.func.value, _TWINS[name], ast.Load()), one.args, one.keywords),
        )
    for index, keyword in enumerate(node.keywords):
        if keyword.arg == "axis":
            for axis in (0, 1, -1, 2):
                yield "axis", _axis(index, axis)
    if name in ("sum", "mean") and not node.keywords:
        for axis in (0, 1):
            yield "axis", _new_axis(axis)
    if name in ("array", "copy"):
        yield "function", lambda one: one.args[0] if one.args else one.func.value
    if module and len(node.args) == 1:
        yield "function", lambda one: one.args[0]


def _compare(operator: Any) -> Change:
    return lambda one: ast.Compare(one.left, [operator()], one.comparators)


def _constant(number: float) -> Change:
    return lambda _: ast.Constant(number)


def _axis(index: int, axis: int) -> Change:
    def change(one: Any) -> Any:
        one.keywords[index].value = ast.Constant(axis)
        return one

    return change


def _new_axis(axis: int) -> Change:
    return lambda one: ast.Call(one.func, one.args[:1], [ast.keyword("axis", ast.Constant(axis))])
