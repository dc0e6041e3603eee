"""Jacobians and their anatomy as text, JSON and CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from backprop_cli.render.as_csv import line as csv_line
from backprop_cli.render.as_json import note, number, verdict
from backprop_cli.render.cells import verdict as verdict_lines
from backprop_cli.render.style import Style
from backprop_cli.render.wrapping import wrapped
from backprop_cli.report.jacobians import Block, JacobianReport, labels, layout
from backprop_cli.report.numbers import bytes_written, literal, shortest

JACOBIAN_FORMATS = ("table", "json", "csv", "quiet")
_NUMERIC = (2, 4)  # columns of the anatomy
_COLUMNS = 12  # shown of a wide matrix, unless all rows are asked for


def render_jacobian(report: JacobianReport, format_: str, style: Style) -> Iterator[str]:
    """The report's text in one of JACOBIAN_FORMATS."""
    return {"table": _table, "json": _json, "csv": _csv, "quiet": _quiet}[format_](report, style)


def _table(report: JacobianReport, style: Style) -> Iterator[str]:
    for block in report.blocks:
        modes = f"{block.mode} mode, {block.passes:,} pass{'es' * (block.passes != 1)}"
        shape = report.shape + block.shape
        title = f"∂{report.output}/∂{block.variable}" + (f", shape {shape}" if shape else "")
        yield wrapped(style.text(f"{title}: {layout(report.output, report.shape, block)}"), style.width)
        yield style.text(f"({modes})") + "\n\n"
        yield from _matrix(report, block, style)
        yield "\n" if block is not report.blocks[-1] or report.check is not None else ""
    if report.anatomy:
        yield from _anatomy(report, style)
    if report.check is not None:
        for said in verdict_lines(report, style):
            yield wrapped(said, style.width)


def _matrix(report: JacobianReport, block: Block, style: Style) -> Iterator[str]:
    """A row an element of the output, a column an element of the variable; in panels as wide as fits."""
    matrix = block.values.reshape(-1, max(1, _count(block.shape)))
    rows = labels(report.output, report.shape, style.rows or len(matrix))
    columns = labels(block.variable, block.shape, _COLUMNS if style.rows else matrix.shape[1])
    first = max(map(len, rows))
    widths = []
    cells = []
    for k, heading in enumerate(columns):
        column = [style.number(float(x)) for x in matrix[: len(rows), k]]
        cells.append(column)
        widths.append(max(len(heading), *map(len, column)))
    begin = 0
    while begin < len(columns):
        end, width = begin, first
        while end < len(columns) and (end == begin or style.width is None or width + widths[end] + 3 <= style.width):
            width += widths[end] + 3
            end += 1
        shown = range(begin, end)
        yield "   ".join([" " * first, *(columns[k].rjust(widths[k]) for k in shown)]).rstrip() + "\n"
        for row, label in enumerate(rows):
            yield "   ".join([label.ljust(first), *(cells[k][row].rjust(widths[k]) for k in shown)]) + "\n"
        begin = end
        yield "\n" if begin < len(columns) else ""
    hidden = {"row": len(matrix) - len(rows), "column": matrix.shape[1] - len(columns)}
    if told := [f"{count:,} more {noun}{'s' * (count != 1)}" for noun, count in hidden.items() if count]:
        yield wrapped(style.glyphs(f"… {', '.join(told)}; `--rows all` shows them"), style.width)


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for length in shape:
        count *= length
    return count


def _anatomy(report: JacobianReport, style: Style) -> Iterator[str]:
    heads = ["gate", "along", "Jacobian", "structure", "stored", "used instead"]
    lines = [
        [
            f"{part.node} = {part.written}",
            part.operand,
            f"{part.rows:,} × {part.columns:,}",
            part.structure,
            bytes_written(part.stored),
            part.used,
        ]
        for part in report.anatomy[: style.rows]
    ]
    safe = [[style.text(cell) for cell in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(heads, *safe, strict=True)]
    if style.width is None or sum(widths) + 15 <= style.width:
        for line in [heads, *safe]:
            cells = (
                cell.rjust(width) if k in _NUMERIC else cell.ljust(width)
                for k, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            yield "   ".join(cells).rstrip() + "\n"
    else:
        for line in safe:
            yield wrapped(line[0], style.width)
            yield wrapped(f"along {line[1]}: {line[2]}, {line[3]}; stored {line[4]}", style.width, start="    ")
            yield wrapped(f"used instead: {line[5]}", style.width, start="    ")
    if style.rows is not None and len(report.anatomy) > style.rows:
        yield style.glyphs(f"… {len(report.anatomy) - style.rows:,} more; `--rows all` shows them\n")
    stored, kept = (sum(column) for column in zip(*((p.stored, p.kept) for p in report.anatomy), strict=True))
    said = f"stored, these Jacobians take {bytes_written(stored)}; kept are {bytes_written(kept)}"
    yield "\n" + wrapped(style.text(said), style.width)


def _json(report: JacobianReport, _: Style) -> Iterator[str]:
    made: dict[str, Any] = {
        "schema": "backprop/jacobian@1",
        "expression": report.expression,
        "output": report.output,
        "value": number(report.value),
        "shape": list(report.shape),
        "jacobians": {
            block.variable: {
                "shape": list(report.shape + block.shape),
                "mode": block.mode,
                "passes": block.passes,
                "values": number(block.values),
            }
            for block in report.blocks
        },
    }
    if report.anatomy:
        made["anatomy"] = [
            {
                "node": part.node,
                "is": part.written,
                "along": part.operand,
                "jacobian": [part.rows, part.columns],
                "structure": part.structure,
                "stored_bytes": part.stored,
                "kept_bytes": part.kept,
                "used": part.used,
            }
            for part in report.anatomy
        ]
    made["check"] = verdict(report)
    made["notes"] = [note(n) for n in report.notes]
    yield json.dumps(made, allow_nan=False) + "\n"


def _csv(report: JacobianReport, _: Style) -> Iterator[str]:
    """A line an element of the output; a heading with the elements of the variables."""
    every = 1 << 62
    yield csv_line([report.output, *(name for b in report.blocks for name in labels(b.variable, b.shape, every))])
    rows = labels(report.output, report.shape, every)
    matrices = [block.values.reshape(len(rows), -1) for block in report.blocks]
    for row, label in enumerate(rows):
        yield csv_line([label, *(shortest(x) for matrix in matrices for x in matrix[row])])


def _quiet(report: JacobianReport, style: Style) -> Iterator[str]:
    """`name=array` lines: valid bindings."""
    for block in report.blocks:
        values = block.values if block.values.ndim else float(block.values)
        yield f"{block.variable}={literal(values, style.digits)}\n"
