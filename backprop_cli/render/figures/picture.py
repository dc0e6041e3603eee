"""The picture of a figure as an element of SVG: readable without colour, described for screen readers.

Every label lies inside its node's cell and cells do not overlap, so labels do not either. Wires bend only between
columns:

      -2      n1        the value above the wire, the gradient below it;
    x ─────  ╭──╮  3    what differs from branch to branch (a local gradient,
      -4     │+ │─────  the share of a fork) stands at the gate it arrives at
             ╰──╯ -4
"""

from __future__ import annotations

from html import escape
from itertools import pairwise

from backprop_cli.errors import shorten
from backprop_cli.lean import Iterator, cached_property
from backprop_cli.render.figures.shapes import LEAVES, NAME_LINE, Shape, Shapes, over, under, width_of
from backprop_cli.render.figures.wires import Wires
from backprop_cli.render.figures.words import KEY_GAP, described, key_of
from backprop_cli.render.layout import place
from backprop_cli.render.rows_of_columns import in_rows
from backprop_cli.render.style import visible
from backprop_cli.report.figure import DrawnSubgraph, Edge, Figure, Node

_BETWEEN, _STEEP = 20, 0.3  # columns; more where wires climb
_APART = 14  # cells of a column
_WIRE = 10  # what a wire that passes through a column keeps free
_MARGIN = 24
_LINE = 22  # of the words below
_ROUND = 10  # the corners of a frame
Box = tuple[float, float, float, float]  # left, top, right, bottom
_FORBIDDEN = {ord("\n"): " ", ord("\t"): " ", 0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}


def safe(text: str) -> str:
    """User text for the inside of an element or an attribute, on one line, with nothing in it that XML forbids."""
    return escape(visible(text).translate(_FORBIDDEN))


