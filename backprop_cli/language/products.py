"""What is known before a text is parsed: which statements define, which names make `x(y+1)` a product, and what the
prime of `A^-1'` transposes.
"""

from __future__ import annotations

from itertools import compress

from backprop_cli.language.tokens import (
    CALL,
    CLOSE,
    DEFINE,
    NAME,
    NEWLINE,
    NUMBER,
    OPEN,
    OPERATOR,
    POSTFIX,
    PRIME,
    SEMICOLON,
    UNSQUARE,
    Tokens,
)
from backprop_cli.lean import Collection

_ENDS = (SEMICOLON, NEWLINE)
_OPERANDS = (NAME, NUMBER, CLOSE, UNSQUARE, POSTFIX, PRIME)  # what an operand ends with
_POWERS, _SIGNS = ("^", "**"), ("-", "−", "+")
_IS_DEFINE, _IS_CALL = (bytes(kind == wanted for kind in range(256)) for wanted in (DEFINE, CALL))


def defined(tokens: Tokens) -> set[str]:
    """The names that statements define."""
    kinds = tokens.kinds
    defines = compress(range(len(kinds)), bytes(kinds).translate(_IS_DEFINE))
    return {tokens.texts[at][:-1].rstrip() for at in defines if at == 0 or kinds[at - 1] in _ENDS}


def with_products(tokens: Tokens, variables: Collection[str]) -> Tokens:
    """The tokens, with `x(` of a name that has a value cut in two: x(y+1) is a product."""
    tokens = _with_transposes(tokens)
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


def _with_transposes(tokens: Tokens) -> Tokens:
    """The tokens, with the prime after an exponent that is a number moved to what the power is of.

    A number has no transpose, so that `A^-1'` and `A^{-1}^T` mean that of the power, which is the power of A'.
    """
    if PRIME not in tokens.kinds:
        return tokens
    kinds, texts, starts = moved = Tokens([], [], [])
    for kind, text, start in zip(*tokens, strict=True):
        sign = _sign_of_power(moved) if kind == PRIME else 0
        if sign:
            kinds.insert(sign, kind)
            texts.insert(sign, "'")
            starts.insert(sign, starts[sign - 1] + len(texts[sign - 1]) - 1)  # in the text the base is as it was
        else:
            kinds.append(kind)
            texts.append(text)
            starts.append(start)
    return moved


def _sign_of_power(tokens: Tokens) -> int:
    """Where the `^` is of a power by a number that the tokens end with; 0 if they end with something else."""
    kinds, texts, _ = tokens
    at = len(kinds) - 1
    closed = at > 0 and kinds[at] == CLOSE
    at -= closed
    if at < 2 or kinds[at] != NUMBER:
        return 0
    at -= 1 + (kinds[at - 1] == OPERATOR and texts[at - 1] in _SIGNS)
    if closed and kinds[at] != OPEN:
        return 0
    at -= closed
    return at if at > 0 and texts[at] in _POWERS and kinds[at - 1] in _OPERANDS else 0
