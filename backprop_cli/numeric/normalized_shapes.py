"""Shapes of normalised arrays, and of cosines."""

from __future__ import annotations

from backprop_cli.numeric.shapes import Axis, Shape, ShapeProblem, broadcast, reduced, written

__all__ = ["cosines", "normed", "normed_batch"]


def cosines(x: Shape, y: Shape, axis: Axis) -> Shape:
    """The shape of the cosines between vectors that lie along an axis."""
    if len(x) != len(y) or any(x[k] != y[k] for k in axis):
        raise ShapeProblem("the vectors must have the same length, and the arrays as many axes", (0, 1))
    return reduced(broadcast([x, y]), axis, keepdims=False)


def normed(x: Shape, gain: Shape, shift: Shape) -> Shape:
    """The shape of what is normalised, to which its gain and shift are broadcast."""
    if not x:
        raise ShapeProblem("expected an array, got a number")
    for position, factor in ((1, gain), (2, shift)):
        try:
            fits = broadcast([x, factor]) == x
        except ShapeProblem:
            fits = False
        if not fits:
            raise ShapeProblem(f"shape {written(factor)} cannot be broadcast to {written(x)}", (0, position))
    return x


def normed_batch(x: Shape, gain: Shape, shift: Shape) -> Shape:
    """The same of a batch, whose gain and shift, if they are vectors, have a number for each channel."""
    if len(x) > 2:
        for position, factor in ((1, gain), (2, shift)):
            if len(factor) == 1 and factor[0] != x[1]:
                message = f"{factor[0]} numbers for {x[1]} channels"
                raise ShapeProblem(message, (0, position), "the second axis is that of the channels")
        gain, shift = (factor if len(factor) != 1 else (*factor, *[1] * (len(x) - 2)) for factor in (gain, shift))
    return normed(x, gain, shift)
