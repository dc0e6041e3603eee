"""Aligned columns and nothing else: no lines, no colour."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_cli.render.cells import cells, closing, columns, left_out, title
from backprop_cli.render.style import Style
from backprop_cli.report.model import Report


def render(report: Report, style: Style) -> Iterator[str]:
    """Title, columns, closing lines."""
    yield title(report, style) + "\n\n"
    heads = columns(report, style)
    lines = [[c.heading for c in heads], *cells(report, style)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        aligned = (
            cell.rjust(width) if head.numeric else cell.ljust(width)
            for cell, width, head in zip(line, widths, heads, strict=True)
        )
        yield "  ".join(aligned).rstrip() + "\n"
    for more in left_out(report, style):
        yield more + "\n"
    below = list(closing(report, style))
    if below:
        yield "\n" + "\n".join(below) + "\n"
