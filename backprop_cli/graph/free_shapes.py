"""Shapes for inputs that have none: of the ways in which everything fits, the one that reads most like mathematics.

A capital letter is a matrix, a small one a vector before it is a number; an element of an array that was written out is
a number, and so is the output. A formula of sums that is tried on numbers alone would accept what is wrong of arrays.
Lengths are those of the arrays that are known.
"""

from __future__ import annotations

from copy import copy
from heapq import heappop, heappush
from itertools import product

from backprop_cli.errors import BackpropError
from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import TENSOR_BY_SYNTAX, TENSORS
from backprop_cli.graph.graph import CONSTANT, INPUT, Graph
from backprop_cli.graph.remarks import Remark
from backprop_cli.graph.shapes import infer
from backprop_cli.graph.starred_products import refuse_transposed_numbers
from backprop_cli.graph.transposes import refuse_numbers_to_the_t
from backprop_cli.lean import Any, Iterator, Mapping, MappingProxyType, Sequence
from backprop_cli.numeric.shapes import Shape, written

_LENGTH = 3
_MOST_WORK = 200_000  # shapes inferred, of nodes
_MOST_LENGTHS = 6
_RANK = 10_000  # what a less likely number of axes costs, beside a less likely length
_ARRAY_OUTPUT = 100 * _RANK  # what a way costs that leaves no number to differentiate
_NO_RANKS: Mapping[str, int] = MappingProxyType({})


class NoOtherWayError(BackpropError):
    """There is no other way to choose the shapes of inputs."""


def infer_free(
    graph: Graph,
    shapes: Mapping[str, Shape],
    free: Sequence[str],
    max_elements: int,
    *,
    ranks: Mapping[str, int] = _NO_RANKS,
    way: int = 0,
) -> None:
    """Infer the shapes of a graph of which the `free` inputs may have any; of `ranks`, with as many axes.

    Each further `way` has other numbers of axes. Raises BackpropError with what is wrong where the inputs are numbers,
    if nothing fits, and NoOtherWayError if there are not as many ways.
    """
    ways: list[dict[str, Shape]] = []
    for found in _fitting(graph, shapes, free, max_elements, ranks):
        if ways and not _is_sensible(graph, {**shapes, **found}, max_elements):
            continue
        ways.append(found)
        if len(ways) > way:
            break
    if len(ways) <= way and way:
        raise NoOtherWayError
    best = ways[way] if ways else dict.fromkeys(free, ())
    infer(graph, {**shapes, **best}, max_elements=max_elements)
    refuse_transposed_numbers(graph, free)
    if way:
        differ = [name for name in free if best[name] != ways[0][name]]
        words = f"{_told(best, differ)}; with {_told(ways[0], differ)} not all that is claimed is right"
    elif arrays := [name for name in free if best.get(name)]:
        differ = arrays
        words = f"{_told(best, arrays)}; a binding such as `{arrays[0]}=(4, 2)` says otherwise"
    elif not ways:  # too many to try them all
        differ = list(free)
        words = f"{_told(best, differ)}; a binding such as `{free[0]}=(3,)` says otherwise"
    else:
        return
    graph.remarks.append(Remark("reading", f"tried with {words}", *graph.span(graph.variables[differ[0]])))


def _told(shapes: Mapping[str, Shape], names: Sequence[str]) -> str:
    return ", ".join(
        f"`{name}` of the shape {written(shapes[name])}" if shapes[name] else f"`{name}` a number" for name in names
    )


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


def _fitting(
    graph: Graph, shapes: Mapping[str, Shape], free: Sequence[str], max_elements: int, ranks: Mapping[str, int]
) -> Iterator[dict[str, Shape]]:
    """Shapes for the free inputs with which everything fits, the likeliest first, each number of axes once.

    The inputs get their shapes one after the other, so that what does not fit together is seen at once.
    """
    before = _columns(graph)
    choices = list(_choices(graph, shapes, free, ranks))
    heap: list[tuple[int, int, int, tuple[Shape, ...], bool]] = [(0, 0, 0, (), False)]
    work = number = 0
    seen = set[tuple[int, ...]]()
    while heap and work <= _MOST_WORK:
        cost, _, _, chosen, is_done = heappop(heap)
        found = dict(zip(free, chosen, strict=False))
        if is_done:
            if (axes := tuple(map(len, chosen))) not in seen:
                seen.add(axes)
                yield found
            continue
        work += len(graph)
        try:
            infer(graph, {**shapes, **dict.fromkeys(free), **found}, max_elements=max_elements)
            penalty = _ARRAY_OUTPUT * bool(len(chosen) == len(free) and graph.shapes[graph.output])
        except BackpropError:
            continue
        finally:
            _restore(graph, before)
        if len(chosen) == len(free):
            number += 1
            heappush(heap, (cost + penalty, -len(free), number, chosen, True))
            continue
        for more, shape in choices[len(chosen)]:
            number += 1
            heappush(heap, (cost + more, -len(chosen), number, (*chosen, shape), False))


def _is_sensible(graph: Graph, shapes: Mapping[str, Shape], max_elements: int) -> bool:
    """Whether the output is a number, and no sum or norm is that of one."""
    before = _columns(graph)
    try:
        infer(graph, shapes, max_elements=max_elements)
        return not graph.shapes[graph.output] and all(
            graph.shapes[operands[0]]
            for gate, operands in zip(graph.gates, graph.inputs, strict=True)
            if len(operands) == 1 and gate in TENSORS and TENSORS[gate].syntax != "array"
        )
    finally:
        _restore(graph, before)


def _choices(
    graph: Graph, shapes: Mapping[str, Shape], free: Sequence[str], ranks: Mapping[str, int]
) -> Iterator[list[tuple[int, Shape]]]:
    """For each free input the shapes that it may have, with what each costs."""
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
    lengths = _lengths(graph, [shape for name, shape in shapes.items() if name not in free])
    for name in free:
        node = graph.variables[name]
        if name in ranks:
            order = [ranks[name]]
        elif node in elements:
            order = [0]
        elif node in exponents:
            order = [0, 1, 2]
        else:
            order = [2, 1, 0] if name[0].isupper() else [1, 0, 2]
        yield [
            (rank * _RANK + sum(map(lengths.index, shape)), shape)
            for rank, axes in enumerate(order)
            for shape in product(lengths, repeat=axes)
        ]


def _lengths(graph: Graph, known: Sequence[Shape]) -> list[int]:
    """How long the axes of what has no shape may be: as those of known arrays, of which 1 is the least likely."""
    array = TENSOR_BY_SYNTAX["array"]
    written_out = [(len(operands),) for gate, operands in zip(graph.gates, graph.inputs, strict=True) if gate == array]
    constant = [
        getattr(graph.constants[node], "shape", ()) for node, gate in enumerate(graph.gates) if gate == CONSTANT
    ]
    found = dict.fromkeys(length for shape in (*known, *written_out, *constant) for length in shape if length)
    return sorted(found, key=lambda length: length == 1)[:_MOST_LENGTHS] or [_LENGTH]
