r"""The account as LaTeX: a document of which the steps are one `align*` block, which can stand in another document.

It needs amsmath and nothing else. Every text in it is escaped.
"""

from __future__ import annotations

from backprop_cli.lean import Any, Iterable, Iterator
from backprop_cli.render.explain.outline import RESULTS, Section, outline, trimmed
from backprop_cli.render.prose import closing, title
from backprop_cli.render.style import Style, visible
from backprop_cli.render.tex import END, preamble, raised, tex_name, tex_sign, tex_text, tex_value
from backprop_cli.render.tex_layout import typeset
from backprop_cli.report.derivation import Derivation, Step
from backprop_cli.report.formula import Equation
from backprop_cli.report.model import Note
from backprop_cli.report.notation import Speller, Words
from backprop_cli.text import is_whole, unblocked

_RELATIONS = {"=": "&=", "+=": r"&\mathrel{+}="}


def render(account: Derivation, style: Style, paths: bool) -> Iterator[str]:
    """Preamble, title, the block, closing lines."""
    plain = style._replace(ascii=False)
    if not style.fragment:
        yield preamble(r"\allowdisplaybreaks")
    yield rf"\texttt{{{_words(title(account.report, plain))}}}" + "\n"
    speller = _Speller(account.names, account.report.output, _words_of(plain))
    lines = list(_notes(account.remarks))
    for section in outline(account, style.rows, paths):
        if section.heading == RESULTS:
            speller = _Speller(account.names, account.report.output, _words_of(plain, answer=True))
        lines += _section(section, speller, style)
    equations = [place for place, line in enumerate(lines) if not line.endswith("}%")]
    yield from _block(lines, equations[-1]) if equations else ["\n\n"]
    for line in closing(account.report, plain):
        yield f"{_words(line)}\n\n"
    if not style.fragment:
        yield END


def _block(lines: list[str], last: int) -> Iterator[str]:
    """The lines as one block: it may not end in a line break, and after a text between lines none is due."""
    yield "\\begin{align*}\n"
    for place, line in enumerate(lines):
        yield line + ("" if place == last or line.endswith("}%") else r" \\") + "\n"
    yield "\\end{align*}\n"


def _words_of(style: Style, *, answer: bool = False) -> Words:
    return Words(
        lambda name: f"{{{tex_name(name)}}}",
        lambda number: _number(number, style, answer=answer),
        lambda number: is_whole(number, style.digits),
        lambda output, name: rf"\frac{{d{output}}}{{d{name}}}",
        lambda name, operand: rf"\frac{{\partial {name}}}{{\partial {operand}}}",
        tex_sign,
    )


def _number(number: Any, style: Style, *, answer: bool = False) -> str:
    """A number for math mode; a matrix in its rows, a large array in words."""
    return tex_value(unblocked(style.block(number, answer=answer)))


class _Speller(Speller):
    """Spells for math mode."""

    def equation(self, equation: Equation) -> str:
        """`left &= side = side`, aligned at the first relation; a path is a line of its own."""
        left, sides = _set(self.formula(equation.left)), list(map(_set, self.sides(equation)))
        shapes = rf"\qquad\text{{\footnotesize {_words(equation.shapes)}}}" if equation.shapes else ""
        if equation.relation == ":":
            return _between(f"${left}$:") + f"\n&{' = '.join(sides)}{shapes}"
        start = f"{left} {_RELATIONS[equation.relation]} "
        if not shapes or len(sides) == 1:
            return start + " = ".join(sides) + shapes
        return f"{start}{sides[0]}{shapes} \\\\\n&= {' = '.join(sides[1:])}"


def _section(section: Section, speller: _Speller, style: Style) -> Iterator[str]:
    yield _between(rf"\bigskip\textbf{{{_words(section.heading)}}}")
    for step in section.steps:
        yield from _step(step, speller, style)
    yield from map(speller.equation, section.equations)
    if section.more:
        yield _between(_words(section.more))
    yield from _notes(section.notes)


def _step(step: Step, speller: _Speller, style: Style) -> Iterator[str]:
    equations, more = trimmed(step.equations, style.rows)
    spelled = list(map(speller.equation, equations))
    if step.subject:
        yield _between(f"{step.number}. ${_set(speller.formula(step.subject))}$: {_words(step.role)}")
        yield from spelled
    else:
        role = rf"\quad\text{{({_words(step.role)})}}" if step.role else ""
        yield rf"\text{{{step.number}.}}\quad {spelled[0]}{role}"
    if more:
        yield _between(_words(more))
    yield from _notes(step.notes)


def _notes(notes: Iterable[Note]) -> Iterator[str]:
    for note in notes:
        yield _between(rf"\emph{{{_words(f'{note.code}: {note.message}')}}}")


def _set(formula: str) -> str:
    """A formula with its superscripts, roots and fractions."""
    return typeset(raised(formula))


def _between(text: str) -> str:
    return rf"\intertext{{{text}}}%"


def _words(text: str) -> str:
    return tex_text(visible(text))
