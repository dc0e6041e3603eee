"""The account as Markdown: a heading a section, numbered items, formulas as code."""

from __future__ import annotations

from backprop_cli.lean import Iterable, Iterator
from backprop_cli.render.explain.outline import RESULTS, Section, outline, trimmed
from backprop_cli.render.explain.words import plain_words
from backprop_cli.render.markdown import code, escaped
from backprop_cli.render.prose import closing, title
from backprop_cli.render.style import Style
from backprop_cli.report.derivation import Derivation, Step
from backprop_cli.report.formula import Equation
from backprop_cli.report.model import Note
from backprop_cli.report.notation import Speller


def render(account: Derivation, style: Style, paths: bool) -> Iterator[str]:
    """Title, sections, closing lines."""
    yield f"{code(title(account.report, style))}\n"
    yield from _notes(account.remarks, "", style)
    speller = account.speller(plain_words(style))
    for section in outline(account, style.rows, paths):
        yield f"\n## {escaped(style.text(section.heading))}\n\n"
        yield from _section(section, speller, style)
    below = [escaped(line.strip()) for line in closing(account.report, style)]
    if below:
        yield "\n" + "\n".join(below) + "\n"


def _section(section: Section, speller: Speller, style: Style) -> Iterator[str]:
    for step in section.steps:
        yield from _step(step, speller, style)
    if section.heading == RESULTS:
        speller = Speller(speller.names, speller.output, plain_words(style, answer=True))
    for equation in section.equations:
        yield f"- {_equation(equation, speller, style)}\n"
    if section.more:
        yield f"\n{style.glyphs(section.more)}\n"
    yield from _notes(section.notes, "", style)


def _step(step: Step, speller: Speller, style: Style) -> Iterator[str]:
    number = f"{step.number}. "
    equations, more = trimmed(step.equations, style.rows)
    spelled = [_equation(equation, speller, style) for equation in equations]
    deeper = " " * len(number)
    if step.subject:
        yield f"{number}{code(speller.formula(step.subject))}: {escaped(style.text(step.role))}\n"
        for line in spelled:
            yield f"{deeper}- {line}\n"
    else:
        yield f"{number}{spelled[0]}{f' ({step.role})' if step.role else ''}\n"
    if more:
        yield f"{deeper}- {style.glyphs(more)}\n"
    yield from _notes(step.notes, deeper, style)


def _equation(equation: Equation, speller: Speller, style: Style) -> str:
    spelled = code(speller.equation(equation))
    return f"{spelled}, {escaped(style.text(equation.shapes))}" if equation.shapes else spelled


def _notes(notes: Iterable[Note], indent: str, style: Style) -> Iterator[str]:
    for note in notes:
        yield f"\n{indent}{note.code}: {escaped(style.text(note.message))}\n"
