"""Whether a large graph's numbers surely have six digits: the exaggerated passes of `exaggerated_numbers` by columns.

The moves are the same, number by number, so the answer is the same. Where a number is out of the ordinary, or a gate is
none that is written out there, nothing is sure, and `doubtful` looks again.
"""

from __future__ import annotations

from math import inf

import numpy as np

from backprop_cli.engine.apart import SIX_DIGITS
from backprop_cli.engine.choices import KINKED
from backprop_cli.engine.column import Column
from backprop_cli.engine.columns import computed, slopes_of
from backprop_cli.engine.exaggerated_numbers import EXACT, LINEAR, LOOSE
from backprop_cli.engine.moves import ORDINARY, SMALL, Moves, moves
from backprop_cli.engine.passes import Backward
from backprop_cli.engine.stream import reach, stream_of
from backprop_cli.gates import CONSTANTS, GATES
from backprop_cli.graph.large import LargeGraph
from backprop_cli.lean import Any

_NAMED = frozenset(CONSTANTS.values())
_MOVED = frozenset(name for name, gate in GATES.items() if len(gate.parameters) == 1) - EXACT - LOOSE - KINKED
_PLAIN = _MOVED | LINEAR


def are_sure(graph: Any, here: Any, passed: Backward | None, active: bytearray | None) -> bool:
    """Whether no number of a pass, or of both, is doubtful; where it is not sure, nothing is said."""
    if not isinstance(here, Column) or not {*graph.words} & GATES.keys() <= _PLAIN:
        return False
    move, nodes = moves(0).alone(), graph.gate_nodes
    values, factors = here.array.copy(), np.ones(len(graph))
    for node, constant in graph.constants.items():
        if constant in _NAMED:
            values[node] = move.nearby(constant)
    rounded = nodes[np.array([word not in EXACT for word in graph.words])[graph.codes[nodes]]]
    factors[rounded] = move.row(0, len(rounded))
    values = computed(graph, values, factors)
    if not (_are_ordinary(values[rounded]) and _are_near(here.array, values)):
        return False
    if passed is None:
        return True
    if active is None or not isinstance(passed.grads, Column):
        return False
    felt = np.frombuffer(active, bool)
    users = nodes[felt[nodes]]
    if not len(users):
        return True
    upstream = passed.grads.array.item(graph.output)
    grads = _gradients(graph, users, values, upstream, move, len(rounded))
    return grads is not None and _are_near(passed.grads.array[felt], grads[felt])


def _gradients(graph: LargeGraph, users: Any, values: Any, upstream: float, move: Moves, drawn: int) -> Any:
    """The gradients again, so many moves after the first; None where a number is out of the ordinary."""
    stream = stream_of(graph, users)
    slopes, kinds = slopes_of(graph, users, values), np.array([word in LINEAR for word in graph.words])
    is_linear = kinds[graph.codes[users]]
    if not _are_ordinary(slopes[~is_linear, 0]):
        return None
    is_one = abs(slopes) == 1
    sends_ones = (is_one & is_linear[:, None]).astype(float)
    ones = reach(stream, float(abs(upstream) == 1), sends_ones)[users] == 1
    # What is moved, from the last gate to the first: its slope, and what it sends to its operands.
    is_moved = np.empty((len(users), 3), bool)
    is_moved[:, 0] = ~is_linear
    is_moved[:, 1:] = ~ones[:, None] & ~(is_one & is_linear[:, None]) & (stream.operands >= 0)
    by = np.ones(is_moved.shape)
    by[::-1][is_moved[::-1]] = move.row(drawn, int(is_moved.sum()))
    slopes[:, 0] *= by[:, 0]
    grads = stream.gradients(upstream, slopes, by[:, 1:] if is_moved.any() else None, move.nearby)
    arrived = grads[users]
    if ((abs(arrived) == 1) != ones).any() or (abs(slopes[~is_linear, 0]) == 1).any():
        return None
    return grads if _are_ordinary((arrived[:, None] * slopes)[is_moved[:, 1:]]) else None


def _are_ordinary(numbers: Any) -> bool:
    """Whether a move is all that becomes of each, before it is moved and after."""
    sizes = abs(numbers)
    return not len(sizes) or bool(sizes.min() >= 2 * SMALL and sizes.max() < ORDINARY / 2)


def _are_near(here: Any, there: Any) -> bool:
    """Whether no number moved by more than a part in a million."""
    near = SIX_DIGITS * abs(here)
    return bool(((abs(there - here) <= near) & (near < inf)).all())
