"""Second derivatives for reading, as CSV, as an array and as JSON."""

from __future__ import annotations

from math import inf

from backprop_cli.errors import shorten
from backprop_cli.lean import Any, Iterator
from backprop_cli.render.as_json import check, note
from backprop_cli.render.encoding import line, lines, number
from backprop_cli.render.jacobians import panels
from backprop_cli.render.pages import GAP, Formula, Lines, Notes, Page
from backprop_cli.render.prose import verdict
from backprop_cli.render.style import Style
from backprop_cli.render.tables import csv_lines
from backprop_cli.report.hessians import HessianReport
from backprop_cli.text import literal

_KINDS = {
    "minimum": "the gradient is 0 and every eigenvalue is positive: a local minimum",
    "maximum": "the gradient is 0 and every eigenvalue is negative: a local maximum",
    "saddle point": "the gradient is 0 and eigenvalues have both signs: a saddle point",
    "degenerate": "the gradient is 0, and so is an eigenvalue: second derivatives do not tell what point it is",
}
_NEARLY = "the gradient is 0, and an eigenvalue nearly so: second derivatives do not tell what point it is"


def page(report: HessianReport, style: Style) -> Page:
    """The matrix, its eigenvalues, what kind of point it is, the verdict."""
    shown = shorten(" ".join(report.written.split()), 160)
    begins = "" if shown == report.output else f"{report.output} = "
    yield Lines([(Formula(style.text(f"{begins}{shown}")), f" = {style.number(report.value)}")], apart=False)
    yield GAP
    yield from panels(report.matrix, report.labels, report.labels, style)
    found = report.eigenvalues
    condition = f", condition number {style.number(report.condition)}" if report.condition < inf else ", singular"
    unknown = report.condition == inf and report.unsure  # an eigenvalue may be smaller than any double
    said = [f"eigenvalues {style.number(found)}{condition if not unknown else ''}"] * bool(len(found))
    if report.point:
        said.append(_NEARLY if report.point == "degenerate" and found.all() else _KINDS[report.point])
    yield Lines([(text,) for text in said])
    yield Notes(report.notes)
    if report.check is not None:
        yield Lines([(text,) for text in verdict(report.jacobian, style)])


def csv(report: HessianReport, _style: Style) -> Iterator[str]:
    """A line an element, a heading with the elements."""
    rows = ([label, *row] for label, row in zip(report.labels, report.matrix, strict=True))
    return csv_lines(["", *report.labels], rows)


def quiet(report: HessianReport, style: Style) -> Iterator[str]:
    """The matrix."""
    yield f"{literal(report.matrix, style.digits)}\n"


def json(report: HessianReport, _style: Style) -> Iterator[str]:
    """A field a line."""
    return lines(_fields(report))


def json_line(report: HessianReport, _style: Style) -> Iterator[str]:
    """One line."""
    return line(_fields(report), brief=True)


def _fields(report: HessianReport) -> Iterator[tuple[str, Any]]:
    yield "schema", "backprop/hessian@1"
    yield "expression", report.expression
    yield "output", report.output
    yield "value", number(report.value)
    yield "elements", list(report.labels)
    yield "gradient", number(report.gradient)
    yield "hessian", number(report.matrix)
    yield "eigenvalues", number(report.eigenvalues)
    yield "condition", number(report.condition)
    yield "point", report.point or None
    yield "check", check(report.jacobian)
    yield "notes", list(map(note, report.notes))
