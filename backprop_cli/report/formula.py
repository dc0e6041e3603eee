"""Formulas and equations as plain data: names, numbers, gradients and slopes stay references in them.

It does not know how they are written; `notation` does.
"""

from __future__ import annotations

from backprop_cli.lean import Any, Callable, Iterable, NamedTuple, Sequence, TypeVar
from backprop_cli.numeric.shapes import Shape

Item = TypeVar("Item")
_MOST_OPERANDS = 8  # of a formula or a sum that are written out
TRANSPOSED = "'"  # a piece of its own after what is transposed
_BETWEEN = frozenset({"@", "+", "-", "*", "/"})  # signs between operands whose shapes are worth comparing


class Name(NamedTuple):
    """What a node is called."""

    node: int


class Number(NamedTuple):
    """A value, a slope or a gradient."""

    value: Any


class Grad(NamedTuple):
    """d output / d node, as a symbol."""

    node: int


class Partial(NamedTuple):
    """∂ node / ∂ operand, as a symbol."""

    node: int
    operand: int


Piece = str | Name | Number | Grad | Partial  # a str is signs and words between the others
Formula = tuple[Piece, ...]


class Rule(NamedTuple):
    """A formula that may be told `in_words`, which no numbers are put into."""

    formula: Formula
    in_words: bool = False


class Equation(NamedTuple):
    """`left = side = side`: the rule in symbols, with numbers, and what it comes to. `relation`: `=`, `+=` or `:`.

    `shapes` says of arrays what the symbols do not: `(2, 2) = (2,) outer (2,)`, `(3,) elementwise`.
    """

    left: Formula
    sides: tuple[Formula, ...]
    relation: str = "="
    shapes: str = ""


def merged(pieces: Iterable[Piece]) -> Formula:
    """The pieces, neighbouring texts as one."""
    made: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and made and isinstance(made[-1], str):
            made[-1] += piece
        else:
            made.append(piece)
    return tuple(made)


def joined(sign: str, items: Sequence[Item], piece: Callable[[Item], Piece]) -> Formula:
    """The pieces that the items are, a sign between them; the middle left out where they are many."""
    if len(items) <= _MOST_OPERANDS:
        shown = [piece(item) for item in items]
    else:
        shown = [*(piece(item) for item in items[:4]), "…", piece(items[-1])]
    return tuple(p for item in shown for p in (sign, item))[1:]


def few(formula: Formula) -> Formula:
    """The formula, the middle of its operands left out where they are many."""
    operands = [place for place, piece in enumerate(formula) if not isinstance(piece, str)]
    if len(operands) <= _MOST_OPERANDS:
        return formula
    return (*formula[: operands[4]], "…", *formula[operands[-1] - 1 :])


def shapes_of(formula: Formula, result: Shape, shape_of: Callable[[int], Shape]) -> str:
    """`(2, 2) = (2,) outer (2,)`, `(4, 5) = (4, 5) + (5,)`: of products, and where shapes differ.

    Elsewhere the result's shape alone; of a number nothing.
    """
    operands = [shape_of(piece.node) for piece in formula if isinstance(piece, Name | Grad)]
    plain = str(result) if result else ""
    if len(operands) < 2 or not all(operands) or max(map(len, operands)) > 2:
        return plain
    if [piece for piece in formula if isinstance(piece, str)] == ["outer(", ", ", ")"]:
        return f"{result} = {operands[0]} outer {operands[1]}" if len(operands[0]) == len(operands[1]) == 1 else plain
    said: list[str] = []
    last: Shape = ()
    for piece in formula:
        if isinstance(piece, Name | Grad):
            last = shape_of(piece.node)
            said.append(str(last))
        elif piece == TRANSPOSED:
            said[-1] = str(last[::-1])
        elif str(piece).strip() not in _BETWEEN:
            return plain
        else:
            said.append(str(piece))
    differ = any(shape != result for shape in operands)
    return f"{result or 'a number'} = {''.join(said)}" if differ else plain


def summed(operand: Shape, node: Shape) -> tuple[str, str]:
    """How what a gate sends to an operand that was broadcast is summed: `, axis=0`, and in shapes; else nothing."""
    added = len(node) - len(operand)
    over = [*range(added), *(k + added for k, length in enumerate(operand) if length == 1 and node[k + added] != 1)]
    if not over:
        return "", f"{node} elementwise"
    if not operand:
        return "", f"a number: the sum of {node}"
    axis = str(over[0]) if len(over) == 1 else str(over)
    axes = f"axis {axis}" if len(over) == 1 else f"axes {', '.join(map(str, over[:-1]))} and {over[-1]}"
    return f", axis={axis}", f"{operand} = {node} summed over {axes}"
