"""The wires of an SVG: from gate to gate, past the columns in between, and on in the next row."""

from __future__ import annotations

from backprop_cli.lean import Sequence
from backprop_cli.render.figures.shapes import Shapes
from backprop_cli.render.layout import Placed, Point
from backprop_cli.report.figure import Edge

_TURN = 6  # the radius of a corner
_LABEL = 13  # from the end of what stands at a gate to the gate
_LONG = 60  # columns, past which wires are written without the columns that they pass straight


class Wires:
    """The paths of a layout's wires."""

    def __init__(self, placed: Placed, shapes: Shapes) -> None:
        self.placed, self.shapes = placed, shapes
        self.is_long = len(placed.columns) > _LONG
        self.lanes: dict[int, list[str]] = {}  # for each source its pieces, as far as any wire has gone yet

    def path(self, edge: Edge, number: int) -> str:
        """From the source's body, or from where its wires part, through the columns to the target's outline."""
        placed, shapes = self.placed, self.shapes
        source, target = shapes.of[edge.source], shapes.of[edge.target]
        (x, y), (end, line) = placed.at[edge.source], placed.at[edge.target]
        down = shapes.port(edge, placed.ports[number])
        start = x + source.half + (source.stub if shapes.forks(edge.source) else 0)
        leaves: Point = (placed.columns[placed.column_of[edge.source]][1], y)
        enters: Point = (placed.columns[placed.column_of[edge.target]][0], line + down)
        way = placed.ways[number]
        pieces = [f"M{start:.5g} {y:.5g}", *self._lane(edge.source, leaves, way)]
        pieces.append(self._piece(way[-1] if way else leaves, enters, edge.source, len(way) // 2))
        left, below = target.meets(down)
        meets = f"{end - left:.5g} {line + below:.5g}"
        if not target.lead:
            return "".join([*pieces, f"L{meets}"])
        label = end - target.half - _LABEL  # straight below it
        bend = (label + end - left) / 2
        return "".join(
            [*pieces, f"H{label:.5g}C{bend:.5g} {line + down:.5g} {end - left - 4:.5g} {line + below:.5g} {meets}"]
        )

    def _lane(self, source: int, leaves: Point, way: Sequence[Point]) -> list[str]:
        """The pieces of a wire from column to column but for the last; wires of a source share them."""
        made = self.lanes.setdefault(source, [])
        for k in range(len(made), len(way) // 2):
            start, end = way[2 * k - 1] if k else leaves, way[2 * k]
            straight = self.is_long and start[1] == end[1] and k and not self._turn(source, k)
            made.append("" if straight else self._piece(start, end, source, k))
        return made[: len(way) // 2]

    def _piece(self, start: Point, end: Point, source: int, k: int) -> str:
        """A wire between two columns, the k-th of those it passes between."""
        if turn := self._turn(source, k):
            return turned(start, turn, end)
        (x0, y0), (x1, y1) = start, end
        middle = (x0 + x1) / 2
        return f"H{x0:.5g}C{middle:.5g} {y0:.5g} {middle:.5g} {y1:.5g} {x1:.5g} {y1:.5g}"

    def _turn(self, source: int, k: int) -> tuple[float, float, float] | None:
        return self.placed.turns.get((source, self.placed.column_of[source] + k))


def turned(start: Point, turn: tuple[float, float, float], end: Point) -> str:
    """A wire that goes on in the next row, with round corners."""
    right, line, left = turn
    corners = [(right, start[1]), (right, line), (left, line), (left, end[1])]
    made = ""
    for before, corner, after in zip([start, *corners], corners, [*corners[1:], end], strict=False):
        (x0, y0), (x1, y1) = _towards(corner, before), _towards(corner, after)
        made += f"L{x0:.5g} {y0:.5g}Q{corner[0]:.5g} {corner[1]:.5g} {x1:.5g} {y1:.5g}"
    return f"{made}L{end[0]:.5g} {end[1]:.5g}"


def _towards(corner: Point, other: Point) -> Point:
    """The point where the arc at a corner begins or ends."""
    far = max(abs(other[0] - corner[0]), abs(other[1] - corner[1]))
    part = min(_TURN, far / 2) / far if far else 0.0
    return corner[0] + part * (other[0] - corner[0]), corner[1] + part * (other[1] - corner[1])
