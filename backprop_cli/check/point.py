"""A program at a point: its values, and the gradient of any node with respect to any other, each pass made once.

It knows no claim; SymPy is not asked here.
"""

from __future__ import annotations

from copy import copy
from math import inf, isfinite

from backprop_cli.engine.anomalies import Anomaly, find_anomalies
from backprop_cli.engine.differences import Estimate, difference
from backprop_cli.engine.frozen import frozen
from backprop_cli.engine.passes import Backward, backward, forward
from backprop_cli.engine.precision import untrue_numbers
from backprop_cli.engine.rounding import scales_of
from backprop_cli.engine.true_number import TrueNumber, corrected, of_node
from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.graph import INPUT, Graph, Value
from backprop_cli.graph.ancestors import ancestors
from backprop_cli.lean import Any, Mapping, MappingProxyType, Sequence
from backprop_cli.numeric.shapes import written as shape_written
from backprop_cli.text import all_finite

_HOPES = 20
_TROUBLE = frozenset({"kink", "jump", "infinite", "undefined", "pole", "overflow", "nonfinite-input"})

_INSIDE = "derivative"  # of what the program differentiates, which need not be on the way


class Effort:
    """How many more points may be worked out in many digits because doubles have no number there."""

    def __init__(self, points: int = 1) -> None:
        self.left = points + _HOPES


