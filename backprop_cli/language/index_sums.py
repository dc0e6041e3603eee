r"""Sums over an index, read as sums over vectors: what may be in them, and the signs that products in them need.

`\sum_i y_i x_i` is `sum(y*x)`: where each name with the index is a vector and every other one a number, elements are
multiplied with elements. Whatever else may stand below a sum sign is refused: no number is better than a wrong one.
"""

from __future__ import annotations

import re

from backprop_cli.errors import shorten
from backprop_cli.language.program import SizeOf
from backprop_cli.language.rewriting import WORDS, IndexSum, Reading, Rewriter
from backprop_cli.language.spellings import LOWERED
from backprop_cli.lean import Collection, Iterable, Iterator

_BELOW = re.compile(r"(?P<indices>[A-Za-z](?:,?[A-Za-z])*)(?:=(?P<lower>[0-9]{1,15}))?")
_ABOVE = re.compile(r"(?P<name>[A-Za-z_]\w*)(?P<more>[-+−][0-9]{1,15})?|(?P<number>[0-9]{1,15})")
_SUBSCRIPT = re.compile(r"\s*\}?\s*(?:_|\^\s*\{?\s*\()")  # x_i, x^{(i)}
_OF_ACCENT = re.compile(r"\s*(?:\{[^{}]*\}|\\?\w)\s*_")  # \hat{y}_i
_INSIDE = re.compile(r"_|[ᵢⱼₖₙₘₜ]")

MATRICES = "write it with matrices: `X @ w` has the product of each row of `X` with `w`"


def below(written: str) -> tuple[str, str] | None:
    """The indices and the lower limit in what is written below a sum; None where that says more."""
    found = _BELOW.fullmatch(written)
    return (found["indices"].replace(",", ""), found["lower"] or "") if found else None


def objection(indices: str, subscripts: Iterable[str]) -> tuple[str, str] | None:
    """What is wrong with the subscripts of elements of a sum over the indices, and what to write."""
    wanted = {*subscripts}
    odd = sorted(wanted - {indices})
    if not odd:
        return None
    if len({*odd[0]}) < len(odd[0]):
        return f"`{odd[0]}` has an index twice", "the sum along the diagonal of `A` is `trace(A)`"
    message = f"elements have the subscripts {' and '.join(f'`{text}`' for text in sorted(wanted))} in one sum"
    return message, "write it with matrices, such as `x' A y`, or as one sum in another"


def elementwise(reading: Reading, names: Collection[str], size_of: SizeOf) -> Reading:
    """The reading with `*` between factors in sums over an index, where these are elements of vectors and numbers."""
    edits, names_above, ranks = Rewriter(reading.text), set[str](), dict[str, set[int]]()
    sums = sorted(reading.sums, key=lambda total: total.start - total.end)
    within = [-1] * (len(reading.typed) + 1)  # for each character that was typed the innermost sum around it
    for number, total in enumerate(sums):
        within[total.start : total.end] = [number] * (total.end - total.start)
    inside: list[list[int]] = [[] for _ in sums]
    before = -1
    for k, begin in enumerate(edits.begins):
        number = within[reading.starts[begin]]
        if number >= 0:
            inside[number].append(k)
            if before >= 0 and _is_product(edits, k, names):
                edits.before[k] = "*" + edits.before[k]
                edits.closed_up.add(k)
        before = number
    for total, tokens in zip(sums, inside, strict=True):
        names_above.update(_limits(edits, reading, total, tokens, size_of))
        for k in tokens:
            is_name = edits.is_word(k) and edits.texts[k] not in WORDS and edits.at(k + 1) != "("
            if is_name and "@" not in (edits.at(k - 1), edits.at(k + 1)):
                rank = total.rank if _is_element(edits, reading, k, total.letter) else 0
                ranks.setdefault(edits.texts[k], set()).add(rank)
    made = reading.then(edits.reading())
    known = {name: rank for name, (rank, *others) in ranks.items() if not others}
    return made._replace(counted=frozenset(names_above), ranks=known)


