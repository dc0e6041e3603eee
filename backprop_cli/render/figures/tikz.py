r"""The figure as a standalone LaTeX document; the `tikzpicture` in it can stand in another document.

It needs TikZ and amsmath. Coordinates are those of the SVG picture, a pixel being 0.75pt.
"""

from __future__ import annotations

from backprop_cli.errors import shorten
from backprop_cli.lean import Iterator
from backprop_cli.render.figures.shapes import LEAVES, Shapes, width_of
from backprop_cli.render.layout import Placed, place
from backprop_cli.render.style import Style, visible
from backprop_cli.render.tex import tex_name, tex_operation, tex_text, tex_value
from backprop_cli.report.figure import DrawnSubgraph, Edge, Figure, Node

_BETWEEN, _STEEP, _APART, _WIRE = 20, 0.3, 14, 10  # free between columns and between cells, around passing wires
_FONT = 12  # pixels, of the words above and below
_BEGIN = r"""\documentclass[border=6pt]{standalone}
\usepackage{amsmath}
\usepackage{tikz}
\definecolor{value}{HTML}{00694B}
\definecolor{grad}{HTML}{B03C00}
\definecolor{local}{HTML}{5A3FA8}
\definecolor{active}{HTML}{B86E00}
\begin{document}
\begin{tikzpicture}[
  x=0.75pt, y=-0.75pt,
  wire/.style={draw=black!55, line width=0.8pt},
  gate/.style={draw, fill=black!4, line width=0.8pt, inner sep=0pt},
  stub/.style={gate, dashed},
  now/.style={draw=active, line width=2pt},
  leaf/.style={inner sep=0pt},
  name/.style={font=\footnotesize, text=black!60, inner sep=0pt},
  label/.style={font=\small, inner sep=0pt},
]
"""
_END = r"""\end{tikzpicture}
\end{document}
"""


def render(figure: Figure, _style: Style) -> Iterator[str]:
    """Preamble, modules, wires, nodes, words."""
    whole = figure.whole or figure
    shapes = Shapes(whole)
    placed = place(whole, shapes.size, between=_BETWEEN, steep=_STEEP, apart=_APART, wire=_WIRE, port=shapes.port)
    yield _BEGIN
    yield _box(whole, placed) if figure.phase else ""
    yield _words(-26, figure.title)
    for cluster in figure.subgraphs:
        yield from _cluster(cluster, placed, shapes)
    for number, edge in enumerate(figure.edges):
        yield from _wire(edge, placed, number, shapes)
    for node in figure.nodes:
        yield from _node(figure, node, placed, shapes)
    for line, words in enumerate([*figure.caption, *([figure.notice] if figure.notice else [])], 1):
        yield _words(placed.height + 6 + 20 * line, words)
    yield _END


def _box(whole: Figure, placed: Placed) -> str:
    """The room of the whole with all that is ever said below it, so that nothing moves from frame to frame."""
    said = [whole.title, *(line for moment in whole.moments for line in moment.lines)]
    width = max(placed.width, *(width_of(shorten(text, 120), _FONT) for text in said))
    lines = max((len(moment.lines) for moment in whole.moments), default=0) + bool(whole.notice)
    return rf"\useasboundingbox (0,-38) rectangle ({width:.5g},{placed.height + 18 + 20 * lines:.5g});" + "\n"


def _words(y: float, text: str) -> str:
    return rf"\node[anchor=west, inner sep=0pt] at (0,{y:.5g}) {{{_text(shorten(text, 120))}}};" + "\n"


def _text(text: str) -> str:
    return tex_text(visible(text))


def _cluster(cluster: DrawnSubgraph, placed: Placed, shapes: Shapes) -> Iterator[str]:
    """The ground a module's nodes stand on, column by column, and its name."""
    members = set(cluster.nodes)
    first = True
    for (left, right), column in zip(placed.columns, placed.order, strict=True):
        inside = [cell.node for cell in column if cell.node and cell.source in members]
        if not inside:
            continue
        ends = [(placed.at[node.id][1], shapes.size(node)) for node in inside]
        top, bottom = min(y - size.above for y, size in ends), max(y + size.below for y, size in ends)
        left, right = left - _BETWEEN / 2, right + _BETWEEN / 2
        yield rf"\fill[blue!8] ({left:.5g},{top:.5g}) rectangle ({right:.5g},{bottom:.5g});" + "\n"
        if first:
            yield rf"\node[name, anchor=north west] at ({left + 4:.5g},{top + 2:.5g}) {{{_text(cluster.name)}}};" + "\n"
        first = False


