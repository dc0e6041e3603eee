"""The shape of every node of a picture, in pixels: what is written on it, and how much room that takes.

It knows a figure and no coordinates. Widths are estimated generously, since nobody knows the reader's font.
"""

from __future__ import annotations

from math import sqrt

from backprop_cli.errors import shorten
from backprop_cli.lean import NamedTuple
from backprop_cli.render.figures.arrays import Drawn
from backprop_cli.render.layout import Size
from backprop_cli.render.style import visible
from backprop_cli.report.figure import Block, Edge, Figure, Node

NAME, TEXT, SMALL = 16, 14, 12  # pixels of the fonts of leaves, of values and gradients, of labels at gates
NAME_LINE = 17.0  # of a module, above the nodes that it begins with
LEAVES = ("input", "constant")
RADIUS = 20
_LEAF_GAP = 5.0  # between a leaf and its wire
LONGEST = 24  # characters of a name or an operation that are shown
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
    value: Drawn | None = None
    grad: Drawn | None = None

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
        self.longest = figure.longest
        self.arriving: dict[int, list[Edge]] = {}
        self.leaving: dict[int, list[Edge]] = {}
        for edge in figure.edges:
            self.arriving.setdefault(edge.target, []).append(edge)
            self.leaving.setdefault(edge.source, []).append(edge)
        self.nodes = {node.id: node for node in figure.nodes}
        self.entries = {cluster.id: self._entries(set(cluster.nodes)) for cluster in figure.subgraphs}
        self.of = {node.id: self._shape(node) for node in figure.nodes}

    def _entries(self, inside: set[int]) -> set[int]:
        """The nodes of a module that use none of its others."""
        return {node for node in inside if all(edge.source not in inside for edge in self.arriving.get(node, ()))}

    def size(self, node: Node) -> Size:
        """The room a node takes around its anchor."""
        shape = self.of[node.id]
        return Size(shape.before, shape.after, shape.above, shape.below)

    def leads(self, node: int) -> bool:
        """Whether exactly one wire leaves a node."""
        return len(self.leaving.get(node, ())) == 1

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
        return self._leaf(node) if node.kind in LEAVES else self._gate(node)

    def _leaf(self, node: Node) -> Shape:
        """Its name ends at the anchor, so that in a column of leaves all wires begin below one another."""
        name = visible(shorten(node.operation, LONGEST))
        value, grad = drawn_block(node.value_block, ranged=True), drawn_block(node.grad_block)
        stub = self._stub(node, value, grad)
        room, wide = self._modules(node)
        return Shape(
            name, "", half=_LEAF_GAP, high=12, stub=stub, lead=0, pitch=0, name_above=0,
            before=width_of(name, TEXT if node.kind == "constant" else NAME), after=max(_LEAF_GAP + stub, wide),
            above=over(value) + room, below=under(grad), long=False, value=value, grad=grad,
        )  # fmt: skip

    def _gate(self, node: Node) -> Shape:
        operation = pretty(visible(shorten(node.operation, self.longest)))
        name = "" if node.kind == "output" else shorten(node.name, LONGEST)
        long = len(operation) > 2
        wires = self.arriving.get(node.id, ())
        labels = [self.labels(wire) for wire in wires]
        widest = max((width_of(text, SMALL) for pair in labels for text in pair), default=0)
        pitch = 14.0 if not widest else 36.0 if any(map(all, labels)) else 24.0
        lead, spread = widest and widest + 20, (len(wires) - 1) * pitch / 2
        half = max(RADIUS, width_of(operation, TEXT if long else NAME) / 2 + 11)
        high = max(RADIUS, spread + 6 if not widest or len(wires) > 3 else 0)
        value, grad = drawn_block(node.value_block, ranged=True), drawn_block(node.grad_block)
        stub = self._stub(node, value, grad)
        ports = spread + 22 if widest else 0.0  # how far up and down the labels at the wires reach
        named = width_of(name, SMALL) / 2
        if value:  # it may be as high as the name
            stub += 2 * max(0.0, named - half)
        name_above = max(high, ports if named > half else 0) + 6
        room, wide = self._modules(node)
        named = max(named, wide / 2)
        result = 8 + width_of(shorten(self.figure.output, LONGEST), NAME) if node.kind == "output" else 0
        return Shape(
            operation, name, half=half, high=high, stub=stub, lead=lead, pitch=pitch, name_above=name_above,
            before=max(half + lead, named), after=max(half + stub + result, named),
            above=max(name_above + 12 if name else high, ports, over(value)) + room,
            below=max(high, ports, under(grad)), long=long, value=value, grad=grad,
        )  # fmt: skip

    def _modules(self, node: Node) -> tuple[float, float]:
        """The height and width of the names of the modules that begin with a node; the outermost is on top."""
        begins = [cluster.name for cluster in self.figure.subgraphs if node.id in self.entries[cluster.id]]
        return NAME_LINE * len(begins), max((width_of(shorten(x, LONGEST), SMALL) + 16 for x in begins), default=0)

    def _stub(self, node: Node, *blocks: Drawn | None) -> float:
        """The length of the wire beside a node, along which its value and gradient stand."""
        value = node.value if node.kind != "constant" else ""
        if not (value or node.grad or node.id in self.leaving or node.kind == "output"):
            return 0.0
        texts = [
            0.0 if block and block.block.elements else width_of(text, TEXT)
            for text, block in zip((value, node.grad), blocks, strict=True)
        ]
        return max(*texts, *(block.width for block in blocks if block), 16) + 12


def drawn_block(block: Block | None, *, ranged: bool = False) -> Drawn | None:
    """A block with the widths of its texts."""
    if block is None:
        return None
    widths = tuple(max(width_of(text, SMALL) for text in column) for column in zip(*block.elements, strict=True))
    return Drawn(block, widths, width_of(block.range, SMALL), ranged=ranged)


def over(value: Drawn | None) -> float:
    """How far above its wire what is written there reaches; of a tile the shape stands between."""
    return 21.0 if value is None else value.height + (6 if value.block.elements else 22)


def under(grad: Drawn | None) -> float:
    """How far below; of a tile the range stands between."""
    return 22.0 if grad is None else grad.height + (6 if grad.block.elements else 24)


def pretty(operation: str) -> str:
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
