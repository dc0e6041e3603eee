"""The backward pass over nodes in place of numbers: what flows back to each node is a node too."""

from __future__ import annotations

from itertools import accumulate

from backprop_cli.engine.derive.builder import CHOICE, ZERO, Builder, Node
from backprop_cli.engine.derive.field import field_of_nodes
from backprop_cli.engine.derive.sums import filled, joined, unbroadcast
from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.gates import GATES, ROUTES
from backprop_cli.gates.fields import Field, formula_program, functions_of
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.gates.textbook import textbook
from backprop_cli.graph.ancestors import ancestors
from backprop_cli.graph.graph import Graph
from backprop_cli.graph.names import output_name
from backprop_cli.lean import Any, NamedTuple, Sequence
from backprop_cli.numeric.shapes import broadcast

_NOTHING = "0*"  # how the pull to labels begins


class Derived(NamedTuple):
    """The graph with the nodes of its derivative after its own, and the node of each gradient.

    `adjoints` are the gradients of all nodes that one flows to, by their node.
    """

    graph: Graph
    gradients: list[int]
    adjoints: dict[int, int]


def derive(
    graph: Graph, output: int, wrt: Sequence[int], upstream: float = 1.0, *, as_in_books: bool = False
) -> Derived:
    """The gradient of `output` with respect to the nodes `wrt`; of an array that of its elements' sum.

    `as_in_books` takes the slopes that textbooks write where the table's are written for stability.
    Raises BackpropError (N215) at a gate whose derivative is no formula of gates.
    """
    builder = Builder(graph, as_in_books=as_in_books)
    field = field_of_nodes(builder)
    active, needed = graph.dependents(set(wrt)), ancestors(graph, output)
    grads: list[Node | None] = [None] * len(graph)
    grads[output] = builder.node(upstream)
    for node in range(output, -1, -1):
        arrived, operands = grads[node], graph.inputs[node]
        if arrived is None or not (active[node] and needed[node]):
            continue
        try:
            sent = _sent(field, graph, node, arrived) if operands else []
        except NameError as problem:
            raise _no_formula(graph, node) from problem
        for j, flow in zip(operands, sent, strict=True):
            if flow is not None and active[j]:
                shape, before = graph.shape(j), grads[j]
                result = broadcast([flow.shape, shape]) if node in graph.attributes else graph.shape(node)
                part = unbroadcast(flow, result, shape)
                grads[j] = part if before is None else part + before
    zero = builder.node(0.0)
    adjoints = {node: grad.id for node, grad in enumerate(grads) if grad is not None}
    gradients = [filled(zero if (grad := grads[j]) is None else grad, graph.shape(j)).id for j in wrt]
    adjoints |= {j: node for j, node in zip(wrt, gradients, strict=True) if j in adjoints}
    new = _pruned(builder.out, len(graph), {*gradients, *adjoints.values()})
    return Derived(builder.out, [new[j] for j in gradients], {node: new[j] for node, j in adjoints.items()})


def _pruned(out: Graph, first: int, wanted: set[int]) -> list[int]:
    """Drop nodes from `first` on that nothing wanted needs, such as slopes along constants; answer where each went."""
    needed = bytearray(len(out))
    for node in range(len(out) - 1, -1, -1):
        if node < first or node in wanted:
            needed[node] = 1
        if needed[node]:
            for j in out.inputs[node]:
                needed[j] = 1
    new = [place - 1 for place in accumulate(needed)]
    kept = [node for node in range(first, len(out)) if needed[node]]
    columns: list[Any] = [out.gates, out.starts, out.ends, *([out.shapes] if out.shapes else [])]
    for column in columns:
        moved = [column[node] for node in kept]
        del column[first:]
        column.extend(moved)
    inputs = [tuple(new[j] for j in out.inputs[node]) for node in kept]
    out.inputs[first:] = inputs
    for by_node in (out.constants, out.attributes):
        later = {new[node]: by_node.pop(node) for node in list(by_node) if node >= first and needed[node]}
        for node in [node for node in by_node if node >= first]:
            del by_node[node]
        by_node.update(later)
    return new


