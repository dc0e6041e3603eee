"""A layout broken into rows, as text is into lines, so that a long graph is no wider than a slide.

    ┌──────────────────────────────┐
    │  x ──●── n1 ──●── n2 ────┐   │    a wire that goes on in the next row leaves on the right,
    │  ┌───────────────────────┘   │    runs back between the rows, and arrives from the left
    │  └───●── n3 ──●── f          │
    └──────────────────────────────┘

Rows are as few as fit the width, and end where few wires pass. Wires keep their order on the way back, so that they
cross none of the others that turn there: the lowest turns first. What is empty across a whole row is taken out.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from math import inf

from backprop_cli.lean import Callable, Mapping, NamedTuple, Sequence
from backprop_cli.render.layout import Placed, Point, Size
from backprop_cli.report.figure import Figure, Node

_TRACK = 12.0  # from a wire that turns to the next
_ASIDE = 14.0  # from the columns, and from the rows, to the first of them
_ROW = 1e6  # a row more is worse than any crossing
_EMPTY = 16.0  # what stays of a band without anything in it


class _Row(NamedTuple):
    """The columns of a row, by their numbers, the last one excluded."""

    first: int
    end: int


def in_rows(placed: Placed, figure: Figure, size: Callable[[Node], Size], most: float) -> Placed:
    """The layout in rows that are `most` wide, or as wide as their one column."""
    if placed.width <= most or len(placed.columns) < 2:
        return placed
    passing = _passing(placed, figure)
    rows = _rows(placed, [len(sources) for sources in passing], most)
    return placed if len(rows) < 2 else _Rows(placed, figure, size, rows, passing).placed()


def _passing(placed: Placed, figure: Figure) -> list[set[int]]:
    """For each column the sources whose wires go on behind it."""
    passing: list[set[int]] = [set() for _ in placed.columns]
    for edge in figure.edges:
        for number in range(placed.column_of[edge.source], placed.column_of[edge.target]):
            passing[number].add(edge.source)
    return passing


def _gutter(count: int) -> float:
    """The room for so many wires that turn."""
    return 2 * _ASIDE + _TRACK * (count - 1) if count else 0.0


def _rows(placed: Placed, counts: Sequence[int], most: float) -> list[_Row]:
    """The cheapest way to break the columns: few rows, few wires that turn, rows of like width."""
    total = len(placed.columns)
    best: list[tuple[float, int]] = [
        (0.0, 0)
    ]  # for each number of columns: what they cost, where their last row begins
    for end in range(1, total + 1):
        found: list[tuple[float, int]] = []
        for first in range(end - 1, -1, -1):
            width = placed.columns[end - 1][1] - placed.columns[first][0]
            width += _gutter(counts[first - 1]) if first else 0.0
            width += _gutter(counts[end - 1]) if end < total else 0.0
            if width > most and found:
                break
            free = 1 - min(width / most, 1)
            found.append((best[first][0] + _ROW + counts[end - 1] * (end < total) + 4 * free * free, first))
        best.append(min(found))
    rows: list[_Row] = []
    end = total
    while end:
        rows.append(_Row(best[end][1], end))
        end = best[end][1]
    return rows[::-1]


class _Rows:
    def __init__(
        self,
        placed: Placed,
        figure: Figure,
        size: Callable[[Node], Size],
        rows: Sequence[_Row],
        passing: Sequence[set[int]],
    ) -> None:
        self.was, self.figure, self.rows, self.passing = placed, figure, rows, passing
        self.moves: list[Point] = []  # for each column how far it moves
        self.bands: list[list[tuple[float, float]]] = []  # for each column from where it moves up, and how far
        self.gaps: list[float] = []  # for each row the first line on which wires run back behind it
        top = 0.0
        filled = _filled(placed, figure, size)
        for place, row in enumerate(rows):
            spans = sorted(span for column in filled[row.first : row.end] for span in column)
            bands = _bands(spans)
            self.bands += [bands] * (row.end - row.first)
            high, low = spans[0][0], max(span[1] for span in spans) - bands[-1][1]
            left = _gutter(len(passing[row.first - 1])) if place else 0.0
            self.moves += [(left - placed.columns[row.first][0], top - high)] * (row.end - row.first)
            top += low - high + _ASIDE
            self.gaps.append(top)
            top += _gutter(len(passing[row.end - 1])) - _ASIDE
        self.height = top

    def placed(self) -> Placed:
        """Everything moved to its row, and the corners of the wires that turn."""
        was = self.was
        at = {node: self._moved(point, was.column_of[node]) for node, point in was.at.items()}
        ways = tuple(
            tuple(self._moved(point, was.column_of[edge.source] + 1 + k // 2) for k, point in enumerate(way))
            for edge, way in zip(self.figure.edges, was.ways, strict=True)
        )
        columns = tuple(
            (left + across, right + across) for (left, right), (across, _) in zip(was.columns, self.moves, strict=True)
        )
        turns: dict[tuple[int, int], tuple[float, float, float]] = {}
        width = max(right for _, right in columns)
        for place, (row, _) in enumerate(pairwise(self.rows)):
            number = row.end - 1
            leaving = self._leaving(number, at, ways)
            for k, source in enumerate(sorted(leaving, key=lambda source: -leaving[source])):
                right = columns[number][1] + _ASIDE + k * _TRACK
                # The lowest is the first to turn, and the outermost on the left.
                left = columns[number + 1][0] - _ASIDE - (len(leaving) - 1 - k) * _TRACK
                turns[source, number] = (right, self.gaps[place] + k * _TRACK, left)
                width = max(width, right)
        return was._replace(at=at, ways=ways, columns=columns, width=width, height=self.height, turns=turns)

    def _moved(self, point: Point, column: int) -> Point:
        (across, down), bands = self.moves[column], self.bands[column]
        up = bands[bisect_right(bands, point[1], key=lambda band: band[0]) - 1][1]
        return point[0] + across, point[1] + down - up

    def _leaving(self, number: int, at: Mapping[int, Point], ways: Sequence[Sequence[Point]]) -> dict[int, float]:
        """The height at which each wire leaves a column on its right."""
        column_of = self.was.column_of
        leaving = {source: at[source][1] for source in self.passing[number] if column_of[source] == number}
        for edge, way in zip(self.figure.edges, ways, strict=True):
            k = 2 * (number - column_of[edge.source]) - 1
            if edge.source in self.passing[number] and 0 < k < len(way):
                leaving[edge.source] = way[k][1]
        return leaving


def _bands(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """From where on what stands in a row moves up, and how far, so that no band in it is empty and wide."""
    bands, low = [(-inf, 0.0)], spans[0][1]
    for top, bottom in spans:
        if top - low > _EMPTY:
            bands.append((top, bands[-1][1] + top - low - _EMPTY))
        low = max(low, bottom)
    return bands


def _filled(placed: Placed, figure: Figure, size: Callable[[Node], Size]) -> list[list[tuple[float, float]]]:
    """For each column from where to where each thing in it reaches: nodes with their room, wires that pass."""
    spans: list[list[tuple[float, float]]] = [[] for _ in placed.columns]
    for node in figure.nodes:
        y, room = placed.at[node.id][1], size(node)
        spans[placed.column_of[node.id]].append((y - room.above, y + room.below))
    for edge, way in zip(figure.edges, placed.ways, strict=True):
        for k, (_, y) in enumerate(way):
            spans[placed.column_of[edge.source] + 1 + k // 2].append((y, y))
    return spans
