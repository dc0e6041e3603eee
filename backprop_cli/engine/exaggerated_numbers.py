"""The passes over numbers alone with every rounding exaggerated, and what moved too far in them: `Again`, written out.

Sums and products, and gates that neither choose nor have a kink, are most of any graph; the rest is as in
`exaggerated`, whose moves these are, one by one. A test holds both to the same answers.
"""

from __future__ import annotations

from math import inf

from backprop_cli.engine.apart import SIX_DIGITS
from backprop_cli.engine.choices import KINKED, sure_slopes, sure_value
from backprop_cli.engine.moves import ORDINARY, SMALL
from backprop_cli.engine.passes import Rule
from backprop_cli.engine.sums import Lost, settle
from backprop_cli.gates import BY_SYMBOL, GATES, ROUTES
from backprop_cli.gates.fields import FLOATS
from backprop_cli.graph.graph import Value
from backprop_cli.lean import TYPE_CHECKING, Any, Callable, Iterable, Iterator, Sequence

if TYPE_CHECKING:
    from backprop_cli.engine.exaggerated import Again

EXACT = frozenset(name for name, gate in GATES.items() if gate.exact or gate.truth)
MAY_BE_EXACT = frozenset(name for name, gate in GATES.items() if gate.exact_when)
LOOSE = frozenset(name for name, gate in GATES.items() if gate.loose)
# Gates whose slopes are operands, or the same everywhere: never rounded themselves.
LINEAR = frozenset(name for name, gate in GATES.items() if gate.family in ("sum", "product"))
ONES = (1.0, -1.0)
_ADD, _SUB, _MUL = (BY_SYMBOL[symbol] for symbol in "+-*")
_SMOOTH = frozenset(GATES) - EXACT - LOOSE - KINKED


def forward(again: Again) -> list[int]:
    """Fill in the gates' values behind those of the leaves; answer the nodes whose value moved too far."""
    graph, values, closer = again.graph, again.values, again.looks_closer
    of, factor, least, most = FLOATS.value, again.moves.factor, SMALL, ORDINARY
    add, sub, mul, smooth = (None, None, None, ()) if closer else (_ADD, _SUB, _MUL, _SMOOTH)
    far: list[int] = []
    nodes = zip(range(again.output + 1), graph.gates, graph.inputs, again.before, strict=False)
    for node, gate, operands, here in nodes:
        if not operands:
            if values[node] != here:  # a constant that has a name
                _compare(far, node, here, values[node])
            continue
        if gate == add:
            left, right = operands
            out = values[left] + values[right]
        elif gate == mul:
            left, right = operands
            out = values[left] * values[right]
        elif gate == sub:
            left, right = operands
            out = values[left] - values[right]
        elif gate in smooth and len(operands) == 1:
            out = of[gate](values[operands[0]])
        else:
            out = values[node] = _other_gate(again, node, gate, operands, factor)
            _compare(far, node, here, out)
            continue
        if least <= out < most or -most < out <= -least:
            values[node] = out = out * factor()
            if not abs(out - here) <= SIX_DIGITS * abs(here) < inf:
                far.append(node)
        else:
            values[node] = out = again.rounded(out, node, [values[j] for j in operands])
            _compare(far, node, here, out)
    return far


def _compare(far: list[int], node: int, here: Value, there: Value) -> None:
    if not abs(there - here) <= SIX_DIGITS * abs(here) < inf:
        far.append(node)


def _other_gate(again: Again, node: int, gate: str, operands: Sequence[int], factor: Callable[[], float]) -> Value:
    """The value of a node of any gate."""
    xs = [again.values[j] for j in operands]
    out = FLOATS.value[gate](*(map(again.nearby, xs) if gate in LOOSE else xs))
    exact_when = FLOATS.exact_when[gate] if again.looks_closer and gate in MAY_BE_EXACT else None
    if gate not in EXACT and not (exact_when and exact_when(*xs, out)):
        out = out * factor() if SMALL <= abs(out) < ORDINARY else again.rounded(out, node, xs)
    if gate in KINKED:
        out = sure_value(Rule(gate, FLOATS, None), [again.before[j] for j in operands], xs, out)
    return out


