"""Signs that mean one thing of numbers and another of arrays: `|x|` and `×`. Of arrays they are refused, by name."""

from __future__ import annotations

from backprop_cli.language.program import SizeOf
from backprop_cli.language.rewriting import Reading, Rewriter
from backprop_cli.language.spellings import ABSOLUTE

BARS = ("|", "\\lvert", "\\vert", "\\left", "\\mid")
_CROSSES = ("×", "\\times")
_OVER_ELEMENTS = frozenset({"sum", "mean", "max", "min", "prod", "amax", "amin", "norm1"})


def refuse_signs(reading: Reading, size_of: SizeOf) -> Reading:
    """The reading, with what it cannot be."""
    edits = Rewriter(reading.text)
    for k, text in enumerate(edits.texts):
        typed = reading.typed[reading.starts[edits.begins[k]] :]
        if text == ABSOLUTE and typed.startswith(BARS):
            _bars(edits, reading, k, size_of)
        elif text == "*" and typed.startswith(_CROSSES) and all(_is_array(edits, j, size_of) for j in (k - 1, k + 1)):
            message = "`×` of two vectors is their cross product to most, and elementwise to some"
            edits.refuse(k - 1, k + 1, message, "write `a*b` for products of elements; no gate is a cross product")
    return reading.then(edits.reading()) if edits.problems else reading


def _is_array(edits: Rewriter, k: int, size_of: SizeOf) -> bool:
    shape = size_of(edits.at(k)) if edits.is_word(k) and edits.at(k + 1) not in ("(", "[") else None
    return isinstance(shape, tuple) and shape != ()


def _bars(edits: Rewriter, reading: Reading, k: int, size_of: SizeOf) -> None:
    """Refuse bars around the name of an array, but not where the elements are added up or compared right away."""
    close = edits.closes.get(k + 1, k)
    here = reading.starts[edits.begins[k]]
    if close != k + 3 or not _is_array(edits, k + 2, size_of) or any(s.start <= here < s.end for s in reading.sums):
        return
    if edits.at(k - 1) == "(" and edits.closes.get(k - 1) == close + 1 and edits.at(k - 2) in _OVER_ELEMENTS:
        return
    name = edits.texts[k + 2]
    shape = size_of(name)
    if isinstance(shape, tuple) and len(shape) == 2:
        message, other = f"`|{name}|` of a matrix is its determinant to most, and elementwise to some", f"det({name})"
    else:
        message, other = f"`|{name}|` of a vector is its length to most, and elementwise to some", f"norm({name})"
    edits.refuse(k, close, message, f"write `{other}`, or `abs({name})` for each element")
