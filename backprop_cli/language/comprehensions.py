"""A `for` between brackets, `sum(a*b for a, b in zip(x, y))`: refused, with the loop that it is."""

from __future__ import annotations

from bisect import bisect_right

from backprop_cli.language.rewriting import Rewriter


def comprehensions(edits: Rewriter) -> None:
    """Refuse `sum(i**2 for i in range(4))`, and say what the loop is."""
    loops = [k for k, text in enumerate(edits.texts) if text == "for"]
    for bracket, close in edits.closes.items() if loops else ():
        at = loops[k] if (k := bisect_right(loops, bracket)) < len(loops) and loops[k] < close else -1
        within = next((k for k in range(at + 1, close) if edits.texts[k] == "in"), -1)
        if edits.texts[bracket] == "{" or at <= bracket + 1 or within < 0:
            continue
        text, begins = edits.text, edits.begins
        over = text[begins[within + 1] : begins[close]].rstrip()
        taken = {*edits.texts}
        names = [edits.texts[k] for k in range(at + 1, within) if edits.is_word(k)]
        name, elements = names[0], dict[str, str]()
        if len(names) > 1 and edits.at(within + 2) == "(" and within + 2 in edits.closes:
            name, elements, over = _in_step(edits, names, within + 1, taken)
        pieces = (
            text[begins[k - 1] + len(edits.texts[k - 1]) : begins[k]] * (k > bracket + 1)
            + elements.get(edits.texts[k], edits.texts[k])
            for k in range(bracket + 1, at)
        )
        term = "".join(pieces).rstrip()
        total = next(word for word in ("s", "total", "t", "u", "v", "s_") if word not in taken)
        loop = f"{total} = 0; for {name} in {over} {{ {total} = {total} + {term} }}; {total}"
        edits.refuse(bracket, close, "a `for` between brackets is not read", f"for a sum write a loop: `{loop}`")
        return


def _in_step(edits: Rewriter, names: list[str], call: int, taken: set[str]) -> tuple[str, dict[str, str], str]:
    """Of `a, b in zip(x, y)` the place that counts, the elements by their names, and what the place runs over."""
    items = ["".join(edits.texts[a : b + 1]) for a, b in edits.arguments(call + 1)]
    if edits.texts[call] == "enumerate" and len(names) == 2 and len(items) == 1:
        return names[0], {names[1]: f"{items[0]}[{names[0]}]"}, f"range(len({items[0]}))"
    place = next(word for word in ("i", "k", "j", "place") if word not in taken)
    return (
        place,
        {name: f"{item}[{place}]" for name, item in zip(names, items, strict=False)},
        f"range(len({items[0]}))",
    )
