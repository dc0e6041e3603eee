"""What MATLAB, Julia, R, JavaScript and Mathematica count or divide otherwise: from 1, by n - 1, towards 0.

`sum(x.^2, 1)` and `sum(x, dims=1)` are of the first axis, which is 0 here, and keep it; `std` and `var` are those of a
sample; `x[[1]]` is the first element. What cannot be read so is refused, with what to write.
"""

from __future__ import annotations

import re
from itertools import pairwise

from backprop_cli.language.bare import CAPITALS, MATHEMATICA
from backprop_cli.language.rewriting import Rewriter
from backprop_cli.language.spellings import ALONG_DIMENSIONS, ALONG_ONE, SPREAD
from backprop_cli.lean import Collection

_POINTED = ("^", "*", "/", "**", "+", "-", "<", ">", "==", "<=", ">=", "(")
_AXES = "write `axis=0` for the first, `axis=1` for the second"
_COUNTED = re.compile(r"[1-9][0-9]*(?::[1-9][0-9]*)?|:?")
_FROM_ONE = "counts from 1 there, and from 0 here"


def is_matlab(edits: Rewriter) -> bool:
    """Whether a sign with a point in front, `.^` or `f.(x)`, says that the text is MATLAB's or Julia's."""
    return any(
        text == "." and k and edits.head[k - 1] >= 0 and edits.touches(k + 1) and edits.at(k + 1) in _POINTED
        for k, text in enumerate(edits.texts)
    )


def read_dimensions(edits: Rewriter, names: Collection[str], *, pointed: bool) -> None:
    """Make the edits of calls without a library in front; `pointed` where `.^` or `.*` is in the text."""
    is_r = any(
        edits.texts[k : k + 3] == ["%", "*", "%"] or (edits.texts[k : k + 2] == ["<", "-"] and _begins(edits, k - 1))
        for k, text in enumerate(edits.texts)
        if text in "%<"
    )
    if is_r or pointed:
        refuse_indices(edits)
    for k, text in enumerate(edits.texts):
        bracket = k + 1
        if text == "t" and is_r and "t" not in names and edits.at(bracket) == "(":
            edits.out[k] = "transpose"
        if (
            text not in ALONG_DIMENSIONS | ALONG_ONE
            or text in names
            or edits.at(bracket) != "("
            or edits.at(k - 1) == "."
        ):
            continue
        if bracket in edits.closes:
            _call(edits, k, pointed=pointed, is_sample=pointed or is_r)


def refuse_indices(edits: Rewriter) -> None:
    """Refuse `x[1]`, `A[1, 2]` and `x[1:2]` in R and in Julia, which count from 1; a 0 shows that the text does not."""
    found: list[tuple[int, int, list[str]]] = []
    for k, text in enumerate(edits.texts):
        close = edits.closes.get(k, -1)
        if text != "[" or k < 1 or close < 0 or edits.head[k - 1] < 0 or edits.texts[k + 1] == "[":
            continue
        limits = [k, *edits.commas[k], close]
        parts = ["".join(edits.texts[a + 1 : b]) for a, b in pairwise(limits)]
        if any(part.partition(":")[0] == "0" or part[:1] in ("-", "−") for part in parts):
            return
        if all(_COUNTED.fullmatch(part) for part in parts) and any(parts) and {*parts} != {":"}:
            found.append((edits.head[k - 1], close, parts))
    for first, close, parts in found:
        array = edits.text[edits.begins[first] : edits.begins[edits.opens[close]]]
        index = ", ".join(_from_0(part) for part in parts)
        message = f"`{array}[{', '.join(parts)}]` {_FROM_ONE}"
        edits.refuse(first, close, message, f"write `{array}[{index}]`")


def _from_0(part: str) -> str:
    """An index, or a slice that has its last element, as we write it."""
    first, sign, last = part.partition(":")
    if not first:
        return ":"
    return f"{int(first) - 1}:{last}" if sign else str(int(first) - 1)


def _begins(edits: Rewriter, k: int) -> bool:
    """Whether a token is a name with which a statement begins: `f <- x`."""
    return edits.is_word(k) and edits.at(k - 1) in ("", "\n", ";")


def _call(edits: Rewriter, k: int, *, pointed: bool, is_sample: bool) -> None:
    text, bracket = edits.texts[k], k + 1
    items = edits.arguments(bracket)
    has_dims = False
    for first, last in items[1:]:
        value = edits.texts[last]
        is_named = edits.texts[first] == "dims" and edits.at(first + 1) == "="
        has_dims |= is_named
        is_plain = pointed and text in ALONG_ONE and first == last and len(items) == 2
        if not (is_named or is_plain) or (is_plain and not value.isdigit()):
            continue
        if value.isdigit() and int(value) > 0 and last == first + 2 * is_named:
            keeps = ", keepdims=True" if text in ALONG_DIMENSIONS else ""
            edits.merge(first, last, f"axis={int(value) - 1}{keeps}")
        else:
            edits.refuse(first, last, f"a dimension {_FROM_ONE}", _AXES)
    if text in SPREAD and (is_sample or has_dims):
        if any(edits.at(first + 1) != "=" and edits.out[first] == edits.texts[first] for first, _ in items[1:]):
            message = f"the second operand of `{text}` is a weight in MATLAB, and an axis here"
            edits.refuse(items[1][0], items[-1][1], message, f"write `{text}(x, axis=0, ddof=1)` for each column")
        elif items and not any(edits.texts[first] in ("ddof", "corrected") for first, _ in items):
            edits.before[edits.closes[bracket]] += ", ddof=1"


def read_parts(edits: Rewriter) -> None:
    """`x[[1]]`, `A[[1, 2]]` in Mathematica: elements, counted from 1."""
    for k, text in enumerate(edits.texts):
        close = edits.closes.get(k, -1)
        if text != "[" or k < 1 or edits.head[k - 1] < 0 or edits.closes.get(k + 1) != close - 1 or close < 0:
            continue
        if edits.texts[k + 1] != "[" or edits.texts[k - 1] in MATHEMATICA or edits.texts[k - 1] in CAPITALS:
            continue
        items = edits.arguments(k + 1)
        if all(first == last and edits.texts[first].isdigit() and int(edits.texts[first]) for first, last in items):
            for first, _ in items:
                edits.out[first] = str(int(edits.texts[first]) - 1)
            edits.out[k + 1] = edits.out[close - 1] = ""
        else:
            help_ = "write `x[0]` for the first element, `A[0, :]` for the first row"
            edits.refuse(k, close, f"a part {_FROM_ONE}", help_)


def refuse_remainders(edits: Rewriter) -> None:
    """Refuse `%` beside JavaScript's `Math`, where it has the sign of what is divided."""
    if not any(text == "Math" and edits.at(k + 1) == "." for k, text in enumerate(edits.texts)):
        return
    for k, text in enumerate(edits.texts):
        if text != "%" or not k or edits.head[k - 1] < 0:
            continue
        above, last = edits.head[k - 1], k + 1
        while last + 1 < len(edits) and edits.head[last + 1] == edits.head[k + 1] >= 0:
            last += 1
        last = max(last, edits.closes.get(k + 1, last))
        a, b = (
            edits.text[edits.begins[first] : edits.begins[end] + len(edits.texts[end])]
            for first, end in ((above, k - 1), (k + 1, last))
        )
        message = "`%` has the sign of what is divided in JavaScript, and of the divisor here"
        help_ = f"write `{a} - {b}*where({a}/{b} < 0, ceil({a}/{b}), floor({a}/{b}))`, or for the other `mod({a}, {b})`"
        edits.refuse(above, last, message, help_)
