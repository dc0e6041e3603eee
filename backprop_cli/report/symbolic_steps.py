"""Both passes in symbols: what `explain` tells without values."""

from __future__ import annotations

from backprop_cli.errors import Source, Status
from backprop_cli.lean import NamedTuple
from backprop_cli.report.model import Note


class Chain(NamedTuple):
    """`name = products = formula`: the gradient of a node, by the chain rule, and what that comes to."""

    name: str
    products: str
    formula: str


class SymbolicSteps(NamedTuple):
    """`forward` are the gates, name and formula; `parts` names in the formulas that are not the program's."""

    source: Source
    heading: str
    output: str
    prefix: str
    forward: tuple[tuple[str, str], ...]
    backward: tuple[Chain, ...]
    results: tuple[tuple[str, str], ...]
    notes: tuple[Note, ...]
    status: int = Status.OK
    complaint: None = None

    @property
    def expression(self) -> str:
        """The text as it was given."""
        return self.source.text
