"""Jacobians and their anatomy for reading, as CSV and as bindings."""

from __future__ import annotations

from backprop_cli.lean import Any, Iterator, Sequence
from backprop_cli.render.pages import GAP, Formula, Lines, Notes, Page
from backprop_cli.render.prose import verdict
from backprop_cli.render.style import Style
from backprop_cli.render.tables import Cell, Column, Table, csv_lines, flat
from backprop_cli.report.jacobians import Block, JacobianReport, labels, layout
from backprop_cli.text import bytes_written, literal

_COLUMNS = 12  # shown of a wide matrix, unless all rows are asked for
_EVERY = 1 << 62


def page(report: JacobianReport, style: Style) -> Page:
    """What each matrix is, the matrix; or the anatomy; the verdict."""
    for block in report.blocks:
        modes = f"({block.mode} mode, {block.passes:,} pass{'es' * (block.passes != 1)})"
        shape = report.shape + block.shape
        name = Formula(style.text(f"∂{report.output}/∂{block.variable}"))
        what = (f", shape {shape}" if shape else "") + f": {layout(report.output, report.shape, block)}"
        yield Lines([(name, style.text(what)), (style.text(modes),)], apart=block is not report.blocks[0])
        yield GAP
        yield from _matrix(report, block, style)
    if report.anatomy:
        yield from _anatomy(report, style)
    yield Notes(report.notes)
    if report.check is not None:
        yield Lines([(line,) for line in verdict(report, style)])


def csv(report: JacobianReport, _style: Style) -> Iterator[str]:
    """A line an element of the output, a heading with the elements of the variables; of an anatomy a line a part."""
    if report.anatomy:
        heading = ["node", "is", "along", "rows", "columns", "structure", "stored_bytes", "kept_bytes", "used"]
        return csv_lines(heading, report.anatomy)
    heading = [report.output, *(name for b in report.blocks for name in labels(b.variable, b.shape, _EVERY))]
    rows = labels(report.output, report.shape, _EVERY)
    matrices = [block.values.reshape(len(rows), -1) for block in report.blocks]
    return csv_lines(heading, ([label, *(x for m in matrices for x in m[row])] for row, label in enumerate(rows)))


def quiet(report: JacobianReport, style: Style) -> Iterator[str]:
    """`name=array` lines: valid bindings."""
    for block in report.blocks:
        values = block.values if block.values.ndim else float(block.values)
        yield f"{block.variable}={literal(values, style.digits)}\n"


def _matrix(report: JacobianReport, block: Block, style: Style) -> Page:
    """A row an element of the output, a column an element of the variable."""
    matrix = block.values.reshape(len(labels(report.output, report.shape, _EVERY)), -1)
    rows = labels(report.output, report.shape, style.rows or len(matrix))
    return panels(matrix, rows, labels(block.variable, block.shape, _COLUMNS if style.rows else matrix.shape[1]), style)


def panels(matrix: Any, rows: Sequence[str], headings: Sequence[str], style: Style) -> Page:
    """The first rows and columns of a matrix, in panels as wide as fits, and how many more there are."""
    rows = rows[: style.rows]
    headings = headings[: _COLUMNS if style.rows else None]
    cells = [[style.number(float(x)) for x in matrix[: len(rows), k]] for k in range(len(headings))]
    widths = [max(map(len, [heading, *column])) for heading, column in zip(headings, cells, strict=True)]
    begin = 0
    while begin < len(headings):
        end, width = begin, max(map(len, rows), default=0)
        while end < len(headings) and (end == begin or style.width is None or width + widths[end] + 3 <= style.width):
            width += widths[end] + 3
            end += 1
        columns = [Column("", look="cyan"), *(Column(heading, "number") for heading in headings[begin:end])]
        if begin:
            yield GAP
        yield Table(
            columns, [[label, *numbers] for label, *numbers in zip(rows, *cells[begin:end], strict=True)], _record
        )
        begin = end
    hidden = {"row": len(matrix) - len(rows), "column": matrix.shape[1] - len(headings)}
    if told := [f"{count:,} more {noun}{'s' * (count != 1)}" for noun, count in hidden.items() if count]:
        yield Lines([(style.glyphs(f"… {', '.join(told)}; `--rows all` shows them"),)], apart=False)


def _record(row: list[Cell]) -> Iterator[str]:
    yield from map(flat, row)


def _anatomy(report: JacobianReport, style: Style) -> Page:
    columns = [
        Column("gate", look="cyan"), Column("along"), Column("Jacobian", "number"), Column("structure", "words"),
        Column("stored", "number"), Column("used instead"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            style.text(f"{part.node} = {part.written}"),
            style.text(part.operand),
            style.glyphs(f"{part.rows:,} × {part.columns:,}"),
            style.text(part.structure),
            bytes_written(part.stored),
            style.text(part.used),
        ]
        for part in report.anatomy[: style.rows]
    ]
    yield Table(columns, rows, _part)
    if hidden := len(report.anatomy) - len(rows):
        yield Lines([(style.glyphs(f"… {hidden:,} more; `--rows all` shows them"),)], apart=False)
    stored, kept = (sum(column) for column in zip(*((p.stored, p.kept) for p in report.anatomy), strict=True))
    said = f"stored, these Jacobians take {bytes_written(stored)}; kept are {bytes_written(kept)}"
    yield Lines([(style.text(said),)])


def _part(row: list[Cell]) -> Iterator[str]:
    gate, along, size, structure, stored, used = map(flat, row)
    yield gate
    yield f"along {along}: {size}, {structure}; stored {stored}"
    yield f"used instead: {used}"
