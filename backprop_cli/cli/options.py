"""The options that every command has, declared once, and what they ask of the output."""

from __future__ import annotations

import os

from backprop_cli.cli.declared import (
    COMPUTE,
    LIMITS,
    OUTPUT,
    RARE,
    VALUES,
    Argument,
    Command,
    Option,
    Parameter,
    option,
    parameters,
)
from backprop_cli.cli.limits import SECONDS, stop_after
from backprop_cli.cli.safe import MOST_SECONDS, allow
from backprop_cli.cli.words import meant_among
from backprop_cli.data.bindings import read_vars
from backprop_cli.data.files import LIMIT, read_library
from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.lean import TYPE_CHECKING, Annotated, Any, Callable, NamedTuple, Sequence
from backprop_cli.render import CARRIES_NOTES, FORMATS
from backprop_cli.report.model import Report
from backprop_cli.session import MOST_NODES, NOTATIONS, OPTIONS, Options

if TYPE_CHECKING:
    from backprop_cli.report.case_result import SuiteReport
    from backprop_cli.report.claim_results import CheckReport
    from backprop_cli.report.code_report import CodeReport
    from backprop_cli.report.derivatives import DerivativeReport
    from backprop_cli.report.directional import DirectionalReport
    from backprop_cli.report.each import EachReport
    from backprop_cli.report.hessians import HessianReport
    from backprop_cli.report.jacobians import JacobianReport
    from backprop_cli.report.symbolic_steps import SymbolicSteps

    # What has notes, a status and perhaps a complaint.
    Noted = (
        Report | JacobianReport | DerivativeReport | HessianReport | DirectionalReport | SymbolicSteps | CheckReport
        | CodeReport
    )  # fmt: skip
    Answer = Report | EachReport | CheckReport | CodeReport | SuiteReport | str | bytes

_DEFAULT_ROWS = 40
COLORS = ("auto", "always", "never")


class OutputOptions(NamedTuple):
    """How the result is to be written."""

    format: str = "table"
    output: str | None = None
    digits: int | None = None
    color: str = "auto"
    ascii: bool = False
    width: int | None = None
    rows: int | None = _DEFAULT_ROWS
    fragment: bool = False
    nodes: bool = False

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


def _common(heading: str, name: str, type_: type, default: Any, help_: str, *spellings: str, **more: Any) -> Parameter:
    return Parameter(name, type_, default, option(help_, *spellings, heading=heading, **more))


