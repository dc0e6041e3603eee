"""How many digits rounding can have cost a pass over arrays: asked of the same mathematics written out in numbers."""

from __future__ import annotations

from math import isfinite

from backprop_cli.engine.backward import backward
from backprop_cli.engine.forward import forward
from backprop_cli.engine.rounding import JUDGED_NODES, Rounding, lost_digits
from backprop_cli.engine.unroll import expand
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.numeric.shapes import size

_SAME = 1e-3  # relative: beyond it the written-out formula leaves the doubles where ours does not


def lost_digits_of_arrays(graph: Graph, values: list[Value]) -> Rounding | None:
    """The rounding error of an output that is a number, if fewer than six digits are sure; the node is the arrays'.

    Nothing is said of what happens inside a gate that has a stable form of its own, nor of large arrays.
    """
    value = values[graph.output]
    if graph.shapes[graph.output] or not isfinite(value) or sum(map(size, graph.shapes)) > JUDGED_NODES:
        return None
    written = expand(graph, values, budget=JUDGED_NODES)
    if written is None:
        return None
    numbers = forward(written.graph, written.given)
    found = numbers[written.graph.output]
    if not abs(found - value) <= _SAME * max(abs(found), abs(value)) and found != value:
        return None
    lost = lost_digits(written.graph, numbers, backward(written.graph, numbers).grads)
    if lost is None:
        return None
    origin = written.origins[lost.node]
    tensor = TENSORS.get(graph.gates[origin])
    return None if tensor is not None and tensor.means else Rounding(lost.error, origin)
