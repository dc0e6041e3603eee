"""The words for the mistakes that a diagnosis can name."""

from __future__ import annotations

from backprop_cli.check.mistakes import Mistake
from backprop_cli.errors import shorten
from backprop_cli.gates import GATES
from backprop_cli.graph import Graph
from backprop_cli.graph.names import node_names
from backprop_cli.lean import Sequence
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
    "transpose": "a transpose is missing, or one too many",
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
    "term sign": "the sign of the term through `{a}` = {is} is wrong",
    "other array": "the gradient of `{is}` with respect to `{b}` uses `{other}` instead of the other factor",
    "term": "the term through `{a}` = {is} is {excess}",
    "term upstream": "the gradient d{f}/d{a} that arrives is missing in the term through `{a}` = {is}",
    "not transposed": "a transpose is missing in the gradient of `{is}` with respect to `{b}`",
    "reversed": "the factors in the gradient of `{is}` with respect to `{b}` are in the wrong order",
    "reversed and not transposed": "the factors in the gradient of `{is}` by `{b}` are swapped and not transposed",
    "tensor operand": "the gradient of `{is}` with respect to `{b}` uses `{b}` itself instead of the other factor",
    "count": "the factor 1/{number} of `{is}` is left out: it is a mean over {number}",
    "count twice": "the factor 1/{number} of `{is}` is applied twice",
    "mean for sum": "it is averaged, not summed, over the axes along which `{b}` was broadcast in `{is}`",
    "mean of sum": "`{is}` is treated as a mean",
    "other axis": "it is summed over the wrong axis of `{is}`",
    "diagonal": "only the diagonal of the Jacobian of `{is}` is used, out*(1 - out)",
    "over all": "the sum in the gradient of `{is}` is over all elements, and belongs along its axis",
    "first term": "the sum over the row is missing in the gradient of `{is}`",
    "unweighted": "the softmax in the gradient of `{is}` is not multiplied by the sum of what arrives",
    "no one-hot": "the one-hot labels are not subtracted from the softmax in `{is}`",
    "label class": "the scores of the correct classes are left out in the gradient of `{is}`",
    "extra slope": "there is a factor p*(1 - p) too many: the gradient of `{is}` includes it already",
    "twice": "the local gradient ∂{a}/∂{b} of `{a}` = {is} is applied twice",
    "reciprocal": "the reciprocal of the local gradient ∂{a}/∂{b} of `{a}` = {is} was used",
    "half square": "the exponent 2 of the square in `{is}` was not brought down",
    "length": "the division by the norm in the gradient of `{is}` is left out",
    "at another": "the local gradient of `{a}` = {is} is taken at `{other}`, and belongs at `{b}`",
    "at upstream": "the local gradient of `{a}` = {is} is taken at the gradient that arrives, and belongs at `{b}`",
    "symmetric": "it is right only where `{a}` is symmetric",
    "product of slopes": "the derivatives of the factors of `{is}` are multiplied; the rule is f'*g + f*g'",
    "quotient of slopes": "the derivatives of the operands of `{is}` are divided; the rule is (f'*g - f*g')/g^2",
    "quotient not squared": "the denominator in the derivative of `{is}` is not squared",
    "slope of slope": "the derivative of `{is}` is taken at the derivative of `{b}`, and belongs at `{b}` itself",
    "power rule": "the power rule is used on `{is}`, whose variable is in the exponent",
    "antiderivative": "`{is}` is integrated, not differentiated",
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
            "excess": times.removeprefix("it is "),
            "other": shorten(names[int(number)]) if name in ("at another", "other array") else "",
            "more": _in_place_of(graph.gates[node]) if node >= 0 else "",
        }
    )


def _in_place_of(name: str) -> str:
    """Of a gate whose slope books write over its value alone, what belonged there."""
    gate = GATES.get(name)
    in_books = gate.textbook if gate is not None and len(gate.parameters) == 1 else ""
    return f": out in place of {in_books}" if "out" in in_books else ""
