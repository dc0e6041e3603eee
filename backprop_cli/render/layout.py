"""Where things stand in a figure: columns from left to right, few crossings, no two cells over one another.

Sugiyama, Tagawa & Toda 1981 in five steps, all of them loops:

    1. a column for each node: one further right than its last operand
    2. wires that skip columns get a way point in each; wires of one source share theirs
    3. an order in each column: by the mean of the neighbours, left to right and back, the best one seen is kept
    4. heights: each cell as near to its neighbours as the order allows (least squares by pooling neighbours)
    5. columns as wide as their widest cell

It knows sizes and not what is drawn; units are the caller's.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Mapping
from typing import NamedTuple

from backprop_cli.report.figure import Edge, Figure, Node

_SWEEPS = 8
_SETTLING = 6  # passes over the columns that move cells towards their neighbours
_STRAIGHT = 8.0  # how much more a wire between two way points wants to be straight
_CROWDED = 3  # way points a node, past which inputs stand beside the gates that use them

Point = tuple[float, float]


class Cell(NamedTuple):
    """A place in a column: a node, or (`node` None) the way point of the wires that come from `source`."""

    source: int
    node: Node | None = None


class Size(NamedTuple):
    """What a node takes: its width, and its height above and below the line on which its wire leaves."""

    width: float
    above: float
    below: float


class Placed(NamedTuple):
    """The finished arrangement: the left end and the line of each node, way points of each edge, width and height.

    A wire runs from its source's right end through `ways[k]`, two points a way point (in and out), to the left end
    of its target.
    """

    at: Mapping[int, Point]
    ways: tuple[tuple[Point, ...], ...]
    columns: tuple[tuple[float, float], ...]  # left end and width of each
    column_of: Mapping[int, int]
    width: float
    height: float


def place(
    figure: Figure,
    size: Callable[[Node], Size],
    *,
    between: float,
    apart: float,
    wire: float = 0,
    port: Callable[[Edge], float] = lambda _: 0.0,
) -> Placed:
    """Coordinates for every node and wire.

    `between` columns and `apart` from cell to cell is what stays free; a way point is `wire` high; `port` is how far
    below its target's line an edge arrives.
    """
    columns, column_of = arrange(figure)
    sizes = {node.id: size(node) for node in figure.nodes}
    lines = _lines(columns, column_of, figure, sizes, apart, wire, port)
    lefts = []
    left = 0.0
    for column in columns:
        width = max((sizes[cell.node.id].width for cell in column if cell.node), default=0)
        lefts.append((left, width))
        left += width + between
    at = {
        cell.node.id: (lefts[number][0], line)
        for number, (column, heights) in enumerate(zip(columns, lines, strict=True))
        for cell, line in zip(column, heights, strict=True)
        if cell.node
    }
    bends = {
        (cell.source, number): line
        for number, (column, heights) in enumerate(zip(columns, lines, strict=True))
        for cell, line in zip(column, heights, strict=True)
        if not cell.node
    }
    ways = []
    for edge in figure.edges:
        points: list[Point] = []
        for number in range(column_of[edge.source] + 1, column_of[edge.target]):
            start, width = lefts[number]
            points += [(start, bends[edge.source, number]), (start + width, bends[edge.source, number])]
        ways.append(tuple(points))
    floors = [at[node.id][1] + sizes[node.id].below for node in figure.nodes]
    height = max([*floors, *(line + wire / 2 for line in bends.values())], default=0)
    return Placed(at, tuple(ways), tuple(lefts), column_of, max(left - between, 0), height)


def arrange(figure: Figure) -> tuple[list[list[Cell]], dict[int, int]]:
    """The cells of each column from top to bottom, and the column of each node."""
    column_of = _columns(figure)
    last_use: dict[int, int] = {}
    for edge in figure.edges:
        last_use[edge.source] = max(last_use.get(edge.source, 0), column_of[edge.target])
    columns: list[list[Cell]] = [[] for _ in range(1 + max(column_of.values(), default=-1))]
    for node in figure.nodes:
        column = column_of[node.id]
        columns[column].append(Cell(node.id, node))
        for between in range(column + 1, last_use.get(node.id, 0)):
            columns[between].append(Cell(node.id))
    links = _links(columns, column_of, figure)
    return _ordered(columns, links), column_of


def _columns(figure: Figure) -> dict[int, int]:
    """The longest way from a leaf; inputs on the far left, constants (and where it gets crowded inputs too) late."""
    operands: dict[int, list[int]] = {}
    uses: dict[int, list[int]] = {}
    for edge in figure.edges:
        operands.setdefault(edge.target, []).append(edge.source)
        uses.setdefault(edge.source, []).append(edge.target)
    column_of: dict[int, int] = {}
    for node in figure.nodes:
        column_of[node.id] = 1 + max((column_of[j] for j in operands.get(node.id, ())), default=-1)
    skipped = sum(max((column_of[i] for i in uses[j]), default=0) - column_of[j] - 1 for j in uses)
    late = {"constant", "stub"} | ({"input"} if skipped > _CROWDED * len(figure.nodes) else set())
    for node in figure.nodes:
        if node.kind in late and node.id in uses:
            column_of[node.id] = min(column_of[i] for i in uses[node.id]) - 1
    return column_of


class _Link(NamedTuple):
    """A piece of wire from a cell of one column to a cell of the next, by their positions there."""

    left: int
    right: int
    edge: Edge | None  # where it ends at its gate


def _links(columns: list[list[Cell]], column_of: Mapping[int, int], figure: Figure) -> list[list[_Link]]:
    """The pieces of wire between each column and the next."""
    position = {
        (cell.source, number): index for number, column in enumerate(columns) for index, cell in enumerate(column)
    }
    links: list[list[_Link]] = [[] for _ in columns]
    for number, column in enumerate(columns[1:], 1):
        for index, cell in enumerate(column):
            if not cell.node:
                links[number - 1].append(_Link(position[cell.source, number - 1], index, None))
    for edge in figure.edges:
        number = column_of[edge.target]
        links[number - 1].append(_Link(position[edge.source, number - 1], position[edge.target, number], edge))
    return links


def _ordered(columns: list[list[Cell]], links: list[list[_Link]]) -> list[list[Cell]]:
    """The columns, reordered for few crossings."""
    ranks = [list(range(len(column))) for column in columns]  # ranks[c][k]: how far down cell k stands
    best, fewest = [list(rank) for rank in ranks], _crossings(columns, links, ranks)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        forward = sweep % 2 == 0
        for number in range(1, len(columns)) if forward else range(len(columns) - 2, -1, -1):
            sums = [0.0] * len(columns[number])
            counts = [0] * len(columns[number])
            beside = number - 1 if forward else number
            for link in links[beside]:
                mine, other = (link.right, link.left) if forward else (link.left, link.right)
                sums[mine] += (
                    ranks[number - 1][other] if forward else ranks[number + 1][other] + _nudge(columns, number, link)
                )
                counts[mine] += 1
            keys = [sums[k] / counts[k] if counts[k] else ranks[number][k] for k in range(len(sums))]
            for rank, k in enumerate(sorted(range(len(keys)), key=lambda k: (keys[k], ranks[number][k]))):
                ranks[number][k] = rank
        crossings = _crossings(columns, links, ranks)
        if crossings < fewest:
            best, fewest = [list(rank) for rank in ranks], crossings
    return [
        [column[k] for k in sorted(range(len(column)), key=rank.__getitem__)]
        for column, rank in zip(columns, best, strict=True)
    ]


def _nudge(columns: list[list[Cell]], number: int, link: _Link) -> float:
    """A little further down for a later operand of a gate that tells its operands apart."""
    target = columns[number + 1][link.right].node
    return link.edge.operand / 1000 if link.edge and target and target.ordered else 0.0


def _crossings(columns: list[list[Cell]], links: list[list[_Link]], ranks: list[list[int]]) -> int:
    """How many pairs of wire pieces cross."""
    total = 0
    for number, pieces in enumerate(links[:-1]):
        ends = sorted(
            (ranks[number][link.left], ranks[number + 1][link.right] + _nudge(columns, number, link)) for link in pieces
        )
        seen: list[float] = []
        for done, (_, right) in enumerate(ends):
            insort(seen, right)
            total += done - bisect_right(seen, right) + 1
    return total


def _lines(
    columns: list[list[Cell]], column_of: Mapping[int, int], figure: Figure, sizes: Mapping[int, Size], apart: float,
    wire: float, port: Callable[[Edge], float],
) -> list[list[float]]:  # fmt: skip
    """The height of every cell's line, the topmost cell beginning at 0."""
    links = _links(columns, column_of, figure)
    gaps: list[list[float]] = []  # from the line of each cell's upper neighbour to its own
    for column in columns:
        spans = [sizes[cell.node.id][1:] if cell.node else (wire / 2, wire / 2) for cell in column]
        gaps.append([0.0, *(spans[k - 1][1] + apart + spans[k][0] for k in range(1, len(spans)))])
    lines = [_running(gap) for gap in gaps]
    pulls = [
        [
            (link.left, link.right, port(link.edge) if link.edge else 0.0, 1.0 if link.edge else _STRAIGHT)
            for link in pieces
        ]
        for pieces in links
    ]
    for sweep in range(_SETTLING):
        order = range(len(columns)) if sweep % 2 == 0 else range(len(columns) - 1, -1, -1)
        for number in order:
            sums = [0.0] * len(columns[number])
            weights = [0.0] * len(columns[number])
            if number:
                for left, right, down, weight in pulls[number - 1]:
                    sums[right] += weight * (lines[number - 1][left] - down)
                    weights[right] += weight
            if number + 1 < len(columns):
                for left, right, down, weight in pulls[number]:
                    sums[left] += weight * (lines[number + 1][right] + down)
                    weights[left] += weight
            wanted = [s / w if w else line for s, w, line in zip(sums, weights, lines[number], strict=True)]
            lines[number] = _apart(wanted, [w or 0.01 for w in weights], gaps[number])
    top = min(
        (line - (sizes[cell.node.id].above if cell.node else wire / 2)
         for column, heights in zip(columns, lines, strict=True)
         for cell, line in zip(column, heights, strict=True)),
        default=0.0,
    )  # fmt: skip
    return [[line - top for line in heights] for heights in lines]


def _running(gaps: list[float]) -> list[float]:
    made: list[float] = []
    for gap in gaps:
        made.append((made[-1] if made else 0.0) + gap)
    return made


def _apart(wanted: list[float], weights: list[float], gaps: list[float]) -> list[float]:
    """The heights nearest to the wanted ones that keep the gaps: pooled where they are too near ."""
    offsets = _running(gaps)  # without them it is isotonic regression
    pools: list[tuple[float, float, int]] = []  # mean, weight, members
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        mean, total, members = want - offset, weight, 1
        while pools and pools[-1][0] > mean:
            other, heavy, many = pools.pop()
            mean = (mean * total + other * heavy) / (total + heavy)
            total, members = total + heavy, members + many
        pools.append((mean, total, members))
    flat = [mean for mean, _, members in pools for _ in range(members)]
    return [mean + offset for mean, offset in zip(flat, offsets, strict=True)]
