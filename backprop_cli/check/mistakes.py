"""What mistake a wrong gradient looks like: the gradients that common mistakes would give, compared with the claim.

A mistake is a row of a table: a name, and how it changes the local gradient at one edge of the graph. An edge on the
way from x to f, from operand b to gate a, takes part in df/dx as df/da · ∂a/∂b · db/dx; with another number for the
middle factor, df/dx moves by df/da · (wrong - ∂a/∂b) · db/dx. So one backward and one forward sweep price every
mistake at every edge.

A mistake is named only if it gives what is claimed at every point looked at; where mistakes of several families do,
all are named, or none.
"""

from __future__ import annotations

from collections import Counter
from math import isfinite

from backprop_cli.check.edge_mistakes import AT_AN_EDGE, LINEAR, Edge, exponent
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.point import Point, with_output
from backprop_cli.check.tolerances import ROUNDING, RTOL
from backprop_cli.engine.tangent import tangent
from backprop_cli.graph import Graph
from backprop_cli.graph.ancestors import ancestors
from backprop_cli.lean import Iterable, Iterator, NamedTuple, Sequence

_MOST_EDGES = 2000
_MOST_FAMILIES = 2  # more that fit explain nothing
_LARGEST_N = 1000
_VAGUE = ("own value", "times", "term", "extra", "reciprocal", "mean", "upstream", "another", "counted", "of slopes")


class Mistake(NamedTuple):
    """A mistake's name, the edge where it was made (gate `node`, its operand), and numbers for the words."""

    name: str
    node: int = -1
    operand: int = -1
    number: float = 0.0


MISTAKES = (
    "sign", "factor", "own value", "stops early", "upstream", "only path", "transposed", "not summed",
    "term", "term sign", *(name for family in AT_AN_EDGE.values() for name in family),
)  # fmt: skip


def diagnose(of: Gradient, claimed: Sequence[tuple[Point, float]], half_unit: float = 0.0) -> tuple[Mistake, ...]:
    """The mistakes that give what is claimed at every place; none if nothing, or too much, fits.

    Where there is one place only, a number was claimed, right to `half_unit`.
    """

    def fits(found: float, number: float) -> bool:
        return abs(found - number) <= max(RTOL * max(abs(found), abs(number)), half_unit)

    usable = [(place, number) for place, number in claimed if isfinite(number)]
    if all(number == 0 or fits(place.grad(*of), number) for place, number in usable):
        return ()
    fitting: dict[tuple[str, Mistake], None] | None = None
    for place, number in usable:
        fitting = {
            (family, mistake): None
            for family, mistake, found in _priced(place, of, number, alone=len(usable) == 1)
            if fits(found, number) and (fitting is None or (family, mistake) in fitting)
        }
        if not fitting:
            return ()
    return named(fitting or ())


def named(fitting: Iterable[tuple[str, Mistake]]) -> tuple[Mistake, ...]:
    """Of mistakes that fit, with their families, the first of each family; none if those are too many."""
    first: dict[str, Mistake] = {}
    for family, mistake in fitting:
        first.setdefault(family, mistake)
    for vague in _VAGUE:
        if len(first) > 1:
            first.pop(vague, None)  # the others say why
    return tuple(first.values()) if len(first) <= _MOST_FAMILIES else ()


def _priced(place: Point, of: Gradient, claimed: float, *, alone: bool) -> Iterator[tuple[str, Mistake, float]]:
    """Every mistake that can be made here, with its family and the gradient it gives."""
    ours = place.grad(*of)
    yield "sign", Mistake("sign"), -ours
    yield "own value", Mistake("own value", of.output), place.values[of.output]
    edges = list(_edges(place, of))
    for family, mistakes in AT_AN_EDGE.items():
        if family == "chain":
            yield from _cut_short(place, of, edges)
        for name, wrong_slope in mistakes.items():
            for edge in edges:
                wrong = wrong_slope(edge)
                if wrong is not None and isfinite(wrong):
                    number = exponent(edge) if name == "exponent" else 0.0
                    found = _without(ours, edge) + edge.upstream * wrong * edge.inner
                    yield family, Mistake(name, edge.node, edge.operand, number), found
        if family == "path":
            yield from _one_path(ours, edges)
    for edge in edges:
        if edge.forks > 1:
            way = edge.upstream * edge.slope * edge.inner
            yield "term", Mistake("term sign", edge.node, edge.operand), ours - 2 * way
            for number in (2.0, 0.5):
                yield "term", Mistake("term", edge.node, edge.operand, number), ours + (number - 1) * way
    yield from _times(place.graph, ours, claimed, alone=alone)


