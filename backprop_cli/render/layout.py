"""Where things stand in a figure: coordinates for an arrangement, no two cells over one another.

Each column is as wide as its widest cell. In it, each cell is as near to its neighbours left and right as the order
and the gaps allow: least squares, by pooling cells that would come too near. It knows sizes and not what is drawn;
units are the caller's.
"""

from __future__ import annotations

from itertools import pairwise

from backprop_cli.lean import Callable, Mapping, MappingProxyType, NamedTuple, Sequence
from backprop_cli.render.arrange import Arrangement, Cell, arrange
from backprop_cli.report.figure import Edge, Figure, Node

_WORK = 60_000  # cells to move, over all passes
_PASSES = range(4, 61)  # at least and at most so many
_WIDEST = 3  # times `between` is added at most where wires climb
_STRAIGHT = 8.0  # how much more a wire between two way points wants to be straight

Point = tuple[float, float]


class Size(NamedTuple):
    """What a node takes on the four sides of its anchor, the point from which its wire leaves to the right."""

    before: float
    after: float
    above: float
    below: float


class Placed(NamedTuple):
    """The finished layout: the anchor of each node, the way points and port of each edge, width and height.

    A wire runs from its source's anchor to the right end of that column, through `ways[k]`, the point where it
    enters and the point where it leaves each column in between, to the left end of its target's column; there it
    arrives as number `ports[k]` from the top. The anchors of a column stand below one another.

    Where the next column stands in another row, `turns` has for the source and the column that it leaves: where its
    wire goes down, the line on which it runs back, and where it goes down again.
    """

    at: Mapping[int, Point]
    ways: tuple[tuple[Point, ...], ...]
    ports: tuple[int, ...]
    columns: tuple[tuple[float, float], ...]  # left and right end of each
    order: tuple[tuple[Cell, ...], ...]  # from top to bottom
    column_of: Mapping[int, int]
    width: float
    height: float
    turns: Mapping[tuple[int, int], tuple[float, float, float]] = MappingProxyType({})


def place(
    figure: Figure,
    size: Callable[[Node], Size],
    *,
    between: float,
    apart: float,
    wire: float = 0,
    steep: float = 0,
    port: Callable[[Edge, int], float] = lambda _edge, _number: 0.0,
) -> Placed:
    """Coordinates for every node and wire.

    `between` columns and `apart` from cell to cell is what stays free, more between columns whose wires climb:
    `steep` times the climb, up to a limit. A way point is `wire` high; `port` is how far below its target's anchor
    an edge arrives, which is the number k from the top to arrive there.
    """
    arranged = arrange(figure)
    columns, column_of = arranged.columns, arranged.column_of
    sizes = {node.id: size(node) for node in figure.nodes}
    downs = [port(edge, number) for edge, number in zip(figure.edges, arranged.ports, strict=True)]
    lines = _lines(arranged, sizes, apart, wire, downs)
    ends: list[tuple[float, float]] = []
    at: dict[int, Point] = {}
    bends: dict[tuple[int, int], float] = {}
    left = 0.0
    for number, (column, heights) in enumerate(zip(columns, lines, strict=True)):
        nodes = [sizes[cell.source] for cell in column if cell.node]
        anchor = left + max((node.before for node in nodes), default=0)
        right = anchor + max((node.after for node in nodes), default=0)
        ends.append((left, right))
        climbs = (
            abs(lines[number + 1][link.right] + (downs[link.edge] if link.edge >= 0 else 0) - heights[link.left])
            for link in arranged.links[number]
        )
        left = right + between + min(steep * max(climbs, default=0), _WIDEST * between)
        for cell, line in zip(column, heights, strict=True):
            if cell.node:
                at[cell.source] = (anchor, line)
            else:
                bends[cell.source, number] = line
    ways = _ways(figure, column_of, bends, ends)
    floors = [at[node.id][1] + sizes[node.id].below for node in figure.nodes]
    height = max([*floors, *(line + wire / 2 for line in bends.values())], default=0)
    order = tuple(map(tuple, columns))
    return Placed(at, ways, tuple(arranged.ports), tuple(ends), order, column_of, ends[-1][1] if ends else 0.0, height)


