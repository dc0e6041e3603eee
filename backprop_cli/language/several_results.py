"""Calls of functions with several results, or with operands that ours works out: `slogdet`, `svd`, `layer_norm`."""

from __future__ import annotations

from backprop_cli.language.rewriting import Rewriter
from backprop_cli.language.spellings import RESULTS, TORCH, WITH_PLACES, WITHOUT_AXIS


def chosen(edits: Rewriter, name: str, bracket: int, close: int) -> str:
    """What the result of a call that is used means: `slogdet(A)[1]`, `eigh(A).eigenvalues`; "" if that is no gate.

    What chose it is left out.
    """
    results = RESULTS[name]
    following, last = edits.at(close + 1), close
    if bracket in edits.chosen:
        meant = results.get(edits.chosen[bracket], "")
    elif following == "[" and edits.closes.get(close + 1) == close + 3:
        meant, last = results.get(edits.texts[close + 2], ""), close + 3
    elif following == ".":
        meant, last = results.get(edits.texts[close + 2], ""), close + 2
    else:
        meant = results.get("1", "") if drop_keyword(edits, bracket, "compute_uv", "False") else ""
    if meant:
        edits.blank(close + 1, last)  # a method may follow, whose brackets stay
    return meant


def largest_with_places(edits: Rewriter, name: str, bracket: int, close: int, first: int, *, torch: bool) -> bool:
    """PyTorch's `max(x, dim=1)` and `sort(x)`, whose second result is places; whether a call is refused for that."""
    items = [edits.texts[a] for a, _ in edits.arguments(bracket)]
    if not torch or name not in WITH_PLACES or not (name in WITHOUT_AXIS or _along(items[1:])):
        return False
    end = edits.closes.get(close + 1, close + 2) if edits.at(close + 1) in ("[", ".") else close
    taken = edits.chosen.get(bracket, "".join(edits.texts[close + 1 : end + 1]).strip("[]."))
    if taken in ("0", "values"):
        edits.blank(close + 1, end)
    elif taken not in ("", "T") and (edits.at(close + 1) == "[" or bracket in edits.chosen or taken == "indices"):
        message = f"PyTorch's `{name}` has the places as its second result, and ours has none"
        edits.refuse(first, close, message, f"the first is `.values`; of the places write `{WITH_PLACES[name]}(…)`")
        return True
    return False


def _along(items: list[str]) -> bool:
    """Whether one of the arguments behind the first is an axis."""
    return any(text in ("dim", "axis", "-") or text.isdigit() for text in items)


def choose(edits: Rewriter, first: int, last: int, equals: int, words: list[str]) -> bool:
    """`_, logdet = np.linalg.slogdet(A)`: each name as its result, if all that have a name are gates."""
    bracket = edits.opens.get(last, -1)
    name = edits.at(bracket - 1)
    results = RESULTS.get(name, {})
    numpy = any(text in ("np", "numpy") for text in edits.texts)
    if len(words) == 2 and name in WITH_PLACES and edits.at(bracket - 2) == "." and not numpy:
        library = edits.at(bracket - 3) in TORCH
        items = [edits.texts[a] for a, _ in edits.arguments(bracket)][library:]
        if name in WITHOUT_AXIS or _along(items):
            results = {"0": name}
            words = [words[0], "_" if edits.texts.count(words[1]) == 1 else words[1]]
            if words[1] != "_":
                message = f"the second result of `{name}` is places, and ours has none"
                edits.refuse(first, last, message, f"write `{words[0]} = …` alone; places are `{WITH_PLACES[name]}(…)`")
                return True
    kept = {word: (str(k), results.get(str(k), "")) for k, word in enumerate(words) if word != "_"}
    if not results or edits.head[last] != equals + 1 or not all(meant for _, meant in kept.values()):
        return False
    if len(kept) == 1:
        ((word, (number, _)),) = kept.items()
        edits.merge(first, equals, f"{word} =")
        edits.chosen[bracket] = number
        return True
    if bracket + 2 != last or any(f"{word}(" in meant for word, (_, meant) in kept.items()):
        return False  # an operand of several words is not copied
    texts = (f"{word} = {meant.format(edits.texts[bracket + 1])}" for word, (_, meant) in kept.items())
    edits.merge(first, last, "; ".join(texts))
    edits.drop(first + 1, last)
    return True


def drop_keyword(edits: Rewriter, bracket: int, keyword: str, *values: str) -> bool:
    """Leave out an argument that is that; whether there was one."""
    for first, last in edits.arguments(bracket):
        if edits.texts[first] == keyword and edits.texts[last].strip() in values and last == first + 2:
            edits.drop(first - 1, last)
            return True
    return False


def drop_lengths(edits: Rewriter, bracket: int, close: int, name: str) -> None:
    """Lengths of the last axes, which ours knows: what is left of them is which axes they are."""
    items = edits.arguments(bracket)
    if len(items) < 2:
        return
    first, last = items[1]
    begin = first + 2 if edits.texts[first] == name else first
    text = "".join(edits.texts[begin : last + 1])
    count = 1 if begin == last or text.endswith((".shape[-1:]", ".shape[-1]", ".size(-1)")) else 0
    if edits.closes.get(begin) == last:
        commas = edits.commas[begin]
        count = len(commas) + (last - 1 not in commas)
    if count:
        edits.drop(first - 1, last)
    if count > 1:
        edits.before[close] += f", axis=[{', '.join(map(str, range(-count, 0)))}]"
