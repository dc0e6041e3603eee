"""The staged program as steps to read: at every node the chain rule, and what it comes to."""

from __future__ import annotations

from backprop_cli.export.staged import Staged, staged
from backprop_cli.graph import Graph
from backprop_cli.lean import Mapping
from backprop_cli.report.notes import notes
from backprop_cli.report.symbolic_steps import Chain, SymbolicSteps


def in_symbols(graph: Graph, targets: Mapping[str, int]) -> SymbolicSteps:
    """The steps of both passes. Raises BackpropError (N215) at a gate whose derivative is no formula of gates."""
    program = staged(graph, targets, None, (), whole=True)
    products = _products(program)
    backward = tuple(Chain(line.name, products.get(line.name, ""), line.formula) for line in program.backward)
    formulas = {chain.name: chain.formula for chain in backward}
    results = tuple((f"d{program.output}/d{name}", formulas[called]) for name, called in program.gradients.items())
    return SymbolicSteps(
        graph.source,
        program.title,
        program.value,
        program.prefix,
        tuple((line.name, line.formula) for line in program.forward),
        backward,
        results,
        tuple(notes(graph, [], ())),
    )


def _products(program: Staged) -> dict[str, str]:
    """Upstream times local, added up over the gates that use a node, by what its gradient is called."""
    graph, names = program.graph, program.names
    made: dict[str, list[str]] = {}
    arrived = {line.name for line in program.backward}
    for node, operands in enumerate(graph.inputs):
        if program.prefix + names[node] not in arrived:
            continue  # the output does not need it
        upstream = "" if node == graph.output else f"{program.prefix}{names[node]}·"
        for j in dict.fromkeys(operands):
            made.setdefault(program.prefix + names[j], []).append(f"{upstream}∂{names[node]}/∂{names[j]}")
    return {name: " + ".join(parts) for name, parts in made.items()}
