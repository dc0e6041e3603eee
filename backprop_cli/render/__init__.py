"""What was computed, as text, one format a file: ONE table says which. It sees reports, never a graph.

The formats for reading share a report's `page`, which `pages` and `tables` lay out; the function of another format
answers the text in pieces.
"""

from __future__ import annotations

from backprop_cli.lean import Any, Iterator, import_module
from backprop_cli.render.style import Style

_READ = {
    "table": ("page", "a table for reading in a terminal"),
    "plain": ("page", "the same without lines or colour, for screen readers and diffs"),
    "markdown": ("page", "the same as a Markdown table"),
    "latex": ("page", "the same as a LaTeX document, its table with booktabs"),
}
_QUIET = {"quiet": ("quiet", "the result alone; what `-q` prints")}
_TOML = {"toml": ("number_files.toml", "the numbers by name, for `--vars` and other programs")}
# What `-o` writes by the ending of a file's name alone, as it is no text: the function that answers the bytes.
_BINARY = {"npy": "npy", "npz": "npz"}
_NUMBERS = frozenset({"Report", "JacobianReport", "HessianReport"})
# The same of figures: CairoSVG makes them of the SVG.
PICTURES = ("png", "pdf")
# The formats of figures that run down too.
_DIRECTED = ("svg", "html", "dot", "mermaid")
# A kind of report, by the name of its type, so that no command imports the reports of others: the file of its formats,
# and a row a format: the function (of another file, if it says so), and what it is for.
_REGISTRY: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "Report": ("nodes", _READ | {
        "json": ("as_json.report", "everything, for programs; `backprop/grad@1` and `backprop/eval@1`"),
        "jsonl": ("as_json.report_line", "the same on one line, for logs and loops"),
        "csv": ("csv", "one line a node"),
        **_TOML,
        "quiet": ("quiet.report", "the result alone; what `-q` prints"),
    }),
    "EachReport": ("each", _READ | {
        "jsonl": ("jsonl", "what `jsonl` is of each line's report, as soon as it is there"),
        "csv": ("csv", "the values, the output and the gradients, one line a line"),
        "quiet": ("alone", "what `-q` prints, one line a line"),
    }),
    "JacobianReport": ("jacobians", _READ | {
        "json": ("as_json.jacobian", "everything, for programs; `backprop/jacobian@1`"),
        "jsonl": ("as_json.jacobian_line", "the same without blanks, for logs and loops"),
        "csv": ("csv", "one line an element of the output"),
        **_TOML,
        **_QUIET,
    }),
    "HessianReport": ("hessians", _READ | {
        "json": ("json", "everything, for programs; `backprop/hessian@1`"),
        "jsonl": ("json_line", "the same on one line, for logs and loops"),
        "csv": ("csv", "one line an element"),
        **_TOML,
        **_QUIET,
    }),
    "DirectionalReport": ("directions", _READ | {
        "json": ("json", "everything, for programs; `backprop/jvp@1` and `backprop/hvp@1`"),
        "jsonl": ("json_line", "the same on one line, for logs and loops"),
        "csv": ("csv", "one line an array"),
        **_QUIET,
    }),
    "DerivativeReport": ("derivatives", _READ | {
        "json": ("json", "everything, for programs; `backprop/diff@1`"),
        "jsonl": ("json_line", "the same on one line, for logs and loops"),
        "csv": ("csv", "one line a derivative"),
        **_QUIET,
    }),
    "CheckReport": ("checks", _READ | {
        "json": ("as_json_checks.check", "everything, for programs; `backprop/check@1`"),
        "jsonl": ("as_json_checks.check_line", "the same on one line, for logs and loops"),
        "csv": ("csv", "one line a row of the table"),
        **_QUIET,
    }),
    "CodeReport": ("code_checks", _READ | {
        "json": ("as_json_checks.code", "everything, for programs; `backprop/code-check@1`"),
        "jsonl": ("as_json_checks.code_line", "the same on one line, for logs and loops"),
        "csv": ("csv", "one line a gradient"),
        "github": ("github", "the table, and annotations at lines that are wrong, for GitHub Actions"),
        **_QUIET,
    }),
    "GateReference": ("gates", _READ | {
        "json": ("as_json_checks.gates", "the gate table's rows, for programs; `backprop/gates@1`"),
        "csv": ("csv", "one line a row of the table"),
        **_QUIET,
    }),
    "SuiteReport": ("suites", {
        "table": ("table", "a line a case, for reading"),
        "plain": ("plain", "the same without colour"),
        "markdown": ("page", "a table, when all have been run"),
        "latex": ("page", "the same as a LaTeX document"),
        "json": ("as_json_checks.suites", "one object, for programs; `backprop/suites@1`"),
        "csv": ("csv", "one line a case"),
        "tap": ("suites_tap.render", "the Test Anything Protocol"),
        "github": ("suites_github.render", "the lines, and annotations where failures are written, for GitHub Actions"),
        "quiet": ("quiet", "failures alone; what `-q` prints"),
    }),
    "Derivation": ("explain", {
        "text": ("explain.text.render", "reading in a terminal"),
        "markdown": ("explain.markdown.render", "the same as Markdown lists"),
        "latex": ("explain.latex.render", "a small document whose steps are one `align*` block"),
        "html": ("explain.html.render", "the same as a page that stands alone"),
        "json": ("explain.as_json.render", "what `grad --json` has, and the steps; `backprop/explain@1`"),
        "quiet": ("explain.quiet.render", "the gradients alone; what `-q` prints"),
    }),
    "SymbolicSteps": ("symbolic", {
        "text": ("text", "reading in a terminal"),
        "markdown": ("page", "the same as Markdown"),
        "latex": ("page", "the same as a LaTeX document"),
        "quiet": ("quiet", "the gradients alone; what `-q` prints"),
    }),
    "Worksheet": ("worksheets", _READ | {
        "html": ("page", "a page that stands alone, to be read or printed"),
        "json": ("json", "the exercises with their answers, for programs; `backprop/worksheet@1`"),
    }),
    "Figure": ("figures", {
        "html": ("figures.html.render", "a page that steps through both passes; `--open` shows it"),
        "svg": ("figures.svg.render", "a picture for slides and pages, light or dark"),
        "boxes": ("figures.boxes.render", "the figure in a terminal, left to right; `tree` where it would be too wide"),
        "tree": ("figures.tree.render", "an outline, the output at its root"),
        "dot": ("figures.dot.render", "Graphviz"),
        "mermaid": ("figures.mermaid.render", "Mermaid, which many wikis and READMEs draw"),
        "tikz": ("figures.tikz.render", "a LaTeX document, for papers and slides"),
        "json": ("figures.as_json.render", "what is drawn and where it stands, for programs; `backprop/graph@1`"),
    }),
}  # fmt: skip


