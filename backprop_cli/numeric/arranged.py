"""Elements of an array in other places: turned round, repeated, sorted, in triangles; and running products of them.

All but the running products' slopes also work on arrays of objects that can be added and multiplied.
"""

from __future__ import annotations

import numpy as np
from numpy import broadcast_to, swapaxes, tril, triu
from numpy import transpose as permute

from backprop_cli.lean import Sequence
from backprop_cli.numeric.arrays import Array
from backprop_cli.numeric.shapes import Axis, Shape

__all__ = [
    "argmax", "argmin", "broadcast_to", "flip", "kron", "kron_left", "kron_right", "multiply_up", "multiply_up_back",
    "multiply_up_push", "permute", "permute_back", "repeat", "repeat_back", "roll", "sort", "sort_back", "sort_push",
    "swapaxes", "tied_along", "tile", "tile_back", "tril", "triu",
]  # fmt: skip


def flip(x: Array, axis: Axis) -> Array:
    """The elements in reverse order along each of the axes."""
    return np.flip(x, axis)


def roll(x: Array, shift: int, axis: Axis) -> Array:
    """The elements moved on by so many places, the last ones to the front; over several axes all elements in order."""
    return np.roll(x, shift, axis[0] if len(axis) == 1 else None)


def permute_back(G: Array, axes: Sequence[int]) -> Array:
    """The axes in their old order."""
    return np.transpose(G, np.argsort([k % len(axes) for k in axes]))


def tile(x: Array, counts: Sequence[int]) -> Array:
    """Copies of an array side by side, so many along each axis."""
    return np.tile(x, counts)


def tile_back(G: Array, x: Array, counts: Sequence[int]) -> Array:
    """The sum over the copies."""
    axes = max(np.ndim(x), len(counts))
    lengths = (1,) * (axes - np.ndim(x)) + np.shape(x)
    copies = (1,) * (axes - len(counts)) + tuple(counts)
    split = [n for pair in zip(copies, lengths, strict=True) for n in pair]
    return np.reshape(np.sum(np.reshape(G, split), axis=tuple(range(0, 2 * axes, 2))), np.shape(x))


def repeat(x: Array, count: int, axis: Axis) -> Array:
    """Each element so many times in a row, along one axis; over several all elements in order."""
    return np.repeat(x, count, axis[0] if len(axis) == 1 else None)


def repeat_back(G: Array, x: Array, count: int, axis: Axis) -> Array:
    """The sum over each element's copies."""
    if len(axis) != 1:
        return np.reshape(np.sum(np.reshape(G, (-1, count)), axis=1), np.shape(x))
    shape, along = np.shape(x), axis[0] + 1
    return np.sum(np.reshape(G, (*shape[:along], count, *shape[along:])), axis=along)


def kron(a: Array, b: Array) -> Array:
    """Each element of one matrix, or vector, times the whole other one."""
    return np.kron(a, b)


def kron_left(G: Array, a: Array, b: Array) -> Array:
    """What it sends to the first: each block of G times the second, summed."""
    return np.sum(_blocks(G, a, b) * _spaced(b, 0), axis=tuple(range(1, 2 * np.ndim(b), 2)))


def kron_right(G: Array, a: Array, b: Array) -> Array:
    """What it sends to the second: the blocks of G weighed by the first."""
    return np.sum(_blocks(G, a, b) * _spaced(a, 1), axis=tuple(range(0, 2 * np.ndim(a), 2)))


def _blocks(G: Array, a: Array, b: Array) -> Array:
    return np.reshape(G, [n for pair in zip(np.shape(a), np.shape(b), strict=True) for n in pair])


def _spaced(x: Array, behind: int) -> Array:
    """The array with an axis of length 1 before each of its axes, or behind."""
    return np.reshape(x, [n for length in np.shape(x) for n in ((length, 1) if behind else (1, length))])


# -- running products --------------------------------------------------------------------------------------


def multiply_up(x: Array, axis: Axis) -> Array:
    """Running products along one axis; along all of them, of the elements in order."""
    return np.multiply.accumulate(np.ravel(x) if len(axis) != 1 else x, axis[0] if len(axis) == 1 else 0)


def multiply_up_back(G: Array, x: Array, out: Array, axis: Axis) -> Array:
    """What they send back, without a division: the product before, times G + next*(G + next*(…)) from the end."""
    rows, G, out = _along(x, axis), _along(G, axis), _along(out, axis)
    back = np.array(G, dtype=float)
    for k in range(len(rows) - 2, -1, -1):
        back[k] += rows[k + 1] * back[k + 1]
    back[1:] *= out[:-1]
    return _back(back, x, axis)


