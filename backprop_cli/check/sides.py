"""The signs and the commas of a statement that are outside of its brackets, and the sides that they separate."""

from __future__ import annotations

import re

from backprop_cli.check.assignments import OPERATORS, SET
from backprop_cli.lean import Collection, NamedTuple

_SIGN = re.compile(r"[-+*/]=|:=|←|<-(?=\s)|≈|(?<![=<>!])=(?!=)")
_COMPARISON = re.compile(r"(?<![=<>!])(?:<=|>=|==|!=|[<>≤≥≠])")
_COMMA = re.compile(",")
_WORD = re.compile(r"[^\W\d]\w*")


class Side(NamedTuple):
    """A part of a statement: where it begins and ends."""

    start: int
    end: int


def meant(sign: str) -> str:
    """The operator that a sign of an assignment is."""
    return sign if sign in OPERATORS else SET


def is_comparison(text: str) -> bool:
    """Whether a formula answers true or false."""
    return bool(_outside(text, _COMPARISON))


def _outside(text: str, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    """The matches outside of brackets."""
    depths, depth = [], 0
    for sign in text:
        depth -= sign in ")]}"
        depths.append(depth)
        depth += sign in "([{"
    return [found for found in pattern.finditer(text) if depths[found.start()] == 0]


def signs_of(text: str) -> list[tuple[int, int]]:
    """Where the signs of an assignment are."""
    return [found.span() for found in _outside(text, _SIGN)]


def parts_of(text: str, side: Side) -> list[Side]:
    """What commas outside of brackets separate; a bracket around all of it goes."""
    inner = text[side.start : side.end]
    bare = inner.strip()
    if bare[:1] == "(" and bare[-1:] == ")" and "," in bare and not _outside(bare[1:-1], re.compile(r"\)")):
        start = side.start + inner.index("(") + 1
        side = Side(start, side.start + inner.rindex(")"))
        inner = text[side.start : side.end]
    cuts = [found.start() for found in _outside(inner, _COMMA)]
    starts, ends = [0, *(cut + 1 for cut in cuts)], [*cuts, len(inner)]
    parts = [Side(side.start + a, side.start + b) for a, b in zip(starts, ends, strict=True)]
    return [part for part in parts if text[part.start : part.end].strip()]


def assigned_words(statement: str) -> Collection[str]:
    """The names that a statement gives a value to."""
    signs = signs_of(statement)
    return set(_WORD.findall(statement[: signs[-1][0]])) if signs else ()
