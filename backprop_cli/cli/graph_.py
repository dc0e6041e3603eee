"""`backprop graph`: the figure."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from backprop_cli import api
from backprop_cli.cli.options import (
    Bindings,
    Expression,
    InputOptions,
    OutputOptions,
    Reply,
    choice,
    with_common_options,
)
from backprop_cli.cli.terminal import style_for
from backprop_cli.cli.values import read_inputs
from backprop_cli.render import FIGURE_FORMATS
from backprop_cli.report.figure import EDGES, MOST_EVER, MOST_NODES, PHASES


def _option(
    help_: str, *spellings: str, metavar: str | None = None, least: int | None = None, most: int | None = None
) -> Any:
    return typer.Option(*spellings, help=help_, metavar=metavar, min=least, max=most, show_default=False)


_Edges = Annotated[
    str, _option("beside values: grad (default), local, both (default for html), none", "--edges", metavar="WHAT")
]
_Phase = Annotated[str, _option("only what is known in this pass: forward or backward", "--phase", metavar="PASS")]
_Step = Annotated[
    int | None, _option("only what is known after this step of the pass (default: the last)", "--step", metavar="N")
]
_Depth = Annotated[int | None, _option("only so many gates back from the output", "--depth", metavar="N", least=1)]
_Collapse = Annotated[bool, _option("only inputs and what has a name", "--collapse")]
_Most = Annotated[
    int,
    _option(f"the most nodes to draw (default: {MOST_NODES})", "--most", metavar="N", least=1, most=MOST_EVER),
]

_Open = Annotated[bool, _option("show it in the browser, as html", "--open")]


@with_common_options(formats=tuple(FIGURE_FORMATS), default="", without=("json", "quiet", "rows"))
def command(
    expression: Expression,
    bindings: Bindings = [],  # noqa: B006  never changed
    *,
    edges: _Edges = "",
    phase: _Phase = "",
    step: _Step = None,
    depth: _Depth = None,
    collapse: _Collapse = False,
    most: _Most = MOST_NODES,
    show: _Open = False,
    inputs: InputOptions,
    output: OutputOptions,
) -> Reply:
    """Draw an expression as a graph of gates: values above the wires, gradients below. Without values, the graph alone.

    Example: backprop graph "(x+y)*z" x=-2 y=5 z=-4
    """
    if edges:
        choice("--edges", edges, EDGES)
    if phase:
        choice("--phase", phase, PHASES)
    output = output._replace(format="html" if show else output.format or "boxes")
    source, values, defaults = read_inputs(expression, bindings, inputs)
    if bindings or inputs.vars is not None:
        report = api.grad(source, values, defaults=defaults, check=False, expand=inputs.expanded, **inputs.limits)
    else:
        report = api.structure(source, max_nodes=inputs.max_nodes, use=inputs.libraries, expand=inputs.expanded)
    text = api.draw(
        report, output.format, edges=edges, phase=phase, step=step, depth=depth, collapse=collapse, most=most,
        style=style_for(sys.stdout, output),
    )  # fmt: skip
    if show and output.output in (None, "-"):
        output = output._replace(output=_file_for_the_browser())
    return Reply(text, output, report, opens=show)


def _file_for_the_browser() -> str:
    """A file that stays when we are gone, since the browser reads it when it pleases."""
    from tempfile import mkstemp

    handle, path = mkstemp(prefix="backprop-", suffix=".html")
    os.close(handle)
    return path
