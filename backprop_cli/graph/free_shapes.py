"""Shapes for inputs that have none: of the ways in which everything fits, the one that reads most like mathematics.

A capital letter is a matrix, a small one a vector before it is a number; an element of an array that was written out is
a number, and so is the output. A formula of sums that is tried on numbers alone would accept what is wrong of arrays.
"""

from __future__ import annotations

from copy import copy
from itertools import islice, product

from backprop_cli.errors import BackpropError
from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import TENSOR_BY_SYNTAX
from backprop_cli.graph.graph import INPUT, Graph
from backprop_cli.graph.remarks import Remark
from backprop_cli.graph.shapes import infer
from backprop_cli.graph.transposes import refuse_numbers_to_the_t
from backprop_cli.lean import Any, Iterator, Mapping, Sequence
from backprop_cli.numeric.shapes import Shape, written

_LENGTH = 3
_MOST_WORK = 200_000  # shapes inferred, of nodes
_ARRAY_OUTPUT = 100  # what a way costs that leaves no number to differentiate


def infer_free(graph: Graph, shapes: Mapping[str, Shape], free: Sequence[str], max_elements: int) -> None:
    """Infer the shapes of a graph of which the `free` inputs may have any.

    Raises BackpropError with what is wrong where they are numbers, if nothing fits.
    """
    before = _columns(graph)
    best: dict[str, Shape] = {}
    least = float("inf")
    for cost, found in _ways(graph, free):
        if cost >= least:
            break
        try:
            infer(graph, {**shapes, **found}, max_elements=max_elements)
            cost += _ARRAY_OUTPUT * bool(graph.shapes[graph.output])
        except BackpropError:
            continue
        finally:
            _restore(graph, before)
        if cost < least:
            best, least = found, cost
    infer(graph, {**shapes, **best}, max_elements=max_elements)
    if arrays := {name: shape for name, shape in best.items() if shape}:
        told = ", ".join(f"`{name}` of the shape {written(shape)}" for name, shape in arrays.items())
        words = f"tried with {told}; a binding such as `{next(iter(arrays))}=(4, 2)` says otherwise"
        graph.remarks.append(Remark("reading", words, *graph.span(graph.variables[next(iter(arrays))])))


def settle_products(graph: Graph, free: Sequence[str], max_elements: int) -> None:
    """Decide what products without a sign and powers are, where the `free` inputs are all there are; no shapes remain.

    A graph in which nothing fits stays as it is. Raises BackpropError (N202) at `x^T` of a number.
    """
    if not (graph.products or graph.dotted or TENSOR_BY_SYNTAX["transpose"] in graph.gates):
        return
    before = _columns(graph)
    try:
        infer_free(graph, dict.fromkeys(graph.variables, ()), free, max_elements)
    except BackpropError:
        _restore(graph, before)
        return
    refuse_numbers_to_the_t(graph)
    graph.shapes = []


def _columns(graph: Graph) -> dict[str, Any]:
    """A graph's columns as they are before shapes decide: which gate a node is, and which nodes there are."""
    return {name: copy(getattr(graph, name)) for name in Graph.__slots__}


def _restore(graph: Graph, before: Mapping[str, Any]) -> None:
    for name, column in before.items():
        setattr(graph, name, copy(column))


def _ways(graph: Graph, free: Sequence[str]) -> Iterator[tuple[int, dict[str, Shape]]]:
    """Shapes for the free inputs, the likeliest first, each with what it costs."""
    array = TENSOR_BY_SYNTAX["array"]
    elements = {
        j
        for gate, operands in zip(graph.gates, graph.inputs, strict=True)
        if gate == array
        for j in operands
        if graph.gates[j] == INPUT
    }
    exponents = {
        operands[1]
        for gate, operands in zip(graph.gates, graph.inputs, strict=True)
        if gate in GATES and GATES[gate].family == "power" and len(operands) == 2
    }
    ranked = []
    for name in free:
        if graph.variables[name] in elements:
            order: Sequence[Shape] = [()]
        elif graph.variables[name] in exponents:
            order = [(), (_LENGTH,), (_LENGTH, _LENGTH)]
        elif name[0].isupper():
            order = [(_LENGTH, _LENGTH), (_LENGTH,), ()]
        else:
            order = [(_LENGTH,), (), (_LENGTH, _LENGTH)]
        ranked.append(list(enumerate(order)))
    ways: Iterator[tuple[tuple[int, Shape], ...]] = product(*ranked)
    if 3 ** len(free) * len(graph) > _MOST_WORK:
        ways = islice(ways, 1)
    costs = ((sum(rank for rank, _ in way), {n: s for n, (_, s) in zip(free, way, strict=True)}) for way in ways)
    return iter(sorted(costs, key=lambda item: item[0]))
