"""The gradients alone, as `grad -q` prints them."""

from __future__ import annotations

from backprop_cli.lean import Iterator
from backprop_cli.render import quiet
from backprop_cli.render.style import Style
from backprop_cli.report.derivation import Derivation


def render(account: Derivation, style: Style, paths: bool) -> Iterator[str]:  # noqa: ARG001  every format is asked
    """`name=value` lines, which are valid bindings."""
    return quiet.report(account.report, style)
