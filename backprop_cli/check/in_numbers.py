"""A graph with arrays as one of numbers, in which every element is a node of its own."""

from __future__ import annotations

from backprop_cli.check.claims import Claim
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.point import Point, with_output
from backprop_cli.graph import Graph, Value
from backprop_cli.lean import Any, Callable, Mapping, NamedTuple, Sequence


class InNumbers(NamedTuple):
    """A graph of numbers at a place: the values `given` to its inputs; `of(node)` has the ids of a node's elements."""

    graph: Graph
    given: Mapping[str, Value]
    of: Callable[[int], Any]

    def point(self) -> Point:
        """The same place, of which anything can be asked."""
        return Point(self.graph, self.given)

    def gradient(self, claim: Claim, index: tuple[int, ...]) -> Gradient:
        """What is claimed of one element, as two nodes of this graph."""
        import numpy as np

        ids = np.asarray(claim.chosen(self.of(claim.of.wrt).astype(float)))
        return Gradient(self.graph.output, int(ids[index]))


def in_numbers(graph: Graph, values: Sequence[Value], output: int) -> InNumbers | None:
    """The graph up to the output, written out in numbers; None if that is too large."""
    import numpy as np

    if not graph.has_arrays:
        return InNumbers(graph, {name: values[node] for name, node in graph.variables.items()}, np.array)
    from backprop_cli.engine.unroll import unroll

    unrolled = unroll(with_output(graph, output), values, output, np.ones(graph.shapes[output]))
    return None if unrolled is None else InNumbers(unrolled.graph, unrolled.given, unrolled.ids)
