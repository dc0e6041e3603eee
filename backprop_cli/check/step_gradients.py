"""Which gradient a value is: its own, that of a node before it, or a multiple of its own."""

from __future__ import annotations

from backprop_cli.check.assignments import SET
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.step_lines import Step
from backprop_cli.check.step_values import StepValues, is_any, numbers_in, shape_of
from backprop_cli.check.tolerances import ROUNDING, RTOL
from backprop_cli.check.verdict import AGREES
from backprop_cli.graph import INPUT, Value
from backprop_cli.graph.ancestors import ancestors

_SURE = 1e6  # times what rounding may have made: a number that says something


class StepGradients(StepValues):
    """The values of names, and the gradients of the program that they may be."""

    def derivatives(self, of: Gradient, total: list[Value]) -> list[Value]:
        """A derivative in the middle at every place, the local one if that is what is there; nothing of a Jacobian."""
        graph = self.graph
        operands = [k for k, j in enumerate(graph.inputs[of.output]) if j == of.wrt]
        local = None
        if len(operands) == 1 and of.output not in graph.attributes:
            local = [place.passed(self.output).locals[of.output][operands[0]] for place in self.places]
        if graph.shape(of.output):
            return local or []
        whole = [place.grad(*of) for place in self.places]
        if local and all(self.same(total[k], local[k], k) for k in range(len(self.places))):
            return local
        return whole

    def moved_on(self, step: Step, of: Gradient, total: list[Value], *, was_right: bool) -> int:
        """The node before this one whose gradient the name is now, after it was this one's; -1 if there is none."""
        changes = step.name in step.formula.uses or step.operator != SET or step.items is not None
        if not changes or step.above >= 0 or not was_right or self.graph.gates[of.wrt] == INPUT:
            return -1
        return self._gradient_before(of, total)

    def _gradient_before(self, of: Gradient, total: list[Value]) -> int:
        """The nearest node that this one is made of whose gradient is this; -1 if there is none."""
        made_of = ancestors(self.graph, of.wrt)
        for node in range(of.wrt - 1, -1, -1):
            if made_of[node] and any(map(is_any, total)) and self._is(Gradient(of.output, node), total):
                return node
        return -1

    def _is(self, of: Gradient, total: list[Value]) -> bool:
        """Whether the values that the last line made are a gradient; more digits decide about a few places."""
        wrong = [k for k in range(len(self.places)) if not self.same(total[k], self.places[k].grad(*of), k)]
        few = 2 * len(wrong) < len(self.places)
        return few and all(verdict == AGREES for _, verdict in self.seen_through(wrong, of))

    def convention(self, step: Step, of: Gradient, total: list[Value]) -> tuple[int, float] | None:
        """What a gradient in the middle is that others may show to be meant: another's, or a multiple of its own."""
        if self.graph.gates[of.wrt] == INPUT or of.wrt == self.output:
            return None
        if (node := self._gradient_before(of, total)) >= 0:
            return node, 1.0
        factor = self._factor(step, of, total)
        return None if factor is None else (-1, factor)

    def _factor(self, step: Step, of: Gradient, total: list[Value]) -> float | None:
        """The one number by which a gradient is too large, at every place and in every element.

        A place where it is next to nothing beside what it is made of (ROUNDING) has no say.
        """
        factor = None
        for k, (value, place) in enumerate(zip(total, self.places, strict=True)):
            right = place.grad(*of)
            if shape_of(value) != shape_of(right):
                return None
            made_of = [abs(x) for given in self.given(step.formula, k).values() for x in numbers_in(given)]
            lost = ROUNDING * max([1.0, *made_of])
            pairs = list(zip(numbers_in(value), numbers_in(right), strict=True))
            largest = max(pairs, key=lambda pair: abs(pair[1]))
            if max(map(abs, largest)) <= _SURE * lost:
                continue
            if not largest[1] or not largest[0]:
                return None
            factor = factor or largest[0] / largest[1]
            slack = lost + RTOL * abs(largest[0])
            if any(abs(one - factor * other) > slack for one, other in pairs):
                return None
        return factor
