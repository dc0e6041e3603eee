"""Whether there is nothing to find in a pass over numbers: every gate is looked at, in a fraction of a microsecond.

It is on the safe side: where it says no there may be nothing all the same, and the others find that out.
"""

from __future__ import annotations

from math import inf, isfinite

from backprop_cli.engine.anomalies.anomaly import MARKED
from backprop_cli.engine.passes import Backward
from backprop_cli.gates import GATES, ROUTES
from backprop_cli.gates.fields import FLOATS
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Sequence

_VANISHING = frozenset(name for name, gate in GATES.items() if gate.vanish)


def is_ordinary(graph: Graph, values: Sequence[Value], passed: Backward | None, active: bytearray | None) -> bool:
    """Whether numbers are finite, and 0 only where they have to be, and no gate is at a kink, a jump or an edge."""
    if graph.derivatives or not all(map(isfinite, values)):
        return False
    gates, inputs = graph.gates, graph.inputs
    if 0.0 in values:
        for node, value in enumerate(values):
            if (
                value == 0
                and gates[node] in _VANISHING
                and not _vanishes(gates[node], [values[j] for j in inputs[node]])
            ):
                return False
    if passed is None or active is None:
        return True
    grads, all_slopes = passed.grads, passed.locals
    for node, operands in enumerate(inputs):
        if not active[node]:
            continue
        gate, arrived, slopes = gates[node], grads[node], all_slopes[node]
        if arrived is not None and not -inf < arrived < inf:
            return False
        for j, slope in zip(operands, slopes, strict=True):
            if not active[j]:
                continue
            if not -inf < slope < inf or (slope == 0 and len(slopes) == 1 and gate not in ROUTES):
                return False
            if arrived and slope and not 0 < abs(arrived * slope) < inf:
                return False
        if gate in MARKED and _is_marked(gate, [values[j] for j in operands], values[node]):
            return False
    return True


def _vanishes(gate: str, operands: Sequence[float]) -> bool:
    """Whether a gate's value of 0 is exact."""
    return bool(FLOATS.vanish[gate](*operands, 0.0))


def _is_marked(gate: str, operands: Sequence[float], out: float) -> bool:
    """Whether a gate is at a kink, a jump or an edge."""
    row = GATES[gate]
    return bool(
        (row.kink and FLOATS.kink[gate](*operands, out))
        or (row.jump and FLOATS.jump[gate](*operands, out))
        or (row.edge and FLOATS.edge[gate](*operands, out))
    )
