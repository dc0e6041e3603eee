"""What a claim or a step may name: the program's nodes, values that only claims use, gates the program defines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from backprop_cli.errors import Source
from backprop_cli.graph import CONSTANT, Graph, Value
from backprop_cli.language.program import Definition


class Scope(NamedTuple):
    """The node of each of the program's `names`, its `output`'s name, further `values` by name, and its `gates`.

    `read` gives the value that a source's text is from a character on, for a name: a file's, for instance.
    """

    names: Mapping[str, int]
    output: str
    values: Mapping[str, Value]
    gates: Sequence[Definition]
    read: Callable[[Source, int, str], Value]


def with_values(graph: Graph, values: Mapping[str, Value]) -> Graph:
    """The graph, of which the inputs that have values are constants now."""
    for name, value in values.items():
        node = graph.variables.pop(name, -1)
        if node >= 0:
            graph.gates[node], graph.constants[node] = CONSTANT, value
    return graph
