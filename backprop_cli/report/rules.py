"""The formula of a local gradient as it is shown: the gate's partial, as books write it where that gives the number.

`out*(1 - out)` is what books have for the sigmoid; at 40 its digits are gone, and `out*sigmoid(-x)` stands instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from math import isclose
from typing import Any

from backprop_cli.engine.passes import forward
from backprop_cli.errors import BackpropError
from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.fields import ARRAYS, FLOATS, formula_program
from backprop_cli.graph import lower

_WORD = re.compile(r"([A-Za-z_]\w*)")
_SHOWN_DIGITS = 1e-6
IN_WORDS = "for"  # `1 for x > 0`: the word that makes a text of books no formula


def rule(name: str, position: int, operands: Sequence[Any], out: Any, slope: Any, ties: str = "") -> tuple[str, ...]:
    """The words of a gate's partial along an operand: parameters, `out`, and the signs between them.

    Empty where the gate has no formula, or no slope exists. Of a variadic gate `ties` is what operands that tie get.
    """
    gate = GATES.get(name)
    if gate is None or _is_nowhere(slope):
        return ()
    if gate.variadic:
        return _words(gate.partials[0].replace("1/ties", ties))
    in_books = gate.textbook.split("; ") if gate.textbook else []
    if position < len(in_books):
        text = in_books[position]
        if IN_WORDS in _words(text) or _gives(text, name, [*operands, out], slope):
            return _words(text)
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


def _is_nowhere(slope: Any) -> bool:
    """Whether a slope, or every element of it, is not a number."""
    missing = slope != slope
    return bool(missing.all()) if hasattr(missing, "all") else bool(missing)


def _gives(text: str, name: str, operands: Sequence[Any], slope: Any) -> bool:
    """Whether a book's formula gives the slope, of arrays wherever there is one."""
    if any(hasattr(operand, "shape") for operand in operands):
        from backprop_cli.numeric.arrays import agree

        return agree(ARRAYS.textbook(name, text)(*operands), slope, _SHOWN_DIGITS)
    return isclose(FLOATS.textbook(name, text)(*operands), slope, rel_tol=_SHOWN_DIGITS)


@cache
def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, _WORD.split(text)))