def _without(ours: float, edge: Edge) -> float:
    """The gradient without what goes along an edge; what rounding left of nothing is nothing."""
    way = edge.upstream * edge.slope * edge.inner
    rest = ours - way
    return 0.0 if abs(rest) <= ROUNDING * (abs(ours) + abs(way)) else rest


def _times(graph: Graph, ours: float, claimed: float, *, alone: bool) -> Iterator[tuple[str, Mistake, float]]:
    """The whole gradient, times or divided by a whole number or a constant of the program.

    Of one number only, any ratio is some whole number's: there 2 and the constants are tried.
    """
    ratio = claimed / ours if ours else 0.0
    numbers = {2.0, *graph.constants.values()}
    if not alone:
        numbers |= {float(round(r)) for r in (ratio, 1 / ratio if ratio else 0.0) if 1 < r < _LARGEST_N}
    for n in sorted(numbers):
        if n > 1:
            yield "times", Mistake("factor", number=n), ours * n
            yield "times", Mistake("factor", number=1 / n), ours / n


def _cut_short(place: Point, of: Gradient, edges: Sequence[Edge]) -> Iterator[tuple[str, Mistake, float]]:
    """Of f(a(x)) only df/da, or only da/dx: a is a node through which all of x reaches f."""
    grads = place.passed(of.output).grads
    ours = place.grad(*of)
    rates = _rates(place, of)
    for node, straight in {edge.node: edge.straight for edge in edges}.items():
        outer, inner = grads[node] or 0.0, rates[node]
        if node != of.output and abs(outer * inner - ours) <= RTOL * abs(ours):
            yield "chain", Mistake("stops early", node), outer
            if not straight:
                yield "chain", Mistake("upstream", node), inner


def _one_path(ours: float, edges: Sequence[Edge]) -> Iterator[tuple[str, Mistake, float]]:
    """Of three or more ways only one."""
    flows: dict[int, dict[int, float]] = {}
    for edge in edges:
        if edge.forks > 2:
            way = flows.setdefault(edge.operand, {})
            way[edge.node] = way.get(edge.node, 0.0) + edge.upstream * edge.slope * edge.inner
    for operand, ways in flows.items():
        total = sum(ways.values())
        for node, flow in ways.items():
            yield "path", Mistake("only path", node, operand), ours - total + flow


def _edges(place: Point, of: Gradient) -> Iterator[Edge]:
    """The edges on the way from x to f; first those near x."""
    graph, passed = place.graph, place.passed(of.output)
    rates = _rates(place, of)
    on_the_way = [a and b for a, b in zip(graph.dependents({of.wrt}), ancestors(graph, of.output), strict=True)]
    pairs = [
        (node, position, operand)
        for node in range(of.wrt + 1, of.output + 1)
        if on_the_way[node]
        for position, operand in enumerate(graph.inputs[node])
        if on_the_way[operand]
    ]
    if len(pairs) > _MOST_EDGES:
        return
    forks = Counter(operand for _, _, operand in pairs)
    straight = straight_to(graph, pairs, of.output)
    for node, position, operand in pairs:
        operands = graph.inputs[node]
        yield Edge(
            gate=graph.gates[node],
            node=node,
            operand=operand,
            position=position,
            point=tuple(place.values[j] for j in operands),
            out=place.values[node],
            slope=passed.locals[node][position],
            upstream=passed.grads[node] or 0.0,
            inner=rates[operand],
            x=place.values[of.wrt],
            is_x=operand == of.wrt,
            constants=tuple(j in graph.constants for j in operands),
            forks=forks[operand],
            both=len(operands) == 2 and all(on_the_way[j] for j in operands),
            straight=straight[node],
            rates=tuple(rates[j] for j in operands),
            rate=rates[node],
        )


def straight_to(graph: Graph, pairs: Sequence[tuple[int, int, int]], output: int) -> dict[int, bool]:
    """For each node on the way whether only sums, means, signs and constant factors follow."""
    straight = {output: True}
    for node, position, operand in reversed(pairs):
        others = [j in graph.constants for k, j in enumerate(graph.inputs[node]) if k != position]
        scales = (graph.gates[node] == "mul" or (graph.gates[node] == "div" and position == 0)) and all(others)
        keeps = straight[node] and (graph.gates[node] in (*LINEAR, "sum", "mean") or scales)
        straight[operand] = straight.get(operand, True) and keeps
    return straight


def _rates(place: Point, of: Gradient) -> list[float]:
    """For each node its derivative by x."""
    graph = with_output(place.graph, of.output)
    return tangent(graph, place.passed(of.output).locals, {of.wrt: 1.0})
