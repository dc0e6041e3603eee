"""What tensor gates compute and what they send back, as functions of arrays; the gate table's texts name them.

Axes come as tuples, never negative. `G` is the upstream gradient, of the shape of the gate's value. The structural
functions (sums, products, reshaping) also work on arrays of objects that can be added and multiplied.
"""

from __future__ import annotations

from math import prod as _size

import numpy as np
from numpy import eye, isnan, ones, reshape, trace, zeros
from numpy import shape as shape_of
from numpy import size as count_of

from backprop_cli.lean import Sequence
from backprop_cli.numeric.arrays import Array, where
from backprop_cli.numeric.places import pick, pick_back, take, take_back
from backprop_cli.numeric.shapes import Axis, Shape, expanded, fewer

__all__ = [
    "accumulate", "accumulate_back", "amax", "amin", "arange", "at", "centred", "concat", "count_of", "dot",
    "expanded", "eye", "fewer", "full", "isnan", "linspace", "matmul", "matmul_left", "matmul_right", "mean",
    "norm", "normal", "ones", "others", "outer", "part", "pick", "pick_back", "place", "prod", "reshape",
    "shape_of", "share", "spread", "stack", "std", "sum", "swap", "take", "take_back", "ties", "total", "trace",
    "uniform", "unstack", "var", "zeros",
]  # fmt: skip


# -- sums and what they send back --------------------------------------------------------------------------


def sum(x: Array, axis: Axis, keepdims: bool) -> Array:  # noqa: A001  the name the table uses
    """The sum over axes."""
    return np.sum(x, axis=axis, keepdims=keepdims)


def spread(G: Array, x: Array, axis: Axis) -> Array:
    """A reduction's upstream gradient, broadcast back to the shape of its operand."""
    return np.broadcast_to(np.reshape(G, _kept(np.shape(x), axis)), np.shape(x))


def total(x: Array, axis: Axis) -> int:
    """How many elements a reduction over `axis` takes in."""
    return _size(np.shape(x)[k] for k in axis)


def mean(x: Array, axis: Axis, keepdims: bool) -> Array:
    """The mean over axes."""
    return np.sum(x, axis=axis, keepdims=keepdims) / total(x, axis)


def var(x: Array, axis: Axis, keepdims: bool, ddof: int) -> Array:
    """The mean of squared distances from the mean, over n - ddof."""
    apart = centred(x, axis)
    return np.sum(apart * apart, axis=axis, keepdims=keepdims) / (total(x, axis) - ddof)


def centred(x: Array, axis: Axis) -> Array:
    """Distances from the mean, by way of the first element: exactly 0 where all elements are equal."""
    first = tuple(slice(1) if k in axis else slice(None) for k in range(np.ndim(x)))
    apart = x - np.asarray(x)[first]
    return apart - mean(apart, axis, keepdims=True)


def std(x: Array, axis: Axis, keepdims: bool, ddof: int) -> Array:
    """The square root of `var`, formed without the squares, which could leave the doubles."""
    return norm(centred(x, axis), axis, keepdims) / np.sqrt(total(x, axis) - ddof)


def prod(x: Array, axis: Axis, keepdims: bool) -> Array:
    """The product over axes."""
    return np.prod(x, axis=axis, keepdims=keepdims)


def others(x: Array, axis: Axis) -> Array:
    """For each element the product of the others that a product over `axis` takes in, without a division."""
    x = np.asarray(x, dtype=float)
    kept = [k for k in range(x.ndim) if k not in axis]
    moved = np.transpose(x, [*kept, *axis])
    flat = moved.reshape(*moved.shape[: len(kept)], -1)
    before, after = np.ones_like(flat), np.ones_like(flat)
    np.cumprod(flat[..., :-1], axis=-1, out=before[..., 1:])
    after[..., :-1] = np.cumprod(flat[..., :0:-1], axis=-1)[..., ::-1]
    return np.transpose((before * after).reshape(moved.shape), np.argsort([*kept, *axis]))


def amax(x: Array, axis: Axis, keepdims: bool) -> Array:
    """The largest element; NaN if one is."""
    return np.max(x, axis=axis, keepdims=keepdims)


def amin(x: Array, axis: Axis, keepdims: bool) -> Array:
    """The smallest element; NaN if one is."""
    return np.min(x, axis=axis, keepdims=keepdims)


def ties(x: Array, out: Array, axis: Axis) -> Array:
    """For each result of a maximum or minimum over `axis` how many elements have that value, axes kept."""
    return np.sum(np.equal(x, np.reshape(out, _kept(np.shape(x), axis))), axis=axis, keepdims=True)


def share(G: Array, x: Array, out: Array, axis: Axis) -> Array:
    """What a maximum or minimum sends back: to the elements that have its value, evenly."""
    kept = _kept(np.shape(x), axis)
    held = np.equal(x, np.reshape(out, kept))
    return where(
        held,
        np.reshape(G, kept) / np.sum(held, axis=axis, keepdims=True),
        where(isnan(spread(out, x, axis)), np.nan, 0.0),
    )


