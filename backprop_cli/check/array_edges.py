"""The edges of a program with arrays on the way from x to the output, and what goes along them at a place."""

from __future__ import annotations

from collections import Counter

import numpy as np

from backprop_cli.check.edge_mistakes import Edge
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.mistakes import straight_to
from backprop_cli.check.point import Point
from backprop_cli.check.tensor_mistakes import AT_A_TENSOR, Sent
from backprop_cli.check.tolerances import ROUNDING
from backprop_cli.engine.passes import backward, quiet, rule_of, send
from backprop_cli.graph import Value
from backprop_cli.graph.ancestors import ancestors
from backprop_cli.lean import Any, Callable, NamedTuple, cache, cast, partial

_MOST_WORK = 400_000  # edges times mistakes times what lies behind, times elements by the thousand


class ArrayEdge(NamedTuple):
    """An edge on the way from x to the output: as edges of numbers are told, and how what is sent goes on."""

    edge: Edge
    sent: Sent
    carry: Callable[[Any], Any]  # what comes of something at the operand, at x
    rest: Callable[[], Any]  # the gradient without what goes along this edge
    is_passed: bool  # some way to the output leaves the gate out


def edges_of(place: Point, of: Gradient) -> list[ArrayEdge] | None:
    """The edges on the way from x to the output; None if there are too many to look at."""
    graph, passed = place.graph, place.passed(of.output)
    needs = graph.dependents({of.wrt})
    on_the_way = bytearray(a and b for a, b in zip(needs, ancestors(graph, of.output), strict=True))
    pairs = [
        (node, position, operand)
        for node in range(of.wrt + 1, of.output + 1)
        if on_the_way[node]
        for position, operand in enumerate(graph.inputs[node])
        if on_the_way[operand] and passed.grads[node] is not None
    ]
    elements = sum(int(np.size(value)) for value in place.values) // 1000 + 1
    if len(pairs) * len(pairs) * len(AT_A_TENSOR) * elements > _MOST_WORK:
        return None
    forks = Counter(operand for _, _, operand in pairs)
    straight = straight_to(graph, pairs, of.output)
    made = []
    for node, position, operand in pairs:
        rule, operands = rule_of(graph, node), graph.inputs[node]
        xs, out = [_number(place.values[j]) for j in operands], _number(place.values[node])
        with quiet(graph):
            right, _ = send(graph, place.values, passed, node, position, rule)
            raw, _ = send(graph, place.values, passed, node, position, rule, summed=False)
        slopes, arrived = passed.locals[node], np.asarray(passed.grads[node], dtype=float)[()]
        right = np.broadcast_to(right, np.shape(place.values[operand])) if np.shape(place.values[operand]) else right
        edge = Edge(
            gate=graph.gates[node], node=node, operand=operand, position=position, point=tuple(xs), out=out,
            slope=slopes[position] if slopes else 1.0, upstream=cast(float, arrived), inner=1.0,
            x=place.values[of.wrt], is_x=operand == of.wrt, constants=tuple(j in graph.constants for j in operands),
            forks=forks[operand], both=len(operands) == 2 and all(on_the_way[j] for j in operands),
            straight=straight.get(node, False),
        )  # fmt: skip
        slope = slopes[position] if slopes else None
        sent = Sent(rule, position, xs, out, arrived, right, raw, slope, graph.attributes.get(node, ()))
        carry = _carrier(place, of, operand, on_the_way)
        rest = cache(partial(_without, place.grad(*of), carry, right))
        is_passed = any(j < node < i for i, _, j in pairs)
        made.append(ArrayEdge(edge, sent, carry, rest, is_passed))
    return made


def _without(ours: Any, carry: Callable[[Any], Any], right: Any) -> Any:
    """A gradient without one of its ways; what rounding left of nothing is nothing."""
    way = carry(right)
    rest = ours - way
    return np.where(np.abs(rest) <= ROUNDING * (np.abs(ours) + np.abs(way)), 0.0, rest)


def _number(value: Value) -> Value:
    """A value, a comparison's as a number."""
    return value * 1.0 if np.asarray(value).dtype.kind == "b" else value


def _carrier(place: Point, of: Gradient, operand: int, on_the_way: bytearray) -> Callable[[Any], Any]:
    """How what is at an operand goes on to x."""
    passed = place.passed(of.output)

    def carry(delta: Any) -> Any:
        if operand == of.wrt:
            return delta
        active = bytearray(here and node <= operand for node, here in enumerate(on_the_way))
        delta = float(delta) if not np.shape(delta) else delta
        slopes = {node: slopes for node, slopes in enumerate(passed.locals) if active[node]}
        went = backward(place.graph, place.values, operand, delta, active, known=slopes)
        return 0.0 if went.grads[of.wrt] is None else went.grads[of.wrt]

    return carry
