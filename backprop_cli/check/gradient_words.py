"""Gradients inside a formula, `df/dq`, which the language does not have: words of the same length in their place."""

from __future__ import annotations

import re

from backprop_cli.check.messages import unknown_node
from backprop_cli.errors import Source
from backprop_cli.language.tokens import CALL, NAME, Tokens, tokenize
from backprop_cli.lean import Collection, Mapping, NamedTuple


class Gradient(NamedTuple):
    """d output / d wrt, of two nodes."""

    output: int
    wrt: int


def without_gradients(
    source: Source, text: str, names: Mapping[str, int], more: Collection[str]
) -> tuple[str, dict[str, Gradient]]:
    """The text with a name of equal length in the place of every `df/dq`, and what those names stand for."""
    tokens = tokenize(text)
    found: dict[str, Gradient] = {}
    position = 0
    while position + 2 < len(tokens.kinds):
        pair = _gradient_at(tokens, position, names, more)
        if pair is None:
            position += 1
            continue
        start, start_below = tokens.starts[position], tokens.starts[position + 2]
        above, below = pair
        for name, at in ((above, start), (below, start_below)):
            if name not in names:
                raise unknown_node(name, source, at + 1, names)
        end = start_below + 1 + len(below)
        word = re.sub(r"\W", "_", text[start:end])
        while word in names or word in more:
            word = f"_{word[:-1]}" if word[0] != "_" else word[1:] + "_"
        found[word] = Gradient(names[above], names[below])
        text = text[:start] + word + text[end:]
        position += 3
    return text, found


def _gradient_at(
    tokens: Tokens, position: int, names: Mapping[str, int], more: Collection[str]
) -> tuple[str, str] | None:
    """The names above and below where the tokens `df`, `/`, `dq` stand; a program's own `df` and `dq` come first."""
    kinds, texts, _ = tokens
    if kinds[position] != NAME or texts[position + 1] not in ("/", "÷") or kinds[position + 2] not in (NAME, CALL):
        return None
    above, below = texts[position], texts[position + 2].rstrip("( \t")
    if not (above[0] == below[0] == "d" and above[1:] and below[1:]):
        return None
    if {above, below} & {*names, *more} or not {above[1:], below[1:]} & names.keys():
        return None
    return above[1:], below[1:]
