"""The account as a page of HTML: a heading a section, numbered steps, formulas as code."""

from __future__ import annotations

from backprop_cli.lean import Iterable, Iterator
from backprop_cli.render.explain.outline import RESULTS, Section, outline, trimmed
from backprop_cli.render.explain.words import plain_words
from backprop_cli.render.html import document, element, safe
from backprop_cli.render.prose import closing, title
from backprop_cli.render.style import Style
from backprop_cli.report.derivation import Derivation, Step
from backprop_cli.report.formula import Equation
from backprop_cli.report.model import Note
from backprop_cli.report.notation import Speller


def render(account: Derivation, style: Style, paths: bool) -> Iterator[str]:
    """Title, sections, closing lines."""
    plain = style._replace(ascii=False)  # what is not ASCII is written as references
    head = title(account.report, plain)
    return document(head, _body(account, plain, paths, head), style)


def _body(account: Derivation, style: Style, paths: bool, head: str) -> Iterator[str]:
    yield f"<h1>{element('code', head)}</h1>\n"
    yield from _notes(account.remarks, style)
    speller = account.speller(plain_words(style))
    for section in outline(account, style.rows, paths):
        yield element("h2", style.text(section.heading)) + "\n"
        yield from _section(section, speller, style)
    for line in closing(account.report, style):
        yield element("p", line.strip()) + "\n"


def _section(section: Section, speller: Speller, style: Style) -> Iterator[str]:
    if section.steps:
        yield f'<ol start="{section.steps[0].number}">\n'
        for step in section.steps:
            yield f"<li>{''.join(_step(step, speller, style))}</li>\n"
        yield "</ol>\n"
    if section.heading == RESULTS:
        speller = Speller(speller.names, speller.output, plain_words(style, answer=True))
    if section.equations:
        yield "<ul>\n"
        yield from (f"<li>{_equation(equation, speller, style)}</li>\n" for equation in section.equations)
        yield "</ul>\n"
    if section.more:
        yield element("p", section.more) + "\n"
    yield from _notes(section.notes, style)


def _step(step: Step, speller: Speller, style: Style) -> Iterator[str]:
    equations, more = trimmed(step.equations, style.rows)
    spelled = [_equation(equation, speller, style) for equation in equations]
    if step.subject:
        yield f"{element('code', speller.formula(step.subject))}: {safe(style.text(step.role))}\n<ul>\n"
        yield from (f"<li>{line}</li>\n" for line in spelled)
        yield "</ul>\n"
    else:
        yield spelled[0] + (f" ({safe(step.role)})" if step.role else "")
    if more:
        yield element("p", more)
    yield from _notes(step.notes, style)


def _equation(equation: Equation, speller: Speller, style: Style) -> str:
    """An equation with its shapes; the lines of a matrix stand below each other."""
    *sides, last = speller.sides(equation)
    before = f"{speller.left(equation)} {' = '.join(sides)}".rstrip()
    if sides:
        before += "\n    =" if "\n" in last else " ="
    *above, first = f"{before} {last.partition(chr(10))[0]}".split("\n")
    rest = last.split("\n")[1:]
    indent = " " * first.rfind("[[")
    spelled = element("code", "\n".join([*above, first, *(indent + line for line in rest)]))
    return f"{spelled} {safe(style.text(equation.shapes))}" if equation.shapes else spelled


def _notes(notes: Iterable[Note], style: Style) -> Iterator[str]:
    for note in notes:
        yield f"<p><em>{safe(style.text(f'{note.code}: {note.message}'))}</em></p>\n"
