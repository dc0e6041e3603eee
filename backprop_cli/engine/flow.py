"""Which elements a gradient flows to, and broadcasting undone: the masks and sums beside the backward pass."""

from __future__ import annotations

from backprop_cli.gates.fields import ARRAYS
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Any, Mapping, Sequence
from backprop_cli.numeric.shapes import Shape

Flow = Any  # True: a gradient arrives at every element, False: at none; or a mask of those at which one does
Known = Sequence[Value] | Mapping[int, Value]  # the values of nodes


def times(upstream: Value, slope: Value) -> Value:
    """Their product: the other one itself where one is 1, or a 1 that was broadcast, as a sum sends it."""
    if type(slope) is float:
        return upstream if slope == 1 else upstream * slope
    alike = getattr(upstream, "shape", None) == getattr(slope, "shape", ())
    spread = alike and upstream.size and upstream.dtype.kind == "f" and not any(upstream.strides)
    return slope if spread and upstream.flat[0] == 1 else upstream * slope


def chosen(flow: Flow, sent: Value) -> Value:
    """What is sent where something flows, and 0 elsewhere: not 0 times infinity, which is NaN."""
    if isinstance(flow, bool):
        return sent if flow else 0.0
    import numpy as np

    return sent if flow.all() else np.where(flow, sent, 0.0)


def narrowed(flow: Flow, where: Flow) -> Flow:
    """The elements at which both flow; no mask for all of them, which would be carried on and on."""
    return flow & where if isinstance(where, bool) or not where.all() else flow


def reached(flow: Flow, shape: Shape, of: Shape | None = None) -> Flow:
    """The elements of an operand, by its shape, that any marked element of the result uses.

    The marks may yet be to broadcast to the result's shape, `of`, as slopes may.
    """
    if isinstance(flow, bool):
        return flow
    if not shape:
        return bool(flow.any())
    if flow.shape == shape:
        return flow
    import numpy as np

    return unbroadcast((flow if of is None else np.broadcast_to(flow, of)) * 1.0, shape) != 0


def flow_of_tensor(graph: Graph, values: Known, node: int, k: int, flow: Flow) -> Flow:
    """To which elements of a tensor gate's operand something flows from the marked elements of its value."""
    gate = TENSORS[graph.gates[node]]
    if not (gate.selects or gate.routes):
        return flow if isinstance(flow, bool) else bool(flow.any())
    if flow is False or (flow is True and gate.selects and not gate.picks):
        return flow
    import numpy as np

    here = np.broadcast_to(flow, graph.shapes[node])
    xs = [values[j] for j in graph.inputs[node]]
    out = np.where(here, values[node], 0.0)  # an undefined element sends to all: not one to which nothing flows
    mask = ARRAYS.pull[gate.name](k, here * 1.0, out, xs, graph.attributes[node]) != 0
    return mask if np.shape(mask) else bool(mask)


def unbroadcast(sent: Value, shape: Shape) -> Value:
    """Sum over the axes along which an operand of the shape was broadcast: each use of an element counts."""
    if type(sent) is float and not shape:
        return sent + 0.0
    import numpy as np

    there = np.shape(sent)
    if not shape:
        return float(np.sum(sent)) + 0.0
    if there == shape:
        return sent
    added = len(there) - len(shape)
    over = (*range(added), *(k + added for k, length in enumerate(shape) if length == 1 and there[k + added] != 1))
    return np.sum(sent, axis=over, keepdims=True).reshape(shape) if over else np.broadcast_to(sent, shape)
