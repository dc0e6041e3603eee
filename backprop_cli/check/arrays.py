"""The check of a pass over arrays: written out in numbers where that is affordable, otherwise by differences.

Written out, every element is judged on its own: the graph of numbers knows no tensor gate's rule, and SymPy judges its
gates.
"""

from __future__ import annotations

from math import isfinite

import numpy as np

from backprop_cli.check.array_differences import (
    best_estimate,
    check_by_differences,
    error_of,
    gradient_of,
    index_of_largest,
)
from backprop_cli.check.straight import Line
from backprop_cli.check.tolerances import BESIDE_LARGEST, DIFFERENCES, RTOL, SIX_DIGITS, SUBNORMAL, SUBTLE
from backprop_cli.check.verdict import Check, Disagreement, Judged, Lost
from backprop_cli.engine.anomalies import Anomaly, find_anomalies
from backprop_cli.engine.frozen import frozen
from backprop_cli.engine.passes import Backward, backward, forward
from backprop_cli.engine.rounding import scales_of
from backprop_cli.engine.unroll import unroll
from backprop_cli.graph import Graph, Value
from backprop_cli.lean import Callable, Iterable, Mapping
from backprop_cli.text import index_text

Judge = Callable[..., Check]  # the check of a graph of numbers
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
    if not all(np.isfinite(gradient_of(graph, passed, node)).all() for node in wrt.values()):
        return Check("undecided", (), 0.0, {}, "a gradient is not finite")
    codes, graph = {anomaly.code for anomaly in anomalies}, frozen(graph, values)
    with np.errstate(all="ignore"):
        written_out = _by_elements(graph, values, passed, wrt, seed, judge)
        if written_out is not None:
            return written_out
        if not codes <= _JUDGED:
            return Check("undecided", (), 0.0, {}, "the notes say where a slope does not exist")
        return check_by_differences(graph, values, passed, active, wrt, seed, kinked="kink" in codes)


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
    odd = [anomaly for anomaly in odd if _is_felt(numbers, theirs, anomaly)]
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
        ours = np.asarray(gradient_of(graph, passed, node))
        # Rounding in a matrix is relative to its largest elements.
        size = np.maximum(
            np.maximum(np.abs(ours), np.abs(found)), np.maximum(scale, BESIDE_LARGEST * scale.max() + SUBNORMAL)
        )
        error = np.abs(ours - found) / size
        place = index_of_largest(error)
        wrong = bool(error[place] > SIX_DIGITS)  # less is lost by either formula where a matrix is ill-conditioned
        variables[name] = Judged(
            "disagree" if wrong else "agree", float(error[place]), place, float(ours[place]), float(found[place])
        )
        if wrong and worst is None:
            worst = Disagreement(float(ours[place]), float(found[place]), node, name=name + index_text(place))
    if worst is not None and not _confirmed(graph, values, worst, variables, seed):
        return None  # two close numbers were told apart by rounding, at a kink or where they cancel
    lost = _lost_of_ours(inner, graph, passed, wrt)
    if inner.lost and not lost:
        inner = inner._replace(verdict="agree", reason="")
    largest = max([inner.max_rel_error, *(judged.error for judged in variables.values())])
    methods = ("elements", *inner.methods)
    if worst is not None or inner.verdict == "disagree":
        found_by = worst or inner.worst
        if worst is None:  # the graph of numbers has the wrong gate as well
            variables = {name: judged._replace(verdict="undecided") for name, judged in variables.items()}
        if worst is None and inner.worst is not None:  # a gate of numbers is wrong: point at the node it came from
            found_by = inner.worst._replace(node=graph.output, along=-1)
        return Check("disagree", methods, largest, inner.formulas, "", found_by, lost, variables)
    return Check(inner.verdict, methods, largest, inner.formulas, inner.reason, None, lost, variables)


def _is_felt(numbers: Graph, passed: Backward, anomaly: Anomaly) -> bool:
    """Whether a gradient arrives at the choice or infinite slope; none does at the root in a squared length of 0."""
    if anomaly.code == "infinite":
        return passed.grads[anomaly.node] is not None
    uses = (node for node, operands in enumerate(numbers.inputs) if anomaly.node in operands)
    return anomaly.code != "jump" or any(passed.grads[node] != 0 for node in uses)


def _lost_of_ours(inner: Check, graph: Graph, passed: Backward, wrt: Mapping[str, int]) -> tuple[Lost, ...]:
    """What SymPy's sixty digits say of elements that numbers lost, where our gradient lost them too."""
    theirs = {item.name: item.theirs for item in inner.lost}
    found = []
    for name, node in wrt.items() if theirs else ():
        ours = np.asarray(gradient_of(graph, passed, node))
        for index in np.ndindex(*ours.shape):
            expected = theirs.get(name + index_text(index))
            if expected is not None and abs(ours[index] - expected) > SIX_DIGITS * abs(expected):
                found.append(Lost(name + index_text(index), node, float(ours[index]), expected))
    return tuple(found)


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
    line = Line(graph, values, worst.node, along)
    size = max(abs(worst.ours), abs(worst.theirs)) * scale
    estimate = best_estimate(lambda step: line.output(step, seed), ours, size, np.abs(values[worst.node]).max())
    return estimate.error < SUBTLE * size and error_of(ours, estimate, size) > DIFFERENCES
