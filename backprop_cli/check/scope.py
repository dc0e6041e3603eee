"""What a claim or a step may name: the program's nodes, values that only claims use, gates the program defines."""

from __future__ import annotations

from backprop_cli.engine.derive import derive
from backprop_cli.errors import Source
from backprop_cli.graph import CONSTANT, Graph, Value
from backprop_cli.language.program import Definition
from backprop_cli.lean import Callable, Mapping, NamedTuple, Sequence
from backprop_cli.numeric.shapes import Shape


class FirstDerivatives:
    """A graph that grows by the nodes of the first derivatives that are asked for.

    `made` has the node that each is, by what it is the derivative of: an output and an input.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.made: dict[tuple[int, int], int] = {}

    def node(self, output: int, wrt: int) -> int:
        """The node that is d output / d wrt. Raises BackpropError where no gates compute it (N215)."""
        if (output, wrt) not in self.made:
            derived = derive(self.graph, output, [wrt])
            self.graph, self.made[output, wrt] = derived.graph, derived.gradients[0]
        return self.made[output, wrt]


class Scope(NamedTuple):
    """The node of each of the program's `names`, its `output`'s name, further `values` by name, and its `gates`.

    `firsts` makes the nodes of derivatives.
    `read` gives the value written in a source from a character on, such as a file's, for a name; `shape` is a node's.
    """

    names: Mapping[str, int]
    output: str
    values: Mapping[str, Value]
    gates: Sequence[Definition]
    read: Callable[[Source, int, str], Value]
    shape: Callable[[int], Shape]
    firsts: FirstDerivatives

    def size_of(self, name: str) -> Shape | None:
        """The shape of what a name stands for, if it is one of the program's or has a value."""
        if name in self.values:
            return getattr(self.values[name], "shape", ())
        return self.shape(self.names[name]) if name in self.names else None


def with_values(graph: Graph, values: Mapping[str, Value]) -> Graph:
    """The same graph, changed: the inputs that have values become constants."""
    for name, value in values.items():
        node = graph.variables.pop(name, -1)
        if node >= 0:
            graph.gates[node], graph.constants[node] = CONSTANT, value
    return graph
