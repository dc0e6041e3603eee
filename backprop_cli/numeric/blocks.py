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


def in_pieces(function: Callable[..., Any]) -> Callable[..., Any]:
    """An elementwise function of doubles that makes many arrays on its way; its answer may be several of them.

    Where an operand has another shape than the largest one, it is called once. What it answers with a number, or with
    an operand as it is, is that.
    """

    def made(*xs: Any) -> Any:
        large = max(xs, key=_size)
        if _size(large) <= _PIECE or any(_size(x) and not _is_alike(x, large) for x in xs):
            return function(*xs)
        flat = [x.reshape(-1) if _size(x) else x for x in xs]
        found: list[Any] = []
        ours: list[bool] = []  # which of them are filled here
        for here in _pieces(large.size):
            operands = [x[here] if _size(x) else x for x in flat]
            answers = function(*operands)
            for k, answer in enumerate(answers if isinstance(answers, tuple) else (answers,)):
                whole = next((x for x, part in zip(flat, operands, strict=True) if part is answer), answer)
                is_new = whole is answer and _size(answer) > 0
                if k == len(found):
                    found.append(np.empty(large.size, answer.dtype) if is_new else whole)
                    ours.append(is_new)
                elif is_new and not ours[k]:  # a number until now, and NaN somewhere from now on
                    found[k], ours[k] = np.array(np.broadcast_to(found[k], large.size)), True
                if ours[k]:
                    found[k][here] = answer
        shaped = tuple([x.reshape(large.shape) if _size(x) else x for x in found])
        return shaped if isinstance(answers, tuple) else shaped[0]

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


def within(x: Any, least: float, limit: float) -> float:
    """The least absolute value of an array's elements, if that is `least` or more, and each below the limit; else 0."""
    flat, lowest = _one_for_all(x), inf
    for here in _pieces(flat.size):
        size = np.abs(flat[here])
        low = float(size.min())
        if not (low >= least and size.max() < limit):
            return 0.0
        lowest = min(lowest, low)
    return lowest


def near(x: Any, y: Any, part: float, least: float = 0.0) -> bool:
    """Whether an array is finite and y, of its shape or a number, differs from it by at most so small a part of it.

    No element of y has an absolute value below `least`, or by less than a part in a billion.
    """
    one, other = x.reshape(-1), np.broadcast_to(y, x.shape).reshape(-1)
    if x.size and not any(one.strides) and not any(other.strides):
        one, other = one[:1], other[:1]
    for here in _pieces(one.size):
        apart, bound = other[here] - one[here], part / (1 + 2 * part) * least
        low, high = apart.min(), apart.max()
        if -bound <= low and high <= bound:  # and so, of x, by less than that part
            continue
        size = np.abs(one[here])
        bound = part * size.min()
        if -bound <= low and high <= bound:
            continue
        bound = part * size
        if not np.all((np.abs(apart) <= bound) & (bound < inf)):
            return False
    return True


def _size(x: Any) -> int:
    """How many elements an array has; 0 of a number."""
    return int(x.size) if getattr(x, "shape", ()) else 0


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
