"""What normalisations send back, in gates; as in `sums`, by the names that the rows' texts use."""

from __future__ import annotations

from backprop_cli.engine.derive.builder import Node
from backprop_cli.engine.derive.sums import centred, mean, reshape
from backprop_cli.engine.derive.sums import sum as summed
from backprop_cli.numeric.shapes import Axis

__all__ = ["along_channels", "batch_axes", "cosine_slopes", "normalized", "normalized_back", "over_channels"]


def _deviation(x: Node, axis: Axis, eps: float) -> Node:
    """The square root of the variance and eps; axes are kept."""
    variance = x.builder.tensor("var", x, axis=axis, keepdims=True)
    return x.builder.make("sqrt", variance + eps)


def normalized(x: Node, axis: Axis, eps: float) -> Node:
    """(x - mean)/sqrt(variance + eps)."""
    return centred(x, axis) / _deviation(x, axis, eps)


def normalized_back(G: Node, x: Node, axis: Axis, eps: float) -> Node:
    """What it sends back."""
    out = normalized(x, axis, eps)
    return (centred(G, axis) - out * mean(G * out, axis, keepdims=True)) / _deviation(x, axis, eps)


def batch_axes(x: Node) -> Axis:
    """All axes but the second, which is that of the channels."""
    return (0, *range(2, len(x.shape)))


def along_channels(gain: Node, x: Node) -> Node:
    """A number a channel, along the second axis of x."""
    return reshape(gain, (-1, *[1] * (len(x.shape) - 2))) if len(gain.shape) == 1 and len(x.shape) > 2 else gain


def over_channels(G: Node, gain: Node) -> Node:
    """What numbers a channel get back: the sum over the other axes."""
    return summed(G, batch_axes(G), keepdims=False) if len(gain.shape) == 1 and len(G.shape) > 2 else G


def cosine_slopes(x: Node, y: Node, axis: Axis, eps: float) -> Node:
    """The slopes of the cosine in x: the direction of y, without the part along x unless x is shorter than eps."""
    length = _length(x, axis)
    here, there = x / _at_least(length, eps), y / _at_least(_length(y, axis), eps)
    along = summed(here * there, axis, keepdims=True) * here
    return (there - x.builder.make("where", length > eps, along, 0)) / _at_least(length, eps)


def _length(x: Node, axis: Axis) -> Node:
    return x.builder.tensor("norm", x, axis=axis, keepdims=True)


def _at_least(x: Node, least: float) -> Node:
    return x.builder.make("max", x, least)
