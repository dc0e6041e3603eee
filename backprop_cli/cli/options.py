"""The options that every command has, declared once, and what they ask of the output."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import typer

from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.render import FORMATS
from backprop_cli.report.claims import CheckReport
from backprop_cli.report.model import Report
from backprop_cli.report.outcome import SuiteReport

_DEFAULT_ROWS = 40


def _show_version(wanted: bool) -> None:
    if wanted:
        from backprop_cli import __version__

        typer.echo(f"backprop {__version__}")
        raise typer.Exit


class OutputOptions(NamedTuple):
    """How the result is to be written."""

    format: str = "table"
    output: str | None = None
    digits: int | None = None
    color: str = "auto"
    ascii: bool = False
    width: int | None = None
    rows: int | None = _DEFAULT_ROWS

    @property
    def quiet(self) -> bool:
        """Whether only the result is wanted."""
        return self.format == "quiet"


class InputOptions(NamedTuple):
    """How the values are to be read and judged."""

    vars: str | None = None
    strict: bool = False
    allow_nonfinite: bool = False
    max_nodes: int = 0


Answer = Report | CheckReport | SuiteReport | str


class Reply(NamedTuple):
    """What a command answers: a report or text, and how to write it."""

    content: Answer
    options: OutputOptions


Version = Annotated[
    bool,
    typer.Option("-V", "--version", help="the version", show_default=False, is_eager=True, callback=_show_version),
]


def _option(type_: Any, default: Any, help_: str, *spellings: str, **more: Any) -> tuple[Any, Any]:
    return Annotated[type_, typer.Option(*spellings, help=help_, show_default=False, **more)], default


_OUTPUT = {
    "json": _option(bool, False, "short for --format json", "--json"),
    "quiet": _option(bool, False, "only the result", "-q", "--quiet"),
    "output": _option(str | None, None, "write a file, whole or not at all", "-o", "--output", metavar="FILE"),
    "digits": _option(int, None, "significant digits of every number shown (1 to 17; 6 unless told)", "--digits",
                      min=1, max=17, metavar="N"),
    "color": _option(str, "auto", "auto, always or never", "--color", metavar="WHEN"),
    "ascii": _option(bool, False, "ASCII characters only", "--ascii"),
    "width": _option(int, None, "columns to fit into (the terminal's unless told)", "--width", min=20, metavar="N"),
    "rows": _option(str, str(_DEFAULT_ROWS), "rows to show, or `all` (40 unless told)", "--rows", metavar="N"),
    "version": (Version, False),
}  # fmt: skip
_INPUT = {
    "vars": _option(str | None, None, "read values from a TOML or JSON file; names nobody uses are ignored", "--vars",
                    metavar="FILE"),
    "strict": _option(bool, False, "any note is exit status 4", "--strict"),
    "allow_nonfinite": _option(bool, False, "let infinities and NaN through as values", "--allow-nonfinite"),
    "max_nodes": _option(int, 5_000_000, "the largest graph to build (5,000,000 unless told)", "--max-nodes", min=1,
                         metavar="N"),
}  # fmt: skip


def with_common_options(
    *, values: bool = True, formats: tuple[str, ...] = FORMATS
) -> Callable[[Callable[..., Answer]], Callable[..., Reply]]:
    """Give a command the common options: its function gets them as `output` (and `inputs`, where it has values)."""

    def decorate(command: Callable[..., Answer]) -> Callable[..., Reply]:
        own_names = inspect.signature(command).parameters.keys()
        format_ = _option(str, "", f"one of {', '.join(formats)}", "--format", metavar="NAME")
        common = {**(_INPUT if values else {}), "format": format_, **_OUTPUT}

        def run(**given: Any) -> Reply:
            output = _output_options(formats, **{name: given.pop(name) for name in ("format", *_OUTPUT)})
            if "output" in own_names:
                given["output"] = output
            if values:
                given["inputs"] = InputOptions(**{name: given.pop(name) for name in _INPUT})
            return Reply(command(**given), output)

        signature = inspect.signature(command, eval_str=True)
        own = [p for p in signature.parameters.values() if p.name not in ("inputs", "output")]
        shared = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            for name, (annotation, default) in common.items()
        ]
        positional = [p.replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD) for p in own]
        run.__signature__ = inspect.Signature([*positional, *shared])  # type: ignore[attr-defined]  # Typer reads it
        run.__annotations__ = {p.name: p.annotation for p in (*own, *shared)}
        run.__doc__ = command.__doc__
        return run

    return decorate


def _output_options(
    formats: tuple[str, ...], *, format: str, json: bool, quiet: bool, output: str | None, digits: int | None,  # noqa: A002
    color: str, ascii: bool, width: int | None, rows: str, version: bool,  # noqa: A002, ARG001  the callback did its work
) -> OutputOptions:  # fmt: skip
    chosen = [format] * bool(format) + ["json"] * json + ["quiet"] * quiet
    if len(set(chosen)) > 1:
        raise _usage(f"`{chosen[0]}` and `{chosen[-1]}` are two formats", "choose one")
    if format and format not in formats:
        raise _usage(f"unknown format `{format}`", f"there are {', '.join(formats)}")
    if color not in ("auto", "always", "never"):
        raise _usage(f"`--color` is auto, always or never, not `{color}`", "")
    if rows != "all" and not (rows.isascii() and rows.isdigit() and len(rows) < 10):
        raise _usage(f"`--rows` is a number or `all`, not `{rows}`", "")
    shown = None if rows == "all" else int(rows)
    return OutputOptions(chosen[0] if chosen else "table", output, digits, color, ascii, width, shown)


def _usage(message: str, help_: str) -> BackpropError:
    return BackpropError(Diagnostic("U801", message, (), help_))


Expression = Annotated[str, typer.Argument(help="the formula, or @FILE, or - for standard input", show_default=False)]
Bindings = Annotated[
    list[str], typer.Argument(metavar="[NAME=VALUE]...", help="values: x=-2 y=pi/2 z=@z.json", show_default=False)
]
