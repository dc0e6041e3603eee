"""Arrays as C sees them: a shape, and what an element is at given indices.

Views (transposes, slices, broadcasts) change indices only. A sum, product or extreme over axes is a `Reduction`, which
needs a place to gather in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

from backprop_cli.export.expressions import Piece, Writer
from backprop_cli.export.staged import NoWordsError
from backprop_cli.numeric.shapes import Shape, axes, matmul, reduced, reshaped


class Array(NamedTuple):
    """A shape, and the element at given indices; a number has none."""

    shape: Shape
    at: Callable[[Sequence[str]], Piece]


class Reduction(NamedTuple):
    """What is gathered, over axes of these lengths, for each element of a shape."""

    shape: Shape
    inner: Shape
    kind: str
    at: Callable[[Sequence[str], Sequence[str]], Piece]


def named(name: str, shape: Shape) -> Array:
    """What a name stands for."""
    return Array(shape, lambda at: Piece(element(name, at)))


def element(name: str, at: Sequence[str]) -> str:
    """An element of what has a name."""
    return name + "".join(f"[{place}]" for place in at)


def number(piece: Piece) -> Array:
    """A number as an array without axes."""
    return Array((), lambda _: piece)


def bring(x: Array, shape: Shape) -> Array:
    """Broadcast, by NumPy's rules."""
    own = len(x.shape)
    return Array(
        shape,
        lambda at: x.at(
            ["0" if length == 1 else place for length, place in zip(x.shape, list(at)[len(shape) - own :], strict=True)]
        ),
    )


def matrix_product(words: Writer, a: Array, b: Array) -> Reduction:
    """The matrix product."""
    shape = matmul(a.shape, b.shape)
    rows, columns = len(a.shape) > 1, len(b.shape) > 1
    batch = shape[: len(shape) - rows - columns]
    left, right = bring(a, (*batch, *a.shape[-2:])), bring(b, (*batch, *b.shape[-2:]))

    def at(out: Sequence[str], inner: Sequence[str]) -> Piece:
        first, rest = list(out[: len(batch)]), list(out[len(batch) :])
        x = left.at([*first, *rest[:rows], inner[0]])
        y = right.at([*first, inner[0], *rest[rows:]])
        return words.operator("*", [x, y])

    return Reduction(shape, (a.shape[-1],), "sum", at)


def gathered(kind: str, x: Array, over: Sequence[int], keep: bool) -> Reduction:
    """A sum, a product, an extreme over some axes."""
    shape = reduced(x.shape, tuple(over), keep)

    def at(out: Sequence[str], inner: Sequence[str]) -> Piece:
        outside, inside = iter(out), iter(inner)
        places = []
        for axis in range(len(x.shape)):
            if keep and axis in over:
                next(outside)
            places.append(next(inside) if axis in over else next(outside))
        return x.at(places)

    return Reduction(shape, tuple(x.shape[k] for k in over), kind, at)


def braces(elements: Sequence[Array]) -> str:
    """The elements of a literal, in braces as deep as there are axes."""
    shape = (len(elements), *elements[0].shape)
    texts = [
        x.at(at).text for x in elements for at in product(*[[str(k) for k in range(length)] for length in x.shape])
    ]
    for length in reversed(shape):
        texts = ["{" + ", ".join(texts[k : k + length]) + "}" for k in range(0, len(texts), length)]
    return texts[0]


def indexed(x: Array, items: Sequence[Sequence[Any]]) -> Array:
    """`x[items]`: of an item the place, or start, stop and step. Raises NoWordsError for labels."""
    shape: list[int] = []
    places: list[Callable[[list[str]], str]] = []
    for axis, length in enumerate(x.shape):
        item = items[axis] if axis < len(items) else (None, None)
        if len(item) > 1:
            chosen = range(length)[slice(*item)]
            places.append(_moved(chosen.start, chosen.step))
            shape.append(len(chosen))
        elif isinstance(item[0], int):
            places.append(_fixed(item[0] % length))
        else:
            raise NoWordsError("an array of labels has no words")

    def at(given: Sequence[str]) -> Piece:
        left = list(given)
        return x.at([place(left) for place in places])

    return Array(tuple(shape), at)


def spread(x: Array, more: int) -> Array:
    """With so many axes of length 1 behind its own."""
    return Array((*x.shape, *[1] * more), lambda at: x.at(at[: len(x.shape)]))


def _fixed(place: int) -> Callable[[list[str]], str]:
    return lambda _: str(place)


def _moved(start: int, step: int) -> Callable[[list[str]], str]:
    """The place in the whole of a place in a slice; the next index is used."""

    def at(left: list[str]) -> str:
        letter = left.pop(0)
        if letter.isdigit():
            return str(start + step * int(letter))
        letter = letter if letter.isidentifier() or (abs(step) == 1 and step > 0) else f"({letter})"
        scaled = letter if abs(step) == 1 else f"{abs(step)}*{letter}"
        return f"{start} - {scaled}" if step < 0 else scaled if start == 0 else f"{start} + {scaled}"

    return at


def _one_where(shape: Shape, condition: Callable[[Sequence[str]], str]) -> Array:
    return Array(shape, lambda at: Piece(f"({condition(at)} ? 1.0 : 0.0)"))


def _permuted(x: Array, order: Sequence[int]) -> Array:
    """Axis k is the old axis `order[k]`."""
    return Array(tuple(x.shape[k] for k in order), lambda at: x.at([at[order.index(k)] for k in range(len(order))]))


