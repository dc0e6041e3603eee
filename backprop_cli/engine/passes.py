"""The passes over a graph's columns, each one loop: forward, and backward, which is the same loop reversed.

A value is a float, or an array of doubles; the loops never ask which. Of an elementwise gate the slopes are kept,
numbers or the diagonals of Jacobians, which are never formed; a tensor gate pulls by a rule of its row and keeps none.
"""

from __future__ import annotations

from math import nan

from backprop_cli.engine import numbers
from backprop_cli.engine.flow import Flow, Known, chosen, flow_of_tensor, narrowed, reached, times, unbroadcast
from backprop_cli.engine.sums import Lost, join, settle
from backprop_cli.gates import ROUTES
from backprop_cli.gates.fields import ARRAYS, FLOATS, Field
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import AbstractContextManager, Any, Mapping, MappingProxyType, NamedTuple, Sequence, nullcontext


class Backward(NamedTuple):
    """`locals[i]`: the slopes of elementwise node i, one an operand, in its shape or one that broadcasts to it.

    `grads[i]`: d output / d node i, of its shape; None where nothing flows. `flows[i]` marks the elements at which a
    gradient arrives: what a routing gate (max, where, relu) ignores gets nothing, not 0 times whatever lies behind. It
    stays empty where all are numbers: there something flows where a gradient is.
    """

    locals: list[tuple[Value, ...]]
    grads: list[Value | None]
    flows: list[Flow]


class Rule(NamedTuple):
    """What the gate of a node answers over its field."""

    gate: str
    field: Field
    attributes: tuple[Any, ...] | None  # of a tensor gate

    def value(self, xs: Sequence[Value]) -> Value:
        """The node's value."""
        if self.attributes is None:
            return self.field.value[self.gate](*xs)
        return self.field.forward[self.gate](xs, self.attributes)

    def slopes(self, xs: Sequence[Value], out: Value) -> tuple[Value, ...]:
        """A slope an operand, () of a tensor gate."""
        return () if self.attributes is not None else self.field.locals[self.gate](*xs, out)

    def pull(self, k: int, upstream: Value, slopes: Sequence[Value], xs: Sequence[Value], out: Value) -> Value:
        """What flows to the k-th operand, before broadcasting is undone."""
        if self.attributes is None:
            return times(upstream, slopes[k])
        return self.field.pull[self.gate](k, upstream, out, xs, self.attributes)


def rule_of(graph: Graph, node: int, field: Field | None = None) -> Rule:
    """The rule of a node over a field: by default arrays where the node has axes or a tensor gate, floats elsewhere."""
    attributes = graph.attributes.get(node)
    usual = ARRAYS if graph.shape(node) or attributes is not None else FLOATS
    return Rule(graph.gates[node], field or usual, attributes)


def quiet(graph: Graph) -> AbstractContextManager[Any]:
    """NumPy's warnings off, where NumPy is at work: the anomalies have better words."""
    if not graph.shapes:
        return nullcontext()
    import numpy as np

    return np.errstate(all="ignore")


def forward(graph: Graph, given: Mapping[str, Value], field: Field | None = None) -> list[Value]:
    """The value of each node where the inputs have the `given` ones, over a `field` (None: floats and arrays).

    Raises KeyError if an input has no value, BackpropError (V311) for one that a gate cannot work with, such as a label
    that is no class.
    """
    values: list[Value] = [nan] * len(graph)
    for name, node in graph.variables.items():
        values[node] = given[name] if field is None else field.number(given[name])
    for node, constant in graph.constants.items():
        values[node] = constant if field is None else field.constant(constant)
    if not graph.shapes:
        return numbers.forward(graph, values, field or FLOATS)
    with quiet(graph):
        for node, operands in enumerate(graph.inputs):
            if operands or node in graph.attributes:
                try:
                    out = rule_of(graph, node, field).value([values[j] for j in operands])
                except ValueError as problem:
                    from backprop_cli.graph.shapes import unfit_value

                    raise unfit_value(graph, node, problem) from None
                values[node] = out if graph.shapes[node] else float(out)
    return values


def backward(
    graph: Graph,
    values: Sequence[Value],
    output: int,
    upstream: Value = 1.0,
    active: bytearray | None = None,
    *,
    known: Mapping[int, tuple[Value, ...]] = MappingProxyType({}),
    field: Field | None = None,
    plain: bool = False,
) -> Backward:
    """Slopes at every edge and the gradient of `output`, weighed by `upstream` (of its shape), at every node.

    With arrays only nodes marked `active` get any: a gradient nobody asked for may be larger than all values together.
    `known` are slopes already at hand. `plain` goes the way of arrays with numbers too, which has more to do.
    """
    if not (graph.shapes or plain):
        return Backward(*numbers.backward(graph, values, output, upstream, field or FLOATS), [])
    passed = locals_, grads, flows = nothing_yet(graph)
    grads[output], flows[output] = upstream, True
    lost = Lost(field.moved_sum if field else None)
    with quiet(graph):
        for node in range(len(graph) - 1, -1, -1):
            operands = graph.inputs[node]
            if active is not None and not active[node]:
                continue
            settle(grads, node, lost)
            if not operands:
                continue
            rule, xs = rule_of(graph, node, field), [values[j] for j in operands]
            locals_[node] = known[node] if node in known else rule.slopes(xs, values[node])
            for k, j in enumerate(operands):
                if active is None or active[j]:
                    add(passed, j, *send(graph, values, passed, node, k, rule), lost)
    return passed


def nothing_yet(graph: Graph) -> Backward:
    """A backward pass before anything flows."""
    return Backward([()] * len(graph), [None] * len(graph), [False] * len(graph))


def add(passed: Backward, node: int, sent: Value, flow: Flow, lost: Lost | None = None) -> None:
    """Add what is sent to a node to its gradient, and what that is rounded by to `lost`."""
    if flow is not False:
        if passed.grads[node] is None:
            passed.grads[node] = sent
        else:
            join(passed.grads, node, sent, lost)
        passed.flows[node] = passed.flows[node] | flow


def send(
    graph: Graph, values: Known, passed: Backward, node: int, k: int, rule: Rule, *, summed: bool = True
) -> tuple[Value, Flow]:
    """What a node sends to its k-th operand, and to which elements: broadcasting undone, or as it is if not `summed`.

    The flow is False where nothing arrives at the node or a routing gate ignores the operand.
    """
    upstream, slopes = passed.grads[node], passed.locals[node]
    flow = passed.flows[node] if passed.flows else True
    if upstream is None:
        return 0.0, False
    xs, out = ([values[j] for j in graph.inputs[node]], values[node]) if values else ([], nan)
    if rule.attributes is not None:
        upstream = _defined(upstream, out, flow)
        flow = flow_of_tensor(graph, values, node, k, flow)
    elif rule.gate in ROUTES:
        flow = narrowed(flow, slopes[k] != 0)
    if flow is False:
        return 0.0, False
    sent = chosen(flow, rule.pull(k, upstream, slopes, xs, out))
    if not summed:
        return sent, flow
    shape = graph.shape(graph.inputs[node][k])
    return unbroadcast(sent, shape), reached(flow, shape, None if rule.attributes is not None else graph.shape(node))


def _defined(upstream: Value, out: Value, flow: Flow) -> Value:
    """What arrives at a tensor gate, NaN where something does and its value is: that has undefined slopes."""
    if type(out) is float:
        return upstream if out == out else nan
    import numpy as np

    return upstream if out.min() == out.min() else np.where(np.isnan(out) & flow, nan, upstream)
