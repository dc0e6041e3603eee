"""Derivatives from values alone: a third opinion that knows no partial of any gate.

Ridders' method (C. J. F. Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Advances in Engineering
Software 4, 1982): central differences at shrinking steps, extrapolated to step 0, with an error estimate. The
complex step (Squire & Trapp, SIAM Review 40, 1998): Im f(x + ih)/h, without cancellation, for analytic gates.
"""

from __future__ import annotations

from math import inf, isfinite, nan

from backprop_cli.engine import numbers
from backprop_cli.engine.passes import forward
from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.fields import COMPLEX, formula_program
from backprop_cli.graph.graph import CONSTANT, INPUT, Graph, Value
from backprop_cli.language.program import COMPARISONS
from backprop_cli.lean import Any, Callable, Mapping, NamedTuple, Sequence

_SHRINK = 1.4
_STEPS = 12
# Steps, and places next to the one that is meant: where imaginary parts cancel, they tell how far rounding goes.
_SAMPLES = ((1.0, 1.0), (0.8137, 1.0), (0.9271, 1.0 + 2.0**-52))


class Estimate(NamedTuple):
    """A derivative, how far off it may be, and the method that found it."""

    slope: float
    error: float
    method: str


def difference(graph: Graph, given: Mapping[str, float], name: str, values: Sequence[Value] = ()) -> Estimate:
    """d output / d `name` from values: by complex step where every gate allows it, otherwise by Ridders' method.

    `values` are those of the nodes at the point, where they are known.
    """
    estimate = complex_step(graph, given, name, values)
    if estimate is not None:
        return estimate
    point = dict(given)

    def output(x: float) -> float:
        point[name] = x
        return float(forward(graph, point)[graph.output])

    return ridders(output, given[name])


def complex_step(graph: Graph, given: Mapping[str, float], name: str, values: Sequence[Value] = ()) -> Estimate | None:
    """The derivative by evaluations at x + ih; None where a gate has no analytic form or the values leave it."""
    if not all(analytic(GATES[gate]) for gate in {*graph.gates} - {INPUT, CONSTANT}):
        return None
    x = abs(given[name])
    if 0 < x < 1e-250:
        return None  # no step is small beside it
    step = 1e-100 * x if x > 1e-180 else 1e-280
    reals, leaf = values or forward(graph, given), graph.variables[name]
    moved = [node for node, depends in enumerate(graph.dependents({leaf})) if depends]
    slopes = []
    for share, here in _SAMPLES:
        there: list[Any] = list(reals)
        there[leaf] = complex(given[name] * here, step * share)
        try:
            numbers.forward(graph, there, COMPLEX, moved[1:])
        except (ArithmeticError, ValueError):
            return None
        # Off the real branch (log of a negative number) the complex function is another one; and its definitions in
        # books (log(1 + x)) may lose the digits that ours keep.
        if not all(abs(there[node].real - reals[node]) <= 1e-9 * abs(reals[node]) for node in moved):
            return None
        value = complex(there[graph.output])
        if not isfinite(value.imag):
            return None
        if abs(value.imag) < 1e-290:
            return None  # nothing is left of the slope
        slopes.append(value.imag / (step * share))
    slope, *others = slopes
    return Estimate(slope, max(1e-15 * abs(slope), *(abs(slope - other) for other in others)), "complex step")


def ridders(function: Callable[[float], float], x: float, step: float | None = None) -> Estimate:
    """The derivative at x by extrapolated central differences, starting from `step` (default 1e-3 max(1, |x|))."""
    width = step or 1e-3 * max(1.0, abs(x))
    best = Estimate(nan, inf, "Ridders")
    row: list[float] = []
    for _ in range(_STEPS):
        high, low = x + width, x - width
        above, below = function(high), function(low)
        quotient = (above - below) / (high - low) if high != low else nan
        rounding = 2.0**-53 * max(abs(above), abs(below)) / width  # where values are equal, that is all one knows
        fresh = [quotient]
        factor = _SHRINK * _SHRINK
        for before in row:
            better = (factor * fresh[-1] - before) / (factor - 1)
            error = max(abs(better - fresh[-1]), abs(better - before), rounding)
            factor *= _SHRINK * _SHRINK
            fresh.append(better)
            if error < best.error:
                best = Estimate(better, error, "Ridders")
        if len(row) > 1 and abs(fresh[-1] - row[-1]) > 2 * best.error:
            break  # rounding has taken over
        row = fresh
        width /= _SHRINK
    return best


def one_sided(function: Callable[[float], float], x: float) -> tuple[float, float]:
    """The slopes to the left and to the right of x, by quadratic extrapolation of one-sided differences."""
    at = function(x)

    def side(sign: float) -> float:
        step = sign * 1e-4 * max(1.0, abs(x))
        one, half = ((function(x + h) - at) / h for h in (step, step / 2))
        return 2 * half - one

    return side(-1.0), side(1.0)


def analytic(gate: Gate) -> bool:
    """Whether the gate is a function of complex numbers: without pieces, in names they have."""
    pieces = COMPARISONS.intersection(formula_program(gate, gate.means).ops)
    return not (gate.variadic or pieces) and COMPLEX.has(gate)
