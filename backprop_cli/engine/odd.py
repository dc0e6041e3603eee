"""What made a result infinite or 0: a pole or an exact 0 is the formula's, an overflow or an underflow the doubles'."""

from __future__ import annotations

from backprop_cli.gates import GATES
from backprop_cli.gates.fields import ARRAYS, FLOATS
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Any, Sequence


def overflows(graph: Graph, node: int, xs: Sequence[Value], out: Value) -> Any:
    """Where an infinite value is not that of a pole."""
    gate = GATES.get(graph.gates[node])
    if gate is None or not gate.pole:
        return True
    pole = (FLOATS if type(out) is float else ARRAYS).pole[gate.name](*xs, out)
    return _opposite(pole)


def underflows(graph: Graph, node: int, xs: Sequence[Value], out: Value) -> Any:
    """Where a value of 0 is not exact."""
    gate = graph.gates[node]
    if gate in TENSORS and gate not in GATES:
        row = TENSORS[gate]
        return _opposite(ARRAYS.exact_zero[gate](xs, graph.attributes[node])) if row.vanish else False
    if not GATES[gate].vanish:
        return False
    field = FLOATS if type(out) is float else ARRAYS
    return _opposite(field.vanish[gate](*xs, out))


def _opposite(mask: Any) -> Any:
    """Of a mask, or of the truth that holds for all elements: `~True` is -2."""
    return not mask if isinstance(mask, bool) else ~mask
