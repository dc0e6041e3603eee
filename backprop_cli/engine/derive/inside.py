"""Derivatives inside a program: `g = df/dx` is what the nodes are that compute it."""

from __future__ import annotations

from backprop_cli.engine.derive.gradients import derive
from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.graph.graph import CONSTANT, DERIVATIVE, INPUT, Graph
from backprop_cli.graph.turns import settle

MOST_NODES = 20_000  # of a short program: each derivative makes several nodes of one


def expanded(graph: Graph) -> Graph:
    """The graph with the nodes of each derivative in its place, one after the other, so that they may be nested.

    Raises BackpropError at a gate whose derivative is no formula of gates (N215), where one of two names below a bar
    is computed from the other (S112), and where so many are nested that the graph grows beyond bounds (L701).
    """
    if DERIVATIVE not in graph.gates:
        return graph
    out = Graph(graph.source)
    new: list[int] = []
    begins: list[int] = []
    for node, gate in enumerate(graph.gates):
        begins.append(len(out))
        operands = tuple(new[j] for j in graph.inputs[node])
        if gate == DERIVATIVE:
            _refuse_one_in_the_other(graph, node)
            of, *by = operands
            for variable in sorted(by, key=lambda j: bool(out.shape(j))):  # an array last: until then it is a number
                out, of = _with_derivative(out, of, variable, graph.span(node))
                if len(out) > max(MOST_NODES, 10 * len(graph)):
                    raise _too_large(graph, node)
            new.append(of)
            continue
        new.append(len(out))
        out.gates.append(gate)
        out.inputs.append(operands)
        out.starts.append(graph.starts[node])
        out.ends.append(graph.ends[node])
        if node in graph.constants:
            out.constants[new[node]] = graph.constants[node]
        if node in graph.attributes:
            out.attributes[new[node]] = graph.attributes[node]
        if graph.shapes:
            out.shapes.append(graph.shapes[node])
    begins.append(len(out))
    _name(graph, out, new)
    out.subgraphs = [
        subgraph._replace(
            first=begins[subgraph.first], last=begins[subgraph.last], output=new[subgraph.output],
            operands=tuple(new[j] for j in subgraph.operands),
        )
        for subgraph in graph.subgraphs
    ]  # fmt: skip
    settle(out)
    return out


def _with_derivative(out: Graph, of: int, by: int, span: tuple[int, int]) -> tuple[Graph, int]:
    """The graph so far with a derivative's nodes, which have the place of the derivative, and the one that it is."""
    out.output, before = of, len(out)
    derived = derive(out, of, [by])
    made = derived.graph
    made.derivatives[derived.gradients[0]] = of, by
    for node in range(before, len(made)):
        made.starts[node], made.ends[node] = span
    return made, derived.gradients[0]


def _refuse_one_in_the_other(graph: Graph, node: int) -> None:
    """Refuse a mixed derivative that depends on what is kept fixed."""
    first, last = graph.inputs[node][1], graph.inputs[node][-1]
    if first != last and (graph.dependents({first})[last] or graph.dependents({last})[first]):
        message, help_ = "one of these is computed from the other: their order would matter", "differentiate by inputs"
        raise BackpropError(Diagnostic("S112", message, (graph.label(node),), help_))


def _too_large(graph: Graph, node: int) -> BackpropError:
    message = f"the graph has more than {MOST_NODES:,} nodes here: derivatives of derivatives grow"
    help_ = "differentiate less often, or simplify before"
    return BackpropError(Diagnostic("L701", message, (graph.label(node),), help_))


def _name(graph: Graph, out: Graph, new: list[int]) -> None:
    """Give the nodes the names they had."""
    out.variables = {name: new[node] for name, node in graph.variables.items()}
    out.definitions = {name: new[node] for name, node in graph.definitions.items()}
    for node, name in graph.names.items():
        if out.gates[new[node]] not in (INPUT, CONSTANT):
            out.names.setdefault(new[node], name)
    out.products, out.dotted = ([new[node] for node in nodes] for nodes in (graph.products, graph.dotted))
    out.remarks, out.title = graph.remarks, graph.title
    out.output = new[graph.output]
