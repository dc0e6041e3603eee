"""Arrays brought to mean 0 and deviation 1, or to length 1, and what that sends back."""

from __future__ import annotations

import numpy as np

from backprop_cli.numeric.arrays import Array
from backprop_cli.numeric.reductions import centred, mean, norm, total
from backprop_cli.numeric.shapes import Axis

__all__ = [
    "along_channels", "batch_axes", "cosine", "cosine_slopes", "length_or", "normalized", "normalized_back",
    "over_channels",
]  # fmt: skip


def _deviation(apart: Array, axis: Axis, eps: float) -> Array:
    """The square root of the variance and eps, formed without the squares; axes are kept."""
    return np.hypot(norm(apart, axis, keepdims=True) / np.sqrt(total(apart, axis)), np.sqrt(eps))


def normalized(x: Array, axis: Axis, eps: float) -> Array:
    """(x - mean)/sqrt(variance + eps)."""
    apart = centred(x, axis)
    return apart / _deviation(apart, axis, eps)


def normalized_back(G: Array, x: Array, axis: Axis, eps: float) -> Array:
    """What it sends back, and, as its Jacobian is symmetric, how it moves with x."""
    whole, along = normalized_back_terms(G, x, axis, eps)
    return whole - along


def normalized_back_terms(G: Array, x: Array, axis: Axis, eps: float) -> tuple[Array, Array]:
    """The two terms of that, which are nearly equal where the variance is far above eps and the elements are few."""
    apart = centred(x, axis)
    deviation = _deviation(apart, axis, eps)
    out = apart / deviation
    return centred(G, axis) / deviation, out * mean(G * out, axis, keepdims=True) / deviation


def batch_axes(x: Array) -> Axis:
    """All axes but the second, which is that of the channels."""
    return (0, *range(2, np.ndim(x)))


def along_channels(gain: Array, x: Array) -> Array:
    """A number a channel, along the second axis of x."""
    return np.reshape(gain, (-1, *[1] * (np.ndim(x) - 2))) if np.ndim(gain) == 1 and np.ndim(x) > 2 else gain


def over_channels(G: Array, gain: Array) -> Array:
    """What numbers a channel get back: the sum over the other axes."""
    return np.sum(G, axis=batch_axes(G)) if np.ndim(gain) == 1 and np.ndim(G) > 2 else G


def length_or(x: Array, axis: Axis, least: float) -> Array:
    """The length along axes, but at least that."""
    return np.maximum(norm(x, axis, keepdims=False), least)


def cosine(x: Array, y: Array, axis: Axis, eps: float) -> Array:
    """The cosines between x and y, of which lengths below eps count as eps."""
    return np.sum(_direction(x, axis, eps) * _direction(y, axis, eps), axis=axis)


def cosine_slopes(x: Array, y: Array, axis: Axis, eps: float) -> Array:
    """Its slopes in x: the direction of y, without the part along x unless x is shorter than eps."""
    whole, along = cosine_slopes_terms(x, y, axis, eps)
    return whole - along


def cosine_slopes_terms(x: Array, y: Array, axis: Axis, eps: float) -> tuple[Array, Array]:
    """The two terms of that, which are equal where x and y are parallel."""
    length = norm(x, axis, keepdims=True)
    here, there = _direction(x, axis, eps), _direction(y, axis, eps)
    along = np.sum(here * there, axis=axis, keepdims=True) * here
    return there / np.maximum(length, eps), np.where(length > eps, along, 0.0) / np.maximum(length, eps)


def _direction(x: Array, axis: Axis, eps: float) -> Array:
    return x / np.maximum(norm(x, axis, keepdims=True), eps)
