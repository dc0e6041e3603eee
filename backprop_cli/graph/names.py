"""What nodes are called: the user's names, constants' texts, and `n1`, `n2`, … for the rest."""

from __future__ import annotations

from backprop_cli.gates import ALIASES, CONSTANTS, GATES
from backprop_cli.graph.graph import CONSTANT, INPUT, Graph
from backprop_cli.graph.subgraphs import enclosing
from backprop_cli.lean import Any, Collection, NamedTuple
from backprop_cli.text import shortest

_NAME_OF_CONSTANT = {value: name for name, value in CONSTANTS.items()}
_LITERAL_WIDTH = 24  # characters of an array literal that is its own name; a longer one is called by its shape


class InputNames(NamedTuple):
    """The names of inputs: those that are bound, and whether a name that nobody defines is one too."""

    bound: Collection[str]
    free: bool = False


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
    """A name for every node: the user's, a constant's text, or `n1`, `n2`, … in order.

    Inside of the first call of `sig` they are `sig1.n1`, `sig1.n2`, …; folding does not change them.
    """
    names = [""] * len(graph.gates)
    for name, node in graph.variables.items():
        names[node] = name
    taken = {*graph.variables, *graph.names.values(), *GATES, *ALIASES}
    number = 0
    around = enclosing(graph) if graph.subgraphs else []
    numbers: dict[int, int] = {}
    for node, gate in enumerate(graph.gates):
        if gate == INPUT:
            continue
        if gate == CONSTANT:
            names[node] = name_of_constant(graph.constants[node])
        elif node in graph.names:
            names[node] = graph.names[node]
        elif node == graph.output:
            names[node] = output_name(graph)
        elif around and around[node] >= 0:
            names[node] = _inside(graph.subgraphs[around[node]].label, around[node], numbers, taken)
        else:
            number += 1
            while f"n{number}" in taken:
                number += 1
            names[node] = f"n{number}"
    return names


def _inside(label: str, subgraph: int, numbers: dict[int, int], taken: Collection[str]) -> str:
    """`sig1.n2`: the next number in a sub-graph."""
    numbers[subgraph] = numbers.get(subgraph, 0) + 1
    while (name := f"{label}.n{numbers[subgraph]}") in taken:
        numbers[subgraph] += 1
    return name


def all_names(graph: Graph) -> dict[str, int]:
    """The node of every name a reader may use: the user's own first, then those the report gives."""
    given = {name: node for node, name in enumerate(node_names(graph)) if node not in graph.constants}
    return {**graph.variables, **graph.definitions} | {
        name: node for name, node in given.items() if name not in graph.variables and name not in graph.definitions
    }


def name_of_constant(value: Any) -> str:
    """What a constant is written as: `2`, `pi`, a small array, or what kind of array it is."""
    if not hasattr(value, "tolist"):
        return _NAME_OF_CONSTANT.get(value) or shortest(value)
    text = shortest(value) if value.size <= _LITERAL_WIDTH else ""
    return text.replace(",", ", ") if 0 < len(text) <= _LITERAL_WIDTH else f"array{value.shape}"
