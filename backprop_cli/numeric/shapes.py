"""Shapes as tuples of lengths, by NumPy's rules; no array is ever made here.

A shape function answers the shape of a gate's value from those of its operands and from its attributes, or raises a
ShapeProblem, whose words say what does not fit.
"""

from __future__ import annotations

from math import ceil, inf, prod

from backprop_cli.lean import Sequence

Shape = tuple[int, ...]
Axis = tuple[int, ...]
MOST_AXES = 32  # NumPy 1's limit
MAX_ELEMENTS = 16_000_000  # of an array, unless the user says otherwise


class ShapeProblem(ValueError):  # noqa: N818  it becomes a diagnostic
    """What does not fit, and which operands it is about (empty: the gate's attributes)."""

    def __init__(self, message: str, operands: Sequence[int] = (0,), help_: str = "") -> None:
        super().__init__(message)
        self.operands = tuple(operands)
        self.help = help_


def size(shape: Shape) -> int:
    """How many elements a shape has."""
    return prod(shape)


def written(shape: Shape) -> str:
    """`(2, 3)`, `(3,)`; of a single number `()`."""
    return repr(shape)


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """The common shape (NumPy's broadcasting: axes are matched from the last, lengths are equal or 1)."""
    longest = max(map(len, shapes), default=0)
    out: list[int] = []
    for axis in range(-longest, 0):
        lengths = [shape[axis] if -axis <= len(shape) else 1 for shape in shapes]
        wide = [(length, k) for k, length in enumerate(lengths) if length != 1]
        for length, k in wide[1:]:
            if length != wide[0][0]:
                raise ShapeProblem("shapes do not match", (wide[0][1], k))
        out.append(wide[0][0] if wide else 1)
    return tuple(out)


def matmul(a: Shape, b: Shape) -> Shape:
    """The matrix product's: the last axis of a meets the second-last (of a vector, the only) axis of b."""
    if not a or not b:
        raise ShapeProblem("`@` is the product of vectors and matrices", (0 if not a else 1,), "for a number write `*`")
    inner = b[-2] if len(b) > 1 else b[0]
    if a[-1] != inner:
        help_ = ""
        if len(a) == len(b) == 2 and a[0] == inner:
            help_ = "the transpose of the left operand fits: `'`"
        elif len(b) == 2 and a[-1] == b[1]:
            help_ = "the transpose of the right operand fits: `'`"
        raise ShapeProblem(f"`@` sums over {a[-1]} and {inner} elements", (0, 1), help_)
    batch = broadcast([a[:-2], b[:-2]])
    return (*batch, *a[-2:-1], *b[-1:]) if len(b) > 1 else (*batch, *a[-2:-1])


def axes(shape: Shape, axis: int | Sequence[int] | None) -> Axis:
    """The axes that `axis` names, not negative and in order; None names all of them."""
    if axis is None:
        return tuple(range(len(shape)))
    named = (axis,) if isinstance(axis, int) else tuple(axis)
    for k in named:
        if not -len(shape) <= k < len(shape):
            there = f"axes 0 to {len(shape) - 1}" if len(shape) > 1 else "axis 0" if shape else "no axes"
            raise ShapeProblem(f"there is no axis {k}: the shape is {written(shape)}, with {there}")
    out = sorted({k % len(shape) for k in named})
    if len(out) != len(named):
        raise ShapeProblem("an axis is named twice")
    return tuple(out)


def reduced(shape: Shape, over: Axis, keepdims: bool) -> Shape:
    """The shape without the axes reduced over, or with length 1 there."""
    if keepdims:
        return tuple(1 if k in over else length for k, length in enumerate(shape))
    return tuple(length for k, length in enumerate(shape) if k not in over)


