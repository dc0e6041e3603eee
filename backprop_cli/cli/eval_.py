"""`backprop eval`: the forward pass."""

from __future__ import annotations

from backprop_cli import api
from backprop_cli.cli.options import Bindings, Expression, with_common_options
from backprop_cli.data.bindings import split_bindings
from backprop_cli.data.files import read_expression
from backprop_cli.render import binary_formats
from backprop_cli.report.model import Report
from backprop_cli.session import Options


@with_common_options(files=binary_formats("Report"))
def command(expression: Expression, bindings: Bindings = [], *, options: Options) -> Report:  # noqa: B006  never changed
    """Compute an expression and show the value of every node, in the order in which they are computed.

    Example: backprop eval "(x+y)*z" x=-2 y=5 z=-4
    """
    return api.evaluate(read_expression(expression), split_bindings(bindings), **options._asdict())
