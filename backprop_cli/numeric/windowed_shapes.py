"""Shapes of convolutions, pooling and matrices' factors."""

from __future__ import annotations

from backprop_cli.lean import Sequence
from backprop_cli.numeric.shapes import Shape, ShapeProblem, positive, written

__all__ = ["convolved", "matrix", "narrower", "pooled"]

Lengths = int | Sequence[int]


def each(lengths: Lengths, count: int) -> tuple[int, ...]:
    """A length for each axis: one is that of all."""
    lengths = (lengths,) if isinstance(lengths, int) else lengths
    if len(lengths) not in (1, count):
        raise ShapeProblem(f"expected 1 or {count} whole numbers, got {len(lengths)}", ())
    return tuple(lengths) * (count if len(lengths) == 1 else 1)


def matrix(x: Shape) -> Shape:
    """The shape of a matrix."""
    if len(x) != 2:
        raise ShapeProblem(f"expected a matrix, got shape {written(x)}")
    return x


def narrower(x: Shape) -> Shape:
    """A number for each row or column of a matrix, of which there are fewer."""
    return (min(matrix(x)),)


def _places(x: Shape, kernel: Sequence[int], stride: Lengths | None, padding: Lengths) -> Shape:
    """How many windows there are along each of the last axes."""
    count = len(kernel)
    steps, pads = each(kernel if stride is None else stride, count), each(padding, count)
    out = []
    for length, size, step, pad in zip(x[-count:], kernel, steps, pads, strict=True):
        positive(step)
        positive(size)
        if pad < 0:
            raise ShapeProblem(f"{pad} is not a padding", (), "a padding is 0 or more")
        if length + 2 * pad < size:
            message = f"a window of {size} does not fit {length} elements" + (f" and a padding of {pad}" if pad else "")
            raise ShapeProblem(message, (0,))
        out.append((length + 2 * pad - size) // step + 1)
    return tuple(out)


def convolved(x: Shape, weight: Shape, bias: Shape, stride: Lengths, padding: Lengths, count: int) -> Shape:
    """The shape of a convolution over the last `count` axes."""
    if len(weight) != count + 2:
        message = f"weights of shape {written(weight)} are not (channels out, channels in, kernel)"
        raise ShapeProblem(message, (1,), f"expected {count + 2} axes")
    if len(x) not in (count + 1, count + 2):
        raise ShapeProblem(f"expected (channels, …) or (examples, channels, …), got shape {written(x)}", (0,))
    if x[-count - 1] != weight[1]:
        raise ShapeProblem(f"{x[-count - 1]} channels, and weights for {weight[1]}", (0, 1))
    if bias not in ((), (1,), weight[:1]):
        raise ShapeProblem(f"a bias of shape {written(bias)} for {weight[0]} channels", (1, 2))
    return (*x[: -count - 1], weight[0], *_places(x, weight[2:], stride, padding))


def pooled(x: Shape, kernel: Sequence[int], stride: Lengths | None, padding: Lengths, count: int) -> Shape:
    """The shape of one number for each window of the last axes."""
    if len(x) < count:
        raise ShapeProblem(f"expected at least {count} axes, got shape {written(x)}")
    sizes = each(kernel, count)
    if any(2 * pad > size for pad, size in zip(each(padding, count), sizes, strict=True)):
        raise ShapeProblem("the padding is more than half of the window", ())
    return (*x[:-count], *_places(x, sizes, stride, padding))
