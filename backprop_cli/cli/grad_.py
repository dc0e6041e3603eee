"""`backprop grad`: the forward and the backward pass, cross-checked."""

from __future__ import annotations

from backprop_cli import api
from backprop_cli.cli.declared import RARE, option, refuse_beside
from backprop_cli.cli.options import (
    Bindings,
    Check,
    Each,
    Expression,
    Order,
    OutputOptions,
    Reply,
    SeedGrad,
    Wrt,
    names_in,
    with_common_options,
)
from backprop_cli.cli.terminal import drawn, say
from backprop_cli.data.bindings import split_bindings
from backprop_cli.data.files import read_expression
from backprop_cli.errors import BackpropError, Diagnostic, Source
from backprop_cli.lean import Annotated, Any, partial
from backprop_cli.render import binary_formats, formats
from backprop_cli.report.model import Report
from backprop_cli.session import Options

_Rate = Annotated[
    str | None,
    option("also show the update x - RATE*df/dx; with -q only that", "--rate", metavar="RATE"),
]
_Step = Annotated[str | None, option("the old name of --rate", "--step", metavar="RATE", heading=RARE)]


_Hvp = Annotated[
    str | None,
    option('the second derivatives times a direction, such as "x=1 y=0"', "--hvp", metavar="DIRECTION"),
]


@with_common_options(files=binary_formats("Report"))
def command(
    expression: Expression,
    bindings: Bindings = [],  # noqa: B006  never changed
    *,
    wrt: Wrt = [],  # noqa: B006  never changed
    seed_grad: SeedGrad = "1",
    check: Check = True,
    rate: _Rate = None,
    step: _Step = None,
    hvp: _Hvp = None,
    order: Order = 1,
    each: Each = None,
    options: Options,
    output: OutputOptions,
) -> Report | Reply:
    """Compute an expression and its gradient: local gradients at every gate, and d output / d node for every node.

    Without any values the gradient is a formula, as `backprop diff` gives it.

    Example: backprop grad "(x+y)*z" x=-2 y=5 z=-4
    Example: backprop grad "relu(w*x + b)" w=2 x=-1 b=3 --wrt w,b --json
    Example: backprop grad "(w*x - y)^2" w=1 x=2 y=3 --wrt w --rate 0.1 -q
    """
    source = read_expression(expression)
    if step is not None:
        refuse_beside("--step", {"--rate": rate is not None})
        rate = step
        say(["note: `--step` is called `--rate` now, and goes with the next version\n"])
    others = {
        "--seed-grad": seed_grad != "1", "--rate": rate is not None, "--each": each is not None,
        "--exact": bool(options.exact), "--expand": bool(options.expand),
    }  # fmt: skip
    if hvp is not None:
        refuse_beside("--hvp", {**others, "--order": order > 1})
        from backprop_cli.cli.directions import along

        return along(hvp, "hvp", expression, bindings, wrt, output, check=check, **options._asdict())
    no_values = not bindings and options.defaults is None and rate is None and each is None
    if order > 1:
        refuse_beside("--order", others)
    if order > 1 or (no_values and api.has_inputs(source, **options._asdict())):
        return _formula(source, bindings, wrt, order, output, check=check, **options._asdict())
    values = split_bindings(bindings)
    verb = partial(api.grad, source, values, wrt=names_in(wrt), seed_grad=seed_grad, check=check, rate=rate)
    if each is not None:
        from backprop_cli.cli.each import at_each_line

        return at_each_line(each, verb, values, options, output)
    return verb(**options._asdict())


def _formula(
    source: Source,
    bindings: list[str],
    wrt: list[str],
    order: int,
    output: OutputOptions,
    *,
    check: bool,
    **options: Any,
) -> Reply:
    """The gradient as a formula, or a derivative of higher order, which is that of one variable."""
    from backprop_cli.deriving import diff

    report = diff(source, split_bindings(bindings), wrt=names_in(wrt), order=order, check=check, **options)
    if order > 1 and len(report.derivatives) > 1:
        message = f"a derivative of order {order} is that of one variable"
        help_ = "choose it: `--wrt x`; `backprop hessian` has the second derivatives by all of them"
        raise BackpropError(Diagnostic("U801", message, (), help_))
    known = formats("DerivativeReport")
    if output.format not in known:
        when = "of higher order" if order > 1 else "without values"
        message = f"{when} a gradient is a formula, of which `{output.format}` holds nothing"
        help_ = f"{'' if order > 1 else 'give values, or '}write one of {', '.join(known)}"
        raise BackpropError(Diagnostic("U801", message, (), help_))
    return Reply(drawn(report, output), output, report)
