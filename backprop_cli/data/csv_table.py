"""A table in a text: numbers a line, with headings or without, separated by commas, semicolons, tabs or blanks.

A first column whose heading is empty has the numbers of the rows, as pandas and R write them: it is no data.
"""

from __future__ import annotations

import csv
import re

from backprop_cli.data.documents import OutOfRange, decimal, whole
from backprop_cli.data.files import malformed, wrong_kind
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, nearest, shorten
from backprop_cli.graph.literals import out_of_range
from backprop_cli.lean import Any, Iterable, Iterator, Mapping

_DECIMAL = re.compile(r"[+-]?[0-9]+([.,])[0-9]+(?:[eE][+-]?[0-9]+)?").fullmatch
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}").fullmatch  # its sign may be that of thousands
_SEPARATORS = {";": "semicolons", ",": "commas", "\t": "tabs"}
_BESIDE_COMMAS = (";", "\t")  # what may separate numbers with decimal commas
_OTHER_SIGN, _SIGNS = {".": ",", ",": "."}, {".": "point", ",": "comma"}
_BLANKS = " "  # as many as there are between two cells
_MISSING = ("", "na", "n/a", "null", "none", "nil", "-", "?", ".")
_DRESSED = re.compile(
    r"[$€£¥]? ?([+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[+-]?[0-9]*[.,]?[0-9]+) ?[$€£¥]?"
).fullmatch
_GERMAN = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+").fullmatch  # 1.234,5
_SHORT = 15  # characters of a whole number that is surely a double


