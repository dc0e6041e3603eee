"""What mistake a wrong gradient of arrays looks like.

A mistake is made where a gate hands its gradient to an operand: something else is sent. A backward pass is linear in
what is sent, so the wrong gradient is ours and what the difference brings on the rest of the way, from there to x.

A mistake is named only if it gives all elements of what is claimed at every place looked at.
"""

from __future__ import annotations

import numpy as np

from backprop_cli.check.array_edges import ArrayEdge, edges_of
from backprop_cli.check.edge_mistakes import AT_AN_EDGE, Edge, exponent
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.mistakes import Mistake, named
from backprop_cli.check.point import Point
from backprop_cli.check.tensor_mistakes import AT_A_TENSOR, PRODUCTS, counted
from backprop_cli.check.tolerances import RTOL, SIX_DIGITS
from backprop_cli.engine.flow import unbroadcast
from backprop_cli.errors import BackpropError
from backprop_cli.graph import Graph, Value
from backprop_cli.lean import Any, Callable, Iterator, Sequence, partial
from backprop_cli.numeric.shapes import Shape

_BENT = ("pow", "max", "min")  # their slope by one operand is not the same everywhere, if the other is a constant
_FEWEST = 3  # numbers that must fit, or chance may have done it
_LARGEST_N = 1000
_Candidate = tuple[str, Mistake, Callable[[], Any]]


def _whole(gradient: Any) -> Any:
    return gradient


def diagnose_arrays(
    of: Gradient, claimed: Sequence[tuple[Point, Value]], chosen: Callable[[Any], Any] = _whole
) -> tuple[Mistake, ...]:
    """The mistake that gives what is claimed at every place; none if nothing, or too much, fits.

    `chosen` takes the elements of a gradient that are claimed.
    """
    usable = [(place, np.asarray(value)) for place, value in claimed if np.isfinite(value).all()]
    if not usable or sum(value.size for _, value in usable) < _FEWEST:
        return ()
    fitting: dict[tuple[str, Mistake], None] | None = None
    for place, value in usable:
        if not np.any(value) and not np.any(place.grad(*of)):
            continue
        edges = edges_of(place, of)
        if edges is None:
            return ()
        fitting = {
            (family, mistake): None
            for family, mistake, made in _candidates(place, of, value, edges)
            if (fitting is None or (family, mistake) in fitting) and _fits(made, value, chosen)
        }
        if not fitting:
            return ()
    return named(fitting or ())


def symmetric_only(
    of: Gradient, place: Point, claimed: Callable[[Point], Value], chosen: Callable[[Any], Any]
) -> tuple[Mistake, ...]:
    """Whether what is claimed would be right if a square matrix in a product of x with itself were symmetric."""
    graph = place.graph
    needs = graph.dependents({of.wrt})
    if not any(gate in PRODUCTS and all(needs[j] for j in graph.inputs[node]) for node, gate in enumerate(graph.gates)):
        return ()
    for name, value in place.given.items():
        if np.ndim(value) == 2 and np.shape(value)[0] == np.shape(value)[1] > 1:
            there = Point(place.graph, {**place.given, name: value + value.T})
            ours, theirs = np.asarray(chosen(there.grad(*of))), np.asarray(claimed(there))
            size = np.abs(ours).max(initial=0.0)
            if theirs.shape == ours.shape and size and (np.abs(ours - theirs) <= RTOL * size).all():
                return (Mistake("symmetric", place.graph.variables[name]),)
    return ()


def _fits(made: Callable[[], Any], value: Any, chosen: Callable[[Any], Any]) -> bool:
    with np.errstate(all="ignore"):
        try:
            found = np.asarray(chosen(made()))
        except (
            ValueError,
            IndexError,
            TypeError,
            BackpropError,
        ):  # shapes that do not fit are no mistake that gives an array
            return False
    if found.shape != value.shape or not np.isfinite(found).all():
        return False
    size = max(float(np.abs(found).max(initial=0.0)), float(np.abs(value).max(initial=0.0)))
    return bool((np.abs(found - value) <= SIX_DIGITS * size).all())


