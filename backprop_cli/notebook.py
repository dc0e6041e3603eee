"""What a notebook shows of a report: the report knows no format, so the two meet here."""

from __future__ import annotations

from backprop_cli.api import draw
from backprop_cli.errors import BackpropError
from backprop_cli.report import Report


def svg(report: Report) -> str | None:
    """What a notebook shows of a report: its figure, nothing where that is too large."""
    try:
        return draw(report, "svg", theme="auto")
    except BackpropError:
        return None


def page(report: Report) -> str | None:
    """What a notebook shows of a report: the page that steps, in a frame of its own."""
    from html import escape

    try:
        html = draw(report, "html")
    except BackpropError:
        return None
    looks = "width: 100%; height: 40rem; border: 0"
    return f'<iframe sandbox="allow-scripts" style="{looks}" srcdoc="{escape(html)}"></iframe>'


Report._repr_svg_ = svg  # type: ignore[attr-defined]
Report._repr_html_ = page  # type: ignore[attr-defined]