def backward(
    again: Again, here: Sequence[Value | None], active: bytearray | None, last: int = 0, *, one: bool = False
) -> tuple[list[Value | None], list[int]]:
    """The gradients again, and the nodes of those that moved too far from what is `here`.

    Those of the nodes before the `last` one are left out; if `one` is enough, so is one of a gate that moved too far.
    """
    values, gates, inputs = again.values, again.graph.gates, again.graph.inputs
    factor, least, most = again.moves.factor, SMALL, ORDINARY
    add, mul, smooth, of = _ADD, _MUL, _SMOOTH, FLOATS.locals
    grads: list[Any] = [None] * len(gates)
    grads[again.output] = here[again.output]
    lost, far = Lost(again.nearby), list[int]()
    for node in range(again.output, last - 1, -1):
        if node in lost:
            settle(grads, node, lost)
        arrived, ours = grads[node], here[node]
        if active is not None and not active[node]:
            continue
        if arrived is None:
            if ours:
                far.append(node)
            continue
        if ours is None:  # a kink that ignores it here, and not there
            ours = 0.0
        if not abs(arrived - ours) <= SIX_DIGITS * abs(ours) < inf:
            far.append(node)
            if one and inputs[node] and abs(ours) < inf:
                break
        operands = inputs[node]
        if not operands:
            continue
        gate, out = gates[node], values[node]
        if gate == add and out == out:  # as `_sent` has it, without a loop
            left, right = operands
            sending: Iterable[tuple[int, float]] = ((left, arrived), (right, arrived))
        elif gate == mul and out == out:
            left, right = operands
            along_left, along_right = values[right], values[left]
            to_left, to_right = arrived * along_left, arrived * along_right
            if arrived not in ONES:
                if along_left not in ONES:
                    is_ordinary = least <= to_left < most or -most < to_left <= -least
                    to_left = to_left * factor() if is_ordinary else again.product(to_left, arrived, along_left)
                if along_right not in ONES:
                    is_ordinary = least <= to_right < most or -most < to_right <= -least
                    to_right = to_right * factor() if is_ordinary else again.product(to_right, arrived, along_right)
            sending = ((left, to_left), (right, to_right))
        elif gate in smooth and len(operands) == 1:
            (only,) = operands
            (slope,) = of[gate](values[only], out)
            is_ordinary = least <= slope < most or -most < slope <= -least
            slope = slope * factor() if is_ordinary else again.slope(slope, gate, (values[only],))
            sent = arrived * slope
            if arrived not in ONES and slope not in ONES:
                is_ordinary = least <= sent < most or -most < sent <= -least
                sent = sent * factor() if is_ordinary else again.product(sent, arrived, slope)
            sending = ((only, sent),)
        else:
            sending = _sent(again, node, gate, operands, arrived)
        for j, sent in sending:
            before = grads[j]
            if before is None:
                grads[j] = sent
                continue
            grads[j] = total = before + sent  # as `join` does, which would be called twice a gate
            added = total - before
            if rounded := (before - (total - added)) + (sent - added):
                lost[j] = lost.get(j, 0.0) + rounded
    return grads, far


def _sent(again: Again, node: int, gate: str, operands: Sequence[int], arrived: float) -> Iterator[tuple[int, float]]:
    """What a node of any gate sends to its operands."""
    factor, xs = again.moves.factor, [again.values[j] for j in operands]
    slopes = FLOATS.locals[gate](*(map(again.nearby, xs) if gate in LOOSE else xs), again.values[node])
    if gate in KINKED:
        slopes = sure_slopes(Rule(gate, FLOATS, None), [again.before[j] for j in operands], xs, slopes)
    is_linear, is_one = gate in LINEAR, arrived in ONES
    for j, slope in zip(operands, slopes, strict=True):
        if not is_linear:
            if slope == 0 and gate in ROUTES:
                continue
            slope = slope * factor() if SMALL <= abs(slope) < ORDINARY else again.slope(slope, gate, xs)
        sent = arrived * slope
        if not (is_one or slope in ONES):
            sent = sent * factor() if SMALL <= abs(sent) < ORDINARY else again.product(sent, arrived, slope)
        yield j, sent
