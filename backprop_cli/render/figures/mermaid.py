"""The figure as a Mermaid flowchart, which wikis, notebooks and code hosts draw.

Nodes are called `n` and the id; in labels whatever is not plain stands as an entity code, `#42;`.
"""

from __future__ import annotations

from backprop_cli.lean import Iterator
from backprop_cli.render.figures.nesting import nested
from backprop_cli.render.figures.shapes import LEAVES
from backprop_cli.render.figures.words import sums
from backprop_cli.render.style import Style
from backprop_cli.report.figure import DrawnSubgraph, Figure, Node

_SHAPES = {"input": '["{}"]', "constant": '["{}"]', "gate": '("{}")', "output": '("{}")', "stub": '("{}")'}
_PLAIN = frozenset(" .,+-=/()∂…")


def render(figure: Figure, style: Style, direction: str = "right") -> Iterator[str]:
    """Title, nodes with the modules around them, wires, looks."""
    title = style.text("; ".join([figure.title, *figure.caption, *([figure.notice] if figure.notice else [])]))
    escaped = title.replace("\\", "\\\\").replace('"', '\\"')
    yield f'---\ntitle: "{escaped}"\n---\nflowchart {"TD" if direction == "down" else "LR"}\n'
    total = sums(figure)
    for item, depth in nested(figure):
        indent = "  " * (depth + 1)
        if item is None:
            yield f"{indent}end\n"
        elif isinstance(item, DrawnSubgraph):
            yield f'{indent}subgraph c{item.id} ["{_label(style, item.name)}"]\n'
        else:
            yield f"{indent}n{item.id}{_shape(item, total.get(item.id, ''), style)}\n"
    for edge in figure.edges:
        local = f"∂ {edge.local}" if edge.local else ""
        line = "-.-" if edge.cut else "---"
        yield f"  n{edge.source} {line}{_wire(style, edge.value, edge.grad, local)} n{edge.target}\n"
    for node in figure.nodes:
        if node.kind == "output":
            yield f'  n{node.id} ---{_wire(style, node.value, node.grad)} output["{_label(style, figure.output)}"]\n'
    yield "  classDef leaf fill:none,stroke:none\n  classDef active stroke:#b86e00,stroke-width:4px\n"
    leaves = [f"n{node.id}" for node in figure.nodes if node.kind in LEAVES]
    leaves += ["output"] * any(node.kind == "output" for node in figure.nodes)
    if leaves:
        yield f"  class {','.join(leaves)} leaf\n"
    constants = [f"n{node.id}" for node in figure.nodes if node.kind == "constant"]
    if constants:
        yield f"  classDef constant color:#5b6675\n  class {','.join(constants)} constant\n"
    active = [f"n{node.id}" for node in figure.nodes if node.state == "active"]
    if active:
        yield f"  class {','.join(active)} active\n"


def _shape(node: Node, total: str, style: Style) -> str:
    lines = [node.operation] if node.kind in (*LEAVES, "output") else [node.name, node.operation]
    return _SHAPES[node.kind].format(_label(style, *lines, *([total] if total else [])))


def _wire(style: Style, *lines: str) -> str:
    """A label on a wire, value over gradient; nothing where neither is known."""
    shown = [line for line in lines if line]
    return f'|"{_label(style, *shown)}"|' if shown else ""


def _label(style: Style, *lines: str) -> str:
    return "<br/>".join("".join(map(_escaped, style.text(line))) for line in lines)


def _escaped(char: str) -> str:
    return char if char.isalnum() or char in _PLAIN else f"#{ord(char)};"