def multiply_up_push(d: Array, x: Array, out: Array, axis: Axis) -> Array:
    """How they move when the elements move by d."""
    rows, moved, whole = _along(x, axis), np.array(_along(d, axis), dtype=float), _along(out, axis)
    for k in range(1, len(rows)):
        moved[k] = moved[k - 1] * rows[k] + whole[k - 1] * moved[k]
    return _back(moved, out, axis)


def _along(x: Array, axis: Axis) -> Array:
    """The array with the axis that is gone along as its first; all elements in order if it is not one."""
    return np.moveaxis(x, axis[0], 0) if len(axis) == 1 else np.ravel(x)


def _back(rows: Array, x: Array, axis: Axis) -> Array:
    return np.moveaxis(rows, 0, axis[0]) if len(axis) == 1 else np.reshape(rows, np.shape(x))


# -- order -------------------------------------------------------------------------------------------------


def _order(x: Array, axis: Axis) -> tuple[Array, Array]:
    """The places of the elements, smallest first, in rows along the last axis; and which group of ties each is in."""
    known = np.asarray(_rows(x, axis), dtype=float)
    order = np.argsort(known, axis=-1, kind="stable")
    ranked = np.take_along_axis(known, order, -1)
    begins = np.ones(ranked.shape, dtype=bool)
    begins[..., 1:] = ranked[..., 1:] != ranked[..., :-1]
    return order, np.reshape(np.cumsum(begins) - 1, ranked.shape)


def _shared(rows: Array, groups: Array) -> Array:
    """Each element's group's mean."""
    if groups.size == groups.flat[-1] + 1:
        return rows
    flat, ids = np.ravel(rows), np.ravel(groups)
    sums = np.zeros(ids[-1] + 1, dtype=flat.dtype)
    np.add.at(sums, ids, flat)
    return np.reshape((sums / np.bincount(ids))[ids], np.shape(rows))


def _rows(x: Array, axis: Axis) -> Array:
    return np.moveaxis(x, axis[0], -1) if len(axis) == 1 else np.ravel(x)


def _columns(rows: Array, shape: Shape, axis: Axis) -> Array:
    return np.moveaxis(rows, -1, axis[0]) if len(axis) == 1 else np.reshape(rows, shape)


def sort(x: Array, axis: Axis) -> Array:
    """The elements from the smallest to the largest, NaN last; tied ones each the mean of all of them."""
    if np.asarray(x).dtype != object:
        return np.sort(np.ravel(x) if len(axis) != 1 else x, axis[0] if len(axis) == 1 else 0)
    return sort_push(x, x, axis)


def sort_push(d: Array, x: Array, axis: Axis) -> Array:
    """The elements of d in the order of those of x; where x has ties, their mean."""
    order, groups = _order(x, axis)
    rows = _shared(np.take_along_axis(_rows(d, axis), order, -1), groups)
    return _columns(rows, (np.size(x),), axis)


def sort_back(G: Array, x: Array, axis: Axis) -> Array:
    """G at the old places; ties share evenly."""
    order, groups = _order(x, axis)
    rows = np.empty(order.shape, dtype=float)
    np.put_along_axis(rows, order, _shared(np.asarray(_rows(G, axis)), groups), -1)
    return _columns(rows, np.shape(x), axis)


def tied_along(out: Array, axis: Axis) -> Array:
    """Which elements of a sorted array have a twin beside them."""
    rows = _rows(out, axis)
    twins = rows[..., 1:] == rows[..., :-1]
    tied = np.zeros(rows.shape, dtype=bool)
    tied[..., 1:] |= twins
    tied[..., :-1] |= twins
    return _columns(tied, np.shape(out), axis)


def argmax(x: Array, axis: Axis, keepdims: bool) -> Array:
    """The place of the first largest element; NaN counts as the largest."""
    return _place(np.asarray(x, dtype=float), axis, keepdims)


def argmin(x: Array, axis: Axis, keepdims: bool) -> Array:
    """The place of the first smallest element; NaN counts as the smallest."""
    return _place(-np.asarray(x, dtype=float), axis, keepdims)


def _place(x: Array, axis: Axis, keepdims: bool) -> Array:
    kept = [1 if k in axis else n for k, n in enumerate(np.shape(x))]
    found = 1.0 * np.argmax(np.ravel(x) if len(axis) != 1 else x, axis[0] if len(axis) == 1 else 0)
    return np.reshape(found, kept) if keepdims else found
