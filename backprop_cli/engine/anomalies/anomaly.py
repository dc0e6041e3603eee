"""An anomaly: a place in a finished pass that deserves a note, as numbers; the report has the words."""

from __future__ import annotations

from backprop_cli.gates import GATES
from backprop_cli.gates.gate import NoteRule
from backprop_cli.lean import NamedTuple

MARKED = frozenset(name for name, gate in GATES.items() if gate.kink or gate.jump or gate.edge)


class Anomaly(NamedTuple):
    """A note's code, which of its wordings, the node, positions of operands, another node, numbers.

    Of an array: the first element it is about, and how many elements it is about. `rule` is the rule of a tensor gate's
    row that was met, if one was: it brings its own words.
    """

    code: str
    wording: str
    node: int
    operands: tuple[int, ...] = ()
    other: int = -1
    numbers: tuple[float, ...] = ()
    element: tuple[int, ...] = ()
    elements: int = 1
    rule: NoteRule | None = None
