"""What a notebook shows of a report: the report knows no format, so the two meet here."""

from __future__ import annotations

from backprop_cli.api import draw
from backprop_cli.errors import BackpropError
from backprop_cli.render import Style
from backprop_cli.report import Report

_AROUND = 390  # pixels of the page that are not the graph: heading, buttons, the step in words
_HIGHEST = 700  # of a graph; a larger one scrolls
_STYLE = Style(rows=None)


def svg(report: Report) -> str | None:
    """What a notebook shows of a report: its figure, nothing where that is too large."""
    try:
        return draw(report, "svg", theme="auto")
    except BackpropError:
        return None


def page(report: Report) -> str | None:
    """What a notebook shows of a report: the page that steps, in a frame as high as the page is, and the gradients."""
    import re
    from html import escape

    try:
        html = draw(report, "html")
    except BackpropError:
        return None
    found = re.search(r'<svg [^>]* height="([0-9]+)"', html)
    height = min(int(found[1]) if found else 0, _HIGHEST) + _AROUND
    looks = f"width: 100%; height: {height}px; border: 0"
    lines = (
        escape(_STYLE.text(f"d{report.output}/d{name} = {_STYLE.number(x)}")) for name, x in report.gradients.items()
    )
    below = f"<pre>{chr(10).join(lines)}</pre>" if report.gradients else ""
    return f'<iframe sandbox="allow-scripts" style="{looks}" srcdoc="{escape(html)}"></iframe>{below}'


Report._repr_svg_ = svg  # type: ignore[attr-defined]
Report._repr_html_ = page  # type: ignore[attr-defined]