class Table:
    """The cells of a file, a line after the other, and the names of its columns, if its first line has names.

    Raises BackpropError (F602, F603) for a file that is no table.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.headings: list[str] = []
        self._shown: dict[str, str] | None = None  # see `_decimals`; found when it is needed
        self._heading_line, remark = 1, ""
        self.lines: list[tuple[int, list[str]]] = []
        self.separator = _separator([line for line in text.splitlines() if line.strip() and not line.startswith("#")])
        for number, cells in enumerate(self._cells(), 1):
            if not cells or (len(cells) == 1 and not cells[0]):
                continue
            if self._is_remark(cells):
                remark = remark if self.lines else self.separator.join(cells)
                continue
            if not self.lines and not self.headings and _are_headings(cells):
                self.headings, self._heading_line = cells, number
                continue
            if len(cells) == 1 and any(sign in cells[0] for sign in _SEPARATORS):
                message = f"`{shorten(cells[0])}` is not a number; {_SEPARATORS[self.separator]} separate numbers"
                raise self.wrong(number, message)
            width = len(self.lines[0][1]) if self.lines else len(self.headings) or len(cells)
            if len(cells) != width:
                before = "the lines before have" if self.lines else "there are headings:"
                raise self.wrong(
                    number, f"{len(cells)} {'number' if len(cells) == 1 else 'numbers'} where {before} {width}"
                )
            self.lines.append((number, cells))
        if not self.lines:
            raise wrong_kind(path, "it holds no numbers")
        if not self.headings:  # NumPy writes them as a remark
            cells = [cell.strip() for cell in remark.lstrip("# ").split(self.separator)]
            self.headings = cells if len(cells) == len(self.lines[0][1]) and _are_headings(cells) else []

    @property
    def names(self) -> list[str]:
        """The headings that are names."""
        return [name for name in self.headings if name]

    def _is_remark(self, cells: list[str]) -> bool:
        """Whether a line is a remark: it begins with `#`, and is no row of a table whose first cells may do so."""
        width = len(self.headings) or len(self.lines[0][1]) if self.headings or self.lines else 0
        return cells[0].startswith("#") and not (1 < len(cells) == width and any(map(_begins_a_number, cells[1:])))

    def _cells(self) -> Iterator[list[str]]:
        """The cells of each line."""
        lines = self.text.splitlines()
        if self.separator == _BLANKS:
            yield from map(str.split, lines)
            return
        try:
            for cells in csv.reader(lines, delimiter=self.separator):
                yield [cell.strip() for cell in cells]
        except csv.Error as error:
            raise malformed(self.path, "", "a usable table", str(error)) from None

    def column(self, name: str) -> Any:
        """The numbers of a column, a number where there is one. Raises BackpropError if there is no such column."""
        if name not in self.headings:
            near = nearest(name, self.names)
            there = ", ".join(map(shorten, self.names[:8])) or "no headings"
            hint = f"did you mean `{near[0]}`?" if near else f"it has {there}"
            raise wrong_kind(self.path, f"it has no column `{shorten(name)}`; {hint}")
        at = self.place(name)
        found = [self.number(number, cells, at) for number, cells in self.lines]
        return found[0] if len(found) == 1 else found

    def place(self, name: str) -> int:
        """Where among the columns one is. Raises BackpropError (F603) if two are called so."""
        if self.headings.count(name) > 1:
            raise malformed(self.path, "", "a usable table", f"two columns are called `{shorten(name)}`")
        return self.headings.index(name)

    def matrix(self) -> Any:
        """All numbers: a matrix, a row a line; a vector of one column or one row; a number of one cell."""
        if self.headings and not self.headings[0]:
            why = "the first heading is empty: a column of row numbers, which are no data"
            raise self.wrong(
                self._heading_line, why, f"take a column by its name, as in `@{shorten(self.path, 80)}:{self.names[0]}`"
            )
        found = [[self.number(n, cells, at) for at in range(len(cells))] for n, cells in self.lines]
        if len(found) > 1 and len(found[0]) > 1:
            return found
        flat = [number for row in found for number in row]
        return flat if len(flat) > 1 else flat[0]

    def number(self, line: int, cells: list[str], at: int) -> float | int:
        """The number in a cell of a line. Raises BackpropError (F603, V301) if there is none."""
        cell, decimal_ = cells[at], _DECIMAL(cells[at])
        if decimal_ and self.separator in _BESIDE_COMMAS:
            if _GROUPED(cell):
                self._refuse_thousands(line, cell, at, decimal_[1])
            cell = cell.replace(",", ".")
        number = _cell(cell)
        if isinstance(number, OutOfRange):
            raise BackpropError(out_of_range(number, self._label(line)))
        if number is not None:
            return number
        cell = shorten(cell)
        why = f"`{cell}` is not a number" if cell else "an empty cell is not a number"
        if self.headings:
            why += f", in column `{shorten(self.headings[at])}`"
        raise self.wrong(line, why, _help(cells[at]))

    def _refuse_thousands(self, line: int, cell: str, at: int, sign: str) -> None:
        """Refuse `1.234` of a file that has `2,5` too: one file has one decimal sign, and the other's is of thousands.

        Beside tabs a comma is decimal only where a number of the file shows it.
        """
        if self._shown is None:
            self._shown = _decimals(cell for _, cells in self.lines for cell in cells)
        mine, other = self._shown[sign], self._shown.get(_OTHER_SIGN[sign], "")
        unsure = self.separator == "\t" and sign == "," and _GROUPED(mine)
        if not (other or unsure):
            return
        where = f", in column `{shorten(self.headings[at])}`" if self.headings else ""
        plain, swapped = (shorten(cell.replace(sign, by)) for by in ("", _OTHER_SIGN[sign]))
        why = f"`{shorten(cell)}` may be {plain} or have decimals{where}"
        if other:
            why += f"; the file has `{shorten(other)}` too, and one decimal sign"
        help_ = f"write `{plain}`, or `{swapped}` if the {_SIGNS[sign]} is its decimal sign"
        if not _GROUPED(mine) and other and not _GROUPED(other):
            help_ = f"`{shorten(mine)}` and `{shorten(other)}` both have decimals: write all of them with a point"
        raise self.wrong(line, why, help_)

    def wrong(self, number: int, why: str, help_: str = "") -> BackpropError:
        """The error of a line."""
        message = f"`{shorten(self.path, 80)}` is not a usable table: {why}"
        return BackpropError(Diagnostic("F603", message, (self._label(number),), help_))

    def _label(self, number: int) -> Label:
        lines = self.text.splitlines(keepends=True)
        start = sum(map(len, lines[: number - 1]))
        return Label(Source(self.path, self.text), start, start + max(1, len(lines[number - 1].rstrip())))


class Row(Mapping[str, Any]):
    """The cells of one line, by heading; a cell is read when it is asked for."""

    def __init__(self, table: Table, line: int, cells: list[str]) -> None:
        self.table, self.line, self.cells = table, line, cells

    def __getitem__(self, name: str) -> Any:
        if name not in self.table.headings:
            raise KeyError(name)
        return self.table.number(self.line, self.cells, self.table.place(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self.table.names)

    def __len__(self) -> int:
        return len(self.table.names)


class Columns(Mapping[str, Any]):
    """The columns of a table with headings; a column is read when it is asked for."""

    def __init__(self, table: Table) -> None:
        if not table.headings:
            raise wrong_kind(table.path, "its first line has no names; with names, each column is a value")
        self.table = table

    def __getitem__(self, name: str) -> Any:
        return self.table.column(name)

    def __contains__(self, name: object) -> bool:
        return name in self.table.headings

    def __iter__(self) -> Iterator[str]:
        return iter(self.table.names)

    def __len__(self) -> int:
        return len(self.table.names)


def read_csv(path: str, text: str, name: str, column: str = "") -> Any:
    """The `column` of a file, or the one called like the value, or all its numbers."""
    table = Table(path, text)
    if column or name in table.headings:
        return table.column(column or name)
    return table.matrix()


def _decimals(cells: Iterable[str]) -> dict[str, str]:
    """A number with each decimal sign there is, one whose sign can be no other's where there is one."""
    found: dict[str, str] = {}
    for cell in cells:
        if (signed := _DECIMAL(cell)) and (signed[1] not in found or _GROUPED(found[signed[1]])):
            found[signed[1]] = cell
    return found


