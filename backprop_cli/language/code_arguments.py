"""Arguments that change what a call of another library means: `clamp(x, min=0)`, `float('inf')`."""

from __future__ import annotations

from backprop_cli.language.rewriting import Rewriter
from backprop_cli.language.spellings import INFINITIES, LIMITS, ONE_LIMIT

_QUOTES = "'\""


def one_sided(edits: Rewriter, name: str, bracket: int, operands: int) -> str:
    """`clamp(x, min=0)` is a maximum: the gate, if only one limit is given; its name is left out."""
    items = [item for item in edits.arguments(bracket) if not edits.dropped[item[0]]]
    if name not in LIMITS or len(items) != operands + 1:
        return ""
    first, last = items[-1]
    limit = LIMITS[name].get(edits.texts[first], "") if edits.at(first + 1) == "=" else ""
    if not limit or first == last:
        return ""
    edits.out[first] = edits.out[first + 1] = ""
    return ONE_LIMIT[limit]


def refuse_texts(edits: Rewriter, name: str, bracket: int) -> bool:
    """Refuse what a text between quotation marks changes; whether there is one."""
    for first, last in edits.arguments(bracket):
        text = edits.texts[last].strip()
        if edits.dropped[first] or text[:1] not in _QUOTES or not text:
            continue
        keyword = edits.texts[first] if last > first else ""
        said = f"{keyword}={text}" if keyword else text
        help_ = f"leave it out for `{name}` as it is here, or write the formula"
        edits.refuse(first, last, f"`{said}` changes what `{name}` is, and is not read", help_)
        return True
    return False


def infinity(edits: Rewriter, name: str, bracket: int, close: int, first: int) -> bool:
    """`float('-inf')` is a number; whether it is one."""
    if name != "float" or close != bracket + 2 or edits.texts[bracket + 1].strip() not in INFINITIES:
        return False
    edits.merge(first, close, INFINITIES[edits.texts[bracket + 1].strip()])
    return True


def canonical(subscripts: str) -> str:
    """Subscripts with their letters in the order of the alphabet: `bij,bjk->bik` is `abc,acd->abd`."""
    letters: dict[str, str] = {}
    for letter in subscripts:
        if letter.isalpha():
            letters.setdefault(letter, chr(ord("a") + len(letters)))
    return "".join(letters.get(letter, letter) for letter in subscripts if letter != " ")
