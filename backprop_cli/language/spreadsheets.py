"""Formulas of spreadsheets: a `=` in front, `5%`, `PI()`, `IF(c, a, b)`, `AVERAGE(x)`, `NORM.S.DIST(z, TRUE)`."""

from __future__ import annotations

import re

from backprop_cli.language.bare import SPREADSHEETS
from backprop_cli.language.rewriting import Reading, Rewriter
from backprop_cli.language.spreadsheet_cells import has_ranges, read_cells, without_anchors
from backprop_cli.lean import Collection

_DOTTED = re.compile(r"[A-Z]{2,}(?:\.[A-Z]+)+\(")  # STDEV.S(
_FORMULA = re.compile(r"\s*=(?!=)")
_NORMAL = (("NORM", ".", "S", ".", "DIST"), 2), (("NORM", ".", "DIST"), 4)  # and how many operands they have
_CUMULATIVE = {"TRUE": True, "1": True, "FALSE": False, "0": False}
_AREA, _HEIGHT = "normcdf", "normpdf"


def spreadsheet(text: str, names: Collection[str]) -> Reading | None:
    """The text without what only spreadsheets write, None where there is nothing of the kind; `names` have values."""
    is_formula, ranges = _FORMULA.match(text), has_ranges(text)
    if not (is_formula or ranges or _DOTTED.search(text)) and not any(
        f"{word}(" in text for word in (*SPREADSHEETS, "DIST")
    ):
        return None
    plain = without_anchors(text) if "$" in text else None
    typed = plain.text if plain else text
    edits = Rewriter(_with_commas(typed) if is_formula else typed)
    if is_formula or ranges:
        read_cells(edits, names)
    if is_formula:
        edits.drop(0, 0)
        _percent(edits)
        _powers(edits)
    for k, word in enumerate(edits.texts):
        bracket = k + 1
        if edits.at(bracket) != "(" or bracket not in edits.closes or word in names or edits.out[k] != word:
            continue
        if word in SPREADSHEETS and edits.at(k - 1) != ".":
            _function(edits, k, word)
        elif word == "DIST" and edits.at(k - 2) in ("NORM", "S"):
            _normal(edits, k)
        elif edits.at(k - 1) == "." and _DOTTED.match(edits.text, edits.begins[first := _first(edits, k)]):
            edits.merge(first, k, "_".join(edits.texts[first : k + 1 : 2]))
    found = edits.reading()
    found = plain.then(found) if plain else found._replace(typed=text)
    return found if found.text != text or found.problems else None


def _first(edits: Rewriter, k: int) -> int:
    """The first word of a name with points: `STDEV` of `STDEV.S`."""
    while edits.at(k - 1) == "." and k > 1:
        k -= 2
    return k


def _with_commas(text: str) -> str:
    """The text with commas between operands, where spreadsheets with a decimal comma have semicolons."""
    depth, made = 0, []
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        made.append("," if sign == ";" and depth > 0 else sign)
    return "".join(made)


def _percent(edits: Rewriter) -> None:
    """`5%` is 5/100; it binds more tightly than anything else."""
    for k, text in enumerate(edits.texts):
        if text == "%" and k and edits.head[k - 1] >= 0:
            edits.wrap(edits.head[k - 1], k - 1, "(", "")
            edits.out[k] = "/100)"


def _powers(edits: Rewriter) -> None:
    """Refuse `-x^2` and `x^y^z`, which spreadsheets work through in another order than everybody else."""
    for k, text in enumerate(edits.texts):
        first = edits.head[k - 1] if text == "^" and k else -1
        if first < 1:
            continue
        sign, base = edits.texts[first - 1], "".join(edits.texts[first:k])
        if sign == "^":
            message, help_ = "of two powers spreadsheets take the left one first", "put brackets around one of them"
            edits.refuse(first - 1, k, message, help_)
        elif sign == "-" and (first < 2 or edits.head[first - 2] < 0):
            message = f"`-{base}^…` is the power of `-{base}` in a spreadsheet, and `-({base}^…)` elsewhere"
            edits.refuse(first - 1, k, message, f"write `(-{base})^…` or `-({base}^…)`")


def _function(edits: Rewriter, k: int, word: str) -> None:
    bracket, close = k + 1, edits.closes[k + 1]
    count = len(edits.arguments(bracket))
    gate, operands = SPREADSHEETS[word]
    if count == operands == 0:
        edits.merge(k, close, gate)
    elif count == operands:
        edits.out[k] = gate
        if operands == 3:
            _condition(edits, *edits.arguments(bracket)[0])
    elif operands == 1 and count > 1:  # of several numbers
        edits.out[k], edits.out[bracket], edits.out[close] = gate, "([", "])"


def _condition(edits: Rewriter, first: int, last: int) -> None:
    """`x = 1` compares, and `x <> 1` does."""
    for k in range(first, last + 1):
        if edits.texts[k] == "=":
            edits.out[k] = "=="
        elif edits.texts[k] == "<" and edits.at(k + 1) == ">":
            edits.out[k], edits.out[k + 1] = "!=", ""


def _normal(edits: Rewriter, k: int) -> None:
    """The normal distribution, standard or of a mean and a standard deviation; the last operand says which function."""
    bracket = k + 1
    for words, count in _NORMAL:
        first = k + 1 - len(words)
        items = edits.arguments(bracket)
        if first < 0 or tuple(edits.texts[first : k + 1]) != words or len(items) != count:
            continue
        last = items[-1]
        cumulative = _CUMULATIVE.get(edits.texts[last[0]].upper()) if last[0] == last[1] else None
        if cumulative is None:
            return
        close = edits.closes[bracket]
        if count == 4 and not cumulative:
            message = "the density of a mean and a standard deviation is no gate"
            edits.refuse(first, close, message, f"write `{_HEIGHT}((x - m)/s)/s`")
            return
        edits.drop(first, k - 1)
        edits.out[k] = _AREA if cumulative else _HEIGHT
        edits.drop(last[0] - 1, last[1])
        if count == 4:
            mean, deviation = edits.commas[bracket][:2]
            edits.out[bracket], edits.out[mean], edits.out[deviation] = "(((", ") - (", "))/("
            edits.out[close] = "))"
        return
