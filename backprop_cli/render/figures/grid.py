"""A sheet of characters: wires that join where they are one and pass over one another elsewhere, boxes, texts.

Where wires cross, the one that runs up and down is in front:

    ──┬──┐      one wire that forks
      │ ─│──    another one that passes behind it
      └──┘
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import groupby

from backprop_cli.lean import Callable, Iterable, Iterator, NamedTuple

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
_WIRES = {
    LEFT: "─", RIGHT: "─", LEFT | RIGHT: "─", UP: "│", DOWN: "│", UP | DOWN: "│", RIGHT | DOWN: "┌", LEFT | DOWN: "┐",
    RIGHT | UP: "└", LEFT | UP: "┘", UP | DOWN | RIGHT: "├", UP | DOWN | LEFT: "┤", LEFT | RIGHT | DOWN: "┬",
    LEFT | RIGHT | UP: "┴", UP | DOWN | LEFT | RIGHT: "┼",
}  # fmt: skip
_ASCII = str.maketrans("─│┌┐└┘├┤┬┴┼═║╔╗╚╝╢╟╳", "-|+++++++++=#######x")


class Pen(NamedTuple):
    """The signs of a box: its lines, its corners from the top left onwards, where a wire enters and where it leaves."""

    across: str
    down: str
    corners: str
    enters: str
    leaves: str


THIN, BOLD = Pen("─", "│", "┌┐└┘", "┤", "├"), Pen("═", "║", "╔╗╚╝", "╢", "╟")


class Sheet:
    """Characters by row and column, both from 0."""

    def __init__(self) -> None:
        self.runs: dict[tuple[int, int], list[tuple[int, int]]] = {}  # for a row and a wire: where pieces begin, end
        self.upright: dict[tuple[int, int], dict[int, int]] = {}  # at a place: the wires that go up or down there
        self.signs: dict[tuple[int, int], str] = {}
        self.looks: dict[tuple[int, int], str] = {}

    def across(self, wire: int, row: int, start: int, end: int) -> None:
        """A piece of wire in a row, both ends included."""
        if start <= end:
            self.runs.setdefault((row, wire), []).append((start, end))

    def down(self, wire: int, column: int, start: int, end: int) -> None:
        """A piece of wire in a column, both ends included."""
        if start < end:
            for row in range(start, end + 1):
                here = self.upright.setdefault((row, column), {})
                here[wire] = here.get(wire, 0) | UP * (row > start) | DOWN * (row < end)

    def text(self, row: int, column: int, text: str, look: str = "") -> None:
        """A text that begins at a place."""
        for offset, sign in enumerate(text):
            self.signs[row, column + offset] = sign
            if look:
                self.looks[row, column + offset] = look

    def box(self, top: int, left: int, bottom: int, right: int, pen: Pen) -> None:
        """The outline of a box."""
        for row, corners in ((top, pen.corners[:2]), (bottom, pen.corners[2:])):
            self.text(row, left, corners[0] + pen.across * (right - left - 1) + corners[1])
        for row in range(top + 1, bottom):
            self.signs[row, left] = self.signs[row, right] = pen.down

    def lines(self, *, ascii_only: bool) -> list[str]:
        """The sheet as text."""
        made: dict[int, list[str]] = {}
        joined = {place: _joined(runs) for place, runs in self.runs.items()}
        for (row, _), runs in joined.items():
            line = made.setdefault(row, [])
            for start, end in runs:
                _reach(line, end)
                line[start : end + 1] = "─" * (end + 1 - start)
        for (row, column), wires in self.upright.items():
            wire, directions = next(iter(wires.items()))
            runs = joined.get((row, wire), [])
            for start, end in runs[max(bisect_right(runs, (column,)) - 1, 0) :][:2]:
                if start <= column <= end:
                    directions |= LEFT * (start < column) | RIGHT * (column < end)
            line = made.setdefault(row, [])
            _reach(line, column)
            line[column] = _WIRES[directions]
        for (row, column), sign in self.signs.items():
            line = made.setdefault(row, [])
            _reach(line, column)
            line[column] = sign
        lines = ["".join(made.get(row, ())).rstrip() for row in range(max(made, default=-1) + 1)]
        return [line.translate(_ASCII) for line in lines] if ascii_only else lines

    def painted(self, lines: Iterable[str], paint: Callable[[str, str], str]) -> Iterator[str]:
        """The lines with their texts in the looks they were given."""
        for row, line in enumerate(lines):
            runs = groupby(range(len(line)), key=lambda column: self.looks.get((row, column), ""))
            pieces = ((look, "".join(line[column] for column in columns)) for look, columns in runs)
            yield "".join(paint(text, look) if look else text for look, text in pieces)


def _joined(runs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pieces that share a place as one, from left to right."""
    made: list[tuple[int, int]] = []
    for start, end in sorted(runs):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def _reach(line: list[str], column: int) -> None:
    """Make a line long enough for a sign in that column."""
    if column >= len(line):
        line += " " * (column + 1 - len(line))
