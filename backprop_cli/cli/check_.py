"""`backprop check`: claims about gradients, tested; without claims, the gradient itself."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from backprop_cli import api
from backprop_cli.cli.options import Bindings, Expression, InputOptions, with_common_options
from backprop_cli.cli.values import read_inputs, read_number, read_range
from backprop_cli.render.checks import FORMATS
from backprop_cli.report.claims import CheckReport


def _option(help_: str, *spellings: str, metavar: str | None = None, **more: Any) -> Any:
    return typer.Option(*spellings, help=help_, metavar=metavar, show_default=False, **more)


_Claims = Annotated[list[str], _option("what is claimed: df/dx = formula; may be repeated", "--claim", metavar="CLAIM")]
_Points = Annotated[int, _option("random points to try where names have no value (20 unless told)", "--points",
                                 metavar="N", min=1, max=100_000)]  # fmt: skip
_Range = Annotated[str | None, _option("where to choose them: lowest and highest", "--range", metavar="LO:HI")]
_Seed = Annotated[int, _option("which of them (0 unless told)", "--seed", metavar="N")]
_Rtol = Annotated[
    str | None, _option("relative error to allow (1e-9, or the decimals of a number)", "--rtol", metavar="X")
]
_Atol = Annotated[str, _option("absolute error to allow (0 unless told)", "--atol", metavar="X")]
_Sympy = Annotated[bool, _option("ask SymPy too (on unless told)", "--sympy/--no-sympy")]


@with_common_options(formats=FORMATS)
def command(
    expression: Expression,
    bindings: Bindings = [],  # noqa: B006  never changed
    *,
    claim: _Claims = [],  # noqa: B006  never changed
    points: _Points = 20,
    range_: _Range = None,
    seed: _Seed = 0,
    rtol: _Rtol = None,
    atol: _Atol = "0",
    sympy: _Sympy = True,
    inputs: InputOptions,
) -> CheckReport:
    """Say whether claims about gradients are true; without claims, check the whole gradient by four methods.

    Where names have no value, random points of the domain are tried.

    Example: backprop check "f = (x+y)*z" --claim "df/dz = x + y" --claim "df/dx = z"
    """
    source, values, defaults = read_inputs(expression, bindings, inputs)
    return api.check(
        source,
        values,
        claims=claim,
        defaults=defaults,
        points=points,
        range_=None if range_ is None else read_range(range_),
        seed=seed,
        rtol=None if rtol is None else read_number(rtol, "--rtol"),
        atol=read_number(atol, "--atol"),
        symbolic=sympy,
        strict=inputs.strict,
        max_nodes=inputs.max_nodes,
    )
