"""The picture with its wires running down: for narrow columns of text, and for long graphs.

         x       y          the value to the left of a wire, the gradient to the right of it;
      -2 │ -4  5 │ -4       a gate's name beside it
         ╰───╮ ╭─╯
             (+) n1
           3 │ -4

It is laid out as the other, with the places turned over: what is across there is down here.
"""

from __future__ import annotations

import re

from backprop_cli.errors import shorten
from backprop_cli.lean import Iterator
from backprop_cli.render.figures.arrays import Drawn
from backprop_cli.render.figures.picture import Box, Picture, since, text_at
from backprop_cli.render.figures.shapes import (
    LEAVES,
    LONGEST,
    NAME,
    NAME_LINE,
    RADIUS,
    SMALL,
    TEXT,
    Shape,
    Shapes,
    drawn_block,
    pretty,
    width_of,
)
from backprop_cli.render.style import visible
from backprop_cli.report.figure import DrawnSubgraph, Edge, Node

_BESIDE = 6  # from a wire to what is said of it
_LINE = 30.0  # of wire beside a line of text
_SHAPE = 18.0  # the line that says the shape of a tile
_LEAD = 34.0  # of wire beside what stands at a gate
_RESULT = 20.0  # the line of the output's name
_PIECE = re.compile(r"([A-Z])([^A-Z]*)")


class _Shapes(Shapes):
    """Shapes whose `half`, `before` and `after` are measured down, `high`, `above` and `below` across."""

    def _leaf(self, node: Node) -> Shape:
        """Its name ends at the anchor, as there."""
        name = visible(shorten(node.operation, LONGEST))
        value, grad = drawn_block(node.value_block, ranged=True), drawn_block(node.grad_block)
        left, right, stub = self._beside(node, value, grad)
        line, named = self._names(node), width_of(name, NAME) / 2
        return Shape(
            name, "", half=7, high=12, stub=stub, lead=0, pitch=0, name_above=0, before=16, after=7 + stub,
            above=max(named, left) + line, below=max(named, right), long=False, value=value, grad=grad,
        )  # fmt: skip

    def _gate(self, node: Node) -> Shape:
        operation = pretty(visible(shorten(node.operation, self.longest)))
        name = "" if node.kind == "output" else shorten(node.name, LONGEST)
        long = len(operation) > 2
        wires = self.arriving.get(node.id, ())
        local, share = (
            max((width_of(text, SMALL) for text in texts), default=0.0)
            for texts in (zip(*map(self.labels, wires), strict=True) if wires else ((), ()))
        )
        labelled = bool(local or share)
        pitch = local + share + 2 * _BESIDE + 8 if labelled else 14.0
        spread = (len(wires) - 1) * pitch / 2
        high = max(RADIUS, width_of(operation, TEXT if long else NAME) / 2 + 11, 0 if labelled else spread + 6)
        value, grad = drawn_block(node.value_block, ranged=True), drawn_block(node.grad_block)
        left, right, stub = self._beside(node, value, grad)
        result = width_of(shorten(self.figure.output, LONGEST), NAME) / 2 if node.kind == "output" else 0.0
        named = high + _BESIDE + width_of(name, SMALL) if name else high
        return Shape(
            operation, name, half=RADIUS, high=high, stub=stub, lead=_LEAD * labelled, pitch=pitch, name_above=0,
            before=max(RADIUS + _LEAD * labelled, self._modules(node)[0]), after=RADIUS + stub + _RESULT * bool(result),
            above=max(high, left, result, spread + (local + _BESIDE) * labelled) + self._names(node),
            below=max(named, right, result, spread + (share + _BESIDE) * labelled),
            long=long, value=value, grad=grad,
        )  # fmt: skip

    def _names(self, node: Node) -> float:
        """The room to the left for the names of the modules that begin with a node, each a little to the right."""
        room, wide = self._modules(node)
        return room + wide

    def _beside(self, node: Node, value: Drawn | None, grad: Drawn | None) -> tuple[float, float, float]:
        """The room to the left and to the right of a node's wire, and the length of the wire."""
        said = node.value if node.kind != "constant" else ""
        if not (said or node.grad or node.id in self.leaving or node.kind == "output"):
            return 0.0, 0.0, 0.0
        widths, stub = [], _LINE if said or node.grad else _LINE / 2
        for text, block in ((said, value), (node.grad, grad)):
            written = 0.0 if block and block.block.elements else width_of(text, TEXT)
            widths.append(max(written, block.width if block else 0.0) + _BESIDE)
            stub = max(stub, _height(block) + 8)
        return widths[0], widths[1], stub


