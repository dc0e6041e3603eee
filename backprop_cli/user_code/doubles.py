"""The user's single precision as double precision: the mathematics is the same, and differences have digits."""

from __future__ import annotations

import ast

_TYPES = {"float32": "float64", "single": "double", "FloatTensor": "DoubleTensor", "float": "double"}
_OF_TORCH = frozenset({"float", "FloatTensor"})  # NumPy's `np.float` never was a single


def in_doubles(tree: ast.Module) -> None:
    """`np.float32`, `dtype="float32"`, `torch.float`, `x.float()` in doubles. Changes the tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _TYPES:
            of_torch = isinstance(node.value, ast.Name) and node.value.id == "torch"
            if of_torch or node.attr not in _OF_TORCH:
                node.attr = _TYPES[node.attr]
        elif isinstance(node, ast.Constant) and node.value == "float32":
            node.value = "float64"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "float":
            node.func.attr = "double" if not node.args else "float"  # of a tensor, or of a model
