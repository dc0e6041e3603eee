"""Columns rebuilt: constants that nobody wrote get rows, rows that are no nodes go."""

from __future__ import annotations

from backprop_cli.graph.arguments import DEFAULT
from backprop_cli.graph.graph import CONSTANT, Graph
from backprop_cli.lean import Mapping


def rebuild(old: Graph, defaults: Mapping[int, tuple[float, ...]], absorbed: set[int]) -> Graph:
    """The graph with the `defaults` of its calls, each before the call that needs it, and without the `absorbed` rows.

    A number may be an attribute or an element here and an operand there: then it stays.
    """
    out = Graph(old.source)
    dropped = absorbed - used_rows(old, absorbed)
    new: list[int] = []
    begins: list[int] = []
    for row, (gate, operands) in enumerate(zip(old.gates, old.inputs, strict=True)):
        begins.append(len(out.gates))
        if row in dropped:
            new.append(-1)
            continue
        constants = iter(defaults.get(row, ()))
        moved = []
        for j in operands:
            if j == DEFAULT:
                out.constants[len(out.gates)] = next(constants)
                moved.append(len(out.gates))
                _append(out, CONSTANT, (), old.span(row))
            else:
                moved.append(new[j])
        new.append(len(out.gates))
        _append(out, gate, tuple(moved), old.span(row))
    begins.append(len(out.gates))
    out.variables = {name: new[row] for name, row in old.variables.items()}
    out.constants |= {new[row]: value for row, value in old.constants.items() if row not in dropped}
    out.attributes = {new[row]: values for row, values in old.attributes.items()}
    out.names = {new[row]: name for row, name in old.names.items()}
    out.definitions = {name: new[row] for name, row in old.definitions.items()}
    out.products = [new[row] for row in old.products]
    out.dotted = [new[row] for row in old.dotted]
    out.remarks, out.title = old.remarks, old.title
    out.output = new[old.output]
    out.subgraphs = [
        subgraph._replace(
            first=begins[subgraph.first], last=begins[subgraph.last], output=new[subgraph.output],
            operands=tuple(new[j] for j in subgraph.operands),
        )
        for subgraph in old.subgraphs
    ]  # fmt: skip
    return out


def used_rows(graph: Graph, absorbed: set[int]) -> set[int]:
    """The rows that something else than an attribute or an array literal needs."""
    used = {graph.output, *graph.definitions.values(), *(j for subgraph in graph.subgraphs for j in subgraph.operands)}
    for row in range(len(graph.inputs) - 1, -1, -1):
        if row in used or row not in absorbed:
            used.update(graph.inputs[row])
    return used


def _append(out: Graph, gate: str, inputs: tuple[int, ...], span: tuple[int, int]) -> None:
    out.gates.append(gate)
    out.inputs.append(inputs)
    out.starts.append(span[0])
    out.ends.append(span[1])
