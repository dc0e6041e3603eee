"""Arrays of C that are views of others, or are made of nothing: only the indices change, nothing is stored.

Transposes, slices, broadcasts, triangles, copies side by side, elements by labels.
"""

from __future__ import annotations

from math import prod

from backprop_cli.export.c_arrays import Array, bring, indexed
from backprop_cli.export.expressions import Piece
from backprop_cli.lean import Any, Callable, Mapping, Sequence
from backprop_cli.numeric.shapes import Shape, axes, reshaped, steps


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
    "permute": lambda xs, places, _given: _permuted(xs[0], [k % len(xs[0].shape) for k in places[1:]]),
    "roll": lambda xs, places, given: _rolled(xs[0], places[1], given.get("axis")),
    "tile": lambda xs, places, _given: _tiled(xs[0], places[1:]),
    "repeat": lambda xs, places, given: _repeated(xs[0], places[1], given.get("axis")),
    "stack": lambda xs, _places, given: _concatenated(
        [_expanded(x, given.get("axis", 0)) for x in xs], given.get("axis", 0)
    ),
    "size": lambda xs, _places, given: _filled(
        (), f"{prod(xs[0].shape[k] for k in axes(xs[0].shape, given.get('axis')))}.0"
    ),
    "arange": lambda _xs, places, given: _counted(*places, **given),
    "linspace": lambda xs, places, _given: Array((places[2],), lambda at: _between(xs[0], xs[1], places[2], at[0])),
    "take": lambda xs, _places, _given: _taken(xs[0], xs[1]),
    "pick": lambda xs, _places, _given: Array(
        xs[0].shape[:-1], lambda at: xs[0].at([*at, _label(xs[1].at(at), xs[0].shape[-1])])
    ),
    "flip": lambda xs, _places, given: _flipped(xs[0], given.get("axis")),
    "concat": lambda xs, _places, given: _concatenated(xs, given.get("axis", 0)),
}


def _diagonal(x: Array) -> Array:
    """A matrix with this vector as its diagonal, or the other way round."""
    if len(x.shape) > 1:
        return Array((min(x.shape),), lambda at: x.at([at[0], at[0]]))
    return Array((*x.shape, *x.shape), lambda at: Piece(f"({at[0]} == {at[1]} ? {x.at(at[:1]).within(0)} : 0.0)"))


def _counted(begin: float, end: float | None = None, step: float = 1) -> Array:
    count = steps(begin, end, step)
    begin = 0 if end is None else begin
    return Array((count,), lambda at: Piece(f"({float(begin)!r} + {float(step)!r}*{_bare(at[0])})"))


def _between(start: Array, stop: Array, count: int, place: str) -> Piece:
    first, last = (x.at(()).within(4) for x in (start, stop))
    return Piece(f"({first} + ({last} - {first})*{_bare(place)}/{max(count - 1, 1)}.0)")


def _rolled(x: Array, shift: int, along: Any) -> Array:
    """Along axes, or of all elements in order."""
    flat = _reshaped(x, (-1,)) if along is None else x
    over = axes(flat.shape, along)

    def moved(k: int, place: str) -> str:
        back = -shift % flat.shape[k]
        return f"({place} + {back})%{flat.shape[k]}" if k in over and back else place

    made = Array(flat.shape, lambda at: flat.at([moved(k, place) for k, place in enumerate(at)]))
    return _reshaped(made, x.shape) if along is None else made


def _tiled(x: Array, counts: Sequence[Any]) -> Array:
    times = counts[0] if isinstance(counts[0], tuple) else tuple(counts)
    rank = max(len(times), len(x.shape))
    lengths = (*[1] * (rank - len(x.shape)), *x.shape)
    times = (*[1] * (rank - len(times)), *times)
    own = rank - len(x.shape)

    def at(given: Sequence[str]) -> Piece:
        return x.at([f"{_bare(place)}%{length}" for place, length in zip(given[own:], x.shape, strict=True)])

    return Array(tuple(n * k for n, k in zip(lengths, times, strict=True)), at)


def _repeated(x: Array, count: int, along: Any) -> Array:
    if along is None:
        x, along = _reshaped(x, (-1,)), 0
    k = along % len(x.shape)
    return Array(
        (*x.shape[:k], x.shape[k] * count, *x.shape[k + 1 :]),
        lambda at: x.at([*at[:k], f"{_bare(at[k])}/{count}", *at[k + 1 :]]),
    )


def _taken(x: Array, labels: Array) -> Array:
    rank = len(labels.shape)
    return Array((*labels.shape, *x.shape[1:]), lambda at: x.at([_label(labels.at(at[:rank]), x.shape[0]), *at[rank:]]))


def _label(piece: Piece, length: int) -> str:
    """A place that is a value; below 0 it is counted from the end."""
    return f"((int){piece.within(9)} + {length})%{length}"


def _bare(place: str) -> str:
    return f"({place})" if " " in place else place


def _triangle(x: Array, diagonal: int, sign: str) -> Array:
    def at(given: Sequence[str]) -> Piece:
        moved = f" + {diagonal}" if diagonal > 0 else f" - {-diagonal}" if diagonal else ""
        return Piece(f"({given[-1]} {sign} {given[-2]}{moved} ? {x.at(given).within(0)} : 0.0)")

    return Array(x.shape, at)
