"""Shapes over the columns, before anything runs: what does not fit is said in terms of the text, and so is what is
too large.

What depends on shapes is settled here too: whether a product without a sign is a matrix product, whether `max(x)`
reduces an array, which axes an `axis` means, and the seeds of random numbers.
"""

from __future__ import annotations

import re

from backprop_cli.errors import BackpropError, Diagnostic, Label, shorten
from backprop_cli.gates import GATES
from backprop_cli.gates.fields import SHAPES
from backprop_cli.gates.tensors import REDUCTION_OF, TENSOR_BY_SYNTAX, TENSORS
from backprop_cli.graph.graph import CONSTANT, DERIVATIVE, INPUT, Graph
from backprop_cli.graph.matrix_powers import elementwise_powers, read_powers
from backprop_cli.graph.readings import read_products
from backprop_cli.graph.remarks import Remark
from backprop_cli.graph.starred_products import is_elementwise, starred_products, unlike_matlab
from backprop_cli.graph.subgraphs import enclosing, inside_of
from backprop_cli.graph.transposes import vectors_transposed
from backprop_cli.language.parser import MOST_ERRORS
from backprop_cli.lean import Iterator, Mapping
from backprop_cli.numeric.shapes import MOST_AXES, Shape, ShapeProblem, axes, broadcast, size, written
from backprop_cli.text import bytes_written

_BYTES = 8
_BARS_AND_TWO = re.compile(r"(?:\\\||\|\||‖|\\rVert|\\Vert)\s*(?:_\s*\{?\s*2\b|₂)")
_CALLED_LARGEST = "max(svdvals(A))"
_CALLED = {reduction: name for name, reduction in REDUCTION_OF.items()}  # amax is written max


def infer(
    graph: Graph, shapes: Mapping[str, Shape | None], *, seed: int = 0, stream: str = "", max_elements: int
) -> None:
    """Fill in `graph.shapes` where the inputs have the given ones.

    `seed` and `stream` (a binding's name) decide what random gates will give. Of inputs that have None, and of what is
    made of them, it is not asked, and nothing is filled in. Raises BackpropError with every clash of
    shapes (V309), or if the values of all nodes together have more than `max_elements` elements (L701).
    """
    wrong: list[Diagnostic] = []
    found: list[Shape | None] = []  # None: of a node whose operands did not fit
    shape_of_input = {node: shapes[name] for name, node in graph.variables.items()}
    dotted = {*graph.dotted}
    products = {*graph.products, *dotted}
    rows: set[int] = set()  # vectors that are transposed, and what is made of them
    randoms = 0
    for node, gate in enumerate(graph.gates):
        if gate == INPUT:
            found.append(shape_of_input[node])
            continue
        if gate == CONSTANT:
            found.append(getattr(graph.constants[node], "shape", ()))
            continue
        operands = [found[j] for j in graph.inputs[node]]
        if None in operands:
            found.append(None)
            continue
        known: list[Shape] = operands  # type: ignore[assignment]  # none of them is None
        if node in products and all(known) and not (node in dotted and is_elementwise(graph, node, known, rows)):
            gate = graph.gates[node] = TENSOR_BY_SYNTAX["x yᵀ" if _is_outer(graph, node, known, rows) else "@"]
            graph.attributes[node] = ()
        elif gate in REDUCTION_OF and len(known) == 1 and known[0]:
            gate = graph.gates[node] = REDUCTION_OF[gate]
            graph.attributes[node] = (None, False)
        try:
            if gate == DERIVATIVE:
                shape = _of_derivative(known)
            elif gate in GATES:
                shape = broadcast(known)
            else:
                shape = _of_tensor(graph, node, known)
                if TENSORS[gate].random:
                    from zlib import crc32

                    state = seed % 2**32, seed >> 32, crc32(stream.encode()), randoms
                    own = sum(bool(parameter.kind) for parameter in TENSORS[gate].parameters)  # shapes may be known
                    graph.attributes[node] = (*graph.attributes[node][:own], state)
                    randoms += 1
            found.append(shape)
            if products and _is_row(graph, node, shape, rows):
                rows.add(node)
        except ShapeProblem as problem:
            found.append(None)
            wrong.append(_clash(graph, node, known, problem))
            if len(wrong) == MOST_ERRORS:
                break
    if wrong:
        raise BackpropError(*wrong)
    if None in shapes.values():
        return
    graph.shapes = [shape for shape in found if shape is not None]
    _afford(graph, max_elements)
    graph.products = sorted({*graph.products, *(node for node in graph.dotted if node in graph.attributes)})
    read_powers(graph)
    if graph.products:
        graph.remarks = [remark for remark in graph.remarks if not remark.of_products]
        graph.remarks += [remark for remark in (read_products(graph),) if remark]
    for remarks in (
        vectors_transposed,
        elementwise_powers,
        _softmax_of_softmax,
        _columns_beside_vectors,
        starred_products,
        unlike_matlab,
        _not_what_numpy_does,
    ):
        graph.remarks += remarks(graph)


