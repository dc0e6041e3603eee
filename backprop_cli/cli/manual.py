"""What a command takes, for a reader: `--help` in groups, and the same as a page of the manual.

Both are made from what is declared; neither needs Typer.
"""

from __future__ import annotations

import shutil
import textwrap

from backprop_cli.cli.declared import HEADINGS, Argument, Option, Parameter
from backprop_cli.cli.words import COMMANDS, command_named
from backprop_cli.errors import STATUS_MEANING
from backprop_cli.lean import Iterator, NamedTuple

_ABOUT = "A graph calculator: values, local gradients and global gradients of a formula, checked against SymPy."
_EXAMPLES = ('backprop grad "(x+y)*z" x=-2 y=5 z=-4', 'backprop explain "sigmoid(w*x + b)" w=2 x=-1 b=-3')
_HELP = ("-h, --help", "this help")
_OF_ALL = [("-V, --version", "the version"), _HELP]
_STATUSES = (
    "0 done, 1 the answer is no, 2 the request is wrong, 3 a file, 4 the mathematics or a note under --strict,"
    " 5 a limit, 6 the output. `backprop help` lists them all."
)
# command: the pages of `docs` that say more
_PAGES = {
    "": ("language.md", "commands.md", "formats.md"),
    "eval": ("language.md", "arrays.md", "commands.md"),
    "grad": ("language.md", "arrays.md", "numbers.md"),
    "diff": ("derivatives.md",),
    "explain": ("explain.md",),
    "graph": ("figures.md",),
    "jacobian": ("arrays.md", "derivatives.md"),
    "hessian": ("derivatives.md",),
    "check": ("check.md", "my-code.md", "suites.md"),
    "export": ("export.md", "formats.md"),
    "worksheet": ("worksheets.md", "suites.md"),
    "gates": ("gates.md", "modules.md"),
    "completion": ("commands.md",),
    "help": ("commands.md",),
}
_MOST_COLUMNS = 80  # longer lines are hard to read
_LEAST_COLUMNS = 30
_WIDEST_NAME = 22
_SHORT_NAME = 10
_NARROW = 64  # columns under which an explanation stands below what it explains


class Page(NamedTuple):
    """The help of a command: `sections` are a heading with rows of a name and what it means."""

    name: str
    line: str
    usage: str
    about: tuple[str, ...]
    sections: tuple[tuple[str, list[tuple[str, str]]], ...]
    examples: tuple[str, ...]
    statuses: str
    pages: tuple[str, ...]


def help_of(name: str, columns: int | None = None) -> str:
    """The help of a command, or of all where `name` is empty; as wide as the terminal, and 80 columns at most."""
    width = columns or shutil.get_terminal_size().columns
    return "\n".join(_lines(page(name), max(_LEAST_COLUMNS, min(width, _MOST_COLUMNS))))


def page(name: str) -> Page:
    """What there is to say about a command, or about all where `name` is empty."""
    if not name:
        statuses = [(str(int(status)), meaning) for status, meaning in STATUS_MEANING.items()]
        sections = (("Commands", list(COMMANDS.items())), ("Options", _OF_ALL), ("Exit status", statuses))
        line = "a graph calculator for gradients"
        return Page("backprop", line, "backprop COMMAND ...", (_ABOUT,), sections, _EXAMPLES, "", _PAGES[""])
    command = command_named(name)
    paragraphs = [" ".join(paragraph.split("\n")) for paragraph in _dedented(command.help).split("\n\n")]
    examples = tuple(line.removeprefix("Example: ") for line in _dedented(command.help).splitlines() if _shows(line))
    about = tuple(paragraph for paragraph in paragraphs if not _shows(paragraph))
    arguments = [it for it in command.parameters if isinstance(it.declared, Argument)]
    usage = " ".join([f"backprop {name}", *(_metavar(it) for it in arguments), "[OPTION]..."])
    rows: dict[str, list[tuple[str, str]]] = {heading: [] for heading in HEADINGS}
    rows["Arguments"] = [(_metavar(it), it.declared.help) for it in arguments]
    for it in command.parameters:
        if isinstance(it.declared, Option):
            rows[it.declared.heading].append((_spelled(it.declared), it.declared.help))
    rows[HEADINGS[-1]].append(_HELP)
    found = tuple((heading, rows[heading]) for heading in ("Arguments", *HEADINGS) if rows[heading])
    return Page(f"backprop-{name}", COMMANDS[name], usage, about, found, examples, _STATUSES, _PAGES[name])


