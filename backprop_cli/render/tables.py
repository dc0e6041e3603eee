"""A table: its columns and rows, and how each format draws it. No other file of this room draws one.

It knows no report. A number is never cut or broken over lines: where a table is too wide each row is told as a record.
"""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import Literal

from backprop_cli.errors import shorten
from backprop_cli.lean import Any, Callable, Iterable, Iterator, Mapping, MappingProxyType, NamedTuple
from backprop_cli.render.html import element, safe
from backprop_cli.render.markdown import code, escaped
from backprop_cli.render.style import Style, visible
from backprop_cli.render.tex import tex_math, tex_text, tex_value
from backprop_cli.render.wrapping import laid
from backprop_cli.text import shortest, unblocked

_WIDEST = 100_000  # a table that is measured must not be wrapped by the measuring
_LINE = 80  # for the choice of a layout, where no width is given
_LEAST = 30  # columns for a text that is broken over lines
# What stands around a table in LaTeX so that it fits the page.
_FITTED = {
    "tabular": ("\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n", "}\n"),
    "longtable": ("{\\footnotesize\\setlength{\\tabcolsep}{3pt}\n", "}\n"),
}
_PAGE = 45  # rows on a page of LaTeX
_BESIDE = 40  # characters of several formulas next to each other in LaTeX
_ANSI = {"green": "32", "red": "31", "yellow": "33"}

BLANK = "____"  # a number that is left for the reader to write

Cell = str | tuple[str, ...]  # the tuple: several formulas in one cell


class Column(NamedTuple):
    """A column's heading, what its cells hold, rich's style for them, and whether they may be broken over lines."""

    heading: str
    holds: Literal["formula", "code", "number", "words"] = "formula"
    look: str = ""
    breaks: bool = False

    @property
    def numeric(self) -> bool:
        """Whether its cells are aligned on the right."""
        return self.holds == "number"


class Layout(NamedTuple):
    """Blanks between columns, and the most characters of a row's first cell."""

    gap: int = 3
    first: int = 1000


