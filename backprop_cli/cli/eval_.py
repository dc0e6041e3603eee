"""`backprop eval`: the forward pass."""

from __future__ import annotations

from backprop_cli import api
from backprop_cli.cli.options import Bindings, Each, Expression, OutputOptions, Reply, with_common_options
from backprop_cli.data.bindings import split_bindings
from backprop_cli.data.files import read_expression
from backprop_cli.lean import partial
from backprop_cli.render import binary_formats
from backprop_cli.report.model import Report
from backprop_cli.session import Options


@with_common_options(files=binary_formats("Report"))
def command(
    expression: Expression,
    bindings: Bindings = [],  # noqa: B006  never changed
    *,
    each: Each = None,
    options: Options,
    output: OutputOptions,
) -> Report | Reply:
    """Compute an expression and show the value of every node, in the order in which they are computed.

    Example: backprop eval "(x+y)*z" x=-2 y=5 z=-4
    Example: backprop eval "w @ x" "w=[1,2]" "x=[3,4]" -q
    Example: backprop eval "x^2 + y" --each points.csv --format csv
    """
    values = split_bindings(bindings)
    verb = partial(api.evaluate, read_expression(expression), values)
    if each is not None:
        from backprop_cli.cli.each import at_each_line

        return at_each_line(each, verb, values, options, output)
    return verb(**options._asdict())
