"""The backward pass through a part of a graph: what a sub-graph, taken for one gate, has for slopes, and sends back."""

from __future__ import annotations

from backprop_cli.engine.flow import Flow, Known
from backprop_cli.engine.passes import Backward, add, quiet, rule_of, send
from backprop_cli.gates import ROUTES
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Any, Callable, Sequence, cast, defaultdict


def subgraph_slopes(
    graph: Graph, passed: Backward, inside: Sequence[int], operands: Sequence[int]
) -> tuple[Value | None, ...]:
    """∂output/∂operand through the nodes `inside`, of which the first is the output, as if these were one gate.

    Of arrays the Jacobian's diagonal, in the output's shape; None where a tensor gate lies between, which has none.
    """
    through_tensors: set[int] = set()
    for node in inside:
        if node in through_tensors or node in graph.attributes:
            through_tensors.update(graph.inputs[node])
    if through_tensors.issuperset(operands):
        return ()
    plain = [node for node in inside if node not in through_tensors and node not in graph.attributes]
    grads = _through(graph, (), passed, plain, 1.0, True, summed=False) if plain else {}
    return tuple(
        None
        if j in through_tensors
        else 0.0
        if (slope := grads.get(j)) is None
        else slope + 0.0
        if graph.shape(inside[0])
        else float(slope)
        for j in operands
    )


def sent_through(
    graph: Graph, values: Known, passed: Backward, inside: Sequence[int], asked: Callable[[int], Any]
) -> dict[int, Value]:
    """What arrives at each operand that is `asked` for when the output's gradient goes through the nodes `inside`."""
    upstream = passed.grads[inside[0]]
    if upstream is None:
        return {}
    flow = passed.flows[inside[0]] if passed.flows else True
    return _through(graph, values, passed, inside, upstream, flow, asked=asked)


def _through(
    graph: Graph,
    values: Known,
    passed: Backward,
    inside: Sequence[int],
    upstream: Value,
    flow: Flow,
    *,
    summed: bool = True,
    asked: Callable[[int], Any] = lambda _: True,
) -> dict[int, Value]:
    """The gradients at the operands and at the nodes inside; only at those, so that it costs no more than the part."""
    if not graph.shapes:
        return _through_numbers(graph, passed, inside, upstream)
    grads: dict[int, Value | None] = defaultdict(lambda: None)
    flows: dict[int, Flow] = defaultdict(bool)
    part = Backward(passed.locals, cast("Any", grads), cast("Any", flows))
    grads[inside[0]], flows[inside[0]] = upstream, flow
    with quiet(graph):
        for node in inside:
            if grads[node] is None:
                continue
            rule = rule_of(graph, node)
            count = len(graph.inputs[node]) if rule.attributes is not None else len(passed.locals[node])
            for k, j in enumerate(graph.inputs[node][:count]):  # an inactive node has no slopes
                if asked(j):
                    add(part, j, *send(graph, values, part, node, k, rule, summed=summed))
    return {node: grad for node, grad in grads.items() if grad is not None}


def _through_numbers(graph: Graph, passed: Backward, inside: Sequence[int], upstream: Value) -> dict[int, Value]:
    """The same for numbers alone, as a loop of many turns needs it."""
    grads = {inside[0]: upstream}
    for node in inside:
        if node in grads:
            routes, grad = graph.gates[node] in ROUTES, grads[node]
            for j, slope in zip(graph.inputs[node], passed.locals[node], strict=False):  # an inactive node has none
                if slope or not routes:
                    grads[j] = grads[j] + grad * slope if j in grads else grad * slope
    return grads