def reshaped(shape: Shape, wanted: Sequence[int]) -> Shape:
    """The wanted shape, with a -1 in it worked out."""
    free = [k for k, length in enumerate(wanted) if length == -1]
    if len(free) > 1 or any(length < 1 and length != -1 for length in wanted):
        raise ShapeProblem(
            f"{written(tuple(wanted))} is not a shape", (), "lengths are positive; one of them may be -1"
        )
    known = prod(length for length in wanted if length != -1)
    if size(shape) % known or (not free and known != size(shape)):
        raise ShapeProblem(
            f"{size(shape)} elements, of shape {written(shape)}, do not fill the shape {written(tuple(wanted))}"
        )
    return tuple(size(shape) // known if length == -1 else length for length in wanted)


def joined(shapes: Sequence[Shape], axis: Axis) -> Shape:
    """The shape of arrays put one behind the other along an axis."""
    first = shapes[0]
    if not first:
        raise ShapeProblem("numbers have no axis to be joined along", (0,), "`stack` makes a vector of numbers")
    along = _one(axis)
    for k, shape in enumerate(shapes):
        if len(shape) != len(first) or any(
            a != b for n, (a, b) in enumerate(zip(first, shape, strict=True)) if n != along
        ):
            raise ShapeProblem("shapes do not match", (0, k))
    return (*first[:along], sum(shape[along] for shape in shapes), *first[along + 1 :])


def stacked(shapes: Sequence[Shape], axis: Axis) -> Shape:
    """The shape of arrays stacked along a new axis."""
    first = shapes[0]
    for k, shape in enumerate(shapes):
        if shape != first:
            raise ShapeProblem("shapes do not match", (0, k))
    if len(first) + 1 > MOST_AXES:
        raise ShapeProblem(f"more than {MOST_AXES} axes")
    along = _one(axis)
    return (*first[:along], len(shapes), *first[along:])


def _one(axis: Axis) -> int:
    """The only axis that is named."""
    if len(axis) != 1:
        raise ShapeProblem("expected one axis, such as `axis=0`", ())
    return axis[0]


def indexed(shape: Shape, items: Sequence[int | slice]) -> Shape:
    """The shape of `x[items]`: a whole number takes an axis away, a slice shortens it."""
    if len(items) > len(shape):
        message = f"{len(items)} {'indices' if len(items) > 1 else 'index'} for the shape {written(shape)}"
        raise ShapeProblem(message, (0,), "" if shape else "a number has no elements")
    out: list[int] = []
    for length, item in zip(shape, items, strict=False):
        if isinstance(item, slice):
            if item.step == 0:
                raise ShapeProblem("a slice of step 0", ())
            count = len(range(*item.indices(length)))
            if not count:
                raise ShapeProblem(f"the slice takes none of {length} elements")
            out.append(count)
        elif not -length <= item < length:
            raise ShapeProblem(f"there is no element {item}: there are {length}, from 0 to {length - 1}")
    return (*out, *shape[len(items) :])


def taken(x: Shape, places: Shape) -> Shape:
    """The shape of elements along the first axis, by places that have a shape of their own."""
    if not x:
        raise ShapeProblem("a number has no elements", (0,))
    return (*places, *x[1:])


def picked(x: Shape, places: Shape) -> Shape:
    """The shape of one element of each row."""
    if not x or places != x[:-1]:
        message = f"places of shape {written(places)} do not fit rows of shape {written(x)}"
        raise ShapeProblem(message, (0, 1), "there is one place for each row")
    return places


def expanded(x: Shape, axis: Axis) -> Shape:
    """The shape with an axis of length 1 more."""
    at = _one(axis)
    return (*x[:at], 1, *x[at:])


def fewer(x: Shape, axis: Axis) -> Shape:
    """The shape without axes of length 1: all of them, or the one that is named."""
    if len(axis) < len(x) and any(x[k] != 1 for k in axis):
        raise ShapeProblem(f"there is no axis of length 1 there: the shape is {written(x)}")
    return tuple(length for k, length in enumerate(x) if k not in axis or length != 1)


def square_matrix(shape: Shape) -> int:
    """The order of a square matrix."""
    if len(shape) != 2 or shape[0] != shape[1]:
        raise ShapeProblem(f"expected a square matrix, got shape {written(shape)}")
    return shape[0]


def vector(shape: Shape, operand: int = 0) -> int:
    """The length of a vector."""
    if len(shape) != 1:
        help_ = "`ravel` makes a vector of a matrix" if shape else ""
        raise ShapeProblem(f"expected a vector, got shape {written(shape)}", (operand,), help_)
    return shape[0]


_LABELS_LAST = "the labels come second: exchange the two"


def classes(scores: Shape, labels: Shape) -> Shape:
    """The shape of a loss over classes, the last axis of the scores; labels are whole numbers or one-hot rows."""
    if not scores:
        raise ShapeProblem("scores are a vector, or a row an example", (0,), _LABELS_LAST if len(labels) == 1 else "")
    if labels not in (scores, scores[:-1]):
        wanted = f"{written(scores[:-1])} for class numbers or {written(scores)} for one-hot rows"
        raise ShapeProblem(
            f"labels of shape {written(labels)} do not fit scores of shape {written(scores)}",
            (0, 1),
            _LABELS_LAST if scores == labels[:-1] else f"labels have shape {wanted}",
        )
    return ()


def solved(a: Shape, b: Shape) -> Shape:
    """The shape of the solution of a·x = b."""
    order = square_matrix(a)
    if len(b) not in (1, 2) or b[0] != order:
        raise ShapeProblem(f"{order} equations, and a right side of shape {written(b)}", (0, 1))
    return b


def inner(x: Shape, y: Shape) -> Shape:
    """The shape of an inner product: a number's."""
    help_ = "the product of matrices is `@`"
    if len(x) != 1 or len(y) != 1:
        raise ShapeProblem(f"expected vectors, got shapes {written(x)} and {written(y)}", (0, 1), help_)
    if x != y:
        raise ShapeProblem("shapes do not match", (0, 1))
    return ()


def same(x: Shape, y: Shape) -> bool:
    """Whether two shapes are one. Not broadcast: (n,) beside (n, 1) would quietly be n times n."""
    if x != y:
        raise ShapeProblem("the shapes must be the same", (0, 1))
    return True


def diagonal(x: Shape) -> Shape:
    """The shape of a diagonal matrix, or of a matrix's diagonal."""
    if len(x) == 1:
        return x * 2
    if len(x) != 2:
        raise ShapeProblem(f"expected a vector or a matrix, got shape {written(x)}")
    return (min(x),)


def accumulated(x: Shape, over: Axis) -> Shape:
    """The shape of running sums: of all elements in order unless one axis was named."""
    return x if x and len(over) == 1 else (size(x),)


def spare(x: Shape, over: Axis, ddof: int) -> bool:
    """Whether there are more elements than `ddof`."""
    count = prod(x[k] for k in over)
    if not 0 <= ddof < count:
        elements = f"{count} element{'s' * (count != 1)}"
        help_ = f"`ddof` is less than the number of elements{', and not negative' * (ddof < 0)}"
        raise ShapeProblem(f"{elements}, less ddof={ddof}, leave nothing to divide by", (0,), help_)
    return True


def scalar(x: Shape, operand: int = 0) -> bool:
    """False, or a ShapeProblem if it is not a number's shape."""
    if x:
        raise ShapeProblem(f"expected a number, got shape {written(x)}", (operand,))
    return False


def positive(count: int) -> int:
    """A length."""
    if count < 1:
        raise ShapeProblem(f"{count} is not a length", (), "lengths are positive whole numbers")
    return count


def made(shape: Sequence[int]) -> Shape:
    """The shape of something new."""
    if len(shape) > MOST_AXES:
        raise ShapeProblem(f"more than {MOST_AXES} axes", ())
    return tuple(map(positive, shape))


def steps(begin: float, end: float | None, step: float) -> int:
    """How many numbers there are from begin up to, not including, end."""
    if end is None:
        begin, end = 0.0, begin
    if step == 0:
        raise ShapeProblem("a step of 0", ())
    exact = (end - begin) / step
    if exact == inf:
        raise ShapeProblem(f"from {begin:g} to {end:g} there are too many steps of {step:g}", ())
    count = ceil(exact)
    if count < 1:
        raise ShapeProblem(f"there are no numbers from {begin:g} to {end:g} in steps of {step:g}", ())
    return count
