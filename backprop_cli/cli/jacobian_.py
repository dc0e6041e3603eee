"""`backprop jacobian`: every element of an output with respect to every element of an input."""

from __future__ import annotations

from backprop_cli import api
from backprop_cli.cli.declared import option, refuse_beside
from backprop_cli.cli.directions import along
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
from backprop_cli.lean import Annotated
from backprop_cli.render import binary_formats, formats
from backprop_cli.session import Options

_MODES = ("auto", "forward", "reverse")
_Mode = Annotated[
    str,
    option("auto (default: the fewer passes), forward or reverse", "--mode", metavar="MODE", choices=_MODES),
]
_Anatomy = Annotated[
    bool,
    option("only what the Jacobian of each gate is, none of which is formed", "--anatomy"),
]


_Jvp = Annotated[
    str | None,
    option('the Jacobian times a direction, such as "x=1 W=[[1,0],[0,1]]", in one sweep', "--jvp", metavar="DIRECTION"),
]


@with_common_options(
    formats=tuple(formats("JacobianReport")),
    files=binary_formats("JacobianReport"),
    without=("expand", "exact", "nodes"),
)
def command(
    expression: Expression,
    bindings: Bindings = [],  # noqa: B006  never changed
    *,
    wrt: Wrt = [],  # noqa: B006  never changed
    mode: _Mode = "auto",
    anatomy: _Anatomy = False,
    jvp: _Jvp = None,
    check: Check = True,
    options: Options,
    output: OutputOptions,
) -> Reply:
    """Compute the Jacobian of an expression: d output[i] / d input[j] for every element of both.

    Example: backprop jacobian "softmax(W @ x)" "W=[[1,2],[3,4]]" "x=[0.1,0.2]" --wrt x
    Example: backprop jacobian "x^2 + y" x=1 y=2 --format csv
    """
    if jvp is not None:
        refuse_beside("--jvp", {"--mode": mode != "auto", "--anatomy": anatomy})
        return along(jvp, "jvp", expression, bindings, wrt, output, check=check, **options._asdict())
    report = api.jacobian(
        read_expression(expression),
        split_bindings(bindings),
        wrt=names_in(wrt),
        mode=mode,
        anatomy=anatomy,
        check=check,
        **options._asdict(),
    )
    return Reply(drawn(report, output), output, report)
