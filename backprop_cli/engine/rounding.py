"""How many digits rounding can have cost: each gate's rounding error, carried to the output by its gradient.

To first order an error δ made at node i moves the output by |d output / d i|·δ, so one backward pass bounds the
error of the value (N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, ch. 3 and 26).
"""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

from backprop_cli.engine.backward import Backward
from backprop_cli.gates import GATES
from backprop_cli.graph.graph import CONSTANT, Graph

_HALF_ULP = 2.0**-53
_WORTH_A_NOTE = 1e-6  # relative: fewer than six digits are sure
JUDGED_NODES = 20_000  # beyond, judging each gate exactly takes longer than the passes


class Rounding(NamedTuple):
    """`error`: how far the output may be off, in its own units. `node`: where most of it was lost."""

    error: float
    node: int


def lost_digits(graph: Graph, values: list[float], grads: list[float | None]) -> Rounding | None:
    """The rounding error of the output if it leaves fewer than six sure digits, otherwise None."""
    value = abs(values[graph.output])
    if not isfinite(value):
        return None
    # The gradient of a constant may be NaN (the exponent's, of a negative base); an exact constant rounds nothing.
    reach = [
        abs(g * v) * _HALF_ULP if g is not None and isfinite(g * v) else 0.0 for g, v in zip(grads, values, strict=True)
    ]
    if sum(reach) <= _WORTH_A_NOTE * value:
        return None
    # The coarse bound takes every gate for inexact; now ask each whether it really rounded.
    shares = [
        abs(grad) * _rounded_by(graph, values, i) if grad is not None and reach[i] else 0.0
        for i, grad in enumerate(grads)
    ]
    error = sum(shares)
    if not isfinite(error) or error <= _WORTH_A_NOTE * value:
        return None
    return Rounding(error, max(range(len(shares)), key=shares.__getitem__))


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


def _rounded_by(graph: Graph, values: list[float], node: int) -> float:
    """How much node's value was rounded: exactly for arithmetic, at most half a unit in the last place elsewhere."""
    from fractions import Fraction

    gate, value = graph.gates[node], values[node]
    if gate == CONSTANT:
        return 0.0 if value == int(value) else abs(value) * _HALF_ULP
    if gate not in GATES or GATES[gate].exact or not isfinite(value):
        return 0.0
    operands = [values[j] for j in graph.inputs[node]]
    if all(map(isfinite, operands)):
        exact: Fraction | None = None
        if gate in ("add", "sub"):
            exact = Fraction(operands[0]) + (1 if gate == "add" else -1) * Fraction(operands[1])
        elif gate == "mul":
            exact = Fraction(operands[0]) * Fraction(operands[1])
        elif gate == "div" and operands[1] != 0:
            exact = Fraction(operands[0]) / Fraction(operands[1])
        elif gate == "square" or (gate == "pow" and operands[1] in (1, 2, 3, 4)):
            exact = Fraction(operands[0]) ** int((*operands, 2)[1] if gate == "pow" else 2)
        if exact is not None:
            return float(abs(exact - Fraction(value)))
        if value == 0:
            return 0.0
        if gate in ("exp", "cos", "cosh", "log") and operands[0] == (1 if gate == "log" else 0):
            return 0.0  # exp(0), cos(0), cosh(0), log(1)
    return abs(value) * _HALF_ULP
