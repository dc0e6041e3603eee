"""Values that are none in TOML, as people type them: -.13, 0,5, 1., 007, pi/4, True; and how they are written there."""

from __future__ import annotations

import re

from backprop_cli.errors import shorten
from backprop_cli.lean import Callable

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)")
_VALUE = re.compile(r"[^\s,\[\]{}#=]+(?:,[0-9]+)?")  # with a comma only where a number of two halves is meant
_WORDS = {"true": "true", "false": "false", "nan": "nan", "inf": "inf", "infinity": "inf", "-infinity": "-inf"}


def _decimal(found: re.Match[str]) -> str:
    sign, whole, decimals, rest = found.groups()
    number = f"{sign}{(whole or '').lstrip('0') or '0'}.{decimals or '0'}{rest or ''}"
    return f"write `{number}`: in TOML a digit is on both sides of the point, and the decimal sign is a point"


_ROWS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"([-+]?)([0-9]*)[.,]([0-9]*)([eE][-+]?[0-9]+)?(?<=[0-9])"), _decimal),
    (re.compile(r"([-+]?)([0-9]+)[.]()([eE][-+]?[0-9]+)?"), _decimal),
    (re.compile(r"([-+]?)0+([0-9]+)"), lambda found: f"write `{found[1]}{found[2]}`: no number begins with a 0"),
    (re.compile(r"[−–]([0-9.]+)"), lambda found: f"write `-{found[1]}`, with the minus sign of the keyboard"),
    (
        re.compile(r"[-+]?[A-Za-z]+"),
        lambda found: f"write `{word}`" if (word := _WORDS.get(found[0].lower())) and word != found[0] else "",
    ),
    (re.compile(r"(?=.*\w)[\w.()*/^+%-]+"), lambda found: f'a formula is a text: write `"{shorten(found[0])}"`'),
)


def place_of(why: str, text: str) -> tuple[str, int | None]:
    """What `tomllib` says, without the place, and that as a character of the text; None where it says none."""
    found = _PLACE.search(why)
    if found is None:
        return why, None
    if not found[1]:
        return why[: found.start()], len(text)
    before = sum(len(line) + 1 for line in text.split("\n")[: int(found[1]) - 1])
    return why[: found.start()], min(before + int(found[2]) - 1, len(text))


def help_at(text: str, at: int) -> str:
    """How a value is written that is none, at this character or right before it; empty where there is no such."""
    begin = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[begin : end if end >= 0 else len(text)]
    equals = line.find("=") + 1
    word = next((word for word in _VALUE.finditer(line, equals) if begin + word.end() >= at), None)
    if word is None or not equals or begin + word.start() > at or line[: word.start()].rstrip()[-1] not in "=[,":
        return ""
    helps = (say(found) for pattern, say in _ROWS if (found := pattern.fullmatch(word[0])))
    return next((help_ for help_ in helps if help_), "")
