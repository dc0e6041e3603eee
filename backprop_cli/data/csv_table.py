"""A CSV file: numbers a line, with headings or without, separated by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import re

from backprop_cli.data.documents import OutOfRange, decimal, whole
from backprop_cli.data.files import malformed, wrong_kind
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, nearest, shorten
from backprop_cli.graph.literals import out_of_range
from backprop_cli.lean import Any, Iterator, Mapping

_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?").fullmatch  # a number with a decimal comma
_SEPARATORS = {";": "semicolons", ",": "commas", "\t": "tabs"}
_SHORT = 15  # characters of a whole number that is surely a double


class Table:
    """The cells of a file, a line after the other, and the names of its columns, if its first line has names.

    Raises BackpropError (F602, F603) for a file that is no table.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.headings: list[str] = []
        self.lines: list[tuple[int, list[str]]] = []
        first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
        self.separator = next((sign for sign in _SEPARATORS if sign in first), ",")
        for number, cells in enumerate(self._cells(), 1):
            if not cells or (len(cells) == 1 and not cells[0]) or self._is_remark(cells):
                continue
            if not self.lines and not self.headings and _are_headings(cells):
                if not cells[0]:
                    raise self.wrong(number, "the first heading is empty: a column of row numbers, which are no data")
                self.headings = cells
                continue
            if len(cells) == 1 and any(sign in cells[0] for sign in _SEPARATORS):
                message = f"`{shorten(cells[0])}` is not a number; {_SEPARATORS[self.separator]} separate numbers"
                raise self.wrong(number, message)
            width = len(self.lines[0][1]) if self.lines else len(self.headings) or len(cells)
            if len(cells) != width:
                before = "the lines before have" if self.lines else "there are headings:"
                raise self.wrong(number, f"{len(cells)} numbers where {before} {width}")
            self.lines.append((number, cells))
        if not self.lines:
            raise wrong_kind(path, "it holds no numbers")

    def _is_remark(self, cells: list[str]) -> bool:
        """Whether a line is a remark: it begins with `#`, and is no row of a table whose first cells may do so."""
        width = len(self.headings) or len(self.lines[0][1]) if self.headings or self.lines else 0
        return cells[0].startswith("#") and not (1 < len(cells) == width and any(map(_begins_a_number, cells[1:])))

    def _cells(self) -> Iterator[list[str]]:
        """The cells of each line. Where semicolons separate them, commas are decimal."""
        lines = self.text.splitlines()
        try:
            for cells in csv.reader(lines, delimiter=self.separator):
                stripped = [cell.strip() for cell in cells]
                if self.separator == ";":
                    stripped = [cell.replace(",", ".") if _COMMA(cell) else cell for cell in stripped]
                yield stripped
        except csv.Error as error:
            raise malformed(self.path, "", "usable CSV", str(error)) from None

    def column(self, name: str) -> Any:
        """The numbers of a column, a number where there is one. Raises BackpropError if there is no such column."""
        if name not in self.headings:
            near = nearest(name, self.headings)
            there = ", ".join(map(shorten, self.headings[:8])) or "no headings"
            hint = f"did you mean `{near[0]}`?" if near else f"it has {there}"
            raise wrong_kind(self.path, f"it has no column `{shorten(name)}`; {hint}")
        at = self.headings.index(name)
        found = [self.number(number, cells, at) for number, cells in self.lines]
        return found[0] if len(found) == 1 else found

    def matrix(self) -> Any:
        """All numbers: a matrix, a row a line; a vector of one column or one row; a number of one cell."""
        found = [[self.number(n, cells, at) for at in range(len(cells))] for n, cells in self.lines]
        if len(found) > 1 and len(found[0]) > 1:
            return found
        flat = [number for row in found for number in row]
        return flat if len(flat) > 1 else flat[0]

    def number(self, line: int, cells: list[str], at: int) -> float | int:
        """The number in a cell of a line. Raises BackpropError (F603, V301) if there is none."""
        number = _cell(cells[at])
        if isinstance(number, OutOfRange):
            raise BackpropError(out_of_range(number, self._label(line)))
        if number is not None:
            return number
        cell = shorten(cells[at])
        why = f"`{cell}` is not a number" if cell else "an empty cell is not a number"
        if self.headings:
            why += f", in column `{shorten(self.headings[at])}`"
        raise self.wrong(line, why)

    def wrong(self, number: int, why: str) -> BackpropError:
        """The error of a line."""
        message = f"`{shorten(self.path, 80)}` is not usable CSV: {why}"
        return BackpropError(Diagnostic("F603", message, (self._label(number),)))

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
        return self.table.number(self.line, self.cells, self.table.headings.index(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self.table.headings)

    def __len__(self) -> int:
        return len(self.table.headings)


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
        return iter(self.table.headings)

    def __len__(self) -> int:
        return len(self.table.headings)


def read_csv(path: str, text: str, name: str, column: str = "") -> Any:
    """The `column` of a file, or the one called like the value, or all its numbers."""
    table = Table(path, text)
    if column or name in table.headings:
        return table.column(column or name)
    return table.matrix()


def _are_headings(cells: list[str]) -> bool:
    return None in map(_cell, cells) and not any(map(_begins_a_number, cells)) and any(cells)


def _begins_a_number(text: str) -> bool:
    return text.lstrip("+-.")[:1].isdigit()


def _cell(text: str) -> float | int | OutOfRange | None:
    if not text.isascii() or "_" in text:
        return None
    try:
        return whole(text) if len(text) > _SHORT and text.lstrip("+-").isdigit() else decimal(text)
    except ValueError:
        return None
