"""The order of a figure: which column each node stands in, and where in it, with few crossings.

Sugiyama, Tagawa & Toda 1981, in loops:

    1. a column for each node: one further right than its last operand
    2. wires that skip columns get a way point in each; wires of one source share theirs
    3. an order in each column, by the mean of the neighbours, left to right and back; the best one seen is kept

It knows no sizes.
"""

from __future__ import annotations

from bisect import bisect_right, insort

from backprop_cli.lean import Mapping, NamedTuple, Sequence
from backprop_cli.report.figure import Figure, Node

_SWEEPS = 8
_CROWDED = 0.3  # way points a node, past which inputs stand beside the gates that use them
_MANY = 60  # nodes, past which gates may stand there too
_Key = list[tuple[float, int]]


class Cell(NamedTuple):
    """A place in a column: a node, or (`node` None) a way point of the wires that come from `source`."""

    source: int
    node: Node | None = None


class Link(NamedTuple):
    """A piece of wire between cells of neighbouring columns, by their positions there.

    `edge` is the number of the edge that ends here at its gate, -1 for none; `down` is a little more for a later
    operand of a gate that tells its operands apart.
    """

    left: int
    right: int
    edge: int = -1
    down: float = 0.0


class Arrangement(NamedTuple):
    """The cells of each column from top to bottom, the column of each node, the wires from each to the next, and
    for each edge the how-manieth it is to arrive at its gate.
    """

    columns: list[list[Cell]]
    column_of: Mapping[int, int]
    links: list[list[Link]]
    ports: list[int]


def arrange(figure: Figure) -> Arrangement:
    """Columns and order for every node and wire."""
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
    columns = _ordered(columns, _links(columns, column_of, figure))
    links = _links(columns, column_of, figure)
    return Arrangement(columns, column_of, links, _ports(links, figure))


def _columns(figure: Figure) -> dict[int, int]:
    """The longest way from a leaf; inputs on the far left, constants (where it gets crowded inputs too) late."""
    operands: dict[int, list[int]] = {}
    uses: dict[int, list[int]] = {}
    for edge in figure.edges:
        operands.setdefault(edge.target, []).append(edge.source)
        uses.setdefault(edge.source, []).append(edge.target)
    column_of: dict[int, int] = {}
    for node in figure.nodes:
        column_of[node.id] = 1 + max((column_of[j] for j in operands.get(node.id, ())), default=-1)
    crowded = _passed(column_of, uses) > _CROWDED * len(figure.nodes)
    late = {"constant", "stub"} | ({"input"} if crowded else set())
    for node in figure.nodes:
        if node.kind in late and node.id in uses:
            column_of[node.id] = min(column_of[i] for i in uses[node.id]) - 1
    if len(figure.nodes) <= _MANY:
        return column_of
    late_too = dict(column_of)  # every node just before its first use, as products are in a long sum of them
    for node in reversed(figure.nodes):
        if node.id in uses:
            late_too[node.id] = min(late_too[i] for i in uses[node.id]) - 1
    return min(column_of, late_too, key=lambda columns: _passed(columns, uses))


def _passed(column_of: Mapping[int, int], uses: Mapping[int, Sequence[int]]) -> int:
    """How many way points wires take."""
    return sum(max(column_of[i] for i in uses[j]) - column_of[j] - 1 for j in uses)


def _links(columns: list[list[Cell]], column_of: Mapping[int, int], figure: Figure) -> list[list[Link]]:
    """The pieces of wire between each column and the next."""
    position = {
        (cell.source, number): index for number, column in enumerate(columns) for index, cell in enumerate(column)
    }
    links: list[list[Link]] = [[] for _ in columns]
    for number, column in enumerate(columns[1:], 1):
        for index, cell in enumerate(column):
            if not cell.node:
                links[number - 1].append(Link(position[cell.source, number - 1], index))
    ordered = {node.id for node in figure.nodes if node.ordered}
    for k, edge in enumerate(figure.edges):
        number = column_of[edge.target]
        down = edge.operand / 1000 if edge.target in ordered else 0.0
        links[number - 1].append(Link(position[edge.source, number - 1], position[edge.target, number], k, down))
    return links


