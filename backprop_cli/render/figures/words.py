"""What stands around a figure in characters: its title, what its numbers are, what happens in a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backprop_cli.render.style import Style
from backprop_cli.report.figure import Figure


def around(figure: Figure, drawing: Iterable[str], meaning: str, style: Style) -> Iterator[str]:
    """The lines of the drawing between title and words."""
    yield f"{style.text(figure.title)}\n\n"
    for line in drawing:
        yield f"{line}\n"
    below = [*([meaning] if meaning else []), *figure.caption, *([figure.notice] if figure.notice else [])]
    if below:
        yield "\n"
    for line in below:
        yield f"{style.text(line)}\n"


def key(figure: Figure, value: str, grad: str, style: Style) -> str:
    """`above a wire its value, below it df/d(wire)`."""
    if not figure.valued:
        return ""
    said = [f"{value} its value"]
    if figure.shows in ("grad", "both"):
        said.append(f"{grad} d{figure.output}/d(wire)")
    if figure.shows in ("local", "both"):
        said.append("∂ at a gate its local gradient")
    return style.glyphs(", ".join(said))
