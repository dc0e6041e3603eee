"""The figure for Graphviz: `backprop graph … --format dot | dot -Tpng`.

Nodes are called `n` and the id; every text is a quoted string or an HTML-like label, escaped.
"""

from __future__ import annotations

from html import escape

from backprop_cli.lean import Iterator
from backprop_cli.render.figures.nesting import nested
from backprop_cli.render.figures.words import sums
from backprop_cli.render.style import Style
from backprop_cli.report.figure import DrawnSubgraph, Edge, Figure, Node

_VALUE, _GRAD, _LOCAL, _ACTIVE = "#00694b", "#b03c00", "#5a3fa8", "#b86e00"
_LINE = r"\n"
_RANKS = {"right": "LR", "down": "TB"}
_SHAPES = {
    "input": "shape=plaintext",
    "constant": 'shape=plaintext, fontcolor="#5b6675"',
    "gate": "shape=circle",
    "output": "shape=circle",
    "stub": "shape=circle, style=dashed",
}


def render(figure: Figure, style: Style, direction: str = "right") -> Iterator[str]:
    """One digraph, left to right or top to bottom."""
    yield "digraph backprop {\n"
    title = _LINE.join([_escaped(figure.title, style), *(_escaped(line, style) for line in _words(figure))])
    yield f'  graph [rankdir={_RANKS[direction]}, labelloc=t, label="{title}", fontname="Helvetica"]\n'
    yield '  node [fontname="Helvetica", margin=0.05]\n  edge [fontname="Helvetica", arrowhead=none]\n'
    total = sums(figure)
    for item, depth in nested(figure):
        indent = "  " * (depth + 1)
        if item is None:
            yield f"{indent}}}\n"
        elif isinstance(item, DrawnSubgraph):
            yield f"{indent}subgraph cluster_{item.id} {{\n{indent}  label={_quoted(item.name, style)}\n"
        else:
            yield f"{indent}{_node(item, total.get(item.id, ''), style)}\n"
    for edge in figure.edges:
        yield f"  n{edge.source} -> n{edge.target} [{_edge(edge, style)}]\n"
    for node in figure.nodes:
        if node.kind == "output":
            label = _label(node.value, node.grad, "", style)
            yield f"  output [shape=plaintext, label={_quoted(figure.output, style)}]\n"
            yield f"  n{node.id} -> output [label={label}]\n"
    yield "}\n"


def _words(figure: Figure) -> list[str]:
    return [*figure.caption, *([figure.notice] if figure.notice else [])]


def _node(node: Node, total: str, style: Style) -> str:
    said = f"{_SHAPES[node.kind]}, label={_quoted(node.operation, style)}"
    beside = [node.name] if node.kind in ("gate", "stub") else []
    beside += [total] if total else []
    if beside:
        said += f', xlabel="{_LINE.join(_escaped(line, style) for line in beside)}"'
    said += f", tooltip={_quoted(node.name if node.kind == 'input' else f'{node.name} = {node.written}', style)}"
    if node.state == "active":
        said += f', color="{_ACTIVE}", penwidth=3'
    return f"n{node.id} [{said}]"


def _edge(edge: Edge, style: Style) -> str:
    said = f"label={_label(edge.value, edge.grad, edge.local, style)}"
    said += ", style=dashed" if edge.cut else ""
    return said + (f', color="{_ACTIVE}", penwidth=2' if edge.state == "active" else "")


def _label(value: str, grad: str, local: str, style: Style) -> str:
    """Value over gradient, in their colours; nothing where neither is known."""
    lines = [(value, _VALUE), (grad, _GRAD), (style.glyphs(f"∂ {local}") if local else "", _LOCAL)]
    shown = [f'<font color="{color}">{escape(style.text(text))}</font>' for text, color in lines if text]
    return f"<{'<br/>'.join(shown)}>" if shown else '""'


def _quoted(text: str, style: Style) -> str:
    return f'"{_escaped(text, style)}"'


def _escaped(text: str, style: Style) -> str:
    """In a quoted string a backslash starts an escape, and a quotation mark ends the string."""
    return style.text(text).replace("\\", "\\\\").replace('"', '\\"')
