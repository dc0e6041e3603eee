"""`backprop explain`: the forward and the backward pass, step by step."""

from __future__ import annotations

import sys

from backprop_cli import api
from backprop_cli.cli.declared import option
from backprop_cli.cli.options import (
    Bindings,
    Check,
    Expression,
    OutputOptions,
    Reply,
    SeedGrad,
    Wrt,
    names_in,
    with_common_options,
)
from backprop_cli.cli.terminal import drawn, style_for
from backprop_cli.data.bindings import split_bindings
from backprop_cli.data.files import read_expression
from backprop_cli.data.terms import declared_shape
from backprop_cli.errors import BackpropError, Diagnostic, Source
from backprop_cli.lean import Annotated, Any, Mapping
from backprop_cli.render import EXPLAIN_FORMATS, formats
from backprop_cli.session import Number, Options

_Paths = Annotated[
    bool,
    option("also every path from the output to an input, and its product", "--paths"),
]


@with_common_options(formats=EXPLAIN_FORMATS, default=EXPLAIN_FORMATS[0])
def command(
    expression: Expression,
    bindings: Bindings = [],  # noqa: B006  never changed
    *,
    wrt: Wrt = [],  # noqa: B006  never changed
    paths: _Paths = False,
    seed_grad: SeedGrad = "1",
    check: Check = True,
    options: Options,
    output: OutputOptions,
) -> Reply:
    """Tell how an expression's gradient comes about: numbered steps, each with its rule and its numbers.

    Without values, or with shapes alone (`x=(3,)`), the steps are formulas.

    Example: backprop explain "(x+y)*z" x=-2 y=5 z=-4
    Example: backprop explain "sigmoid(w*x + b)" w=2 x=-1 b=-3 --format latex -o steps.tex
    """
    source = read_expression(expression)
    values = split_bindings(bindings)
    no_values = options.defaults is None and all(declared_shape(value) for value in values.values())
    if no_values and api.has_inputs(source, **options._asdict()):
        return _in_symbols(source, values, wrt, output, paths=paths, seeded=seed_grad != "1", **options._asdict())
    report = api.grad(
        source,
        values,
        wrt=names_in(wrt),
        seed_grad=seed_grad,
        check=check,
        **options._asdict(),
    )
    text = api.explain(report, output.format, paths=paths, style=style_for(sys.stdout, output))
    return Reply(text, output, report, noted=not output.quiet)


def _in_symbols(
    source: Source,
    shapes: Mapping[str, Number],
    wrt: list[str],
    output: OutputOptions,
    *,
    paths: bool,
    seeded: bool,
    **options: Any,
) -> Reply:
    """The steps as formulas. Raises BackpropError (U801) for what needs numbers."""
    from backprop_cli.deriving import steps

    known = formats("SymbolicSteps")
    needs = {"--paths": paths, "--seed-grad": seeded, f"--format {output.format}": output.format not in known}
    for option_, asked in needs.items():
        if asked:
            message = f"`{option_}` needs values: without any the steps are formulas"
            raise BackpropError(Diagnostic("U801", message, (), "give values, such as `x=2`"))
    report = steps(source, shapes, wrt=names_in(wrt), **options)
    return Reply(drawn(report, output), output, report, noted=not output.quiet)
