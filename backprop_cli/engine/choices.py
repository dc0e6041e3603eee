"""Choices that could have gone otherwise: comparisons, jumps, kinks and maxima of what rounding moved past each other.

`before` are the operands of a gate, `xs` the same after moves. The choice is made again with moves in the other
direction; where that answers something else, the result is NaN.
"""

from __future__ import annotations

from math import nan

from backprop_cli.engine.apart import SIX_DIGITS
from backprop_cli.engine.flow import unbroadcast
from backprop_cli.engine.passes import Rule
from backprop_cli.gates import GATES, ROUTES
from backprop_cli.gates.fields import ARRAYS
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import Value
from backprop_cli.lean import Any, Sequence, reduce

_CHOICES = frozenset(name for name, gate in GATES.items() if gate.family == "choice")
_LARGEST = frozenset(name for name, gate in GATES.items() if gate.routes and gate.variadic)
_JUMPING = frozenset(name for name, gate in GATES.items() if gate.truth or gate.jump)
_PERIODIC = frozenset(name for name, gate in GATES.items() if gate.period)
# A domain ends where the value leaves for infinity, or a slope does: of `asin(1 + x)` one side has none.
_EDGED = {name for name, gate in GATES.items() if gate.domain and (gate.steep or gate.pole)}
KINKED = (
    {name for name, gate in GATES.items() if gate.kink} | _CHOICES | _LARGEST | _JUMPING | _PERIODIC | ROUTES | _EDGED
)


def sure_value(rule: Rule, before: Sequence[Value], xs: Sequence[Value], out: Value) -> Value:
    """The value of a gate that chooses, NaN where it could jump.

    A largest element is as large either way; it is moved off the one it was, as it may be that of another. At a kink
    the direction counts in which the value moves farther, at the edge of a domain the one that leaves it.
    """
    if rule.attributes is not None:
        if TENSORS[rule.gate].jump:
            others = _other_way(before, xs)
            return out if others is None else _where(_differ(out, rule.value(others)), out)
        if not TENSORS[rule.gate].routes:
            return out
        import numpy as np

        axis, keep = rule.attributes
        tied, moved = _tied(before[0], xs[0], out, axis, of_sizes="abs(" in TENSORS[rule.gate].formula)
        return _beside(out, np.max(tied * moved, axis=axis, keepdims=keep))
    if rule.gate in _CHOICES:
        return _where(xs[0] != xs[0], out)
    if rule.gate in _PERIODIC:
        out = _where(_astray(rule, before, xs), out)
    if rule.gate in _LARGEST:
        moved = [0.0 if x is y else abs(x - y) for x, y in zip(before, xs, strict=True)]
        most = reduce(_larger, moved)
        near = sum([abs(x - out) <= 2 * (off + most) for x, off in zip(xs, moved, strict=True)])
        return _beside(out, (near > 1) * most)
    if (others := _other_way(before, xs)) is None:
        return out
    other = rule.value(others)
    if rule.gate in _JUMPING:
        return _where(_differ(out, other), out)
    here = rule.value(before)
    return _where((other != other) | (abs(other - here) > 1.5 * abs(out - here)), out, other)


def sure_slopes(
    rule: Rule, before: Sequence[Value], xs: Sequence[Value], slopes: tuple[Value, ...]
) -> tuple[Value, ...]:
    """The slopes of a gate that chooses, NaN where they could be others."""
    if rule.gate in _CHOICES:
        return tuple([_where(xs[0] != xs[0], slope) for slope in slopes])
    if (others := _other_way(before, xs)) is None:
        return slopes
    if rule.gate in _PERIODIC:
        slopes = tuple([_where(_astray(rule, before, xs), slope) for slope in slopes])
    again = rule.slopes(others, rule.value(others))
    return tuple([_where(_differ(x, y), x) for x, y in zip(slopes, again, strict=True)])


def sure_pull(
    rule: Rule, k: int, upstream: Value, before: Sequence[Value], xs: Sequence[Value], out: Value, sent: Value
) -> Value:
    """What a tensor gate that chooses sends to its k-th operand, NaN where it could send something else."""
    row = TENSORS[rule.gate]
    assert rule.attributes is not None
    if row.routes:
        tied, _ = _tied(before[0], xs[0], out, rule.attributes[0], of_sizes="abs(" in row.formula)
        return _where(tied, sent)
    if any(note.code == "kink" for note in row.notes) and (others := _other_way(before, xs)) is not None:
        pulled = rule.pull(k, upstream, (), others, rule.value(others))
        return _where(_differ(sent, unbroadcast(pulled, getattr(sent, "shape", ()))), sent)
    return sent


def _astray(rule: Rule, before: Sequence[Value], xs: Sequence[Value]) -> Any:
    """Where a gate that repeats itself was moved by half a period: all the doubles there may look alike to it."""
    return abs(xs[0] - before[0]) >= rule.field.period[rule.gate](*xs, 0.0) / 2


def _beside(out: Value, moved: Value) -> Value:
    return out + 0.75 * moved if _some(moved > 0) else out


def _larger(x: Value, y: Value) -> Value:
    if type(x) is float and type(y) is float:
        return max(x, y)
    import numpy as np

    return np.maximum(x, y)


def _tied(before: Any, x: Any, out: Value, axis: tuple[int, ...], *, of_sizes: bool) -> tuple[Any, Any]:
    """Which elements a largest or smallest one could be, if several and not exactly tied, and how far they moved."""
    import numpy as np

    moved = abs(x - before)
    most = np.max(moved, axis=axis, keepdims=True)
    near = abs((abs(x) if of_sizes else x) - ARRAYS.names["spread"](out, x, axis)) <= 2 * (moved + most)
    return near & (most > 0) & (np.sum(near, axis=axis, keepdims=True) > 1), moved + most


def _other_way(before: Sequence[Value], xs: Sequence[Value]) -> list[Value] | None:
    """The operands moved as far in the other direction; None if none is moved."""
    if all(x is y or not _some(x != y) for x, y in zip(before, xs, strict=True)):
        return None
    return [x if x is y else 2 * x - y for x, y in zip(before, xs, strict=True)]


def _some(mask: Any) -> bool:
    return mask if isinstance(mask, bool) else bool(mask.any())


def _differ(x: Value, y: Value) -> Any:
    if type(x) is float and type(y) is float:
        return not abs(x - y) <= SIX_DIGITS * abs(x)
    return ~(abs(x - y) <= SIX_DIGITS * abs(x))


def _where(mask: Any, x: Value, other: Value = nan) -> Value:
    """The other one where the mask says."""
    if not _some(mask):
        return x
    if type(x) is float and isinstance(mask, bool):
        return other
    import numpy as np

    return np.where(mask, other, x)
