"""The check of a pass over arrays by differences: each gate, then the whole program, along random directions.

Baydin, Pearlmutter, Radul & Siskind 2018 on directional derivatives; where they differ, halving finds the element.
"""

from __future__ import annotations

from math import inf, isfinite

import numpy as np

from backprop_cli.check.rows import Rows, some_rows
from backprop_cli.check.straight import Line, goes_straight, slope_of_a_line
from backprop_cli.check.tolerances import BESIDE, DIFFERENCES, UNSURE
from backprop_cli.check.verdict import Check, Disagreement, Judged
from backprop_cli.engine.differences import Estimate, ridders
from backprop_cli.engine.flow import unbroadcast
from backprop_cli.engine.passes import Backward, rule_of
from backprop_cli.gates.fields import ARRAYS
from backprop_cli.graph import Graph, Value
from backprop_cli.lean import Any, Callable, Iterator, Mapping
from backprop_cli.numeric.losses import ValueProblem
from backprop_cli.numeric.shapes import Shape
from backprop_cli.text import index_text

_STEPS = (1e-3, 1e-5, 1e-7)  # the smaller ones meet fewer kinks, the larger ones lose fewer digits
_DRAWN = 8191  # random numbers, which are used again and again in a larger array


class Drawn:
    """Random numbers, the same in every check."""

    def __init__(self) -> None:
        self._stream = np.random.RandomState(0)

    def normal(self, shape: Shape) -> Any:
        """Normal ones in a shape."""
        return np.resize(self._stream.standard_normal(min(int(np.prod(shape)), _DRAWN)), shape)


def check_by_differences(
    graph: Graph,
    values: list[Value],
    passed: Backward,
    active: bytearray,
    wrt: Mapping[str, int],
    seed: Value,
    *,
    kinked: bool,
) -> Check:
    """The check of every gate that is `active`, and of every gradient that is asked for; `kinked`: a kink is near."""
    methods = ("gate-differences", "directional")
    chosen = Drawn()
    worst: Disagreement | None = None
    largest = 0.0
    some = some_rows(graph, values)
    for node, k, ours, size, estimate in _gates(graph, values, passed, active, chosen, some):
        size = max(size, abs(ours), abs(estimate.slope))
        if error_of(ours, estimate, size) > DIFFERENCES and estimate.error < DIFFERENCES * size:
            worst = worst or Disagreement(ours, estimate.slope, node, graph.inputs[node][k])
    variables = {}
    undecided = []
    for name, node in wrt.items():
        rows = some if some is not None and some.suffice(node) else None
        judged = _along(graph, values, passed, node, seed, chosen, rows)
        if rows is not None and judged.verdict != "agree":
            judged = _along(graph, values, passed, node, seed, chosen)
        variables[name] = judged
        if judged.verdict == "undecided":
            undecided.append(name)
        largest = max(largest, judged.error if judged.verdict != "undecided" else 0.0)
        if judged.verdict == "disagree" and not kinked:
            worst = worst or Disagreement(judged.ours, judged.theirs, node, name=name + index_text(judged.element))
    if worst is not None:
        return Check("disagree", methods, largest, {}, "", worst, (), variables)
    if undecided or (kinked and any(judged.verdict == "disagree" for judged in variables.values())):
        reason = "a kink is near, or too few digits are left" if undecided else "the derivative is a convention here"
        return Check("undecided", methods, largest, {}, reason, None, (), variables)
    return Check("agree", methods, largest, {}, "", None, (), variables)


def _gates(
    graph: Graph, values: list[Value], passed: Backward, active: bytearray, chosen: Drawn, some: Rows | None
) -> Iterator[tuple[int, int, float, float, Estimate]]:
    """For each active gate and operand: our slope along a random direction, what it is judged beside, differences'.

    Of long arrays `some` rows are looked at. Operands that name classes cannot be moved.
    """
    for node, ids in enumerate(graph.inputs):
        if not ids or not active[node] or passed.grads[node] is None:
            continue
        adds = some is not None and some.adds(node)
        by_rows = some is not None and some.is_long(node) and node not in graph.attributes
        out, operands = values[node], [values[j] for j in ids]
        at = dict(zip(ids, operands, strict=True))
        if some is not None and by_rows:
            out, at = some.at(node), dict(zip(ids, some.operands(node, {}), strict=True))
        elif some is not None and adds:
            at = {j: some.at(j) for j in ids}
        weights = chosen.normal(np.shape(out)) / max(1.0, np.sqrt(np.size(out)))
        for k, j in enumerate(ids):
            if not active[j] or ids.index(j) != k:
                continue
            along = chosen.normal(np.shape(at[j])) * np.maximum(1.0, np.abs(at[j]))
            places = [p for p, other in enumerate(ids) if other == j]
            if node in graph.attributes:
                pull, attributes = ARRAYS.pull[graph.gates[node]], graph.attributes[node]
                pulled: Any = sum(pull(p, weights, out, operands, attributes) for p in places)
                pulled = some.of(pulled, j) if some is not None and adds else pulled
            else:
                slopes = [passed.locals[node][p] for p in places]
                pulled = sum(
                    weights * (some.of(slope, node) if some is not None and by_rows else slope) for slope in slopes
                )
            terms = unbroadcast(pulled, np.shape(at[j])) * along
            ours, size = float(np.sum(terms)), BESIDE * float(np.linalg.norm(terms))

            def moved(
                step: float, node: int = node, j: int = j, at: Any = at, weights: Any = weights, along: Any = along
            ) -> float:
                shifted = at[j] + step * along
                if some is not None and some.adds(node):
                    return float(np.sum(weights * some.sum_moved(node, shifted)))
                there = [shifted if i == j else at[i] for i in graph.inputs[node]]
                return float(np.sum(weights * rule_of(graph, node).value(there)))

            try:
                straight = goes_straight(graph, node, {j})
                estimate = slope_of_a_line(moved) if straight else best_estimate(moved, ours, size, np.abs(at[j]).max())
                yield node, k, ours, size, estimate
            except ValueProblem:
                continue