_OUTPUT = [
    _common(OUTPUT, "json", bool, False, "short for --format json", "--json"),
    _common(OUTPUT, "quiet", bool, False, "only the result", "-q", "--quiet"),
    _common(OUTPUT, "output", str, None, "write a file, whole or not at all", "-o", "--output", metavar="FILE"),
    _common(OUTPUT, "digits", int, None, "significant digits of every number shown (1 to 17; default: 6, in figures 3)",
                      "--digits", least=1, most=17, metavar="N"),
    _common(OUTPUT, "color", str, "auto", "auto, always or never", "--color", metavar="WHEN", choices=COLORS),
    _common(OUTPUT, "ascii", bool, False, "ASCII characters only", "--ascii"),
    _common(OUTPUT, "width", int, None, "columns to fit into (default: the terminal's)", "--width", least=20,
                    metavar="N"),
    _common(OUTPUT, "rows", str, str(_DEFAULT_ROWS), f"rows to show, or `all` (default: {_DEFAULT_ROWS})", "--rows",
                    metavar="N"),
    _common(OUTPUT, "nodes", bool, False, "json of arrays: the values and gradients of all nodes too", "--nodes"),
    _common(OUTPUT, "fragment", bool, False, "of latex and html only what is inside of the document", "--fragment"),
    _common(RARE, "force", bool, False, "let `-o` write over a file that the command reads, and `export` over any",
                 "--force"),
    _common(LIMITS, "timeout", float, None, "stop after so many seconds, with exit status 5", "--timeout",
                       metavar="SECONDS"),
    _common(LIMITS, "safe", bool, False, "read no file but the one named, write none, end within 6 seconds and 1 GiB",
                    "--safe"),
    _common(RARE, "version", bool, False, "the version", "-V", "--version"),
]  # fmt: skip
_INPUT = [
    _common(VALUES, "vars", list, (), "read values from a TOML, JSON, NPZ or CSV file; may be repeated; names that are "
                    "not used are ignored", "--vars", metavar="FILE"),
    _common(LIMITS, "strict", bool, False, "any note is exit status 4", "--strict"),
    _common(RARE, "allow_nonfinite", bool, False, "let infinities and NaN through as values", "--allow-nonfinite"),
    _common(COMPUTE, "exact", bool, False, "print true numbers where rounding lost the digits of doubles", "--exact"),
    _common(VALUES, "seed", int, 0, "what `rand` and `randn` start from (default: 0)", "--seed", least=0,
                    most=2**63 - 1, metavar="N"),
    _common(LIMITS, "max_nodes", int, None, f"the largest graph to build (default: {MOST_NODES:,})",
                         "--max-nodes", least=1, metavar="N"),
    _common(LIMITS, "max_elements", int, OPTIONS.max_elements,
                            f"the most elements all values may have together (default: {OPTIONS.max_elements:,})",
                            "--max-elements", least=1, metavar="N"),
    _common(LIMITS, "max_bytes", int, LIMIT.most_bytes,
                         f"the longest text to read, in bytes (default: {LIMIT.most_bytes:,})",
                         "--max-bytes", least=1, metavar="N"),
    _common(RARE, "notation", str, OPTIONS.notation, "any (default), or strict: only our own is read", "--notation",
                        metavar="NAME", choices=NOTATIONS),
    _common(VALUES, "use", list, (), "take gates from a file of definitions; may be repeated", "--use", metavar="FILE"),
    _common(OUTPUT, "expand", list, (), "show the inside of your gates and loops, or of one; may be repeated",
                      "--expand", metavar="[NAME]"),
]  # fmt: skip


def with_common_options(
    *,
    values: bool = True,
    formats: tuple[str, ...] = FORMATS,
    files: tuple[str, ...] = (),
    default: str = "table",
    without: tuple[str, ...] = (),
) -> Callable[[Callable[..., Answer | Reply]], Command]:
    """Give a command the common options: its function gets them as `output` (and `options`, where it has values).

    `files` are endings of `-o` that it writes besides its formats. `without` names the options that mean nothing to it.
    """

    def decorate(command: Callable[..., Answer | Reply]) -> Command:
        format_ = _common(
            OUTPUT, "format", str, "", f"one of {', '.join(formats)}", "--format", metavar="NAME", choices=formats
        )
        asked_for = [it for it in _INPUT if values and it.name not in without]
        needs = {"fragment": "latex" in formats, "nodes": formats == FORMATS}
        kept = [it for it in _OUTPUT if it.name not in without and needs.get(it.name, True)]
        takes_output = "output" in command.__annotations__

        own = parameters(command, ("options", "output"))

        def run(**given: Any) -> Reply:
            if str(given.get("expression")).startswith("@"):
                allow(given["expression"][1:])
            asked = {it.name: given.pop(it.name, it.default) for it in (format_, *_OUTPUT)}
            output = _output_options(formats, files, default, **asked)
            for it in own:
                if isinstance(it.declared, Option) and it.declared.choices and given[it.name] != it.default:
                    choice(it.declared.spellings[0], given[it.name], it.declared.choices)
            if takes_output:
                given["output"] = output
            if values:
                given["options"] = _options(**{it.name: given.pop(it.name) for it in asked_for})
            answer = command(**given)
            return answer if isinstance(answer, Reply) else Reply(answer, output)

        return Command((*own, *asked_for, format_, *kept), run, command.__doc__ or "")

    return decorate


def _options(
    *,
    vars: Sequence[str] = (),  # noqa: A002
    use: Sequence[str] = (),
    expand: Sequence[str] = (),
    max_bytes: int = LIMIT.most_bytes,
    **more: Any,
) -> Options:
    """What the verbs of `api` are asked: the files are read, the names told apart."""
    LIMIT.most_bytes = max_bytes
    options = Options(use=[read_library(path) for path in use], expand="" in expand or names_in(expand), **more)
    return options._replace(defaults=read_vars(vars, options.terms)) if vars else options


