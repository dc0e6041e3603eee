"""`backprop grad`: the forward and the backward pass, cross-checked."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from backprop_cli import api
from backprop_cli.cli.declared import option
from backprop_cli.cli.options import (
    Bindings,
    Check,
    Each,
    Expression,
    OutputOptions,
    Reply,
    SeedGrad,
    Wrt,
    names_in,
    with_common_options,
)
from backprop_cli.cli.terminal import drawn
from backprop_cli.data.bindings import split_bindings
from backprop_cli.data.files import read_expression
from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.render import binary_formats, formats
from backprop_cli.report.model import Report
from backprop_cli.session import Options

_Step = Annotated[
    str | None,
    option("also show the update x - RATE*df/dx; with -q only that", "--step", metavar="RATE"),
]


@with_common_options(files=binary_formats("Report"))
def command(
    expression: Expression,
    bindings: Bindings = [],  # noqa: B006  never changed
    *,
    wrt: Wrt = [],  # noqa: B006  never changed
    seed_grad: SeedGrad = "1",
    check: Check = True,
    step: _Step = None,
    each: Each = None,
    options: Options,
    output: OutputOptions,
) -> Report | Reply:
    """Compute an expression and its gradient: local gradients at every gate, and d output / d node for every node.

    Without any values the gradient is a formula, as `backprop diff` gives it.

    Example: backprop grad "(x+y)*z" x=-2 y=5 z=-4
    """
    source = read_expression(expression)
    if (
        not bindings
        and options.defaults is None
        and step is None
        and each is None
        and api.has_inputs(source, **options._asdict())
    ):
        from backprop_cli.deriving import diff

        report = diff(source, wrt=names_in(wrt), check=check, **options._asdict())
        known = formats("DerivativeReport")
        if output.format not in known:
            message = f"without values a gradient is a formula, of which `{output.format}` holds nothing"
            raise BackpropError(Diagnostic("U801", message, (), f"give values, or write one of {', '.join(known)}"))
        return Reply(drawn(report, output), output, report)
    values = split_bindings(bindings)
    verb = partial(api.grad, source, values, wrt=names_in(wrt), seed_grad=seed_grad, check=check, step=step)
    if each is not None:
        from backprop_cli.cli.each import at_each_line

        return at_each_line(each, verb, values, options, output)
    return verb(**options._asdict())