def best_estimate(function: Callable[[float], float], ours: float, size: float, largest: float) -> Estimate:
    """The surest estimate of the derivative at 0 from several first steps; one that is sure and agrees ends it.

    `size` is what the derivative is judged beside. Where all that moves is below `largest`, a small number, smaller
    steps are tried as well. An estimate that disagrees is only as sure as the next surest is close, and not at all
    where the function bends.
    """
    best = second = Estimate(0.0, inf, "Ridders")
    small = [step * largest for step in _STEPS] if 0 < largest < 1e-2 else []
    for step in (*_STEPS, *small):
        found = ridders(function, 0.0, step)
        flat = found.slope == 0  # at a smaller step: nothing of the move is left beside larger numbers
        if found.error < best.error and not (flat and best.error < inf):
            best, second = found, best
        elif found.error < second.error:
            second = found
        if best.error < 1e-8 * max(size, abs(best.slope)) and error_of(ours, best, size) < DIFFERENCES:
            return best
    if error_of(ours, best, size) <= DIFFERENCES:
        return best
    if any(_bend(function, step) > abs(ours - best.slope) / 10 for step in (*_STEPS, *small)):
        return best._replace(error=inf)
    return best._replace(error=max(best.error, abs(best.slope - second.slope)))


def _bend(function: Callable[[float], float], step: float) -> float:
    """How far the slopes on the two sides of 0 stay apart as the step shrinks; 0 where they come together."""
    here = function(0.0)
    wide, narrow = (abs(function(h) - 2 * here + function(-h)) / h for h in (step, step / 10))
    return narrow if narrow > wide / 2 else 0.0


def error_of(ours: float, estimate: Estimate, size: float) -> float:
    """How far apart two slopes are beside their size, or beside what is unsure of the estimate."""
    unsure = UNSURE * estimate.error / DIFFERENCES
    return abs(ours - estimate.slope) / max(abs(ours), abs(estimate.slope), size, unsure, 1e-300)


def _along(
    graph: Graph,
    values: list[Value],
    passed: Backward,
    node: int,
    seed: Value,
    chosen: Drawn,
    some: Rows | None = None,
) -> Judged:
    """Our gradient and differences of the whole program along a random direction; the element if they differ.

    Of `some` rows it is only said whether they agree.
    """
    grad, at = np.asarray(gradient_of(graph, passed, node)), values[node]
    if some is not None:
        grad, at = some.of(grad, node), some.at(node)
    direction = chosen.normal(grad.shape) * np.maximum(1.0, np.abs(at))

    size = BESIDE * float(np.linalg.norm(grad * direction))
    largest = float(np.abs(at).max())

    def judged(mask: Any) -> tuple[float, Estimate]:
        along = direction * mask
        ours = float(np.sum(grad * along))
        if some is not None:
            return ours, best_estimate(
                lambda step: some.moved_output(node, at + step * along, seed), ours, size, largest
            )
        line = Line(graph, values, node, along)
        return ours, best_estimate(lambda step: line.output(step, seed), ours, size, largest)

    mask = np.ones(grad.shape)
    try:
        ours, estimate = judged(mask)
    except ValueProblem:  # numbers of classes cannot be moved
        return Judged("undecided" if grad.any() else "agree", 0.0, (), 0.0, 0.0)
    sure = max(DIFFERENCES, UNSURE * estimate.error / max(abs(ours), abs(estimate.slope), size, 1e-300))
    error = error_of(ours, estimate, size)
    if not sure < 1e-2 or not isfinite(error) or (some is not None and error > sure):
        return Judged("undecided", error, (), ours, estimate.slope)
    if error <= sure:
        return Judged("agree", error, (), ours, estimate.slope)
    while mask.sum() > 1:  # the half of the direction along which they differ more
        flat = np.flatnonzero(mask)
        halves = []
        for half in (flat[: len(flat) // 2], flat[len(flat) // 2 :]):
            part = np.zeros(mask.size)
            part[half] = 1.0
            ours, estimate = judged(part.reshape(mask.shape))
            halves.append((abs(ours - estimate.slope), part.reshape(mask.shape), ours, estimate))
        _, mask, ours, estimate = max(halves, key=lambda half: half[0])
    place = index_of_largest(mask)
    scale = float(direction[place])
    error = error_of(ours, estimate, 0.0)
    if not error > DIFFERENCES:  # no element alone is clearly wrong
        return Judged("undecided", error, place, float(grad[place]), estimate.slope / scale)
    return Judged("disagree", error, place, float(grad[place]), estimate.slope / scale)


def index_of_largest(error: Any) -> tuple[int, ...]:
    """Where in an array."""
    return tuple(map(int, np.unravel_index(int(np.argmax(error)), error.shape))) if error.ndim else ()


def gradient_of(graph: Graph, passed: Backward, node: int) -> Value:
    """A node's gradient, zeros where nothing flows."""
    grad = passed.grads[node]
    return np.zeros(graph.shapes[node]) if grad is None else grad
