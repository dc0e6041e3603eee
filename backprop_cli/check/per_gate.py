"""The check gate by gate: SymPy differentiates each kind of gate once, and the work is linear in the graph.

First every local gradient of ours against SymPy's partial of what the gate means, at the node's own operands; then
forward mode with SymPy's numbers against our backward pass with ours.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from math import isfinite, isnan, nan
from typing import Any

import mpmath
import sympy

from backprop_cli.check.meaning import expression, is_smooth, pieces
from backprop_cli.check.verdict import Disagreement
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.differences import one_sided
from backprop_cli.engine.tangent import tangent
from backprop_cli.gates import GATES
from backprop_cli.gates.compiled import KINK, VALUES
from backprop_cli.graph import Graph

TOLERANCE = 1e-9
DIGITS = (60, 700)  # looked with before a difference is believed
_SUBNORMAL = 1e-290  # near the smallest doubles relative errors mean nothing
_KINK_TOLERANCE = 1e-3  # of one-sided differences
_SWEEPS_WORTH = 200_000  # nodes times inputs; beyond, one sweep along a mixed direction judges all inputs at once

_Partials = tuple[Callable[..., Any], tuple[Any, ...], tuple[Any, ...]]


class PerGate:
    """The partials SymPy found so far, by gate, number of operands and piece."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, tuple[int, ...], int], _Partials] = {}
        self._precise: dict[int, Callable[..., Any]] = {}

    def slopes(self, gate: str, operands: Sequence[float], ours: Sequence[float]) -> list[float]:
        """SymPy's partials at the operands; `ours` decides how precisely to look, never what is found."""
        key, flats = pieces(gate, operands)
        known = (gate, len(operands), key, len(flats))
        quick, symbols, partials = self._known.get(known) or self._differentiate(known)
        point = (*operands, *flats)
        try:
            found = [float(slope) for slope in quick(*point)]
        except (ArithmeticError, ValueError, TypeError):
            found = [nan] * len(operands)
        if all(_close(a, b) for a, b in zip(found, ours, strict=True)):
            return found
        # A naive formula in doubles may overflow or cancel: look again with more digits before accusing anyone.
        return self._precisely(symbols, partials, point, ours)

    def _differentiate(self, known: tuple[str, int, tuple[int, ...], int]) -> _Partials:
        gate, count, key, flat_count = known
        operands = [sympy.Dummy(f"x{k}", real=True) for k in range(count)]
        flats = [sympy.Dummy(f"c{k}", real=True) for k in range(flat_count)]
        meaning = expression(gate, operands, key, flats)
        partials = tuple(sympy.diff(meaning, x) for x in operands)
        symbols = (*operands, *flats)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            quick = sympy.lambdify(symbols, partials, modules=["math", {"polygamma": _no_doubles}], cse=True)
        self._known[known] = found = (quick, symbols, partials)
        return found

    def _precisely(
        self, symbols: tuple[Any, ...], partials: tuple[Any, ...], point: Sequence[float], ours: Sequence[float]
    ) -> list[float]:
        precise = self._precise.get(id(partials))
        if precise is None:
            precise = self._precise[id(partials)] = sympy.lambdify(symbols, partials, modules="mpmath", cse=True)
        found = [nan] * len(partials)
        # 1 - tanh(x)^2 at x = 300 is 1e-260: only more digits than that see it.
        for digits in DIGITS:
            with mpmath.workdps(digits):
                try:
                    found = [_real(slope) for slope in precise(*map(mpmath.mpf, point))]
                except (ArithmeticError, ValueError, TypeError, mpmath.libmp.NoConvergence):
                    continue
            if all(_close(a, b) for a, b in zip(found, ours, strict=True)):
                break
        return found


def check_locals(
    graph: Graph, values: list[float], passed: Backward, active: bytearray, noted: Mapping[int, str]
) -> tuple[list[Sequence[float]], float, Disagreement | None, int]:
    """SymPy's partials at every active edge, the largest relative error of ours, the worst edge if it disagrees.

    `noted` maps nodes the survey spoke of to the note's code: their slopes are conventions or do not exist, and of
    those only kinks are judged, by one-sided differences. The last number counts edges SymPy could not judge.
    """
    judge = PerGate()
    theirs: list[Sequence[float]] = list(passed.locals)
    largest, worst, undecided = 0.0, None, 0
    for node, operands in enumerate(graph.inputs):
        if not operands or not active[node] or passed.grads[node] is None:  # nothing flows here, nobody asks
            continue
        gate, ours = graph.gates[node], passed.locals[node]
        point = [values[j] for j in operands]
        code = noted.get(node)
        if code == "kink" or (GATES[gate].kink and KINK[gate](*point, values[node])):
            for position, slope in enumerate(ours):
                if active[operands[position]] and not _within_kink(gate, point, position, slope):
                    worst = Disagreement(slope, nan, node, operands[position])
            continue
        if code is not None or not all(map(isfinite, (*point, values[node]))):
            undecided += 1
            continue
        slopes = theirs[node] = _merged(judge.slopes(gate, point, ours), ours, operands, active)
        for j in dict.fromkeys(operands):
            if not active[j]:
                continue
            # An operand given twice may share its slope in two ways: only the sum means something.
            pairs = [(slope, expected) for slope, expected, k in zip(ours, slopes, operands, strict=True) if k == j]
            slope, expected = (sum(column) for column in zip(*pairs, strict=True))
            size = max(abs(number) for pair in pairs for number in pair)
            if isnan(expected):
                undecided += 1
            elif size > _SUBNORMAL and abs(slope - expected) / size > largest:
                largest = abs(slope - expected) / size
                if largest > TOLERANCE:
                    worst = Disagreement(slope, expected, node, j)
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
            if error > TOLERANCE:
                worst = Disagreement(ours, expected, graph.output, name=name)
    return largest, worst


def scales_of(graph: Graph, passed: Backward) -> list[float]:
    """For each node the sum of the sizes of what flows into its gradient: the scale of its rounding errors."""
    scales = [0.0] * len(graph)
    scales[graph.output] = abs(passed.grads[graph.output] or 0.0)
    for i in range(graph.output, -1, -1):
        scale = scales[i]
        if scale == 0:
            continue
        for j, slope in zip(graph.inputs[i], passed.locals[i], strict=True):
            if slope != 0:
                scales[j] += scale * abs(slope)
    return scales


def _merged(slopes: list[float], ours: Sequence[float], operands: tuple[int, ...], active: bytearray) -> list[float]:
    """SymPy's slopes where someone asked, ours (that nobody reads) elsewhere."""
    return [s if active[j] else o for s, o, j in zip(slopes, ours, operands, strict=True)]


def _within_kink(gate: str, point: list[float], position: int, slope: float) -> bool:
    """Whether the slope lies between those of the two sides, as differences see them."""

    def along(x: float) -> float:
        return float(VALUES[gate](*point[:position], x, *point[position + 1 :]))

    left, right = one_sided(along, point[position])
    slack = _KINK_TOLERANCE * max(1.0, abs(left), abs(right))
    return min(left, right) - slack <= slope <= max(left, right) + slack


def _close(a: float, b: float) -> bool:
    return a == b or abs(a - b) <= 1e-12 * max(abs(a), abs(b))


def _real(number: Any) -> float:
    number = mpmath.mpmathify(number)
    return float(number.real) if number.imag == 0 else nan


def _no_doubles(*_: float) -> float:
    """`math` has no polygamma: the slow and precise way takes over."""
    raise ValueError


__all__ = ["DIGITS", "TOLERANCE", "PerGate", "check_locals", "check_sweep", "is_smooth", "scales_of"]
