"""`df/dx` in a program: a derivative where f is defined by a statement and x is a name, and nobody means df or dx."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from backprop_cli.language.products import defined
from backprop_cli.language.tokens import DERIVATIVE, NAME, Tokens

_RAISED = ("^", "**", "²", "³")


def with_derivatives(tokens: Tokens, variables: Collection[str]) -> Tokens:
    """The tokens, those of each derivative as one, as long as it was typed: `df/dx`, `df / dx`."""
    if "/" not in tokens.texts:
        return tokens
    places = list(_places(tokens, variables))
    if not places:
        return tokens
    made = Tokens(list(tokens.kinds), list(tokens.texts), list(tokens.starts))
    for at in reversed(places):
        length = tokens.starts[at + 1] + len(tokens.texts[at + 1]) - tokens.starts[at - 1]
        made.texts[at - 1 : at + 2] = [f"{tokens.texts[at - 1]}/{tokens.texts[at + 1]}".ljust(length)]
        made.kinds[at - 1 : at + 2] = [DERIVATIVE]
        made.starts[at - 1 : at + 2] = [tokens.starts[at - 1]]
    return made


def _places(tokens: Tokens, variables: Collection[str]) -> Iterator[int]:
    """Where the line of a derivative is."""
    kinds, texts = tokens.kinds, tokens.texts
    outputs = defined(tokens)
    taken = outputs.union(variables)
    names = {text for kind, text in zip(kinds, texts, strict=True) if kind == NAME} | taken if outputs else set()
    for at in range(1, len(texts) - 2 if outputs else 0):
        above, below = texts[at - 1], texts[at + 1]
        if texts[at] == "/" and kinds[at - 1] == kinds[at + 1] == NAME and above[0] == below[0] == "d":
            is_free = above not in taken and below not in taken and texts[at + 2] not in _RAISED
            if is_free and above[1:] in outputs and below[1:] in names:
                yield at
