"""Derivatives as formulas, for reading, as CSV and as lines of the language."""

from __future__ import annotations

from backprop_cli.lean import Any, Iterator
from backprop_cli.render.as_json import note
from backprop_cli.render.encoding import line, lines, number
from backprop_cli.render.pages import Formula, Lines, Notes, Page, Title
from backprop_cli.render.style import Style
from backprop_cli.render.tables import csv_lines
from backprop_cli.report.derivatives import Derivative, DerivativeReport


def page(report: DerivativeReport, style: Style) -> Page:
    """The program, a line a derivative, and the lines of what the names in them stand for."""
    yield Title(style.text(report.heading))
    width = max(len(derivative.left) for derivative in report.derivatives)
    yield Lines([line for d in report.derivatives for line in _lines(report, d, width, style)], apart=False)
    named = [text for part in report.parts if (text := " = ".join(part)) != report.heading]
    if named:
        yield Lines([("      " if k else "where ", Formula(style.text(text))) for k, text in enumerate(named)])
    if report.verdict:
        yield Lines([(f"SymPy {report.verdict}" + ", whose form this is" * report.by_sympy,)])
    yield Notes(report.notes)


def _lines(report: DerivativeReport, derivative: Derivative, width: int, style: Style) -> Iterator[tuple[str, ...]]:
    value = report.value(derivative)
    end = () if value is None else (f" = {style.number(value)}",)
    formula = Formula(style.text(f"{derivative.left:{width}} = {derivative.formula}"))
    if derivative.simplified:
        yield (formula,)
        formula = Formula(style.text(f"{'':{width}} = {derivative.simplified}"))
    yield (formula, *end)


def csv(report: DerivativeReport, _style: Style) -> Iterator[str]:
    """A line a derivative."""
    rows = ((d.left, d.formula, "" if report.value(d) is None else report.value(d)) for d in report.derivatives)
    return csv_lines(["derivative", "formula", "value"], rows)


def quiet(report: DerivativeReport, _style: Style) -> Iterator[str]:
    """The formulas alone, each with its name where there are several."""
    named = dict.fromkeys((*report.definitions, *report.parts))
    for name, text in named:
        yield f"{name} = {text}\n"
    alone = len(report.derivatives) == 1 and not named
    for derivative in report.derivatives:
        yield f"{derivative.formula}\n" if alone else f"{derivative.left} = {derivative.formula}\n"


def json(report: DerivativeReport, _style: Style) -> Iterator[str]:
    """A field a line."""
    return lines(_fields(report))


def json_line(report: DerivativeReport, _style: Style) -> Iterator[str]:
    """One line."""
    return line(_fields(report), brief=True)


def _fields(report: DerivativeReport) -> Iterator[tuple[str, Any]]:
    yield "schema", "backprop/diff@1"
    yield "expression", report.expression
    yield "output", report.output
    yield "derivatives", [_derivative(report, derivative) for derivative in report.derivatives]
    yield "parts", [{"name": name, "formula": text} for name, text in report.parts]
    yield "verdict", report.verdict or None
    yield "notes", list(map(note, report.notes))


def _derivative(report: DerivativeReport, derivative: Derivative) -> dict[str, Any]:
    value = report.value(derivative)
    return {
        "name": derivative.left,
        "variables": list(derivative.variables),
        "formula": derivative.formula,
        "simplified": derivative.simplified or None,
        "value": None if value is None else number(value),
    }
