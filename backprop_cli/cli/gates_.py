"""`backprop gates`: the gate table."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from backprop_cli.cli.options import OutputOptions, with_common_options
from backprop_cli.cli.terminal import style_for
from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.render import gates as draw
from backprop_cli.report.catalogue import entries

_Names = Annotated[list[str], typer.Argument(metavar="[NAME]...", help="names, aliases or symbols", show_default=False)]
_FORMATS = ("table", "plain", "json")


@with_common_options(values=False)
def command(names: _Names = [], *, output: OutputOptions) -> str:  # noqa: B006  never changed
    """List the gates, or show everything about the named ones: formula, slopes, domain, conventions, an example.

    Example: backprop gates relu
    """
    if output.format not in _FORMATS:
        message = f"`gates` has no format `{output.format}`"
        raise BackpropError(Diagnostic("U801", message, (), f"there are {', '.join(_FORMATS)}"))
    found = entries(names)
    if output.format == "json":
        return "".join(draw.as_json(found))
    style = style_for(sys.stdout, output)
    return "".join(draw.details(found, style) if names else draw.listing(found, style))