def _candidates(place: Point, of: Gradient, value: Any, edges: Sequence[ArrayEdge]) -> Iterator[_Candidate]:
    """Every mistake that can be made here, with its family and how to find the gradient that it gives."""
    ours = np.asarray(place.grad(*of))
    yield "sign", Mistake("sign"), lambda: -ours
    if ours.ndim == 2:
        yield "transposed", Mistake("transposed"), lambda: ours.T
    if value.shape != ours.shape:
        yield "sum", Mistake("not summed"), lambda: _spread(value, ours)
    yield from _early(place, of, ours.shape, edges)
    for family, mistakes in AT_AN_EDGE.items():
        if family == "place":  # of arrays it is asked at every other one
            continue
        for name, wrong_slope in mistakes.items():
            for at in edges:
                if at.sent.slope is not None:
                    number = exponent(at.edge) if name == "exponent" else 0.0
                    mistake = Mistake(name, at.edge.node, at.edge.operand, number)
                    yield family, mistake, _moved(at, _by_slope(wrong_slope, at))
    for family, name, wrong in AT_A_TENSOR:
        for at in edges:
            number = counted(at.sent) if family in ("count", "counted") else 0.0
            mistake = Mistake(name, at.edge.node, at.edge.operand, number)
            yield family, mistake, _moved(at, partial(wrong, at.sent))
    for at in edges:
        yield from _at_the_edge(place, at, of)
        yield from _softmax_by_hand(place, at, of)
    yield from _paths(ours, edges)
    yield from _times(place.graph, ours, value)


def _spread(value: Any, ours: Any) -> Any:
    """An array that only has to be summed over axes along which the gradient's was broadcast.

    Raises ValueError if it is not that.
    """
    fits = all(n in (1, m) for n, m in zip(ours.shape[::-1], value.shape[::-1], strict=False))
    summed = np.asarray(unbroadcast(value, ours.shape)) if fits and value.ndim >= ours.ndim else ours + 1
    if (np.abs(summed - ours) > RTOL * np.abs(ours).max(initial=0.0)).any():
        raise ValueError
    return value


def _moved(at: ArrayEdge, wrong: Callable[[], Any]) -> Callable[[], Any]:
    """The gradient where something else is sent along an edge."""

    def made() -> Any:
        found = wrong()
        if found is None:
            raise ValueError
        found = np.asarray(found)
        if found.shape == np.shape(at.sent.right):
            return at.rest() + at.carry(found)
        if at.edge.is_x and at.edge.forks == 1:
            return found
        raise ValueError

    return made


def _by_slope(wrong_slope: Callable[[Edge], Any], at: ArrayEdge) -> Callable[[], Any]:
    def sent() -> Any:
        slope = wrong_slope(at.edge)
        if slope is None:
            return None
        raw = np.broadcast_to(at.edge.upstream * slope, np.shape(at.edge.upstream))
        return unbroadcast(raw, np.shape(at.sent.right))

    return sent


def _at_the_edge(place: Point, at: ArrayEdge, of: Gradient) -> Iterator[_Candidate]:
    """Sums over broadcast axes, terms times 2 or without what arrives, slopes at another array."""
    edge, sent = at.edge, at.sent
    shape, raw = np.shape(sent.right), sent.raw
    if np.shape(raw) != shape:
        over = np.size(raw) / max(np.size(sent.right), 1)
        yield "sum", Mistake("not summed", edge.node, edge.operand), _moved(at, lambda: raw)
        if edge.forks == 1 and not edge.is_x and np.size(edge.x) == np.size(sent.right):  # x with an axis more
            yield "sum", Mistake("not summed", edge.node, edge.operand), partial(np.asarray, raw)
        yield "sum", Mistake("mean for sum", edge.node, edge.operand, over), _moved(at, lambda: sent.right / over)
        if np.ndim(raw) == 2 and np.ndim(sent.right) == 1:
            other = 1 if np.shape(raw)[1] == shape[0] else 0
            yield (
                "sum",
                Mistake("other axis", edge.node, edge.operand),
                _moved(at, lambda: np.sum(raw, axis=other)),
            )
    if edge.forks > 1:
        mistake = Mistake("term sign", edge.node, edge.operand)
        yield "term", mistake, _moved(at, partial(np.negative, sent.right))
        for number in (2.0, 0.5):
            mistake = Mistake("term", edge.node, edge.operand, number)
            yield "term", mistake, _moved(at, partial(np.multiply, sent.right, number))
    if edge.node != of.output:
        name = "term upstream" if edge.forks > 1 or at.is_passed else "upstream"
        mistake = Mistake(name, edge.node, edge.operand)
        yield "upstream", mistake, _moved(at, lambda: sent.pulled(np.ones(np.shape(edge.upstream))))
    if len(edge.point) == 2 and sent.rule.gate in PRODUCTS:
        other = sent.xs[1 - edge.position]
        for node, there in enumerate(place.values[: of.output]):
            if np.shape(there) == np.shape(other) != () and node not in place.graph.inputs[edge.node]:
                mistake = Mistake("other array", edge.node, edge.operand, float(node))
                yield "another", mistake, _moved(at, partial(sent.with_other, there))
    alone = len(edge.point) == 1 or (edge.gate in _BENT and edge.constants[1 - edge.position])
    if sent.slope is not None and alone:
        for node, there in enumerate(place.values[: of.output]):
            if np.shape(there) == np.shape(edge.out) != () and node != edge.operand:
                mistake = Mistake("at another", edge.node, edge.operand, float(node))
                yield "another", mistake, _moved(at, partial(sent.at_another, there))
        mistake = Mistake("at upstream", edge.node, edge.operand)
        yield "another", mistake, _moved(at, partial(sent.at_another, edge.upstream))