class Table(NamedTuple):
    """Columns and rows, and what to do where they are too wide.

    `layouts` are tried in order; where none fits, `record` tells a row in lines, the first one its heading. `looks` are
    rich's styles for certain words; a table that is not `headed` is a list of labels with their texts.
    """

    columns: list[Column]
    rows: list[list[Cell]]
    record: Callable[[list[Cell]], Iterable[str]]
    looks: Mapping[str, str] = MappingProxyType({})
    layouts: tuple[Layout, ...] = (Layout(),)
    headed: bool = True

    def terminal(self, style: Style) -> Iterator[str]:
        """Rich's table under a rule, or records."""
        texts = [list(map(flat, row)) for row in self.rows]
        for layout in self.layouts:
            cut = [[style.glyphs(shorten(first, layout.first)), *rest] for first, *rest in texts]
            widths = self._widths(cut)
            spare = (style.width or _LINE) - sum(widths) - layout.gap * (len(widths) - 1)
            breaking = [width for width, column in zip(widths, self.columns, strict=True) if column.breaks]
            if spare >= 0 or (style.width and breaking and breaking[0] + spare >= _LEAST):
                yield self._rich(cut, layout.gap, style, breaking[0] + min(spare, 0) if breaking else None)
                return
        if style.width is None:
            yield self._rich(texts, self.layouts[0].gap, style, None)
            return
        for row in self.rows:
            head, *lines = self.record(row)
            yield self._painted(laid(head, style.width, hang="        "), style)
            for line in lines:
                yield laid(line, style.width, start="    ", hang="        ")

    def plain(self) -> Iterator[str]:
        """Aligned columns and nothing else."""
        lines = [*([self._headings] if self.headed else []), *(list(map(flat, row)) for row in self.rows)]
        widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
        for row in lines:
            for line in zip_longest(*(cell.split("\n") for cell in row), fillvalue=""):
                cells = (
                    cell.rjust(width) if column.numeric else cell.ljust(width)
                    for cell, width, column in zip(line, widths, self.columns, strict=True)
                )
                yield "  ".join(cells).rstrip() + "\n"

    def markdown(self) -> Iterator[str]:
        """Pipes; formulas as code."""
        yield f"| {' | '.join(map(escaped, self._headings))} |\n"
        yield f"|{'|'.join('--:' if column.numeric else '---' for column in self.columns)}|\n"
        for row in self.rows:
            shown = (self._in_markdown(flat(cell), column) for cell, column in zip(row, self.columns, strict=True))
            yield f"| {' | '.join(shown)} |\n"

    def html(self) -> Iterator[str]:
        """A `table`; a blank is an empty cell."""
        yield "<table>\n"
        if self.headed:
            yield f"<tr>{''.join(element('th', heading) for heading in self._headings)}</tr>\n"
        for row in self.rows:
            yield f"<tr>{''.join(map(_in_html, row, self.columns))}</tr>\n"
        yield "</table>\n"

    def latex(self) -> Iterator[str]:
        r"""A `tabular` with the rules of booktabs, over several pages a `longtable`; formulas in math mode.

        One that is wider than the page is made smaller: TeX alone knows how wide it is.
        """
        kind = "tabular" if len(self.rows) <= _PAGE else "longtable"
        letters = {"formula": "l", "code": "l", "number": "r", "words": "l"}
        aligned = "".join(r"p{.5\linewidth}" if c.breaks else letters[c.holds] for c in self.columns)
        yield _FITTED[kind][0] + f"\\begin{{{kind}}}{{{aligned}}}\n\\toprule\n"
        if self.headed:
            yield " & ".join(tex_text(visible(heading)) for heading in self._headings) + " \\\\\n\\midrule\n"
        if kind == "longtable":
            yield "\\endhead\n"
        for row in self.rows:
            yield " & ".join(map(_in_latex, row, self.columns)) + " \\\\\n"
        yield f"\\bottomrule\n\\end{{{kind}}}" + _FITTED[kind][1]

    @property
    def _headings(self) -> list[str]:
        return [column.heading for column in self.columns]

    def _widths(self, rows: list[list[str]]) -> list[int]:
        lines = [self._headings, *rows] if self.headed else rows
        return [max(map(_width, column)) for column in zip(*lines, strict=True)]

    def _in_markdown(self, cell: str, column: Column) -> str:
        cell = unblocked(cell)
        if column.holds in ("formula", "code") and cell:
            return code(cell)
        return cell if column.numeric else escaped(cell)

    def _painted(self, line: str, style: Style) -> str:
        """A record's heading, the word at its end in its look."""
        for word, look in self.looks.items():
            if line.endswith(f" {word}\n"):
                return line[: -len(word) - 1] + style.painted(word, _ANSI[look]) + "\n"
        return line

    def _rich(self, rows: list[list[str]], gap: int, style: Style, room: int | None) -> str:
        from io import StringIO

        from rich.box import Box
        from rich.console import Console
        from rich.table import Table as RichTable
        from rich.text import Text

        rule = "-" if style.ascii else "━"
        box = Box(f"    \n    \n {rule}{rule} \n    \n    \n    \n    \n    \n", ascii=style.ascii)
        table = RichTable(
            box=box, show_edge=False, pad_edge=False, padding=(0, 1, 0, gap - 2), header_style="bold",
            show_header=self.headed,
        )  # fmt: skip
        for column in self.columns:
            table.add_column(
                Text(column.heading), justify="right" if column.numeric else "left", no_wrap=not column.breaks,
                max_width=room if column.breaks else None,
            )  # fmt: skip
        for row in rows:
            cells = zip(row, self.columns, strict=True)
            table.add_row(*(Text(cell, self.looks.get(cell, column.look)) for cell, column in cells))
        console = Console(
            file=StringIO(), width=_WIDEST, markup=False, emoji=False, highlight=False, legacy_windows=False,
            force_terminal=style.color, no_color=not style.color, color_system="standard" if style.color else None,
        )  # fmt: skip
        with console.capture() as captured:
            console.print(table, crop=False, overflow="ignore", no_wrap=True, soft_wrap=True)
        return "".join(line.rstrip() + "\n" for line in captured.get().splitlines())


def _width(cell: str) -> int:
    return max(map(len, cell.split("\n")))


def flat(cell: Cell) -> str:
    """A cell on one line."""
    return cell if isinstance(cell, str) else "  ".join(cell)


def csv_lines(heading: list[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Lines of CSV (RFC 4180 quoting): numbers in full, several values in a field separated by blanks."""
    import csv
    from io import StringIO

    for row in chain((heading,), rows):
        out = StringIO()
        csv.writer(out, lineterminator="\n").writerow([_field(value) for value in row])
        yield out.getvalue()


def _field(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return " ".join(map(_field, value)) if isinstance(value, tuple) else shortest(value)


def _in_html(cell: Cell, column: Column) -> str:
    if cell == BLANK:
        return '<td class="blank"></td>'
    kind = ' class="number"' if column.numeric else ""
    return f"<td{kind}>{safe(cell if isinstance(cell, str) else chr(10).join(cell))}</td>"


def _in_latex(cell: Cell, column: Column) -> str:
    if isinstance(cell, tuple):
        formulas = [tex_math(visible(formula)) for formula in cell]
        if len(flat(cell)) <= _BESIDE:
            return r"\quad ".join(formulas)
        return r"\begin{tabular}[t]{@{}l@{}}" + r" \\ ".join(formulas) + r"\end{tabular}"
    if isinstance(cell, str):
        cell = unblocked(cell)
    if cell == BLANK:
        return r"\underline{\hspace{4em}}"
    if not cell or column.holds == "words":
        text = tex_text(visible(cell))
        return "{}" + text if text[:1] in ("[", "*") else text  # which would belong to the line break before
    if column.holds == "code":
        return rf"\texttt{{{tex_text(visible(cell))}}}"
    return f"${tex_value(cell)}$" if column.numeric else tex_math(visible(cell))
