"""Our own gradient by four methods: the backward pass, forward mode, SymPy, and differences.

One input at a time, and along a direction that mixes all of them, which costs one sweep however many there are.
"""

from __future__ import annotations

from math import isfinite

from backprop_cli.check.evidence import Evidence, by_differences, estimated
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.judge import Judgement, is_harmless, subgradients
from backprop_cli.check.point import Point
from backprop_cli.check.sampler import PointSampler
from backprop_cli.check.stochastic_arithmetic import rounding_of
from backprop_cli.check.tolerances import ONE_SIDED, ROUNDING, SIX_DIGITS, Tolerance
from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED, Opinion, relative_error, verdict
from backprop_cli.engine.differences import Estimate, one_sided, ridders
from backprop_cli.engine.frozen import frozen
from backprop_cli.engine.passes import forward
from backprop_cli.engine.tangent import tangent
from backprop_cli.gates.fields import Field
from backprop_cli.graph import Graph
from backprop_cli.lean import TYPE_CHECKING, Callable, Iterator, Mapping

if TYPE_CHECKING:
    from backprop_cli.check.symbolic import Algebra

MOST_SWEEPS = 1_000_000  # inputs times nodes; beyond, only the mixed direction is looked along


class GradientCheck:
    """Checks the gradients of one program at the same places; `symbolic`: SymPy is asked too."""

    def __init__(self, places: PointSampler, tolerance: Tolerance, *, symbolic: bool) -> None:
        self.places = places
        self.graph: Graph = places.graph
        self.tolerance = tolerance
        self.symbolic = symbolic
        self._algebras: dict[int, Algebra] = {}

    def examined(self, output: str) -> Iterator[Evidence]:
        """Every input, if that is not too much, and the direction that mixes them, if there is more than one."""
        inputs = self.graph.variables
        if len(inputs) * len(self.graph) <= MOST_SWEEPS:
            for name, node in inputs.items():
                yield self._over_places(f"d{output}/d{name}", {node: 1.0})
        if len(inputs) > 1:
            # Weights that no accidental cancellation respects: multiples of the golden ratio, modulo 1.
            mixed = {node: 0.5 + (0.6180339887498949 * k) % 1 for k, node in enumerate(inputs.values(), 1)}
            yield self._over_places(f"d{output} along a mix", mixed)

    def _over_places(self, target: str, direction: Mapping[int, float]) -> Evidence:
        """At every usable place; the numbers of the first, or of one that differs."""
        found: Evidence | None = None
        tried, worst = 0, 0.0
        for place in self.places:
            if self.places.free and not self._is_ordinary(place, direction):
                continue
            tried += 1
            examined = self._at(target, direction, place, first=found is None)
            worst = max(worst, examined.judgement.rel_error)
            if found is None or examined.judgement.verdict == DIFFERS:
                found = examined
            if tried >= self.places.wanted or found.judgement.verdict == DIFFERS:
                break
        if found is None:
            return Evidence(target, None, Judgement(UNDECIDED, "few points", tried=0))
        judgement = found.judgement._replace(rel_error=worst, tried=tried)
        if self.places.free and judgement.verdict == AGREES:
            judgement = judgement._replace(why="points")
        return found._replace(judgement=judgement)

    def _is_ordinary(self, place: Point, direction: Mapping[int, float]) -> bool:
        grads = [place.grad(self.graph.output, node) for node in direction]
        return (
            all(map(isfinite, grads))
            and is_harmless(place.values, grads)
            and not place.trouble(self.graph.output, *direction)
        )

    def _at(self, target: str, direction: Mapping[int, float], place: Point, *, first: bool) -> Evidence:
        output, passed = self.graph.output, place.passed(self.graph.output)
        ours = sum(weight * place.computed(output, node) for node, weight in direction.items())
        forward_mode = tangent(self.graph, passed.locals, direction)[output]
        made = Judgement(UNDECIDED, "trouble", place, None, ours)
        trouble = place.trouble(output, *direction)
        if trouble or not isfinite(ours):
            made = made._replace(anomaly=trouble[0] if trouble else None)
            if trouble and len(direction) == 1:
                made = _at_a_kink(made, place, Gradient(output, *direction), ours)
            elif not trouble:
                made = made._replace(why="not finite")  # though the true numbers are known
            elif all(anomaly.code == "kink" for anomaly in trouble):
                made = made._replace(verdict=AGREES, why="conventions")
            return Evidence(target, None, made, forward=forward_mode if isfinite(forward_mode) else None)

        scales = place.scales(output)
        slack = ROUNDING * sum(weight * scales[node] for node, weight in direction.items())

        numeric = estimated(self._numeric(direction, place))
        algebra = self._algebra(place) if first else None
        by_gates = algebra.along(output, direction) if algebra else None
        whole, formula = by_gates, ""
        if algebra and len(direction) == 1:
            opinion = algebra.opinion(Gradient(output, *direction))
            whole, formula = opinion.gradient, opinion.formula
        opinions = [Opinion("forward mode", forward_mode)]
        opinions += [Opinion("gate by gate", by_gates)] if by_gates is not None else []
        opinions += [Opinion("whole formula", whole)] if whole is not None else []
        if algebra is None:
            opinions += by_differences(numeric)
        found, why = verdict(ours, opinions, self.tolerance, slack)
        if why == "methods":
            found, why = self._objection(direction, place)
        if any(place.lost(output, node) for node in direction):
            found, why = UNDECIDED, "rounding"
        others = [forward_mode, whole]
        if numeric is not None and numeric.error <= SIX_DIGITS * abs(numeric.slope):
            others.append(numeric.slope)
        error = max(relative_error(ours, other) for other in others if other is not None)
        made = made._replace(verdict=found, why=why, rel_error=error)
        return Evidence(target, None, made, numeric, whole, forward_mode, formula)

    def _objection(self, direction: Mapping[int, float], place: Point) -> tuple[str, str]:
        """What the objection of differences is worth: nothing where they reach over a kink, a jump, or out of range."""
        if not is_harmless(place.values):
            return UNDECIDED, "range"

        def slope(place: Point, _field: Field | None) -> float:
            return float(sum(weight * place.grad(self.graph.output, node) for node, weight in direction.items()))

        if rounding_of(slope, place) > SIX_DIGITS * abs(slope(place, None)):
            return UNDECIDED, "rounding"
        left, right = one_sided(self._along(direction, place), 0.0)
        ours = slope(place, None)
        size = max(abs(left), abs(right), abs(ours))
        # Closer up, the two sides have different slopes, or both have ours.
        reaches_over = abs(left - right) > ONE_SIDED * size or abs(left - ours) <= ONE_SIDED * size
        return (UNDECIDED, "near a kink") if reaches_over else (DIFFERS, "point")

    def _numeric(self, direction: Mapping[int, float], place: Point) -> Estimate:
        if len(direction) == 1:
            return place.estimate(self.graph.output, *direction)
        return ridders(self._along(direction, place), 0.0)

    def _along(self, direction: Mapping[int, float], place: Point) -> Callable[[float], float]:
        """The output where the inputs have moved along the direction."""
        weights = {name: direction[node] for name, node in self.graph.variables.items() if node in direction}
        graph = frozen(self.graph, place.values)

        def moved(t: float) -> float:
            given = {name: x + t * weights.get(name, 0.0) for name, x in place.given.items()}
            return float(forward(graph, given)[graph.output])

        return moved

    def _algebra(self, place: Point) -> Algebra | None:
        if not self.symbolic:
            return None
        from backprop_cli.check.symbolic import Algebra

        if id(place) not in self._algebras:
            self._algebras[id(place)] = Algebra(place)
        return self._algebras[id(place)]


def _at_a_kink(made: Judgement, place: Point, of: Gradient, ours: float) -> Judgement:
    bounds = subgradients(place, of, place.trouble(*of))
    if bounds is None or not bounds[0] <= ours <= bounds[1]:
        return made
    return made._replace(verdict=AGREES, why="kink", bounds=bounds)