def _dedented(text: str) -> str:
    first, _, rest = text.strip().partition("\n")
    return f"{first}\n{textwrap.dedent(rest)}".strip()


def _shows(text: str) -> bool:
    return text.startswith("Example: ")


def _metavar(it: Parameter) -> str:
    return it.declared.metavar or it.name.upper()


def _spelled(option: Option) -> str:
    names = ", ".join(one.replace("/", ", ") for one in option.spellings)
    return f"{names} {option.metavar}" if option.metavar else names


def _lines(it: Page, width: int) -> Iterator[str]:
    yield from _wrapped(f"Usage: {it.usage}", width, "", "    ")
    for paragraph in it.about:
        yield ""
        yield from _wrapped(paragraph, width, "  ")
    for heading, rows in it.sections:
        yield f"\n{heading}:"
        widest = min(max(len(name) for name, _ in rows), _WIDEST_NAME)
        for name, meaning in rows:
            if width < _NARROW and widest > _SHORT_NAME:
                yield from _wrapped(name, width, "  ", "      ")
                yield from _wrapped(meaning, width, "      ")
                continue
            margin = " " * (widest + 4)
            first, *rest = _wrapped(meaning, width, margin)
            if len(name) > widest:
                yield from (f"  {name}", first)
            else:
                yield f"  {name:{widest}}  {first.lstrip()}"
            yield from rest
    yield "\nExamples:"
    for example in it.examples:
        yield from _wrapped(example, width, "  ", "      ")
    if it.statuses:
        yield "\nExit status:"
        yield from _wrapped(it.statuses, width, "  ")
    yield "\nRead on:"
    yield from _wrapped(", ".join(f"docs/{name}" for name in it.pages), width, "  ")


def _wrapped(text: str, width: int, first: str, rest: str | None = None) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=first if rest is None else rest,
        break_on_hyphens=False,
    )  # fmt: skip


def roff_of(name: str) -> str:
    """The page of the manual, in the macros `man`, which every formatter of manuals reads."""
    from backprop_cli import __version__

    it = page(name)
    lines = [
        f'.TH "{it.name.upper()}" "1" "" "backprop {__version__}" "backprop"', ".nh", ".ad l",
        ".SH NAME", f"{_escaped(it.name)} \\- {_escaped(it.line)}", ".SH SYNOPSIS", _escaped(it.usage),
        ".SH DESCRIPTION", "\n.PP\n".join(_escaped(paragraph) for paragraph in it.about),
    ]  # fmt: skip
    for heading, rows in it.sections:
        lines.append(f'.SH "{heading.upper()}"')
        for term, meaning in rows:
            lines += [".TP", f"\\fB{_escaped(term)}\\fR", _escaped(meaning)]
    lines += [".SH EXAMPLES", ".nf", *(_escaped(example) for example in it.examples), ".fi"]
    if it.statuses:
        lines += [".SH EXIT STATUS", _escaped(it.statuses)]
    others = ["backprop", *(f"backprop-{one}" for one in COMMANDS)]
    seen = ",\n".join(f"\\fB{_escaped(one)}\\fR(1)" for one in others if one != it.name)
    lines += [".SH SEE ALSO", seen, ".PP", _escaped(", ".join(f"docs/{one}" for one in it.pages))]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """A text of one line as roff shows it: no request, no escape, and hyphens and quotes that can be copied."""
    plain = (
        text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("^", "\\(ha").replace("~", "\\(ti")
    )
    plain = plain.replace("'", "\\(aq")
    return f"\\&{plain}" if plain.startswith(".") else plain
