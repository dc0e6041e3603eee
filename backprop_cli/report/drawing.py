"""A report drawn as a Figure: which nodes, what stands at them and at their wires, in which step that is known."""

from __future__ import annotations

from backprop_cli.engine.passes import quiet
from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph import CONSTANT, INPUT, Graph
from backprop_cli.graph.names import node_names
from backprop_cli.lean import Any, Collection, Iterator
from backprop_cli.report.blocks import block
from backprop_cli.report.contributions import contributions
from backprop_cli.report.figure import EDGES, MOST_NODES, DrawnSubgraph, Edge, Figure, Moments, Node, Number
from backprop_cli.report.model import Report
from backprop_cli.report.moments import moments
from backprop_cli.report.parts import CALLED
from backprop_cli.report.rows import Row
from backprop_cli.report.visible import constants_inside, distances, owners, with_constant

_LABELS = "labels"  # the operand of losses that is class numbers
_COLLAPSED = 100  # nodes that may become one


def figure(
    report: Report,
    number: Number,
    *,
    edges: str = "grad",
    depth: int | None = None,
    collapse: bool = False,
    most: int = MOST_NODES,
) -> Figure:
    """The whole drawing of a report, numbers as `number` writes them.

    `edges` is one of EDGES: gradients, local gradients, both or none; `depth` cuts the graph off that many gates
    behind the output; `collapse` makes each named intermediate a folded sub-graph of the gates that only it uses.
    Raises BackpropError (L701) where more than `most` nodes would be drawn, ValueError where `edges` is none of EDGES.
    """
    if edges not in EDGES:
        message = f"edges are one of {', '.join(EDGES)}, not {edges!r}"
        raise ValueError(message)
    return _Drawing(report, number, edges, depth, collapse=collapse, most=most).figure()


