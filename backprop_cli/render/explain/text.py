"""The account for reading in a terminal: numbered steps, an equation a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backprop_cli.render.cells import closing, title
from backprop_cli.render.explain.outline import Section, outline, trimmed
from backprop_cli.render.explain.spelling import Speller, plain_words
from backprop_cli.render.style import Style
from backprop_cli.render.wrapping import wrapped
from backprop_cli.report.model import Note
from backprop_cli.report.steps import Account, Step


def render(account: Account, style: Style, paths: bool) -> Iterator[str]:
    """Title, sections, closing lines."""
    yield wrapped(title(account.report, style), style.width)
    yield from _notes(account.remarks, "", style)
    speller = Speller(account, plain_words(style))
    for section in outline(account, style.rows, paths):
        yield "\n"
        yield from _section(section, speller, style)
    below = list(closing(account.report, style))
    yield "\n" if below else ""
    for line in below:
        yield wrapped(line, style.width)


def _section(section: Section, speller: Speller, style: Style) -> Iterator[str]:
    yield wrapped(style.text(section.heading), style.width)
    margin = len(str(section.steps[-1].number)) + 4 if section.steps else 2
    for step in section.steps:
        yield from _step(step, speller, style, margin)
    for equation in section.equations:
        yield wrapped(speller.equation(equation), style.width, start="  ")
    if section.more:
        yield wrapped(style.glyphs(section.more), style.width, start="  ")
    yield from _notes(section.notes, "  ", style)


def _step(step: Step, speller: Speller, style: Style, margin: int) -> Iterator[str]:
    number = f"{step.number}. ".rjust(margin)
    equations, more = trimmed(step.equations, style.rows)
    indent = " " * margin
    if step.subject:
        yield wrapped(f"{speller.formula(step.subject)}: {style.text(step.role)}", style.width, start=number)
        indent += "  "
        for equation in equations:
            yield wrapped(speller.equation(equation), style.width, start=indent)
    else:
        role = f"   ({step.role})" if step.role else ""
        for equation in equations:
            yield wrapped(speller.equation(equation) + role, style.width, start=number)
    if more:
        yield wrapped(style.glyphs(more), style.width, start=indent)
    yield from _notes(step.notes, indent, style)


def _notes(notes: Iterable[Note], indent: str, style: Style) -> Iterator[str]:
    for note in notes:
        yield wrapped(style.text(f"note[{note.code}]: {note.message}"), style.width, start=indent)
