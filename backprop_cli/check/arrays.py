"""The check of a pass over arrays: written out in numbers where that is affordable, otherwise by differences.

Written out, every element is judged on its own: the graph of numbers knows no tensor gate's rule, and SymPy judges its
gates. Beyond that budget each gate, and then the whole program, is compared with differences along random directions
(Baydin, Pearlmutter, Radul & Siskind 2018 on directional derivatives); where they differ, halving finds the element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf, isfinite
from typing import Any

import numpy as np

from backprop_cli.check.tolerances import BESIDE, BESIDE_LARGEST, DIFFERENCES, RTOL, SUBNORMAL, SUBTLE, UNSURE
from backprop_cli.check.verdict import Check, Disagreement, Judged
from backprop_cli.engine.anomalies import Anomaly, find_anomalies
from backprop_cli.engine.differences import Estimate, ridders
from backprop_cli.engine.flow import unbroadcast
from backprop_cli.engine.passes import Backward, backward, forward
from backprop_cli.engine.rounding import scales_of
from backprop_cli.engine.unroll import unroll
from backprop_cli.gates.fields import ARRAYS, FLOATS
from backprop_cli.graph import Graph, Value
from backprop_cli.numeric.losses import ValueProblem
from backprop_cli.text import index_text

Judge = Callable[..., Check]  # the check of a graph of numbers
_STEPS = (1e-3, 1e-5, 1e-7)  # the smaller ones meet fewer kinks, the larger ones lose fewer digits
_JUDGED = frozenset({"underflow", "precision", "nonfinite-input", "reading", "kink"})


def check_arrays(
    graph: Graph,
    values: list[Value],
    passed: Backward,
    active: bytearray,
    wrt: Mapping[str, int],
    anomalies: Iterable[Anomaly],
    *,
    seed: Value,
    judge: Judge,
) -> Check:
    """Compare a backward pass over arrays with independent opinions; `judge` is the check of a graph of numbers."""
    if not np.isfinite(values[graph.output]).all():
        return Check("undecided", (), 0.0, {}, "the value is not finite")
    if not all(np.isfinite(_gradient(graph, passed, node)).all() for node in wrt.values()):
        return Check("undecided", (), 0.0, {}, "a gradient is not finite")
    codes = {anomaly.code for anomaly in anomalies}
    with np.errstate(all="ignore"):
        written_out = _by_elements(graph, values, passed, wrt, seed, judge)
        if written_out is not None:
            return written_out
        if not codes <= _JUDGED:
            return Check("undecided", (), 0.0, {}, "the notes say where a slope does not exist")
        return _by_differences(graph, values, passed, active, wrt, seed, kinked="kink" in codes)


def _gradient(graph: Graph, passed: Backward, node: int) -> Value:
    grad = passed.grads[node]
    return np.zeros(graph.shapes[node]) if grad is None else grad


# -- element by element ------------------------------------------------------------------------------------


def _by_elements(
    graph: Graph, values: list[Value], passed: Backward, wrt: Mapping[str, int], seed: Value, judge: Judge
) -> Check | None:
    """The check of the graph written out in numbers; None if it is too large, or overflows where ours does not."""
    written = unroll(graph, values, graph.output, seed)
    if written is None:
        return None
    numbers = written.graph
    scalar_seed = float(seed) if not graph.shapes[graph.output] else 1.0
    plain = forward(numbers, written.given)
    theirs = backward(numbers, plain, numbers.output, scalar_seed)
    expected = float(np.sum(np.multiply(seed, values[graph.output])))
    moves = (abs(value * (grad or 0.0)) for value, grad in zip(plain, theirs.grads, strict=True))
    if not abs(plain[numbers.output] * scalar_seed - expected) <= RTOL * max(filter(isfinite, moves), default=0.0):
        return None  # the plain formula leaves the doubles, or loses digits that ours keeps
    elements = {name: written.ids(node) for name, node in wrt.items()}
    names = {name + index_text(index): int(id_) for name, ids in elements.items() for index, id_ in np.ndenumerate(ids)}
    marked = numbers.dependents(set(names.values()))
    odd = find_anomalies(numbers, plain, numbers.output, theirs, marked)
    inner = judge(numbers, plain, theirs, marked, names, odd, seed=scalar_seed)
    scales = scales_of(numbers, theirs, numbers.output)
    variables: dict[str, Judged] = {}
    worst: Disagreement | None = None
    for name, node in wrt.items():
        ids = elements[name]
        found = np.array([theirs.grads[i] or 0.0 for i in ids.flat]).reshape(ids.shape)
        scale = np.array([scales[i] for i in ids.flat]).reshape(ids.shape)
        if not np.isfinite(found).all():
            return None
        ours = np.asarray(_gradient(graph, passed, node))
        # Rounding in a matrix is relative to its largest elements.
        size = np.maximum(
            np.maximum(np.abs(ours), np.abs(found)), np.maximum(scale, BESIDE_LARGEST * scale.max() + SUBNORMAL)
        )
        error = np.abs(ours - found) / size
        place = _index_of_largest(error)
        wrong = bool(error[place] > RTOL)
        variables[name] = Judged(
            "disagree" if wrong else "agree", float(error[place]), place, float(ours[place]), float(found[place])
        )
        if wrong and worst is None:
            worst = Disagreement(float(ours[place]), float(found[place]), node, name=name + index_text(place))
    if worst is not None and not _confirmed(graph, values, worst, variables, seed):
        return None  # two close numbers were told apart by rounding, at a kink or where they cancel
    largest = max([inner.max_rel_error, *(judged.error for judged in variables.values())])
    methods = ("elements", *inner.methods)
    if worst is not None or inner.verdict == "disagree":
        found_by = worst or inner.worst
        if worst is None:  # the graph of numbers has the wrong gate as well
            variables = {name: judged._replace(verdict="undecided") for name, judged in variables.items()}
        if worst is None and inner.worst is not None:  # a gate of numbers is wrong: point at the node it came from
            found_by = inner.worst._replace(node=graph.output, along=-1)
        return Check("disagree", methods, largest, inner.formulas, "", found_by, (), variables)
    return Check(inner.verdict, methods, largest, inner.formulas, inner.reason, None, (), variables)


def _confirmed(
    graph: Graph, values: list[Value], worst: Disagreement, variables: Mapping[str, Judged], seed: Value
) -> bool:
    """Whether differences along the worst element are against our gradient too, as far as they can tell."""
    judged = next(j for j in variables.values() if j.verdict == "disagree")
    if judged.error < SUBTLE:
        return True
    along = np.zeros(graph.shapes[worst.node])
    along[judged.element] = max(1.0, abs(float(np.asarray(values[worst.node])[judged.element])))
    scale = float(along[judged.element])
    ours = worst.ours * scale

    def moved(step: float) -> float:
        return _moved(graph, values, worst.node, values[worst.node] + step * along, seed)

    size = max(abs(worst.ours), abs(worst.theirs)) * scale
    estimate = _best(moved, ours, size, np.abs(values[worst.node]).max())
    return estimate.error < SUBTLE * size and _error(ours, estimate, size) > DIFFERENCES


def _index_of_largest(error: Any) -> tuple[int, ...]:
    return tuple(map(int, np.unravel_index(int(np.argmax(error)), error.shape))) if error.ndim else ()


# -- by differences ----------------------------------------------------------------------------------------


def _by_differences(
    graph: Graph,
    values: list[Value],
    passed: Backward,
    active: bytearray,
    wrt: Mapping[str, int],
    seed: Value,
    *,
    kinked: bool,
) -> Check:
    methods = ("gate-differences", "directional")
    chosen = np.random.RandomState(0)
    worst: Disagreement | None = None
    largest = 0.0
    for node, k, ours, size, estimate in _gates(graph, values, passed, active, chosen):
        size = max(size, abs(ours), abs(estimate.slope))
        if _error(ours, estimate, size) > DIFFERENCES and estimate.error < DIFFERENCES * size:
            worst = worst or Disagreement(ours, estimate.slope, node, graph.inputs[node][k])
    variables = {}
    undecided = []
    for name, node in wrt.items():
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
    graph: Graph, values: list[Value], passed: Backward, active: bytearray, chosen: Any
) -> Iterator[tuple[int, int, float, float, Estimate]]:
    """For each active gate and operand: our slope along a random direction, what it is judged beside, differences'.

    Operands that name classes cannot be moved.
    """
    for node, ids in enumerate(graph.inputs):
        if not ids or not active[node] or passed.grads[node] is None:
            continue
        out = values[node]
        operands = [values[j] for j in ids]
        weights = chosen.standard_normal(np.shape(out)) / max(1.0, np.sqrt(np.size(out)))
        for k, j in enumerate(ids):
            if not active[j] or ids.index(j) != k:
                continue
            along = chosen.standard_normal(graph.shapes[j]) * np.maximum(1.0, np.abs(values[j]))
            places = [p for p, other in enumerate(ids) if other == j]
            if node in graph.attributes:
                pull, attributes = ARRAYS.pull[graph.gates[node]], graph.attributes[node]
                pulled: Any = sum(pull(p, weights, out, operands, attributes) for p in places)
            else:
                pulled = sum(weights * passed.locals[node][p] for p in places)
            terms = unbroadcast(pulled, graph.shapes[j]) * along
            ours, size = float(np.sum(terms)), BESIDE * float(np.linalg.norm(terms))

            def moved(step: float, node: int = node, j: int = j, weights: Any = weights, along: Any = along) -> float:
                shifted = [values[i] + step * along if i == j else values[i] for i in graph.inputs[node]]
                return float(np.sum(weights * _apply(graph, node, shifted)))

            try:
                yield node, k, ours, size, _best(moved, ours, size, np.abs(values[j]).max())
            except ValueProblem:
                continue


def _apply(graph: Graph, node: int, operands: list[Value]) -> Value:
    gate = graph.gates[node]
    if node in graph.attributes:
        return ARRAYS.forward[gate](operands, graph.attributes[node])
    return (ARRAYS.value if graph.shapes[node] else FLOATS.value)[gate](*operands)


def _best(function: Callable[[float], float], ours: float, size: float, largest: float) -> Estimate:
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
        if best.error < 1e-8 * max(size, abs(best.slope)) and _error(ours, best, size) < DIFFERENCES:
            return best
    if _error(ours, best, size) <= DIFFERENCES:
        return best
    if any(_bend(function, step) > abs(ours - best.slope) / 10 for step in (*_STEPS, *small)):
        return best._replace(error=inf)
    return best._replace(error=max(best.error, abs(best.slope - second.slope)))


def _bend(function: Callable[[float], float], step: float) -> float:
    """How far the slopes on the two sides of 0 stay apart as the step shrinks; 0 where they come together."""
    here = function(0.0)
    wide, narrow = (abs(function(h) - 2 * here + function(-h)) / h for h in (step, step / 10))
    return narrow if narrow > wide / 2 else 0.0


def _error(ours: float, estimate: Estimate, size: float) -> float:
    """How far apart two slopes are beside their size, or beside what is unsure of the estimate."""
    unsure = UNSURE * estimate.error / DIFFERENCES
    return abs(ours - estimate.slope) / max(abs(ours), abs(estimate.slope), size, unsure, 1e-300)


def _along(graph: Graph, values: list[Value], passed: Backward, node: int, seed: Value, chosen: Any) -> Judged:
    """Our gradient and differences of the whole program along a random direction; the element if they differ."""
    grad = np.asarray(_gradient(graph, passed, node))
    direction = chosen.standard_normal(grad.shape) * np.maximum(1.0, np.abs(values[node]))

    size = BESIDE * float(np.linalg.norm(grad * direction))
    largest = float(np.abs(values[node]).max())

    def judged(mask: Any) -> tuple[float, Estimate]:
        along = direction * mask
        ours = float(np.sum(grad * along))

        def moved(step: float) -> float:
            return _moved(graph, values, node, values[node] + step * along, seed)

        return ours, _best(moved, ours, size, largest)

    mask = np.ones(grad.shape)
    try:
        ours, estimate = judged(mask)
    except ValueProblem:  # numbers of classes cannot be moved
        return Judged("undecided" if grad.any() else "agree", 0.0, (), 0.0, 0.0)
    sure = max(DIFFERENCES, UNSURE * estimate.error / max(abs(ours), abs(estimate.slope), size, 1e-300))
    error = _error(ours, estimate, size)
    if not sure < 1e-2 or not isfinite(error):
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
    place = _index_of_largest(mask)
    scale = float(direction[place])
    error = _error(ours, estimate, 0.0)
    if not error > DIFFERENCES:  # no element alone is clearly wrong
        return Judged("undecided", error, place, float(grad[place]), estimate.slope / scale)
    return Judged("disagree", error, place, float(grad[place]), estimate.slope / scale)


def _moved(graph: Graph, values: list[Value], node: int, value: Value, seed: Value) -> float:
    """The output, weighed by the seed, where a node has another value."""
    moved: dict[int, Value] = {node: value if graph.shapes[node] else float(value)}
    for i in range(node + 1, graph.output + 1):
        if i not in moved and any(j in moved for j in graph.inputs[i]):
            out = _apply(graph, i, [moved.get(j, values[j]) for j in graph.inputs[i]])
            moved[i] = out if graph.shapes[i] else float(out)
    output: Any = moved.get(graph.output, values[graph.output])
    return float(np.sum(np.multiply(seed, output)))
