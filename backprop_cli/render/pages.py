"""A page: title, tables and lines in their order, and how each format for reading lays them out. It knows no report."""

from __future__ import annotations

from itertools import chain

from backprop_cli.lean import Any, Callable, Iterable, Iterator, Mapping, NamedTuple
from backprop_cli.render.html import document, element, safe
from backprop_cli.render.markdown import code, escaped
from backprop_cli.render.style import Style, visible
from backprop_cli.render.tables import Table
from backprop_cli.render.tex import END, preamble, tex_math, tex_text
from backprop_cli.render.wrapping import wrapped
from backprop_cli.report.model import Note


class Formula(str):
    """The part of a line that is mathematics."""

    __slots__ = ()


class Title(NamedTuple):
    """The formula at the head of a page."""

    text: str


class Heading(NamedTuple):
    """Words above a section of a page that has several."""

    text: str


class Lines(NamedTuple):
    """Lines of words, each in parts of which some are a Formula; `apart` from what is above; `listed` as items.

    `width` is theirs where the style has none.
    """

    lines: list[tuple[str, ...]]
    apart: bool = True
    listed: bool = False
    width: int | None = None


class Notes(NamedTuple):
    """The notes of a report, which only documents carry."""

    notes: tuple[Note, ...]


class Gap(NamedTuple):
    """A blank line where texts would not have one; documents have one anyhow."""


GAP = Gap()
Words = Title | Heading | Lines | Notes | Gap
Page = Iterable[Words | Table]


def draw(make: Callable[[Any, Style], Page], report: Any, format_: str, style: Style) -> Iterator[str]:
    """The page that `make` makes of a report, in one of FORMATS."""
    draw_, fitting = FORMATS[format_]
    style = style._replace(**fitting)
    return draw_(make(report, style), style)


def table(page: Page, style: Style) -> Iterator[str]:
    """For reading in a terminal."""
    for part in page:
        yield from part.terminal(style) if isinstance(part, Table) else _text(part, style)


def plain(page: Page, style: Style) -> Iterator[str]:
    """Without rule or colour, as wide as it is."""
    for part in page:
        yield from part.plain() if isinstance(part, Table) else _text(part, style)


def _text(part: Words, style: Style) -> Iterator[str]:
    if isinstance(part, Title):
        yield wrapped(part.text, style.width) + "\n"
    elif isinstance(part, Heading):
        yield f"{part.text}\n"
    elif isinstance(part, Lines):
        yield "\n" if part.apart and part.lines else ""
        for line in part.lines:
            yield wrapped("".join(line), style.width or part.width)
    elif isinstance(part, Gap):
        yield "\n"


def markdown(page: Page, style: Style) -> Iterator[str]:
    """A document whose formulas are code, where Markdown means nothing else."""
    blank = ""
    for part in page:
        made = "".join(part.markdown() if isinstance(part, Table) else _markdown(part, style))
        yield blank + made if made else ""
        blank = "\n" if made else blank


def _markdown(part: Words, style: Style) -> Iterator[str]:
    if isinstance(part, Title):
        yield f"{code(part.text)}\n"
    elif isinstance(part, Heading):
        yield f"## {escaped(part.text)}\n"
    elif isinstance(part, Notes):
        yield "\n".join(f"{note.code}: {escaped(style.text(note.message))}\n" for note in part.notes)
    elif isinstance(part, Lines):
        for line in part.lines:
            text = "".join(code(piece) if isinstance(piece, Formula) else escaped(piece) for piece in line)
            indent = text[: len(text) - len(text.lstrip())]
            yield f"{indent}- {text.strip()}\n" if part.listed else f"{text.strip()}\n"


def latex(page: Page, style: Style) -> Iterator[str]:
    """A document that needs amsmath, booktabs and graphicx; what is in it can be copied into another document."""
    if not style.fragment:
        yield preamble(r"\usepackage{booktabs}", r"\usepackage{longtable}", r"\usepackage{graphicx}")
    for part in page:
        made = "".join(part.latex() if isinstance(part, Table) else _latex(part, style))
        yield f"{made}\n" if made else ""
    if not style.fragment:
        yield END


def _latex(part: Words, style: Style) -> Iterator[str]:
    if isinstance(part, Title):
        yield rf"\texttt{{{tex_text(visible(part.text))}}}" + "\n"
    elif isinstance(part, Heading):
        yield rf"\subsection*{{{tex_text(part.text)}}}" + "\n"
    elif isinstance(part, Notes):
        notes = (tex_text(style.text(f"{note.code}: {note.message}")) for note in part.notes)
        yield "\n".join(rf"\emph{{{note}}}" + "\n" for note in notes)
    elif isinstance(part, Lines):
        yield "\n".join("".join(map(_piece, line)).strip() + "\n" for line in part.lines)


def _piece(text: str) -> str:
    return tex_math(visible(text)) if isinstance(text, Formula) else tex_text(visible(text))


def html(page: Page, style: Style) -> Iterator[str]:
    """A page that stands alone."""
    parts = list(page)
    title = next((part.text for part in parts if isinstance(part, Title | Heading)), "backprop")
    body = (part.html() if isinstance(part, Table) else _html(part, style) for part in parts)
    return document(title, chain.from_iterable(body), style)


def _html(part: Words, style: Style) -> Iterator[str]:
    if isinstance(part, Title):
        yield f"<h1>{element('code', part.text)}</h1>\n"
    elif isinstance(part, Heading):
        yield element("h2", part.text) + "\n"
    elif isinstance(part, Notes):
        yield from (element("p", style.text(f"{note.code}: {note.message}")) + "\n" for note in part.notes)
    elif isinstance(part, Lines):
        for line in part.lines:
            pieces = (element("code", text) if isinstance(text, Formula) else safe(text) for text in line)
            yield f"<p>{''.join(pieces)}</p>\n"


# a format: how it is drawn, and what of the style it does not leave to the user
FORMATS: Mapping[str, tuple[Callable[[Page, Style], Iterator[str]], dict[str, Any]]] = {
    "table": (table, {}),
    "plain": (plain, {"width": None, "color": False}),
    "markdown": (markdown, {"width": None, "color": False}),
    "html": (html, {"width": None, "color": False}),
    "latex": (latex, {"width": 90, "color": False, "ascii": False}),
}
