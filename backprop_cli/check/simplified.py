"""Derivatives as SymPy has them: short, and a second opinion on the formulas that the graph gives."""

from __future__ import annotations

from math import isfinite
from random import Random

import sympy

from backprop_cli.check.closed_form import READABLE, in_words, is_affordable, written_out
from backprop_cli.check.evaluated import evaluated
from backprop_cli.check.tolerances import SIX_DIGITS
from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED
from backprop_cli.check.work import STEPS_A_SECOND, OutOfWorkError, budget
from backprop_cli.engine.passes import forward
from backprop_cli.graph import Graph, Subgraph
from backprop_cli.lean import Mapping, NamedTuple

_SECONDS_BUDGET = 4.0  # of work
_LONGEST = 120  # characters of a formula that is worth showing
_POINTS, _DIGITS = 4, 20
_RANGE = (0.2, 1.8)  # where most functions are defined


class Simplified(NamedTuple):
    """For each derivative, by its variables, SymPy's text where it is short; and whether both have the same numbers."""

    formulas: Mapping[tuple[str, ...], str]
    verdict: str


def simplified(graph: Graph, derived: Graph, nodes: Mapping[tuple[str, ...], int]) -> Simplified | None:
    """SymPy's derivatives of a graph of numbers, against the `nodes` of the derived graph, both at a few points.

    None where SymPy cannot say, or would take too much work.
    """
    program = Subgraph("", "", 0, len(graph), tuple(graph.variables), tuple(graph.variables.values()), graph.output)
    if not is_affordable(graph, program):
        return None
    try:
        with budget(_SECONDS_BUDGET * STEPS_A_SECOND):
            body, symbols = written_out(graph, program)
            found = {}
            for variables in nodes:
                slope = body
                for name in variables:
                    slope = sympy.diff(slope, symbols[name])
                found[variables] = slope, sympy.simplify(slope)
            verdict = _verdict(derived, nodes, symbols, {v: slope for v, (slope, _) in found.items()})
    except (OutOfWorkError, RecursionError):
        return None
    texts = {variables: in_words(short) for variables, (_, short) in found.items()}
    shown = {v: text for v, text in texts.items() if len(text) <= _LONGEST and READABLE.fullmatch(text)}
    return Simplified(shown, verdict)


def _verdict(
    derived: Graph,
    nodes: Mapping[tuple[str, ...], int],
    symbols: Mapping[str, sympy.Symbol],
    slopes: Mapping[tuple[str, ...], sympy.Expr],
) -> str:
    drawn, decided = Random(0), 0  # noqa: S311  points, not secrets
    for _ in range(_POINTS):
        point = {name: drawn.uniform(*_RANGE) for name in derived.variables}
        values = forward(derived, point)
        for variables, node in nodes.items():
            try:
                theirs = complex(evaluated(slopes[variables], {symbols[n]: x for n, x in point.items()}, _DIGITS))
            except (ArithmeticError, TypeError, ValueError):
                continue
            if theirs.imag or not isfinite(theirs.real) or not isfinite(values[node]):
                continue
            decided += 1
            if abs(values[node] - theirs.real) > SIX_DIGITS * max(1.0, abs(theirs.real)):
                return DIFFERS
    return AGREES if decided else UNDECIDED
