"""A Report for reading and as CSV: a row a node."""

from __future__ import annotations

from backprop_cli.lean import Iterator, partial
from backprop_cli.render.pages import Lines, Notes, Page, Title
from backprop_cli.render.prose import closing, title
from backprop_cli.render.style import Style
from backprop_cli.render.tables import Cell, Column, Table, csv_lines, flat
from backprop_cli.report.model import Report
from backprop_cli.report.rows import Row
from backprop_cli.text import MOST_WHOLE


def page(report: Report, style: Style) -> Page:
    """Title, a table or records, what is left out, closing lines."""
    yield Title(title(report, style))
    rows = [cells(row, report, style) for row in report.rows(style.rows, constants=False)]
    yield Table(columns(report, style), rows, partial(record, f"d{style.text(report.output)}/d{{}}"))
    for line in _left_out(report, rows, style):
        yield Lines([(line,)], apart=False)
    yield Notes(report.notes)
    yield Lines([(line,) for line in closing(report, style)])


def csv(report: Report, _style: Style) -> Iterator[str]:
    """A heading, then a line a node, digits in full; `-` for a local gradient that was not asked for."""
    grads = report.kind == "grad"
    heading = ["id", "name", "is", "gate", "inputs", "value", *(["locals", "grad"] if grads else [])]
    rows = (
        (row.id, row.name, row.written, row.gate, row.inputs, row.value)
        + ((tuple("-" if slope is None else slope for slope in row.locals), row.grad) if grads else ())
        for row in report.rows()
    )
    return csv_lines(heading, rows)


def columns(report: Report, style: Style) -> list[Column]:
    """The columns of a report's table."""
    made = [Column("node", look="cyan"), Column("is")]
    made += [Column("shape")] * report.has_arrays
    made += [Column("value", "number")]
    if report.kind == "grad":
        gradient = f"d{style.text(report.output)}/d(node)"
        made += [Column("local gradients", look="dim"), Column(gradient, "number", "bold")]
    return made


def cells(row: Row, report: Report, style: Style) -> list[Cell]:
    """A node's row; constants have none: they are in the formulas that use them."""
    value = ("true" if row.value else "false") if row.truth and not row.shape else style.block(row.value)
    shape = [str(row.shape) if row.shape else ""] if report.has_arrays else []
    cells: list[Cell] = [style.text(row.name), style.text(row.written), *shape, value]
    return [*cells, tuple(_slopes(row, style)), style.block(row.grad)] if report.kind == "grad" else cells


def _slopes(row: Row, style: Style) -> list[str]:
    """`∂n1/∂x=1` for each operand with a slope; of arrays the Jacobian's diagonal, of a tensor gate its rule."""
    if row.rules:
        return [style.text(rule) for rule in row.rules if rule is not None]
    diagonal = "diag " if row.shape else ""
    return [
        style.text(f"∂{row.name}/∂{operand}={diagonal}{style.number(slope)}")
        for operand, slope in zip(row.operands, row.locals, strict=True)
        if slope is not None
    ]


def record(gradient: str, row: list[Cell]) -> Iterator[str]:
    """`n1 = x + y = 3`, its local gradients, its gradient."""
    slopes: Cell = next((cell for cell in row if isinstance(cell, tuple)), ())
    name, written, *shape, value = map(flat, row[:-2] if isinstance(row[-2], tuple) else row)
    sized = f"   {shape[0]}" if shape and shape[0] else ""
    yield (f"{name} = {value}" if written == "input" else f"{name} = {written} = {value}") + sized
    yield from slopes
    if isinstance(row[-2], tuple) and row[-1]:
        yield f"{gradient.format(name)} = {flat(row[-1])}"


def _left_out(report: Report, rows: list[list[Cell]], style: Style) -> Iterator[str]:
    """Lines on the rows that are not shown, and on arrays of which only a summary is; none when all is shown."""
    if style.rows is None:
        return
    hidden = report.node_count - report.constant_count - style.rows
    if hidden > 0:
        yield style.glyphs(f"… {hidden:,} more; `--rows all` shows them")
    numbers = [cell for row in rows if report.has_arrays and row[2] for cell in (row[3], row[-1])]
    if any(isinstance(cell, str) and cell and not cell.startswith("[") for cell in numbers):
        whole = f"`--rows all` shows up to {MOST_WHOLE} elements"
        yield style.glyphs(f"of larger arrays the range and the norm; {whole}, `--json` all")
