"""Products of arrays that were written `*`: elementwise, unless the text is MATLAB's or Julia's, where `.*` is that."""

from __future__ import annotations

from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import REDUCTION_OF, TENSOR_BY_SYNTAX, TENSORS
from backprop_cli.graph.graph import Graph
from backprop_cli.graph.matrix_powers import takes_matrices
from backprop_cli.graph.readings import operand_text
from backprop_cli.graph.remarks import Remark
from backprop_cli.graph.subgraphs import enclosing
from backprop_cli.language.spellings import ALONG_DIMENSIONS
from backprop_cli.lean import Collection, Iterator
from backprop_cli.numeric.shapes import Shape

_STAR = "*"
_SUMS = ALONG_DIMENSIONS | {*REDUCTION_OF.values()}
_DOTS = ("·", "⋅", "\\cdot")
_LINEAR = ("transpose", "inverse")  # families


def unlike_matlab(graph: Graph) -> Iterator[Remark]:
    """Remarks on the first sum of a matrix and the first quotient by one, beside `.^` or `.*`: MATLAB's are others."""
    import re

    if not re.search(r"(?:\b[A-Za-z_]\w*|[)\]'])\.[*/^]", graph.source.text):  # `1./x` is Python's
        return
    told: set[bool] = set()
    for node, operands in enumerate(graph.inputs):
        gate, shapes = graph.gates[node], [graph.shape(j) for j in operands]
        is_sum = node in graph.attributes and gate in _SUMS and not graph.shapes[node]
        if is_sum and len(shapes[0]) == 2 and min(shapes[0]) > 1:
            shown = shorten(graph.text(node))
            words = f"`{shown}` is over all elements, as in Julia; MATLAB's is over each column: `axis=0`"
        elif gate in GATES and GATES[gate].symbol == "/" and list(map(len, shapes)) == [2, 2]:
            if "./" in (text := graph.text(node)):
                continue
            one, other = (shorten(operand_text(graph, j)) for j in operands)
            words = f"`{shorten(text)}` is elementwise; MATLAB's is `{one} @ inv({other})`"
        else:
            continue
        if is_sum not in told:
            told.add(is_sum)
            yield Remark("reading", words, *graph.span(node))


def is_elementwise(graph: Graph, node: int, shapes: list[Shape], rows: set[int]) -> bool:
    """Whether a product that was written `*` beside `.^` is elementwise all the same: of two vectors as they are."""
    return (
        _is_starred(graph, node) and [len(shape) for shape in shapes] == [1, 1] and rows.isdisjoint(graph.inputs[node])
    )


def starred_products(graph: Graph) -> Iterator[Remark]:
    """A remark on the first `A*x` that is a matrix product, and on the first that is none though the shapes fit."""
    read = next((node for node in graph.dotted if node in graph.attributes and _is_starred(graph, node)), -1)
    if read >= 0:
        text = shorten(graph.text(node := read))
        one, other = (shorten(operand_text(graph, j)) for j in graph.inputs[node])
        words = f"`{text}` is the matrix product, as in MATLAB and Julia; elementwise it is `{one} .* {other}`"
        yield Remark("reading", words, *graph.span(node))
    for node in graph.dotted:
        if node not in graph.attributes and _is_starred(graph, node) and graph.shape(node):
            one, other = (operand_text(graph, j) for j in graph.inputs[node])
            if all(len(graph.shape(j)) == 1 for j in graph.inputs[node]):
                text = shorten(graph.text(node))
                words = f"`{text}` of two vectors is elementwise; the inner product is `{one}' * {other}`"
                yield Remark("reading", words, *graph.span(node))
                return
    around = enclosing(graph, outputs=True) if graph.subgraphs else []
    taken = {j for user, operands in enumerate(graph.inputs) if takes_matrices(graph, user) for j in operands}
    for node, operands in enumerate(graph.inputs):
        gate = graph.gates[node]
        if len(operands) != 2 or gate not in GATES or GATES[gate].symbol != _STAR or not _fit(graph, node, taken):
            continue
        if around and around[node] >= 0 and not graph.subgraphs[around[node]].title:
            continue  # what is inside of a call was written elsewhere
        one, other = (shorten(operand_text(graph, j)) for j in operands)
        left, right = (graph.shapes[j] for j in operands)
        how = ": every row times the vector" if len(left) == 2 and len(right) == 1 else ""
        words = f"`{shorten(graph.text(node))}` is elementwise{how}; the matrix product is `{one} @ {other}`"
        yield Remark("reading", words, *graph.span(node))
        return


def writes_products_starred(graph: Graph) -> bool:
    """Whether `*` is the matrix product in a text, since `.*` or `.^` is in it."""
    return any(_is_starred(graph, node) for node in graph.dotted)


def refuse_transposed_numbers(graph: Graph, free: Collection[str]) -> None:
    """Raise BackpropError (S112) at `x'*A*x` of names without a value that can be nothing but numbers, as `*` is read.

    For numbers a claim may be right that is wrong for a vector and a matrix.
    """
    inputs = {graph.variables[name] for name in free if name in graph.variables}
    transposed = {
        node
        for node, gate in enumerate(graph.gates)
        if gate == TENSOR_BY_SYNTAX["transpose"] and not graph.shape(node) and graph.inputs[node][0] in inputs
    }
    for node, operands in enumerate(graph.inputs):
        gate = graph.gates[node]
        if gate in GATES and GATES[gate].symbol == _STAR and not transposed.isdisjoint(operands):
            one, other = (operand_text(graph, j) for j in operands)
            message = f"`{shorten(graph.text(node))}` has a transpose, and `*` is elementwise"
            help_ = f"write `{one} @ {other}`, with `@` for every matrix product; of numbers leave out `'`"
            raise BackpropError(Diagnostic("S112", message, (graph.label(node),), help_))


def _fit(graph: Graph, node: int, taken: set[int]) -> bool:
    """Whether the operands of an elementwise product would fit a matrix product that is another array.

    `taken` are what gates take that are about a matrix as such.
    """
    left, right = (graph.shapes[j] for j in graph.inputs[node])
    if not (left and right and max(len(left), len(right)) == 2 and min(len(left), len(right)) > 0):
        return False
    if left[-1] != right[0] or left[-1] == 1 or max(*left, *right) == 1:
        return False
    is_usual = left == right or len(left) == 1  # in NumPy: `A*B`, and `gamma*x` of rows
    return not is_usual or node in taken or _is_linear_algebra(graph, node)


def _is_linear_algebra(graph: Graph, node: int) -> bool:
    """Whether an operand of an elementwise product is a transpose or an inverse."""
    rows = [TENSORS.get(graph.gates[j]) for j in graph.inputs[node]]
    return any(row is not None and row.family in _LINEAR for row in rows)


def _is_starred(graph: Graph, node: int) -> bool:
    """Whether a product that is written `·` here was typed `*`."""
    text = graph.text(node)
    return _STAR in text and not any(sign in text for sign in _DOTS)
