"""What tensor gates send back, in gates: sums and broadcasting, products of matrices.

The functions have the names that the rows' texts use, and take nodes where those of `numeric` take arrays. Broadcasting
may be left to the gate that comes next: what is sent is then smaller than the operand.
"""

from __future__ import annotations

from math import prod

from backprop_cli.engine.derive.builder import Node
from backprop_cli.lean import Sequence, reduce
from backprop_cli.numeric.shapes import Axis, Shape

__all__ = [
    "accumulate_back", "centred", "cofactors", "cofactors_push", "count_of", "inv", "matmul", "matmul_left",
    "matmul_right", "matrix_power_push", "mean", "others", "outer", "shape_of", "share", "solve", "spread",
    "sum", "swap", "total",
]  # fmt: skip
_FEW = 16  # the largest power of a matrix whose slope is written as a sum; of others it is made by squaring


def shape_of(x: Node) -> Shape:
    """The shape."""
    return x.shape


def count_of(x: Node) -> int:
    """How many elements there are."""
    return prod(x.shape)


# -- shapes ------------------------------------------------------------------------------------------------


def reshape(x: Node, shape: Shape) -> Node:
    """The same elements in another shape."""
    return x if x.shape == shape else x.builder.tensor("reshape", x, shape=shape)


def expanded(x: Node, axes: Axis) -> Node:
    """The array with axes of length 1 at those places of the result."""
    for axis in sorted(axes):
        x = x.builder.tensor("expand_dims", x, axis=(axis,))
    return x


def cut(x: Node, axis: int, begin: int, end: int) -> Node:
    """The elements from `begin` to before `end` along an axis."""
    items = (*(slice(None) for _ in range(axis)), slice(begin, end))
    return x.builder.tensor("index", x, items=items)


def joined(xs: Sequence[Node]) -> Node:
    """All elements of all of them as one vector."""
    builder = xs[0].builder
    rows = [reshape(x, (count_of(x),)) if x.shape else builder.tensor("stack", x, axis=(0,)) for x in xs]
    return rows[0] if len(rows) == 1 else builder.tensor("concat", *rows, axis=(0,))


def flip(x: Node, axis: Axis) -> Node:
    """The elements in reverse order."""
    return x.builder.tensor("flip", x, axis=axis)


def filled(x: Node, shape: Shape) -> Node:
    """A gradient in the shape that it has to have in the end."""
    if x.shape == shape:
        return x
    if x.number in (0, 1):
        return x.builder.tensor("ones" if x.number else "zeros", shape=shape)
    return x.builder.tensor("broadcast_to", x, shape=shape)


def unbroadcast(sent: Node, node: Shape, shape: Shape) -> Node:
    """Sum over the axes along which an operand of the shape was broadcast to the node's.

    Where what is sent is the same along such an axis, and was left to broadcasting, the sum is a multiple.
    """
    added = len(node) - len(shape)
    over = {*range(added), *(k + added for k, n in enumerate(shape) if n == 1 and node[k + added] != 1)}
    missing = len(node) - len(sent.shape)
    there = (1,) * missing + sent.shape
    multiple = prod(node[k] for k in over if there[k] == 1)
    sent = sent if multiple == 1 else multiple * sent
    sent = sum(sent, tuple(k - missing for k in sorted(over) if there[k] != 1), keepdims=False)
    kept = tuple(1 if k in over else n for k, n in enumerate(there) if k >= added)
    while kept[:1] == (1,) and len(kept) > len(sent.shape):
        kept = kept[1:]
    return reshape(sent, kept)


# -- sums and products of elements -------------------------------------------------------------------------


def sum(x: Node, axis: Axis | None, keepdims: bool) -> Node:  # noqa: A001  the name the table uses
    """The sum over axes, None for all."""
    over = tuple(range(len(x.shape))) if axis is None else axis
    return x.builder.tensor("sum", x, axis=over, keepdims=keepdims) if over else x


def spread(G: Node, x: Node, axis: Axis) -> Node:
    """The upstream gradient of a reduction, with its axes back; broadcasting does the rest."""
    return G if len(G.shape) in (0, len(x.shape)) else expanded(G, axis)


def total(x: Node, axis: Axis) -> int:
    """How many elements a reduction over `axis` takes in."""
    return prod(x.shape[k] for k in axis)


def mean(x: Node, axis: Axis, keepdims: bool) -> Node:
    """The mean over axes."""
    return x.builder.tensor("mean", x, axis=axis, keepdims=keepdims)


def centred(x: Node, axis: Axis) -> Node:
    """Distances from the mean."""
    return x - mean(x, axis, keepdims=True)


def share(G: Node, x: Node, out: Node, axis: Axis) -> Node:
    """What flows to the largest elements, which share it."""
    is_largest = x == spread(out, x, axis)
    return x.builder.make("where", is_largest, spread(G, x, axis) / sum(is_largest, axis, keepdims=True), 0)


def others(x: Node, axis: Axis) -> Node:
    """The products of the other elements, as those before times those after: no element divides.

    Raises NameError over several axes that are not all: there is no gate for that.
    """
    builder, row = x.builder, x if len(axis) == 1 else reshape(x, (count_of(x),))
    if len(axis) not in (1, len(x.shape)):
        raise NameError("a product over several axes, but not all")
    k = axis[0] if len(axis) == 1 else 0
    if row.shape[k] == 1:
        return builder.node(1.0)
    ones = builder.tensor("ones", shape=tuple(1 if j == k else n for j, n in enumerate(row.shape)))

    def before(y: Node) -> Node:
        rest = builder.tensor("cumprod", cut(y, k, 0, y.shape[k] - 1), axis=(k,))
        return builder.tensor("concat", ones, rest, axis=(k,))

    return reshape(before(row) * flip(before(flip(row, (k,))), (k,)), x.shape)


