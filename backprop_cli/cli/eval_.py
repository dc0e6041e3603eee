"""`backprop eval`: the forward pass."""

from __future__ import annotations

from backprop_cli import api
from backprop_cli.cli.options import Bindings, Expression, InputOptions, with_common_options
from backprop_cli.cli.values import read_inputs
from backprop_cli.report.model import Report


@with_common_options()
def command(expression: Expression, bindings: Bindings = [], *, inputs: InputOptions) -> Report:  # noqa: B006  never changed
    """Compute an expression and show the value of every node, in the order in which they are computed.

    Example: backprop eval "(x+y)*z" x=-2 y=5 z=-4
    """
    source, values, defaults = read_inputs(expression, bindings, inputs)
    return api.evaluate(source, values, defaults=defaults, expand=inputs.expanded, **inputs.limits)
