"""`backprop worksheet`: exercises with blanks, their solutions, and the suite that grades the answers."""

from __future__ import annotations

import os

from backprop_cli import worksheets
from backprop_cli.cli.declared import Argument, option
from backprop_cli.cli.destinations import write_file
from backprop_cli.cli.options import Expression, OutputOptions, Reply, Wrt, names_in, with_common_options
from backprop_cli.cli.terminal import drawn
from backprop_cli.data.bindings import split_bindings
from backprop_cli.data.files import read_expression
from backprop_cli.errors import BackpropError, Diagnostic, Source, shorten
from backprop_cli.lean import Annotated
from backprop_cli.render import formats
from backprop_cli.report.worksheet import BLANKS
from backprop_cli.session import Options

_CHOICES = (*BLANKS, "all")
_More = Annotated[
    list[str],
    Argument(metavar="[EXPRESSION]... [NAME=VALUE]...", help="more formulas; values or shapes: z=-4 W=(2,3)"),
]
_Blank = Annotated[
    list[str],
    option(
        f"what is left blank: {', '.join(_CHOICES)}; may be repeated (default: all)",
        "--blank",
        metavar="WHAT",
    ),
]
_Count = Annotated[
    int,
    option(
        "exercises for each expression (default: 1)", "--count", metavar="N", least=1, most=worksheets.MOST_EXERCISES
    ),
]
_Solutions = Annotated[
    bool, option("the solutions too: after the exercises, or with `-o x.md` in x-solutions.md", "--solutions")
]
_Suite = Annotated[
    str | None,
    option("also write a suite with blanks (.toml, .md), for `backprop check`", "--suite", metavar="FILE"),
]


@with_common_options(
    formats=tuple(formats("Worksheet")), default="markdown", without=("expand", "exact", "strict", "quiet", "rows")
)
def command(
    expression: Expression,
    more: _More = [],  # noqa: B006  never changed
    *,
    blank: _Blank = [],  # noqa: B006  never changed
    count: _Count = 1,
    solutions: _Solutions = False,
    suite: _Suite = None,
    wrt: Wrt = [],  # noqa: B006  never changed
    options: Options,
    output: OutputOptions,
) -> Reply:
    """Make exercises on gradients, at random points where the numbers are short; `--seed` chooses other ones.

    Inputs that are given values keep them. `backprop check` grades the suite when its blanks are filled in.

    Example: backprop worksheet "(x+y)*z" "relu(w*x + b)" --count 2 --solutions
    Example: backprop worksheet "x*y + z" --count 3 --suite answers.toml
    """
    programs, values = _told_apart([expression, *more], options)
    names = names_in(blank) or ["all"]
    sheet = worksheets.worksheet(
        programs, split_bindings(values), blank=tuple(BLANKS) if "all" in names else names, count=count,
        wrt=names_in(wrt), solutions=solutions, **options._asdict(),
    )  # fmt: skip
    if suite is not None and suite == output.output:
        message = f"`--suite` and `-o` are both `{shorten(suite, 80)}`"
        raise BackpropError(Diagnostic("U801", message, (), "give them two names"))
    if suite is not None:
        from backprop_cli.suites.exercises import suite_text

        write_file(suite, [suite_text(sheet, suite)])
    if solutions and output.output and output.output != "-" and not output.output.startswith("/dev/"):
        stem, ending = os.path.splitext(output.output)
        only = sheet._replace(only_solutions=True)
        write_file(f"{stem}-solutions{ending}", [drawn(only, output)])
        sheet = sheet._replace(solutions=False)
    return Reply(drawn(sheet, output), output)


def _told_apart(words: list[str], options: Options) -> tuple[list[Source], list[str]]:
    """The expressions and the bindings: `f=x*y` has inputs and is a formula, `x=2` and `W=(2,3)` have none."""
    from backprop_cli import api

    programs: list[Source] = []
    values: list[str] = []
    for word in words:
        name, equals, rest = word.partition("=")
        if equals and name.strip().isidentifier() and not rest.startswith("="):
            try:
                is_formula = api.has_inputs(Source("expression", word), **options._asdict())
            except BackpropError:
                is_formula = False
            if not is_formula:
                values.append(word)
                continue
        programs.append(read_expression(word))
    if not programs:
        message = f"`{shorten(words[0])}` is a value; there is no expression"
        raise BackpropError(Diagnostic("U801", message, (), 'the formula is in quotes, such as "(x+y)*z"'))
    return programs, values
