"""The formula of a local gradient as it is shown: the gate's partial, as books write it where that gives the number.

`out*(1 - out)` is what books have for the sigmoid; at 40 its digits are gone, and `out*sigmoid(-x)` stands instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from math import isclose
from typing import Any

from backprop_cli.engine.forward import forward
from backprop_cli.errors import BackpropError
from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.compiled import formula_program
from backprop_cli.graph import Graph, lower

_WORD = re.compile(r"([A-Za-z_]\w*)")
_SHOWN_DIGITS = 1e-6


def rule(name: str, position: int, operands: Sequence[Any], out: Any, slope: Any, ties: int = 0) -> tuple[str, ...]:
    """The words of a gate's partial along an operand: parameters, `out`, and the signs between them.

    Empty where the gate has no formula, or the slope does not exist. Of a variadic gate `ties` operands share.
    """
    gate = GATES.get(name)
    if gate is None or slope != slope:
        return ()
    if gate.variadic:
        return _words(gate.partials[0].replace("1/ties", "1" if ties == 1 else f"1/{ties}"))
    in_books = _in_books(name)
    if position < len(in_books):
        book = _graph(name, position)
        given = dict(zip((p.name for p in gate.parameters), operands, strict=True)) | {"out": out}
        if book is None or isclose(forward(book, given)[book.output], slope, rel_tol=_SHOWN_DIGITS):
            return _words(in_books[position])
    return _words(gate.partials[position])


def rule_of_call(
    parameters: Sequence[str], text: str, operands: Sequence[Any], out: Any, slope: Any
) -> tuple[str, ...]:
    """The words of the slope of a user's gate, a closed form over its parameters and `out`.

    Empty where it does not give the number at hand, or is beyond our own gates.
    """
    gate = Gate(f"call({', '.join(parameters)})", "the user's", text, at=())
    given = dict(zip(parameters, operands, strict=True)) | {"out": out}
    if slope != slope or any(hasattr(value, "shape") for value in given.values()):
        return ()
    try:
        graph = lower(formula_program(gate, text), given)
    except BackpropError:
        return ()
    return _words(text) if isclose(forward(graph, given)[graph.output], slope, rel_tol=_SHOWN_DIGITS) else ()


def _in_books(name: str) -> list[str]:
    return GATES[name].textbook.split("; ") if GATES[name].textbook else []


@cache
def _graph(name: str, position: int) -> Graph | None:
    """The book's formula as a graph over the parameters and `out`; None where it is in words."""
    text = _in_books(name)[position]
    if " for " in text:
        return None
    gate = GATES[name]
    return lower(formula_program(gate, text), {*(p.name for p in gate.parameters), "out"})


@cache
def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, _WORD.split(text)))