class Picture:
    """A figure laid out: a frame as its whole, so that nothing moves from one to the next."""

    shapes_of: type[Shapes] = Shapes
    where = ("above a wire", "below")  # value and gradient

    def __init__(self, figure: Figure, max_width: int | None = None, *, titled: bool = True) -> None:
        self.top = _MARGIN + 34 * titled  # where the graph begins, below the title
        self.figure = figure
        self.whole = figure.whole or figure
        self.shapes = self.shapes_of(self.whole)
        self.placed = place(
            self.whole,
            self.shapes.size,
            between=_BETWEEN,
            steep=_STEEP,
            apart=_APART,
            wire=_WIRE,
            port=self.shapes.port,
        )
        self.title = 120  # characters
        if max_width is not None:
            self.placed = in_rows(self.placed, self.whole, self.shapes.size, max_width - 2 * _MARGIN)
            self.title = max(20, min(self.title, (max_width - 2 * _MARGIN) // 11))
        self.wires = Wires(self.placed, self.shapes)
        across, along = self._extent()
        inner = max(across, width_of(shorten(self.whole.title, self.title), 16))
        self.key = key_of(self.whole, inner, self.where)
        said = [moment.lines for moment in self.whole.moments] if figure.phase else []
        rows = [sum(width_of(text, 13) + KEY_GAP for _, text in row) for row in self.key]
        inner = max([inner, *rows, width_of(figure.notice, 13), *(width_of(x, 14) for lines in said for x in lines)])
        self.below = self.top + along + 26
        lines = len(self.key) + max(map(len, said), default=0) + bool(figure.notice)
        self.width, self.height = round(inner + 2 * _MARGIN), round(self.below + _LINE * lines)

    def _extent(self) -> tuple[float, float]:
        """Width and height of the graph."""
        return self.placed.width, self.placed.height

    def drawn(self, style: str = "") -> Iterator[str]:
        """The element, piece by piece."""
        figure, size = self.figure, f'width="{self.width}" height="{self.height}"'
        classes = f"bp {figure.phase}".strip()
        role = "group" if figure.subgraphs else "img"  # modules may be folded, so they must be reachable
        yield f'<svg xmlns="http://www.w3.org/2000/svg" class="{classes}" role="{role}" '
        yield f'viewBox="0 0 {self.width} {self.height}" {size}>\n'
        yield f"<title>{safe(figure.title)}</title>\n<desc>{safe(described(figure))}</desc>\n"
        yield f"<style>\n{style}</style>\n" if style else ""
        yield f'<rect class="paper" {size} rx="10"/>\n'
        if self.top > _MARGIN:
            yield text_at(_MARGIN, _MARGIN + 12, "title", shorten(figure.title, self.title))
        yield f'<g transform="translate({_MARGIN} {self.top})">\n'
        for cluster in figure.subgraphs:
            yield from self._cluster(cluster)
        for number, edge in enumerate(figure.edges):
            yield from self._wire(edge, number)
        for node in figure.nodes:
            yield from self._node(node)
        yield "</g>\n"
        yield from self._words()
        yield "</svg>"

    def _words(self) -> Iterator[str]:
        """What stands below the graph: the key, what happens in the step, what is not shown."""
        line = self.below
        for row in self.key:
            x = float(_MARGIN)
            yield '<g class="key">\n'
            for look, text in row:
                yield text_at(x, line, look, text if look != "grad" or self.figure.phase != "forward" else "")
                x += width_of(text, 13) + KEY_GAP
            yield "</g>\n"
            line += _LINE
        for text in self.figure.caption:
            yield text_at(_MARGIN, line, "caption", text)
            line += _LINE
        yield text_at(_MARGIN, line, "notice", self.figure.notice)

    def _look(self, state: str) -> str:
        """How an element of a frame looks: `now`, `later`, or like the rest."""
        if state == "active":
            return " now"
        return " later" if self.figure.phase == "forward" and not state else ""

    # -- nodes

    def _node(self, node: Node) -> Iterator[str]:
        x, y = self.placed.at[node.id]
        shape = self.shapes.of[node.id]
        right = x + shape.half  # of its body: here the wire begins
        yield from self._opened(node, shape)
        if shape.stub and not self.shapes.leads(node.id):  # elsewhere the one wire begins at the gate
            yield f'<path class="wire" d="M{right:.5g} {y:.5g}h{shape.stub:.5g}"/>\n'
        if self.shapes.forks(node.id):
            yield f'<circle class="fork" cx="{right + shape.stub:.5g}" cy="{y:.5g}" r="3.4"/>\n'
        yield from self._numbers(node, right + shape.stub / 2, y, shape)
        if node.kind in LEAVES:
            yield text_at(x, y + 5, "leaf", shape.operation)
        else:
            yield from self._body(x, y, shape)
        if node.kind == "output":
            yield text_at(right + shape.stub + 8, y + 5, "result", shorten(self.figure.output, 24))
        yield "</g>\n"

    def _opened(self, node: Node, shape: Shape) -> Iterator[str]:
        """The beginning of a node's group."""
        look = f"{node.kind}{' long' * shape.long}{self._look(node.state)}"
        yield f'<g class="{look}" data-node="{node.id}" data-forward="{node.computed}">\n'
        if node.kind not in LEAVES:
            yield f"<title>{safe(f'{node.name} = {node.written}')}</title>\n"

    def _numbers(self, node: Node, x: float, y: float, shape: Shape) -> Iterator[str]:
        """What stands above and below a node's wire."""
        computed, reached = since("forward", node.computed), since("backward", node.reached)
        value = node.value if node.kind != "constant" else ""  # its value is its name
        if not (node.value_block and node.value_block.elements):
            yield text_at(x, y - 6, "value", value, computed)
        if not (node.grad_block and node.grad_block.elements):
            yield text_at(x, y + 17, "grad", node.grad, reached)
        if node.value_block and shape.value:
            yield from shape.value.drawn(x, y - over(shape.value), "value", computed)
        if node.grad_block and shape.grad:
            yield from shape.grad.drawn(x, y + under(shape.grad) - shape.grad.height, "grad", reached)

    def _body(self, x: float, y: float, shape: Shape) -> Iterator[str]:
        yield from self._outline(x, y, shape.half, shape.high)
        yield text_at(x, y + 5.5, "operation", shape.operation)
        yield text_at(x, y - shape.name_above, "name", shape.name)

    def _outline(self, x: float, y: float, wide: float, high: float) -> Iterator[str]:
        yield f'<rect class="body" x="{x - wide:.5g}" y="{y - high:.5g}" width="{2 * wide:.5g}" '
        yield f'height="{2 * high:.5g}" rx="{min(wide, high):.5g}"/>\n'

    # -- wires

    def _wire(self, edge: Edge, number: int) -> Iterator[str]:
        down = self.shapes.port(edge, self.placed.ports[number])
        look = self._look(edge.state)
        computed, sent = since("forward", self.shapes.computed(edge.target)), since("backward", edge.sent)
        ends = f'data-from="{edge.source}" data-to="{edge.target}"{computed}{sent}'
        yield f'<path class="wire{" cut" * edge.cut}{look}" d="{self._path(edge, number)}" {ends}/>\n'
        local, share = self.shapes.labels(edge)
        if local or share:
            yield f'<g class="port{look}" {ends}>\n'
            yield from self._port(edge, down, computed, sent)
            yield "</g>\n"

    def _path(self, edge: Edge, number: int) -> str:
        return self.wires.path(edge, number)

    def _port(self, edge: Edge, down: float, computed: str, sent: str) -> Iterator[str]:
        """What stands at a gate where a wire arrives."""
        x, y = self.placed.at[edge.target]
        shape = self.shapes.of[edge.target]
        local, share = self.shapes.labels(edge)
        middle = x - shape.half - shape.lead / 2 - 4
        yield text_at(middle, y + down - 5, "local", local, computed)
        yield text_at(middle, y + down + 14, "grad share", share, sent)

    # -- modules

    def _cluster(self, cluster: DrawnSubgraph) -> Iterator[str]:
        """The ground on which a module's nodes stand, and its name."""
        nodes = " ".join(map(str, cluster.nodes))
        yield f'<g class="module ground" data-nodes="{nodes}">\n<title>{safe(cluster.name)}</title>\n'
        boxes = self._frame(cluster)
        for box in boxes:
            left, top, right, bottom = box
            alone = not any(_touch(box, other) for other in boxes if other is not box)
            size = f'width="{right - left:.5g}" height="{bottom - top:.5g}"'
            yield f'<rect x="{left:.5g}" y="{top:.5g}" {size} rx="{_ROUND * alone}"/>\n'
        if found := self._named(cluster):
            left, top = found
            yield text_at(left + 8, top + 13, "module-name", shorten(cluster.name, 24))
        yield "</g>\n"

    def _frame(self, cluster: DrawnSubgraph) -> list[Box]:
        """Rectangles around all its nodes in which no other node lies: one, one for each row, or for each run."""
        boxes: list[Box] = []
        members = set(cluster.nodes)
        others = [box for node, box in self._rooms.items() if node not in members]
        for run in self._runs(cluster):
            both = _around(boxes[-1], run) if boxes else run
            if boxes and not any(_touch(both, other) for other in others):
                boxes[-1] = both
            else:
                boxes.append(run)
        return boxes

    @cached_property
    def _rooms(self) -> dict[int, Box]:
        """The rectangle that each node takes."""
        found = {}
        for node in self.whole.nodes:
            (x, y), size = self.placed.at[node.id], self.shapes.size(node)
            found[node.id] = x - size.before, y - size.above, x + size.after, y + size.below
        return found

    def _named(self, cluster: DrawnSubgraph) -> tuple[float, float] | None:
        """The corner below which there is room for a module's name."""
        return next(((left, top) for left, top, _, _ in self._runs(cluster)), None)

    def _ends(self) -> tuple[list[float], list[float]]:
        """Where the ground of each column begins and ends: midway to the next, where that stands beside it."""
        half = _BETWEEN / 2
        pairs = [
            ((before[1] + after[0]) / 2,) * 2 if after[0] >= before[1] else (before[1] + half, after[0] - half)
            for before, after in pairwise(self.placed.columns)
        ]
        return [-half, *(after for _, after in pairs)], [
            *(before for before, _ in pairs),
            self.placed.columns[-1][1] + half if self.placed.turns else self.placed.width + half,
        ]

    def _runs(self, cluster: DrawnSubgraph) -> Iterator[Box]:
        """For each stretch of a column that the cluster's nodes fill: left, top, right, bottom."""
        placed, members = self.placed, set(cluster.nodes)
        outer = [other.id for other in self.figure.subgraphs if set(other.nodes) > members]
        for left, right, column in zip(*self._ends(), placed.order, strict=True):
            run: list[tuple[float, float]] = []
            for cell in [*column, None]:
                if cell and cell.node and cell.source in members:
                    y, size = placed.at[cell.source][1], self.shapes.size(cell.node)
                    named = sum(
                        cell.source in self.shapes.entries[id_] for id_ in outer
                    )  # their names stand above ours
                    run.append((y - size.above - 2 + NAME_LINE * named, y + size.below + 2 - 2 * len(outer)))
                elif run:
                    yield left, run[0][0], right, run[-1][1]
                    run = []


def _around(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _touch(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def text_at(x: float, y: float, look: str, text: str, more: str = "") -> str:
    """A text where there is one; `more` is what a page must know of it."""
    return f'<text x="{x:.5g}" y="{y:.5g}" class="{look}"{more}>{safe(text)}</text>\n' if text else ""


def since(phase: str, step: int) -> str:
    """From which step on an element is known, for pages that step."""
    return f' data-{phase}="{step}"'
