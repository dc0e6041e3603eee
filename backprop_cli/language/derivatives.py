"""`df/dx`, `d2f/dx2` in a program: derivatives where a statement defines f, x is a name, and nobody means df or dx.

A second derivative may be typed as people do: `d2f/dx2`, `d²f/dx²`, `d^2f/(dx dy)`.
"""

from __future__ import annotations

from itertools import compress

from backprop_cli.language.letters import ascii_name
from backprop_cli.language.products import defined
from backprop_cli.language.tokens import DERIVATIVE, NAME, Tokens
from backprop_cli.lean import Collection, Iterator, Sequence

TWO = r"(?:\s*(?:\^|\*\*)\s*(?:2|\{2\})|²|2)"
_SQUARE = rf"\(?d(?P<name>[^\W\d]\w*?)\)?{TWO}\)?"
_APART = r"\(?\s*d([^\W\d]\w*)(?:\s*[*·]\s*|\s+)d([^\W\d]\w*)\s*\)?"
_TWICE = rf"d{TWO}\s*([^\W\d]\w*)"
_RAISED = ("^", "**", "²", "³")
_MOST_ABOVE, _MOST_BELOW = 4, 5  # tokens: `d ^ 2 f`, `( dx * dy )`


def pairs(below: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """What may be meant below the bar of a second derivative: `dx2`, `dx dy`, `dxdy` where both are names, if any."""
    import re

    if found := re.fullmatch(_SQUARE, below):
        yield (ascii_name(found["name"]),) * 2
    elif found := re.fullmatch(_APART, below):
        yield ascii_name(found[1]), ascii_name(found[2])
    else:
        inner = below.strip("() ")[1:]
        cuts = [(ascii_name(inner[:k]), ascii_name(inner[k + 1 :])) for k, c in enumerate(inner) if c == "d" and k]
        known = [(x, y) for x, y in cuts if x in names and y in names]
        yield from known or [(x, y) for x, y in cuts[:1] if x and y]


def with_derivatives(tokens: Tokens, variables: Collection[str]) -> Tokens:
    """The tokens, those of each derivative as one, as long as it was typed: `df/dx`, `df / dx`; `names_in` reads it."""
    if "/" not in tokens.texts:
        return tokens
    places = list(_places(tokens, variables))
    if not places:
        return tokens
    made = Tokens(list(tokens.kinds), list(tokens.texts), list(tokens.starts))
    for first, last, text in reversed(places):
        length = tokens.starts[last] + len(tokens.texts[last]) - tokens.starts[first]
        made.texts[first : last + 1] = [text.ljust(length)]
        made.kinds[first : last + 1] = [DERIVATIVE]
        made.starts[first : last + 1] = [tokens.starts[first]]
    return made


def names_in(text: str) -> Sequence[str]:
    """What a derivative's token is the derivative of, and by what, one after the other: `df/dx`; `d2f/x`, `d2f/x/y`."""
    above, *below = text.rstrip().split("/")
    if above[1] != "2":
        return above[1:], below[0][1:]
    return above[2:], below[0], below[-1]


def _places(tokens: Tokens, variables: Collection[str]) -> Iterator[tuple[int, int, str]]:
    """The first and the last token of each derivative, and what is written for them."""
    kinds, texts = tokens.kinds, tokens.texts
    outputs = defined(tokens)
    taken = outputs.union(variables)
    names = {text for kind, text in zip(kinds, texts, strict=True) if kind == NAME} | taken if outputs else set()
    for at in range(1, len(texts) - 2 if outputs else 0):
        above, below = texts[at - 1], texts[at + 1]
        if texts[at] != "/" or kinds[at - 1] != NAME:
            continue
        if kinds[at + 1] == NAME and above[0] == below[0] == "d":
            is_free = above not in taken and below not in taken and texts[at + 2] not in _RAISED
            if is_free and above[1:] in outputs and below[1:] in names:
                yield at - 1, at + 1, f"{above}/{below}"
                continue
        may_be = below[0] in "d(" and (above[0] == "d" or "d" in texts[max(0, at - _MOST_ABOVE) : at])
        if may_be and (found := _second(tokens, at, outputs, names, taken)):
            yield found


def _second(
    tokens: Tokens, bar: int, outputs: set[str], names: set[str], taken: set[str]
) -> tuple[int, int, str] | None:
    """A second derivative with that bar, as `_places` has it; None where it is none, or could be several."""
    import re

    for first in range(bar - 1, max(-1, bar - 1 - _MOST_ABOVE), -1):
        found = re.fullmatch(_TWICE, _text(tokens, first, bar))
        if found and found[1] in outputs and tokens.texts[first] not in taken:
            break
    else:
        return None
    for end in range(min(len(tokens.texts) - 1, bar + 1 + _MOST_BELOW), bar + 1, -1):
        below, kinds = _text(tokens, bar + 1, end), tokens.kinds[bar + 1 : end]
        typed = compress(tokens.texts[bar + 1 : end], (kind == NAME for kind in kinds))
        is_whole = below.count("(") == below.count(")") and below.lstrip("(")[:1] == "d"
        if is_whole and taken.isdisjoint(typed):
            meant = {pair for pair in pairs(below, names) if names.issuperset(pair)}
            if len(meant) == 1 and tokens.texts[end] not in _RAISED:
                return first, end - 1, f"d2{found[1]}/{'/'.join(dict.fromkeys(*meant))}"
    return None


def _text(tokens: Tokens, first: int, end: int) -> str:
    """Tokens without the blanks between them, names aside."""
    made = ""
    for token in range(first, end):
        apart = made and tokens.kinds[token] == tokens.kinds[token - 1] == NAME
        made += f" {tokens.texts[token]}" if apart else tokens.texts[token]
    return made
