"""`backprop graph`: the figure."""

from __future__ import annotations

import os
import sys

from backprop_cli import api
from backprop_cli.cli.declared import option
from backprop_cli.cli.destinations import write_file
from backprop_cli.cli.options import (
    Bindings,
    Expression,
    OutputOptions,
    Reply,
    SeedGrad,
    Wrt,
    names_in,
    with_common_options,
)
from backprop_cli.cli.terminal import afford, style_for
from backprop_cli.data.bindings import split_bindings
from backprop_cli.data.files import read_expression
from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.lean import Annotated, Callable, Sequence, partial
from backprop_cli.render import FIGURE_FORMATS, PICTURES
from backprop_cli.report.figure import DIRECTIONS, EDGES, EXACT, MOST_EVER, MOST_NODES, PHASES, SCALE, THEMES
from backprop_cli.report.model import Report
from backprop_cli.session import Options

_Edges = Annotated[
    str,
    option(
        "beside values: grad (default), local, both (default for html), none", "--edges", metavar="WHAT", choices=EDGES
    ),
]
_Phase = Annotated[
    str, option("only what is known in this pass: forward or backward", "--phase", metavar="PASS", choices=PHASES)
]
_Step = Annotated[
    int | None, option("only what is known after this step of the pass (default: the last)", "--step", metavar="N")
]
_Depth = Annotated[int | None, option("only so many gates back from the output", "--depth", metavar="N", least=1)]
_Collapse = Annotated[bool, option("only inputs and what has a name", "--collapse")]
_Most = Annotated[
    int,
    option(f"the most nodes to draw (default: {MOST_NODES})", "--most", metavar="N", least=1, most=MOST_EVER),
]
_Theme = Annotated[
    str,
    option(
        "of svg (default: light) and html (default: auto): light, dark, auto", "--theme", metavar="NAME", choices=THEMES
    ),
]

_MaxWidth = Annotated[
    int | None,
    option(
        "break a longer graph into rows: pixels of svg, html and what is made of them",
        "--max-width",
        metavar="N",
        least=200,
    ),
]
_Direction = Annotated[
    str,
    option(
        "of svg, html, png, pdf, dot and mermaid: right (default), down",
        "--direction",
        metavar="WAY",
        choices=DIRECTIONS,
    ),
]
_Scale = Annotated[
    int,
    option(f"pixels of a png to a pixel of the svg (default: {SCALE})", "--scale", metavar="N", least=1, most=10),
]
_EveryStep = Annotated[
    bool,
    option(
        "every step of both passes, or of `--phase`: `-o a.png` writes a-00.png and so on, tikz one file for beamer",
        "--frames",
    ),
]
_Open = Annotated[bool, option("show it in the browser, as html", "--open")]


@with_common_options(formats=tuple(FIGURE_FORMATS), files=PICTURES, default="", without=("quiet", "rows"))
def command(
    expression: Expression,
    bindings: Bindings = [],  # noqa: B006  never changed
    *,
    wrt: Wrt = [],  # noqa: B006  never changed
    seed_grad: SeedGrad = "",
    edges: _Edges = "",
    phase: _Phase = "",
    step: _Step = None,
    depth: _Depth = None,
    collapse: _Collapse = False,
    most: _Most = MOST_NODES,
    theme: _Theme = "",
    max_width: _MaxWidth = None,
    direction: _Direction = "",
    scale: _Scale = SCALE,
    every_step: _EveryStep = False,
    show: _Open = False,
    options: Options,
    output: OutputOptions,
) -> Reply:
    """Draw an expression as a graph of gates: values above the wires, gradients below. Without values, the graph alone.

    Example: backprop graph "(x+y)*z" x=-2 y=5 z=-4
    Example: backprop graph "(x+y)*z" x=-2 y=5 z=-4 -o figure.svg
    Example: backprop graph "sigmoid(w*x + b)" --format mermaid
    """
    output = output._replace(format="html" if show else output.format or "boxes")
    source = read_expression(expression)
    if bindings or wrt or seed_grad or options.defaults is not None:
        # A picture has no room to say that a number is made of lost digits, nor for more than six of them.
        exactly = options._replace(exact=options.exact or EXACT)
        report = api.flow(
            source, split_bindings(bindings), wrt=names_in(wrt), seed_grad=seed_grad or None, **exactly._asdict()
        )
    else:
        report = api.structure(source, **options._asdict())
    afford(report, output.format, nodes=True)
    drawn = partial(
        api.draw, report, "svg" if output.format in PICTURES else output.format, edges=edges, depth=depth,
        collapse=collapse, most=most, theme=theme, max_width=max_width, direction=direction,
        style=style_for(sys.stdout, output),
    )  # fmt: skip
    if every_step:
        if step is not None:
            raise BackpropError(
                Diagnostic("U801", "`--frames` writes every step, and `--step` is one", (), "leave out one")
            )
        steps = api.steps(report, phase, depth=depth, collapse=collapse, most=most)
        return _frames(drawn, steps, scale, report, output)
    if show and output.output in (None, "-"):
        output = output._replace(output=_file_for_the_browser())
    return Reply(_content(drawn(phase=phase, step=step), scale, output), output, report, opens=show)


def _content(text: str, scale: int, output: OutputOptions) -> str | bytes:
    """What is written of a drawing: its text, or the picture made of it."""
    if output.format not in PICTURES:
        return text
    from backprop_cli.render.figures.pictures import converted

    return converted(text, output.format, scale)


def _frames(
    drawn: Callable[..., str], steps: Sequence[tuple[str, int]], scale: int, report: Report, output: OutputOptions
) -> Reply:
    """Write a file for each step, numbered alike for slides that follow one another; the last is the reply.

    TikZ is one file with all steps.
    """
    if output.format == "tikz":
        from backprop_cli.render.figures.slides import slides

        return Reply("".join(slides([drawn(phase=name, step=step) for name, step in steps])), output, report)
    if output.output in (None, "-") or output.format == "html":
        help_ = "name one whose ending is svg, png, pdf or another format: `-o step.svg` writes step-00.svg and so on"
        raise BackpropError(Diagnostic("U801", "`--frames` writes a file for each step", (), help_))
    stem, ending = os.path.splitext(output.output or "")
    width = max(2, len(str(len(steps) - 1)))
    paths = [f"{stem}-{number:0{width}}{ending}" for number in range(len(steps))]
    contents = (_content(drawn(phase=name, step=step), scale, output) for name, step in steps)
    for path in paths[:-1]:
        write_file(path, [next(contents)])
    return Reply(next(contents), output._replace(output=paths[-1]), report)


def _file_for_the_browser() -> str:
    """A file that stays when we are gone, since the browser reads it when it pleases."""
    from tempfile import mkstemp

    handle, path = mkstemp(prefix="backprop-", suffix=".html")
    os.close(handle)
    return path
