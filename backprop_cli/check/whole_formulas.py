r"""Claims whose left sides have the formula itself: `(x^2)' = 2x`, `d/dx (x^2) = 2x`, `D_x f = …`, `diff(x^2, x) = …`.

They are claims about the node that computes what is written there; a formula that the program does not have is refused.
"""

from __future__ import annotations

import re

from backprop_cli.check.messages import not_a_claim
from backprop_cli.check.scope import Scope
from backprop_cli.errors import Source, shorten
from backprop_cli.graph import Graph
from backprop_cli.language.letters import ascii_name
from backprop_cli.lean import Any, Callable, Mapping

_NAME = r"\\?[^\W\d]\w*"
_D = r"(?:d|∂|\\partial\b|\\mathrm\{d\}|\\mathrm d)"
_BELOW = rf"\{{?\s*(?P<below>{_NAME})\s*\}}?"
_OF = r"\s*(?P<of>\S[^=]*?)\s*=(?!=)(?P<right>.*)"
_FORMS = tuple(
    re.compile(form, re.DOTALL)
    for form in (
        rf"\s*{_D}\s*[/÷]\s*{_D}\s*(?P<below>{_NAME})\b{_OF}",  # d/dx (x^2)
        rf"\s*\\[dt]?frac\s*\{{\s*{_D}\s*\}}\s*\{{\s*{_D}\s*(?P<below>{_NAME})\s*\}}{_OF}",
        rf"\s*(?:D|∂|\\partial)\s*_\s*{_BELOW}{_OF}",  # D_x f
        rf"\s*{_D}\s*\((?P<of>[^=]*)\)\s*[/÷]\s*{_D}\s*(?P<below>{_NAME})\s*=(?!=)(?P<right>.*)",  # d(x^2)/dx
        rf"\s*(?:\w+\.)?(?:diff|[Dd]erivative|D)\s*[(\[](?P<of>[^=]*),\s*(?P<below>{_NAME})\s*[)\]]\s*=(?!=)(?P<right>.*)",
        r"\s*(?P<of>[(\[][^=]*[)\]])\s*['′’]\s*=(?!=)(?P<right>.*)",  # (x^2)'
        rf"\s*(?P<of>{_NAME}\s*['′’]\s*\(\s*{_NAME}\s*\))\s*=(?!=)(?P<right>.*)",  # sin'(x)
        rf"\s*D\s*(?P<of>{_NAME})\s*=(?!=)(?P<right>.*)",  # Df
    )
)
_PRIME = re.compile(r"\s*['′’]\s*")
_CALLED = re.compile(rf"({_NAME})\s*\(([^()]*)\)")
_SQUARE = re.compile(r"\[(.*)\]", re.DOTALL)


def of_formula(source: Source, scope: Scope, graph_of: Callable[[str], Any]) -> str:
    """The claim that a text is, `df/dx = …`; empty where it is of another kind. `graph_of` reads a formula.

    Raises BackpropError (V312) where the formula is not in the program, or there are several inputs and none is named.
    """
    found = next((match for form in _FORMS if (match := form.fullmatch(source.text))), None)
    if found is None:
        return ""
    parts = found.groupdict()
    written = _PRIME.sub("", parts["of"]).strip()
    if square := _SQUARE.fullmatch(written):
        written = f"({square[1]})"
    below = ascii_name((parts.get("below") or "").removeprefix("\\"))
    inputs = list(scope.firsts.graph.variables)
    if not below and len(inputs) != 1:
        by = " or ".join(f"`d{scope.output}/d{name} = …`" for name in inputs[:2])
        raise not_a_claim(source, f"there are several inputs: write {by}")
    above = _node_of(written, scope, graph_of)
    if not above:
        shown, program = shorten(written, 60), shorten(" ".join(scope.firsts.graph.source.text.split()), 60)
        help_ = f"write `d{scope.output}/d{below or inputs[0]} = …`, or check that formula instead of this"
        raise not_a_claim(source, help_, f"`{shown}` is not a formula of the program, `{program}`")
    return f"d{above}/d{below or inputs[0]} = {parts['right'].strip()}"


def _node_of(written: str, scope: Scope, graph_of: Callable[[str], Any]) -> str:
    """The name of the node that a formula is, empty if it is none."""
    called = _CALLED.fullmatch(written)  # f(x)
    is_function = called and {ascii_name(part.strip()) for part in called[2].split(",")} <= {*scope.names}
    bare = called[1] if called and is_function else written.removeprefix("(").removesuffix(")").strip()
    if (name := ascii_name(bare.removeprefix("\\"))) in scope.names:
        return name
    formula = graph_of(written)
    if formula is None:
        return ""
    node = _same(formula.graph, formula.uses, scope.firsts.graph)
    if node == scope.names.get(scope.output):
        return scope.output
    return next((name for name, other in scope.names.items() if other == node), "")


def _same(formula: Graph, uses: Mapping[str, Any], graph: Graph) -> int:
    """The node of a graph that computes a formula over its nodes gate by gate; -1 if none does."""
    known = {(gate, operands): node for node, (gate, operands) in enumerate(zip(graph.gates, graph.inputs, strict=True))
             if operands}  # fmt: skip
    numbers = {value: node for node, value in graph.constants.items() if type(value) is float}
    places = [-1] * len(formula)
    for name, node in formula.variables.items():
        if isinstance(uses[name], int):
            places[node] = uses[name]
    for node, value in formula.constants.items():
        places[node] = numbers.get(value, -1) if type(value) is float else -1
    for node, operands in enumerate(formula.inputs):
        if operands:
            places[node] = known.get((formula.gates[node], tuple(places[j] for j in operands)), -1)
    return places[formula.output]
