"""`jacobian --jvp` and `grad --hvp`: a matrix of derivatives times a direction."""

from __future__ import annotations

from backprop_cli.cli.options import OutputOptions, Reply
from backprop_cli.cli.terminal import drawn
from backprop_cli.data.bindings import split_bindings
from backprop_cli.data.files import read_expression
from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.lean import Any, Sequence
from backprop_cli.render import formats


def along(
    direction: str, kind: str, expression: str, bindings: list[str], wrt: Sequence[str], output: OutputOptions,
    **options: Any,
) -> Reply:  # fmt: skip
    """The product with a direction. Raises BackpropError as `directions` does, and for options it has not (U801)."""
    from backprop_cli import directions

    known = formats("DirectionalReport")
    if wrt:
        message, help_ = (
            f"`--{kind}` has its inputs in the direction",
            "leave out `--wrt`, and name those that move there",
        )
        raise BackpropError(Diagnostic("U801", message, (), help_))
    if output.format not in known:
        message = f"of a product with a direction `{output.format}` holds nothing"
        raise BackpropError(Diagnostic("U801", message, (), f"write one of {', '.join(known)}"))
    verb = directions.jvp if kind == "jvp" else directions.hvp
    report = verb(read_expression(expression), split_bindings(bindings), direction=direction, **options)
    return Reply(drawn(report, output), output, report)
