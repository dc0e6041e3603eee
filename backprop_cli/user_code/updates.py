"""`theta -= alpha*grad`: what a gradient that bears no variable's name is the gradient of."""

from __future__ import annotations

import ast

from backprop_cli.user_code.targets import named

_PLAIN = frozenset({"grad", "gradient", "gradients", "grads", "g", "dJ", "dL", "dloss", "dcost", "dLoss"})


def stepped(tree: ast.Module) -> dict[str, str]:
    """For each such name the variable from which a multiple of it is taken; none where these are several."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Sub | ast.Add):
            target: ast.expr = node.target
            step = node.value
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and len(node.targets) == 1:
            target, step = node.targets[0], node.value.right
            if named(node.value.left) != named(target) or not isinstance(node.value.op, ast.Sub | ast.Add):
                continue
        else:
            continue
        name, base = named(target)
        if isinstance(target, ast.Subscript) or not name or base:
            continue
        for one in ast.walk(step):
            if isinstance(one, ast.Name) and one.id in _PLAIN:
                found.setdefault(one.id, set()).add(name)
    return {name: targets.pop() for name, targets in found.items() if len(targets) == 1}
