"""Products with a direction for reading, as CSV, as an array and as JSON."""

from __future__ import annotations

from backprop_cli.errors import shorten
from backprop_cli.lean import Any, Iterator
from backprop_cli.render.as_json import check, note
from backprop_cli.render.encoding import line, lines, number
from backprop_cli.render.pages import GAP, Formula, Lines, Notes, Page
from backprop_cli.render.prose import verdict
from backprop_cli.render.style import Style
from backprop_cli.render.tables import Cell, Column, Table, csv_lines, flat
from backprop_cli.report.directional import DirectionalReport
from backprop_cli.text import literal


def page(report: DirectionalReport, style: Style) -> Page:
    """The output, how each input moves, what comes of it, the verdict."""
    shown = shorten(" ".join(report.written.split()), 160)
    begins = "" if shown == report.output else f"{report.output} = "
    yield Lines([(Formula(style.text(f"{begins}{shown}")), f" = {style.number(report.value)}")], apart=False)
    yield GAP
    if report.kind == "hvp":
        columns = [Column("input"), Column("direction", "number"), Column("H·v", "number")]
        rows: list[list[Cell]] = [
            [style.text(name), style.number(report.direction[name]) if name in report.direction else "0",
             style.number(value)]
            for name, value in report.products.items()
        ]  # fmt: skip
        yield Table(columns, rows, lambda row: map(flat, row))
    else:
        columns = [Column("input"), Column("direction", "number")]
        moves: list[list[Cell]] = [[style.text(name), style.number(value)] for name, value in report.direction.items()]
        yield Table(columns, moves, lambda row: map(flat, row))
        (product,) = report.products.values()
        yield Lines([(f"J·v, the Jacobian times the direction: {style.number(product)}",)])
    yield Notes(report.notes)
    if report.check is not None:
        yield Lines([(text,) for text in verdict(report.jacobian, style)])


def csv(report: DirectionalReport, _style: Style) -> Iterator[str]:
    """A line a product."""
    return csv_lines(["name", "product"], ([name, value] for name, value in report.products.items()))


def quiet(report: DirectionalReport, style: Style) -> Iterator[str]:
    """`name=array` lines: valid bindings."""
    for name, value in report.products.items():
        yield f"{name}={literal(value, style.digits)}\n"


def json(report: DirectionalReport, _style: Style) -> Iterator[str]:
    """A field a line."""
    return lines(_fields(report))


def json_line(report: DirectionalReport, _style: Style) -> Iterator[str]:
    """One line."""
    return line(_fields(report), brief=True)


def _fields(report: DirectionalReport) -> Iterator[tuple[str, Any]]:
    yield "schema", f"backprop/{report.kind}@1"
    yield "expression", report.expression
    yield "output", report.output
    yield "value", number(report.value)
    yield "direction", {name: number(value) for name, value in report.direction.items()}
    yield "products", {name: number(value) for name, value in report.products.items()}
    yield "check", check(report.jacobian)
    yield "notes", list(map(note, report.notes))
