"""Large arrays, looked at piece by piece: what is made on the way stays in the processor's caches."""

from __future__ import annotations

from math import inf

import numpy as np

from backprop_cli.lean import Any, Callable, Iterator

_PIECE = 32_768  # elements; a few pieces of doubles take less than any second-level cache has


def somewhere(condition: Callable[..., Any], *values: Any) -> bool:
    """Whether a condition on numbers, or on arrays of one shape and numbers, holds for any element."""
    large = next((x for x in values if np.size(x) > _PIECE), None)
    if large is None or any(np.ndim(x) and not _is_alike(x, large) for x in values):
        return bool(np.any(condition(*values)))
    flat = [x.reshape(-1) if np.ndim(x) else x for x in values]
    return any(np.any(condition(*(x[here] if np.ndim(x) else x for x in flat))) for here in _pieces(large.size))


def in_pieces(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """An elementwise function of doubles that makes many arrays on its way."""

    def made(x: Any) -> Any:
        x = np.asarray(x, dtype=float)
        if x.size <= _PIECE:
            return function(x)
        out = np.empty(x.size)
        flat = x.reshape(-1)
        for here in _pieces(x.size):
            out[here] = function(flat[here])
        return out.reshape(x.shape)

    return made


def sizes(x: Any) -> tuple[float, float]:
    """The least and the largest absolute value of an array's elements, NaN if one is; of no elements (inf, 0)."""
    least, most = inf, 0.0
    flat = _one_for_all(x)
    for here in _pieces(flat.size):
        size = np.abs(flat[here])
        low, high = float(size.min()), float(size.max())
        if low != low:
            return low, high
        least, most = min(least, low), max(most, high)
    return least, most


def within(x: Any, least: float, limit: float) -> bool:
    """Whether the absolute value of every element of an array is `least` or more, and below the limit."""
    flat = _one_for_all(x)
    for here in _pieces(flat.size):
        size = np.abs(flat[here])
        if not (size.min() >= least and size.max() < limit):
            return False
    return True


def near(x: Any, y: Any, part: float) -> bool:
    """Whether an array is finite and y, of its shape or a number, differs from it by at most so small a part of it."""
    one, other = x.reshape(-1), np.broadcast_to(y, x.shape).reshape(-1)
    for here in _pieces(x.size):
        apart, size = other[here] - one[here], np.abs(one[here])
        least = part * size.min()
        if -least <= apart.min() and apart.max() <= least:
            continue
        bound = part * size
        if not np.all((np.abs(apart) <= bound) & (bound < inf)):
            return False
    return True


def _pieces(size: int) -> Iterator[slice]:
    return (slice(start, min(start + _PIECE, size)) for start in range(0, size, _PIECE))


def _one_for_all(x: Any) -> Any:
    """An array's elements in a row; of one number that was broadcast, that one."""
    if x.size and not any(x.strides):
        return x[(slice(1),) * x.ndim].reshape(-1)
    return x.reshape(-1)


def _is_alike(x: Any, large: Any) -> bool:
    """Whether an array is laid out as the other, so that no copy of it has to be made."""
    return bool(x.shape == large.shape and x.flags.c_contiguous)
