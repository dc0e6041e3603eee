"""One page that steps through both passes: no network, no code but ours, and everything in it without code too.

`page.html`, `page.css` and `page.js` beside this file are the page, `svg.css` is the figure's; the policy in its head
names the hashes of the style and the script, so that a browser runs nothing else. Where gates fold, the page holds
two drawings, each with its steps; where a drawing is wide, in a layout for narrow screens too.
"""

from __future__ import annotations

from string import Template

from backprop_cli.lean import Iterator
from backprop_cli.render.figures.picture import Picture, safe
from backprop_cli.render.figures.svg import beside, themed
from backprop_cli.render.figures.widths import pictures
from backprop_cli.render.style import Style
from backprop_cli.report.drawn_subgraphs import layouts
from backprop_cli.report.figure import Figure, Moment


def render(
    figure: Figure, style: Style, theme: str = "auto", max_width: int | None = None, direction: str = ""
) -> Iterator[str]:
    """The figure as an HTML document: light, dark, or as the reader prefers (auto)."""
    drawings = (figure,) if figure.phase else layouts(figure)
    views = [(k, view) for k, drawing in enumerate(drawings) for view in pictures(drawing, max_width, direction)]
    looks, script = themed(beside("svg.css") + beside("page.css"), theme), beside("page.js")
    text = Template(beside("page.html")).substitute(
        title=safe(figure.title),
        heading=safe(figure.title),
        program=_program(figure),
        pictures="".join(_view(k, view, shown=view is views[0][1]) for k, view in views),
        steps="".join(_list(drawing, shown=drawing is drawings[0]) for drawing in drawings),
        style=looks,
        schemes="light dark" if theme == "auto" else theme,
        script=script,
        style_hash=_hash(looks),
        script_hash=_hash(script),
    )
    yield text.encode("ascii", "xmlcharrefreplace").decode() if style.ascii else text


def _program(figure: Figure) -> str:
    """The whole text, where the title is not all of it."""
    lines = figure.program.splitlines()
    if " ".join(figure.program.split()) in (figure.subject, figure.subject.removeprefix(f"{figure.output} = ")):
        return ""
    return f'<pre id="program">{chr(10).join(map(safe, lines))}</pre>\n'


def _view(number: int, picture: Picture, *, shown: bool) -> str:
    drawn = "".join(picture.drawn())
    return f'<div class="view" data-steps="{number}"{"" if shown else " hidden"}>\n{drawn}\n</div>\n'


def _list(figure: Figure, *, shown: bool) -> str:
    return f'<ol class="steps" start="0"{"" if shown else " hidden"}>\n{"".join(_steps(figure))}</ol>\n'


def _steps(figure: Figure) -> Iterator[str]:
    """A list item a step, those of the forward pass first; with only a frame to show, there are none."""
    if figure.phase or not figure.moments:
        return
    inputs = ", ".join(f"{node.name} = {node.value}" for node in figure.nodes if node.kind == "input")
    for moment in (Moment("forward", -1, (inputs or "only constants",)), *figure.moments):
        lines = "".join(f"<p>{safe(line)}</p>" for line in moment.lines)
        yield f'<li data-phase="{moment.phase}" data-node="{moment.node}">{lines}</li>\n'


def _hash(text: str) -> str:
    from base64 import b64encode
    from hashlib import sha256

    return b64encode(sha256(text.encode()).digest()).decode()
