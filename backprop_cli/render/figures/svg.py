"""A standalone SVG picture: light, dark or both; to the right or downwards."""

from __future__ import annotations

import re
from pathlib import Path

from backprop_cli.lean import Iterator
from backprop_cli.render.figures.downwards import Downwards
from backprop_cli.render.figures.picture import Picture
from backprop_cli.render.style import Style
from backprop_cli.report.figure import Figure

_DARK = r"^@media \(prefers-color-scheme: dark\) \{\n(.*?)^\}\n"


def render(
    figure: Figure, style: Style, theme: str = "light", max_width: int | None = None, direction: str = "right"
) -> Iterator[str]:
    """The figure as an SVG document: light, dark, or as the reader prefers (auto); in rows where it would be wider."""
    picture = (Downwards if direction == "down" else Picture)(figure, max_width)
    text = "".join(picture.drawn(themed(beside("svg.css"), theme))) + "\n"
    yield text.encode("ascii", "xmlcharrefreplace").decode() if style.ascii else text


def beside(name: str) -> str:
    """The text of a file that lies beside this one."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def themed(looks: str, theme: str) -> str:
    """A style sheet for one theme; for auto it is left as it is, with blocks for readers who prefer dark."""
    if theme == "auto":
        return looks
    return re.sub(_DARK, r"\1" if theme == "dark" else "", looks, flags=re.DOTALL | re.MULTILINE)
