"""The figure in characters, left to right, values above the wires and gradients below them.

      -2
    x ────┐  ┌─n1─┐
      -4  └──┤    │  3
             │ +  ├─────
       5  ┌──┤    │ -4
    y ────┘  └────┘
      -4

Where it would be wider than the width the tree stands instead.
"""

from __future__ import annotations

from collections import Counter

from backprop_cli.errors import shorten
from backprop_cli.lean import Iterator, Mapping, NamedTuple
from backprop_cli.render.arrange import Arrangement, Cell, arrange
from backprop_cli.render.figures import tree
from backprop_cli.render.figures.grid import BOLD, THIN, Sheet
from backprop_cli.render.figures.shapes import LEAVES
from backprop_cli.render.figures.words import around, key, local_sign
from backprop_cli.render.style import GRAD, VALUE, Style
from backprop_cli.report.figure import Edge, Figure, Node

_LONGEST = 24  # characters of a name or an operation
_CUT = "╳"  # where nothing flows back
_SHORT = 4  # characters of a number that fewer digits would not shorten


class _Shape(NamedTuple):
    """How a node is drawn, in rows from the row of its wire: its top and bottom, and where each operand arrives."""

    text: str
    name: str
    room: int  # columns for value and gradient
    top: int
    bottom: int
    ports: tuple[int, ...]
    width: int
    lead: int  # columns for what stands at the ports


def render(figure: Figure, style: Style) -> Iterator[str]:
    """Title, drawing, what its numbers are; or the tree."""
    drawing = _Drawing(figure, style)
    lines = drawing.lines()
    if style.width is not None and (wide := max(map(len, lines), default=0)) > style.width:
        yield from tree.render(figure._replace(notice=_narrower(figure, wide, style)), style)
        return
    if style.color:
        lines = list(drawing.sheet.painted(lines, style.painted))
    yield from around(figure, lines, key(figure, "above a wire", "below it"), style)


def _narrower(figure: Figure, wide: int, style: Style) -> str:
    """The figure's notice, and what to do for boxes that would be so wide."""
    is_long = any(len(text) > _SHORT for node in figure.nodes for text in (node.value, node.grad))
    shorter = ", fewer with `--digits 2`" if is_long and style.digits is None else ""
    return "; ".join(filter(None, [figure.notice, f"as boxes it takes {wide} columns{shorter}"]))


