"""Text to tokens, as three columns; the whole text is cut by one regular expression, in C."""

from __future__ import annotations

import re
from itertools import accumulate, compress
from typing import NamedTuple

# Kinds of token. SPACE is falsy: that is how spaces and comments are dropped.
SPACE, NUMBER, NAME, OPEN, CLOSE, COMMA, ASSIGN, SEMICOLON, NEWLINE, OPERATOR, POSTFIX, BAD = range(12)

_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_CUT = re.compile(
    rf"""
      [ \t\r\f\v]+ | \#[^\n]*                           # nothing
    | 0[xX][0-9A-Fa-f]+ | 0[bB][01]+ | 0[oO][0-7]+      # refused whole, not read as 0 times x10
    | {_NUMBER} (?:[._][0-9A-Za-z_.]*)?                 # a malformed tail belongs to the number: 1.2.3, 1_000
    | [A-Za-z_][A-Za-z_0-9]*
    | \*\* | <= | >= | == | !=
    | .                                                 # anything else, one character at a time
    """,
    re.VERBOSE | re.DOTALL,
)
_WELL_FORMED = re.compile(_NUMBER)

# Typed-in mathematics: what each character is read as.
SPELLING = {
    "−": "-",
    "×": "*",
    "·": "*",
    "⋅": "*",
    "÷": "/",
    "**": "^",
    "π": "pi",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
}

_FIXED = {
    "(": OPEN,
    ")": CLOSE,
    ",": COMMA,
    "=": ASSIGN,
    ";": SEMICOLON,
    "\n": NEWLINE,
    "π": NAME,
    "²": POSTFIX,
    "³": POSTFIX,
    "\ufeff": SPACE,
    "\xa0": SPACE,
    **dict.fromkeys(["+", "-", "−", "*", "×", "·", "⋅", "/", "÷", "%", "^", "**", "@"], OPERATOR),
    **dict.fromkeys(["<", "<=", ">", ">=", "==", "!=", "≤", "≥", "≠"], OPERATOR),
}


class Tokens(NamedTuple):
    """Columns of equal length: what a token is, how the language spells it, where it starts and ends.

    A NEWLINE token closes the columns, so that a reader never runs off their end.
    """

    kinds: list[int]
    texts: list[str]
    starts: list[int]
    ends: list[int]


def tokenize(text: str) -> Tokens:
    """Cut the text into tokens; nothing is refused here, odd characters become BAD tokens."""
    cut = _CUT.findall(text)
    distinct = set(cut)
    kind_of = {spelling: _kind(spelling) for spelling in distinct}
    spelled = {spelling: SPELLING.get(spelling, spelling) for spelling in distinct}
    kinds = list(map(kind_of.__getitem__, cut))
    ends = list(accumulate(map(len, cut)))
    starts = [0, *ends]
    return Tokens(
        [*filter(None, kinds), NEWLINE],
        [*map(spelled.__getitem__, compress(cut, kinds)), "\n"],
        [*compress(starts, kinds), len(text)],
        [*compress(ends, kinds), len(text) + 1],
    )


def _kind(spelling: str) -> int:
    fixed = _FIXED.get(spelling)
    if fixed is not None:
        return fixed
    first = spelling[0]
    if first in " \t\r\f\v#":
        return SPACE
    if first in "0123456789" or (first == "." and len(spelling) > 1):
        return NUMBER if _WELL_FORMED.fullmatch(spelling) else BAD
    return NAME if first.isascii() and (first.isalpha() or first == "_") else BAD
