"""Arrays of numbers without commas, as MATLAB and printed NumPy have them: `[1 -2; 3 4]`, `[[1. 2.] [3. 4.]]`."""

from __future__ import annotations

from itertools import pairwise

from backprop_cli.language.rewriting import Rewriter

_SIGNS = "+-−"
_AROUND = "[],;\n"


def separate(edits: Rewriter) -> None:
    """Put commas between numbers that stand side by side, where there is nothing else in the brackets."""
    behind = -1
    for first, text in enumerate(edits.texts):
        if text != "[" or first < behind or (first and edits.head[first - 1] >= 0):
            continue
        behind = edits.closes.get(first, first)
        inside = range(first, behind + 1)
        if not all(_is_number(edits, k) or edits.texts[k] in _AROUND or _is_sign(edits, k) for k in inside):
            continue
        told = [k for k in inside if edits.texts[k] != "\n"]
        if any(
            (_is_number(edits, a) or edits.texts[a] == "]") and _begins(edits, b, edits.texts[a])
            for a, b in pairwise(told)
        ):
            _separate(edits, first, behind)


def _separate(edits: Rewriter, first: int, last: int) -> None:
    for k in range(first + 1, last):
        if edits.texts[k] == "\n":
            edits.out[k] = ""
        before = edits.texts[k - 1] if edits.texts[k - 1] != "\n" else edits.texts[k - 2]
        ended = before == "]" if edits.texts[k] == "[" else _is_number(edits, k - 1)
        if ended and (edits.texts[k] == "[" or _is_number(edits, k) or _is_sign(edits, k)):
            edits.before[k] = "," + edits.before[k]


def _begins(edits: Rewriter, k: int, before: str) -> bool:
    """Whether an element begins at a token, for sure: a number behind a number, a row behind a row."""
    return edits.texts[k] == "[" if before == "]" else _is_number(edits, k)


def _is_number(edits: Rewriter, k: int) -> bool:
    text = edits.at(k)
    return text[:1].isdigit() or (text[:1] == "." and text[1:2].isdigit())


def _is_sign(edits: Rewriter, k: int) -> bool:
    """Whether a sign belongs to the number behind it: `1 -2`, and not `1 - 2`."""
    return edits.texts[k] in _SIGNS and edits.touches(k + 1) and _is_number(edits, k + 1) and not edits.touches(k)
