"""The report as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_cli.render.cells import cells, closing, columns, left_out, title
from backprop_cli.render.style import Style
from backprop_cli.report.model import Report


def render(report: Report, style: Style) -> Iterator[str]:
    """Title, table, closing lines; formulas stand as code, where Markdown means nothing else."""
    yield f"{_code(title(report, style))}\n\n"
    heads = columns(report, style)
    yield f"| {' | '.join(c.heading for c in heads)} |\n"
    yield f"|{'|'.join('--:' if c.numeric else '---' for c in heads)}|\n"
    for row in cells(report, style):
        shown = (cell if head.numeric or not cell else _code(cell) for cell, head in zip(row, heads, strict=True))
        yield f"| {' | '.join(shown)} |\n"
    for line in filter(None, [left_out(report, style), *closing(report, style)]):
        yield f"\n{_code(line)}\n"


def _code(text: str) -> str:
    """A code span; a bar would end the cell, a backtick the span."""
    escaped = text.replace("|", "\\|").replace("`", "'")
    return f"`{escaped}`"
