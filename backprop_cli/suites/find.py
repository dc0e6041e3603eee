"""Suites behind paths: a TOML file, a Markdown document, or a directory with all that are below it."""

from __future__ import annotations

import os
import re

from backprop_cli.data.files import LIMIT, NAMED, read_text
from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.lean import Iterator, Sequence
from backprop_cli.suites.case import Case
from backprop_cli.suites.markdown import holds_blocks, read_markdown
from backprop_cli.suites.toml_file import read_toml

_SUFFIXES = (".toml", ".md", ".markdown")
_CASES = re.compile(r"^[ \t]*+\[\[[ \t]*+case[ \t]*+\]\]", re.MULTILINE)
_MOST_ERRORS = 20
_NOT_OURS = ("node_modules", "__pycache__", "venv")


def read_suites(paths: Sequence[str]) -> list[Case]:
    """The cases of files, in their order, and of the suites below directories, sorted by path.

    Below a directory other TOML and Markdown files are passed over, and whatever is hidden; a file that is named must
    be a suite. Raises BackpropError (F601 to F604) with everything that is wrong with all of them.
    """
    cases: list[Case] = []
    wrong: list[Diagnostic] = []
    seen: set[str] = set()
    for path in paths:
        files = list(_below(path)) if os.path.isdir(path) else [path]
        count = 0
        for file in files:
            if os.path.realpath(file) in seen:
                count += 1
                continue
            try:
                if file is not path and not _is_one(file):
                    continue
                count += 1
                seen.add(os.path.realpath(file))
                cases += read_suite(file, read_text(file))
            except BackpropError as error:
                wrong += error.diagnostics
        if not count and not wrong:
            help_ = "a suite is a TOML file with tables `[[case]]`, or a Markdown file with blocks fenced as `backprop`"
            wrong.append(Diagnostic("F604", f"`{shorten(path, 80)}` holds no suites", (), help_))
    if wrong:
        raise BackpropError(*wrong[:_MOST_ERRORS])
    return cases


def read_suite(path: str, text: str) -> list[Case]:
    """The cases of a file's text. Raises BackpropError (F603, F604) with everything that is wrong with it."""
    read = read_toml if path.lower().endswith(".toml") else read_markdown
    return [case._replace(number=number) for number, case in enumerate(read(path, text))]


def _below(directory: str) -> Iterator[str]:
    for folder, folders, files in os.walk(directory):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _NOT_OURS)
        for name in sorted(files):
            path = os.path.normpath(os.path.join(folder, name))
            if name.lower().endswith(_SUFFIXES) and not name.startswith(".") and os.path.isfile(path):
                yield path


def _is_one(path: str) -> bool:
    """Whether a file that nobody named is a suite; one that cannot be read might be."""
    NAMED.permit(path)
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(LIMIT.most_bytes)
    except OSError:
        return True
    return bool(_CASES.search(text)) if path.lower().endswith(".toml") else holds_blocks(text)