def _separator(lines: list[str]) -> str:
    """What is between the cells of a table's lines: blanks where nothing else is, and numbers are on both sides."""
    first = lines[0] if lines else ""
    widths = {len(line.split()) for line in lines[:2]}
    numbers = bool(lines) and None not in map(_cell, lines[:2][-1].split())
    usual = _BLANKS if numbers and len(widths) == 1 and widths != {1} else ","
    if (
        "\t" in first
        and ";" not in first
        and all(_DECIMAL(cell.strip()) or _cell(cell) is not None for cell in first.split("\t"))
    ):
        return "\t"  # numbers with decimal commas
    return next((sign for sign in _SEPARATORS if sign in first), usual)


def _are_headings(cells: list[str]) -> bool:
    """Whether cells say what columns are; `2x` may do so where no cell is a number and another begins with a letter."""
    found = [*map(_cell, cells)]
    if any(map(_begins_a_number, cells)):
        return not any(number is not None for number in found) and any(cell[:1].isalpha() for cell in cells)
    return None in found and any(cells)


def _help(cell: str) -> str:
    """What to do about a cell that is no number."""
    if cell.lower() in _MISSING:
        return "fill it in, or leave out the line"
    if "," in cell and _GERMAN(cell):
        return f"write it as `{cell.replace('.', '').replace(',', '.')}`"
    if found := _DRESSED(cell):  # with the sign of a currency, or commas
        thousands = found[1].count(",") > 1 or "." in found[1] or found[1][-4:-3] == ","
        return f"write it as `{found[1].replace(',', '' if thousands else '.')}`"
    return ""


def _begins_a_number(text: str) -> bool:
    return text.lstrip("+-.")[:1].isdigit()


def _cell(text: str) -> float | int | OutOfRange | None:
    if not text.isascii() or "_" in text:
        return None
    try:
        return whole(text) if len(text) > _SHORT and text.lstrip("+-").isdigit() else decimal(text)
    except ValueError:
        return None
