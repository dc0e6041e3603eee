"""No input file of a command is written over by its output, unless `--force` says so.

Nor is any file, by a command whose files people go on to edit.
"""

from __future__ import annotations

import os

from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.lean import Iterator, Sequence

_OPTIONS = ("-o", "--output", "--junit", "--suite")
_EDITED = ("export",)  # commands


def refuse_overwriting(words: Sequence[str]) -> None:
    """Raise BackpropError (U801) if a file that a command line writes is one that it names as an input as well."""
    written: list[tuple[str, str]] = []
    others: list[str] = []
    waiting = iter(words)
    for word in waiting:
        option, equals, path = word.partition("=")
        if option not in _OPTIONS:
            others.append(word)
        elif equals or (path := next(waiting, "")):
            written.append((option, path))
    for option, path in written:
        if not os.path.isfile(path):
            continue
        if words[0] in _EDITED:
            message = f"there is a file `{shorten(path, 80)}` already"
            raise BackpropError(Diagnostic("U801", message, (), "give another name, or `--force`"))
        if any(os.path.samefile(name, path) for other in others for name in _files(other) if os.path.isfile(name)):
            message = f"`{shorten(path, 80)}` is an input of this command, and `{option}` would write over it"
            raise BackpropError(Diagnostic("U801", message, (), "give another name, or `--force`"))


def _files(word: str) -> Iterator[str]:
    """The files that a word may name: itself, or what follows `@` or `=`; each also without a column's name."""
    for name in (word, word.partition("@")[2], word.partition("=")[2]):
        if name and "\0" not in name and len(name) < 4096:
            yield name
            yield name.rpartition(":")[0]
