"""The result of `jacobian`: a block for each variable, the anatomy of the gates, notes and verdict."""

from __future__ import annotations

from backprop_cli.check.verdict import Check
from backprop_cli.errors import Diagnostic, Label, Source
from backprop_cli.graph import Value
from backprop_cli.lean import Any, NamedTuple
from backprop_cli.numeric.shapes import Shape, size
from backprop_cli.report.jacobian_structure import Part
from backprop_cli.report.model import Note
from backprop_cli.text import shortest


class Block(NamedTuple):
    """∂output/∂variable: `values` has the output's axes, then the variable's."""

    variable: str
    shape: Shape
    values: Any
    mode: str
    passes: int


class JacobianReport(NamedTuple):
    """`blocks` has a Jacobian for each variable, none if only the anatomy was asked for; `status` is the exit's."""

    source: Source
    output: str
    value: Value
    shape: Shape
    blocks: tuple[Block, ...]
    anatomy: tuple[Part, ...]
    notes: tuple[Note, ...]
    check: Check | None
    status: int

    @property
    def complaint(self) -> Diagnostic | None:
        """What to say where the check disagrees."""
        worst = self.check.worst if self.check else None
        if worst is None:
            return None
        message = (
            f"d{self.output}/d{worst.name}, weighed at random: backprop has {shortest(worst.ours)}, the check has "
        )
        return Diagnostic("C501", message + shortest(worst.theirs), (Label(self.source, 0, len(self.source.text)),))

    @property
    def expression(self) -> str:
        """The text as it was given."""
        return self.source.text

    @property
    def jacobians(self) -> dict[str, Any]:
        """Variable to array of the shape (*output's, *variable's)."""
        return {block.variable: block.values for block in self.blocks}


def layout(output: str, shape: Shape, block: Block) -> str:
    """`row i, column j is ∂f[i]/∂x[j]`: what an element of a block is."""
    letters = iter("ijklmnpqrstuvw")
    rows, columns = ([next(letters, "…") for _ in axes] for axes in (shape, block.shape))
    element = f"∂{output}{_index(rows)}/∂{block.variable}{_index(columns)}"
    if len(rows) == 1 and len(columns) == 1:
        return f"row i, column j is {element}"
    if not rows and not columns:
        return f"it is {element}"
    if len(rows) + len(columns) == 1:
        return f"element {(rows + columns)[0]} is {element}"
    return f"element [{', '.join(rows + columns)}] is {element}"


def _index(letters: list[str]) -> str:
    return f"[{', '.join(letters)}]" if letters else ""


def labels(name: str, shape: Shape, limit: int) -> list[str]:
    """`f[0]`, `f[1]`, …: the elements of an array in order, at most `limit` of them; of a number its name."""
    made = []
    for flat in range(min(size(shape), limit)):
        index: list[int] = []
        for length in reversed(shape):
            index.insert(0, flat % length)
            flat //= length
        made.append(name + (str(index) if index else ""))
    return made
