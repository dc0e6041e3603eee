"""`backprop hessian`: the matrix of second derivatives."""

from __future__ import annotations

from backprop_cli import deriving
from backprop_cli.cli.options import (
    Bindings,
    Check,
    Expression,
    OutputOptions,
    Reply,
    Wrt,
    names_in,
    with_common_options,
)
from backprop_cli.cli.terminal import drawn
from backprop_cli.data.bindings import split_bindings
from backprop_cli.data.files import read_expression
from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.render import binary_formats, formats
from backprop_cli.session import Options


@with_common_options(
    formats=tuple(formats("HessianReport")), files=binary_formats("HessianReport"), without=("expand", "exact", "nodes")
)
def command(
    expression: Expression,
    bindings: Bindings = [],  # noqa: B006  never changed
    *,
    wrt: Wrt = [],  # noqa: B006  never changed
    check: Check = True,
    options: Options,
    output: OutputOptions,
) -> Reply:
    """Compute the second derivatives of an expression, and say what kind of point it is where the gradient is 0.

    Example: backprop hessian "(1-x)^2 + 100*(y-x^2)^2" x=1 y=1
    Example: backprop hessian "x^2 - y^2" x=0 y=0 --json
    """
    try:
        report = deriving.hessian(
            read_expression(expression),
            split_bindings(bindings),
            wrt=names_in(wrt),
            check=check,
            **options._asdict(),
        )
    except BackpropError as error:
        raise BackpropError(*map(_with_formulas, error.diagnostics)) from None
    return Reply(drawn(report, output), output, report)


def _with_formulas(diagnostic: Diagnostic) -> Diagnostic:
    """What is wrong; of a name without a value also which command needs none."""
    if diagnostic.code != "N202":
        return diagnostic
    return diagnostic._replace(help=f"{diagnostic.help}; formulas without values: `backprop diff … --order 2`")
