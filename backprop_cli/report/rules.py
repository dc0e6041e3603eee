"""The rule of a local gradient as it is shown: the gate's partial, as books write it where that gives the number.

`out*(1 - out)` is what books have for the sigmoid; at 40 its digits are gone, and `out*sigmoid(-x)` stands instead.
"""

from __future__ import annotations

import re
from math import isclose

from backprop_cli.engine.passes import forward
from backprop_cli.errors import BackpropError
from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.fields import ARRAYS, FLOATS, formula_program
from backprop_cli.gates.textbook import textbook
from backprop_cli.graph import Graph, Subgraph, lower
from backprop_cli.lean import Any, Mapping, Sequence, cache
from backprop_cli.report.formula import Name, Piece, Rule, merged

_WORD = re.compile(r"([A-Za-z_]\w*)")
_SHOWN_DIGITS = 1e-6
_IN_WORDS = "for"  # `1 for x > 0`: the word that makes a text of books no formula


def rule_of_gate(graph: Graph, values: Sequence[Any], node: int, position: int, slope: Any) -> Rule:
    """A gate's partial along an operand, over the nodes at hand.

    Empty where the gate has no formula, or no slope exists.
    """
    gate, operands = GATES.get(graph.gates[node]), graph.inputs[node]
    if gate is None or _is_nowhere(slope):
        return Rule(())
    if gate.variadic:
        words = _words(gate.partials[0].replace("1/ties", _ties(graph, values, node)))
        operands = (operands[position],)
    else:
        words = _words(_partial(gate, position, [*(values[j] for j in operands), values[node]], slope))
    return _over_nodes(words, [p.name for p in gate.parameters], operands, node)


def rule_of_subgraph(
    subgraph: Subgraph,
    closed_forms: Mapping[str, Mapping[str, str]],
    values: Sequence[Any],
    operand: int,
    slope: Any,
) -> Rule:
    """The slope of a user's gate in closed form, over the nodes at hand.

    Empty where there is none, where it does not give the number at hand, or is beyond our own gates.
    """
    parameters, operands = subgraph.parameters, subgraph.operands
    text = closed_forms.get(subgraph.name, {}).get(parameters[operands.index(operand)]) if parameters else None
    if text is None or len(set(operands)) < len(operands):
        return Rule(())
    gate = Gate(f"call({', '.join(parameters)})", "the user's", text, at=())
    given = {name: values[j] for name, j in zip(parameters, operands, strict=True)} | {"out": values[subgraph.output]}
    if any(hasattr(value, "shape") for value in (slope, *given.values())) or slope != slope:
        return Rule(())
    try:
        graph = lower(formula_program(gate, text), given)
    except BackpropError:
        return Rule(())
    if not isclose(forward(graph, given)[graph.output], slope, rel_tol=_SHOWN_DIGITS):
        return Rule(())
    return _over_nodes(_words(text), parameters, operands, subgraph.output)


def _over_nodes(words: Sequence[str], parameters: Sequence[str], operands: Sequence[int], node: int) -> Rule:
    """The words of a text of the table, with nodes in the place of its names."""
    stands_for: dict[str, Piece] = {name: Name(j) for name, j in zip(parameters, operands, strict=True)}
    stands_for["out"] = Name(node)
    return Rule(merged(stands_for.get(word, word) for word in words), _IN_WORDS in words)


def _partial(gate: Gate, position: int, values: Sequence[Any], slope: Any) -> str:
    """The gate's partial as books write it, where they do and that gives the slope; otherwise as it is computed."""
    in_books = gate.textbook.split("; ") if gate.textbook else []
    if position < len(in_books):
        text = in_books[position]
        if _IN_WORDS in _words(text) or _gives(text, gate.name, values, slope):
            return text
    return gate.partials[position]


def _ties(graph: Graph, values: Sequence[Any], node: int) -> str:
    """What each operand that a variadic gate took has of the slope: `1` or `1/2`.

    Of an array it stays `1/ties` where it is not the same for every element.
    """
    taken: Any = sum((values[j] == values[node]) * 1 for j in graph.inputs[node])
    if hasattr(taken, "tolist"):
        if taken.min() != taken.max():
            return "1/ties"
        taken = int(taken.max())
    return f"1/{taken}" if taken > 1 else "1"


def _is_nowhere(slope: Any) -> bool:
    """Whether a slope, or every element of it, is not a number."""
    missing = slope != slope
    return bool(missing.all()) if hasattr(missing, "all") else bool(missing)


def _gives(text: str, name: str, operands: Sequence[Any], slope: Any) -> bool:
    """Whether a book's formula gives the slope, of arrays wherever there is one."""
    if any(hasattr(operand, "shape") for operand in operands):
        from backprop_cli.numeric.arrays import agree, quietly

        return agree(quietly(textbook(ARRAYS, name, text), *operands), slope, _SHOWN_DIGITS)
    return isclose(textbook(FLOATS, name, text)(*operands), slope, rel_tol=_SHOWN_DIGITS)


@cache
def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, _WORD.split(text)))
