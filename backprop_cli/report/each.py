"""An expression at many points, one after the other: what `--each` answers."""

from __future__ import annotations

from backprop_cli.errors import Status
from backprop_cli.graph import INPUT, Value
from backprop_cli.lean import Iterable, NamedTuple
from backprop_cli.report.model import Report


class AtLine(NamedTuple):
    """The report at the values of a line of a file, and which of them the expression uses."""

    line: int
    given: tuple[str, ...]
    report: Report

    @property
    def values(self) -> dict[str, Value]:
        """The values of the line that the expression uses."""
        columns = self.report.columns
        return {name: columns.values[columns.graph.variables[name]] for name in self.given}

    @property
    def results(self) -> dict[str, Value]:
        """The output, and the gradients or the updates, by the names that headings have."""
        report = self.report
        if report.step:
            return {report.output: report.value, **{f"{name} new": x for name, x in report.step.updated.items()}}
        return {report.output: report.value, **{f"d{report.output}/d{x}": g for x, g in report.gradients.items()}}

    @property
    def codes(self) -> str:
        """The codes of the notes, each once."""
        return " ".join(dict.fromkeys(note.code for note in self.report.notes))


def at_line(line: int, names: Iterable[str], report: Report) -> AtLine:
    """A report with those of the line's names that are inputs of its graph."""
    graph = report.columns.graph
    inputs = {name for name, node in graph.variables.items() if graph.gates[node] == INPUT}
    return AtLine(line, tuple(name for name in names if name in inputs), report)


class EachReport(NamedTuple):
    """What an expression is at each line of a file, made as it is read; `path` is the file's."""

    path: str
    found: Iterable[AtLine]


def worst(statuses: Iterable[int]) -> int:
    """The exit status of many: the first that is not that of success, a disagreement before a note's."""
    found = set(statuses) - {Status.OK}
    return min(found, default=Status.OK)