def _is_product(edits: Rewriter, k: int, names: Collection[str]) -> bool:
    """Whether token k begins a factor right behind another."""
    if k == 0 or edits.head[k - 1] < 0 or edits.before[k].startswith("*"):
        return False
    text = edits.texts[k]
    if text == "(":
        return k not in edits.calls or edits.texts[k - 1] in names
    return (edits.is_word(k) and text not in WORDS) or text[0] in "0123456789."


def _limits(edits: Rewriter, reading: Reading, total: IndexSum, inside: list[int], size_of: SizeOf) -> Iterator[str]:
    """Refuse arrays that are no vectors of elements, and limits that are not the vectors'; the names above the sum."""
    lengths = set[int]()
    for k in inside:
        shape = size_of(edits.texts[k]) if edits.is_word(k) and edits.at(k + 1) != "(" else None
        if not isinstance(shape, tuple):
            continue
        name = edits.texts[k]
        if "@" in (edits.at(k - 1), edits.at(k + 1)):  # the products of a matrix's rows with a vector
            lengths.update(shape[:1] if len(shape) == 2 else ())
        elif not _is_element(edits, reading, k, total.letter):
            edits.refuse(k, k, f"`{name}` is an array without an index in a sum over one", MATRICES)
        elif len(shape) != total.rank:
            what = "a matrix" if len(shape) == 2 else f"an array of {len(shape)} axes"
            edits.refuse(k, k, f"`{name}` is {what}, and its element has {total.rank} index here", MATRICES)
        else:
            lengths.update(shape)
    if not inside or not (total.lower or total.upper):
        return
    start = int(total.lower or 1)
    upper, name = _upper(total.upper, size_of)
    if name:
        yield name
    first, last = inside[0], inside[-1]
    if total.upper in ("∞", "\\infty", "+∞"):
        edits.refuse(first, last, "the sum has no end", "write its limit, or as many terms as you need")
    elif total.upper and not _ABOVE.fullmatch(total.upper.translate(LOWERED)):
        message = f"`{shorten(total.upper)}` above a sum is not read"
        edits.refuse(first, last, message, "write the elements that are meant, such as `x[0:2]` for the first two")
    elif upper is not None and lengths:
        count, length = upper - start + 1, min(lengths)
        if {count} != lengths:
            message = f"the sum has {count} terms, and the vectors have {length} elements"
            edits.refuse(first, last, message, "write the elements that are meant, such as `x[0:2]` for the first two")
    elif upper is None and start > 1:
        message = f"the sum begins with element {total.lower}"
        edits.refuse(first, last, message, "write the elements that are meant, such as `x[1:]` without the first")


def _is_element(edits: Rewriter, reading: Reading, k: int, index: str = "") -> bool:
    """Whether what was typed for a name had a subscript, or has it still."""
    if index and edits.texts[k].endswith(f"_{index}"):
        return True
    begin = edits.begins[k]
    start, end = reading.starts[begin], reading.ends[begin + len(edits.texts[k])]
    typed = reading.typed[start:end]
    if typed.startswith("\\") and _OF_ACCENT.match(reading.typed, end):
        return True
    return bool(_SUBSCRIPT.match(reading.typed, end) or (typed != edits.texts[k] and _INSIDE.search(typed)))


def _upper(written: str, size_of: SizeOf) -> tuple[int | None, str]:
    """The number above a sum, as far as it is known, and the name in it that has a value."""
    found = _ABOVE.fullmatch(written.translate(LOWERED))
    if found is None:
        return None, ""
    if found["number"]:
        return int(found["number"]), ""
    value = size_of(found["name"])
    if not isinstance(value, int):
        return None, ""
    return value + int((found["more"] or "0").replace("−", "-")), found["name"]
