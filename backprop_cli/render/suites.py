"""The outcomes of suites: a line a case as it comes, below it what differs, a summary; or a table of the cases."""

from __future__ import annotations

from backprop_cli.errors import shorten
from backprop_cli.lean import Iterator
from backprop_cli.render.diagnostics import excerpt
from backprop_cli.render.pages import Lines, Page
from backprop_cli.render.style import Style
from backprop_cli.render.tables import Cell, Column, Table, csv_lines, flat
from backprop_cli.report.case_result import CaseResult, Difference, SuiteReport, Tally

_COLORS = {"ok  ": "32", "FAIL": "31", "new ": "33"}
_MOST_UPDATES = 5  # of a case


def table(report: SuiteReport, style: Style) -> Iterator[str]:
    """Lines for reading."""
    tally = Tally()
    for outcome in report.outcomes:
        tally.add(outcome)
        yield lines(outcome, style)
    yield f"\n{tally.words}\n"


def plain(report: SuiteReport, style: Style) -> Iterator[str]:
    """The same without colour."""
    return table(report, style._replace(color=False))


def quiet(report: SuiteReport, style: Style) -> Iterator[str]:
    """Failures alone."""
    yield from (lines(outcome, style) for outcome in report.outcomes if not outcome.holds)


def page(report: SuiteReport, style: Style) -> Page:
    """A table for documents, a row a case, and the summary: nothing of it before the last case."""
    tally = Tally()
    rows: list[list[Cell]] = []
    for outcome in report.outcomes:
        tally.add(outcome)
        where = style.text(f"{outcome.path}:{outcome.line}")
        differs = "; ".join(style.text(words(difference)) for difference in outcome.differences)
        rows.append(["ok" if outcome.holds else "FAIL", where, style.text(outcome.name), differs])
    columns = [Column(heading, "words") for heading in ("", "place", "case")]
    yield Table([*columns, Column("what differs", "words", breaks=True)], rows, lambda row: map(flat, row))
    yield Lines([(tally.words,)])


def csv(report: SuiteReport, _style: Style) -> Iterator[str]:
    """A line a case, as it comes; several differences are separated by semicolons."""
    rows = (
        (o.path, str(o.line), o.name, "ok" if o.holds else "FAIL", "; ".join(map(words, o.differences)))
        for o in report.outcomes
    )
    return csv_lines(["file", "line", "case", "verdict", "differences"], rows)


def lines(outcome: CaseResult, style: Style) -> str:
    """A case in a line, and a line for each thing that differs."""
    word = "ok  " if outcome.holds else "new " if outcome.updates else "FAIL"
    told = f" ({outcome.verdict}, as it should)" if outcome.holds and outcome.verdict != "agrees" else ""
    name = style.text(f"{outcome.path}:{outcome.line} {outcome.name}")
    text = f"{style.painted(word, _COLORS[word])} {name}{told}\n"
    for difference in outcome.differences:
        where = f"line {difference.line}: " if difference.line not in (0, outcome.line) else ""
        text += f"     {style.text(where + words(difference))}\n"
        text += "".join(f"     {line}" for line in excerpt(difference.label, style)) if difference.label else ""
    for update in outcome.updates[:_MOST_UPDATES]:
        text += f"     {style.text(f'line {update.line}: `{shorten(update.old)}` becomes `{shorten(update.new)}`')}\n"
    more = len(outcome.updates) - _MOST_UPDATES
    return text + (f"     … and {more:,} numbers more\n" if more > 0 else "")


def words(difference: Difference) -> str:
    """What differs, in words: `df/dx: expected -3, found -4 (relative error 0.25)`."""
    remark = f" ({difference.remark})" if difference.remark else ""
    return f"{shorten(difference.subject, 60)}: expected {difference.expected}, found {difference.found}{remark}"