class Point:
    """The values of a graph where the inputs have the `given` ones, and what was asked about them so far.

    Of nodes that are first derivatives `firsts` says of which node, and with respect to which. Points that are drawn
    share an `effort`, since a program without a domain may be tried at hundreds of them.
    """

    def __init__(
        self, graph: Graph, given: Mapping[str, Value], firsts: Mapping[int, tuple[int, int]] = MappingProxyType({}),
        effort: Effort | None = None,
    ) -> None:  # fmt: skip
        self.effort = effort or Effort()
        self.graph = graph
        self.given = given
        self.firsts = firsts
        self.values = forward(graph, given)
        self._passes: dict[int, Backward] = {}
        self._untrue: dict[int, list[TrueNumber]] = {}
        self._troubles: dict[tuple[int, ...], list[Anomaly]] = {}
        self._odd: dict[int, bool] = {}
        self._scales: dict[int, list[float]] = {}

    @property
    def has_value(self) -> bool:
        """Whether the program's value is finite here."""
        return all_finite(self.values[self.graph.output])

    def passed(self, output: int) -> Backward:
        """The backward pass from a node. Raises BackpropError (V310) if that is an array."""
        if self.graph.shape(output):
            raise _of_an_array(self.graph, output)
        if output not in self._passes:
            self._passes[output] = backward(self.graph, self.values, output)
        return self._passes[output]

    def scales(self, output: int) -> list[float]:
        """For each node the scale of the rounding errors of its gradient."""
        if output not in self._scales:
            self._scales[output] = scales_of(self.graph, self.passed(output), output)
        return self._scales[output]

    def grad(self, output: int, wrt: int) -> Any:
        """d output / d wrt, of the shape of the latter; the true number where doubles lost it."""
        return corrected(self.computed(output, wrt), self.lost(output, wrt))

    def value(self, node: int) -> Value:
        """A node's value; the true number where doubles lost it."""
        return corrected(self.values[node], of_node(self._all_lost(self.graph.output), node, of_gradient=False))

    def lost(self, output: int, wrt: int) -> list[TrueNumber]:
        """The numbers of d output / d wrt that are not right to six digits."""
        return of_node(self._all_lost(output), wrt, of_gradient=True)

    def _all_lost(self, output: int) -> list[TrueNumber]:
        if output not in self._untrue:
            passed = None if self.graph.shape(output) else self.passed(output)
            self._untrue[output] = []
            has_number = self._has_number(output)
            if has_number or self.effort.left > 0:
                self._untrue[output] = untrue_numbers(self.graph, self.values, output, passed)
                self.effort.left -= not has_number
        return self._untrue[output]

    def _has_number(self, output: int) -> bool:
        """Whether the value and the gradients of the inputs are finite as doubles."""
        if not all_finite(self.values[output]) or self.graph.shape(output):
            return all_finite(self.values[output])
        return all(all_finite(self.computed(output, j)) for j in self.graph.variables.values())

    def computed(self, output: int, wrt: int) -> Any:
        """d output / d wrt as the backward pass has it."""
        grad = self.passed(output).grads[wrt]
        if grad is None and self.graph.shape(wrt):
            from backprop_cli.numeric.reductions import full

            return full(self.graph.shape(wrt), 0.0)
        return 0.0 if grad is None else grad

    def is_finite(self, output: int, wrt: int) -> bool:
        """Whether d output / d wrt is finite, in every element."""
        grad = self.grad(output, wrt)
        return bool((abs(grad) < inf).all()) if hasattr(grad, "shape") else isfinite(grad)

    def has_slope(self, output: int, wrt: int) -> bool:
        """Whether d output / d wrt is not 0 as a double, in some element."""
        grad = self.computed(output, wrt)
        return bool(grad.any()) if hasattr(grad, "shape") else grad != 0

    def trouble(self, output: int, *wrt: int) -> list[Anomaly]:
        """What the survey finds on the way to the output that makes its derivative a convention, or none at all.

        Where a first derivative is one, the second is too.
        """
        before = self._trouble(*self.firsts[output]) if output in self.firsts else []
        return before + self._trouble(output, *wrt)

    def _trouble(self, output: int, *wrt: int) -> list[Anomaly]:
        graph = self.graph
        if output not in self._odd:  # most points are not, and need no look at each input's way to the output
            everything = bytearray(b"\1") * len(graph)
            self._odd[output] = bool(find_anomalies(graph, self.values, output, self.passed(output), everything))
        if not self._odd[output]:
            return []
        if (output, *wrt) not in self._troubles:
            found = find_anomalies(graph, self.values, output, self.passed(output), graph.dependents(set(wrt)))
            below = ancestors(graph, output) if found else b""
            self._troubles[output, *wrt] = [
                f for f in found if f.code in _TROUBLE and (below[f.node] or f.wording == _INSIDE)
            ]
            if self._is_overcome(self._troubles[output, *wrt], output, wrt):
                self._troubles[output, *wrt] = []
        return self._troubles[output, *wrt]

    def _is_overcome(self, troubles: Sequence[Anomaly], output: int, wrt: Sequence[int]) -> bool:
        """Whether numbers on the way that are not finite are all the trouble, and all that they spoilt is known."""
        items = [item for node in wrt for item in self.lost(output, node)]
        codes = {trouble.code for trouble in troubles} - {"undefined"}
        told = {"infinite", "pole"} >= codes if any(item.by_quotients for item in items) else codes == {"overflow"}
        looked = self.effort.left > 0 or self._has_number(output)
        return (
            told and looked and all(item.known for item in items) and all(self.is_finite(output, node) for node in wrt)
        )

    def estimate(self, output: int, wrt: int) -> Estimate:
        """The derivative from values alone."""
        graph, name = function_of(frozen(self.graph, self.values), output, wrt)
        return difference(graph, {**self.given, name: self.values[wrt]}, name, self.values)


def _of_an_array(graph: Graph, node: int) -> BackpropError:
    label = graph.label(node, shape_written(graph.shape(node)))
    message = "a gradient is that of one number, and this is an array"
    return BackpropError(Diagnostic("V310", message, (label,), "claim something of `sum(…)` of it, or of the output"))


def with_output(graph: Graph, output: int) -> Graph:
    """The same columns with another node as the output."""
    if graph.output == output:
        return graph
    seen = copy(graph)
    seen.output = output
    return seen


def function_of(graph: Graph, output: int, wrt: int) -> tuple[Graph, str]:
    """The output as a function of one node, and that input's name: the node's formula is forgotten."""
    for name, node in graph.variables.items():
        if node == wrt:
            return with_output(graph, output), name
    name = f"node {wrt}"  # which no one can have typed
    cut = copy(with_output(graph, output))
    cut.gates, cut.inputs = list(graph.gates), list(graph.inputs)
    cut.gates[wrt], cut.inputs[wrt] = INPUT, ()
    cut.constants = {node: value for node, value in graph.constants.items() if node != wrt}
    cut.variables = {**graph.variables, name: wrt}
    return cut, name
