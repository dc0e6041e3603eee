"""The account for reading in a terminal: numbered steps, an equation a line."""

from __future__ import annotations

from backprop_cli.lean import Iterable, Iterator, partial
from backprop_cli.render.explain.outline import RESULTS, Section, outline, trimmed
from backprop_cli.render.explain.words import plain_words
from backprop_cli.render.prose import closing, title
from backprop_cli.render.style import GRAD, VALUE, Style
from backprop_cli.render.wrapping import laid, wrapped
from backprop_cli.report.derivation import Derivation, Step
from backprop_cli.report.formula import Equation, Grad, Name
from backprop_cli.report.model import Note
from backprop_cli.report.notation import Speller

_LINE = 80
_LOOKS: dict[type, str] = {Name: VALUE, Grad: GRAD}  # of what an equation is about


def render(account: Derivation, style: Style, paths: bool) -> Iterator[str]:
    """Title, sections, closing lines."""
    yield wrapped(title(account.report, style), style.width, start="")
    yield from _notes(account.remarks, "", style)
    speller = account.speller(plain_words(style))
    for section in outline(account, style.rows, paths):
        yield "\n"
        yield from _section(section, speller, style)
    below = list(closing(account.report, style))
    yield "\n" if below else ""
    for line in below:
        yield wrapped(line, style.width, start="")


def _section(section: Section, speller: Speller, style: Style) -> Iterator[str]:
    yield wrapped(style.text(section.heading), style.width, start="")
    margin = len(str(section.steps[-1].number)) + 4 if section.steps else 2
    for step in section.steps:
        yield from _step(step, speller, style, margin)
    if section.heading == RESULTS:
        speller = Speller(speller.names, speller.output, plain_words(style, answer=True))
    for equation in section.equations:
        yield from _equation(equation, speller, "  ", "", style)
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
            yield from _equation(equation, speller, indent, "", style)
    else:
        for equation in equations:
            yield from _equation(equation, speller, number, f"({step.role})" if step.role else "", style)
    if more:
        yield wrapped(style.glyphs(more), style.width, start=indent)
    yield from _notes(step.notes, indent, style)


def _equation(equation: Equation, speller: Speller, start: str, role: str, style: Style) -> Iterator[str]:
    """An equation on one line, or of arrays, where that is too long, what it comes to on the next; then its shapes."""
    left, sides = speller.left(equation), speller.sides(equation)
    look = _LOOKS.get(type(equation.left[0]), "") if equation.relation != ":" else ""
    painted = partial(_painted, number=sides[-1], look=look, style=style)
    beside = "".join(f"   {text}" for text in (style.text(equation.shapes), role) if text)
    if "\n" in sides[-1]:
        *before, matrix = sides
        below = " " * (len(start) + len(left) - 1)
        for place, side in enumerate(before):
            text = f"= {side}" if place else f"{left} {side}{beside}"
            yield wrapped(text, style.width, start=below if place else start)
        text = laid(f"= {matrix}", style.width, start=below)
        yield _in_look(
            text if before else laid(f"{left} {matrix}{beside}", style.width, start=start), matrix, look, style
        )
        return
    line = f"{left} {' = '.join(sides)}{beside}"
    if not equation.shapes or len(sides) == 1 or len(start + line) <= (style.width or _LINE):
        yield from painted(wrapped(line, style.width, start=start))
        return
    yield wrapped(f"{left} {sides[0]}{beside}", style.width, start=start)
    below = " " * (len(start) + len(left) - 1)
    yield from painted(wrapped(f"= {' = '.join(sides[1:])}", style.width, start=below))


def _in_look(text: str, matrix: str, look: str, style: Style) -> str:
    """The lines of a matrix in its look."""
    for line in matrix.split("\n"):
        text = text.replace(line, style.painted(line, look), 1)
    return text


def _painted(text: str, number: str, look: str, style: Style) -> Iterator[str]:
    """The lines with the number that an equation comes to in its look, unless a line breaks in it."""
    lines = text.splitlines(keepends=True)
    if style.color and look:
        for place in range(len(lines) - 1, -1, -1):
            before, sign, after = lines[place].rpartition(f"= {number}")
            if sign and after[:1].isspace():
                lines[place] = f"{before}= {style.painted(number, look)}{after}"
                break
    yield from lines


def _notes(notes: Iterable[Note], indent: str, style: Style) -> Iterator[str]:
    for note in notes:
        yield wrapped(style.text(f"note[{note.code}]: {note.message}"), style.width, start=indent)
