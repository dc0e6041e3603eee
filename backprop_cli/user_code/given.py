"""Which gradients are given and not computed: `dout = np.random.randn(*out.shape)` has a shape of the program alone."""

from __future__ import annotations

import ast
import types

import numpy as np

from backprop_cli.lean import Any, Iterator
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.trace import Claim

_SHAPES = frozenset({"shape", "size", "ndim", "dtype"})
_ONLY_SHAPES = frozenset({"len", "shape", "size", "ndim", "zeros_like", "ones_like", "empty_like", "full_like",
                          "rand_like", "randn_like"})  # fmt: skip
_OWN = "__main__"


def is_given(recorder: Recorder, claim: Claim) -> bool:
    """Whether one statement sets it, from random numbers and constants."""
    site = recorder.sites[claim.place.site]
    visit = recorder.visited.get(claim.place.site)
    if len(claim.sites) > 1 or visit is None or not isinstance(site.node, ast.Assign) or not site.fresh:
        return False
    return all(_is_constant(visit.scope.get(name)) for name in _read(site.node.value))


def _read(value: ast.expr) -> Iterator[str]:
    """The names whose values go into a value, not only their shapes."""
    waiting: list[ast.AST] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Attribute) and one.attr in _SHAPES:
            continue
        if isinstance(one, ast.Call):
            called = one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")
            if called in _ONLY_SHAPES:
                continue
        if isinstance(one, ast.Name):
            yield one.id
        waiting += ast.iter_child_nodes(one)


def _is_constant(value: Any) -> bool:
    """Whether a value is no variable of the program: a module, a generator of random numbers, a length."""
    if isinstance(value, types.FunctionType):
        return value.__module__ != _OWN
    if isinstance(value, tuple | list):
        return all(isinstance(one, int) for one in value)
    if isinstance(value, np.ndarray | np.inexact | float | dict):
        return False
    return value is None or isinstance(value, int | np.integer | str | types.ModuleType | type) or (
        callable(value) and type(value).__module__ != _OWN
    ) or (
        type(value).__module__.partition(".")[0] in ("numpy", "random", "torch") and not hasattr(value, "detach")
    )  # fmt: skip
