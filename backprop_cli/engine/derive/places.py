"""What gates that move elements send back, in gates: zeros around what was taken, copies summed.

As in `sums`, the functions have the names that the rows' texts use.
"""

from __future__ import annotations

from itertools import accumulate

from backprop_cli.engine.derive.builder import Node
from backprop_cli.engine.derive.sums import column, count_of, cut, expanded, flip, matmul, outer, reshape, swap
from backprop_cli.engine.derive.sums import sum as summed
from backprop_cli.lean import Sequence
from backprop_cli.numeric.shapes import Axis, Shape

__all__ = [
    "diag", "diagonal_back", "flip", "part", "permute_back", "pick_back", "place", "repeat_back", "reshape", "roll",
    "swapaxes", "take_back", "tile_back", "tril", "triu", "unstack",
]  # fmt: skip


def part(G: Node, k: int, xs: Sequence[Node], axis: Axis) -> Node:
    """The k-th operand's share of what was joined."""
    ends = [0, *accumulate(x.shape[axis[0]] for x in xs)]
    return cut(G, axis[0], ends[k], ends[k + 1])


def unstack(G: Node, k: int, axis: Axis) -> Node:
    """The k-th operand's share of a stack."""
    return G.builder.tensor("index", G, items=(*(slice(None) for _ in range(axis[0])), k))


def place(G: Node, x: Node, items: Sequence[int | slice]) -> Node:
    """Zeros of the shape of x, with G at the items: put together along one axis after the other."""
    units = [
        x.builder.tensor("onehot", item % n, classes=n)
        for item, n in zip(items, x.shape, strict=False)
        if isinstance(item, int)
    ]
    if x.builder.as_in_books and len(units) == len(items) and len(x.shape) < 3:
        if len(units) < len(x.shape):
            return outer(units[0], G)
        return G * (units[0] if len(units) == 1 else outer(*units))
    G = expanded(G, tuple(k for k, item in enumerate(items) if isinstance(item, int)))
    for k, item in enumerate(items):
        length = x.shape[k]
        places = range(length)[item] if isinstance(item, slice) else range(length)[item % length :][:1]
        if places.step < 0:
            G, places = flip(G, (k,)), places[::-1]
        G = _spaced(G, k, places.step)
        pieces = [_zeros(G, k, places[0]), G, _zeros(G, k, length - 1 - places[-1])]
        if len(places) < length:
            G = G.builder.tensor("concat", *(piece for piece in pieces if piece is not None), axis=(k,))
    return G


def _zeros(like: Node, axis: int, length: int) -> Node | None:
    shape = tuple(length if k == axis else n for k, n in enumerate(like.shape))
    return like.builder.tensor("zeros", shape=shape) if length else None


def _spaced(x: Node, axis: int, step: int) -> Node:
    """The elements with `step - 1` zeros between them."""
    length = x.shape[axis]
    if step == 1 or length == 1:
        return x
    behind = expanded(x, (axis + 1,))
    zeros = _zeros(behind, axis + 1, step - 1)
    assert zeros is not None
    apart = x.builder.tensor("concat", behind, zeros, axis=(axis + 1,))
    shape = (*x.shape[:axis], length * step, *x.shape[axis + 1 :])
    return cut(reshape(apart, shape), axis, 0, (length - 1) * step + 1)


def take_back(G: Node, x: Node, labels: Node) -> Node:
    """The rows of G, added up at their labels. Raises NameError where labels or rows have more axes than a matrix."""
    if len(labels.shape) != 1 or len(x.shape) > 2:
        raise NameError("rows taken by labels of several axes")
    return matmul(swap(G.builder.tensor("onehot", labels, classes=len(x))), G)


def pick_back(G: Node, x: Node, labels: Node) -> Node:
    """The elements of G, each in the row it was picked from."""
    return column(G) * G.builder.tensor("onehot", labels, classes=x.shape[-1])


def diag(x: Node) -> Node:
    """The matrix with a vector on its diagonal, or a matrix's diagonal."""
    return x.builder.tensor("diag", x)


def diagonal_back(G: Node, a: Node) -> Node:
    """Zeros of the matrix's shape with G on the diagonal."""
    order = slice(0, len(G))
    return place(diag(G), a, (order, order))


def tril(x: Node, diagonal: int) -> Node:
    """The lower triangle."""
    return x.builder.tensor("tril", x, diagonal=diagonal)


def triu(x: Node, diagonal: int) -> Node:
    """The upper triangle."""
    return x.builder.tensor("triu", x, diagonal=diagonal)


def roll(x: Node, shift: int, axis: Axis) -> Node:
    """The elements moved on."""
    return x.builder.tensor("roll", x, shift=shift, axis=axis)


def swapaxes(x: Node, one: int, other: int) -> Node:
    """Two axes in each other's place."""
    return x.builder.tensor("swapaxes", x, one=one, other=other)


def permute_back(G: Node, order: Sequence[int]) -> Node:
    """The axes in their old order."""
    places = [k % len(order) for k in order]
    return G.builder.tensor("permute", G, order=tuple(sorted(range(len(places)), key=places.__getitem__)))


def repeat_back(G: Node, x: Node, count: int, axis: Axis) -> Node:
    """The sum over the copies of each element."""
    if len(axis) != 1:
        return reshape(summed(reshape(G, (count_of(x), count)), (1,), keepdims=False), x.shape)
    (k,) = axis
    return summed(reshape(G, (*x.shape[: k + 1], count, *x.shape[k + 1 :])), (k + 1,), keepdims=False)


def tile_back(G: Node, x: Node, counts: Sequence[int]) -> Node:
    """The sum over the copies of the array."""
    axes = max(len(counts), len(x.shape))
    times: Shape = (1,) * (axes - len(counts)) + tuple(counts)
    lengths = (1,) * (axes - len(x.shape)) + x.shape
    apart = reshape(G, tuple(n for pair in zip(times, lengths, strict=True) for n in pair))
    return reshape(summed(apart, tuple(range(0, 2 * axes, 2)), keepdims=False), x.shape)
