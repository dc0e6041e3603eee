"""Arrays as C sees them: a shape, and what an element is at given indices.

A sum, product or extreme over axes is a `Reduction`, which needs a place to gather in; what else has statements of its
own is `Written`. What only changes indices is in `c_views`.
"""

from __future__ import annotations

from itertools import product

from backprop_cli.export.expressions import Piece, Writer, closes_last
from backprop_cli.export.staged import NoWordsError
from backprop_cli.lean import Any, Callable, NamedTuple, Sequence
from backprop_cli.numeric.shapes import Shape, matmul, reduced

_TAB = "    "


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


class Written(NamedTuple):
    """What has statements of its own: those, by the name that they write to, which is declared if it is an array."""

    shape: Shape
    lines: Callable[[str], list[str]]


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
        if not (letter.isidentifier() or step == 1 or (letter[0] == "(" and closes_last(letter))):
            letter = f"({letter})"
        scaled = letter if abs(step) == 1 else f"{abs(step)}*{letter}"
        return f"{start} - {scaled}" if step < 0 else scaled if start == 0 else f"{start} + {scaled}"

    return at


def running(x: Array, along: int, name: str, letters: Sequence[str], sign: str) -> list[str]:
    """Of running sums or products the element at the letters, from the one before."""
    term = x.at(letters).within(3 + (sign == "*"))
    if x.shape[along] == 1:
        return [f"{element(name, letters)} = {term};"]
    place, start = letters[along], "0.0" if sign == " + " else "1.0"
    before = element(name, [*letters[:along], f"{place} - 1", *letters[along + 1 :]])
    return [f"{element(name, letters)} = ({place} > 0 ? {before} : {start}){sign}{term};"]


def nest(shape: Shape, letters: Sequence[str], body: list[str]) -> list[str]:
    """Loops around statements, in braces where there are several."""
    for letter, length in zip(reversed(letters[: len(shape)]), reversed(shape), strict=True):
        if letter == "0":
            continue
        head = f"for (int {letter} = 0; {letter} < {length}; {letter}++)"
        several = sum(not line.startswith(_TAB) for line in body) > 1
        body = [head + " {" * several, *(_TAB + line for line in body), *["}"] * several]
    return body
