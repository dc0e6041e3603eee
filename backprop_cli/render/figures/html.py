"""One page that steps through both passes: no network, no code but ours, and everything in it without code too.

`page.html`, `page.css` and `page.js` beside this file are the page, `svg.css` is the figure's; the policy in its head
names the hashes of the style and the script, so that a browser runs nothing else. Where gates fold, the page holds
two layouts, each with its steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import Template

from backprop_cli.render.figures.picture import safe
from backprop_cli.render.figures.svg import beside, picture, themed
from backprop_cli.render.style import Style
from backprop_cli.report.drawn_subgraphs import layouts
from backprop_cli.report.figure import Figure, Moment


def render(
    figure: Figure, style: Style, theme: str = "auto", max_width: int | None = None, direction: str = "right"
) -> Iterator[str]:
    """The figure as an HTML document: light, dark, or as the reader prefers (auto)."""
    views = (figure,) if figure.phase else layouts(figure)
    looks, script = themed(beside("svg.css") + beside("page.css"), theme), beside("page.js")
    text = Template(beside("page.html")).substitute(
        title=safe(figure.title),
        heading=safe(figure.title),
        program=_program(figure),
        pictures="".join(_view(view, max_width, direction, shown=view is views[0]) for view in views),
        steps="".join(_list(view, shown=view is views[0]) for view in views),
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


def _view(figure: Figure, max_width: int | None, direction: str, *, shown: bool) -> str:
    drawn = "".join(picture(figure, max_width=max_width, direction=direction, titled=False))  # the page has its title
    return f'<div class="view"{"" if shown else " hidden"}>\n{drawn}\n</div>\n'


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