def accumulate_back(G: Node, x: Node, axis: Axis) -> Node:
    """What running sums send back: running sums from the other end."""
    along, over = (G, axis) if len(axis) == 1 else (reshape(G, (count_of(G),)), (0,))
    return reshape(flip(G.builder.tensor("cumsum", flip(along, over), axis=over), over), x.shape)


# -- matrices ----------------------------------------------------------------------------------------------


def swap(x: Node) -> Node:
    """The transpose; of a transpose what was transposed, in books of a product the product of the transposes."""
    if len(x.shape) < 2:
        return x
    factors, k = [x], 0
    while k < len(factors) and x.builder.as_in_books:
        gate, operands = _made_of(factors[k])
        if gate == "matmul" and len(operands[0].shape) == len(operands[1].shape) == 2:
            factors[k : k + 1] = operands
        else:
            k += 1
    return reduce(matmul, map(_transposed, reversed(factors)))


def _made_of(x: Node) -> tuple[str, list[Node]]:
    out = x.builder.out
    return out.gates[x.id], [Node(x.builder, j) for j in out.inputs[x.id]]


def _transposed(x: Node) -> Node:
    gate, operands = _made_of(x)
    if len(x.shape) < 2 or gate == "eye":
        return x
    if gate == "outer" and x.builder.as_in_books:
        return outer(operands[1], operands[0])
    return operands[0] if gate == "transpose" else x.builder.tensor("transpose", x)


def _matrices(x: Node) -> Node:
    """Each matrix of a stack transposed."""
    return swap(x) if len(x.shape) == 2 else x.builder.tensor("swapaxes", x, one=-1, other=-2)


def column(x: Node) -> Node:
    """The array with an axis of length 1 at the end."""
    return expanded(x, (len(x.shape),))


def matmul(a: Node, b: Node) -> Node:
    """The matrix product; with the identity nothing is multiplied."""
    gates = a.builder.out.gates
    if gates[a.id] == "eye":
        return b
    return a if gates[b.id] == "eye" else a.builder.tensor("matmul", a, b)


def outer(x: Node, y: Node) -> Node:
    """The products of every element of one vector with every element of another."""
    return x.builder.tensor("outer", x, y)


def matmul_left(G: Node, a: Node, b: Node) -> Node:
    """What `a @ b` sends to a."""
    if len(b.shape) == 1:
        return G * b if len(a.shape) == 1 else outer(G, b) if len(a.shape) == 2 else column(G) * b
    if len(a.shape) == 1:
        return matmul(b, G) if len(b.shape) == 2 else sum(matmul(b, column(G)), (len(b.shape) - 1,), keepdims=False)
    return matmul(G, _matrices(b))


def matmul_right(G: Node, a: Node, b: Node) -> Node:
    """What `a @ b` sends to b."""
    if len(a.shape) == 1:
        if len(b.shape) == 1:
            return G * a
        return outer(a, G) if len(b.shape) == 2 else column(a) * expanded(G, (len(G.shape) - 1,))
    if len(b.shape) == 1:
        if len(a.shape) == 2:
            return matmul(swap(a), G)
        return sum(matmul(_matrices(a), column(G)), (len(a.shape) - 1,), keepdims=False)
    return matmul(_matrices(a), G)


def inv(a: Node) -> Node:
    """The inverse."""
    return a.builder.tensor("inv", a)


def solve(a: Node, b: Node) -> Node:
    """The x with a @ x = b."""
    return a.builder.tensor("solve", a, b)


def cofactors(a: Node) -> Node:
    """The slopes of the determinant; in books by Jacobi's formula, for matrices that have an inverse."""
    if a.builder.as_in_books:
        return a.builder.tensor("det", a) * swap(inv(a))
    return a.builder.tensor("cofactors", a)


def cofactors_push(d: Node, a: Node) -> Node:
    """How the cofactors move when the matrix moves by d, of matrices that have an inverse."""
    back = swap(inv(a))
    along = sum(back * d, None, keepdims=False)
    return a.builder.tensor("det", a) * (along * back - matmul(matmul(back, swap(d)), back))


def matrix_power_push(d: Node, a: Node, power: int) -> Node:
    """How a power moves when the matrix moves by d: the sum of the products with d in the place of one factor.

    It is that of the inverse where the power is negative; a large power is made by squaring pairs (value, move).
    """
    if power < 0:
        a = swap(inv(swap(a))) if _made_of(a)[0] == "transpose" else inv(a)
        d, power = -matmul(matmul(a, d), a), -power
    moved = a.builder.node(0.0)
    if power <= _FEW:
        for k in range(power):
            after = power - 1 - k
            left = matmul(_times(a, k), d) if k else d
            moved = moved + (matmul(left, _times(a, after)) if after else left)
        return moved
    value: Node | None = None
    factor, move, rest = a, d, power
    while rest:
        if rest & 1 and value is None:
            value, moved = factor, move
        elif rest & 1 and value is not None:
            value, moved = matmul(value, factor), matmul(value, move) + matmul(moved, factor)
        rest >>= 1
        if rest:
            factor, move = matmul(factor, factor), matmul(factor, move) + matmul(move, factor)
    return moved


def _times(a: Node, count: int) -> Node:
    """The product of so many copies."""
    return a if count == 1 else a.builder.tensor("matrix_power", a, power=count)
