"""`backprop gates`: the gate table."""

from __future__ import annotations

import sys

from backprop_cli.cli.declared import Argument
from backprop_cli.cli.options import OutputOptions, with_common_options
from backprop_cli.cli.terminal import style_for
from backprop_cli.lean import Annotated
from backprop_cli.render import formats, render
from backprop_cli.report.gate_reference import GateReference, entries

_Names = Annotated[list[str], Argument(metavar="[NAME]...", help="names, aliases or symbols")]


@with_common_options(values=False, formats=tuple(formats("GateReference")))
def command(gates: _Names = [], *, output: OutputOptions) -> str:  # noqa: B006  never changed
    """List the gates, or show everything about the named ones: formula, slopes, domain, conventions, an example.

    Example: backprop gates
    Example: backprop gates relu softmax
    """
    found = GateReference(tuple(entries(gates)), named=bool(gates))
    return "".join(render(found, output.format, style_for(sys.stdout, output)))
