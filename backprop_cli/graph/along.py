"""A graph whose inputs move along a direction: `x + along*v` in the place of x."""

from __future__ import annotations

from backprop_cli.gates import BY_SYMBOL
from backprop_cli.graph.graph import INPUT, Graph
from backprop_cli.lean import Mapping

STEP = "ε"  # nothing else is called so: of a Greek letter that is typed the name is spelt out


def along(graph: Graph, inputs: Mapping[str, int]) -> tuple[Graph, dict[str, str]]:
    """The graph with an input more, STEP, by which each of the `inputs` (name: node) moves along a direction.

    Answers for each of them the name of the input that is its direction, of its shape. Shapes are to be inferred anew.
    """
    out = Graph(graph.source)
    new = [-1] * len(graph)
    span = graph.span(graph.output)

    def add(gate: str, operands: tuple[int, ...], place: tuple[int, int]) -> int:
        out.gates.append(gate)
        out.inputs.append(operands)
        out.starts.append(place[0])
        out.ends.append(place[1])
        return len(out.gates) - 1

    for name, node in graph.variables.items():
        new[node] = out.variables[name] = add(INPUT, (), graph.span(node))
    step = out.variables[STEP] = add(INPUT, (), span)
    directions = {name: f"direction of {name}" for name in inputs}
    for name, direction in directions.items():
        out.variables[direction] = add(INPUT, (), graph.span(inputs[name]))
    names: dict[int, str] = {}
    for name, direction in directions.items():
        node = inputs[name]
        moved = add(BY_SYMBOL["*"], (step, out.variables[direction]), graph.span(node))
        new[node] = add(BY_SYMBOL["+"], (new[node], moved), graph.span(node))
        names[new[node]] = name
    for node, operands in enumerate(graph.inputs):
        if graph.gates[node] != INPUT:
            new[node] = add(graph.gates[node], tuple(new[j] for j in operands), graph.span(node))
    out.constants = {new[node]: value for node, value in graph.constants.items()}
    out.attributes = {new[node]: values for node, values in graph.attributes.items()}
    out.names = names | {new[node]: name for node, name in graph.names.items() if graph.gates[node] != INPUT}
    out.title, out.output, out.remarks = graph.title, new[graph.output], list(graph.remarks)
    return out, directions
