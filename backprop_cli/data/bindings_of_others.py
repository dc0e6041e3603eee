"""Bindings and values as others write them, `x: 2`, `x=2, y=3`, `x={1,2}`, `x=array([1, 2])`: what to write instead."""

from __future__ import annotations

import re

from backprop_cli.language.letters import ascii_name
from backprop_cli.language.numbers_of_others import malformed, of_a_number

_PAIR = re.compile(
    r"""\s*-{0,2}(?P<quote>["']?)
        (?P<name>\\?[^\W\d]\w*(?:_?\{\w+\})?)(?P=quote)
        \s*(?::=|:|->|<-|=>|==|=)\s*(?P<value>\S.*?)\s*""",
    re.VERBOSE,
)
_FIRST = re.compile(r"\s*(?:let|set|at|where|with|for|var|const|float|double|int)\s+")
_PARTS = re.compile(r"[,;]|\s+(?=[^\W\d]\w*\s*[=:])")
_OPENING, _CLOSING = "([{", ")]}"
_FOR_SHELLS = frozenset(" ()[]{};&*<>|$'!?#~√")
_ARRAY = re.compile(r"(?:\w+\.)?(?:array|tensor|Tensor|asarray|matrix|FloatTensor|vector|Vector|c|list|tuple)\((.*)\)")
_RATIO = re.compile(r"(?:\w+\.)?(?:Fraction|Rational|fraction|frac)\(([^(),]+),([^(),]+)\)")
_RANGE = re.compile(r"(-?\d+)(?::|\.\.\.?)(-?\d+)")
_COUNT = re.compile(r"range\((.*)\)")
_TIMES = re.compile(r"(?<=[\d)])\s*(?=π|pi\b|√|sqrt\(|\()")
_TEXT = re.compile(r"""(["'])(.*)\1""")
_SUFFIX = re.compile(r"(?<=[\d.])([^\W\d]\w*)$")
_NONFINITE = re.compile(r"(?:\w+\.)?float\w*\(['\"]?([-+]?(?:nan|inf))\w*['\"]?\)", re.IGNORECASE)
_MALFORMED = re.compile(r"0[xXbBoO]\w+|\d+_\w+|\d*\.\d+_\w+", re.ASCII)
_WORDS = {"true": "1", "false": "0", "infinity": "inf", "-infinity": "-inf", "oo": "inf", "-oo": "-inf"}


def pairs(text: str) -> list[tuple[str, str]]:
    """The names and values of a text that binds some, in anybody's way; none where a part of it does not."""
    text = _FIRST.sub("", text, count=1).strip()
    if text[:1] == "{" and text[-1:] == "}":
        text = text[1:-1]
    found = []
    for part in _cut(text):
        pair = _PAIR.fullmatch(part)
        name = pair and _name(pair["name"])
        if not pair or not name:
            return []
        found.append((name, value(pair["value"]) or pair["value"]))
    return found


def spelled(found: list[tuple[str, str]]) -> str:
    """Names and values as the words of a command line, in quotes where a shell needs them."""
    words = (f"{name}={given.replace(', ', ',')}" for name, given in found)
    return " ".join(f'"{word}"' if _FOR_SHELLS.intersection(word) else word for word in words)


def value(text: str) -> str:
    """A value of another tool in ours; empty where nothing is known of it."""
    text = text.strip().rstrip(",;")
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if quoted := _TEXT.fullmatch(text):
        return quoted[2]
    if special := _NONFINITE.fullmatch(text):
        return special[1]
    if ratio := _RATIO.fullmatch(text):
        return f"{ratio[1].strip()}/{ratio[2].strip()}"
    if ends := _RANGE.fullmatch(text):
        return f"arange({ends[1]}, {int(ends[2]) + 1})"
    if count := _COUNT.fullmatch(text):
        return f"arange({count[1]})"
    if (made := _ARRAY.fullmatch(text)) and made[1]:
        inside = _cut(made[1])
        return inside[0].strip() if inside[0].lstrip()[:1] in _OPENING else f"[{made[1]}]"
    if text[:1] + text[-1:] in ("{}", "()", "<>"):
        return f"[{text[1:-1]}]".replace("{", "[").replace("}", "]").replace("(", "[").replace(")", "]")
    if _MALFORMED.fullmatch(text):
        said = malformed(text)
        return said.split("`")[1] if said.startswith("write") else ""
    if suffix := _SUFFIX.search(text):
        said, *_ = of_a_number(text, *suffix.span())
        if "`" in said:
            return said.split("`")[1]
    return _TIMES.sub("*", text)


def _name(typed: str) -> str:
    return ascii_name(typed.lstrip("\\").replace("{", "").replace("}", ""))


def _cut(text: str) -> list[str]:
    """The parts of a text at its commas, semicolons and blanks before names, outside brackets."""
    parts, first, depth, at = [], 0, 0, 0
    while at < len(text):
        depth += (text[at] in _OPENING) - (text[at] in _CLOSING)
        end = _PARTS.match(text, at) if depth <= 0 else None
        if end:
            parts.append(text[first:at])
            first = at = end.end()
        else:
            at += 1
    parts.append(text[first:])
    return [part for part in parts if part.strip()]
