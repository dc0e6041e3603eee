"""`backprop help`: what `--help` prints, for those who look for a command of that name."""

from __future__ import annotations

from backprop_cli.cli.declared import Argument
from backprop_cli.cli.options import OutputOptions, Reply, with_common_options
from backprop_cli.cli.words import COMMANDS, no_such_command
from backprop_cli.errors import BackpropError
from backprop_cli.lean import Annotated

_Name = Annotated[str, Argument("a command", "[COMMAND]", tuple(COMMANDS))]


@with_common_options(
    values=False, formats=("text", "man"), default="text",
    without=("json", "quiet", "digits", "color", "ascii", "width", "rows"),
)  # fmt: skip
def command(name: _Name = "", *, output: OutputOptions) -> Reply:
    """Print what a command takes, as `--help` after the command does; without a command, the commands there are.

    Example: backprop help grad
    Example: backprop help grad --format man -o backprop-grad.1
    """
    from backprop_cli.cli.manual import help_of, roff_of

    if name and name not in COMMANDS:
        raise BackpropError(no_such_command(name))
    return Reply(roff_of(name) if output.format == "man" else help_of(name) + "\n", output)
