"""A Program: what was written, as flat rows in the order a calculator would work through them.

f = (x+y)*2     row  op    args
                 0   name  x            names come first, a row for all mentions of one
                 1   name  y
                 2   +     (0, 1)
                 3   num   2
                 4   *     (2, 3)
"""

from __future__ import annotations

from backprop_cli.errors import Diagnostic, Label, Source, places_in
from backprop_cli.lean import Any, Callable, NamedTuple

BINDING_POWER = {
    "==": 1, "!=": 1, "<": 1, "<=": 1, ">": 1, ">=": 1,
    "+": 2, "-": 2,
    "*": 3, "·": 3, "/": 3, "%": 3, "@": 3, "juxtaposed": 3,
    "negative": 4, "positive": 4,
    "^": 5,
    "transpose": 6, "index": 6,
}  # fmt: skip
SizeOf = Callable[[str], tuple[int, ...] | int | None]  # by name the shape of an array, or a whole number itself
COMPARISONS = frozenset(op for op, power in BINDING_POWER.items() if power == 1)


class Call(NamedTuple):
    """`name(operands, keyword=operand)`: rows, and for a keyword its start; `name_end` closes the name's span."""

    name: str
    operands: tuple[int, ...]
    keywords: tuple[tuple[str, int, int], ...]
    name_end: int


class Index(NamedTuple):
    """`operand[items]`: an item is the row of a whole number, or the rows of a slice's start, stop and step.

    A slice has two or three parts, each None where nothing was written: `x[1:]` has the items `((row, None),)`.
    """

    operand: int
    items: tuple[tuple[int | None, ...], ...]


class Statement(NamedTuple):
    """`name = row`; the name is empty where none was written, the row is -1 where it did not parse."""

    name: str
    row: int
    name_start: int


class Parameter(NamedTuple):
    """A parameter of a definition: where it is written, and the text of its default, None where there is none."""

    name: str
    start: int
    default: str | None = None


class Definition(NamedTuple):
    """`gate name(parameters) = body`; the body is a Program in which the parameters are free names.

    A head that does not parse leaves no parameters, a body that does not parse its diagnostics.
    """

    name: str
    name_start: int
    parameters: tuple[Parameter, ...]
    body: Program

    @property
    def head(self) -> str:
        """`leaky(x, slope=0.01)`."""
        inside = (p.name if p.default is None else f"{p.name}={p.default}" for p in self.parameters)
        return f"{self.name}({', '.join(inside)})"


class Program:
    """Columns of rows, the statements that end in them, the gates they may use, and what was wrong.

    `ops[i]` is an operator's spelling, or `num` (args: its text, a minus sign included), `name` (args: the name),
    `call` (args: a Call), `index` (args: an Index), `array` (args: the rows of the elements) or `derivative` (args: the
    rows of what is differentiated and by what). Operands of a row come before it; one is -1 where its definition did
    not parse. A name has one row, its first mention's, at the front, unless it was mentioned before the statement that
    defines it. `starts`, `ends` are characters of the source.
    """

    __slots__ = ("args", "columns", "counts", "definitions", "diagnostics", "ends", "ops", "ranks", "reading", "source",
                 "starts", "statements", "turns")  # fmt: skip

    def __init__(self, source: Source) -> None:
        self.source = source
        self.ops: list[str] = []
        self.args: list[Any] = []
        self.starts, self.ends = places_in(source.text), places_in(source.text)
        self.statements: list[Statement] = []
        self.definitions: list[Definition] = []
        self.diagnostics: list[Diagnostic] = []
        self.reading = ""  # the text in our notation, where it was not in that
        self.counts: set[str] = set()  # names that say how often loops run, and are no inputs
        self.ranks: dict[str, int] = {}  # how many axes names have, where sums over indices say so
        self.columns: Any = None  # of a large program, the rows as `large_program.Rows`
        self.turns: list[Any] = []  # of loops that were written out, each a `turns.Turn`

    def label(self, row: int, text: str = "") -> Label:
        """The place of a row."""
        return Label(self.source, self.starts[row], self.ends[row], text)
