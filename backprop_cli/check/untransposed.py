"""A claim that cannot be computed, `2*X@(X@w - y)`: which transpose makes it right."""

from __future__ import annotations

from backprop_cli.check.claims import Claim
from backprop_cli.check.tensor_mistakes import PRODUCTS
from backprop_cli.errors import BackpropError, Source
from backprop_cli.graph import INPUT
from backprop_cli.language.tokens import NAME, tokenize
from backprop_cli.lean import Callable, Iterator

_MOST, _MOST_NAMES = 4, 12  # products in which one may be missing, and mentions of names


def with_transpose(claim: Claim, is_right: Callable[[Source], bool]) -> tuple[str, str]:
    """The operand of a product, and what in its place makes the claim right; empty texts where nothing does."""
    for start, end, text in _changes(claim):
        typed = claim.source.text
        try:
            if is_right(Source(claim.source.name, typed[:start] + text + typed[end:])):
                return typed[start:end], text
        except BackpropError:
            continue
    return "", ""


def _changes(claim: Claim) -> Iterator[tuple[int, int, str]]:
    """The places of names and of operands of products, and what to write there."""
    graph, typed = claim.formula.graph, claim.source.text
    begin = typed.rfind(claim.written)
    kinds, texts, starts = tokenize(claim.written)
    names = [k for k, text in enumerate(texts) if kinds[k] == NAME and text in claim.formula.uses]
    for k in names[:_MOST_NAMES]:
        start, end = begin + starts[k], begin + starts[k] + len(texts[k])
        yield (start, end + 1, texts[k]) if typed[end : end + 1] == "'" else (start, end, f"{texts[k]}'")
    products = [node for node, gate in enumerate(graph.gates) if gate in PRODUCTS and node in graph.attributes]
    for node in products[:_MOST]:
        for j in graph.inputs[node]:
            start, end = graph.span(j)
            if graph.gates[j] != INPUT:
                bare = typed[start:end].startswith("(") and typed[start:end].endswith(")")
                yield start, end, f"{typed[start:end]}'" if bare else f"({typed[start:end]})'"
