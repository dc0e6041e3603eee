"""The options that every command has, declared once, and what they ask of the output."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from backprop_cli.cli.limits import SECONDS, stop_after
from backprop_cli.cli.safe import MOST_SECONDS, allow
from backprop_cli.data.bindings import read_vars
from backprop_cli.data.files import LIMIT, read_library
from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.render import FORMATS
from backprop_cli.report.model import Report
from backprop_cli.session import MOST_NODES, OPTIONS, Options

if TYPE_CHECKING:
    from backprop_cli.report.case_result import SuiteReport
    from backprop_cli.report.claim_results import CheckReport
    from backprop_cli.report.code_report import CodeReport
    from backprop_cli.report.derivatives import DerivativeReport
    from backprop_cli.report.hessians import HessianReport
    from backprop_cli.report.jacobians import JacobianReport

    # What has notes, a status and perhaps a complaint.
    Noted = Report | JacobianReport | DerivativeReport | HessianReport | CheckReport | CodeReport
    Answer = Report | CheckReport | CodeReport | SuiteReport | str | bytes

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


class Reply(NamedTuple):
    """What a command answers: a report, or text and perhaps the report it was made from; and how to write it.

    `noted`: the text has the report's notes in it.
    """

    content: Answer
    options: OutputOptions
    report: Noted | None = None
    noted: bool = False
    opens: bool = False  # in the browser, when it is written


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
    "digits": _option(int, None, "significant digits of every number shown (1 to 17; default: 6)", "--digits",
                      min=1, max=17, metavar="N"),
    "color": _option(str, "auto", "auto, always or never", "--color", metavar="WHEN"),
    "ascii": _option(bool, False, "ASCII characters only", "--ascii"),
    "width": _option(int, None, "columns to fit into (default: the terminal's)", "--width", min=20, metavar="N"),
    "rows": _option(str, str(_DEFAULT_ROWS), f"rows to show, or `all` (default: {_DEFAULT_ROWS})", "--rows",
                    metavar="N"),
    "force": _option(bool, False, "let `-o` write over a file that the command reads", "--force"),
    "timeout": _option(float, None, "stop after so many seconds, with exit status 5", "--timeout",
                       metavar="SECONDS"),
    "safe": _option(bool, False, "read no file but the one named, write none, end within 6 seconds and 1 GiB",
                    "--safe"),
    "version": (Version, False),
}  # fmt: skip
_INPUT = {
    "vars": _option(str | None, None, "read values from a TOML, JSON, NPZ or CSV file; unused names are ignored",
                    "--vars", metavar="FILE"),
    "strict": _option(bool, False, "any note is exit status 4", "--strict"),
    "allow_nonfinite": _option(bool, False, "let infinities and NaN through as values", "--allow-nonfinite"),
    "exact": _option(bool, False, "print true numbers where rounding lost the digits of doubles", "--exact"),
    "seed": _option(int, 0, "what `rand` and `randn` start from (default: 0)", "--seed", min=0, max=2**63 - 1,
                    metavar="N"),
    "max_nodes": _option(int | None, None, f"the largest graph to build (default: {MOST_NODES:,})",
                         "--max-nodes", min=1, metavar="N"),
    "max_elements": _option(int, OPTIONS.max_elements,
                            f"the most elements all values may have together (default: {OPTIONS.max_elements:,})",
                            "--max-elements", min=1, metavar="N"),
    "max_bytes": _option(int, LIMIT.most_bytes, f"the longest text to read, in bytes (default: {LIMIT.most_bytes:,})",
                         "--max-bytes", min=1, metavar="N"),
    "notation": _option(str, OPTIONS.notation, "any (default), or strict: only our own is read", "--notation",
                        metavar="NAME"),
    "use": _option(list[str], (), "take gates from a file of definitions; may be repeated", "--use", metavar="FILE"),
    "expand": _option(list[str], (), "show the inside of the gates you defined, or of one; may be repeated",
                      "--expand", metavar="[NAME]"),
}  # fmt: skip


def with_common_options(
    *,
    values: bool = True,
    formats: tuple[str, ...] = FORMATS,
    files: tuple[str, ...] = (),
    default: str = "table",
    without: tuple[str, ...] = (),
) -> Callable[[Callable[..., Answer | Reply]], Callable[..., Reply]]:
    """Give a command the common options: its function gets them as `output` (and `options`, where it has values).

    `files` are endings of `-o` that it writes besides its formats. `without` names the options that mean nothing to it.
    """

    def decorate(command: Callable[..., Answer | Reply]) -> Callable[..., Reply]:
        own_names = inspect.signature(command).parameters.keys()
        format_ = _option(str, "", f"one of {', '.join(formats)}", "--format", metavar="NAME")
        kept = {name: option for name, option in _OUTPUT.items() if name not in without}
        asked_for = {name: option for name, option in _INPUT.items() if values and name not in without}
        common = {**asked_for, "format": format_, **kept}

        def run(**given: Any) -> Reply:
            if str(given.get("expression")).startswith("@"):
                allow(given["expression"][1:])
            asked = {name: given.pop(name, default) for name, (_, default) in {"format": format_, **_OUTPUT}.items()}
            output = _output_options(formats, files, default, **asked)
            if "output" in own_names:
                given["output"] = output
            if values:
                given["options"] = _options(**{name: given.pop(name) for name in asked_for})
            answer = command(**given)
            return answer if isinstance(answer, Reply) else Reply(answer, output)

        signature = inspect.signature(command, eval_str=True)
        own = [p for p in signature.parameters.values() if p.name not in ("options", "output")]
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


def _options(
    *,
    vars: str | None = None,  # noqa: A002
    use: Sequence[str] = (),
    expand: Sequence[str] = (),
    max_bytes: int = LIMIT.most_bytes,
    **more: Any,
) -> Options:
    """What the verbs of `api` are asked: the files are read, the names told apart."""
    LIMIT.most_bytes = max_bytes
    options = Options(use=[read_library(path) for path in use], expand="" in expand or names_in(expand), **more)
    return options if vars is None else options._replace(defaults=read_vars(vars, options.terms))


def _output_options(
    formats: tuple[str, ...], files: tuple[str, ...], default: str, *, format: str, json: bool,  # noqa: A002
    quiet: bool, output: str | None,
    digits: int | None, color: str, ascii: bool, width: int | None, rows: str,  # noqa: A002
    timeout: float | None,
    force: bool,  # noqa: ARG001  asked for before this
    safe: bool,
    version: bool,  # noqa: ARG001  the callback did its work
) -> OutputOptions:  # fmt: skip
    if timeout is not None:
        least, most = SECONDS
        if not least <= timeout <= most:
            raise _usage(f"`--timeout` is from {least:g} to {most:,} seconds, not {timeout:g}", "")
        stop_after(min(timeout, MOST_SECONDS) if safe else timeout)
    chosen = [format] * bool(format) + ["json"] * json + ["quiet"] * quiet
    if len(set(chosen)) > 1:
        raise _usage(f"`{chosen[0]}` and `{chosen[-1]}` are two formats", "choose one")
    if format and format not in formats:
        raise _usage(f"unknown format `{format}`", f"there are {', '.join(formats)}")
    if color not in ("auto", "always", "never"):
        raise _usage(f"`--color` is auto, always or never, not `{color}`", "")
    if rows != "all" and not (rows.isascii() and rows.isdigit() and len(rows) < 10):
        raise _usage(f"`--rows` is a number or `all`, not `{rows}`", "")
    if not chosen and output:
        chosen = _format_of_ending(output, formats, files)
    shown = None if rows == "all" else int(rows)
    return OutputOptions(chosen[0] if chosen else default, output, digits, color, ascii, width, shown)


# What the ending of a file's name asks for: the first of these formats that the command has.
_ENDINGS = {
    "json": ["json"], "jsonl": ["jsonl"], "csv": ["csv"], "md": ["markdown"], "markdown": ["markdown"],
    "tex": ["latex", "tikz"], "tikz": ["tikz"], "svg": ["svg"], "html": ["html"], "htm": ["html"], "dot": ["dot"],
    "gv": ["dot"], "mmd": ["mermaid"], "py": ["code"],
    "toml": ["toml"], "npy": ["npy"], "npz": ["npz"],
    "txt": ["table", "text", "plain"], "text": ["table", "text", "plain"],
}  # fmt: skip


_DRAWN = ("svg", "html", "htm", "dot", "gv", "mmd", "tikz", "png", "jpg", "jpeg", "gif", "pdf", "ps")


def _format_of_ending(path: str, formats: tuple[str, ...], files: tuple[str, ...]) -> list[str]:
    """The format that a file's name asks for. Raises BackpropError (U801) for one that the command cannot write.

    A name without an ending, and a device, take what the command writes anyway.
    """
    ending = os.path.splitext(path)[1][1:]
    if not ending or path.startswith("/dev/"):
        return []
    wanted: Sequence[str] = _ENDINGS.get(ending.lower(), ())
    found = [name for name in wanted if name in formats or name in files]
    if not found:
        message = f"this command writes nothing for a file that ends in `.{ending}`"
        help_ = f"there are {', '.join((*formats, *files))}; `--format` says which, whatever the name"
        if ending.lower() in _DRAWN:
            help_ += "; `backprop graph` draws, as svg for instance"
        raise _usage(message, help_)
    return found[:1]


def choice(option: str, given: str, known: tuple[str, ...]) -> None:
    """Raise BackpropError (U801) unless the option's value is one of the known."""
    if given not in known:
        raise _usage(f"`{option}` is one of {', '.join(known)}, not `{given}`", "")


def _usage(message: str, help_: str) -> BackpropError:
    return BackpropError(Diagnostic("U801", message, (), help_))


Expression = Annotated[str, typer.Argument(help="the formula, or @FILE, or - for standard input", show_default=False)]
Bindings = Annotated[
    list[str],
    typer.Argument(metavar="[NAME=VALUE]...", help="values: x=-2 y=pi/2 w=[1,2] z=@z.npy", show_default=False),
]
Wrt = Annotated[
    list[str],
    typer.Option(
        "--wrt",
        help="only with respect to this input or intermediate; may be repeated, or a,b",
        metavar="NAME",
        show_default=False,
    ),
]
SeedGrad = Annotated[
    str,
    typer.Option(
        "--seed-grad",
        help="the gradient that arrives at the output, of its shape (default: 1)",
        metavar="VALUE",
        show_default=False,
    ),
]
Check = Annotated[
    bool, typer.Option("--check/--no-check", help="cross-check with SymPy (default: on)", show_default=False)
]


def names_in(wrt: Sequence[str]) -> list[str]:
    """The names of all options of a kind, such as `--wrt`: `a,b` and `a` `b` are the same."""
    return [name.strip() for names in wrt for name in names.split(",") if name.strip()]