class _Drawing:
    def __init__(self, figure: Figure, style: Style) -> None:
        whole = figure.whole or figure
        self.style = style
        self.output = style.text(shorten(figure.output, _LONGEST))
        self.longest = figure.longest
        self.arranged: Arrangement = arrange(whole)
        self.forks = Counter(edge.source for edge in figure.edges)
        # Room is for everything the whole has to say; said is what is known.
        self.arriving = self._arriving(whole)
        self.shapes = {node.id: self._shape(node) for node in whole.nodes}
        self.arriving = self._arriving(figure)
        self.nodes = {node.id: node for node in figure.nodes}
        self.rows = self._rows()
        self.sheet = Sheet()

    def lines(self) -> list[str]:
        left = 0
        for number, column in enumerate(self.arranged.columns):
            shapes = [self.shapes[cell.source] for cell in column if cell.node]
            box = left + max((shape.lead for shape in shapes), default=0)
            after = box + max((shape.width for shape in shapes), default=1)
            room = max((shape.room for shape in shapes), default=0)
            tail = after + room + 2  # behind it the output's name stands, where another column follows
            last = number + 1 == len(self.arranged.columns)
            named = any(cell.node is not None and cell.node.kind == "output" for cell in column)
            end = tail + (len(self.output) + 3 if named and not last else 0)
            for cell in column:
                row = self.rows[cell.source, number]
                if cell.node is None:
                    self.sheet.across(cell.source, row, left, end)
                else:
                    self._node(self.nodes[cell.source], row, (left, box, after, tail, end))
            left = end if last else self._channel(number, end)
        return self.sheet.lines(ascii_only=self.style.ascii)

    def _arriving(self, figure: Figure) -> dict[int, list[Edge]]:
        """The edges that arrive at each node, from top to bottom."""
        arriving: dict[int, list[Edge]] = {}
        for _, edge in sorted(zip(self.arranged.ports, figure.edges, strict=True), key=lambda pair: pair[0]):
            arriving.setdefault(edge.target, []).append(edge)
        return arriving

    def _shape(self, node: Node) -> _Shape:
        style = self.style
        text = style.text(shorten(node.operation, _LONGEST if node.kind in LEAVES else self.longest))
        room = max(len(text) for text in self._numbers(node))
        if node.kind in LEAVES:
            return _Shape(text, "", room, -1, 1, (), len(text), 0)
        name = "" if node.kind == "output" else style.text(shorten(node.name, _LONGEST))
        edges = self.arriving.get(node.id, [])
        labels = [self._labels(edge) for edge in edges]
        pitch = 3 if any(all(pair) for pair in labels) else 2
        inside = max(1, (len(edges) - 1) * pitch + 1)
        first = -(inside // 2)
        lead = 2 + max((len(text) for pair in labels for text in pair), default=0)
        ports = tuple(first + k * pitch for k in range(len(edges)))
        width = max(len(text) + 4, len(name) + 4)
        return _Shape(text, name, room, first - 1, first + inside, ports, width, lead)

    def _numbers(self, node: Node) -> tuple[str, str]:
        """What stands above and below a node's wire where it begins: value and gradient."""
        return "" if node.kind == "constant" else self.style.text(node.value), self.style.text(node.grad)

    def _labels(self, edge: Edge) -> tuple[str, str]:
        """What stands above and below a wire where it arrives: the local gradient, the share of a fork's gradient."""
        local = self.style.text(local_sign(f"∂ {edge.local}", self.style)) if edge.local else ""
        return local, self.style.text(edge.grad) if self.forks[edge.source] > 1 else ""

    def _rows(self) -> dict[tuple[int, int], int]:
        """For each source and column the row of its node or of its passing wire there.

        No wire may arrive in a row in which another one leaves the column before: they would touch.
        """
        rows: dict[tuple[int, int], int] = {}
        for number, column in enumerate(self.arranged.columns):
            leaving = {rows[cell.source, number - 1]: cell.source for cell in self.arranged.columns[number - 1]} \
                if number else {}  # fmt: skip
            free = 0
            for place, cell in enumerate(column):
                top, bottom = self._extent(cell)
                wanted = self._wanted(cell, number, rows)
                row = max(free - top, wanted)
                while any(leaving.get(row + down, source) != source for down, source in self._arrivals(cell)):
                    row += 1
                rows[cell.source, number] = row
                beside = column[place + 1 : place + 2]
                free = row + bottom + 1 + (cell.node is not None or bool(beside and beside[0].node))
        lowest = min((row + self._extent(cell)[0] for (_, number), row, cell in self._placed(rows)), default=0)
        return {place: row - lowest for place, row in rows.items()}

    def _placed(self, rows: Mapping[tuple[int, int], int]) -> Iterator[tuple[tuple[int, int], int, Cell]]:
        for number, column in enumerate(self.arranged.columns):
            for cell in column:
                yield (cell.source, number), rows[cell.source, number], cell

    def _extent(self, cell: Cell) -> tuple[int, int]:
        if cell.node is None:
            return 0, 0
        shape = self.shapes[cell.source]
        return min(shape.top, -1), max(shape.bottom, 1)

    def _arrivals(self, cell: Cell) -> list[tuple[int, int]]:
        """Where wires arrive at a cell, in rows below its own, and whose they are."""
        if cell.node is None:
            return [(0, cell.source)]
        edges = self.arriving.get(cell.source, ())
        return [(down, edge.source) for down, edge in zip(self.shapes[cell.source].ports, edges, strict=True)]

    def _wanted(self, cell: Cell, number: int, rows: Mapping[tuple[int, int], int]) -> int:
        """The row in which a cell's wires would be straightest."""
        arrivals = [(down, source) for down, source in self._arrivals(cell) if (source, number - 1) in rows]
        if not arrivals:
            return 0
        return round(sum(rows[source, number - 1] - down for down, source in arrivals) / len(arrivals))

    def _node(self, node: Node, row: int, places: tuple[int, int, int, int, int]) -> None:
        """Draw a node: its column begins, boxes begin, the widest ends, its numbers end, it ends."""
        sheet, shape = self.sheet, self.shapes[node.id]
        left, box, after, tail, end = places
        if node.kind in LEAVES:
            sheet.text(row, box, shape.text)
            start = box + shape.width + 1
        else:
            pen = BOLD if node.state == "active" else THIN
            right = box + shape.width - 1
            sheet.box(row + shape.top, box, row + shape.bottom, right, pen)
            sheet.text(row + shape.top, box + 2, shape.name)
            sheet.text(row, box + (shape.width - len(shape.text)) // 2, shape.text)
            for down, edge in zip(shape.ports, self.arriving.get(node.id, ()), strict=True):
                above, below = self._labels(edge)
                sheet.across(edge.source, row + down, left, box - 1)
                sheet.text(row + down, box - edge.cut, _CUT * edge.cut + pen.enters)
                sheet.text(row + down - 1, box - 1 - len(above), above)
                sheet.text(row + down + 1, box - 1 - len(below), below, GRAD)
            sheet.text(row, right, pen.leaves)
            start = right + 1
        room = tail - after - 2
        sheet.across(node.id, row, start, tail if node.kind == "output" else end)
        for line, label, look in zip((row - 1, row + 1), self._numbers(node), (VALUE, GRAD), strict=True):
            sheet.text(line, after + 1 + (room - len(label) + 1) // 2, label, look)
        if node.kind == "output":
            sheet.text(row, tail + 2, self.output)

    def _channel(self, number: int, left: int) -> int:
        """Draw the wires between a column and the next; answer where the next begins."""
        wires: dict[int, list[int]] = {}
        for cell in self.arranged.columns[number + 1]:
            for down, source in self._arrivals(cell):
                wires.setdefault(source, []).append(self.rows[cell.source, number + 1] + down)
        starts = {source: self.rows[source, number] for source in wires}
        tracks = _tracks(starts, wires)
        right = left + 2 * max(tracks.values(), default=0)
        for source, ends in wires.items():
            start = starts[source]
            column = left + 2 * tracks.get(source, 0)
            self.sheet.across(source, start, left, column)
            self.sheet.down(source, column, min(start, *ends), max(start, *ends))
            for end in ends:
                self.sheet.across(source, end, column, right + 1)
        return right + 1


def _tracks(starts: Mapping[int, int], wires: Mapping[int, list[int]]) -> dict[int, int]:
    """For each wire that changes its row a track from 1, so that no two overlap.

    Of wires that go down the lowest turns first, of those that go up the highest: so they do not cross.
    """
    bent = [source for source, ends in wires.items() if ends != [starts[source]]]
    down = [source for source in bent if sum(wires[source]) >= len(wires[source]) * starts[source]]
    up = [source for source in bent if source not in set(down)]
    ordered = [*sorted(down, key=lambda s: -starts[s]), *sorted(up, key=lambda s: starts[s])]
    taken: list[list[tuple[int, int]]] = []
    tracks: dict[int, int] = {}
    for source in ordered:
        low, high = min(starts[source], *wires[source]), max(starts[source], *wires[source])
        track = next((k for k, spans in enumerate(taken) if all(high < a or b < low for a, b in spans)), len(taken))
        if track == len(taken):
            taken.append([])
        taken[track].append((low, high))
        tracks[source] = track + 1
    return tracks
