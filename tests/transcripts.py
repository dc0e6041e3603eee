"""Transcripts: `$ command` and under it exactly what it prints, both streams as a terminal shows them.

    $ backprop eval "x^2" x=3 -q
    9

A line `> …` continues the command, `>` alone with an empty line; a last line `[status 2]` is an exit status that is not
0. In Markdown the blocks fenced as `console` are transcripts; elsewhere the whole file is. All of a file runs in one
empty directory.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import backprop, shell

_SHELL_SIGNS = re.compile(r"""[|<>;&$`\n*?~#{}\\!]""")


class Exchange(NamedTuple):
    """A command, what it is expected to print, and where in the file that stands."""

    command: str
    expected: str
    start: int
    end: int


def exchanges(path: Path) -> Iterator[Exchange]:
    """The exchanges of a file, in order."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    inside = path.suffix != ".md"
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if path.suffix == ".md" and line.startswith("```"):
            inside = line.strip() == "```console"
            continue
        if not inside or not line.startswith("$ "):
            continue
        command = line[2:]
        while number < len(lines) and lines[number].startswith(("> ", ">\n")):
            command += lines[number][1:].removeprefix(" ")
            number += 1
        start = number
        while number < len(lines) and not lines[number].startswith(("$ ", "```")):
            number += 1
        expected = "".join(lines[start:number])
        if path.suffix != ".md" or not lines[number : number + 1] or not lines[number].startswith("```"):
            expected = expected.rstrip("\n") + "\n" if expected.strip() else ""  # a blank line separates exchanges
        yield Exchange(command.rstrip("\n"), expected, start, number)


def printed(command: str, directory: Path) -> str:
    """What the command prints; in this process where no shell is needed."""
    words = None
    bare = re.sub(r'"[^"$`\\]*"', "", command)
    if command.startswith("backprop ") and not _SHELL_SIGNS.search(bare):
        words = shlex.split(command)[1:]
    ran = backprop(*words, merged=True) if words is not None else shell(f"exec 2>&1\n{command}", directory)
    text = ran.out if not ran.out or ran.out.endswith("\n") else ran.out + "\n"
    return text + (f"[status {ran.status}]\n" if ran.status else "")


def check(path: Path, directory: Path, *, record: bool) -> None:
    """Run a file's exchanges and compare, or write what they print into it."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    fresh: list[str] = []
    done = 0
    without_jq = False
    for exchange in exchanges(path):
        if "| jq" in exchange.command and not shutil.which("jq"):
            without_jq = True
            continue
        text = printed(exchange.command, directory)
        if record:
            last = exchange.end == len(lines) or lines[exchange.end].startswith("```")
            fresh += [*lines[done : exchange.start], text, "" if last else "\n"]
            done = exchange.end
        else:
            assert text == exchange.expected, f"{path.name}: $ {exchange.command}"
    if without_jq:
        pytest.skip("jq is not installed: everything but its examples was run")
    if record:
        path.write_text("".join([*fresh, *lines[done:]]), encoding="utf-8")
