"""The result of a pass alone; scripts ask for it, so nothing that draws tables is imported for it."""

from __future__ import annotations

from backprop_cli.lean import Iterator
from backprop_cli.render.style import Style
from backprop_cli.report.model import Report
from backprop_cli.text import literal


def report(report: Report, style: Style) -> Iterator[str]:
    """The number, or `name=value` lines, which are valid bindings; digits in full, unless some were asked for."""
    if report.kind == "eval":
        yield f"{literal(report.value, style.digits)}\n"
        return
    for name, value in (report.step.updated if report.step else report.gradients).items():
        yield f"{name}={literal(value, style.digits)}\n"
