"""Which nodes of a graph a figure draws: how far back, under which names, with which constants inside their gates."""

from __future__ import annotations

from collections import Counter

from backprop_cli.gates import GATES
from backprop_cli.graph import INPUT, Graph
from backprop_cli.lean import Collection, Mapping, Sequence

_LONGEST = 8  # characters of an operation with a constant in it, such as `x^0.5`


def distances(graph: Graph, depth: int) -> Mapping[int, int]:
    """How many gates lie between the output and each node before it, nearest first, as far as `depth`."""
    found = {graph.output: 0}
    level = [graph.output]
    distance = 0
    while level and distance < depth:
        distance += 1
        level = list(dict.fromkeys(j for i in level for j in graph.inputs[i] if j not in found))
        found.update(dict.fromkeys(level, distance))
    return found


def owners(graph: Graph, kept: Collection[int]) -> dict[int, int]:
    """For each node itself if it is an input, the output or has a name, otherwise the owner of the one that uses it."""
    found: dict[int, int] = {}
    for node in sorted(kept, reverse=True):
        own = found.setdefault(node, node)
        for operand in graph.inputs[node]:
            if operand not in graph.names and graph.gates[operand] != INPUT:
                found[operand] = own
    return found


def constants_inside(graph: Graph, kept: Collection[int], names: Sequence[str]) -> set[int]:
    """Constants that are drawn inside the one gate that uses them, as books do: `+1`, `1/x`, `x^2`."""
    uses = Counter(operand for node in kept for operand in graph.inputs[node])
    inside = set()
    for node in kept:
        operands = graph.inputs[node]
        constants = [j for j in operands if j in graph.constants and uses[j] == 1 and j != graph.output]
        gate = GATES.get(graph.gates[node])
        if len(operands) != 2 or len(constants) != 1 or gate is None or not gate.symbol:
            continue
        if len(with_constant(graph, node, constants[0], names)) <= _LONGEST:
            inside.add(constants[0])
    return inside


def with_constant(graph: Graph, node: int, constant: int, names: Sequence[str]) -> str:
    """The operation of a gate with its constant operand written into it."""
    gate, text = GATES[graph.gates[node]], names[constant]
    symbol = gate.symbol
    if (gate.symmetric and not gate.truth) or constant == graph.inputs[node][1]:
        if text.startswith("-") and symbol in "+-":
            text = f"({text})"
        return f"x^{text}" if symbol == "^" else f"{symbol}{text}"
    return f"{text}{symbol}x"
