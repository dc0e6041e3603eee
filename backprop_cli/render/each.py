"""An expression at many points: a line a point, in every format that a loop can read or a page can hold."""

from __future__ import annotations

from itertools import islice

from backprop_cli.lean import Any, Iterator, partial
from backprop_cli.render import as_json, quiet
from backprop_cli.render.pages import Lines, Page
from backprop_cli.render.style import Style
from backprop_cli.render.tables import Cell, Column, Table, csv_lines, flat
from backprop_cli.report.each import AtLine, EachReport


def page(report: EachReport, style: Style) -> Page:
    """A table: the line's values, the output, the gradients, and the codes of notes where there are any."""
    found = list(report.found)
    shown = list(islice(found, style.rows))
    noted = any(at.codes for at in found)
    heading = _heading(found[0]) if found else []
    columns = [Column("line", "number"), *(Column(style.text(name), "number") for name in heading)]
    rows: list[list[Cell]] = [
        [str(at.line), *map(style.number, [*at.values.values(), *at.results.values()]), *[at.codes] * noted]
        for at in shown
    ]
    yield Table(
        [*columns, *[Column("notes", "words", breaks=True)] * noted], rows, partial(_record, [*heading, "notes"])
    )
    if len(found) > len(shown):
        yield Lines([(style.glyphs(f"… {len(found) - len(shown):,} more; `--rows all` shows them"),)], apart=False)


def _record(heading: list[str], row: list[Cell]) -> Iterator[str]:
    """`line 3`, then a number a line."""
    line, *numbers = map(flat, row)
    yield f"line {line}"
    yield from (f"{name} = {number}" for name, number in zip(heading, numbers, strict=False) if number)


def csv(report: EachReport, _style: Style) -> Iterator[str]:
    """A heading, then a line a point, digits in full, as each is found."""
    found = iter(report.found)
    first = next(found, None)
    if first is None:
        return
    yield from csv_lines(["line", *_heading(first), "notes"], [_cells(first)])
    for at in found:
        yield from islice(csv_lines([], [_cells(at)]), 1, None)


def jsonl(report: EachReport, style: Style) -> Iterator[str]:
    """What `--format jsonl` writes of each point, as each is found."""
    for at in report.found:
        yield from as_json.report_line(at.report, style)


def alone(report: EachReport, style: Style) -> Iterator[str]:
    """What `-q` prints of each point; several numbers on one line, which are valid bindings."""
    for at in report.found:
        yield " ".join("".join(quiet.report(at.report, style)).split("\n")).rstrip() + "\n"


def _heading(at: AtLine) -> list[str]:
    return [*at.values, *at.results]


def _cells(at: AtLine) -> list[Any]:
    return [str(at.line), *at.values.values(), *at.results.values(), at.codes]
