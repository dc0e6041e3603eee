"""`backprop export`: a program and its gradient as code."""

from __future__ import annotations

import os

from backprop_cli import deriving
from backprop_cli.cli.declared import option
from backprop_cli.cli.options import Bindings, Expression, OutputOptions, Reply, Wrt, names_in, with_common_options
from backprop_cli.data.bindings import split_bindings
from backprop_cli.data.files import read_expression
from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.lean import Annotated
from backprop_cli.session import Options

_To = Annotated[
    str,
    option(
        f"one of {', '.join(deriving.TARGETS)} (default: by the ending of `-o`, or numpy)",
        "--to",
        metavar="TARGET",
        choices=deriving.TARGETS,
    ),
]


@with_common_options(
    formats=("code",),
    default="code",
    without=("expand", "exact", "strict", "json", "quiet", "digits", "color", "ascii", "width", "rows"),
)
def command(
    expression: Expression,
    bindings: Bindings = [],  # noqa: B006  never changed
    *,
    wrt: Wrt = [],  # noqa: B006  never changed
    to: _To = "",
    options: Options,
    output: OutputOptions,
) -> Reply:
    """Write a program and its gradient as code, a line a node. With values the file tests itself when it is run.

    Example: backprop export "(x+y)*z" x=-2 y=5 z=-4 --to python -o grad.py
    Example: backprop export "(x+y)*z" x=-2 y=5 z=-4 -o grad.c
    Example: backprop export "sigmoid(w*x + b)" w=2 x=-1 b=-3
    """
    target = to or _target_of(output.output or "")
    text, report = deriving.export_and_try(
        read_expression(expression), split_bindings(bindings), target, names_in(wrt), options._asdict()
    )
    return Reply(text, output, report)


def _target_of(path: str) -> str:
    """The target that a file's name asks for. Raises BackpropError (U801) where none is known to have that ending."""
    ending = os.path.splitext(path)[1]
    if ending and not path.startswith("/dev/") and ending.lower() not in (".py", *deriving.ENDINGS):
        message = f"no target is known for a file that ends in `{ending}`"
        raise BackpropError(Diagnostic("U801", message, (), f"`--to` names one of {', '.join(deriving.TARGETS)}"))
    return deriving.target_of(path)
