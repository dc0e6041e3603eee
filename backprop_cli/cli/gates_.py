"""`backprop gates`: the gate table."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from backprop_cli.cli.options import OutputOptions, with_common_options
from backprop_cli.cli.terminal import style_for
from backprop_cli.render import gates as draw
from backprop_cli.report.gate_reference import entries

_Names = Annotated[list[str], typer.Argument(metavar="[NAME]...", help="names, aliases or symbols", show_default=False)]


@with_common_options(values=False, formats=("table", "plain", "json", "quiet"))
def command(gates: _Names = [], *, output: OutputOptions) -> str:  # noqa: B006  never changed
    """List the gates, or show everything about the named ones: formula, slopes, domain, conventions, an example.

    Example: backprop gates relu
    """
    found = entries(gates)
    if output.format == "json":
        return "".join(draw.as_json(found))
    if output.quiet:
        return "".join(draw.names(found))
    style = style_for(sys.stdout, output)
    return "".join(draw.details(found, style) if gates else draw.listing(found, style))
