"""Python files from the command line, `backprop check net.py`: the options they have, and what those mean."""

from __future__ import annotations

from backprop_cli import checking
from backprop_cli.cli.declared import option
from backprop_cli.data.bindings import split_bindings
from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.lean import TYPE_CHECKING, Annotated, Any, Mapping

if TYPE_CHECKING:
    from backprop_cli.report.code_report import CodeReport

_SUFFIXES = (".py", ".ipynb")

Loss = Annotated[
    str,
    option("Python files: the variable that is differentiated", "--loss", metavar="NAME"),
]
Forward = Annotated[
    str,
    option("Python files: the function that computes", "--forward", metavar="NAME"),
]
Backward = Annotated[
    str,
    option("Python files: the function with its gradients", "--backward", metavar="NAME"),
]

MaxTurns = Annotated[
    int,
    option("Python files: the most turns of `while` loops", "--max-turns", metavar="N"),
]


def is_code(argument: str) -> bool:
    """Whether an argument names a Python file, or a notebook."""
    return argument.lower().endswith(_SUFFIXES) and not argument.startswith("@")


def code_report(
    path: str, bindings: list[str], alien: Mapping[str, object], *, junit: str | None, **asked: Any
) -> CodeReport:
    """Run the file and judge its gradients; `alien` options are for formulas and suites."""
    for spelling, given in alien.items():
        if given:
            help_ = "the gradients in the file are the claims; `--loss`, `--rtol` and `--seed` go with it"
            raise BackpropError(Diagnostic("U801", f"`{spelling}` does not go with a Python file", (), help_))
    others = [word for word in bindings if "=" not in word]
    if others:
        message = f"`{others[0]}` does not go with a Python file"
        raise BackpropError(Diagnostic("U801", message, (), "files are checked one by one; values are `NAME=VALUE`"))
    if asked["max_turns"] < 1:
        raise BackpropError(Diagnostic("U801", "`--max-turns` is at least 1"))
    values: dict[str, Any] = dict(split_bindings(bindings))
    return checking.check_code(path, **asked, **values)._replace(junit=junit)
