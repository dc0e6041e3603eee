"""Text to tokens, as three columns; the whole text is cut by one regular expression, in C."""

from __future__ import annotations

import sys
from itertools import accumulate, compress

from backprop_cli.lean import NamedTuple

# Kinds of token. SPACE is falsy: that is how spaces and comments are dropped. `name(` and `name =` are one token each.
# SQUARE and UNSQUARE are `[` and `]`, PRIME a transposition; DERIVATIVE is `df/dx`, of which `derivatives` makes one.
SPACE, NAME, NUMBER, CALL, OPEN, OPERATOR, CLOSE, COMMA, DEFINE, ASSIGN, SEMICOLON, NEWLINE, POSTFIX, BAD = range(14)
SQUARE, UNSQUARE, COLON, PRIME, DERIVATIVE = range(14, 19)

_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_CUT = rf"""
      [ \t\r\f\v]+ | \#[^\r\n]*                         # nothing
    | [A-Za-z_][A-Za-z_0-9]* (?:[ \t]*(?:\(|=(?!=)))?
    | [-+/(),;\n]                                       # tried early because they are many
    | 0[xX][0-9A-Fa-f]+ | 0[bB][01]+ | 0[oO][0-7]+ | [0-9.]+[eE]−[0-9]+  # refused whole, not read as 0 times x10
    | {_NUMBER} (?:[._][0-9A-Za-z_.]*)?                 # a malformed tail belongs to the number: 1.2.3, 1_000
    | \*\* | <= | >= | == | !=
    | .                                                 # anything else, one character at a time
"""

# Typed-in mathematics: what each spelling is read as.
SPELLING = {
    "−": "-", "×": "*", "⋅": "·", "÷": "/", "**": "^", "≤": "<=", "≥": ">=", "≠": "!=", "π": "pi",
}  # fmt: skip

_FIXED = {
    "(": OPEN, ")": CLOSE, ",": COMMA, "=": ASSIGN, ";": SEMICOLON, "\n": NEWLINE, "π": NAME, "²": POSTFIX,
    "³": POSTFIX, "[": SQUARE, "]": UNSQUARE, ":": COLON, "\ufeff": SPACE, "\xa0": SPACE,
    **dict.fromkeys("'′’ᵀ", PRIME),
    **dict.fromkeys(["+", "-", "−", "*", "×", "·", "⋅", "/", "÷", "%", "^", "**", "@"], OPERATOR),
    **dict.fromkeys(["<", "<=", ">", ">=", "==", "!=", "≤", "≥", "≠"], OPERATOR),
}  # fmt: skip
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_DIGITS, _SPACES = frozenset("0123456789"), frozenset(" \t\r\f\v")
_IN_NAMES = _LETTERS | _DIGITS
_PAIRS = frozenset({"**", "<=", ">=", "==", "!="})
_SHORT = 300  # characters
_BY_LAST = {"(": CALL, "=": DEFINE}


class Tokens(NamedTuple):
    """Columns of equal length: what a token is, how it was typed, where it starts.

    A NEWLINE token closes the columns, so that a reader never runs off their end.
    """

    kinds: list[int]
    texts: list[str]
    starts: list[int]


class _Kinds(dict[str, int]):
    """What each spelling is; one that is met for the first time is judged then."""

    def __missing__(self, spelling: str) -> int:
        first = spelling[0]
        if first in _LETTERS:
            kind = _BY_LAST.get(spelling[-1], NAME)
        elif first in " \t\r\f\v#":
            kind = SPACE
        elif first in "0123456789" or (first == "." and len(spelling) > 1):
            kind = NUMBER if _is_number(spelling) else BAD
        else:
            kind = BAD
        self[spelling] = kind
        return kind


def _is_number(spelling: str) -> bool:
    try:
        float(spelling)
    except ValueError:
        return False
    return "_" not in spelling


def _cut(text: str) -> list[str]:
    """The pieces of a text. To import `re` takes longer than all that a short command does with its text."""
    if len(text) <= _SHORT and "re" not in sys.modules and (pieces := cut_plainly(text)):
        return pieces
    import re

    return re.findall(_CUT, text, re.VERBOSE | re.DOTALL)


def cut_plainly(text: str) -> list[str] | None:
    """The pieces that `_CUT` finds in a text without comments, other letters and odd numbers; else None."""
    if "#" in text or not text.isascii():
        return None
    pieces, at, end = [], 0, len(text)
    text += "\n\n"  # so that there is a next character, and one after it
    while at < end:
        first, stop = text[at], at + 1
        if first in _LETTERS:
            while text[stop] in _IN_NAMES:
                stop += 1
            after = stop
            while text[after] in " \t":
                after += 1
            if text[after] == "(" or (text[after] == "=" and text[after + 1] != "="):
                stop = after + 1
        elif first in _DIGITS or first == ".":
            while text[stop] in _DIGITS or text[stop] == ".":
                stop += 1
            number = text[at:stop]
            if number.count(".") > 1 or number == "." or (number == "0" and text[stop] in "xXbBoO"):
                return None
            digits = stop + 1 + (text[stop + 1] in "+-") if text[stop] in "eE" else stop
            if digits > stop and text[digits] in _DIGITS:
                stop = digits
                while text[stop] in _DIGITS:
                    stop += 1
            if text[stop] in "._":
                return None
        elif first in _SPACES:
            while text[stop] in _SPACES:
                stop += 1
        elif text[at : at + 2] in _PAIRS:
            stop += 1
        pieces.append(text[at:stop])
        at = stop
    return pieces


def tokenize(text: str) -> Tokens:
    """Cut the text into tokens; nothing is refused here, odd characters become BAD tokens."""
    cut = _cut(text)
    kind_of = _Kinds(_FIXED)
    kinds = list(map(kind_of.__getitem__, cut))
    starts = list(accumulate(map(len, cut), initial=0))  # one more than tokens: the end of the text
    kinds.append(NEWLINE)
    cut.append("\n")
    if SPACE in kinds:
        return Tokens(list(filter(None, kinds)), list(compress(cut, kinds)), list(compress(starts, kinds)))
    return Tokens(kinds, cut, starts)
