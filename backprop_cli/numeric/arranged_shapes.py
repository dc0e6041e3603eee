"""Shapes of arrays whose elements have other places, by NumPy's rules."""

from __future__ import annotations

from math import prod

from backprop_cli.lean import Sequence
from backprop_cli.numeric.shapes import Axis, Shape, ShapeProblem, broadcast, positive, written

__all__ = ["copied", "kroned", "matrices", "ordered", "permuted", "repeated", "stretched", "swapped"]


def matrices(x: Shape) -> Shape:
    """The shape of a matrix, or of many."""
    if len(x) < 2:
        raise ShapeProblem(f"expected a matrix, got shape {written(x)}")
    return x


def permuted(x: Shape, order: Sequence[int]) -> Shape:
    """The lengths in the order in which the axes are named, each once."""
    if sorted(k + len(x) * (k < 0) for k in order) != list(range(len(x))):
        raise ShapeProblem(
            f"{written(tuple(order))} does not name each axis of the shape {written(x)} once",
            (0,),
            f"an order of the axes is `{', '.join(map(str, reversed(range(len(x)))))}`" if x else "",
        )
    return tuple(x[k] for k in order)


def swapped(x: Shape, one: int, other: int) -> Shape:
    """The shape with two lengths in each other's place."""
    for k in (one, other):
        if not -len(x) <= k < len(x):
            raise ShapeProblem(f"there is no axis {k}: the shape is {written(x)}")
    out = list(x)
    out[one], out[other] = out[other], out[one]
    return tuple(out)


def copied(x: Shape, counts: Sequence[int]) -> Shape:
    """The shape of copies side by side; of fewer counts than axes the last ones are meant, and the other way round."""
    axes = max(len(x), len(counts))
    lengths, times = ((1,) * (axes - len(some)) + tuple(some) for some in (x, counts))
    return tuple(length * _copies(count) for length, count in zip(lengths, times, strict=True))


def _copies(count: int) -> int:
    if count < 1:
        raise ShapeProblem(f"{count} copies leave nothing", (), "a number of copies is at least 1")
    return count


def ordered(x: Shape, axis: Axis) -> Shape:
    """The shape of elements in another order along one axis; of all elements in order unless one was named."""
    return x if len(axis) == 1 else (prod(x),)


def repeated(x: Shape, count: int, axis: Axis) -> Shape:
    """The shape with an axis so many times as long; of all elements in order unless one axis was named."""
    _copies(count)
    if not x or len(axis) != 1:
        return (prod(x) * count,)
    return tuple(length * count if k == axis[0] else length for k, length in enumerate(x))


def stretched(x: Shape, wanted: Sequence[int]) -> Shape:
    """The wanted shape, to which the array is broadcast."""
    try:
        fits = broadcast([x, tuple(map(positive, wanted))]) == tuple(wanted)
    except ShapeProblem:
        fits = False
    if not fits:
        raise ShapeProblem(f"the shape {written(x)} cannot be broadcast to {written(tuple(wanted))}")
    return tuple(wanted)


def kroned(a: Shape, b: Shape) -> Shape:
    """The shape of a Kronecker product, of two matrices or of two vectors."""
    if len(a) != len(b) or len(a) not in (1, 2):
        message = f"expected two matrices or two vectors, got shapes {written(a)} and {written(b)}"
        raise ShapeProblem(message, (0, 1))
    return tuple(m * n for m, n in zip(a, b, strict=True))
