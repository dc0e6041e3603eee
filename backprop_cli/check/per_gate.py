"""The check gate by gate: SymPy differentiates each kind of gate once, and the work is linear in the graph.

First every local gradient of ours against SymPy's partial of what the gate means, at the node's own operands; then
forward mode with SymPy's numbers against our backward pass with ours.
"""

from __future__ import annotations

from math import isfinite, isnan, nan

from backprop_cli.check.partials import Run, partials_of
from backprop_cli.check.sympy_gates import pieces
from backprop_cli.check.tolerances import ONE_SIDED, RTOL, SIX_DIGITS, SUBNORMAL
from backprop_cli.check.verdict import Disagreement
from backprop_cli.engine.differences import one_sided
from backprop_cli.engine.passes import Backward
from backprop_cli.engine.tangent import tangent
from backprop_cli.gates import GATES, ROUTES
from backprop_cli.gates.fields import FLOATS
from backprop_cli.graph import Graph
from backprop_cli.lean import Mapping, Sequence

_TIES_JUDGED = 20  # operands of one gate at a kink; each takes three evaluations of the gate
_SWEEPS_WORTH = 200_000  # nodes times inputs; beyond, one sweep along a mixed direction judges all inputs at once


def check_locals(
    graph: Graph, values: list[float], passed: Backward, active: bytearray, noted: Mapping[int, str]
) -> tuple[list[Sequence[float]], float, Disagreement | None, int]:
    """SymPy's partials at every active edge, the largest relative error of ours, the worst edge if it disagrees.

    `noted` maps nodes the survey spoke of to the note's code: their slopes are conventions or do not exist, and of
    those only kinks are judged, by one-sided differences. The last number counts edges SymPy could not judge.
    """
    run = Run()
    theirs: list[Sequence[float]] = list(passed.locals)
    largest, worst, undecided = 0.0, None, 0
    for node, operands in enumerate(graph.inputs):
        if not operands or not active[node] or passed.grads[node] is None:  # nothing flows here, nobody asks
            continue
        gate, ours = graph.gates[node], passed.locals[node]
        point = [values[j] for j in operands]
        code = noted.get(node)
        at_kink = code == "kink" or (GATES[gate].kink and FLOATS.kink[gate](*point, values[node]))
        if at_kink and all(map(isfinite, point)):
            for position, slope in enumerate(ours[:_TIES_JUDGED]):
                if active[operands[position]] and not _within_kink(gate, point, position, slope):
                    worst = Disagreement(slope, nan, node, operands[position])
            continue
        felt = point
        if gate in ROUTES:  # of what it ignores (a branch not taken) nobody asks whether it is finite
            felt = [x for x, slope in zip(point, ours, strict=True) if slope != 0]
        if code is not None or not (isfinite(values[node]) and all(map(isfinite, felt))):
            undecided += 1
            continue
        key, flats = pieces(gate, point)
        judge, place = partials_of(gate, len(point), key, len(flats)), (*point, *flats)
        slopes = judge.at(place, ours, [bool(active[j]) for j in operands], run)
        if slopes is ours:
            continue
        theirs[node] = [slope if active[j] else own for slope, own, j in zip(slopes, ours, operands, strict=True)]
        for j in dict.fromkeys(operands):
            if not active[j]:
                continue
            # An operand given twice may share its slope in two ways: only the sum means something.
            pairs = [(slope, expected) for slope, expected, k in zip(ours, slopes, operands, strict=True) if k == j]
            slope, expected = (sum(column) for column in zip(*pairs, strict=True))
            size = max(abs(number) for pair in pairs for number in pair)
            if isnan(expected):
                undecided += 1
            elif size > SUBNORMAL and abs(slope - expected) / size > largest:
                if abs(slope - expected) / size > RTOL:
                    low, high = judge.reach(place, operands.index(j))
                    if low <= slope <= high:  # next to a zero of the slope its last digits are the operand's
                        theirs[node] = ours
                        continue
                    worst = Disagreement(slope, expected, node, j)
                largest = abs(slope - expected) / size
    return theirs, largest, worst, undecided


def check_sweep(
    graph: Graph,
    theirs: list[Sequence[float]],
    passed: Backward,
    wrt: Mapping[str, int],
    scales: list[float],
    seed: float,
) -> tuple[float, Disagreement | None]:
    """Forward mode with SymPy's numbers against reverse mode with ours: the largest relative error, the worst input."""
    grads = {name: passed.grads[node] or 0.0 for name, node in wrt.items()}
    if len(graph) * len(wrt) <= _SWEEPS_WORTH:
        directions = [(name, {node: 1.0}, grads[name], scales[node]) for name, node in wrt.items()]
    else:
        # Weights that no accidental cancellation respects: multiples of the golden ratio, modulo 1.
        weights = {node: 0.5 + (0.6180339887498949 * k) % 1 for k, node in enumerate(wrt.values(), 1)}
        along = sum(grads[name] * weights[node] for name, node in wrt.items())
        scale = sum(scales[node] * weights[node] for node in wrt.values())
        directions = [("", weights, along, scale)]
    largest, worst = 0.0, None
    for name, direction, ours, scale in directions:
        expected = tangent(graph, theirs, direction)[graph.output] * seed
        if ours == expected:
            continue
        if not isfinite(expected) or not isfinite(ours):
            continue  # the survey has a note on it
        error = abs(ours - expected) / max(abs(expected), abs(ours), scale)
        if error > largest:
            largest = error
            if error > SIX_DIGITS:  # every gate has passed: what is less was lost by either pass in rounding
                worst = Disagreement(ours, expected, graph.output, name=name)
    return largest, worst


def _within_kink(gate: str, point: list[float], position: int, slope: float) -> bool:
    """Whether the slope lies between those of the two sides, as differences see them."""

    def along(x: float) -> float:
        return float(FLOATS.value[gate](*point[:position], x, *point[position + 1 :]))

    left, right = one_sided(along, point[position])
    slack = ONE_SIDED * max(1.0, abs(left), abs(right))
    return min(left, right) - slack <= slope <= max(left, right) + slack
