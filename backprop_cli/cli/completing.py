"""What can follow in a command line: commands, options and their values, gates, names that need a value, files."""

from __future__ import annotations

import os
import re

from backprop_cli.cli.declared import Argument, Option, Parameter
from backprop_cli.cli.words import COMMANDS, command_named
from backprop_cli.errors import BackpropError
from backprop_cli.lean import Iterable, NamedTuple, Sequence

_BLANK = " \t\n"
_QUOTES = "\"'"
_MAY_BE_A_FILE = "EXPRESSION|FILE"  # as `check` calls its first argument, which may be a suite or Python
_LAST_NAME = r"(?<![\w.])[A-Za-z_]\w*\Z"


class Cut(NamedTuple):
    """A line up to the cursor: its whole words, and the one that is being typed, with the quote that opened it."""

    words: list[str]
    last: str
    quote: str


def cut(line: str, escape: str = "\\") -> Cut:
    """A line as a shell would cut it; a quote that is open is no error."""
    words: list[str] = []
    word, quote, begun, opened = "", "", False, ""
    at = 0
    while at < len(line):
        sign = line[at]
        at += 1
        if sign == quote:
            quote = ""
        elif quote or sign not in _BLANK + _QUOTES + escape:
            word, begun = word + sign, True
        elif sign in _QUOTES:
            quote = sign
            opened, begun = opened or (sign if not word else ""), True
        elif sign == escape:
            word, begun = word + line[at : at + 1], True
            at += 1
        elif begun:
            words.append(word)
            word, begun, opened = "", False, ""
    return Cut(words, word, opened)


def candidates(words: Sequence[str], last: str) -> list[str]:
    """What the word that is being typed can become, after the words of a line behind the program's name.

    What ends with `=`, `(` or `/` is not finished; everything else is followed by a blank.
    """
    if not words:
        return _beginning(last, [*COMMANDS, "--help", "--version"])
    if words[0] not in COMMANDS:
        return []
    parameters = command_named(words[0]).parameters
    options = {one: it for it in parameters if isinstance(it.declared, Option) for one in it.declared.both}
    given, waits = _positionals(words[1:], options)
    if waits is not None:
        return _values(waits, last, "")
    option, equals, value = last.partition("=")
    if equals and option in options:
        return _values(options[option], value, f"{option}=")
    if last.startswith("-"):
        found = _beginning(last, [*options, "--help"])
        if found or last.startswith("--"):
            return found
    return _positional(parameters, given, last)


def _positionals(words: Sequence[str], options: dict[str, Parameter]) -> tuple[list[str], Parameter | None]:
    """The words that are no options, and the option that the word being typed is the value of."""
    given: list[str] = []
    waiting: Parameter | None = None
    for word in words:
        if waiting is not None:
            waiting = None
        elif word in options and options[word].type is not bool:
            waiting = options[word]
        elif word not in options and not (word.startswith("--") and word[2:3].isalpha()):
            given.append(word)
    return given, waiting


def _values(parameter: Parameter, begun: str, before: str) -> list[str]:
    declared = parameter.declared
    if isinstance(declared, Option) and declared.choices:
        return _beginning(begun, declared.choices, before)
    return files(begun, before) if declared.metavar == "FILE" else []


def _positional(parameters: Sequence[Parameter], given: list[str], last: str) -> list[str]:
    arguments = [it for it in parameters if isinstance(it.declared, Argument)]
    if not arguments:
        return []
    at = arguments[min(len(given), len(arguments) - 1)]
    if isinstance(at.declared, Argument) and at.declared.choices:
        return _beginning(last, at.declared.choices)
    name, equals, value = last.partition("=")
    if last.startswith("@"):
        return files(last[1:], "@")
    if equals and value.startswith("@") and name.isidentifier():
        return files(value[1:], f"{name}=@")
    if at.name == "gates":
        return _beginning(last, _gates())
    if given:
        return _beginning(last, (f"{free}=" for free in _free(given[0], given[1:])))
    found = re.search(_LAST_NAME, last)
    called = [f"{last[: found.start()]}{gate}(" for gate in _gates() if gate.startswith(found[0])] if found else []
    return [*called, *(files(last, "") if at.declared.metavar == _MAY_BE_A_FILE else [])]


def _beginning(begun: str, words: Iterable[str], before: str = "") -> list[str]:
    return [before + word for word in words if word.startswith(begun)]


def _gates() -> list[str]:
    from backprop_cli.report.gate_reference import names_of_gates

    return sorted(set(names_of_gates()))


def _free(expression: str, bound: Sequence[str]) -> list[str]:
    """The inputs of an expression that have no value yet; none where it cannot be read."""
    from backprop_cli import api
    from backprop_cli.data.files import read_expression

    known = {word.partition("=")[0].strip() for word in bound}
    try:
        graph = api.structure(read_expression(expression)).columns.graph
    except (BackpropError, ValueError):
        return []
    return [name for name in graph.variables if name not in known]


def files(begun: str, before: str) -> list[str]:
    """The files and directories that a path can become, a directory with a slash."""
    folder, name = os.path.split(begun)
    try:
        entries = sorted(os.scandir(folder or "."), key=lambda entry: entry.name)
    except (OSError, ValueError):
        return []
    shown = [entry for entry in entries if entry.name.startswith(name) and (name or entry.name[0] != ".")]
    return [before + os.path.join(folder, entry.name) + "/" * entry.is_dir() for entry in shown]
