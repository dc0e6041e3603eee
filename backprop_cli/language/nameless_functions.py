"""Functions without a name, pipes, and what else begins or ends lines of MATLAB, Julia, R and JavaScript.

`@(x) x.^2`, `x -> x^2`, `(x, y) => x*y`, `lambda x: x**2` and `function(x) x^2` are what they compute.
"""

from __future__ import annotations

from backprop_cli.language.rewriting import Rewriter
from backprop_cli.language.spellings import DECLARING
from backprop_cli.lean import Collection, Iterator

_ENDS = ("\n", ";")
_WORDS = ("function", "lambda")
_ARROWS = ("->", "↦")


def read_nameless(edits: Rewriter, names: Collection[str], bound: Collection[str], *, is_matlab: bool) -> None:
    """Make the edits; `names` have values or are defined, those that are `bound` have values."""
    called = {text for k, text in enumerate(edits.texts) if edits.at(k + 1) == "("}
    for first, last in _statements(edits):
        if edits.texts[first] in DECLARING and edits.is_word(first + 1) and edits.at(first + 2) == "=":
            arrow = _head(edits, first + 3, named=True)
            if first + 3 < arrow <= last:  # const f = x => x*x
                edits.drop(first, first)
                first += 1
        begin = first
        if edits.is_word(first) and edits.at(first + 1) == "=" and edits.at(first + 2) != "=":
            begin = first + 2
        elif edits.is_word(first) and edits.texts[first + 1 : first + 3] in (["<", "-"], [":", "="]):  # R's and Maple's
            begin = first + 3
        end = _head(edits, begin, named=begin > first)
        if begin < end <= last:
            if begin > first and edits.texts[first] in called:  # a gate
                parameters = [text for text in edits.texts[begin:end] if text.isidentifier() and text not in _WORDS]
                edits.merge(first, begin - 1, f"gate {edits.texts[first]}({', '.join(parameters)}) =")
            edits.drop(begin, end - 1)
        if is_matlab:
            _comment(edits, begin, last, names)
        _pipes(edits, begin, last)
    for k, text in enumerate(edits.texts):
        if text in bound and edits.at(k + 1) == "(" and edits.commas.get(k + 1) and k + 1 in edits.closes:
            _places(edits, k, text)


def _statements(edits: Rewriter) -> Iterator[tuple[int, int]]:
    """The first and the last token of each statement."""
    first = 0
    for k in range(len(edits) + 1):
        if k == len(edits) or edits.texts[k] in _ENDS:
            if k > first:
                yield first, k - 1
            first = k + 1


def _head(edits: Rewriter, k: int, *, named: bool) -> int:
    """The first token behind the parameters of a function without a name; k where there is none."""
    text = edits.at(k)
    if text in ("@", "function") and edits.at(k + 1) == "(":
        return edits.closes.get(k + 1, k - 1) + 1
    if text == "lambda" and not named:
        colon = next((m for m in range(k, min(k + 20, len(edits))) if edits.texts[m] == ":"), k - 1)
        return colon + 1
    last = edits.closes.get(k, k) if text == "(" else k
    if last == k and not edits.is_word(k):
        return k
    if edits.at(last + 1) in _ARROWS:
        is_limit = edits.at(last + 3) in ("", *_ENDS) and not edits.is_word(last + 2)  # x -> 0
        return k if is_limit else last + 2
    is_arrow = edits.at(last + 1) == "=" and edits.at(last + 2) == ">" and edits.touches(last + 2)
    return last + 3 if is_arrow else k


def _comment(edits: Rewriter, first: int, last: int, names: Collection[str]) -> None:
    """Leave out MATLAB's comment: words behind `%` that have no value."""
    for k in range(first + 1, last):
        if edits.texts[k] == "%" and not edits.touches(k):
            words = edits.texts[k + 1 : last + 1]
            if all(word.isalpha() and word not in names for word in words):
                edits.drop(k, last)
                return


def _pipes(edits: Rewriter, first: int, last: int) -> None:
    """Refuse `x |> exp |> sum`, with what it is."""
    signs = [k for k in range(first, last) if edits.texts[k] == "|" and edits.at(k + 1) == ">" and edits.touches(k + 1)]
    if not signs or signs[0] == first:
        return
    made = _text(edits, first, signs[0] - 1)
    for k, end in zip(signs, [*(sign - 1 for sign in signs[1:]), last], strict=True):
        if end != k + 2 or not edits.is_word(end):
            return
        made = f"{edits.texts[end]}({made})"
    edits.refuse(first, last, "pipes are not read", f"write `{made}`")


def _places(edits: Rewriter, k: int, name: str) -> None:
    """Refuse `A(1, 2)`, an element to MATLAB and Fortran, which count from 1."""
    items = edits.arguments(k + 1)
    texts = [_text(edits, a, b) for a, b in items]
    if not all(text == ":" or (text.isdigit() and int(text)) for text in texts):
        return
    index = ", ".join(text if text == ":" else str(int(text) - 1) for text in texts)
    edits.refuse(
        k, edits.closes[k + 1], "elements stand in square brackets, counted from 0", f"write `{name}[{index}]`"
    )


def _text(edits: Rewriter, first: int, last: int) -> str:
    return edits.text[edits.begins[first] : edits.begins[last] + len(edits.texts[last])]
