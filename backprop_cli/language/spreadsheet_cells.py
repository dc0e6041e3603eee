"""Cells and ranges of spreadsheets, `$A$1` and `A1:A3`, and the functions that take as many of them as one likes."""

from __future__ import annotations

import re

from backprop_cli.language.rewriting import Piece, Reading, Rewriter, reading_of
from backprop_cli.lean import Collection

_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ANCHOR = re.compile(r"\$(?=[A-Z]{1,3}\$?[1-9])|(?<=[A-Z])\$(?=[1-9])")
_MOST = 1000  # cells of a range
# What stands before the operands in a row, and behind.
_OF_SEVERAL = {
    "SUM": ("sum(", ")"), "SUMSQ": ("sum(", "^2)"), "AVERAGE": ("mean(", ")"), "PRODUCT": ("prod(", ")"),
    "MAX": ("amax(", ")"), "MIN": ("amin(", ")"), "STDEV": ("std(", ", ddof=1)"), "STDEV.S": ("std(", ", ddof=1)"),
    "STDEV.P": ("std(", ", ddof=0)"), "VAR": ("var(", ", ddof=1)"), "VAR.S": ("var(", ", ddof=1)"),
    "VAR.P": ("var(", ", ddof=0)"), "STDEVP": ("std(", ", ddof=0)"), "VARP": ("var(", ", ddof=0)"),
}  # fmt: skip
_PRODUCTS, _LOGARITHM = "SUMPRODUCT", "LOG"


def has_ranges(text: str) -> bool:
    """Whether a range of cells is in a text."""
    return bool(re.search(rf"(?<![\w.\[]){_CELL.pattern}\s*:\s*{_CELL.pattern}(?!\w)", text.replace("$", "")))


def without_anchors(text: str) -> Reading:
    """`$A$1` as `A1`: what a copy of a formula keeps."""
    pieces: list[Piece] = []
    end = 0
    for found in _ANCHOR.finditer(text):
        pieces.append((text[end : found.start()], end, found.start()))
        end = found.end()
    return reading_of([*pieces, (text[end:], end, len(text))], len(text))


def read_cells(edits: Rewriter, names: Collection[str]) -> None:
    """Make the edits of cells, ranges and functions of several operands."""
    for k, text in enumerate(edits.texts):
        if text == ":" and 0 < k < len(edits) - 1:
            _range(edits, k)
    for k, text in enumerate(edits.texts):
        bracket = k + 1
        if edits.at(bracket) != "(" or bracket not in edits.closes or text in names:
            continue
        first = k - 2 if edits.at(k - 1) == "." and k > 1 else k
        _function(edits, "".join(edits.texts[first : k + 1]), first, bracket)


def _range(edits: Rewriter, colon: int) -> None:
    """`A1:A3` is its cells in a row, of a block row after row."""
    first, last = colon - 1, colon + 1
    found = [_CELL.fullmatch(edits.texts[k]) for k in (first, last)]
    if found[0] is None or found[1] is None:
        return
    (left, top), (right, bottom) = (((_number(cell[1])), int(cell[2])) for cell in found if cell)
    cells = [
        f"{_letters(column)}{row}"
        for row in range(top, min(bottom, top + _MOST) + 1)
        for column in range(left, min(right, left + _MOST) + 1)
    ]
    if not cells or len(cells) > _MOST:
        edits.refuse(first, last, f"a range is of at most {_MOST} cells, from the upper left one on", "give it a name")
        return
    edits.merge(first, last, ", ".join(cells))


def _function(edits: Rewriter, name: str, first: int, bracket: int) -> None:
    close = edits.closes[bracket]
    items = edits.arguments(bracket)
    if name in _OF_SEVERAL and items:
        before, behind = _OF_SEVERAL[name]
        row = len(items) > 1 or ":" in edits.texts[bracket:close]
        edits.merge(first, bracket, before + "[" * row)
        edits.out[close] = "]" * row + behind
    elif name == _PRODUCTS and len(items) > 1:
        edits.merge(first, bracket, "sum(")
        for a, b in items:
            if ":" in edits.texts[a : b + 1]:
                edits.wrap(a, b, "[", "]")
        for comma in edits.commas[bracket]:
            edits.out[comma] = "*"
    elif name == _LOGARITHM and len(items) == 1:
        edits.merge(first, bracket, "log10(")
    elif name == _LOGARITHM and len(items) == 2:
        edits.merge(first, bracket, "log(")


def _number(letters: str) -> int:
    """The number of a column: 1 of `A`, 27 of `AA`."""
    made = 0
    for letter in letters:
        made = 26 * made + ord(letter) - ord("A") + 1
    return made


def _letters(number: int) -> str:
    """The letters of a column."""
    made = ""
    while number:
        number, rest = divmod(number - 1, 26)
        made = chr(ord("A") + rest) + made
    return made
