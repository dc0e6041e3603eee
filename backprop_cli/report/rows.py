"""The rows of a report: a node as a reader sees it, read from the columns of a finished pass."""

from __future__ import annotations

from backprop_cli.engine.passes import Backward
from backprop_cli.gates import GATES
from backprop_cli.graph import CONSTANT, Graph, Value
from backprop_cli.graph.ancestors import uses
from backprop_cli.graph.names import node_names
from backprop_cli.graph.subgraphs import View, enclosing
from backprop_cli.lean import Iterator, NamedTuple
from backprop_cli.numeric.shapes import Shape
from backprop_cli.text import without_negative_zeros


class Row(NamedTuple):
    """A node as a reader sees it.

    `locals` has one number an operand, None where no gradient was asked for. `grad` is d output / d node, None
    where it was not asked for or there was no backward pass.

    An array has a `shape` that is not (), a value and a grad of that shape, and `locals` that are the diagonals of
    Jacobians; a tensor gate has no `locals` but `rules`: what it sends to each operand, in words.

    `subgraph` is the call of a user's gate (`sig1`) that the node is, or that it is inside of.
    """

    id: int
    name: str
    written: str
    gate: str
    inputs: tuple[int, ...]
    operands: tuple[str, ...]
    value: Value
    truth: bool
    locals: tuple[Value | None, ...]
    grad: Value | None
    span: tuple[int, int]
    shape: Shape = ()
    rules: tuple[str | None, ...] = ()
    subgraph: str = ""

    @property
    def module(self) -> str:
        """The name that `subgraph` had until 0.2."""
        return self.subgraph


class SubgraphRow(NamedTuple):
    """A call of a user's gate, what it is within, its operands and its output, how many nodes it is made of.

    A turn of a loop has a `title`, and may have more outputs than one.
    """

    label: str
    name: str
    within: str | None
    parameters: tuple[str, ...]
    operands: tuple[int, ...]
    output: int
    nodes: int
    expanded: bool
    title: str = ""
    outputs: tuple[int, ...] = ()


class Columns(NamedTuple):
    """What a report's rows are read from. Not part of the interface.

    Where calls of the user's gates are `folded`, `hidden` marks what is inside of them, the other columns have each as
    one node, and `whole` is how they were before.
    """

    graph: Graph
    values: list[Value]
    passed: Backward | None
    active: bytearray
    hidden: bytearray = bytearray()
    folded: tuple[View, ...] = ()
    whole: Columns | None = None

    @property
    def shown(self) -> list[int]:
        """The ids of the nodes that are shown."""
        count = len(self.values)
        return [node for node in range(count) if not self.hidden[node]] if self.hidden else list(range(count))


def node_rows(columns: Columns, *, constants: bool = True) -> Iterator[Row]:
    """The nodes in order; `constants=False` leaves the constants out."""
    from backprop_cli.report.names import rules, written

    graph, values, passed, active, hidden, folded, _ = columns
    names = node_names(graph)
    counts = uses(graph) if graph.attributes else []
    around = enclosing(graph) if graph.subgraphs else []
    labels = {view.subgraph.output: view.subgraph.label for view in folded}
    turns = {view.subgraph.output for view in folded if view.subgraph.title}
    for node, gate in enumerate(graph.gates):
        if (gate == CONSTANT and not constants) or (hidden and hidden[node]):
            continue
        operands = graph.inputs[node]
        slopes: tuple[Value | None, ...] = (None,) * len(operands) if passed is not None else ()
        said: tuple[str | None, ...] = ()
        grad = None
        if passed is not None and active[node]:
            grad = gradient_at(graph, passed, node)
            if passed.locals[node]:
                slopes = tuple(
                    slope if active[j] else None for j, slope in zip(operands, passed.locals[node], strict=True)
                )
            elif node in graph.attributes and node not in turns:
                texts = rules(graph, node, names, counts)
                said = tuple(text if active[j] else None for j, text in zip(operands, texts, strict=True))
        is_inside = bool(around) and around[node] >= 0
        yield Row(
            id=node,
            name=names[node],
            written=written(graph, node, names),
            gate=gate,
            inputs=operands,
            operands=tuple(names[j] for j in operands),
            value=values[node],
            truth=gate in GATES and GATES[gate].truth,
            locals=slopes,
            grad=grad,
            span=(graph.starts[node], graph.ends[node]),
            shape=graph.shape(node),
            rules=said,
            subgraph=labels.get(node) or (graph.subgraphs[around[node]].label if is_inside else ""),
        )


def subgraph_rows(columns: Columns) -> Iterator[SubgraphRow]:
    """The sub-graphs that are shown, folded or not, those around others first."""
    subgraphs = columns.graph.subgraphs
    folded = {view.subgraph.label for view in columns.folded}
    closed: list[bool] = []
    for call in subgraphs:
        inside = call.parent >= 0 and closed[call.parent]
        closed.append(inside or call.label in folded)
        if not inside:
            within = subgraphs[call.parent].label if call.parent >= 0 else None
            count = call.last - call.first
            yield SubgraphRow(
                call.label, call.name, within, call.parameters, call.operands, call.output, count, not closed[-1],
                call.title, call.outputs,
            )  # fmt: skip


def gradient_at(graph: Graph, passed: Backward, node: int) -> Value:
    """d output / d node; zeros of the node's shape where nothing flows."""
    grad = passed.grads[node]
    if grad is not None:
        return without_negative_zeros(grad)
    return zeros_of(graph.shape(node))


def zeros_of(shape: Shape) -> Value:
    """0, or an array of zeros."""
    if not shape:
        return 0.0
    from backprop_cli.numeric.reductions import zeros

    return zeros(shape)