def _ways(
    figure: Figure,
    column_of: Mapping[int, int],
    bends: Mapping[tuple[int, int], float],
    ends: Sequence[tuple[float, float]],
) -> tuple[tuple[Point, ...], ...]:
    """The way points of each edge: those of its source's lane as far as the edge goes."""
    lanes: dict[int, list[Point]] = {}
    for source, number in sorted(bends):
        lanes.setdefault(source, []).extend((end, bends[source, number]) for end in ends[number])
    passed = (2 * (column_of[edge.target] - column_of[edge.source] - 1) for edge in figure.edges)
    return tuple(tuple(lanes.get(edge.source, ())[:end]) for edge, end in zip(figure.edges, passed, strict=True))


def _lines(
    arranged: Arrangement, sizes: Mapping[int, Size], apart: float, wire: float, downs: list[float]
) -> list[list[float]]:
    """The height of every cell's anchor, the topmost cell beginning at 0."""
    columns, links = arranged.columns, arranged.links
    spans = [[sizes[c.source][2:] if c.node else (wire / 2, wire / 2) for c in column] for column in columns]
    # From the anchor of each cell's upper neighbour to its own.
    gaps = [[0.0, *(up[1] + apart + down[0] for up, down in pairwise(span))] for span in spans]
    offsets = [_running(gap) for gap in gaps]
    lines = [offset[: len(column)] for offset, column in zip(offsets, columns, strict=True)]
    cells = sum(map(len, columns))
    # What pulls at the cells of each column: a cell, its neighbour, the weight of their wire, how far it leads down.
    pulls: list[list[tuple[int, int, int, float, float]]] = [[] for _ in columns]
    weights = [[0.0] * len(column) for column in columns]
    for number, pieces in enumerate(links):
        for left, right, edge, _ in pieces:
            weight, down = (_STRAIGHT, 0.0) if edge < 0 else (1.0, downs[edge])
            pulls[number].append((left, number + 1, right, weight, down))
            weights[number][left] += weight
            pulls[number + 1].append((right, number, left, weight, -down))
            weights[number + 1][right] += weight
    heavy = [[weight or 0.01 for weight in column] for column in weights]
    for sweep in range(max(_PASSES[0], min(_PASSES[-1], _WORK // max(cells, 1)))):
        for number in range(len(columns)) if sweep % 2 == 0 else range(len(columns) - 1, -1, -1):
            sums = [0.0] * len(columns[number])
            for cell, beside, neighbour, weight, down in pulls[number]:
                sums[cell] += weight * (lines[beside][neighbour] + down)
            wanted = [s / w if w else line for s, w, line in zip(sums, weights[number], lines[number], strict=True)]
            lines[number] = _apart(wanted, heavy[number], offsets[number])
    _straighten(arranged, lines, gaps)
    top = min((y - s[0] for line, span in zip(lines, spans, strict=True) for y, s in zip(line, span, strict=True)),
              default=0.0)  # fmt: skip
    return [[line - top for line in heights] for heights in lines]


def _straighten(arranged: Arrangement, lines: list[list[float]], gaps: list[list[float]]) -> None:
    """Move way points to the height their wire has in the column before, as far as there is room."""
    for number, column in enumerate(arranged.columns[1:], 1):
        before = {link.right: lines[number - 1][link.left] for link in arranged.links[number - 1] if link.edge < 0}
        heights, gap = lines[number], gaps[number]
        for k, line in before.items():
            above = heights[k - 1] + gap[k] if k else -1e9
            below = heights[k + 1] - gap[k + 1] if k + 1 < len(column) else 1e9
            heights[k] = min(max(line, above), below)


def _apart(wanted: list[float], weights: list[float], offsets: list[float]) -> list[float]:
    """The heights nearest to the wanted ones that are the offsets apart, or more."""
    pools: list[tuple[float, float, int]] = []  # mean, weight, members
    for want, weight, offset in zip(wanted, weights, offsets, strict=False):
        mean, total, members = want - offset, weight, 1
        while pools and pools[-1][0] > mean:
            other, heavy, many = pools.pop()
            mean = (mean * total + other * heavy) / (total + heavy)
            total, members = total + heavy, members + many
        pools.append((mean, total, members))
    flat = [mean for mean, _, members in pools for _ in range(members)]
    return [mean + offset for mean, offset in zip(flat, offsets, strict=False)]


def _running(gaps: list[float]) -> list[float]:
    made: list[float] = []
    for gap in gaps:
        made.append((made[-1] if made else 0.0) + gap)
    return made
