"""The wires of an SVG that go on in the next row."""

from __future__ import annotations

from backprop_cli.render.layout import Point

_TURN = 6  # the radius of a corner


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