def formats(kind: str) -> dict[str, str]:
    """The formats of a kind of report, such as `CheckReport`, and what each is for."""
    return {name: meaning for name, (_, meaning) in _REGISTRY[kind][1].items()}


BINARY = frozenset(_BINARY)
FORMATS = tuple(formats("Report"))
EXPLAIN_FORMATS = tuple(formats("Derivation"))
FIGURE_FORMATS = formats("Figure")
# These carry the notes in themselves; beside the others notes go to stderr.
CARRIES_NOTES = frozenset({"json", "jsonl"})
# These have every element of arrays; whether of the results alone, unless `--nodes` asks for all.
IN_FULL = {"json": True, "jsonl": True, "csv": False, "toml": True, "quiet": True}


def binary_formats(kind: str) -> tuple[str, ...]:
    """What `-o` writes of a kind of report besides its formats."""
    return tuple(_BINARY) if kind in _NUMBERS else ()


def render_bytes(report: Any, format_: str) -> bytes:
    """A report as the bytes of a file in a binary format. Raises BackpropError (U801) if that does not hold it."""
    made: bytes = getattr(import_module("backprop_cli.render.number_files"), _BINARY[format_])(report)
    return made


def figure_options(format_: str, theme: str, max_width: int | None, direction: str = "") -> dict[str, Any]:
    """What the function of a figure's format is given besides. Raises BackpropError (U801) if it does not take it."""
    from backprop_cli.errors import BackpropError, Diagnostic, shorten
    from backprop_cli.report.figure import DIRECTIONS, THEMED, THEMES, WRAPPED

    wrong = help_ = ""
    if theme and (theme not in THEMES or format_ not in THEMED):
        wrong = (
            f"there is no theme `{shorten(theme)}`" if theme not in THEMES else f"the {format_} format has no themes"
        )
        help_ = f"themes are {', '.join(THEMES)}, of --format {' and '.join(THEMED)}"
    elif max_width is not None and format_ not in WRAPPED:
        wrong = f"the {format_} format is not broken into rows of `--max-width`"
        help_ = f"formats with pixels are: {', '.join(WRAPPED)}; in a terminal there is `--width`"
    elif direction and (direction not in DIRECTIONS or format_ not in _DIRECTED):
        wrong = f"the {format_} format is drawn to the right"
        if direction not in DIRECTIONS:
            wrong = f"there is no direction `{shorten(direction)}`"
        help_ = f"directions are {' and '.join(DIRECTIONS)}, of {', '.join(_DIRECTED)}, png and pdf"
    elif direction == "down" and max_width is not None:
        wrong, help_ = "rows of `--max-width` run to the right", "leave out `--max-width` or `--direction down`"
    if wrong:
        raise BackpropError(Diagnostic("U801", wrong, (), help_))
    asked: dict[str, Any] = {"theme": theme} if theme else {}
    asked |= {"direction": direction} if direction else {}
    return asked | ({} if max_width is None else {"max_width": max_width})


def render(report: Any, format_: str, style: Style, **options: Any) -> Iterator[str]:
    """The pieces of a report's text in a format, in the order of writing; `options` are those of the format's function.

    Raises ValueError for a format that its kind of report does not have.
    """
    home, known = _REGISTRY[type(report).__name__]
    if format_ not in known:
        message = f"unknown format {format_!r}; there are {', '.join(known)}"
        raise ValueError(message)
    file, _, function = known[format_][0].rpartition(".")
    make = getattr(import_module(f"backprop_cli.render.{file or home}"), function)
    if function != "page":
        pieces: Iterator[str] = make(report, style, **options)
        return pieces
    from backprop_cli.render.pages import draw

    return draw(make, report, format_, style)


__all__ = [
    "BINARY", "CARRIES_NOTES", "EXPLAIN_FORMATS", "FIGURE_FORMATS", "FORMATS", "IN_FULL", "PICTURES", "Style",
    "binary_formats", "figure_options", "formats", "render", "render_bytes",
]  # fmt: skip
