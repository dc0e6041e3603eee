"""Iverson's bracket, `[x > y]`: 1 where the comparison holds, 0 elsewhere.

A program may have it as an array of one element; in a formula that is compared with a gradient nobody means that.
"""

from __future__ import annotations

from backprop_cli.language.tokens import (
    CALL,
    CLOSE,
    COLON,
    COMMA,
    NAME,
    OPEN,
    PRIME,
    SEMICOLON,
    SQUARE,
    UNSQUARE,
    tokenize,
)

_OPERANDS = (NAME, CLOSE, UNSQUARE, PRIME)  # a bracket right behind chooses elements
_SEPARATORS = (COMMA, SEMICOLON, COLON)
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!=", "≤", "≥", "≠"})


def with_round_brackets(text: str) -> str:
    """The text, as long as it was, with round brackets around each comparison that stands alone in square ones."""
    if "[" not in text:
        return text
    kinds, texts, starts = tokenize(text)
    made = list(text)
    opened: list[int] = []  # tokens
    separated: set[int] = set()  # open brackets with several parts
    compared: set[int] = set()
    rounded: set[int] = set()  # closing brackets that were square
    for k, kind in enumerate(kinds):
        if kind in (OPEN, CALL, SQUARE):
            opened.append(k)
        elif kind in (CLOSE, UNSQUARE) and opened:
            first = opened.pop()
            is_literal = first == 0 or kinds[first - 1] not in _OPERANDS or first - 1 in rounded
            if kinds[first] == SQUARE and kind == UNSQUARE and is_literal and first in compared - separated:
                made[starts[first]], made[starts[k]] = "(", ")"
                rounded.add(k)
        elif kind in _SEPARATORS and opened:
            separated.add(opened[-1])
        elif texts[k] in _COMPARISONS and opened:
            compared.add(opened[-1])
    return "".join(made)
