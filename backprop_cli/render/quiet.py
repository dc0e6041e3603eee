"""The result alone: the number, or `name=value` lines, which are valid bindings."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_cli.render.style import Style
from backprop_cli.report.model import Report
from backprop_cli.report.numbers import rounded, shortest


def render(report: Report, style: Style) -> Iterator[str]:
    """Digits in full, unless some were asked for."""

    def number(value: float) -> str:
        return shortest(value) if style.digits is None else rounded(value, style.digits)

    if report.kind == "eval":
        yield f"{number(report.value)}\n"
        return
    for name, value in (report.step.updated if report.step else report.gradients).items():
        yield f"{name}={number(value)}\n"
