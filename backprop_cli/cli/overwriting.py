"""No input file of a command is written over by its `-o`, unless `--force` says so."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from backprop_cli.errors import BackpropError, Diagnostic, shorten

_OPTIONS = ("-o", "--output")


def refuse_overwriting(words: Sequence[str]) -> None:
    """Raise BackpropError (U801) if a command line's output is a file that it names as an input as well."""
    others = list(words)
    for at in reversed(range(len(words))):
        word = words[at]
        if word in _OPTIONS and at + 1 < len(words):
            path = words[at + 1]
            del others[at : at + 2]
        elif word.startswith("--output="):
            path = word.partition("=")[2]
            del others[at]
        else:
            continue
        if not os.path.isfile(path):
            return
        if any(os.path.samefile(name, path) for other in others for name in _files(other) if os.path.isfile(name)):
            message = f"`{shorten(path, 80)}` is an input of this command, and `-o` would write over it"
            raise BackpropError(Diagnostic("U801", message, (), "give another name, or `--force`"))
        return


def _files(word: str) -> Iterator[str]:
    """The files that a word may name: itself, or what stands behind `@` or `=`, with or without a column's name."""
    for name in (word, word.partition("@")[2], word.partition("=")[2]):
        if name and "\0" not in name and len(name) < 4096:
            yield name
            yield name.rpartition(":")[0]
