"""The shape of every node of a picture, in pixels: what is written on it, and how much room that takes.

It knows a figure and no coordinates. Widths are estimated generously, since nobody knows the reader's font.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from backprop_cli.errors import shorten
from backprop_cli.render.layout import Size
from backprop_cli.render.style import visible
from backprop_cli.report.figure import Edge, Figure, Node

TEXT = 14  # pixels of the font of values and gradients
PORT_LABEL = 12
_RADIUS = 20
NAME_LINE = 17.0  # of a module, above the node that it begins with
_LONGEST = 24  # characters of a name or an operation that are shown
_SIGNS = {"*": "×", "-": "−", "<=": "≤", ">=": "≥", "!=": "≠", "x^2": "x²", "x^3": "x³"}
_NARROW, _WIDE = frozenset("ijl.,:;'|!()[]{} "), frozenset("mwMWQ@%&—…∂")


class Shape(NamedTuple):
    """A node as it is drawn: texts, half its width and height, the wire beside it, the room for labels before it."""

    operation: str
    name: str
    half: float
    high: float
    stub: float
    lead: float
    pitch: float
    name_above: float
    before: float
    after: float
    above: float
    below: float
    long: bool

    def meets(self, down: float) -> tuple[float, float]:
        """Where a wire that arrives so far below the middle meets the outline: left of and below the anchor."""
        round_ = min(self.half, self.high)
        y = max(-self.high + 4, min(self.high - 4, down * (0.6 if self.lead else 1)))
        bent = abs(y) - (self.high - round_)
        return (self.half - round_ + sqrt(round_ * round_ - bent * bent) if bent > 0 else self.half), y


class Shapes:
    """The shapes of a figure, and where wires arrive at them."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.arriving: dict[int, list[Edge]] = {}
        self.leaving: dict[int, list[Edge]] = {}
        for edge in figure.edges:
            self.arriving.setdefault(edge.target, []).append(edge)
            self.leaving.setdefault(edge.source, []).append(edge)
        self.nodes = {node.id: node for node in figure.nodes}
        operands = {cluster.id: set(cluster.nodes) for cluster in figure.clusters}
        self.entries = {
            cluster: {node for node in inside if all(e.source not in inside for e in self.arriving.get(node, ()))}
            for cluster, inside in operands.items()
        }
        self.of = {node.id: self._shape(node) for node in figure.nodes}

    def size(self, node: Node) -> Size:
        """The room a node takes around its anchor."""
        shape = self.of[node.id]
        return Size(shape.before, shape.after, shape.above, shape.below)

    def forks(self, node: int) -> bool:
        """Whether a node is used more than once."""
        return len(self.leaving.get(node, ())) > 1

    def computed(self, node: int) -> int:
        """The forward step that computes a node."""
        return self.nodes[node].computed

    def port(self, edge: Edge, number: int) -> float:
        """How far below its gate's middle an edge arrives that is the number-th to do so."""
        return (number - (len(self.arriving[edge.target]) - 1) / 2) * self.of[edge.target].pitch

    def labels(self, edge: Edge) -> tuple[str, str]:
        """What stands above and below an edge at its gate: the local gradient; the gradient's share of a fork."""
        local = f"∂ {edge.local}" if edge.local else ""
        return local, edge.grad if self.forks(edge.source) else ""

    def _shape(self, node: Node) -> Shape:
        leaf = node.kind in ("input", "constant")
        operation = visible(shorten(node.operation, _LONGEST))
        if not leaf:
            operation = _pretty(operation)
        name = "" if leaf or node.kind == "output" else shorten(node.name, _LONGEST)
        value = node.value if node.kind != "constant" else ""
        labels = [text for edge in self.arriving.get(node.id, ()) for text in self.labels(edge) if text]
        operands = len(self.arriving.get(node.id, ()))
        lead = max(width_of(text, PORT_LABEL) for text in labels) + 20 if labels else 0.0
        pitch = (36.0 if any(all(self.labels(e)) for e in self.arriving[node.id]) else 24.0) if labels else 14.0
        long = len(operation) > 2
        if leaf:
            half, high = width_of(operation, 16) / 2 + 4, 12.0
        else:
            half = max(_RADIUS, width_of(operation, 14 if long else 16) / 2 + 11)
            high = max(_RADIUS, (operands - 1) * pitch / 2 + 6 if not labels or operands > 3 else 0)
        stub = 0.0
        if node.id in self.leaving or node.kind == "output":
            stub = max(width_of(value, TEXT), width_of(node.grad, TEXT), 16) + 12
        ports = (operands - 1) * pitch / 2 + 22 if labels else 0.0
        named = width_of(name, 12) / 2
        name_above = max(high, ports if named > half else 0) + 6
        above = max(name_above + 12 if name else high, ports, 21)
        # The names of the modules that begin here stand above, the outermost on top.
        entered = [c for c in self.figure.clusters if node.id in self.entries[c.id]]
        for cluster in entered:
            named = max(named, width_of(shorten(cluster.name, _LONGEST), 12) / 2 + 8)
        above += NAME_LINE * len(entered)
        after = half + stub + (8 + width_of(self.figure.output, 16) if node.kind == "output" else 0)
        return Shape(
            operation, name, half, high, stub, lead, pitch, name_above,
            before=max(half + lead, named), after=max(after, named),
            above=above, below=max(high, ports, 22),
            long=long,
        )  # fmt: skip


def _pretty(operation: str) -> str:
    """An operation in the signs of a book: `×2`, `−x`."""
    for typed, printed in _SIGNS.items():
        operation = operation.replace(typed, printed)
    return operation


def width_of(text: str, size: float) -> float:
    """How wide a text is at most in a font of that size."""
    return size * sum(map(_em, visible(text)))


def _em(character: str) -> float:
    if character in _NARROW:
        return 0.42
    if character in _WIDE:
        return 1.02
    if not character.isascii():
        return 1.3 if character >= "\u1100" else 0.9
    return 0.76 if character.isupper() else 0.64
