"""The report on a user's Python file: a line a gradient, and what there is to say about some of them."""

from __future__ import annotations

from math import isnan

from backprop_cli.errors import shorten
from backprop_cli.lean import Iterator, partial
from backprop_cli.render.checks import LOOKS, error_text
from backprop_cli.render.pages import Formula, Lines, Page
from backprop_cli.render.style import Style, visible
from backprop_cli.render.tables import Cell, Column, Layout, Table, csv_lines, flat
from backprop_cli.render.workflow_commands import annotation, defused
from backprop_cli.report.code_report import CodeReport, GradientResult

_LAYOUTS = (Layout(3, 40), Layout(2, 40), Layout(2, 24))
_LINE = 80


def page(report: CodeReport, style: Style) -> Page:
    """A table or records, and remarks."""
    columns = [
        Column("gradient"), Column("of"), Column("line", "number"), Column("error", "number"),
        Column("verdict", "words"),
    ]  # fmt: skip
    shown = report.results[: style.rows]
    rows: list[list[Cell]] = [_cells(result, style) for result in shown]
    yield Table(columns, rows, partial(_record, columns), LOOKS, _LAYOUTS)
    if hidden := len(report.results) - len(shown):
        yield Lines([(style.glyphs(f"… {hidden:,} more; `--rows all` shows them"),)], apart=False)
    yield Lines(list(_below(report, style)), listed=True, width=_LINE)


def csv(report: CodeReport, _style: Style) -> Iterator[str]:
    """A line a gradient."""
    rows = (
        (r.name, r.target, r.place, r.function, None if isnan(r.error) else r.error, r.verdict, r.mistake)
        for r in report.results
    )
    return csv_lines(["gradient", "of", "line", "function", "error", "verdict", "mistake"], rows)


def quiet(report: CodeReport, style: Style) -> Iterator[str]:
    """A verdict a line."""
    for result in report.results:
        yield style.text(f"{result.word}: {result.name}, {result.place}") + "\n"
    for name in report.unmatched:
        yield style.text(f"not judged: {name}") + "\n"
    for name in report.unchecked:
        yield style.text(f"not checked: {name}") + "\n"


def github(report: CodeReport, style: Style) -> Iterator[str]:
    """The table, and an annotation at each line that is wrong by itself."""
    from backprop_cli.render.pages import draw

    yield defused("".join(draw(page, report, "plain", style)))
    for result in report.results:
        if result.verdict != "agrees" and not result.inherits:
            told = f"{result.name} is not {result.target}" if result.verdict == "differs" else result.reason
            told += f": it looks as if {result.mistake}" if result.mistake else ""
            # A notebook's file has other lines than its cells.
            line, where = (result.line, "") if result.cell is None else (0, f", {result.place}")
            yield annotation(report.path, line, f"{result.name}{where}", visible(told))
    for name in report.unmatched:
        yield annotation(report.path, 0, name, "not judged, for no variable was found whose gradient it may be")


def junit(report: CodeReport) -> Iterator[str]:
    """JUnit XML, a case a gradient."""
    from backprop_cli.render import suites_junit
    from backprop_cli.report.case_result import CaseResult, Difference

    cases = []
    for result in report.results:
        found = f"{result.word}, {result.mistake or result.reason}".removesuffix(", ")
        wrong = Difference(result.target, "agrees", found, "", result.line)
        differences = (wrong,) if result.verdict != "agrees" else ()
        name = f"{result.name}, {result.place}"
        cases.append(CaseResult(report.path, result.line, name, "", "agrees", differences, 0.0))
    for name in report.unmatched:
        missing = Difference(name, "a variable of that name", "none", "", 0)
        cases.append(CaseResult(report.path, 0, name, "", "agrees", (missing,), 0.0))
    for name in report.unchecked:
        call = Difference(name, "values to call it with", "none", "", 0)
        cases.append(CaseResult(report.path, 0, name, "", "agrees", (call,), 0.0))
    if report.verdict != "differs" and report.complaint:  # an exception ended the run
        ended = Difference("the run", "an end", report.complaint.message, "", 0)
        cases.append(CaseResult(report.path, 0, "the run", "", "agrees", (ended,), 0.0))
    return suites_junit.render(cases)


def _cells(result: GradientResult, style: Style) -> list[Cell]:
    cell = f"{result.cell}:" if result.cell is not None else ""
    name = result.name if not result.function else f"{result.name} in {result.function}"
    return [
        style.text(shorten(name, 60)), style.text(shorten(result.target, 40)), f"{cell}{result.line}",
        error_text(result.error), result.word,
    ]  # fmt: skip


def _record(columns: list[Column], row: list[Cell]) -> Iterator[str]:
    name, *cells, verdict = map(flat, row)
    yield f"{name}: {verdict}"
    yield from (f"{column.heading} {cell}" for column, cell in zip(columns[1:], cells, strict=False) if cell)


def _below(report: CodeReport, style: Style) -> Iterator[tuple[str, ...]]:
    for result in report.results:
        name = Formula(style.text(result.name))
        if (result.verdict == "agrees" and not result.reason) or result.inherits:
            continue
        for text in _remarks(result):
            yield (name, style.text(f": {text}"))
    for text in report.remarks:
        yield (style.text(text),)
    yield (style.text(_summary(report)),)


def _remarks(result: GradientResult) -> Iterator[str]:
    if result.reason:
        yield result.reason
    if len(result.lines) > 1 and not result.inherits:
        lines = ", ".join(map(str, result.lines[:-1]))
        yield f"set by lines {lines} and {result.lines[-1]}; the last decides"
    if result.mistake:
        yield f"it looks as if {result.mistake}"


def _summary(report: CodeReport) -> str:
    """`6 gradients of `loss`, by differences along random directions: 4 agree, 1 differs, 1 inherits that`."""
    words = [result.word for result in report.results]
    told = []
    for word, many in (("agrees", "agree"), ("differs", "differ"), ("inherits", "inherit that"), ("cannot decide", "")):
        if count := words.count(word):
            one = "inherits that" if word == "inherits" else word
            told.append(f"{count} {one if count == 1 or not many else many}")
    losses = ", ".join(dict.fromkeys(f"`{loss.name}`" for loss in report.losses))
    noun = "gradient" if len(words) == 1 else "gradients"
    return f"{len(words)} {noun} of {losses}, by differences along random directions: {', '.join(told)}"
