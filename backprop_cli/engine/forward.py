"""The forward pass: every node's value, in the order of the columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import nan
from typing import Any

from backprop_cli.gates.fields import VALUES
from backprop_cli.graph.graph import Graph, Value


def forward(
    graph: Graph, given: Mapping[str, Value], functions: Mapping[str, Callable[..., Any]] = VALUES
) -> list[Value]:
    """The value of each node where the inputs have the `given` ones; `functions` maps a gate to its value.

    Raises KeyError if an input has no value. A graph with arrays goes the way of `engine.arrays`.
    """
    if graph.has_arrays:
        from backprop_cli.engine import arrays

        return arrays.forward(graph, given)
    values = [nan] * len(graph.gates)
    for name, node in graph.variables.items():
        values[node] = given[name]
    for node, constant in graph.constants.items():
        values[node] = constant
    node = -1
    for gate, operands in zip(graph.gates, graph.inputs, strict=True):
        node += 1
        if not operands:
            continue
        if len(operands) == 2:
            left, right = operands
            values[node] = functions[gate](values[left], values[right])
        else:
            values[node] = functions[gate](*[values[j] for j in operands])
    return values
