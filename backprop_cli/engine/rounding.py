"""How many digits rounding can have cost: each gate's rounding error, carried to the output by its gradient.

To first order an error δ made at node i moves the output by |d output / d i|·δ, so one backward pass bounds the
error of the value (N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, ch. 3 and 26).
"""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

from backprop_cli.engine.passes import Backward, backward, forward
from backprop_cli.gates import GATES
from backprop_cli.gates.fields import FLOATS, RATIONALS
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import CONSTANT, Graph, Value
from backprop_cli.numeric.shapes import size

_HALF_ULP = 2.0**-53
_WORTH_A_NOTE = 1e-6  # relative: fewer than six digits are sure
_JUDGED_NODES = 20_000  # beyond, judging each gate exactly takes longer than the passes
_SAME = 1e-3  # relative: beyond it the written-out formula leaves the doubles where ours does not


class Rounding(NamedTuple):
    """`error`: how far the output may be off, in its own units. `node`: where most of it was lost."""

    error: float
    node: int


def lost_digits(graph: Graph, values: list[Value], output: int, passed: Backward | None = None) -> Rounding | None:
    """The rounding error of an output that is a number, if it leaves fewer than six sure digits; otherwise None.

    `passed` is a backward pass with upstream 1, if there is one. Arrays are written out in numbers; nothing is said of
    what happens inside a gate that has a stable form of its own, nor of large graphs.
    """
    if graph.gates[output] == CONSTANT or len(values) > _JUDGED_NODES:
        return None
    if not graph.has_arrays:
        return _lost(graph, values, output, passed or backward(graph, values, output))
    value = values[output]
    if graph.shapes[output] or not isfinite(value) or sum(map(size, graph.shapes)) > _JUDGED_NODES:
        return None
    from backprop_cli.engine.unroll import unroll

    unrolled = unroll(graph, values, output, budget=_JUDGED_NODES)
    if unrolled is None:
        return None
    numbers = forward(unrolled.graph, unrolled.given)
    found = numbers[unrolled.output]
    if not abs(found - value) <= _SAME * max(abs(found), abs(value)) and found != value:
        return None
    lost = _lost(unrolled.graph, numbers, unrolled.output, backward(unrolled.graph, numbers, unrolled.output))
    if lost is None:
        return None
    origin = unrolled.origins[lost.node]
    tensor = TENSORS.get(graph.gates[origin])
    stable = tensor is not None and tensor.means != tensor.formula
    return None if stable else Rounding(lost.error, origin)


def scales_of(graph: Graph, passed: Backward, output: int) -> list[float]:
    """For each node the sum of the sizes of what flows into its gradient: the scale of its rounding errors."""
    scales = [0.0] * len(graph)
    scales[output] = abs(passed.grads[output] or 0.0)
    for i in range(output, -1, -1):
        scale = scales[i]
        if scale == 0:
            continue
        for j, slope in zip(graph.inputs[i], passed.locals[i], strict=True):
            if slope != 0:
                scales[j] += scale * abs(slope)
    return scales


def _lost(graph: Graph, values: list[float], output: int, passed: Backward) -> Rounding | None:
    value, grads = abs(values[output]), passed.grads
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


def _rounded_by(graph: Graph, values: list[float], node: int) -> float:
    """How much node's value was rounded: exactly for arithmetic, at most half a unit in the last place elsewhere."""
    from fractions import Fraction

    gate, value = GATES.get(graph.gates[node]), values[node]
    if graph.gates[node] == CONSTANT:
        return 0.0 if value == int(value) else abs(value) * _HALF_ULP
    if gate is None or gate.exact or not isfinite(value):
        return 0.0
    operands = [values[j] for j in graph.inputs[node]]
    if all(map(isfinite, operands)):
        if RATIONALS.has(gate):
            try:
                exact = RATIONALS.value[gate.name](*map(Fraction, operands))
                return float(abs(exact - Fraction(value)))
            except (ZeroDivisionError, ValueError):
                pass
        if value == 0 or (gate.exact_when and FLOATS.exact_when[gate.name](*operands, value)):
            return 0.0
    return abs(value) * _HALF_ULP