def with_gradient(graph: Graph, output: int, wrt: Sequence[int]) -> Graph:
    """The graph, whose shapes are known, with the gradient as its output: all elements of all of `wrt` as one vector.

    Raises BackpropError (N215) as `derive` does.
    """
    derived = derive(graph, output, wrt)
    builder = Builder(derived.graph)
    builder.out.output = joined([Node(builder, node) for node in derived.gradients]).id
    builder.out.title = f"∇{output_name(graph)}"
    return builder.out


def _sent(field: Field, graph: Graph, node: int, arrived: Node) -> list[Node | None]:
    """What a node sends to each operand, None where that is nothing."""
    gate, builder = graph.gates[node], arrived.builder
    xs, out = [Node(builder, j) for j in graph.inputs[node]], Node(builder, node)
    if node in graph.attributes:
        full, attributes, pulls = filled(arrived, graph.shape(node)), graph.attributes[node], TENSORS[gate].pulls
        return [
            None if pulls[min(k, len(pulls) - 1)].startswith(_NOTHING)
            else _away_from_zero(builder.node(field.pull[gate](k, full, out, xs, attributes)))
            for k in range(len(xs))
        ]  # fmt: skip
    slopes = _slopes(field, gate, xs, out)
    return [_times(builder.node(slope), arrived, routed=gate in ROUTES) for slope in slopes]


def _slopes(field: Field, gate: str, xs: Sequence[Node], out: Node) -> Sequence[Node | float]:
    as_in_books = out.builder.as_in_books
    texts = GATES[gate].textbook.split("; ")
    if as_in_books and GATES[gate].variadic:  # away from ties
        return [out.builder.make(CHOICE, x == out, 1, 0) for x in xs]
    if as_in_books and all(_is_formula(field, gate, text) for text in texts):
        return [textbook(field, gate, text)(*xs, out) for text in texts]
    slopes: Sequence[Node | float] = field.locals[gate](*xs, out)
    return slopes


def _is_formula(field: Field, gate: str, text: str) -> bool:
    """Whether a slope as books write it can be computed; some are told in words."""
    try:
        return bool(text) and functions_of(formula_program(GATES[gate], text)) <= field.names.keys()
    except AssertionError:
        return False


def _times(slope: Node, arrived: Node, *, routed: bool) -> Node | None:
    """A slope times what arrives; an operand that is ignored gets nothing, and not 0 times whatever lies behind.

    That holds of an operand that a gate which routes ignores here, and of what was ignored further on.
    """
    builder = slope.builder
    conditions: list[tuple[Node, bool]] = []
    factors = [slope, arrived]
    for k in range(2) if routed else (1,):
        while builder.out.gates[factors[k].id] == CHOICE:
            condition, x, y = (Node(builder, j) for j in builder.out.inputs[factors[k].id])
            if 0 not in (x.number, y.number):
                break
            conditions.append((condition, y.number == 0))
            factors[k] = x if y.number == 0 else y
    if factors[0].number == 0 or factors[1].number == 0:
        return None
    product = factors[0] * factors[1]
    for condition, holds in reversed(conditions):
        product = builder.make(CHOICE, condition, *((product, 0) if holds else (0, product)))
    return product


def _away_from_zero(x: Node) -> Node:
    """A formula without the choice of what it is where a length is 0, which books leave out."""
    builder, out = x.builder, x.builder.out
    if builder.as_in_books and out.gates[x.id] == CHOICE:
        condition, _, usual = out.inputs[x.id]
        if out.gates[condition] == ZERO and Node(builder, out.inputs[condition][1]).number == 0:
            return Node(builder, usual)
    return x


def _no_formula(graph: Graph, node: int) -> BackpropError:
    message = f"the derivative of `{graph.gates[node]}` has no formula in gates"
    return BackpropError(
        Diagnostic("N215", message, (graph.label(node),), "`backprop grad` with values has its slope as a number")
    )
