"""Large arrays, looked at piece by piece: what is made on the way stays in the processor's caches."""

from __future__ import annotations

import numpy as np

from backprop_cli.lean import Any, Callable

_PIECE = 16_384  # elements; a few pieces of doubles take less than any second-level cache has


def somewhere(condition: Callable[..., Any], *values: Any) -> bool:
    """Whether a condition on numbers, or on arrays of one shape and numbers, holds for any element."""
    large = next((x for x in values if np.size(x) > _PIECE), None)
    if large is None or any(np.ndim(x) and not _is_alike(x, large) for x in values):
        return bool(np.any(condition(*values)))
    flat = [x.reshape(-1) if np.ndim(x) else x for x in values]
    for start in range(0, large.size, _PIECE):
        here = slice(start, start + _PIECE)
        if np.any(condition(*(x[here] if np.ndim(x) else x for x in flat))):
            return True
    return False


def in_pieces(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """An elementwise function of doubles that makes many arrays on its way."""

    def made(x: Any) -> Any:
        x = np.asarray(x, dtype=float)
        if x.size <= _PIECE:
            return function(x)
        out = np.empty(x.size)
        flat = x.reshape(-1)
        for start in range(0, x.size, _PIECE):
            out[start : start + _PIECE] = function(flat[start : start + _PIECE])
        return out.reshape(x.shape)

    return made


def _is_alike(x: Any, large: Any) -> bool:
    """Whether an array is laid out as the other, so that no copy of it has to be made."""
    return bool(x.shape == large.shape and x.flags.c_contiguous)
