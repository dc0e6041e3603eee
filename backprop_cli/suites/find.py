"""Suites behind paths: a TOML file, a Markdown document, or a directory with all that are below it."""

from __future__ import annotations

import codecs
import os
import re

from backprop_cli.data.documents import read_toml as read_any_toml
from backprop_cli.data.files import LIMIT, NAMED, read_text
from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.lean import Iterator, Sequence
from backprop_cli.suites.case import Case
from backprop_cli.suites.markdown import holds_blocks, read_markdown
from backprop_cli.suites.toml_file import read_toml

_SUFFIXES = (".toml", ".md", ".markdown")
_CASES = re.compile(r"^[ \t]*+\[\[[ \t]*+case[ \t]*+\]\]", re.MULTILINE)
_MISTYPED = re.compile(r"^[ \t]*+\[\[?[ \t]*+cases?[ \t]*+\]", re.MULTILINE | re.IGNORECASE)  # `[case]`, `[[Case]]`
_PROGRAM = re.compile(r"^[ \t]*+program[ \t]*+=", re.MULTILINE)
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_MOST_ERRORS = 20
_NOT_OURS = ("node_modules", "__pycache__", "venv")


def read_suites(paths: Sequence[str]) -> list[Case]:
    """The cases of files, in their order, and of the suites below directories, sorted by path.

    Below a directory other TOML and Markdown files are passed over, and whatever is hidden; a file that is named must
    be a suite, and so must one that cannot be read or looks like one. Raises BackpropError (F601 to F604) with
    everything that is wrong with all of them.
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
    """Whether a file that nobody named is a suite, be it right or wrong; one that cannot be read might be."""
    NAMED.permit(path)
    try:
        with open(path, "rb") as file:
            raw = file.read(LIMIT.most_bytes)
    except OSError:
        return True
    text = raw.decode(_MARKS.get(raw[:2], "utf-8-sig"), errors="replace").replace("\r\n", "\n")
    if not path.lower().endswith(".toml"):
        return holds_blocks(text)
    return bool(_CASES.search(text) or (_MISTYPED.search(text) and _PROGRAM.search(text))) or not _is_toml(path, text)


def _is_toml(path: str, text: str) -> bool:
    try:
        read_any_toml(path, text)
    except BackpropError:
        return os.path.basename(path).lower() == "pyproject.toml"  # which is none of ours, also as a template
    return True
