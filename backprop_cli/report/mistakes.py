"""The words for the mistakes that a diagnosis can name."""

from __future__ import annotations

from collections.abc import Sequence

from backprop_cli.check.mistakes import Mistake
from backprop_cli.errors import shorten
from backprop_cli.gates import GATES
from backprop_cli.graph import Graph
from backprop_cli.graph.names import node_names
from backprop_cli.report.names import written
from backprop_cli.text import rounded

# In these: `a` is the gate, `is` how it is written, `b` the operand, `f` and `x` the names of the target.
WORDS = {
    "sign": "the sign is wrong",
    "sign at": "the sign of ∂{a}/∂{b} is wrong (`{a}` is {is})",
    "exponent": "the exponent {number} of `{is}` was not brought down",
    "constant": "the constant factor of `{is}` is left out",
    "factor": "{times}",
    "own value": "it is the value of `{f}`, not its gradient",
    "transposed": "it is the transpose of the gradient",
    "not summed": "it is not summed over the axes along which `{x}` was broadcast",
    "stops early": "the chain rule stops at `{a}` = {is}: this is d{f}/d{a}, and d{a}/d{x} is missing",
    "upstream": "this is d{a}/d{x}, and the gradient d{f}/d{a} that arrives at `{a}` = {is} is missing",
    "left out": "the local gradient ∂{a}/∂{b} of `{a}` = {is} is left out",
    "value": "the value of `{a}` = {is} was used instead of its local gradient ∂{a}/∂{b}{more}",
    "input": "the derivative of `{is}` is written with the input `{b}` where its output `{a}` belongs",
    "place": "the derivative of `{is}` is taken at `{x}`, and belongs at `{b}`",
    "not lowered": "the exponent of `{is}` was not lowered",
    "not squared": "the denominator of `{is}` is not squared",
    "operand": "in the product `{is}` the derivative by `{b}` is the other operand, not `{b}` itself",
    "product": "the product rule is half applied: in `{is}` the term for `{b}` is missing",
    "quotient half": "the quotient rule is half applied: in `{is}` the term for `{b}` is missing",
    "path": "the path from `{b}` through `{a}` = {is} is missing",
    "direct path": "the direct path from `{b}` to `{a}` is missing",
    "branch": "the path through `{b}` is missing",
    "only path": "of the paths from `{b}` only the one through `{a}` = {is} is there",
}


def diagnosis(mistakes: Sequence[Mistake], graph: Graph, target: tuple[str, str]) -> str:
    """What it looks like, in words, of a gradient of one name by another; where several mistakes fit, all of them."""
    if not mistakes:
        return ""
    names = node_names(graph)
    told = [_words(mistake, graph, names, target) for mistake in mistakes]
    return told[0] if len(told) == 1 else f"either {', or '.join(told)}"


def _words(mistake: Mistake, graph: Graph, names: list[str], target: tuple[str, str]) -> str:
    name, node, operand, number = mistake
    if name == "path" and names[node] == target[0]:
        name = "direct path"
    times = f"it is {rounded(number)} times too large"
    if 0 < number < 1:
        times = f"it is {rounded(1 / number)} times too small"
    return WORDS[name].format_map(
        {
            "a": shorten(names[node]) if node >= 0 else "",
            "is": shorten(written(graph, node, names), 60) if node >= 0 else "",
            "b": shorten(names[operand]) if operand >= 0 else "",
            "f": target[0],
            "x": target[1],
            "number": rounded(number),
            "times": times,
            "more": _in_place_of(graph.gates[node]) if node >= 0 else "",
        }
    )


def _in_place_of(name: str) -> str:
    """Of a gate whose slope books write over its value alone, what belonged there."""
    gate = GATES.get(name)
    in_books = gate.textbook if gate is not None and len(gate.parameters) == 1 else ""
    return f": out in place of {in_books}" if "out" in in_books else ""