def _output_options(
    formats: tuple[str, ...], files: tuple[str, ...], default: str, *, format: str, json: bool,  # noqa: A002
    quiet: bool, output: str | None,
    digits: int | None, color: str, ascii: bool, width: int | None, rows: str,  # noqa: A002
    timeout: float | None, nodes: bool, fragment: bool,
    force: bool,  # noqa: ARG001  asked for before this
    safe: bool,
    version: bool,  # noqa: ARG001  dealt with before this
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
        raise _usage(f"unknown format `{format}`", meant_among(format, formats, _ENDINGS.get(format, ())))
    if color not in COLORS:
        raise _usage(f"`--color` is auto, always or never, not `{color}`", "")
    if rows != "all" and not (rows.isascii() and rows.isdigit() and len(rows) < 10):
        raise _usage(f"`--rows` is a number or `all`, not `{rows}`", "")
    if not chosen and output and formats[0] != "code":  # of code the command knows the endings
        chosen = _format_of_ending(output, formats, files)
    shown, chosen_one = None if rows == "all" else int(rows), chosen[0] if chosen else default
    if fragment and chosen_one not in ("latex", "html"):
        raise _usage(f"`--fragment` is for latex and html, not {chosen_one}", "choose one of them with `--format`")
    if nodes and chosen_one not in CARRIES_NOTES:
        raise _usage(f"`--nodes` is for json and jsonl, not {chosen_one}", "`--rows all` shows all nodes in a table")
    return OutputOptions(chosen_one, output, digits, color, ascii, width, shown, fragment, nodes)


# What the ending of a file's name asks for: the first of these formats that the command has.
_ENDINGS = {
    "json": ["json"], "jsonl": ["jsonl"], "csv": ["csv"], "md": ["markdown"], "markdown": ["markdown"],
    "tex": ["latex", "tikz"], "tikz": ["tikz"], "svg": ["svg"], "html": ["html"], "htm": ["html"],
    "dot": ["dot"], "png": ["png"], "pdf": ["pdf"],
    "gv": ["dot"], "mmd": ["mermaid"], "mermaid": ["mermaid"],
    "toml": ["toml"], "1": ["man"], "npy": ["npy"], "npz": ["npz"],
    "txt": ["table", "text", "plain"], "text": ["table", "text", "plain"],
}  # fmt: skip


_DRAWN = ("svg", "html", "htm", "dot", "gv", "mmd", "mermaid", "tikz", "png", "jpg", "jpeg", "gif", "pdf", "ps")


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
        help_ = f"it writes {', '.join((*formats, *files))}; `--format` says which, whatever the name"
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


Expression = Annotated[str, Argument("the formula, or @FILE, or - for standard input", "EXPRESSION")]
Bindings = Annotated[
    list[str],
    Argument(metavar="[NAME=VALUE]...", help="values: x=-2 y=pi/2 w=[1,2] z=@z.npy"),
]
Wrt = Annotated[
    list[str],
    option("only with respect to this input or intermediate; may be repeated, or a,b", "--wrt", metavar="NAME"),
]
Order = Annotated[
    int,
    option("how often to differentiate (1 to 4; default: 1)", "--order", least=1, most=4, metavar="N"),
]
SeedGrad = Annotated[
    str,
    option("the gradient that arrives at the output, of its shape (default: 1)", "--seed-grad", metavar="VALUE"),
]
Each = Annotated[
    str | None,
    option(
        "compute it at each line of a file: a table with headings, or JSON objects; - for standard input",
        "--each",
        metavar="FILE",
        heading=VALUES,
    ),
]
Check = Annotated[bool, option("cross-check with SymPy (default: on)", "--check/--no-check")]


def names_in(wrt: Sequence[str]) -> list[str]:
    """The names of all options of a kind, such as `--wrt`: `a,b` and `a` `b` are the same."""
    return [name.strip() for names in wrt for name in names.split(",") if name.strip()]
