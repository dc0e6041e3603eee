"""A Figure as a picture or as text, one format a file. It sees a Figure, never a graph.

A format's file has `render(figure, style)`, which answers the text in pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from backprop_cli.render.style import Style

if TYPE_CHECKING:
    from backprop_cli.report.figure import Figure

# format: what it is for. Its module has the same name.
FIGURE_FORMATS = {
    "html": "a page that steps through both passes; `--open` shows it",
    "svg": "a picture for slides and pages, light and dark",
    "boxes": "the figure in a terminal, left to right; `tree` where it would be too wide",
    "tree": "an outline, the output at its root",
    "dot": "Graphviz",
    "mermaid": "Mermaid, which many wikis and READMEs draw",
    "tikz": "a LaTeX document, for papers and slides",
}
DEFAULT_FORMAT = "boxes"


def render_figure(figure: Figure, format_: str, style: Style) -> Iterator[str]:
    """The pieces of the figure's text in a format.

    Raises ValueError for a format that is none of FIGURE_FORMATS.
    """
    if format_ not in FIGURE_FORMATS:
        message = f"unknown format {format_!r}; there are {', '.join(FIGURE_FORMATS)}"
        raise ValueError(message)
    pieces: Iterator[str] = import_module(f"backprop_cli.render.figures.{format_}").render(figure, style)
    return pieces
