"""The figure as an outline: the output at the root, what each gate is made of below it; what is shared stands once.

f = n1 * z      -12   1
├─ n1 = x + y     3  -4
│  ├─ x          -2  -4
│  └─ y           5  -4
└─ z             -4   3
"""

from __future__ import annotations

from collections import Counter

from backprop_cli.lean import Iterable, Iterator, NamedTuple
from backprop_cli.render.figures.shapes import LEAVES
from backprop_cli.render.figures.words import around, local_sign
from backprop_cli.render.style import GRAD, VALUE, Style
from backprop_cli.report.figure import Edge, Figure, Node

# A fork, a last branch, and the lines that pass by; narrower ones where it would be too wide.
_BRANCHES = (("├─ ", "└─ ", "│  "), ("├ ", "└ ", "│ "), ("├", "└", "│"))
_ASCII_BRANCHES = (("|- ", "`- ", "|  "), ("|-", "`-", "| "), ("|", "`", "|"))
_LOOKS = ("", VALUE, GRAD, GRAD, "")  # of the columns


class _Line(NamedTuple):
    """A node where it stands: by which wire it is reached, the branches before it and before what is below it.

    `again`: it was met before, and stands there.
    """

    node: Node
    edge: Edge | None
    branches: str
    below: str
    again: bool = False


def render(figure: Figure, style: Style) -> Iterator[str]:
    """Title, outline, what happens in a step."""
    whole = figure.whole or figure
    for branches in _ASCII_BRANCHES if style.ascii else _BRANCHES:
        table, room = (list(_table(one, _outline(one, branches), style)) for one in (figure, whole))
        heads = _heads(figure, style)
        drawing = _aligned(heads, table, room, style._replace(color=False))
        if style.width is None or max(map(len, drawing), default=0) <= style.width:
            break
    if style.color:
        drawing = _aligned(heads, table, room, style)
    yield from around(figure, drawing, "", style)


def _aligned(heads: list[str], table: list[list[str]], room: list[list[str]], style: Style) -> list[str]:
    """The rows as lines, without the columns that nothing ever stands in; `room` is what may stand in all of them."""
    kept = [k for k in range(len(heads)) if k == 0 or any(row[k] for row in room)]
    rows = [heads, *table] if len(kept) > 1 else table
    widths = [max(len(row[k]) for row in (*rows, *room)) for k in kept]
    lines = []
    for row in rows:
        looks = _LOOKS if row is not heads else ("",) * len(heads)
        cells = (
            " " * (width - len(row[k])) + style.painted(row[k], looks[k]) if k else row[k].ljust(width)
            for k, width in zip(kept, widths, strict=True)
        )
        lines.append("   ".join(cells).rstrip())
    return lines


def _heads(figure: Figure, style: Style) -> list[str]:
    """The columns: the outline, values, gradients, what each wire of a fork sends, local gradients."""
    return ["", "value", f"d{style.text(figure.output)}/d(node)", "from here", local_sign("local ∂", style)]


def _table(figure: Figure, lines: Iterable[_Line], style: Style) -> Iterator[list[str]]:
    uses = Counter(wire.source for wire in figure.edges)
    for node, edge, branches, _, again in lines:
        said = style.text(node.name if node.kind in LEAVES else f"{node.name} = {node.written}")
        if node.kind == "stub":
            said = style.text(f"{node.name} = …")
        if again:
            said = style.text(node.name) + style.glyphs(" ↑")
        if node.state == "active":
            said += style.glyphs(" ◀")
        branches += style.glyphs("╳ ") if edge and edge.cut else ""
        value, grad = ("", "") if again or node.kind == "constant" else (node.value, node.grad)
        share = edge.grad if edge and uses[edge.source] > 1 else ""
        yield [branches + said, *map(style.text, (value, grad, share, edge.local if edge else ""))]


def _outline(figure: Figure, branches: tuple[str, str, str]) -> Iterator[_Line]:
    """Every wire once, depth first from the output, then from what nobody uses."""
    nodes = {node.id: node for node in figure.nodes}
    operands: dict[int, list[Edge]] = {}
    used = set()
    for edge in figure.edges:
        operands.setdefault(edge.target, []).append(edge)
        used.add(edge.source)
    fork, last, through = branches
    roots = [node for node in reversed(figure.nodes) if node.id not in used]
    waiting = [_Line(root, None, "", "") for root in sorted(roots, key=lambda node: node.kind == "output")]
    seen: set[int] = set()
    while waiting:
        line = waiting.pop()
        again = line.node.id in seen
        yield line._replace(again=again)
        if again:
            continue
        seen.add(line.node.id)
        edges = operands.get(line.node.id, [])
        for wire in reversed(edges):
            ends = wire is edges[-1]
            below = line.below + (" " * len(through) if ends else through)
            waiting.append(_Line(nodes[wire.source], wire, line.below + (last if ends else fork), below))
