"""What nodes are called and how they are written: `n1`, `x + y`, `∂n1/∂x`.

It knows a graph's names only; not its numbers.
"""

from __future__ import annotations

from backprop_cli.gates import ALIASES, CONSTANTS, GATES
from backprop_cli.graph import CONSTANT, INPUT, Graph
from backprop_cli.report.numbers import shortest

_NAME_OF_CONSTANT = {value: name for name, value in CONSTANTS.items()}
_TIGHT = {"^"}  # written without spaces


def output_name(graph: Graph) -> str:
    """The output's name: its own, or the first of `f`, `out`, `out1`, … that no one else has."""
    if graph.title:
        return graph.title
    if graph.output in graph.names:
        return graph.names[graph.output]
    if graph.gates[graph.output] == INPUT:
        return next(name for name, node in graph.variables.items() if node == graph.output)
    taken = {*graph.variables, *graph.names.values()}
    if "f" not in taken:
        return "f"
    number = 0
    while (name := f"out{number or ''}") in taken:
        number += 1
    return name


def node_names(graph: Graph) -> list[str]:
    """A name for every node: the user's, a constant's text, or `n1`, `n2`, … in order."""
    names = [""] * len(graph.gates)
    for name, node in graph.variables.items():
        names[node] = name
    taken = {*graph.variables, *graph.names.values(), *GATES, *ALIASES}
    number = 0
    for node, gate in enumerate(graph.gates):
        if gate == INPUT:
            continue
        if gate == CONSTANT:
            value = graph.constants[node]
            names[node] = _NAME_OF_CONSTANT.get(value) or shortest(value)
        elif node in graph.names:
            names[node] = graph.names[node]
        elif node == graph.output:
            names[node] = output_name(graph)
        else:
            number += 1
            while f"n{number}" in taken:
                number += 1
            names[node] = f"n{number}"
    return names


def all_names(graph: Graph) -> dict[str, int]:
    """The node of every name a reader may use: the user's own first, then those the report gives."""
    given = {name: node for node, name in enumerate(node_names(graph)) if node not in graph.constants}
    return {**graph.variables, **graph.definitions} | {
        name: node for name, node in given.items() if name not in graph.variables and name not in graph.definitions
    }


def written(graph: Graph, node: int, names: list[str]) -> str:
    """What a node is, over the names of its operands: `n1 * z`, `sigmoid(n3)`, `input`, `constant`."""
    gate = graph.gates[node]
    operands = [names[j] for j in graph.inputs[node]]
    if not operands:
        return gate
    if gate == "neg":
        return f"-({operands[0]})" if operands[0].startswith("-") else f"-{operands[0]}"
    symbol = GATES[gate].symbol
    if not symbol:
        return f"{gate}({', '.join(operands)})"
    left, right = operands
    if symbol in _TIGHT:
        return f"({left})^{right}" if left.startswith("-") else f"{left}^{right}"
    return f"{left} {symbol} {right}"
