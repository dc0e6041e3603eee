"""The commands as Typer's: for help, for errors of usage, and for lines that `words` leaves to it."""

from __future__ import annotations

from inspect import Parameter as Slot
from inspect import Signature
from typing import Annotated

import typer
from typer.core import TyperCommand, TyperGroup

from backprop_cli.cli.declared import Command, Option, Parameter
from backprop_cli.cli.manual import help_of
from backprop_cli.cli.words import COMMANDS, command_named, split
from backprop_cli.lean import Any, Callable, import_module

_SETTINGS: dict[str, Any] = {"context_settings": {"help_option_names": ["-h", "--help"]}}
_APP: dict[str, Any] = {"rich_markup_mode": None, "add_completion": False, "pretty_exceptions_enable": False}


def _show_version(wanted: bool) -> None:
    if wanted:
        from backprop_cli import __version__

        typer.echo(f"backprop {__version__}")
        raise typer.Exit


_Version = Annotated[
    bool,
    typer.Option("-V", "--version", help="the version", show_default=False, is_eager=True, callback=_show_version),
]


class _Command(TyperCommand):
    """A command whose positional arguments may begin with `-`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put options first and the rest behind `--`."""
        options, others = split(ctx.command_path, args, command_named(self.name or "").parameters)
        return super().parse_args(ctx, [*(word for option in options for word in option), "--", *others])

    def get_help(self, ctx: Any) -> str:  # noqa: ARG002  Typer's signature
        """What `backprop help` prints of it."""
        return help_of(self.name or "")


class _Group(TyperGroup):
    """The commands of COMMANDS, each imported when it runs."""

    def get_help(self, ctx: Any) -> str:  # noqa: ARG002  Typer's signature
        """What `backprop help` prints."""
        return help_of("")

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  Typer's signature
        """Their names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  Typer's signature
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        app = typer.Typer(**_APP)
        function = _function(command_named(cmd_name))
        app.command(cmd_name, cls=_Command, short_help=COMMANDS[cmd_name], **_SETTINGS)(function)
        return typer.main.get_command(app)


def group() -> Any:
    """The command line as Typer has it."""
    app = typer.Typer(cls=_Group, no_args_is_help=True, **_APP, **_SETTINGS)
    app.callback()(_group_options)
    return typer.main.get_command(app)


def refusal() -> type[Exception]:
    """What Typer raises for a line that it refuses: until 0.27 that is Click's exception, under Click's name."""
    try:
        return import_module("typer.exceptions").TyperException  # type: ignore[no-any-return]
    except ModuleNotFoundError:
        return import_module("typer._click.exceptions").ClickException  # type: ignore[no-any-return]


def _group_options(version: _Version = False) -> None:
    """The options that may come before a command: `version` is dealt with by its callback."""


def _function(command: Command) -> Callable[..., Any]:
    """A command as a function with a signature, as Typer reads it."""

    def run(**given: Any) -> Any:
        return command.run(**given)

    slots = [
        Slot(it.name, Slot.POSITIONAL_OR_KEYWORD, default=Slot.empty if it.default is ... else it.default,
             annotation=_annotation(it))
        for it in command.parameters
    ]  # fmt: skip
    run.__signature__ = Signature(slots)  # type: ignore[attr-defined]  # Typer reads it
    run.__annotations__ = {slot.name: slot.annotation for slot in slots}
    run.__doc__ = command.help
    return run


def _annotation(it: Parameter) -> Any:
    if it.name == "version":
        return _Version
    type_: Any = list[str] if it.type is list else it.type
    if it.default is None:
        type_ = type_ | None
    declared = it.declared
    if isinstance(declared, Option):
        typed = typer.Option(
            *declared.spellings, help=declared.help, metavar=declared.metavar, min=declared.least, max=declared.most,
            show_default=False,
        )  # fmt: skip
    else:
        typed = typer.Argument(help=declared.help, metavar=declared.metavar, show_default=False)
    return Annotated[type_, typed]
