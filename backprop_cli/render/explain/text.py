"""The account for reading in a terminal: numbered steps, an equation a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from backprop_cli.render.cells import closing, title
from backprop_cli.render.explain.outline import Section, outline, trimmed
from backprop_cli.render.explain.words import plain_words
from backprop_cli.render.style import GRAD, VALUE, Style
from backprop_cli.report.formula import Equation, Grad, Name
from backprop_cli.report.model import Note
from backprop_cli.report.spelling import Speller
from backprop_cli.report.steps import Account, Step

_LINE = 80
_LOOKS: dict[type, str] = {Name: VALUE, Grad: GRAD}  # of what an equation is about


def render(account: Account, style: Style, paths: bool) -> Iterator[str]:
    """Title, sections, closing lines."""
    yield from _wrapped(title(account.report, style), "", style)
    yield from _notes(account.remarks, "", style)
    speller = account.speller(plain_words(style))
    for section in outline(account, style.rows, paths):
        yield "\n"
        yield from _section(section, speller, style)
    below = list(closing(account.report, style))
    yield "\n" if below else ""
    for line in below:
        yield from _wrapped(line, "", style)


def _section(section: Section, speller: Speller, style: Style) -> Iterator[str]:
    yield from _wrapped(style.text(section.heading), "", style)
    margin = len(str(section.steps[-1].number)) + 4 if section.steps else 2
    for step in section.steps:
        yield from _step(step, speller, style, margin)
    for equation in section.equations:
        yield from _equation(equation, speller, "  ", "", style)
    if section.more:
        yield from _wrapped(style.glyphs(section.more), "  ", style)
    yield from _notes(section.notes, "  ", style)


def _step(step: Step, speller: Speller, style: Style, margin: int) -> Iterator[str]:
    number = f"{step.number}. ".rjust(margin)
    equations, more = trimmed(step.equations, style.rows)
    indent = " " * margin
    if step.subject:
        yield from _wrapped(f"{speller.formula(step.subject)}: {style.text(step.role)}", number, style)
        indent += "  "
        for equation in equations:
            yield from _equation(equation, speller, indent, "", style)
    else:
        for equation in equations:
            yield from _equation(equation, speller, number, f"({step.role})" if step.role else "", style)
    if more:
        yield from _wrapped(style.glyphs(more), indent, style)
    yield from _notes(step.notes, indent, style)


def _equation(equation: Equation, speller: Speller, start: str, role: str, style: Style) -> Iterator[str]:
    """An equation on one line, or of arrays, where that is too long, what it comes to on the next; then its shapes."""
    left, sides = speller.left(equation), speller.sides(equation)
    look = _LOOKS.get(type(equation.left[0]), "") if equation.relation != ":" else ""
    painted = partial(_painted, number=sides[-1], look=look, style=style)
    beside = "".join(f"   {text}" for text in (style.text(equation.shapes), role) if text)
    line = f"{left} {' = '.join(sides)}{beside}"
    if not equation.shapes or len(sides) == 1 or len(start + line) <= (style.width or _LINE):
        yield from painted(_wrapped(line, start, style))
        return
    yield from _wrapped(f"{left} {sides[0]}{beside}", start, style)
    yield from painted(_wrapped(f"= {' = '.join(sides[1:])}", " " * (len(start) + len(left) - 1), style))


def _painted(pieces: Iterable[str], number: str, look: str, style: Style) -> Iterator[str]:
    """The lines with the number that an equation comes to in its look, unless a line breaks in it."""
    lines = list(pieces)
    if style.color and look:
        for place in range(len(lines) - 1, -1, -1):
            before, sign, after = lines[place].rpartition(f"= {number}")
            if sign and after[:1].isspace():
                lines[place] = f"{before}= {style.painted(number, look)}{after}"
                break
    yield from lines


def _notes(notes: Iterable[Note], indent: str, style: Style) -> Iterator[str]:
    for note in notes:
        yield from _wrapped(style.text(f"note[{note.code}]: {note.message}"), indent, style)


def _wrapped(line: str, start: str, style: Style) -> Iterator[str]:
    """A line behind its start, broken at blanks where the width asks for it; what follows stands two deeper."""
    if style.width is None or len(start) + len(line) <= style.width:
        yield f"{start}{line}\n"
        return
    import textwrap

    deeper = " " * (len(start) + 2)
    for piece in textwrap.wrap(
        line, max(style.width, len(deeper) + 1), initial_indent=start, subsequent_indent=deeper,
        break_long_words=False, break_on_hyphens=False,
    ):  # fmt: skip
        yield f"{piece}\n"