def _ordered(columns: list[list[Cell]], links: list[list[Link]]) -> list[list[Cell]]:
    """The columns, reordered for few crossings."""
    ranks = []  # ranks[c][k]: how far down cell k stands
    for column in columns:
        as_it_is = list(range(len(column)))
        ranks.append(_ranks(_keys(column, list(map(float, as_it_is)), as_it_is)))
    best, fewest = [list(rank) for rank in ranks], _crossings(links, ranks)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        rightwards = sweep % 2 == 0
        for number in range(1, len(columns)) if rightwards else range(len(columns) - 2, -1, -1):
            pulls: list[list[float]] = [[] for _ in columns[number]]
            if rightwards:
                for link in links[number - 1]:
                    pulls[link.right].append(ranks[number - 1][link.left])
            else:
                for link in links[number]:
                    pulls[link.left].append(ranks[number + 1][link.right] + link.down)
            wanted = [sum(pull) / len(pull) if pull else rank for pull, rank in zip(pulls, ranks[number], strict=True)]
            ranks[number] = _ranks(_keys(columns[number], wanted, ranks[number]))
        crossings = _crossings(links, ranks)
        if crossings < fewest:
            best, fewest = [list(rank) for rank in ranks], crossings
    return [
        [column[k] for k in sorted(range(len(column)), key=rank.__getitem__)]
        for column, rank in zip(columns, best, strict=True)
    ]


def _keys(column: list[Cell], wanted: list[float], ranks: list[int]) -> list[_Key]:
    """What to sort a column by, so that the members of a cluster stay together, and those of one inside it."""
    paths = [cell.node.subgraphs if cell.node else () for cell in column]
    if not any(paths):
        return [[(want, rank)] for want, rank in zip(wanted, ranks, strict=True)]
    members: dict[tuple[int, ...], list[float]] = {}
    for path, want in zip(paths, wanted, strict=True):
        for depth in range(len(path)):
            members.setdefault(path[: depth + 1], []).append(want)
    means = {path: sum(wants) / len(wants) for path, wants in members.items()}
    return [
        [*((means[path[: depth + 1]], path[depth]) for depth in range(len(path))), (want, -1), (rank, -1)]
        for path, want, rank in zip(paths, wanted, ranks, strict=True)
    ]


def _ranks(keys: list[_Key]) -> list[int]:
    ranks = [0] * len(keys)
    for rank, k in enumerate(sorted(range(len(keys)), key=keys.__getitem__)):
        ranks[k] = rank
    return ranks


def _crossings(links: list[list[Link]], ranks: list[list[int]]) -> int:
    """How many pairs of wire pieces cross."""
    total = 0
    for number, pieces in enumerate(links[:-1]):
        left, right = ranks[number], ranks[number + 1]
        seen: list[float] = []
        for done, (_, end) in enumerate(sorted((left[link.left], right[link.right] + link.down) for link in pieces)):
            total += done - bisect_right(seen, end)
            insort(seen, end)
    return total


def _ports(links: list[list[Link]], figure: Figure) -> list[int]:
    """The place of each edge among those of its gate: the operand's where that means something, else by height."""
    ordered = {node.id for node in figure.nodes if node.ordered}
    arriving: dict[int, list[tuple[int, int]]] = {}
    for left, _, edge, _ in (link for pieces in links for link in pieces if link.edge >= 0):
        target = figure.edges[edge].target
        arriving.setdefault(target, []).append((0 if target in ordered else left, edge))
    ports = [0] * len(figure.edges)
    for wires in arriving.values():
        for port, (_, edge) in enumerate(sorted(wires)):
            ports[edge] = port
    return ports
