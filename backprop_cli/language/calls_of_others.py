"""Calls that are something else here: R's `c(1, 2)`, Mathematica's `f[x_] := x^2`, SymPy's `Symbol('x')`.

They are read before anything else is, so that what comes later sees an array, a definition and a name.
"""

from __future__ import annotations

from backprop_cli.language.dimensions import refuse_indices
from backprop_cli.language.program import SizeOf
from backprop_cli.language.rewriting import Reading, Rewriter
from backprop_cli.lean import Collection

_QUOTES = ("'", '"')
_ENDS = ("", "\n", ";")
_SYMBOLS = frozenset({"Symbol", "symbols", "symbol"})
_COMBINES = "c"  # R's function of that name


def read_calls(text: str, names: Collection[str], size_of: SizeOf) -> Reading | None:
    """The text without them, None where there are none; `names` have values."""
    has_heads, has_symbols = all(sign in text for sign in "[_="), any(word in text for word in _SYMBOLS)
    combines = f"{_COMBINES}(" in text.replace(" ", "") and _COMBINES not in names
    if not (has_heads or has_symbols or combines):
        return None
    edits, is_r = Rewriter(text), False
    if has_heads:
        _heads(edits)
    for k, word in enumerate(edits.texts):
        if edits.at(k + 1) != "(" or k + 1 not in edits.closes or edits.dropped[k]:
            continue
        if word in _SYMBOLS and has_symbols:
            _symbol(edits, k)
        elif word == _COMBINES and combines and edits.at(k - 1) != "." and not _is_defined(edits, word):
            _combined(edits, k, size_of)
            is_r = True
    if is_r and "<-" not in text and "%*%" not in text:  # which show it too
        refuse_indices(edits)
    found = edits.reading()
    return found if found.text != text or found.problems else None


def _is_defined(edits: Rewriter, name: str) -> bool:
    """Whether the text gives a name a meaning of its own: `c = 2`, `c(x) = x^2`, `gate c(x) = …`."""
    for k, text in enumerate(edits.texts):
        if text != name or edits.at(k - 1) not in (*_ENDS, "gate", "def"):
            continue
        behind = edits.closes.get(k + 1, k) + 1
        if edits.at(behind) in ("=", ":") or edits.at(k - 1) in ("gate", "def"):
            return True
    return False


def _combined(edits: Rewriter, k: int, size_of: SizeOf) -> None:
    """`c(1, 2)` is the array [1, 2]; of arrays it joins them, which is refused with what to write."""
    bracket = k + 1
    items, close = edits.arguments(bracket), edits.closes[bracket]
    names = (edits.texts[k] for k in range(bracket + 1, close) if edits.is_word(k) and edits.at(k + 1) != "=")
    if any(isinstance(shape, tuple) and shape for shape in map(size_of, names)):
        inside = edits.text[edits.begins[bracket] + 1 : edits.begins[close]].strip()
        edits.refuse(k, close, "R's `c` joins arrays", f"write `concat({inside})`")
        return
    if len(items) < 2:  # `c(x + 1)` may be a product
        return
    edits.blank(k, k)
    for a, _ in items:
        if edits.at(a + 1) == "=":  # elements of a vector may have names
            edits.blank(a, a + 1)
    edits.out[bracket], edits.out[close] = "[", "]"


def _symbol(edits: Rewriter, k: int) -> None:
    """`Symbol('x')^2` is x^2; a statement that only says which letters are symbols is left out elsewhere."""
    bracket, first = k + 1, k
    close = edits.closes[bracket]
    name = edits.at(k + 2).strip()
    while edits.at(first - 1) == "." and first > 1:
        first -= 2
    if name[:1] not in _QUOTES or not name[1:-1].isidentifier():
        return
    if edits.at(first - 1) == "=" and edits.at(close + 1) in _ENDS:
        return
    edits.merge(first, close, name[1:-1])


def _heads(edits: Rewriter) -> None:
    """`f[x_, y_] := x*y` is `f(x, y) = x*y`, and `f[2, 3]` calls it."""
    defined = set()
    for k, text in enumerate(edits.texts):
        close = edits.closes.get(k + 1, -1)
        if not edits.is_word(k) or edits.at(k - 1) not in _ENDS or edits.at(k + 1) != "[" or close < 0:
            continue
        items = edits.arguments(k + 1)
        if not items or not all(a == b and _is_pattern(edits.texts[a]) for a, b in items):
            continue
        is_delayed = edits.at(close + 1) == ":" and edits.at(close + 2) == "="
        if not is_delayed and edits.at(close + 1) != "=":
            continue
        if is_delayed:
            edits.out[close + 1] = ""
        for a, _ in items:
            edits.out[a] = edits.texts[a].partition("_")[0]
        defined.add(text)
    for k, text in enumerate(edits.texts):
        if text in defined and edits.at(k + 1) == "[" and k + 1 in edits.closes:
            edits.out[k + 1], edits.out[edits.closes[k + 1]] = "(", ")"


def _is_pattern(text: str) -> bool:
    """Whether it is a name with a blank to Mathematica: `x_`, `x_Real`."""
    name, blank, kind = text.partition("_")
    return (
        bool(name and blank) and name.isalnum() and (not kind or kind in ("Real", "Integer", "Rational", "?NumericQ"))
    )
