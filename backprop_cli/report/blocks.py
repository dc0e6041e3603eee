"""Arrays as a figure draws them: a small matrix by its elements, a larger one by squares of two colours."""

from __future__ import annotations

from math import isfinite

from backprop_cli.lean import Any
from backprop_cli.report.figure import Block, Number

_SIDE = 4  # rows and columns of a matrix whose elements are drawn
_SQUARES = 12  # a side of a tile: more rows or columns are drawn several to a square
_WHOLE = 6  # elements of a vector that stands in a line


def block(array: Any, number: Number) -> Block | None:
    """How an array is drawn; None for a number, for a vector that stands in a line, and for what has no elements."""
    if not getattr(array, "ndim", 0) or not array.size or (array.ndim == 1 and array.size <= _WHOLE):
        return None
    if array.ndim == 2 and max(array.shape) <= _SIDE:
        return Block(elements=tuple(tuple(number(element) for element in row) for row in array.tolist()))
    rows = array.reshape(-1, array.shape[-1])
    squares = [
        [_largest(part[:, left:right]) for left, right in _parts(rows.shape[1])]
        for part in (rows[top:bottom] for top, bottom in _parts(rows.shape[0]))
    ]
    most = max((abs(square) for row in squares for square in row if isfinite(square)), default=0.0) or 1.0
    shades = tuple(tuple(square / most if isfinite(square) else None for square in row) for row in squares)
    return Block(shades=shades, range=number(array, brief=True))


def _parts(length: int) -> list[tuple[int, int]]:
    """Where each square begins and ends."""
    count = min(length, _SQUARES)
    return [(k * length // count, (k + 1) * length // count) for k in range(count)]


def _largest(part: Any) -> float:
    """The element that is furthest from 0; one that is no number before all others."""
    flat = part.reshape(-1)
    return float(flat[abs(flat).argmax()])
