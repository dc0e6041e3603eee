"""What GitHub Actions would take for a command in a log, made text.

A runner obeys `::name::` at the beginning of a line, blanks aside, and `##[name]` anywhere in one. One character of
each is replaced by its escape, which JSON reads back as that character.
"""

from __future__ import annotations

import re

from backprop_cli.lean import Iterable, Iterator
from backprop_cli.render.style import visible

_COMMAND = re.compile(r"#(?=#\[)|(?:(?<=[\n\r])|^)(?P<blanks>[^\S\n\r]*):(?=:)")


def defused(text: str) -> str:
    """The text, a whole number of lines, with no command in it."""
    if "##[" not in text and "::" not in text:
        return text
    return _COMMAND.sub(lambda found: f"{found['blanks'] or ''}\\u{ord(found[0][-1]):04x}", text)


def annotation(path: str, line: int, title: str, message: str) -> str:
    """An error at a line of a file, as the runner shows it beside that line; at the file as a whole where it is 0."""
    at = f",line={line}" if line else ""
    return f"::error file={_property(path)}{at},title={_property(title)}::{_data(message)}\n"


def defused_lines(pieces: Iterable[str]) -> Iterator[str]:
    """The same for a text in pieces that may end anywhere."""
    held: list[str] = []
    for piece in pieces:
        before, newline, after = piece.rpartition("\n")
        if newline:
            yield defused("".join([*held, before, newline]))
            held.clear()
        held.append(after)
    yield defused("".join(held))


def _data(text: str) -> str:
    return defused(visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