def _is_outer(graph: Graph, node: int, known: list[Shape], rows: set[int]) -> bool:
    """Whether a product without a sign is that of a column and a row: `q xᵀ`."""
    left, right = graph.inputs[node]
    return right in rows and left not in rows and list(map(len, known)) == [1, 1]


def _is_row(graph: Graph, node: int, shape: Shape, rows: set[int]) -> bool:
    """Whether a vector is a row to those who write products without a sign: transposed, or such a one in sums, or times
    numbers or a matrix.
    """
    if len(shape) != 1:
        return False
    operands, gate = graph.inputs[node], graph.gates[node]
    if gate == TENSOR_BY_SYNTAX["transpose"]:
        return operands[0] not in rows
    return not rows.isdisjoint(operands if gate in GATES else operands[: gate == TENSOR_BY_SYNTAX["@"]])


def _of_derivative(known: list[Shape]) -> Shape:
    """That of what it is taken by, of which only one may be an array."""
    if known[0]:
        help_ = "wrap it, as in `sum(…)`; the Jacobian of an array: `backprop jacobian`"
        raise ShapeProblem(
            f"a derivative is that of one number, and this has the shape {written(known[0])}", (0,), help_
        )
    by = [shape for shape in known[1:] if shape] or [()]
    if len(by) > 1:
        help_ = "`backprop hessian` has the second derivatives with respect to all elements"
        raise ShapeProblem("a second derivative by the elements of arrays is a matrix", (), help_)
    return by[0]


def _of_tensor(graph: Graph, node: int, shapes: list[Shape]) -> Shape:
    """The shape of a tensor gate's value; its axes are made definite on the way."""
    row = TENSORS[graph.gates[node]]
    attributes = list(graph.attributes[node])
    for k, p in enumerate(q for q in row.parameters if q.kind):
        if p.kind == "axes":
            new = (1,) if row.family == "join" else ()
            if row.family == "order" and isinstance(attributes[k], tuple) and 1 < len(attributes[k]) < len(shapes[0]):
                raise ShapeProblem(f"`{row.name}` goes along one axis, such as `axis=0`, or over all elements in order")
            try:
                attributes[k] = axes((*shapes[0], *new), attributes[k])
            except ShapeProblem as problem:
                raise ShapeProblem(
                    f"`{_CALLED.get(row.name, row.name)}`: {problem}", problem.operands, problem.help
                ) from None
    graph.attributes[node] = tuple(attributes)
    if list(map(len, shapes)) == [2] and min(shapes[0]) > 1 and _is_spectral(graph, node):
        help_ = f"write `{_CALLED_LARGEST}`; with `_F` or nothing it is the root of the sum of squares"
        raise ShapeProblem("of a matrix, the norm with a 2 is its largest singular value", (), help_)
    if row.syntax == "array" and len(shapes[0]) > 1 and (rows := _rows(graph, node)):
        help_ = f"one below the other: `concat({rows})`; along a new axis: `[{rows}]`"
        raise ShapeProblem("`;` separates rows of numbers, and these are arrays", (), help_)
    shape: Shape = SHAPES.shape[row.name](shapes, graph.attributes[node])
    if len(shape) > MOST_AXES:
        raise ShapeProblem(f"more than {MOST_AXES} axes")
    return shape


def _is_spectral(graph: Graph, node: int) -> bool:
    """Whether a norm is written with bars and a 2, which of a vector is the length."""
    start, end = graph.span(node)
    return bool(_BARS_AND_TWO.search(graph.source.text[max(start, end - 9) : end + 5]))


def _clash(graph: Graph, node: int, shapes: list[Shape], problem: ShapeProblem) -> Diagnostic:
    """The gate that cannot work, with the operands it cannot work with underlined, each with its shape."""
    labels = [
        operand_label(graph, node, position)._replace(text=written(shapes[position]))
        for position in dict.fromkeys(problem.operands)
        if position < len(shapes)
    ]
    whole = graph.label(node)
    message = str(problem)
    if len(labels) > 1 and labels[0][1:3] == labels[1][1:3]:
        labels = [whole]
    if len(problem.operands) == 2 and max(problem.operands) < len(shapes) and " shape (" not in message:
        message += f": {' and '.join(written(shapes[k]) for k in problem.operands)}"
    row = GATES.get(graph.gates[node]) or TENSORS.get(graph.gates[node])
    if row is not None and not message.startswith("`"):
        message = f"`{row.symbol or row.name}`: {message}"
    return Diagnostic("V309", message + inside_of(graph, node), tuple(labels) or (whole,), problem.help)


def operand_label(graph: Graph, node: int, position: int) -> Label:
    """Where a node's operand is written: inside the node's own text, by name if it has one, otherwise its own place."""
    j = graph.inputs[node][position]
    start, end = graph.span(node)
    if start <= graph.starts[j] and graph.ends[j] <= end and graph.gates[j] != INPUT:
        return graph.label(j)
    name = graph.names.get(j) or next((n for n, k in graph.variables.items() if k == j), "")
    mentions = [m.span() for m in re.finditer(rf"\b{re.escape(name)}\b", graph.source.text[start:end])] if name else []
    if mentions:
        begin, stop = mentions[0 if position == 0 else -1]
        return Label(graph.source, start + begin, start + stop)
    return graph.label(j)


