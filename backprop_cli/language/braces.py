"""Braces that are no brackets here: a list, a choice by conditions; refused, with what they are in our notation."""

from __future__ import annotations

from backprop_cli.language.rewriting import Rewriter

_PIECES = "Piecewise"
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!=", "≤", "≥", "≠"})


def refuse_braces(edits: Rewriter, k: int) -> None:
    """Refuse `{x<1: x^2, 2x-1}`, `Piecewise[{{x^2, x<1}, …}]` and `{x, y}`, where they can be read at all."""
    if any(problem.start <= edits.begins[k] < problem.end for problem in edits.problems):
        return  # what is around it was refused
    close, items = edits.closes[k], edits.arguments(k)
    if edits.at(k - 2) == _PIECES and edits.at(k - 1) in ("[", "("):
        _pieces(edits, k, items)
        return
    parted = [_parted(edits, first, last) for first, last in items]
    if any(condition for condition, _ in parted):
        edits.refuse(k, close, "braces with conditions are not read", f"write `{_chosen(parted)}`")
    elif edits.commas[k]:
        inside = _text(edits, k + 1, close - 1)
        edits.refuse(k, close, "a list has square brackets here", f"write `[{inside}]`")


def _pieces(edits: Rewriter, k: int, items: list[tuple[int, int]]) -> None:
    """Refuse Mathematica's choice: a list of values with their conditions, and perhaps what holds elsewhere."""
    whole = edits.closes.get(k - 1, edits.closes[k])
    parts = []
    for first, last in items:
        operands = edits.arguments(first) if edits.closes.get(first) == last else []
        if len(operands) == 2:
            value, condition = (_text(edits, a, b) for a, b in operands)
            parts.append((condition, value))
    more = edits.arguments(k - 1)[1:]
    parts += [("", _text(edits, a, b)) for a, b in more]
    if parts:
        edits.refuse(k - 2, whole, f"`{_PIECES}` is not read", f"write `{_chosen(parts)}`")


def _parted(edits: Rewriter, first: int, last: int) -> tuple[str, str]:
    """The condition and the value of `x < 1: x^2`; the condition is empty where there is none."""
    colon = next((m for m in range(first, last + 1) if edits.texts[m] == ":"), -1)
    if colon < 0 or not _COMPARISONS.intersection(edits.texts[first:colon]):
        return "", _text(edits, first, last)
    return _text(edits, first, colon - 1), _text(edits, colon + 1, last)


def _chosen(parts: list[tuple[str, str]]) -> str:
    """The choice as a gate: the last value is what holds elsewhere."""
    made = parts[-1][1]
    if len(parts) == 1:
        made = f"where({parts[0][0]}, {made}, 0)"
    for condition, value in reversed(parts[:-1]):
        made = f"where({condition}, {value}, {made})"
    return made


def _text(edits: Rewriter, first: int, last: int) -> str:
    return edits.text[edits.begins[first] : edits.begins[last] + len(edits.texts[last])]