class _Drawing:
    def __init__(
        self, report: Report, number: Number, edges: str, depth: int | None, *, collapse: bool, most: int
    ) -> None:
        self.report, self.number, self.shows = report, number, edges
        if report.kind == "eval":  # no gradient was asked for, nor are there local ones
            self.shows = "none"
        self.graph: Graph = report.columns.graph
        self.valued = report.kind != "structure"
        self.distances = distances(self.graph, depth) if depth is not None else {}
        kept: Collection[int] = self.distances if depth is not None else report.columns.shown
        self.depth = depth
        # Constants drawn inside gates save half of the nodes at most, intermediates that are collapsed most of them.
        if len(kept) > most * (_COLLAPSED if collapse else 2):
            raise _too_large(len(kept), most)
        self.names = node_names(self.graph)
        self.inside = constants_inside(self.graph, kept, self.names)
        self.owners = owners(self.graph, kept) if collapse else {}
        count = len(set(self.owners.values())) if collapse else len(kept) - len(self.inside)
        if count > most:
            raise _too_large(count, most)
        self.rows = {row.id: row for row in report.rows() if row.id in kept and row.id not in self.inside}
        self.labels = self._labels()
        self.texts = [""] * len(self.graph)
        self.sent = contributions(report.columns) if report.columns.passed is not None else None

    def figure(self) -> Figure:
        """Nodes and edges, then the steps in which their texts become known."""
        rows, report = self.rows, self.report
        for node in self.inside:
            self.texts[node] = self.names[node]
        for node, row in rows.items():
            self.texts[node] = self._value(row)
        gates = [row for row in rows.values() if row.inputs and not self._cut(row.id)]
        computed = {row.id: step for step, row in enumerate(gates, 1)}
        sending = [row for row in reversed(gates) if self._flows(row)]
        sent = {row.id: step for step, row in enumerate(sending, 2)}
        edges = [edge for row in gates for edge in self._edges(row, sent.get(row.id, 0))]
        last = 1 + len(sending)
        reached = dict.fromkeys(rows, 0)
        for edge in edges:
            reached[edge.source] = max(reached[edge.source], edge.sent)
        nodes = []
        for row in rows.values():
            step = 1 if row.id == self.graph.output else reached[row.id] or last
            known = row.grad is not None and self.shows in ("grad", "both") and row.id not in self.labels
            nodes.append(self._node(row, computed.get(row.id, 0), step if row.grad is not None else 0, known))
        output = report.output
        text = " ".join(report.source.text[slice(*report.output_span)].split())
        return Figure(
            subject=output if text == output else f"{output} = {shorten(text, 160)}",
            value=self.texts[self.graph.output],
            program=report.source.text.strip(),
            output=output,
            nodes=tuple(nodes),
            edges=tuple(edge if self.shows in ("grad", "both") else _silent(edge) for edge in self._together(edges)),
            subgraphs=tuple(self._subgraphs()),
            moments=Moments(lambda: moments(report, self.number, gates, sending, edges)) if self.valued else (),
            valued=self.valued,
            shows=self.shows,
            notice=self._notice(),
        )

    def _labels(self) -> set[int]:
        """Inputs that only say which class is right: their gradient is 0 whatever they are, so they show none."""
        labels: set[int] = set()
        others: set[int] = set()
        for row in self.rows.values():
            tensor = TENSORS.get(row.gate)
            for operand, source in enumerate(row.inputs):
                named = tensor is not None and tensor.operands[operand : operand + 1] == (_LABELS,)
                are_numbers = self.graph.shape(source) != self.graph.shape(row.inputs[0])
                (labels if named and are_numbers else others).add(source)
        return {node for node in labels - others if self.graph.gates[node] == INPUT}

    def _subgraphs(self) -> Iterator[DrawnSubgraph]:
        """A folded sub-graph for each named intermediate, called what the source says it is."""
        members: dict[int, list[int]] = {}
        for node, owner in self.owners.items():
            if node in self.rows:
                members.setdefault(owner, []).append(node)
        for owner, nodes in members.items():
            if len(nodes) > 1:
                text = self.report.source.text[slice(*self.rows[owner].span)]
                yield DrawnSubgraph(owner, " ".join(text.split()), tuple(nodes), folded=True)

    def _notice(self) -> str:
        hidden = self.report.node_count - len(self.rows) - len(self.inside)
        said = [f"{hidden:,} nodes further back are not shown"] if hidden else []
        if self.report.kind == "eval" and self.graph.shape(self.graph.output):
            said.append("an array has gradients only with `--seed-grad`, the one that arrives at it")
        return "; ".join(said)

    def _cut(self, node: int) -> bool:
        """Whether a node is the stub of what lies behind it."""
        return self.depth is not None and self.distances.get(node, 0) >= self.depth and bool(self.graph.inputs[node])

    def _value(self, row: Row) -> str:
        if not self.valued:
            return ""
        if row.truth and not row.shape:
            return "true" if row.value else "false"
        text = self._brief(row.value)
        return text if not row.shape or text.startswith("[") else str(row.shape)

    def _brief(self, number: Any) -> str:
        """A number as it stands at a wire: of an array its elements, if they are few, or its range."""
        return self.number(number, brief=True)

    def _flows(self, row: Row) -> bool:
        """Whether a gradient arrives at a gate, be it 0, and is asked for behind it."""
        passed, active = self.report.columns.passed, self.report.columns.active
        arrives = passed is not None and passed.grads[row.id] is not None
        return arrives and row.grad is not None and any(active[operand] for operand in row.inputs)

    def _node(self, row: Row, computed: int, reached: int, known: bool) -> Node:
        kind = row.gate if row.gate in (INPUT, CONSTANT) else "gate"
        operation = row.name
        if self._cut(row.id):
            kind, operation = "stub", "…"
        elif row.inputs:
            kind = "output" if row.id == self.graph.output else "gate"
            operation = self._operation(row)
        return Node(
            id=row.id,
            name=row.name,
            operation=operation,
            written=row.written,
            kind=kind,
            value=self.texts[row.id],
            grad=self._brief(row.grad) if known else "",
            computed=computed,
            reached=reached,
            ordered=row.gate not in GATES or not GATES[row.gate].symmetric,
            value_block=block(row.value, self.number) if self.valued and kind != CONSTANT else None,
            grad_block=block(row.grad, self.number) if known else None,
        )

    def _operation(self, row: Row) -> str:
        """What stands inside a gate."""
        for operand in row.inputs:
            if operand in self.inside:
                return with_constant(self.graph, row.id, operand, self.names)
        if row.gate in GATES:
            gate = GATES[row.gate]
            return f"{gate.prefix}x" if gate.prefix else gate.symbol or gate.name
        tensor = TENSORS.get(row.gate)
        if tensor is not None and tensor.family == "places":  # the attributes say what happens
            return row.written
        return (tensor.symbol if tensor else "") or CALLED.get(row.gate, row.gate)

    def _edges(self, row: Row, step: int) -> list[Edge]:
        """The wires that arrive at a gate. Along a tensor gate's there is no slope to show, only what it sends."""
        slopes = row.locals or (None,) * len(row.inputs)
        cut = row.gate in GATES and GATES[row.gate].family == "cut"
        made = []
        for operand, (source, slope) in enumerate(zip(row.inputs, slopes, strict=True)):
            if source in self.inside:
                continue
            local = self._brief(slope) if self.shows in ("local", "both") else ""
            flows = step and self.report.columns.active[source] and source not in self.labels
            grad = self._sent(row.id, operand) if flows else ""
            made.append(Edge(source, row.id, operand, self.texts[source], local, grad, step if flows else 0, cut=cut))
        return made

    def _together(self, edges: list[Edge]) -> list[Edge]:
        """The wires, those that are one when gates are collapsed with the sum of what flows back along them."""
        totals: dict[tuple[int, int], Any] = {}
        wires = [(edge.source, self.owners.get(edge.target, edge.target)) for edge in edges]
        for edge, wire in zip(edges, wires, strict=True):
            sent = self.sent(edge.target, edge.operand) if self.sent is not None and edge.sent else None
            before = totals.get(wire)
            with quiet(self.graph):
                totals[wire] = sent if before is None else before if sent is None else before + sent
        return [
            edge._replace(together="" if totals[wire] is None else self._brief(totals[wire])) if self.owners else edge
            for edge, wire in zip(edges, wires, strict=True)
        ]

    def _sent(self, node: int, operand: int) -> str:
        assert self.sent is not None
        sent = self.sent(node, operand)
        return self._brief(0.0 if sent is None else sent)


def _silent(edge: Edge) -> Edge:
    """A wire along which no gradient is shown."""
    return edge._replace(grad="", together=None if edge.together is None else "")


def _too_large(count: int, most: int) -> BackpropError:
    message = f"the figure would have {count:,} nodes, and {most:,} are the most that are drawn"
    help_ = "`--depth N` draws the last gates only, `--collapse` what has a name, `--most N` raises the limit"
    return BackpropError(Diagnostic("L701", message, (), help_))
