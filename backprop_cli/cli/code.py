"""Python files from the command line, `backprop check net.py`: the options they have, and what those mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from backprop_cli import checking
from backprop_cli.errors import BackpropError, Diagnostic

if TYPE_CHECKING:
    from backprop_cli.report.code_report import CodeReport

_SUFFIXES = (".py", ".ipynb")

Loss = Annotated[
    str,
    typer.Option(
        "--loss", help="Python files: the variable that is differentiated", metavar="NAME", show_default=False
    ),
]


def is_code(argument: str) -> bool:
    """Whether an argument names a Python file, or a notebook."""
    return argument.lower().endswith(_SUFFIXES) and not argument.startswith("@")


def code_report(
    path: str, others: list[str], alien: Mapping[str, object], *, loss: str, rtol: float | None, seed: int,
    junit: str | None,
) -> CodeReport:  # fmt: skip
    """Run the file and judge its gradients; `alien` options are for formulas and suites."""
    for option, given in alien.items():
        if given:
            help_ = "the gradients in the file are the claims; `--loss`, `--rtol` and `--seed` go with it"
            raise BackpropError(Diagnostic("U801", f"`{option}` does not go with a Python file", (), help_))
    if others:
        help_ = "the file has its own values, and files are checked one by one"
        raise BackpropError(Diagnostic("U801", f"`{others[0]}` does not go with a Python file", (), help_))
    return checking.check_code(path, loss=loss, rtol=rtol, seed=seed)._replace(junit=junit)
