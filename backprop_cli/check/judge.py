"""Whether a claimed gradient is the gradient: at one point, or at many; a verdict and the reason for it.

The words for reasons are the report's. SymPy is asked through `symbolic`, and only if it may be.
"""

from __future__ import annotations

from math import isfinite, nan

from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.point import Point, with_output
from backprop_cli.check.tolerances import LARGE, SMALL, Tolerance
from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED, relative_error
from backprop_cli.engine.anomalies import Anomaly
from backprop_cli.engine.anomalies.of_slopes import kinks, one_for_each
from backprop_cli.engine.passes import Backward
from backprop_cli.gates import GATES
from backprop_cli.gates.fields import FLOATS
from backprop_cli.graph import Graph, Value
from backprop_cli.lean import Iterator, NamedTuple, Sequence
from backprop_cli.numeric.shapes import Shape

BY_DIGITS = ("more digits", "more digits apart")  # why a claim agrees, and why it differs


class Judgement(NamedTuple):
    """A verdict, `why` (which the report words), and the numbers it rests on, found at `place`.

    `why` is a key of the report's words. `anomaly` is what the survey has on a derivative that is a convention or does
    not exist, `bounds` hold the valid slopes at a kink. `tried` is the number of points looked at, `rel_error` the
    largest relative error there. Of arrays the numbers are those of the worst `element`; `shapes` are the claimed and
    the right one where they differ. `problem` says why a claim has no value at all.
    """

    verdict: str
    why: str
    place: Point | None = None
    claimed: float | None = None
    backprop: float = nan
    anomaly: Anomaly | None = None
    bounds: tuple[float, float] | None = None
    tried: int = 1
    rel_error: float = nan
    element: tuple[int, ...] | None = None
    shapes: tuple[Shape, Shape] | None = None
    problem: str = ""


def judge_number(claimed: float, place: Point, of: Gradient, tolerance: Tolerance, half_unit: float = 0.0) -> Judgement:
    """The verdict on a number that is claimed of a gradient, whoever computed it and however well."""
    ours = place.grad(*of)
    trouble = place.trouble(*of)
    error = relative_error(claimed, ours)
    anomaly = trouble[0] if trouble else None
    made = Judgement(UNDECIDED, "trouble", place, claimed, ours, anomaly, rel_error=error)
    if not isfinite(ours):
        return made
    if not isfinite(claimed):
        return made._replace(why="no value")
    if tolerance.allows(claimed, ours):
        is_convention = any(anomaly.code != "nonfinite-input" for anomaly in trouble)
        return made._replace(verdict=AGREES, why="convention" if is_convention else "point")
    if trouble:
        bounds = subgradients(place, of, trouble)
        if bounds is None:
            return made
        low, high = bounds
        if low <= claimed <= high or tolerance.allows(claimed, low) or tolerance.allows(claimed, high):
            return made._replace(why="kink", bounds=bounds)
        return made._replace(verdict=DIFFERS, why="kink", bounds=bounds)
    if half_unit and tolerance.allows(claimed, ours, half_unit):
        return made._replace(verdict=AGREES, why="digits")
    return made._replace(verdict=DIFFERS, why="point")


def subgradients(place: Point, of: Gradient, trouble: Sequence[Anomaly]) -> tuple[float, float] | None:
    """Between which numbers the chain rule ends where every kink may take any valid slope; None beside other trouble.

    The backward pass with an interval at every edge. A function that only looks kinked (`relu(x) - relu(-x)`) has
    its true slope in there too.
    """
    if any(anomaly.code != "kink" for anomaly in trouble):
        return None
    graph = with_output(place.graph, of.output)
    passed = place.passed(of.output)
    grads: dict[int, tuple[float, float]] = {of.output: (1.0, 1.0)}
    for node in range(of.output, -1, -1):
        for j, least, most in _edges(graph, place, passed, node) if node in grads else ():
            ends = [bound * slope for bound in grads[node] for slope in (least, most)]
            before = grads.get(j, (0.0, 0.0))
            grads[j] = (before[0] + min(ends), before[1] + max(ends))
            if not all(map(isfinite, ends)):
                return None
    return grads.get(of.wrt, (0.0, 0.0))


def _edges(graph: Graph, place: Point, passed: Backward, node: int) -> Iterator[tuple[int, float, float]]:
    """The operands of a node, each once, and the least and the largest of the slopes that are valid along it.

    At a kink at which nothing arrives too: before it, another kink may send something.
    """
    ids, slopes = graph.inputs[node], passed.locals[node]
    if not ids:
        return
    gate, alike = GATES[graph.gates[node]], one_for_each(graph, ids)
    point, out = [place.values[j] for j in ids], place.values[node]
    at_kink = gate.kink and FLOATS.kink[gate.name](*point, out)
    found = kinks(node, gate, alike, point, slopes, [True] * len(ids)) if at_kink else ()
    valid = {ids[k]: anomaly.numbers[:2] for anomaly in found for k in anomaly.operands}
    for j in dict.fromkeys(alike):
        slope = sum(slope for k, slope in zip(alike, slopes, strict=True) if k == j)
        least, most = valid.get(j, (slope, slope))
        if not gate.routes or least or most:
            yield j, least, most


def is_harmless(*columns: Sequence[Value]) -> bool:
    """Whether no number on the way is so large or so small that its square may be lost."""
    return all(x == 0 or SMALL < abs(x) < LARGE for values in columns for x in numbers_of(values))


def numbers_of(values: Sequence[Value]) -> Iterator[float]:
    """The values, of arrays the elements."""
    for value in values:
        yield from value.flat if hasattr(value, "flat") else (value,)