def _swapped(x: Array, one: int, other: int) -> Array:
    order = list(range(len(x.shape)))
    order[one], order[other] = order[other], order[one]
    return _permuted(x, order)


def _expanded(x: Array, axis: int) -> Array:
    new = axis % (len(x.shape) + 1)
    return Array((*x.shape[:new], 1, *x.shape[new:]), lambda at: x.at([*at[:new], *at[new + 1 :]]))


def _flipped(x: Array, along: Any) -> Array:
    over = axes(x.shape, along)
    return indexed(x, [(None, None, -1) if k in over else (None, None) for k in range(len(x.shape))])


def _reshaped(x: Array, wanted: Sequence[int]) -> Array:
    shape = reshaped(x.shape, wanted)
    long = [k for k, length in enumerate(shape) if length != 1]
    if [n for n in shape if n != 1] == [n for n in x.shape if n != 1]:  # axes of length 1 come or go

        def same(at: Sequence[str]) -> Piece:
            rest = iter([at[k] for k in long])
            return x.at(["0" if length == 1 else next(rest) for length in x.shape])

        return Array(shape, same)

    def at(given: Sequence[str]) -> Piece:
        flat = ""
        for length, place in zip(shape, given, strict=True):
            flat = (
                place
                if flat in ("", "0")
                else f"({flat})*{length} + {place}"
                if " " in flat
                else f"{flat}*{length} + {place}"
            )
        places, stride = [], prod(x.shape)
        for k, length in enumerate(x.shape):
            stride //= length
            part = f"({flat})" if " " in flat else flat
            divided = part if stride == 1 else f"{part}/{stride}"
            places.append("0" if length == 1 else divided if k == 0 else f"{divided}%{length}")
        return x.at(places)

    return Array(shape, at)


def _concatenated(xs: Sequence[Array], axis: int) -> Array:
    along = axis % len(xs[0].shape)
    lengths = [x.shape[along] for x in xs]

    def at(given: Sequence[str]) -> Piece:
        place, text = given[along], ""
        for k, x in reversed(list(enumerate(xs))):
            before = sum(lengths[:k])
            moved = f"{place} - {before}" if before else place
            piece = x.at([*given[:along], moved, *given[along + 1 :]]).within(9)
            text = f"({place} < {before + lengths[k]} ? {piece} : {text})" if text else piece
        return Piece(text)

    return Array((*xs[0].shape[:along], sum(lengths), *xs[0].shape[along + 1 :]), at)


def _filled(shape: Sequence[int], text: str) -> Array:
    return Array(tuple(shape), lambda _: Piece(text))


# What only moves elements, or makes them of nothing: over the operands, those that are numbers, and what has a name.
VIEWS: Mapping[str, Callable[[Sequence[Array], Sequence[Any], Mapping[str, Any]], Array]] = {
    "ones": lambda _xs, places, _given: _filled(places, "1.0"),
    "zeros": lambda _xs, places, _given: _filled(places, "0.0"),
    "full": lambda xs, places, _given: Array(tuple(places[:-1]), lambda _: xs[-1].at(())),
    "diag": lambda xs, _places, _given: _diagonal(xs[0]),
    "eye": lambda _xs, places, _given: _one_where((places[0],) * 2, lambda at: f"{at[0]} == {at[1]}"),
    "onehot": lambda xs, places, _given: _one_where(
        (*xs[0].shape, places[1]), lambda at: f"{xs[0].at(at[:-1]).text} == {at[-1]}"
    ),
    "tril": lambda xs, _places, given: _triangle(xs[0], given.get("diagonal", 0), "<="),
    "triu": lambda xs, _places, given: _triangle(xs[0], given.get("diagonal", 0), ">="),
    "broadcast_to": lambda xs, places, _given: bring(xs[0], tuple(places[1:])),
    "expand_dims": lambda xs, places, given: _expanded(xs[0], given.get("axis", places[-1])),
    "reshape": lambda xs, places, _given: _reshaped(xs[0], places[1:]),
    "ravel": lambda xs, _places, _given: _reshaped(xs[0], (-1,)),
    "squeeze": lambda xs, _places, given: _reshaped(
        xs[0], [n for k, n in enumerate(xs[0].shape) if n != 1 or k not in axes(xs[0].shape, given.get("axis"))]
    ),
    "transpose": lambda xs, _places, _given: _permuted(xs[0], range(len(xs[0].shape))[::-1]),
    "swapaxes": lambda xs, places, _given: _swapped(xs[0], *places[1:]),
    "permute": lambda xs, places, _given: _permuted(xs[0], places[1:]),
    "flip": lambda xs, _places, given: _flipped(xs[0], given.get("axis")),
    "concat": lambda xs, _places, given: _concatenated(xs, given.get("axis", 0)),
}


def _diagonal(x: Array) -> Array:
    """A matrix with this vector as its diagonal, or the other way round."""
    if len(x.shape) > 1:
        return Array((min(x.shape),), lambda at: x.at([at[0], at[0]]))
    return Array((*x.shape, *x.shape), lambda at: Piece(f"({at[0]} == {at[1]} ? {x.at(at[:1]).within(0)} : 0.0)"))


def _triangle(x: Array, diagonal: int, sign: str) -> Array:
    def at(given: Sequence[str]) -> Piece:
        moved = f" + {diagonal}" if diagonal > 0 else f" - {-diagonal}" if diagonal else ""
        return Piece(f"({given[-1]} {sign} {given[-2]}{moved} ? {x.at(given).within(0)} : 0.0)")

    return Array(x.shape, at)
