"""A standalone SVG picture: light and dark, readable without colour, described for screen readers.

Every label lies inside its node's cell and cells do not overlap, so labels do not either. Wires bend only between
columns:

      x1      n1        the value above the wire, the gradient below it;
      -2    ┌────┐ 3    what differs from branch to branch (a local gradient,
    x ──────│ +  │────    the share of a fork) stands at the gate it arrives at
      -4    └────┘ -4
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import pairwise

from backprop_cli.errors import shorten
from backprop_cli.render.figures.shapes import NAME_LINE, Shapes, width_of
from backprop_cli.render.layout import Placed, place
from backprop_cli.render.style import Style, visible
from backprop_cli.report.figure import Cluster, Edge, Figure, Node

_BETWEEN, _STEEP = 20, 0.3  # columns; more where wires climb
_APART = 14  # cells of a column
_WIRE = 10  # what a wire that passes through a column keeps free
_MARGIN = 24
_LINE = 22  # of the words above and below
_KEY_GAP = 22

# Colours of value and gradient: bluish green and vermilion (Okabe & Ito 2008), darkened to 4.5:1 on the paper.
# Plain rules and no variables: most programs that import SVG know nothing else.
STYLE = """
.bp text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #1c2330; }
.bp .paper { fill: #ffffff; }
.bp .wire { fill: none; stroke: #8d97a5; stroke-width: 1.6; }
.bp .fork { fill: #8d97a5; }
.bp .body { fill: #eef2f7; stroke: #3b4656; stroke-width: 1.6; }
.bp .stub .body { stroke-dasharray: 4 3; }
.bp .leaf { font-weight: 600; font-size: 16px; }
.bp .constant .leaf { font-weight: 400; font-size: 14px; }
.bp .operation { font-size: 16px; font-weight: 600; text-anchor: middle; }
.bp .long .operation { font-size: 14px; }
.bp .name { font-size: 12px; fill: #5b6675; text-anchor: middle; }
.bp .value, .bp .grad, .bp .local { text-anchor: middle; }
.bp .value { fill: #00694b; }
.bp .grad { fill: #b03c00; font-style: italic; }
.bp .local { fill: #5a3fa8; font-size: 12px; }
.bp .share { font-size: 12px; }
.bp .title { font-size: 16px; font-weight: 600; }
.bp .notice, .bp .key { font-size: 13px; fill: #5b6675; }
.bp .key .value, .bp .key .grad, .bp .key .local { font-size: 13px; text-anchor: start; }
.bp .ground rect { fill: #3b6fd4; fill-opacity: .09; }
.bp .module-name { font-size: 12px; font-weight: 600; fill: #3b4656; text-anchor: start; }
.bp .later { opacity: .28; }
.bp .now .body { stroke: #b86e00; stroke-width: 3; fill: #ffefcc; }
.bp.forward .wire.now { stroke: #00875f; stroke-width: 3; }
.bp.backward .wire.now { stroke: #cf4a06; stroke-width: 3; }
.bp .now text { font-weight: 700; }
@media (prefers-color-scheme: dark) {
.bp text { fill: #e6eaf0; }
.bp .paper { fill: #14181f; }
.bp .wire { stroke: #6d7888; }
.bp .fork { fill: #6d7888; }
.bp .body { fill: #232a35; stroke: #aeb8c6; }
.bp .name, .bp .notice, .bp .key { fill: #9aa5b4; }
.bp .value { fill: #4fd3a4; }
.bp .grad { fill: #ff9e6b; }
.bp .local { fill: #b9a6ff; }
.bp .ground rect { fill: #7aa2f7; fill-opacity: .13; }
.bp .module-name { fill: #c3ccd8; }
.bp .now .body { stroke: #ffb84d; fill: #4a3a1c; }
.bp.forward .wire.now { stroke: #4fd3a4; }
.bp.backward .wire.now { stroke: #ff9e6b; }
}
"""


def render(figure: Figure, style: Style) -> Iterator[str]:
    """The figure as an SVG document."""
    text = "".join(picture(figure, STYLE)) + "\n"
    yield text.encode("ascii", "xmlcharrefreplace").decode() if style.ascii else text


def picture(figure: Figure, style: str = "") -> Iterator[str]:
    """The `svg` element, with the style it is given inside."""
    whole = figure.whole or figure
    shapes = Shapes(whole)
    placed = place(whole, shapes.size, between=_BETWEEN, steep=_STEEP, apart=_APART, wire=_WIRE, port=shapes.port)
    title, longest = shorten(figure.title, 120), shorten(whole.title, 120)
    inner = max(placed.width, width_of(longest, 16))
    key = _key(whole, inner)
    said = [moment.lines for moment in whole.moments] if figure.phase else []
    inner = max([inner, *(width_of(line, 14) for lines in said for line in lines), width_of(figure.notice, 13),
                 *(sum(width_of(text, 13) + _KEY_GAP for _, text in row) for row in key)])  # fmt: skip
    top = _MARGIN + _LINE + 12
    below = top + placed.height + 26
    rows = len(key) + max(map(len, said), default=0) + bool(figure.notice)
    width, height = round(inner + 2 * _MARGIN), round(below + _LINE * rows)
    classes = f"bp {figure.phase}".strip()
    role = "group" if figure.clusters else "img"  # modules may be folded, so they must be reachable
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{classes}" role="{role}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n'
        f"<title>{safe(figure.title)}</title>\n<desc>{safe(described(figure))}</desc>\n"
    )
    if style:
        yield f"<style>{style}</style>\n"
    yield f'<rect class="paper" width="{width}" height="{height}" rx="10"/>\n'
    yield _text(_MARGIN, _MARGIN + 12, "title", title)
    yield f'<g transform="translate({_MARGIN} {top})">\n'
    for cluster in figure.clusters:
        yield from _cluster(cluster, placed, shapes)
    for number, edge in enumerate(figure.edges):
        yield from _wire(figure, edge, placed, number, shapes)
    for node in figure.nodes:
        yield from _node(figure, node, placed, shapes)
    yield "</g>\n"
    for row in key:
        yield from _key_row(row, below)
        below += _LINE
    for look, line in [*(("caption", line) for line in figure.caption), ("notice", figure.notice)]:
        yield _text(_MARGIN, below, look, line)
        below += _LINE
    yield "</svg>"


def described(figure: Figure) -> str:
    """The figure in words: a clause a node, in the order of the forward pass."""
    said = []
    for node in figure.nodes:
        clause = node.name if node.written in ("input", "constant") else f"{node.name} = {node.written}"
        clause += f" = {node.value}" if node.value and node.value != node.name else ""
        said.append(clause + (f", gradient {node.grad}" if node.grad else ""))
    return "; ".join([*said, *figure.caption])


def safe(text: str) -> str:
    """User text for the inside of an element or an attribute, on one line."""
    return escape(visible(text).replace("\n", " ").replace("\t", " "))


def _text(x: float, y: float, look: str, text: str, more: str = "") -> str:
    return f'<text x="{x:.5g}" y="{y:.5g}" class="{look}"{more}>{safe(text)}</text>\n' if text else ""


def _look(figure: Figure, state: str) -> str:
    """How an element of a frame looks: `now`, `later`, or like the rest."""
    if state == "active":
        return " now"
    return " later" if figure.phase == "forward" and not state else ""


def _node(figure: Figure, node: Node, placed: Placed, shapes: Shapes) -> Iterator[str]:
    x, y = placed.at[node.id]
    shape = shapes.of[node.id]
    look = f"{node.kind}{' long' * shape.long}{_look(figure, node.state)}"
    yield f'<g class="{look}" data-node="{node.id}" data-forward="{node.computed}">\n'
    if node.written not in ("input", "constant"):
        yield f"<title>{safe(f'{node.name} = {node.written}')}</title>\n"
    if node.kind == "output" or shapes.forks(node.id):  # elsewhere the one wire begins at the gate
        yield f'<path class="wire" d="M{x + shape.half:.5g} {y:.5g}h{shape.stub:.5g}"/>\n'
    if shapes.forks(node.id):
        yield f'<circle class="fork" cx="{x + shape.half + shape.stub:.5g}" cy="{y:.5g}" r="3.4"/>\n'
    middle = x + shape.half + shape.stub / 2
    yield _text(middle, y - 6, "value", "" if node.kind == "constant" else node.value, _since("forward", node.computed))
    yield _text(middle, y + 17, "grad", node.grad, _since("backward", node.reached))
    if node.kind in ("input", "constant"):
        yield _text(x - shape.half, y + 5, "leaf", shape.operation)
    else:
        rounded = min(shape.half, shape.high)
        yield (
            f'<rect class="body" x="{x - shape.half:.5g}" y="{y - shape.high:.5g}" width="{2 * shape.half:.5g}" '
            f'height="{2 * shape.high:.5g}" rx="{rounded:.5g}"/>\n'
        )
        yield _text(x, y + 5.5, "operation", shape.operation)
        yield _text(x, y - shape.name_above, "name", shape.name)
    if node.kind == "output":
        yield _text(x + shape.half + shape.stub + 8, y + 5, "leaf", shorten(figure.output, 24))
    yield "</g>\n"


def _since(phase: str, step: int) -> str:
    """From which step on an element is known, for pages that step."""
    return f' data-{phase}="{step}"'


def _wire(figure: Figure, edge: Edge, placed: Placed, number: int, shapes: Shapes) -> Iterator[str]:
    x, y = placed.at[edge.target]
    shape = shapes.of[edge.target]
    down = shapes.port(edge, placed.ports[number])
    source = shapes.of[edge.source]
    source_x, source_y = placed.at[edge.source]
    begin = source_x + source.half + (source.stub if shapes.forks(edge.source) else 0)
    start = (placed.columns[placed.column_of[edge.source]][1], source_y)
    left = placed.columns[placed.column_of[edge.target]][0]
    points = [start, *placed.ways[number], (left, y + down)]
    path = f"M{begin:.5g} {source_y:.5g}H{start[0]:.5g}"
    for k in range(0, len(points) - 1, 2):
        (x0, y0), (x1, y1) = points[k], points[k + 1]
        bend = (x1 - x0) / 2
        path += f"C{x0 + bend:.5g} {y0:.5g} {x1 - bend:.5g} {y1:.5g} {x1:.5g} {y1:.5g}"
        if k + 2 < len(points):
            path += f"H{points[k + 2][0]:.5g}"
    port_x = x - shape.half - shape.lead
    meet_x, meet_y = shape.meets(down)
    path += f"H{port_x:.5g}" if port_x > left else ""
    path += f"C{port_x + (x - meet_x - port_x) / 2:.5g} {y + down:.5g} " if shape.lead else "L"
    path += f"{x - meet_x - 4:.5g} {y + meet_y:.5g} " if shape.lead else ""
    path += f"{x - meet_x:.5g} {y + meet_y:.5g}"
    state = _look(figure, edge.state)
    ends = f'data-from="{edge.source}" data-to="{edge.target}"'
    steps = _since("forward", shapes.computed(edge.target)) + _since("backward", edge.sent)
    yield f'<path class="wire{state}" d="{path}" {ends}{steps}/>\n'
    labels = shapes.labels(edge)
    if any(labels):
        middle = x - shape.half - shape.lead / 2 - 4
        yield f'<g class="port{state}" {ends}{steps}>\n'
        yield _text(middle, y + down - 5, "local", labels[0], _since("forward", shapes.computed(edge.target)))
        yield _text(middle, y + down + 14, "grad share", labels[1], _since("backward", edge.sent))
        yield "</g>\n"


def _runs(cluster: Cluster, placed: Placed, shapes: Shapes) -> Iterator[tuple[float, float, float, float]]:
    """For each stretch of a column that the cluster's nodes fill: left, top, right, bottom."""
    members = set(cluster.nodes)
    outer = [c.id for c in shapes.figure.clusters if set(c.nodes) > members]
    middles = [(before[1] + after[0]) / 2 for before, after in pairwise(placed.columns)]
    edges = pairwise([-_BETWEEN / 2, *middles, placed.width + _BETWEEN / 2])
    for (left, right), column in zip(edges, placed.order, strict=True):
        run: list[tuple[float, float]] = []
        for cell in [*column, None]:
            if cell and cell.node and cell.source in members:
                y, size = placed.at[cell.source][1], shapes.size(cell.node)
                named = sum(cell.source in shapes.entries[c] for c in outer)  # their names stand above ours
                run.append((y - size.above - 2 + NAME_LINE * named, y + size.below + 2 - 2 * len(outer)))
            elif run:
                yield left, run[0][0], right, run[-1][1]
                run = []


def _cluster(cluster: Cluster, placed: Placed, shapes: Shapes) -> Iterator[str]:
    """The ground on which a module's nodes stand, and its name."""
    nodes = " ".join(map(str, cluster.nodes))
    runs = list(_runs(cluster, placed, shapes))
    yield f'<g class="module ground" data-nodes="{nodes}">\n<title>{safe(cluster.name)}</title>\n'
    for left, top, right, bottom in runs:
        yield (f'<rect x="{left:.5g}" y="{top:.5g}" width="{right - left:.5g}" height="{bottom - top:.5g}"/>\n')
    if runs:
        left, top, _, _ = runs[0]
        yield _text(left + 8, top + 13, "module-name", shorten(cluster.name, 24))
    yield "</g>\n"


def _key(figure: Figure, width: float) -> list[list[tuple[str, str]]]:
    """What the signs mean, on one line if it fits."""
    if not figure.valued:
        return []
    words = [("value", "above a wire: its value")]
    if figure.shows in ("grad", "both"):
        words.append(("grad", f"below: its gradient, d{shorten(figure.output, 24)}/d(wire)"))
    if figure.shows in ("local", "both"):
        words.append(("local", "∂ at a gate: the local gradient"))
    if sum(width_of(text, 13) + _KEY_GAP for _, text in words) <= width + _KEY_GAP:
        return [words]
    return [[word] for word in words]


def _key_row(row: list[tuple[str, str]], y: float) -> Iterator[str]:
    x = float(_MARGIN)
    yield '<g class="key">\n'
    for look, text in row:
        yield _text(x, y, look, text)
        x += width_of(text, 13) + _KEY_GAP
    yield "</g>\n"
