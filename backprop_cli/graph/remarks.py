"""What a graph has beside its columns: remarks on its text, and the slices that are calls of the user's gates."""

from __future__ import annotations

from backprop_cli.lean import NamedTuple


class Remark(NamedTuple):
    """Something the reader of the text should know: a note's code and words, and the place, in characters."""

    code: str
    message: str
    start: int
    end: int
    of_products: bool = False  # how products without a sign were read, which shapes may change
    of_text: bool = False  # how all of it was read, which was not in our notation


class Subgraph(NamedTuple):
    """What a call of a user's gate is made of: the nodes first … last-1, of which nobody else uses any but `output`.

    `operands` are what it was called with, in the order of its parameters. `label` is the call's own name (`sig1`);
    `parent` is the position of the call around it in `Graph.subgraphs`, or -1. Where the gate hands an operand back,
    `output` lies outside the slice.

    A turn of a loop is one too, with a `title` (`turn 3 of 10`), and with the loop's name. It has no parameters, its
    operands are what enters it, and `more` nodes than its last may be used by others.
    """

    name: str
    label: str
    first: int
    last: int
    parameters: tuple[str, ...]
    operands: tuple[int, ...]
    output: int
    parent: int = -1
    title: str = ""
    more: tuple[int, ...] = ()

    @property
    def outputs(self) -> tuple[int, ...]:
        """The nodes that others use."""
        return (*self.more, self.output)