def _height(block: Drawn | None) -> float:
    """The height of a block, of a tile with the line above it."""
    return 0.0 if block is None else block.height + (0.0 if block.block.elements else _SHAPE)


class Downwards(Picture):
    """A figure laid out from top to bottom."""

    shapes_of = _Shapes
    where = ("left of a wire", "right of it")

    def _extent(self) -> tuple[float, float]:
        return self.placed.height, self.placed.width

    def _node(self, node: Node) -> Iterator[str]:
        y, x = self.placed.at[node.id]
        shape = self.shapes.of[node.id]
        bottom = y + shape.half
        yield from self._opened(node, shape)
        if shape.stub and not self.shapes.leads(node.id):
            yield f'<path class="wire" d="M{x:.5g} {bottom:.5g}v{shape.stub:.5g}"/>\n'
        if self.shapes.forks(node.id):
            yield f'<circle class="fork" cx="{x:.5g}" cy="{bottom + shape.stub:.5g}" r="3.4"/>\n'
        yield from self._numbers(node, x, bottom + shape.stub / 2, shape)
        if node.kind in LEAVES:
            yield text_at(x, y, "leaf middle", shape.operation)
        else:
            yield from self._body(x, y, shape)
        if node.kind == "output":
            yield text_at(x, bottom + shape.stub + 15, "result middle", shorten(self.figure.output, LONGEST))
        yield "</g>\n"

    def _numbers(self, node: Node, x: float, y: float, shape: Shape) -> Iterator[str]:
        value = node.value if node.kind != "constant" else ""
        sides = (
            (-1, "value", "ends", value, node.value_block, shape.value, since("forward", node.computed)),
            (1, "grad", "begins", node.grad, node.grad_block, shape.grad, since("backward", node.reached)),
        )
        for side, look, anchor, text, known, block, more in sides:
            top = y - _height(block) / 2
            if block is None or not block.block.elements:
                yield text_at(x + side * _BESIDE, y + 5 if block is None else top + 13, f"{look} {anchor}", text, more)
            if block and known:
                middle = x + side * (_BESIDE + block.width / 2)
                yield from block.drawn(middle, top + _height(block) - block.height, look, more)

    def _body(self, x: float, y: float, shape: Shape) -> Iterator[str]:
        yield from self._outline(x, y, shape.high, shape.half)
        yield text_at(x, y + 5.5, "operation", shape.operation)
        yield text_at(x + shape.high + _BESIDE - 1, y + 4, "name begins", shape.name)

    def _path(self, edge: Edge, number: int) -> str:
        return "".join(_turned_over(*piece) for piece in _PIECE.findall(super()._path(edge, number)))

    def _port(self, edge: Edge, down: float, computed: str, sent: str) -> Iterator[str]:
        y, x = self.placed.at[edge.target]
        local, share = self.shapes.labels(edge)
        line = y - self.shapes.of[edge.target].half - 18
        yield text_at(x + down - _BESIDE + 1, line, "local ends", local, computed)
        yield text_at(x + down + _BESIDE - 1, line, "grad share begins", share, sent)

    def _frame(self, cluster: DrawnSubgraph) -> list[Box]:
        return [(top, left, bottom, right) for left, top, right, bottom in super()._frame(cluster)]

    def _named(self, cluster: DrawnSubgraph) -> tuple[float, float] | None:
        """Beside its first node, below the names of the modules around it."""
        found, members = super()._named(cluster), set(cluster.nodes)
        if found is None:
            return None
        column = min(self.placed.column_of[node] for node in members)
        depth = sum(set(other.nodes) > members for other in self.figure.subgraphs)
        return found[1], self.placed.columns[column][0] + NAME_LINE * depth - 4


def _turned_over(command: str, numbers: str) -> str:
    """A command of a path with its coordinates the other way round."""
    if command == "H":
        return f"V{numbers}"
    words = numbers.split()
    return command + " ".join(f"{y} {x}" for x, y in zip(words[::2], words[1::2], strict=True))