def _wire(edge: Edge, placed: Placed, number: int, shapes: Shapes) -> Iterator[str]:
    x, y = placed.at[edge.target]
    shape, source = shapes.of[edge.target], shapes.of[edge.source]
    source_x, source_y = placed.at[edge.source]
    down = shapes.port(edge, placed.ports[number])
    left = placed.columns[placed.column_of[edge.target]][0]
    begins = (placed.columns[placed.column_of[edge.source]][1], source_y)
    points = [begins, *placed.ways[number], (left, y + down)]
    starts = source_x + source.half + (source.stub if shapes.forks(edge.source) else 0)
    path = f"({starts:.5g},{source_y:.5g}) -- {_point(points[0])}"
    for k in range(1, len(points)):
        path += f" {'to[out=0,in=180]' if k % 2 else '--'} {_point(points[k])}"
    meet_x, meet_y = shape.meets(down)
    path += f" -- {_point((x - shape.half - 8, y + down))}" if shape.lead else ""
    path += f" -- {_point((x - meet_x, y + meet_y))}"
    yield rf"\draw[wire{', dashed' * edge.cut}{', now' if edge.state == 'active' else ''}] {path};" + "\n"
    middle = x - shape.half - shape.lead / 2 - 4
    local, share = shapes.labels(edge)
    yield _label(middle, y + down - 10, "local", rf"\partial\;{tex_value(edge.local)}" if local else "")
    yield _label(middle, y + down + 10, "grad", tex_value(share) if share else "")


def _point(point: tuple[float, float]) -> str:
    return f"({point[0]:.5g},{point[1]:.5g})"


def _label(x: float, y: float, color: str, formula: str) -> str:
    return rf"\node[label, text={color}] at ({x:.5g},{y:.5g}) {{${formula}$}};" + "\n" if formula else ""


def _node(figure: Figure, node: Node, placed: Placed, shapes: Shapes) -> Iterator[str]:
    x, y = placed.at[node.id]
    shape = shapes.of[node.id]
    end = x + shape.half + shape.stub
    if shape.stub and not shapes.leads(node.id):  # elsewhere the one wire begins at the gate
        yield rf"\draw[wire] ({x + shape.half:.5g},{y:.5g}) -- ({end:.5g},{y:.5g});" + "\n"
    if node.kind == "output":
        name = tex_name(shorten(figure.output, 24))
        yield rf"\node[leaf, anchor=west] at ({end + 8:.5g},{y:.5g}) {{${name}$}};" + "\n"
    if shapes.forks(node.id):
        yield rf"\fill[black!55] ({end:.5g},{y:.5g}) circle[radius=2.4pt];" + "\n"
    middle = x + shape.half + shape.stub / 2
    if node.value and node.kind != "constant":
        yield _label(middle, y - 11, "value", tex_value(node.value))
    yield _label(middle, y + 11, "grad", tex_value(node.grad) if node.grad else "")
    if node.kind in LEAVES:
        name = tex_name(shorten(node.operation, 24))
        look = "leaf, text=black!60" if node.kind == "constant" else "leaf"
        yield rf"\node[{look}, anchor=east] at ({x + shape.half - 4:.5g},{y:.5g}) {{${name}$}};" + "\n"
        return
    looks = ["stub" if node.kind == "stub" else "gate", *(["now"] if node.state == "active" else [])]
    width, height = 1.5 * shape.half, 1.5 * shape.high
    rounded = min(width, height) / 2
    looks += [f"minimum width={width:.5g}pt", f"minimum height={height:.5g}pt", f"rounded corners={rounded:.5g}pt"]
    yield rf"\node[{', '.join(looks)}] at ({x:.5g},{y:.5g}) {{${tex_operation(visible(node.operation))}$}};" + "\n"
    if shape.name:
        yield rf"\node[name] at ({x:.5g},{y - shape.name_above - 5:.5g}) {{${tex_name(node.name)}$}};" + "\n"
