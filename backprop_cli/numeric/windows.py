"""Windows of arrays: convolutions and pooling over the last axes, and what they send back.

As in PyTorch: signals are (channels, …) or (examples, channels, …), weights (channels out, channels in, …), the kernel
is not turned round. `stride` and `padding` are one number, or one for each of the axes; `stride` None is the kernel's
size.
The functions also work on arrays of objects that can be added and multiplied.
"""

from __future__ import annotations

from math import prod

import numpy as np

from backprop_cli.lean import Any, Sequence
from backprop_cli.numeric.arrays import Array
from backprop_cli.numeric.shapes import Shape
from backprop_cli.numeric.windowed_shapes import Lengths, each

__all__ = [
    "bias_back", "biased", "conv", "conv_left", "conv_right", "last_axes", "pool_back", "pool_mean", "pool_mean_back",
    "pool_push", "pool_ties", "windows",
]  # fmt: skip


def windows(x: Array, kernel: Sequence[int], stride: Lengths | None, padding: Lengths, fill: float = 0.0) -> Array:
    """Every window of the last axes, after all the other axes."""
    count = len(kernel)
    pads = each(padding, count)
    if any(pads):
        x = np.pad(x, [(0, 0)] * (np.ndim(x) - count) + [(p, p) for p in pads], constant_values=fill)
    axes = tuple(range(np.ndim(x) - count, np.ndim(x)))
    found = np.lib.stride_tricks.sliding_window_view(x, tuple(kernel), axis=axes)
    steps = each(kernel if stride is None else stride, count)
    here: Any = (..., *(slice(None, None, step) for step in steps), *(slice(None),) * count)
    return found[here]


def _folded(G: Array, shape: Shape, stride: Lengths | None, padding: Lengths, kernel: Sequence[int]) -> Array:
    """What `windows` sends back: each element gets the sum of its places in the windows."""
    count = len(kernel)
    pads, steps = each(padding, count), each(kernel if stride is None else stride, count)
    lengths = np.shape(G)[-2 * count : -count]
    out = np.zeros((*shape[:-count], *(n + 2 * p for n, p in zip(shape[-count:], pads, strict=True))))
    for place in np.ndindex(*kernel):
        ends = zip(place, steps, lengths, strict=True)
        there: Any = (..., *(slice(k, k + step * (n - 1) + 1, step) for k, step, n in ends))
        out[there] += G[(..., *place)]
    inner: Any = (..., *(slice(p, p + n) for p, n in zip(pads, shape[-count:], strict=True)))
    return out[inner]


def last_axes(x: Array, count: int, more: int = 0) -> tuple[int, ...]:
    """The last axes, as a reduction wants them; of an array with so many axes `more` behind."""
    return tuple(range(np.ndim(x) + more - count, np.ndim(x) + more))


# -- convolutions ------------------------------------------------------------------------------------------


def _batch(x: Array, weight: Array) -> Array:
    return x if np.ndim(x) == np.ndim(weight) else x[None]


def conv(x: Array, weight: Array, stride: Lengths, padding: Lengths) -> Array:
    """The sums over channels and kernel of the windows times the weights."""
    kernel = np.shape(weight)[2:]
    cut = windows(_batch(x, weight), kernel, stride, padding)
    axes = last_axes(cut, len(kernel))
    out = np.moveaxis(np.tensordot(cut, weight, axes=((1, *axes), (1, *range(2, np.ndim(weight))))), -1, 1)
    return out if np.ndim(x) == np.ndim(weight) else out[0]


def conv_left(G: Array, x: Array, weight: Array, stride: Lengths, padding: Lengths) -> Array:
    """What it sends to the signal: the transposed convolution."""
    kernel = np.shape(weight)[2:]
    sent = np.tensordot(_batch(G, weight), weight, axes=(1, 0))  # examples, places, channels, kernel
    sent = np.moveaxis(sent, 1 + len(kernel), 1)
    out = _folded(sent, np.shape(_batch(x, weight)), stride, padding, kernel)
    return out if np.ndim(x) == np.ndim(weight) else out[0]


def conv_right(G: Array, x: Array, weight: Array, stride: Lengths, padding: Lengths) -> Array:
    """What it sends to the weights: the windows, weighed by G."""
    cut = windows(_batch(x, weight), np.shape(weight)[2:], stride, padding)
    places = (0, *range(2, np.ndim(weight)))
    return np.tensordot(_batch(G, weight), cut, axes=(places, places))


def biased(bias: Array, weight: Array) -> Array:
    """A number for each channel, along the channels of the convolution."""
    return np.reshape(bias, (-1, *[1] * (np.ndim(weight) - 2))) if np.ndim(bias) == 1 else bias


def bias_back(G: Array, bias: Array, weight: Array) -> Array:
    """What the numbers for the channels get: the sum over all other axes."""
    if np.ndim(bias) != 1:
        return G
    channels = np.ndim(G) - np.ndim(weight) + 1
    return np.sum(G, axis=tuple(k for k in range(np.ndim(G)) if k != channels))


# -- pooling -----------------------------------------------------------------------------------------------


def _held(x: Array, out: Array, kernel: Sequence[int], stride: Lengths | None, padding: Lengths) -> Array:
    """Which elements of each window have its largest value."""
    cut = windows(x, kernel, stride, padding, -np.inf)
    return np.equal(cut, np.reshape(out, (*np.shape(out), *[1] * len(kernel))))


def pool_back(G: Array, x: Array, out: Array, kernel: Sequence[int], stride: Lengths | None, padding: Lengths) -> Array:
    """What the largest of each window sends back: to the elements that have its value, evenly."""
    held = _held(x, out, kernel, stride, padding)
    axes = last_axes(held, len(kernel))
    share = np.reshape(G, (*np.shape(G), *[1] * len(kernel))) / np.sum(held, axis=axes, keepdims=True)
    return _folded(np.where(held, share, 0.0), np.shape(x), stride, padding, kernel)


def pool_push(d: Array, x: Array, out: Array, kernel: Sequence[int], stride: Lengths | None, padding: Lengths) -> Array:
    """How the largest of each window moves when the elements move by d."""
    held = _held(x, out, kernel, stride, padding)
    axes = last_axes(held, len(kernel))
    moved = windows(d, kernel, stride, padding)
    return np.sum(np.where(held, moved, 0.0), axis=axes) / np.sum(held, axis=axes)


def pool_ties(x: Array, out: Array, kernel: Sequence[int], stride: Lengths | None, padding: Lengths) -> Array:
    """How many elements of each window have its largest value."""
    held = _held(x, out, kernel, stride, padding)
    return np.sum(held, axis=last_axes(held, len(kernel)))


def pool_mean(x: Array, kernel: Sequence[int], stride: Lengths | None, padding: Lengths) -> Array:
    """The mean of each window, padding included."""
    cut = windows(x, kernel, stride, padding)
    return np.sum(cut, axis=last_axes(cut, len(kernel))) / prod(kernel)


def pool_mean_back(G: Array, x: Array, kernel: Sequence[int], stride: Lengths | None, padding: Lengths) -> Array:
    """What the means send back."""
    share = np.reshape(G, (*np.shape(G), *[1] * len(kernel))) / prod(kernel)
    return _folded(np.broadcast_to(share, (*np.shape(G), *kernel)), np.shape(x), stride, padding, kernel)