def _softmax_by_hand(place: Point, at: ArrayEdge, of: Gradient) -> Iterator[_Candidate]:
    """Of `e = exp(x); p = e/sum(e)` only the diagonal, p*(1 - p)."""
    graph, powers = place.graph, at.edge.node
    if at.edge.gate != "exp":
        return
    sums = {node for node, gate in enumerate(graph.gates) if gate == "sum" and graph.inputs[node][0] == powers}
    for node, gate in enumerate(graph.gates):
        if gate == "div" and graph.inputs[node][0] == powers and graph.inputs[node][1] in sums:
            p, arrives = np.asarray(place.values[node]), place.passed(of.output).grads[node]
            wrong = np.asarray(0.0 if arrives is None else arrives) * p * (1 - p)
            mistake = Mistake("diagonal", node, powers)
            yield "softmax", mistake, _moved(at, partial(np.asarray, wrong))
            yield "softmax", mistake, partial(np.asarray, wrong)  # what is subtracted before, max(x), changes nothing


def _early(place: Point, of: Gradient, shape: Shape, edges: Sequence[ArrayEdge]) -> Iterator[_Candidate]:
    """The gradient of a node through which all of x reaches the output, in the place of x's."""
    grads = place.passed(of.output).grads
    passed = {at.edge.node for at in edges if at.is_passed}
    for node in {at.edge.node: None for at in edges}:
        grad = np.asarray(grads[node] if grads[node] is not None else np.nan)
        if node != of.output and grad.shape == shape and node not in passed:
            yield "chain", Mistake("stops early", node), partial(np.asarray, grad)


def _paths(ours: Any, edges: Sequence[ArrayEdge]) -> Iterator[_Candidate]:
    """Of several ways one is missing, or is the only one."""
    ways: dict[int, list[ArrayEdge]] = {}
    for at in edges:
        if at.edge.forks > 1:
            ways.setdefault(at.edge.operand, []).append(at)
    for operand, forked in ways.items():
        for at in forked:
            if at.sent.slope is None:  # of others the table of edges has it
                yield (
                    "path",
                    Mistake("path", at.edge.node, operand),
                    _moved(at, partial(np.multiply, at.sent.right, 0.0)),
                )
            if len(forked) > 2:
                rest = [other for other in forked if other is not at]

                def only(rest: list[ArrayEdge] = rest) -> Any:
                    return ours - sum(other.carry(other.sent.right) for other in rest)

                yield "path", Mistake("only path", at.edge.node, operand), only


def _times(graph: Graph, ours: Any, value: Any) -> Iterator[_Candidate]:
    """The whole gradient, times or divided by a whole number or a constant of the program."""
    if value.shape != ours.shape or not np.any(ours):
        return
    index = np.unravel_index(int(np.argmax(np.abs(ours))), ours.shape)
    ratio = float(value[index] / ours[index])
    numbers = {2.0, *(c for c in graph.constants.values() if isinstance(c, float))}
    numbers |= {float(round(r)) for r in (ratio, 1 / ratio if ratio else 0.0) if 1 < r < _LARGEST_N}
    for n in sorted(numbers):
        if n > 1:
            yield "times", Mistake("factor", number=n), partial(np.multiply, ours, n)
            yield "times", Mistake("factor", number=1 / n), partial(np.divide, ours, n)
