"""A layer returns `dout @ self.W.T`: gradients that are returned without a name get one, and are judged.

Of a class the one input of its `forward` says what `backward` returns; of functions, what they are called with.
"""

from __future__ import annotations

import ast

from backprop_cli.lean import Any, Mapping, Sequence
from backprop_cli.user_code.names import UNNAMED

_FORWARD, _BACKWARD = ("forward", "__call__"), ("backward",)


def with_names(tree: ast.AST, returns: Mapping[str, Sequence[str]]) -> None:
    """Give names to what the methods `backward` return, and to what the functions in `returns` do. Changes the tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            _in_class(node)
        elif isinstance(node, ast.FunctionDef) and node.name in returns:
            name_returned(node, returns[node.name])
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not any(isinstance(one, ast.Yield) for one in ast.walk(node)):
            _mark_returned(node)


def _mark_returned(function: ast.FunctionDef) -> None:
    """Values that are computed where a function returns get names that are no variable's: the line may be wrong."""
    last = function.body[-1]
    value = last.value if isinstance(last, ast.Return) else None
    values = value.elts if isinstance(value, ast.Tuple) else [value]
    if any(isinstance(one, ast.BinOp | ast.UnaryOp | ast.Call) for one in values):
        name_returned(function, [f"{UNNAMED}{number}" for number in range(len(values))], only_computed=True)


def name_returned(function: ast.FunctionDef, names: Sequence[str], *, only_computed: bool = False) -> None:
    """`return dout @ w.T` becomes `dx = dout @ w.T` and `return dx`, at its own line. Changes the tree."""
    last = function.body[-1]
    if not isinstance(last, ast.Return) or last.value is None:
        return
    several = isinstance(last.value, ast.Tuple | ast.List)
    values = last.value.elts if isinstance(last.value, ast.Tuple | ast.List) else [last.value]
    if len(values) != len(names):
        return
    used = {one.id for one in ast.walk(function) if isinstance(one, ast.Name)}
    used |= {one.arg for one in function.args.args}
    made: list[ast.stmt] = []
    for number, (name, value) in enumerate(zip(names, values, strict=True)):
        if name in used or not name.isidentifier() or isinstance(value, ast.Starred | ast.Dict):
            continue
        if only_computed and not isinstance(value, ast.BinOp | ast.UnaryOp | ast.Call):
            continue
        place = value if several else last
        assigned: Any = ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], value), place)
        assigned.returned = "" if several else "return "  # what its text is shown with
        made.append(assigned)
        read = ast.copy_location(ast.Name(name, ast.Load()), value)
        if isinstance(last.value, ast.Tuple | ast.List):
            last.value.elts[number] = read
        else:
            last.value = read
    function.body[-1:] = [*made, last]
    ast.fix_missing_locations(function)


def _in_class(node: ast.ClassDef) -> None:
    methods = {one.name: one for one in node.body if isinstance(one, ast.FunctionDef)}
    forward = next((methods[name] for name in _FORWARD if name in methods), None)
    backward = next((methods[name] for name in _BACKWARD if name in methods), None)
    of = _input(forward) if forward else ""
    last = backward.body[-1] if backward else None
    value = last.value if isinstance(last, ast.Return) else None
    arrived = {one.arg for one in backward.args.args} if backward else set()
    if of and backward and (
        isinstance(value, ast.BinOp | ast.Call) or (isinstance(value, ast.Name) and value.id in arrived)
    ):  # fmt: skip
        name_returned(backward, [f"d{of}"])


def _input(forward: ast.FunctionDef) -> str:
    """The attribute in which `forward(self, x)` keeps x, or `x`; empty where it has other inputs."""
    arguments = [one.arg for one in forward.args.args]
    if len(arguments) != 2:
        return ""
    for one in ast.walk(forward):
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Name) and one.value.id == arguments[1]:
            for target in one.targets:
                if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                    return target.attr if target.value.id == arguments[0] else ""
    return arguments[1]
