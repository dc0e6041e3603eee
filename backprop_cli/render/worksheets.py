"""Worksheets for reading: exercises whose tables have blanks, and the same tables with the numbers in them."""

from __future__ import annotations

from backprop_cli.lean import TYPE_CHECKING, Any, Iterator, partial
from backprop_cli.render.encoding import lines, number
from backprop_cli.render.nodes import cells, columns, record
from backprop_cli.render.pages import GAP, Formula, Heading, Lines, Page
from backprop_cli.render.style import Style
from backprop_cli.render.tables import BLANK, Cell, Table
from backprop_cli.report.model import Report
from backprop_cli.report.rows import Row
from backprop_cli.report.worksheet import BLANKS, Exercise, Worksheet
from backprop_cli.text import literal

if TYPE_CHECKING:
    from backprop_cli.render import documents


def page(sheet: Worksheet, style: Style) -> Page:
    """Every exercise, and the solutions where they are asked for."""
    style = style._replace(rows=None)  # arrays whole: a summary leaves nothing to work out
    parts = [("Exercise", exercise, sheet.blank) for exercise in sheet.exercises if not sheet.only_solutions]
    if sheet.solutions or sheet.only_solutions:
        parts += [("Solution", exercise, frozenset()) for exercise in sheet.exercises]
    for count, (word, exercise, blank) in enumerate(parts):
        if count:
            yield GAP
        yield Heading(f"{word} {exercise.number}")
        yield from _exercise(exercise, blank, style)


def json(sheet: Worksheet, _style: Style) -> Iterator[str]:
    """An exercise a line, with what is to be found."""
    return lines(_fields(sheet))


def _fields(sheet: Worksheet) -> Iterator[tuple[str, Any]]:
    yield "schema", "backprop/worksheet@1"
    yield "exercises", (_document(exercise, sheet.blank) for exercise in sheet.exercises)


def _document(exercise: Exercise, blank: frozenset[str]) -> documents.Exercise:
    return {
        "number": exercise.number,
        "program": exercise.text,
        "output": exercise.report.output,
        "point": {name: number(value) for name, value in exercise.point.items()},
        "answers": [
            {"kind": answer.kind, "node": answer.node, "along": answer.along or None, "answer": number(answer.number)}
            for answer in exercise.answers(blank)
        ],
    }


def _exercise(exercise: Exercise, blank: frozenset[str], style: Style) -> Page:
    report = exercise.report
    output = style.text(report.output)
    text, start = report.source.text, report.output_span[0]
    if report.output not in report.columns.graph.names.values():
        text = f"{text[:start]}{report.output} = {text[start:]}"
    named = " ".join(text.split())
    point = ", ".join(f"{name} = {literal(value).replace(',', ', ')}" for name, value in exercise.point.items())
    at = (" at ", Formula(style.text(point))) if point else ()
    yield Lines([(Formula(style.text(named)), *at)])
    if blank:
        *others, last = [words for name, words in BLANKS.items() if name in blank]
        asked = " and ".join(filter(None, [", ".join(others), last]))
        yield Lines([(f"Find {asked}.",)])
    yield GAP
    rows = [_blanked(row, report, style, blank) for row in exercise.rows()]
    yield Table(columns(report, style), rows, partial(record, f"d{output}/d{{}}"))


def _blanked(row: Row, report: Report, style: Style, blank: frozenset[str]) -> list[Cell]:
    """A row without the numbers that are to be found; what an input is, and rules in words, stay."""
    made = cells(row, report, style)
    if "values" in blank and row.gate != "input":
        made[-3] = BLANK
    if "locals" in blank and not row.rules:
        diagonal = "diag " if row.shape else ""
        made[-2] = tuple(f"{text.partition('=')[0]}={diagonal}{BLANK}" for text in made[-2])
    if "grads" in blank and made[-1]:
        made[-1] = BLANK
    return made
