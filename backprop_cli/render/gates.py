"""The gate reference for reading, as CSV and as names: a row a gate, or a row a fact about it."""

from __future__ import annotations

from backprop_cli.lean import Iterator
from backprop_cli.render.pages import GAP, Page
from backprop_cli.render.style import Style
from backprop_cli.render.tables import Cell, Column, Layout, Table, csv_lines, flat
from backprop_cli.report.gate_reference import GateReference

_LAYOUTS = (Layout(2),)


def page(report: GateReference, style: Style) -> Page:
    """Head and description of each gate; of those that were named everything, a labelled line a fact."""
    if not report.named:
        columns = [Column("gate", "code", look="cyan"), Column("computes", "words", breaks=True)]
        rows: list[list[Cell]] = [
            [style.text(entry.gate.head), style.glyphs(entry.gate.description)] for entry in report.entries
        ]
        yield Table(columns, rows, lambda row: map(flat, row), layouts=_LAYOUTS)
        return
    for number, entry in enumerate(report.entries):
        if number:
            yield GAP
        rows = [[style.glyphs(label), style.glyphs(text)] for label, text in entry.lines]
        columns = [Column("", "words"), Column("", "words", breaks=True)]
        yield Table(columns, rows, lambda row: map(flat, row), layouts=_LAYOUTS, headed=False)


def csv(report: GateReference, _style: Style) -> Iterator[str]:
    """A line a gate; of those that were named a line a fact."""
    if not report.named:
        return csv_lines(["gate", "computes"], ((entry.gate.head, entry.gate.description) for entry in report.entries))
    facts = ((entry.gate.name, *line) for entry in report.entries for line in entry.lines)
    return csv_lines(["gate", "fact", "text"], facts)


def quiet(report: GateReference, _style: Style) -> Iterator[str]:
    """A name a line."""
    for entry in report.entries:
        yield f"{entry.gate.name}\n"
