"""Copies of a namespace: what the user's statements may change is another object, what they share stays shared."""

from __future__ import annotations

import copy
import types

import numpy as np

from backprop_cli.lean import Any, Iterator, Mapping
from backprop_cli.user_code.tensors import copy_of, is_generator, is_tensor


def copied(names: Mapping[str, Any], settled: set[int]) -> tuple[dict[str, Any], list[tuple[Any, Any]]]:
    """A copy of a namespace in which arrays, lists, dictionaries and the user's objects are new ones."""
    memo: dict[int, Any] = {}
    kept: list[Any] = []
    made: dict[str, Any] = {}
    for name, value in names.items():
        if name.startswith("__") or isinstance(value, types.ModuleType | types.FunctionType | type):
            made[name] = value
            continue
        try:
            made[name] = _deep(value, memo, kept, settled)
        except Exception:
            made[name] = value  # a file, a lock, a generator: shared
    copies = [(one, memo[id(one)]) for one in kept if isinstance(one, np.ndarray) and memo.get(id(one)) is not one]
    return made, copies


def _deep(value: Any, memo: dict[int, Any], kept: list[Any], settled: set[int]) -> Any:
    if isinstance(value, np.ndarray):
        if id(value) in memo:
            return memo[id(value)]
        memo[id(value)] = value if id(value) in settled else copy.deepcopy(value)
        kept.append(value)
        return memo[id(value)]
    for one in inside(value):
        if id(one) in settled:
            memo[id(one)] = one
        elif not isinstance(one, np.ndarray) and id(one) not in memo:
            memo[id(one)] = copy_of(one)
            kept.append(one)  # so that no other object gets its place
    made = copy.deepcopy(value, memo)
    kept += [one for one in memo.get(id(memo), ()) if isinstance(one, np.ndarray)]
    memo.pop(id(memo), None)
    return made


def inside(value: Any) -> Iterator[Any]:
    """The arrays in a value, one or two levels down; tensors and their generators too."""
    waiting, depth = [value], 0
    while waiting and depth < 4:
        inner: list[Any] = []
        for one in waiting:
            if isinstance(one, np.ndarray) or is_tensor(one) or is_generator(one):
                yield one
            elif isinstance(one, dict):
                inner += one.values()
            elif isinstance(one, list | tuple):
                inner += one[:1000]
            elif hasattr(one, "__dict__") and not isinstance(one, type | types.ModuleType | types.FunctionType):
                inner += vars(one).values()
        waiting, depth = inner, depth + 1
