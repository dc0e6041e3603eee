"""`backprop diff`: derivatives as formulas."""

from __future__ import annotations

import sys

from backprop_cli.cli.options import (
    Bindings,
    Check,
    Expression,
    Order,
    OutputOptions,
    Reply,
    Wrt,
    names_in,
    with_common_options,
)
from backprop_cli.cli.terminal import style_for
from backprop_cli.data.bindings import split_bindings
from backprop_cli.data.files import read_expression
from backprop_cli.render import formats, render
from backprop_cli.session import Options


@with_common_options(formats=tuple(formats("DerivativeReport")), without=("expand", "exact"))
def command(
    expression: Expression,
    bindings: Bindings = [],  # noqa: B006  never changed
    *,
    wrt: Wrt = [],  # noqa: B006  never changed
    order: Order = 1,
    check: Check = True,
    options: Options,
    output: OutputOptions,
) -> Reply:
    """Differentiate an expression: a formula for each input, which needs no value. Arrays may be given by their shapes.

    Example: backprop diff "norm(W@x)^2" "W=(2,3)" "x=(3,)"
    Example: backprop diff "x^3" --order 2 -q
    """
    from backprop_cli import deriving

    report = deriving.diff(
        read_expression(expression),
        split_bindings(bindings),
        wrt=names_in(wrt),
        order=order,
        check=check,
        **options._asdict(),
    )
    return Reply("".join(render(report, output.format, style_for(sys.stdout, output))), output, report)
