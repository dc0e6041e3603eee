"""Powers of matrices in programs that write the products of matrices without a sign: `x' A^-1 x`, `A² x`.

Whoever writes products so means by `A^2` the product A·A. Where products have their sign a power is elementwise, and so
is what a reduction takes in: `sum(W^2)` is a sum of squares.
"""

from __future__ import annotations

from backprop_cli.errors import shorten
from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import TENSOR_BY_SYNTAX, TENSORS
from backprop_cli.graph.graph import Graph
from backprop_cli.graph.rebuild import rebuild
from backprop_cli.graph.remarks import Remark
from backprop_cli.lean import Iterator

_POWER, _INVERSE = "power", "inverse"  # the families
_OF_MATRICES = "square_matrix"  # in the rule for the shape
_PYTHONS = "**"  # which is elementwise in NumPy
_MATLABS = ".^"  # which is elementwise in MATLAB, beside `*` of matrices


def read_powers(graph: Graph) -> None:
    """Make whole powers of square matrices matrix powers, if a product without a sign is one of matrices."""
    if all(graph.gates[node] != TENSOR_BY_SYNTAX["@"] for node in graph.products):
        return
    told: dict[str, Remark] = {}
    exponents: set[int] = set()
    summed = taken_in(graph)
    for node in _powers(graph):
        operand, exponent = graph.inputs[node]
        power = graph.constants.get(exponent, 0.5)
        text, base = shorten(graph.text(node)), shorten(_bare(graph.text(operand)))
        if node in summed:
            words = f"`{text}` is elementwise where its elements are added up"
        elif power % 1 == 0:
            family = _INVERSE if power == -1 else _POWER
            graph.gates[node] = next(name for name, row in TENSORS.items() if row.family == family)
            graph.inputs[node], graph.attributes[node] = (operand,), () if power == -1 else (int(power),)
            exponents.add(exponent)
            bare = base if base.isidentifier() else f"({base})"
            matrix = f"the inverse, `{graph.gates[node]}({base})`" if power == -1 else "a power of the matrix"
            words = f"read `{text}` as {matrix}; element by element it is `{bare}**{power:g}`"
        else:
            words = f"`{text}` is elementwise; there are whole powers of matrices only"
        told.setdefault(text, Remark("reading", words, *graph.span(node)))
    graph.remarks += told.values()
    if exponents:
        _leave_out(graph, exponents)


def elementwise_powers(graph: Graph) -> Iterator[Remark]:
    """A remark on the first power of a matrix that is elementwise where a matrix is taken: `tr(A²)`."""
    for node in _powers(graph):
        power = graph.constants.get(graph.inputs[node][1], 0.5)
        if power % 1 or power < 2 or not any(takes_matrices(graph, user) for user in _users(graph, node)):
            continue
        text, base = shorten(graph.text(node)), shorten(_bare(graph.text(graph.inputs[node][0])))
        gate = next(name for name, row in TENSORS.items() if row.family == _POWER)
        words = f"`{text}` is elementwise; the power of the matrix is `{gate}({base}, {power:g})`"
        yield Remark("reading", words, *graph.span(node))
        return


def _users(graph: Graph, node: int) -> list[int]:
    return [user for user, operands in enumerate(graph.inputs) if node in operands]


def takes_matrices(graph: Graph, node: int) -> bool:
    """Whether a gate is about a matrix as such: its trace, its inverse, its products."""
    row = None if graph.gates[node] in GATES else TENSORS.get(graph.gates[node])
    return row is not None and (row.family == "product" or _OF_MATRICES in row.shape)


def _leave_out(graph: Graph, constants: set[int]) -> None:
    """Take out the constants that nothing uses any more."""
    made = rebuild(graph, {}, constants)
    used = {j for operands in graph.inputs for j in operands} | {graph.output}
    made.shapes = [shape for node, shape in enumerate(graph.shapes) if node in used or node not in constants]
    for column in Graph.__slots__:
        setattr(graph, column, getattr(made, column))


def taken_in(graph: Graph) -> set[int]:
    """The nodes that reductions take in, and nothing else uses."""
    by: dict[bool, set[int]] = {True: set(), False: {graph.output}}
    for gate, operands in zip(graph.gates, graph.inputs, strict=True):
        row = None if gate in GATES else TENSORS.get(gate)
        by[row is not None and "keepdims" in row.attributes].update(operands)
    return by[True] - by[False]


def _powers(graph: Graph) -> Iterator[int]:
    """The powers of square matrices by numbers, written with `^`."""
    for node in range(len(graph)):
        if with_caret(graph, node):
            left, right = (graph.shapes[j] for j in graph.inputs[node])
            if len(left) == 2 and left[0] == left[1] and not right:
                yield node


def with_caret(graph: Graph, node: int) -> bool:
    """Whether a node is a power that is written with `^`."""
    gate = graph.gates[node]
    is_power = gate in GATES and GATES[gate].family == _POWER and len(graph.inputs[node]) == 2
    return is_power and not any(sign in _sign(graph, node) for sign in (_PYTHONS, _MATLABS))


def _bare(text: str) -> str:
    """A text without the brackets around it."""
    inner = text.removeprefix("(").removesuffix(")")
    return inner if len(inner) == len(text) - 2 and not {*"()"} & {*inner} else text


def _sign(graph: Graph, node: int) -> str:
    """What is between a power's operand and its exponent."""
    operand, exponent = graph.inputs[node]
    return graph.source.text[graph.ends[operand] : graph.starts[exponent]]
