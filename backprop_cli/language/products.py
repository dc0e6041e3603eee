"""What is known of names before a text is parsed: which statements define, and which make `x(y+1)` a product."""

from __future__ import annotations

from collections.abc import Collection
from itertools import compress

from backprop_cli.language.tokens import CALL, DEFINE, NAME, NEWLINE, OPEN, SEMICOLON, Tokens

_ENDS = (SEMICOLON, NEWLINE)
_IS_DEFINE, _IS_CALL = (bytes(kind == wanted for kind in range(256)) for wanted in (DEFINE, CALL))


def defined(tokens: Tokens) -> set[str]:
    """The names that statements define."""
    kinds = tokens.kinds
    defines = compress(range(len(kinds)), bytes(kinds).translate(_IS_DEFINE))
    return {tokens.texts[at][:-1].rstrip() for at in defines if at == 0 or kinds[at - 1] in _ENDS}


def with_products(tokens: Tokens, variables: Collection[str]) -> Tokens:
    """The tokens, with `x(` of a name that has a value cut in two: x(y+1) is a product."""
    called = set(compress(tokens.texts, bytes(tokens.kinds).translate(_IS_CALL)))
    if not called:
        return tokens
    known = defined(tokens).union(variables)
    products = {text: text[:-1].rstrip() for text in called if text[:-1].rstrip() in known}
    if not products:
        return tokens
    cut = Tokens([], [], [])
    for kind, text, start in zip(*tokens, strict=True):
        is_product = kind == CALL and text in products
        cut.kinds.extend((NAME, OPEN) if is_product else (kind,))
        cut.texts.extend((products[text], "(") if is_product else (text,))
        cut.starts.extend((start, start + len(text) - 1) if is_product else (start,))
    return cut
