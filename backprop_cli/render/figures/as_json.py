"""The figure for programs: where everything stands, what is written there, and the numbers behind it in full."""

from __future__ import annotations

from backprop_cli.lean import TYPE_CHECKING, Any, Iterator, Mapping
from backprop_cli.render import as_json
from backprop_cli.render.encoding import lines, number
from backprop_cli.render.figures.picture import Picture
from backprop_cli.render.style import Style
from backprop_cli.report.figure import Edge, Figure, Node
from backprop_cli.report.model import Report
from backprop_cli.report.rows import Row

if TYPE_CHECKING:
    from backprop_cli.render import documents


def render(figure: Figure, _style: Style, of: Report, max_width: int | None = None) -> Iterator[str]:
    """One JSON object, a line a node and a line a wire; `of` is the report that it was drawn from."""
    return lines(_fields(figure, of, max_width))


def _fields(figure: Figure, report: Report, max_width: int | None) -> Iterator[tuple[str, Any]]:
    picture = Picture(figure, max_width)
    rows = {row.id: row for row in report.rows()}
    yield "schema", "backprop/graph@1"
    yield "expression", report.expression
    yield "output", figure.output
    yield "title", figure.title
    yield "phase", figure.phase or None
    yield "step", figure.step if figure.phase else None
    yield "caption", list(figure.caption)
    yield "notice", figure.notice or None
    yield "width", _pixels(picture.placed.width)
    yield "height", _pixels(picture.placed.height)
    yield "nodes", (_node(node, picture, rows) for node in figure.nodes)
    yield "edges", (_wire(edge, number_, picture) for number_, edge in enumerate(figure.edges))
    yield "modules", [{"name": one.name, "nodes": list(one.nodes)} for one in figure.subgraphs]
    yield "notes", list(map(as_json.note, report.notes))


def _node(node: Node, picture: Picture, rows: Mapping[int, Row]) -> documents.DrawnNode:
    (x, y), shape, row = picture.placed.at[node.id], picture.shapes.of[node.id], rows.get(node.id)
    return {
        "id": node.id,
        "name": node.name,
        "kind": node.kind,
        "operation": node.operation,
        "formula": node.written,
        "value": number(row.value) if row and node.value else None,
        "grad": number(row.grad) if row and node.grad else None,
        "labels": {"value": node.value, "grad": node.grad},
        "x": _pixels(x),
        "y": _pixels(y),
        "width": _pixels(2 * shape.half),
        "height": _pixels(2 * shape.high),
    }


def _wire(edge: Edge, place: int, picture: Picture) -> documents.Wire:
    return {
        "source": edge.source,
        "target": edge.target,
        "operand": edge.operand,
        "labels": {"value": edge.value, "grad": edge.grad, "local": edge.local},
        "path": picture.wires.path(edge, place),
    }


def _pixels(length: float) -> float:
    return round(length, 2)
