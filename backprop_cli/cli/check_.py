"""`backprop check`: claims about gradients, tested; without claims, the gradient itself; suites of such cases."""

from __future__ import annotations

from backprop_cli import checking
from backprop_cli.cli.code import Backward, Forward, Loss, MaxTurns, code_report, is_code
from backprop_cli.cli.declared import option
from backprop_cli.cli.options import Bindings, OutputOptions, with_common_options
from backprop_cli.cli.safe import allow, refuse_code
from backprop_cli.cli.suites import First, Junit, Only, Subject, Update, is_suite, refuse_missing, suite_report
from backprop_cli.cli.values import read_number, read_range, refuse_format
from backprop_cli.data.bindings import split_bindings
from backprop_cli.data.files import read_expression, read_text
from backprop_cli.errors import BackpropError, Diagnostic, Source, shorten
from backprop_cli.lean import Annotated, Any
from backprop_cli.render import formats
from backprop_cli.report.case_result import SuiteReport
from backprop_cli.report.claim_results import CheckReport
from backprop_cli.report.code_report import CodeReport
from backprop_cli.session import Options

_Claims = Annotated[list[str], option("what is claimed: df/dx = formula; may be repeated", "--claim", metavar="CLAIM")]
_Steps = Annotated[
    str | None, option("a backward pass written by hand, line by line: dq = z*df", "--steps", metavar="FILE")
]
_Points = Annotated[
    int,
    option(
        f"random points to try where names have no value (default: {checking.POINTS})",
        "--points",
        metavar="N",
        least=1,
        most=100_000,
    ),
]
_Range = Annotated[str | None, option("where to choose them: lowest and highest", "--range", metavar="LO:HI")]
_Rtol = Annotated[
    str | None, option("relative error to allow (1e-9, or the decimals of a number)", "--rtol", metavar="X")
]
_Atol = Annotated[str, option("absolute error to allow (default: 0)", "--atol", metavar="X")]
_Sympy = Annotated[bool | None, option("ask SymPy too (default: on; off in suites)", "--sympy/--no-sympy")]
_FORMATS, _SUITE_FORMATS, _CODE_FORMATS = map(tuple, map(formats, ("CheckReport", "SuiteReport", "CodeReport")))


@with_common_options(
    formats=tuple(dict.fromkeys(_FORMATS + _SUITE_FORMATS + _CODE_FORMATS)), without=("expand", "exact")
)
def command(
    expression: Subject,
    bindings: Bindings = [],  # noqa: B006  never changed
    *,
    claim: _Claims = [],  # noqa: B006  never changed
    steps: _Steps = None,
    points: _Points = checking.POINTS,
    range_: _Range = None,
    rtol: _Rtol = None,
    atol: _Atol = "0",
    sympy: _Sympy = None,
    loss: Loss = "",
    forward: Forward = "",
    backward: Backward = "",
    max_turns: MaxTurns = 200_000,
    junit: Junit = None,
    exitfirst: First = False,
    only: Only = "",
    update: Update = False,
    options: Options,
    output: OutputOptions,
) -> CheckReport | CodeReport | SuiteReport:
    """Say whether claims about gradients are true; without claims, check the whole gradient by four methods.

    Where names have no value, random points of the domain are tried. Suites are files of such cases. A Python file
    (.py, .ipynb) is EXECUTED, and the gradients it assigns (dW1, grads['b1']) are checked against its loss.

    Example: backprop check "f = (x+y)*z" --claim "df/dz = x + y" --claim "df/dx = z"
    Example: backprop check net.py
    Example: backprop check suite.toml --junit results.xml
    """
    if is_code(expression):
        refuse_code(expression)
        alien = {"--claim": claim, "--steps": steps, "--range": range_, "--atol": atol != "0", "--points":
                 points != checking.POINTS, "--sympy": sympy is not None, "-x": exitfirst, "-k": only,
                 "--update": update, "--vars": options.defaults is not None, "--use": options.use}  # fmt: skip
        refuse_format(output.format, _CODE_FORMATS, "a Python file")
        tolerance = None if rtol is None else read_number(rtol, "--rtol")
        return code_report(
            expression, bindings, alien, junit=junit, loss=loss, forward=forward, backward=backward, rtol=tolerance,
            seed=options.seed, max_turns=max_turns,
        )  # fmt: skip
    for spelling, name in (("--loss", loss), ("--forward", forward), ("--backward", backward)):
        if name:
            raise BackpropError(
                Diagnostic("U801", f"`{spelling}` is for Python files", (), "a formula is its own loss")
            )
    if is_suite(expression, bindings):
        allow(expression)
        alien = {"--claim": claim, "--steps": steps, "--range": range_, "--rtol": rtol, "--atol": atol != "0",
                 "--vars": options.defaults is not None, "--strict": options.strict, "--use": options.use}  # fmt: skip
        refuse_format(output.format, _SUITE_FORMATS, "suites")
        return suite_report(
            [expression, *bindings], alien, junit=junit, first=exitfirst, only=only, sympy=bool(sympy), update=update,
            format_=output.format,
        )  # fmt: skip
    if exitfirst:  # it was the formula -x
        expression, bindings = "-x", [expression, *bindings]
    refuse_format(output.format, _FORMATS, "a formula")
    for spelling, given in (("--junit", junit), ("-k", only), ("--update", update)):
        if given:
            raise BackpropError(Diagnostic("U801", f"`{spelling}` is for suites", (), "a formula has no cases"))
    if claim and any(word.startswith("=") for word in bindings):
        pieces = " ".join([claim[-1], *bindings[[word[:1] for word in bindings].index("=") :]])
        help_ = f'quote the claim: `--claim "{shorten(pieces)}"`'
        raise BackpropError(Diagnostic("V312", "the shell has cut the claim at its blanks", (), help_))
    source, values = read_expression(expression), split_bindings(bindings)
    common: dict[str, Any] = {
        **options._asdict(),
        "points": points,
        "range_": None if range_ is None else read_range(range_),
        "rtol": None if rtol is None else read_number(rtol, "--rtol"),
        "atol": read_number(atol, "--atol"),
    }
    if not (bindings or claim or steps or options.defaults is not None or options.use):
        refuse_missing(expression)
    if steps is None:
        return checking.check(source, values, claims=claim, symbolic=sympy is not False, **common)
    if claim:
        raise BackpropError(Diagnostic("U801", "`--steps` and `--claim` are two checks", (), "run them one by one"))
    return checking.check_steps(source, values, steps=Source(steps, read_text(steps)), **common)
