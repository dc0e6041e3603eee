"""The table for terminals; where it would not fit, one record a node, so that no number is ever cut."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

from backprop_cli.render.cells import cells, closing, columns, left_out, title
from backprop_cli.render.style import Style
from backprop_cli.render.wrapping import wrapped
from backprop_cli.report.model import Report

_WIDEST = 100_000  # a table that is measured must not be wrapped by the measuring


def render(report: Report, style: Style) -> Iterator[str]:
    """Title, table or records, closing lines."""
    yield wrapped(title(report, style), style.width) + "\n"
    heads = columns(report, style)
    lines = list(cells(report, style))
    widths = [max(map(len, column)) for column in zip([c.heading for c in heads], *lines, strict=True)]
    if style.width is None or sum(widths) + 3 * (len(widths) - 1) <= style.width:
        yield _table(report, style, lines)
    else:
        yield from _records(report, style, lines)
    for more in left_out(report, style):
        yield wrapped(more, style.width)
    below = list(closing(report, style))
    if below:
        yield "\n" + "".join(wrapped(line, style.width) for line in below)


def _table(report: Report, style: Style, lines: list[list[str]]) -> str:
    from rich.box import Box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rule = "-" if style.ascii else "━"
    box = Box(f"    \n    \n {rule}{rule} \n    \n    \n    \n    \n    \n", ascii=style.ascii)
    table = Table(box=box, show_edge=False, pad_edge=False, padding=(0, 1), header_style="bold")
    for column in columns(report, style):
        table.add_column(Text(column.heading), justify="right" if column.numeric else "left", no_wrap=True)
    looks = ["cyan", "", *([""] if report.has_arrays else []), "", "dim", "bold"]
    for line in lines:
        table.add_row(*(Text(cell, look) for cell, look in zip(line, looks, strict=False)))
    console = Console(
        file=StringIO(), width=_WIDEST, markup=False, emoji=False, highlight=False, legacy_windows=False,
        force_terminal=style.color, no_color=not style.color, color_system="standard" if style.color else None,
    )  # fmt: skip
    with console.capture() as captured:
        console.print(table, crop=False, overflow="ignore", no_wrap=True, soft_wrap=True)
    return "".join(line.rstrip() + "\n" for line in captured.get().splitlines())


def _records(report: Report, style: Style, lines: list[list[str]]) -> Iterator[str]:
    heading = columns(report, style)[-1].heading.replace("(node)", "{}")
    for name, written, *shape, value, slopes, grad in (
        line if report.kind == "grad" else [*line, "", ""] for line in lines
    ):
        sized = f"   {shape[0]}" if shape and shape[0] else ""
        head = f"{name} = {value}" if written == "input" else f"{name} = {written} = {value}"
        yield wrapped(head + sized, style.width, hang="        ")
        if report.kind == "grad":
            below = [*filter(None, slopes.split("  ")), *([f"{heading.format(name)} = {grad}"] if grad else [])]
            for line in below:
                yield wrapped(line, style.width, start="    ", hang="        ")
