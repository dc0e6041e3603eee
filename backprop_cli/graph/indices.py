"""What stands in `x[…]`: whole numbers and slices that are written out, or places that are values themselves."""

from __future__ import annotations

from backprop_cli.errors import Diagnostic
from backprop_cli.gates.tensors import TENSOR_BY_SYNTAX
from backprop_cli.graph.arguments import BoundCall
from backprop_cli.graph.attributes import Unreadable, whole
from backprop_cli.language.program import COMPARISONS, Program


def gate_of_index(program: Program, row: int) -> str:
    """The gate that `x[items]` is: elements by places that are written out, or by those of a value, `E[labels]`."""
    items = program.args[row].items
    has_value = len(items) == 1 and len(items[0]) == 1 and not _is_written_out(program, items[0][0])
    return TENSOR_BY_SYNTAX["taken" if has_value else "index"]


def _is_written_out(program: Program, row: int | None) -> bool:
    """Whether a whole number can be read there, or nothing that has a value stands there."""
    if row is None or row < 0 or program.ops[row] == "num":
        return True
    try:
        whole(program, row)
    except Unreadable:
        return False
    return True


def bind_index(program: Program, row: int) -> BoundCall:
    """The operand of `x[items]`, and the items as whole numbers and slices; both operands if the item is a value."""
    index = program.args[row]
    if gate_of_index(program, row) != TENSOR_BY_SYNTAX["index"]:
        place = index.items[0][0]
        if program.ops[place] in COMPARISONS:
            return BoundCall((index.operand,), diagnostic=_mask(program, index.operand, place))
        return BoundCall((index.operand, place))
    items: list[int | slice] = []
    absorbed: set[int] = set()
    try:
        for item in index.items:
            parts = [None if part is None else whole(program, part, "a whole number") for part in item]
            absorbed.update(part for part in item if part is not None)
            items.append(slice(*parts) if len(item) > 1 else parts[0])  # type: ignore[arg-type]  # an item has a part
    except Unreadable as problem:
        help_ = "indices are whole numbers and slices, as in `W[1, :]`"
        if program.ops[problem.row] == "array" or len(index.items) > 1:
            help_ += "; for a product write `W @ [1, 2]`"
        message = "an index is a whole number, written out"
        diagnostic = Diagnostic("V307", message, (program.label(problem.row),), help_)
        return BoundCall((index.operand,), diagnostic=diagnostic)
    return BoundCall((index.operand,), (), (tuple(items),), frozenset(absorbed))


def _mask(program: Program, operand: int, place: int) -> Diagnostic:
    """`X[X > 0]` has as many elements as there are at which that holds: no shape is known beforehand."""
    text = program.source.text
    of, condition = (text[program.starts[row] : program.ends[row]] for row in (operand, place))
    message = "a comparison chooses elements, and how many there are is not known beforehand"
    help_ = f"write `where({condition}, {of}, 0)`: the others are 0, which no sum sees"
    return Diagnostic("V307", message, (program.label(place),), help_)
