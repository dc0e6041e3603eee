"""A worksheet: exercises, each a finished Report of which some numbers are left for the reader to find."""

from __future__ import annotations

from backprop_cli.lean import Any, Iterator, Mapping, NamedTuple
from backprop_cli.report.model import Report
from backprop_cli.report.rows import Row
from backprop_cli.text import elements

# What may be left blank: a word for it in the question.
BLANKS = {"values": "the value of every node", "locals": "every local gradient", "grads": "the gradient at every node"}


class Answer(NamedTuple):
    """A number to find: the `kind` of BLANKS it is of, of which node and, of a local gradient, along which operand."""

    kind: str
    node: str
    along: str
    number: Any


class Exercise(NamedTuple):
    """A program at a point. `text` is the program with the gates it takes from libraries."""

    number: int
    report: Report
    text: str

    @property
    def point(self) -> Mapping[str, Any]:
        """The value of every input."""
        columns = self.report.columns
        return {name: columns.values[node] for name, node in columns.graph.variables.items()}

    def rows(self) -> Iterator[Row]:
        """The nodes of the table; constants are in the formulas that use them."""
        return self.report.rows(constants=False)

    def answers(self, blank: frozenset[str]) -> Iterator[Answer]:
        """The numbers that are left blank, in the order of the table.

        Two slopes of one name that differ, as those of `x/x`, are no answer: the name does not say which is meant.
        """
        for row in self.rows():
            if "values" in blank and row.gate != "input":
                yield Answer("values", row.name, "", row.value)
            slopes = list(zip(row.operands, row.locals, strict=bool(row.locals))) if "locals" in blank else []
            for operand, slope in dict(slopes).items():
                same = all(name != operand or elements(other) == elements(slope) for name, other in slopes)
                if slope is not None and same:
                    yield Answer("locals", row.name, operand, slope)
            if "grads" in blank and row.grad is not None and row.name != self.report.output:
                yield Answer("grads", row.name, "", row.grad)


class Worksheet(NamedTuple):
    """Exercises and what is left blank in them; with `solutions` these follow, or with `only_solutions` are all."""

    exercises: tuple[Exercise, ...]
    blank: frozenset[str]
    solutions: bool = False
    only_solutions: bool = False
