"""Which parameters of a backward function are the gradients that arrive, and of which output each is one."""

from __future__ import annotations

import ast

import numpy as np

from backprop_cli.lean import Any, Mapping, NamedTuple, Sequence
from backprop_cli.user_code.functions import Pair, parameters
from backprop_cli.user_code.names import SELDOM, plain, readings, spellings

_UPSTREAM = ("d", "grad", "upstream", "g")


class Arriving(NamedTuple):
    """By the parameter, the output; `unsettled` are parameters for which that cannot be told."""

    outputs: Mapping[str, str]
    unsettled: tuple[str, ...] = ()


def arriving(pair: Pair, taken: Sequence[str], results: Mapping[str, Any]) -> Arriving:
    """What arrives at `backward(dh, dc, cache)` where `forward` answers h, c and a cache: by the names, or in order.

    `taken` are names that have values, `results` what the forward function answers, None where that is not known.
    """
    assert pair.backward is not None
    listed = [name for name, _ in parameters(pair.backward)]
    others = [name for name, default in parameters(pair.backward) if not default and name not in (*taken, *results)]
    named = {name: output for name in others if (output := _output(name, results))}
    rest = [name for name in others if name not in named and readings(name) and name.lower() not in SELDOM]
    free = [name for name, value in results.items()
            if name not in named.values() and name not in listed and _is_output(value)]  # fmt: skip
    if named and not (rest and free):
        return Arriving(named)
    if named or (len(rest) > 1 and len(free) > 1):
        settled = len(rest) == len(free) and not any(_is_computed(pair.forward, name) for name in rest)
        if settled or (len(rest) <= len(free) and _are_numbered(rest)) or len(rest) == len(free) == 1:
            return Arriving({**named, **dict(zip(rest, free, strict=False))})
        return Arriving(named, tuple(rest))
    first, *after = results
    one = next((name for name in others if name.startswith(_UPSTREAM) and f"d{first}" not in after), "")
    if not one and len(others) > len(after):
        one = others[0]
    return Arriving({one: first} if one else {})


def _output(name: str, results: Mapping[str, Any]) -> str:
    """The output that a gradient's name speaks of."""
    for reading in readings(name):
        for one in spellings(reading.by) if not reading.of else ():
            for output, value in results.items():
                if plain(output) == plain(one) and (value is None or _is_output(value)):
                    return output
    return ""


def _is_output(value: Any) -> bool:
    """Whether it may have a gradient: floats, and no tuple of what is kept for the way back."""
    if hasattr(value, "is_floating_point"):
        return bool(value.is_floating_point())
    return isinstance(value, np.ndarray | np.floating | float) and np.asarray(value).dtype.kind == "f"


def _is_computed(function: ast.FunctionDef, name: str) -> bool:
    """Whether the function assigns what the name is the gradient of, and answers it under no name."""
    stored = {
        plain(one.id) for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
    return any(plain(one) in stored for reading in readings(name) for one in spellings(reading.by))


def _are_numbered(names: Sequence[str]) -> bool:
    """`dout1`, `dout2`."""
    stems = {name.rstrip("0123456789") for name in names}
    numbers = [name[len(name.rstrip("0123456789")) :] for name in names]
    return len(stems) == 1 and all(numbers) and sorted(numbers, key=int) == numbers
