"""A text cut into pieces: by one regular expression, in C, or a short one by hand."""

from __future__ import annotations

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
DIGITS, SPACES = frozenset("0123456789"), frozenset(" \t\r\f\v")
_IN_NAMES = LETTERS | DIGITS
_PAIRS = frozenset({"**", "<=", ">=", "==", "!="})
_SHORT = 200  # characters

NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
CUT = rf"""
      [ \t\r\f\v]+ | \#[^\r\n]*                         # nothing
    | [A-Za-z_][A-Za-z_0-9]* (?:[ \t]*(?:\(|=(?!=)))?
    | [-+/(),;\n]                                       # tried early because they are many
    | 0[xX][0-9A-Fa-f]+ | 0[bB][01]+ | 0[oO][0-7]+ | [0-9.]+[eE]−[0-9]+  # refused whole, not read as 0 times x10
    | {NUMBER} (?:[._][0-9A-Za-z_.]*)?                 # a malformed tail belongs to the number: 1.2.3, 1_000
    | \*\* | <= | >= | == | !=
    | .                                                 # anything else, one character at a time
"""


def cut(text: str) -> list[str]:
    """The pieces of a text. To import `re` takes longer than all that a short command does with its text."""
    pieces = cut_plainly(text) if len(text) <= _SHORT else None
    if pieces is not None:
        return pieces
    import re

    return re.findall(CUT, text, re.VERBOSE | re.DOTALL)


def cut_plainly(text: str) -> list[str] | None:
    """The pieces that `CUT` finds in a text without comments, other letters and odd numbers; else None."""
    if "#" in text or not text.isascii():
        return None
    pieces, at, end = [], 0, len(text)
    text += "\n\n"  # so that there is a next character, and one after it
    while at < end:
        first, stop = text[at], at + 1
        if first in LETTERS:
            while text[stop] in _IN_NAMES:
                stop += 1
            after = stop
            while text[after] in " \t":
                after += 1
            if text[after] == "(" or (text[after] == "=" and text[after + 1] != "="):
                stop = after + 1
        elif first in DIGITS or first == ".":
            while text[stop] in DIGITS or text[stop] == ".":
                stop += 1
            number = text[at:stop]
            if number.count(".") > 1 or number == "." or (number == "0" and text[stop] in "xXbBoO"):
                return None
            digits = stop + 1 + (text[stop + 1] in "+-") if text[stop] in "eE" else stop
            if digits > stop and text[digits] in DIGITS:
                stop = digits
                while text[stop] in DIGITS:
                    stop += 1
            if text[stop] in "._":
                return None
        elif first in SPACES:
            while text[stop] in SPACES:
                stop += 1
        elif text[at : at + 2] in _PAIRS:
            stop += 1
        pieces.append(text[at:stop])
        at = stop
    return pieces
