"""`backprop grad`: the forward and the backward pass, cross-checked."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from backprop_cli import api
from backprop_cli.cli.options import Bindings, Expression, InputOptions, with_common_options
from backprop_cli.cli.values import read_inputs
from backprop_cli.data.bindings import constant
from backprop_cli.report.model import Report


def _option(help_: str, *spellings: str, metavar: str | None = None) -> Any:
    return typer.Option(*spellings, help=help_, metavar=metavar, show_default=False)


_Wrt = Annotated[
    list[str],
    _option("only with respect to this input or intermediate; may be repeated, or a,b", "--wrt", metavar="NAME"),
]
_SeedGrad = Annotated[
    str,
    _option("the gradient that arrives at the output, of its shape (1 unless told)", "--seed-grad", metavar="VALUE"),
]
_Check = Annotated[bool, _option("cross-check with SymPy (on unless told)", "--check/--no-check")]
_Step = Annotated[
    str | None, _option("also show the update x - RATE*df/dx; with -q only that", "--step", metavar="RATE")
]


@with_common_options()
def command(
    expression: Expression,
    bindings: Bindings = [],  # noqa: B006  never changed
    *,
    wrt: _Wrt = [],  # noqa: B006  never changed
    seed_grad: _SeedGrad = "1",
    check: _Check = True,
    step: _Step = None,
    inputs: InputOptions,
) -> Report:
    """Compute an expression and its gradient: local gradients at every gate, and d output / d node for every node.

    Example: backprop grad "(x+y)*z" x=-2 y=5 z=-4
    """
    source, values, defaults = read_inputs(expression, bindings, inputs)
    return api.grad(
        source,
        values,
        wrt=[name.strip() for names in wrt for name in names.split(",") if name.strip()],
        seed_grad=constant(seed_grad, "--seed-grad", inputs.terms),
        check=check,
        step=constant(step, "--step", inputs.terms) if step is not None else None,
        defaults=defaults,
        **inputs.limits,
    )