def unfit_value(graph: Graph, node: int, problem: ValueError) -> Exception:
    """The error for a value that a tensor gate cannot work with (a ValueProblem); any other problem as it is."""
    if not hasattr(problem, "operand"):
        return problem
    label = operand_label(graph, node, problem.operand)
    return BackpropError(Diagnostic("V311", f"`{graph.gates[node]}`: {problem}", (label,)))


def _afford(graph: Graph, max_elements: int) -> None:
    sizes = [size(shape) for shape in graph.shapes]
    if sum(sizes) <= max_elements:
        return
    node = max(range(len(sizes)), key=sizes.__getitem__)
    shown = shorten(graph.text(node))
    message = f"the values have {sum(sizes):,} elements ({bytes_written(sum(sizes) * _BYTES)}), most of them `{shown}`"
    label = graph.label(node, written(graph.shapes[node]))
    help_ = f"the limit is {max_elements:,}; `--max-elements` raises it"
    raise BackpropError(Diagnostic("L701", message, (label,), help_))


def _columns_beside_vectors(graph: Graph) -> list[Remark]:
    """A remark on the first column beside a vector of as many elements, which broadcasting makes a square of."""
    for node, operands in enumerate(graph.inputs):
        if len(operands) == 2 and graph.gates[node] in GATES and len(graph.shapes[node]) == 2:
            one, other = sorted((graph.shapes[j] for j in operands), key=len)
            if len(one) == 1 and one[0] > 1 and other == (one[0], 1):
                text = shorten(graph.text(node))
                square = written(graph.shapes[node])
                words = f"`{text}`: a column {written(other)} beside a vector {written(one)} makes {square}"
                return [Remark("reading", f"{words}; as vectors both have the shape {written(one)}", *graph.span(node))]
    return []


def _rows(graph: Graph, node: int) -> str:
    """What the rows of an array would be as operands, where `;` separates rows that have arrays in them."""
    rows = graph.inputs[node]
    if len(rows) < 2 or any(TENSORS[gate].syntax != "array" for j in rows if (gate := graph.gates[j]) in TENSORS):
        return ""
    between = graph.source.text[graph.ends[rows[0]] : graph.starts[rows[1]]]
    if between.strip() != ";":
        return ""
    return ", ".join(f"concat({graph.text(j)}, axis=1)" if len(graph.inputs[j]) > 1 else graph.text(j) for j in rows)


def _not_what_numpy_does(graph: Graph) -> Iterator[Remark]:
    """Remarks on the first `a × b`, `max(A, 1)` that is no axis, and `A^-1` that is no inverse."""
    told: set[str] = set()
    around = enclosing(graph, outputs=True) if graph.subgraphs else []
    for node, operands in enumerate(graph.inputs):
        gate = graph.gates[node]
        if len(operands) != 2 or gate not in GATES or gate in told:
            continue
        if around and around[node] >= 0 and not graph.subgraphs[around[node]].title:
            continue  # what is inside of a call was written elsewhere
        (left, right), text = (graph.shapes[j] for j in operands), shorten(graph.text(node))
        words = ""
        if GATES[gate].symbol == "*" and left == right == (3,) and "×" in text:
            words = f"`{text}` is elementwise; no gate is a cross product"
        elif GATES[gate].family == "power" and len(left) == 2 and left[0] == left[1] and not right:
            power = graph.constants.get(operands[1], 0.0)
            one = shorten(graph.text(operands[0]))
            if power < 0:
                words = f"`{text}` is elementwise; the inverse of the matrix is `inv({one})`"
        elif gate in REDUCTION_OF and len(left) > 1 and graph.gates[operands[1]] == CONSTANT and not right:
            axis = graph.constants[operands[1]]
            if axis and axis % 1 == 0 and -len(left) <= axis < len(left):
                one = shorten(graph.text(operands[0]))
                words = f"`{text}` compares every element with {axis:g}; along an axis: `{gate}({one}, axis={axis:g})`"
        if words:
            told.add(gate)
            yield Remark("reading", words, *graph.span(node))


def _softmax_of_softmax(graph: Graph) -> Iterator[Remark]:
    """A remark on a loss that takes scores and is given what a softmax made of them."""
    for node, gate in enumerate(graph.gates):
        row = TENSORS.get(gate) if node in graph.attributes else None
        if row is None or row.family != "loss of scores":
            continue
        if graph.gates[graph.inputs[node][0]] == "softmax":  # that of its logarithm is itself
            words = f"`{gate}` takes the scores and has a softmax in it: this is the softmax of a softmax"
            words += "; of probabilities p the cross-entropy is `-sum(y*log(p))`"
            yield Remark("reading", words, *graph.span(node))
