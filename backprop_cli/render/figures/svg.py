"""SVG. Being drawn."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_cli.render.style import Style
from backprop_cli.report.figure import Figure


def render(figure: Figure, style: Style) -> Iterator[str]:
    """The figure as a standalone picture."""
    yield style.glyphs(figure.title)
