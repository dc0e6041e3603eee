"""SymPy's opinion on a claim: the gradient as a closed form and as a number, and whether the claim is always right.

Written out at a place: of a gate in pieces SymPy sees the piece that holds there.
"""

from __future__ import annotations

from math import isfinite, isnan

import sympy

from backprop_cli.check.claims import Claim
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.partials import DIGITS, numbers
from backprop_cli.check.per_gate import check_locals
from backprop_cli.check.point import Point, function_of, with_output
from backprop_cli.check.sympy_expression import affordable, readable, written_out
from backprop_cli.check.sympy_gates import is_smooth, number
from backprop_cli.check.work import STEPS_A_SECOND, within
from backprop_cli.engine.tangent import tangent
from backprop_cli.graph import Graph
from backprop_cli.lean import Any, Collection, Iterable, Mapping, NamedTuple, Sequence, partial

SECONDS = 1.0  # of work, for one claim
_MOST_GIVEN_UP = 2  # claims; after so many that took longer SymPy is asked no more at this place
_LONGEST_SHOWN = 66
_SAME = 1e-12  # relative, of a number with some digits and with twice as many


class Algebraic(NamedTuple):
    """The gradient and the claim by SymPy in sixty digits, the gradient's closed form, and a proof that they are one.

    What SymPy was not asked for, or did not find in time, is None or empty.
    """

    gradient: float | None
    claimed: float | None = None
    formula: str = ""
    proved: bool = False


class Algebra:
    """A program at a place, written out over symbols for its inputs; those in `fixed` have no other value."""

    def __init__(self, place: Point, fixed: Collection[str] = ()) -> None:
        self.place = place
        self.fixed = fixed
        self.symbols = {node: sympy.Symbol(name, real=True) for name, node in place.graph.variables.items()}
        self.affordable = affordable(place.graph, place.values)
        self.patience = _MOST_GIVEN_UP
        self.nodes: list[Any] = []
        self.gradients: dict[Gradient, Any] = {}
        self.partials: dict[int, list[Sequence[float]]] = {}  # output: what flows there, with SymPy's numbers

    def opinion(self, of: Gradient, claim: Claim | None = None, *, prove: bool = False) -> Algebraic:
        """What SymPy says within its budget: of the whole formula where it is small, otherwise gate by gate."""
        if self.affordable:
            found = within(SECONDS * STEPS_A_SECOND, partial(self._opinion, of, claim, prove=prove))
            if isinstance(found, Algebraic):
                return found
            self.patience -= 1
            self.affordable = self.patience > 0
        return Algebraic(self.along(of.output, {of.wrt: 1.0}))

    def along(self, output: int, direction: Mapping[int, float]) -> float | None:
        """The slope along a direction (node: rate) by forward mode, with SymPy's partial of every gate."""
        graph, values = with_output(self.place.graph, output), self.place.values
        if output not in self.partials:
            active = bytearray(b"\1") * len(graph)
            self.partials[output], *_ = check_locals(graph, values, self.place.passed(output), active, {})
        found = tangent(graph, self.partials[output], direction)[output]
        return found if isfinite(found) else None

    def _opinion(self, of: Gradient, claim: Claim | None, *, prove: bool) -> Algebraic:
        gradient = self._gradient(of)
        found = self._number(gradient)
        formula = readable(gradient)
        made = Algebraic(found, formula=formula if len(formula) <= _LONGEST_SHOWN else "")
        if claim is None:
            return made
        claimed = self._claimed(claim)
        made = made._replace(claimed=self._number(claimed))
        return made._replace(proved=prove and self._same(claim, claimed, gradient))

    def _gradient(self, of: Gradient) -> Any:
        graph, values = self.place.graph, self.place.values
        self.nodes = self.nodes or written_out(graph, values, self.symbols)
        if of not in self.gradients:
            if of.wrt in self.symbols:
                above, *by = self.place.firsts.get(of.output, (of.output,))  # a first one SymPy finds itself
                if not self.symbols.keys() >= {*by}:
                    above, by = of.output, []
                self.gradients[of] = sympy.diff(self.nodes[above], *(self.symbols[j] for j in (*by, of.wrt)))
            else:
                apart = sympy.Dummy("q", real=True)
                cut, _ = function_of(graph, of.output, of.wrt)
                nodes = written_out(cut, values, {**self.symbols, of.wrt: apart})
                self.gradients[of] = sympy.diff(nodes[of.output], apart).xreplace({apart: self.nodes[of.wrt]})
        return self.gradients[of]

    def _claimed(self, claim: Claim) -> Any:
        graph, uses = claim.formula.graph, claim.formula.uses
        leaves = {
            node: self._gradient(use) if isinstance(use := uses[name], Gradient) else self.nodes[use]
            for name, node in graph.variables.items()
        }
        return written_out(graph, claim.formula.values(self.place), leaves)[graph.output]

    def _number(self, expression: Any) -> float | None:
        point = {symbol: self.place.values[node] for node, symbol in self.symbols.items()}
        few, more = (numbers([expression], point, digits)[0] for digits in (DIGITS[0], 2 * DIGITS[0]))
        is_sure = few == more != 0 or abs(few - more) <= _SAME * abs(more)
        # What 1 - tanh(100)^2 is, sixty digits do not tell from 0.
        found = more if expression.is_Atom or (is_sure and more) else numbers([expression], point, DIGITS[1])[0]
        return None if isnan(found) else found

    def _same(self, claim: Claim, claimed: Any, gradient: Any) -> bool:
        """Whether the two are one formula, everywhere: so there must be no gate in pieces."""
        if not (_is_smooth(self.place.graph) and _is_smooth(claim.formula.graph)):
            return False
        names = self.place.graph.variables
        values = {self.symbols[names[name]]: number(self.place.values[names[name]]) for name in self.fixed}
        difference = (claimed - gradient).xreplace(values)
        return any(simpler(difference) == 0 for simpler in (lambda it: it, sympy.expand, sympy.simplify))


def _is_smooth(graph: Graph) -> bool:
    return all(is_smooth(gate) for gate in _gates(graph))


def _gates(graph: Graph) -> Iterable[str]:
    return {gate for gate, operands in zip(graph.gates, graph.inputs, strict=True) if operands}
