"""The report as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_cli.render.cells import cells, closing, columns, left_out, title
from backprop_cli.render.style import Style
from backprop_cli.report.model import Report


def render(report: Report, style: Style) -> Iterator[str]:
    """Title, table, closing lines; formulas stand as code, where Markdown means nothing else."""
    yield f"{code(title(report, style))}\n\n"
    heads = columns(report, style)
    yield f"| {' | '.join(c.heading for c in heads)} |\n"
    yield f"|{'|'.join('--:' if c.numeric else '---' for c in heads)}|\n"
    for row in cells(report, style):
        shown = (cell if head.numeric or not cell else code(cell) for cell, head in zip(row, heads, strict=True))
        yield f"| {' | '.join(shown)} |\n"
    for more in left_out(report, style):
        yield f"\n{more}\n"
    for note in report.notes:
        yield f"\n{note.code}: {escaped(style.text(note.message))}\n"
    below = [escaped(line.strip()) for line in closing(report, style)]
    if below:
        yield "\n" + "\n".join(below) + "\n"


def escaped(text: str) -> str:
    """Words with formulas in them: `*` and `_` would mean something to Markdown."""
    return "".join(f"\\{c}" if c in "*_|<" else c for c in text)


def code(text: str) -> str:
    """A code span; a bar would end the cell, a backtick the span."""
    harmless = text.replace("|", "\\|").replace("`", "'")
    return f"`{harmless}`"