def accumulate(x: Array, axis: Axis) -> Array:
    """Running sums along one axis; along all of them, of the elements in order."""
    if len(axis) == 1 or np.ndim(x) == 0:
        return np.cumsum(x, axis=axis[0] if axis else None)
    return np.cumsum(np.ravel(x))


def accumulate_back(G: Array, x: Array, axis: Axis) -> Array:
    """Running sums from the other end."""
    along = axis[0] if len(axis) == 1 else 0
    return np.reshape(np.flip(np.cumsum(np.flip(G, along), axis=along), along), np.shape(x))


def norm(x: Array, axis: Axis, keepdims: bool) -> Array:
    """The square root of the sum of squares, scaled by the largest so that no square overflows."""
    largest = np.max(np.abs(x), axis=axis, keepdims=True)
    scale = where((largest == 0) | ~np.isfinite(largest), 1.0, largest)
    length = scale * np.sqrt(np.sum(np.square(x / scale), axis=axis, keepdims=True))
    return length if keepdims else np.reshape(length, [n for k, n in enumerate(np.shape(x)) if k not in axis])


def _kept(shape: Shape, axis: Axis) -> Shape:
    return tuple(1 if k in axis else length for k, length in enumerate(shape))


# -- products ----------------------------------------------------------------------------------------------


def matmul(a: Array, b: Array) -> Array:
    """The matrix product, NumPy's `@`."""
    return np.matmul(a, b)


def matmul_left(G: Array, a: Array, b: Array) -> Array:
    """What `a @ b` sends to a, before broadcasting over leading axes is undone."""
    if np.ndim(b) == 1:
        return np.multiply.outer(G, b) if np.ndim(a) > 1 else np.multiply(G, b)
    if np.ndim(a) == 1:
        return np.matmul(b, np.asarray(G)[..., None])[..., 0]
    return np.matmul(G, np.swapaxes(b, -1, -2))


def matmul_right(G: Array, a: Array, b: Array) -> Array:
    """What `a @ b` sends to b, before broadcasting over leading axes is undone."""
    if np.ndim(a) == 1:
        return np.multiply(G, a) if np.ndim(b) == 1 else a[:, None] * np.asarray(G)[..., None, :]
    if np.ndim(b) == 1:
        return np.matmul(np.swapaxes(a, -1, -2), np.asarray(G)[..., None])[..., 0]
    return np.matmul(np.swapaxes(a, -1, -2), G)


def dot(x: Array, y: Array) -> Array:
    """The inner product of two vectors."""
    return np.sum(np.multiply(x, y))


def outer(x: Array, y: Array) -> Array:
    """The products of every element of one vector with every element of another."""
    return np.multiply.outer(x, y)


def swap(x: Array) -> Array:
    """The transpose: axes in reverse order; a vector has one axis and stays as it is."""
    return np.transpose(x)


# -- places ------------------------------------------------------------------------------------------------


def concat(*xs: Array, axis: Axis) -> Array:
    """The arrays joined end to end."""
    return np.concatenate(xs, axis=axis[0])


def stack(*xs: Array, axis: Axis) -> Array:
    """The arrays side by side along a new axis."""
    return np.stack(xs, axis=axis[0])


def part(G: Array, k: int, xs: Sequence[Array], axis: Axis) -> Array:
    """The k-th operand's share of a concatenation."""
    ends = np.cumsum([np.shape(x)[axis[0]] for x in xs])
    begin = ends[k - 1] if k else 0
    return G[(slice(None),) * axis[0] + (slice(begin, ends[k]),)]


def unstack(G: Array, k: int, axis: Axis) -> Array:
    """The k-th operand's share of a stack."""
    return np.asarray(G)[(slice(None),) * axis[0] + (k,)]


def at(x: Array, items: tuple[int | slice, ...]) -> Array:
    """x[items]."""
    return x[items]


def place(G: Array, x: Array, items: tuple[int | slice, ...]) -> Array:
    """Zeros of the shape of x, with G at the items."""
    out = np.zeros(np.shape(x))
    out[items] = G
    return out


def full(shape: Shape, value: Array) -> Array:
    """An array of one value."""
    return np.broadcast_to(np.asarray(value), shape)


def arange(begin: float, end: float | None, step: float) -> Array:
    """Numbers from begin (0 if only one is given) up to, not including, end."""
    return np.arange(*((0.0, begin) if end is None else (begin, end)), step, dtype=float)


def linspace(start: Array, stop: Array, count: int) -> Array:
    """`count` numbers from start to stop, evenly spaced, both ends included."""
    steps = np.arange(count) / max(count - 1, 1)
    return start * (1 - steps) + stop * steps


# -- random numbers ----------------------------------------------------------------------------------------


def uniform(shape: Shape, seed: tuple[int, ...]) -> Array:
    """Uniform in [0, 1). NumPy's RandomState: its stream of numbers is frozen (NEP 19), on every machine."""
    return np.random.RandomState(seed).random_sample(shape)


def normal(shape: Shape, seed: tuple[int, ...]) -> Array:
    """Standard normal, as `uniform`."""
    return np.random.RandomState(seed).standard_normal(shape)
