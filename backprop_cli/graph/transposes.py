"""Transposes of what has no rows: a vector, which stays as it is, and a number, to whose power `T` may be meant."""

from __future__ import annotations

import re

from backprop_cli.errors import BackpropError, Diagnostic, Label, shorten
from backprop_cli.gates.tensors import TENSOR_BY_SYNTAX
from backprop_cli.graph.advice import GRADIENTS
from backprop_cli.graph.graph import Graph
from backprop_cli.graph.remarks import Remark
from backprop_cli.lean import Collection

_TO_THE_T = re.compile(r"\^\s*\{?\s*-?\s*(T)(?![A-Za-z0-9_])")  # in the text around the end of a transpose
_PRIMED = re.compile("['′’]+\\(")
_AROUND = 6  # characters
# `x^t A x`, `A^{H} (…)`: a letter above one, and an operand that follows without a sign.
_PERHAPS = re.compile(
    r"(?P<base>(?<![A-Za-z0-9_\\])[A-Za-z]\w*\}?|[)\]])\s*\^\s*(?P<mark>\{\s*(?P<braced>t|H|tr)\s*\}|(?P<bare>t|H|tr)(?![\w(]))"
    r"\s*(?P<next>\\(?:mathbf|bm|boldsymbol|left)|[A-Za-z]\w*|\()"
)


def refuse_letters_that_transpose(graph: Graph, free: Collection[str]) -> None:
    """Raise BackpropError (S112) at `x^t A x` where t has no value: a transpose to some, a power to others."""
    text = graph.source.text
    for found in _PERHAPS.finditer(text):
        letter, base, following = found["braced"] or found["bare"], found["base"][0], found["next"][0]
        is_matrix = base.isupper() or following.isupper() or (following in "\\(" and re.search("[A-Z]", text))
        if letter in free and is_matrix and base != "e":
            message = f"`^{letter}` is a transpose to some, and a power to others"
            help_ = f"write `^T` for the transpose, `^({letter})*` for the power"
            label = Label(graph.source, *found.span("mark"))
            raise BackpropError(Diagnostic("S112", message, (label,), help_))


def refuse_numbers_to_the_t(graph: Graph) -> None:
    """Raise BackpropError (N202) at `x^T` where x is a number: it has no transpose, and the name T has no value."""
    for node, gate in enumerate(graph.gates):
        if gate == TENSOR_BY_SYNTAX["transpose"] and not graph.shapes[node]:
            start, end = graph.span(node)
            if typed := _TO_THE_T.search(graph.source.text, max(start, end - _AROUND), end + _AROUND):
                label = Label(graph.source, typed.start(1), typed.end(1))
                help_ = "of an array `^T` is the transpose, and this is a number: give it a value, `T=…`"
                raise BackpropError(Diagnostic("N202", "`T` has no value", (label,), f"{help_}, or write `^(T)`"))
            if found := _PRIMED.match(graph.source.text, end - 1):  # f'(x)
                label = Label(graph.source, start, found.end() - 1)
                message = f"`{shorten(graph.text(node))}` is a derivative to most, and the transpose of a number here"
                raise BackpropError(Diagnostic("S112", message, (label,), f"{GRADIENTS}; for a product write `*`"))


def vectors_transposed(graph: Graph) -> list[Remark]:
    """A remark on the first `x'` of a vector: it is x, where some expect a row."""
    outer = TENSOR_BY_SYNTAX["x yᵀ"]
    rows = {graph.inputs[node][1] for node in graph.products if graph.gates[node] == outer}
    for node, gate in enumerate(graph.gates):
        if gate == TENSOR_BY_SYNTAX["transpose"] and len(graph.shapes[node]) == 1 and node not in rows:
            text = _operand(graph, node)
            words = (
                f"`{text}` transposed is the vector itself, no row and no column: xᵀ·y is `x @ y`, x·yᵀ `outer(x, y)`"
            )
            return [Remark("reading", words, *graph.span(node))]
        if gate == TENSOR_BY_SYNTAX["transpose"] and not graph.shapes[node]:
            text = _operand(graph, node)
            words = f"`{text}'` is the number itself: `'` transposes, and `grad` differentiates"
            return [Remark("reading", words, *graph.span(node))]
    return []


def _operand(graph: Graph, node: int) -> str:
    """What is transposed, by its name or as it was written."""
    (operand,) = graph.inputs[node]
    return next((name for name, at in graph.variables.items() if at == operand), shorten(graph.text(operand)))
