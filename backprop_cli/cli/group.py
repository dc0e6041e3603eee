"""Typer's classes, taught two things: commands are imported when they are asked for, and an expression may begin
with a minus.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from backprop_cli.errors import BackpropError, Diagnostic, nearest, shorten

# command: one line on it. The function is `command` in the module of that name.
COMMANDS = {
    "eval": "the value of an expression, and of every node in it",
    "grad": "the gradient of an expression, node by node",
    "diff": "the derivatives of an expression as formulas, without values",
    "explain": "the gradient step by step: each rule in symbols and in numbers",
    "graph": "the figure of an expression: values above, gradients below",
    "jacobian": "every element of an output with respect to every element of an input",
    "hessian": "the matrix of second derivatives, and what kind of point it is",
    "check": "whether a gradient is what you claim it is",
    "export": "the expression and its gradient as Python code that tests itself",
    "gates": "the gates there are: formulas, slopes, domains, conventions",
}


class Command(TyperCommand):
    """A command whose positional arguments may begin with `-`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put options first and the rest behind `--`: a known option spelled exactly, or `--word`, is an option."""
        values_of = {}
        optional: set[str] = set()  # options that may stand without their value, which is a name
        for parameter in self.get_params(ctx):
            if parameter.param_type_name == "option":
                for spelling in (*parameter.opts, *parameter.secondary_opts):
                    values_of[spelling] = 0 if getattr(parameter, "is_flag", False) else parameter.nargs
                    if (getattr(parameter, "metavar", None) or "").startswith("["):
                        optional.add(spelling)
        options: list[str] = []
        positionals: list[str] = []
        position = 0
        while position < len(args):
            word = args[position]
            position += 1
            if word == "--":
                positionals += args[position:]
                break
            if word in optional and not (position < len(args) and args[position].isidentifier()):
                options += [word, ""]
                continue
            if word in values_of and position + values_of[word] > len(args):
                message, help_ = f"`{word}` needs a value", f"`{ctx.command_path} --help` lists what there is"
                raise BackpropError(Diagnostic("U801", message, (), help_))
            if word in values_of:
                options += args[position - 1 : position + values_of[word]]
                position += values_of[word]
            elif word.startswith("--") and word[2:3].isalpha():
                option, equals, value = word.partition("=")
                if equals and option not in values_of and option[2:].isidentifier():
                    near = nearest(option[2:], [known.lstrip("-") for known in values_of])  # any two dashes are alike
                    help_ = f"did you mean `--{near[0]}`?" if near else f"a value is `{option[2:]}={shorten(value)}`"
                    raise BackpropError(Diagnostic("U801", f"no such option: {option}", (), help_))
                options.append(word)
            else:
                positionals.append(word)
        return super().parse_args(ctx, [*options, "--", *positionals])


class Group(TyperGroup):
    """The commands of COMMANDS, each imported when it runs."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  Typer's signature
        """Their names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  Typer's signature
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"backprop_cli.cli.{cmd_name}_")
        app = typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)
        app.command(
            cmd_name,
            cls=Command,
            short_help=COMMANDS[cmd_name],
            context_settings={"help_option_names": ["-h", "--help"]},
        )(module.command)
        return typer.main.get_command(app)
