"""The chain rule as a sum over paths: every way from the output to a node, with its product of local gradients.

There may be more paths than anyone can list: they are counted without being walked. Over arrays a product is one of
Jacobians, which are never formed: of those only the symbols and the sizes are told.
"""

from __future__ import annotations

from itertools import islice

from backprop_cli.gates import GATES
from backprop_cli.lean import Any, Iterator, NamedTuple
from backprop_cli.numeric.shapes import size
from backprop_cli.report.derivation import Derivation
from backprop_cli.report.formula import Equation, Formula, Grad, Name, Number, Partial, joined

MOST_PATHS = 1000  # that are ever listed


class Paths(NamedTuple):
    """The paths from the output to a node: the number of them, the first ones, what they all sum to."""

    name: str
    number: int
    listed: tuple[Equation, ...]
    total: Equation


def paths(derivation: Derivation, limit: int | None = None) -> Iterator[Paths]:
    """For each gradient that was asked for its paths, at most `limit` of them listed."""
    for name, grad in derivation.report.gradients.items():
        node = derivation.nodes[name]
        counts = _counts(derivation, node)
        count = counts[derivation.graph.output]
        walked = list(islice(_walk(derivation, node, counts), MOST_PATHS if limit is None else min(limit, MOST_PATHS)))
        sides: list[Formula] = [(Number(grad),)]
        products = [product for _, product in walked]
        if 1 < count == len(walked) and not any(product is None for product in products):
            sides.insert(0, joined(" + ", products, Number))
        total = Equation((Grad(node),), tuple(sides), shapes=derivation.shape_text(node))
        yield Paths(name, count, tuple(path for path, _ in walked), total)


def _counts(derivation: Derivation, node: int) -> list[int]:
    """For each node how many paths lead from it down to `node`."""
    counts = [0] * len(derivation.graph)
    counts[node] = 1
    inputs = derivation.graph.inputs
    for i in range(node + 1, derivation.graph.output + 1):
        counts[i] = sum(counts[j] for j in inputs[i])
    return counts


def _walk(derivation: Derivation, node: int, counts: list[int]) -> Iterator[tuple[Equation, Any]]:
    """Every path with its product (of numbers), depth first, operands in order; only ways that arrive are taken."""
    output = derivation.graph.output
    if not counts[output]:
        return
    inputs = derivation.graph.inputs
    path: list[tuple[int, int]] = []  # a gate and the position of the operand that the path takes
    here, position = output, 0
    while True:
        if here == node:
            yield _equation(derivation, path, node)
        operands = inputs[here] if here != node else ()
        while position < len(operands) and not counts[operands[position]]:
            position += 1
        if position < len(operands):
            path.append((here, position))
            here, position = operands[position], 0
        elif path:
            here, position = path.pop()
            position += 1
        else:
            return


def _equation(derivation: Derivation, path: list[tuple[int, int]], node: int) -> tuple[Equation, Any]:
    """A path and its product, None of Jacobians: there are some also where a tensor gate has one number, `sum(x)`."""
    assert derivation.passed is not None
    inputs, slopes, seed = derivation.graph.inputs, derivation.passed.locals, derivation.report.seed
    if derivation.report.has_arrays or not all(slopes[gate] for gate, _ in path):
        return _jacobians(derivation, path, node), None
    product: Any = seed
    for gate, position in path:
        product = product * slopes[gate][position]
    if product != product and any(slopes[gate][position] == 0 and _routes(derivation, gate) for gate, position in path):
        product = 0.0  # a gate that routes sends nothing, whatever comes from above
    symbols = joined(" · ", path, lambda edge: Partial(edge[0], inputs[edge[0]][edge[1]]))
    numbers = joined(" · ", path, lambda edge: Number(slopes[edge[0]][edge[1]]))
    if not path:
        symbols, numbers = (Grad(node),), (Number(seed),)
    elif seed != 1:
        symbols, numbers = (Grad(derivation.graph.output), " · ", *symbols), (Number(seed), " · ", *numbers)
    way = joined(" → ", [*path, (node, 0)], lambda edge: Name(edge[0]))
    return Equation(way, (symbols, numbers, (Number(product),)), ":"), product


def _jacobians(derivation: Derivation, path: list[tuple[int, int]], node: int) -> Equation:
    """`f → q → W: ∂f/∂q · ∂q/∂W`, a product of Jacobians of the sizes 1×2 · 2×4."""
    graph = derivation.graph
    symbols = joined(" · ", path, lambda edge: Partial(edge[0], graph.inputs[edge[0]][edge[1]]))
    if graph.shape(graph.output):
        symbols = (Grad(graph.output), " · ", *symbols)[: 1 if not path else None]
    way = joined(" → ", [*path, (node, 0)], lambda edge: Name(edge[0]))
    sizes = [f"{size(graph.shape(i)):,}×{size(graph.shape(graph.inputs[i][k])):,}" for i, k in path]
    return Equation(way, (symbols or (Grad(node),),), ":", shapes=" · ".join(sizes))


def _routes(derivation: Derivation, node: int) -> bool:
    gate = GATES.get(derivation.graph.gates[node])
    return gate is not None and gate.routes
