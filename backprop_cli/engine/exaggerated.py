"""The passes again with every rounding exaggerated: each result that is rounded is moved, by a thousand times as much.

Where a choice could have gone otherwise, nobody knows the result: it is NaN. So is what overflowed.
"""

from __future__ import annotations

from math import log2, nan

from backprop_cli.engine import exaggerated_numbers as numbers
from backprop_cli.engine.choices import KINKED, sure_pull, sure_slopes, sure_value
from backprop_cli.engine.exaggerated_numbers import LINEAR, LOOSE, ONES
from backprop_cli.engine.flow import Flow, Known
from backprop_cli.engine.moves import SMALL, is_small, moves, ordinary, some_small
from backprop_cli.engine.odd import overflows, underflows
from backprop_cli.engine.passes import Backward, Rule, add, nothing_yet, rule_of, send
from backprop_cli.engine.sums import Lost, settle
from backprop_cli.gates import CONSTANTS, GATES, ROUTES
from backprop_cli.gates.gate import Gate
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Any, Iterable, Sequence
from backprop_cli.text import all_finite

_CLASSES = "labels"  # an operand of tensor gates that no rounding moves
_LARGE = 2.0**400
# Gates that send 0 to what they ignore, or what arrived.
_SENDING_ZEROS = frozenset({name for name, gate in GATES.items() if gate.family == "sum"} | ROUTES)
_NAMED = frozenset(CONSTANTS.values())


class Again:
    """The passes with every rounding exaggerated."""

    looks_closer = False  # whether a result that was not rounded stays as it is, though others of its gate are

    def __init__(
        self,
        graph: Graph,
        values: Sequence[Value],
        output: int,
        fine: int = 0,
        nodes: Iterable[int] | None = None,
        active: Sequence[int] | None = None,
    ) -> None:
        """With arrays the forward pass may be over some `nodes` only; `active` are those that get gradients then."""
        self.active = active
        self.graph, self.output, self.before = graph, output, values
        self.moves = moves(fine)
        if graph.shapes:
            self.moves.begin()
        else:
            self.moves = self.moves.alone()
        self.nearby = self.moves.nearby
        self.values = list(values)
        self.given: dict[int, list[Value]] = {}  # of sums and products, the operands as they were moved
        self.near: set[int] = set()  # arrays of which nothing but a move became
        # Of arrays of values, and of gradients, an absolute value that their elements are not below, but for a move.
        self.least: dict[int, float] = {}
        self.least_sent: dict[int, float] = {}
        for node, constant in graph.constants.items():
            self.values[node] = self.constant(constant)
        self.far: list[int] = []  # of numbers those that moved too far
        if not graph.shapes:
            self.far = numbers.forward(self)
            return
        for node in range(output + 1) if nodes is None else nodes:
            self.forward(node)

    def forward(self, node: int) -> None:
        """The value of a node again, if it is a gate's."""
        operands, values = self.graph.inputs[node], self.values
        if not operands:
            return
        rule = self.rule(node)
        xs = self.arriving(node, rule)
        given = self.operands(rule, xs)
        same = rule.attributes is None and given is xs and all(values[j] is self.before[j] for j in operands)
        try:
            out = self.before[node] if same else rule.value(given)
        except ValueError:  # a class's number, computed and moved: it is no matter of digits
            return
        out = out if self.graph.shapes[node] else float(out)
        row = GATES[rule.gate] if rule.attributes is None else TENSORS[rule.gate]
        exact = row.exact or row.truth
        if row.is_tensor and not exact and (row.selects or row.family == "product"):
            self.given[node] = [
                self._kept(x, y, i, operands, row) for i, (x, y) in enumerate(zip(xs, given, strict=True))
            ]
        plain = ordinary(out) if not exact and bool(getattr(out, "shape", ())) else 0.0
        if plain:
            out = self.moves.fresh(out, self.before[node], *xs, *given)
        elif not exact:
            out = self.rounded(out, node, xs)
        values[node] = out
        if rule.gate in KINKED or rule.attributes is not None:
            values[node] = sure_value(rule, [self.before[j] for j in operands], xs, out)
        if plain and values[node] is out:
            self.least[node] = plain
            if same:
                self.near.add(node)

    def _kept(self, x: Value, moved: Value, i: int, operands: Sequence[int], row: Gate) -> Value:
        """The i-th operand of a sum or product for the pull: moved where what others get depends on it."""
        others = (j for k, j in enumerate(operands) if k != i)
        return moved if not row.selects and any(self.active is None or self.active[j] for j in others) else x

    def rule(self, node: int) -> Rule:
        """The rule of a node; of a tensor gate with what it rounds inside moved too."""
        return rule_of(self.graph, node, self.moves.arrays if node in self.graph.attributes else None)

    def arriving(self, node: int, rule: Rule) -> list[Value]:
        """The operands of a node as they are now, but for class numbers and places, computed ones too."""
        ids = self.graph.inputs[node]
        names = () if rule.attributes is None else TENSORS[rule.gate].operands
        if _CLASSES not in names:
            return [self.values[j] for j in ids]
        return [(self.before if name == _CLASSES else self.values)[j] for name, j in zip(names, ids, strict=True)]

    def operands(self, rule: Rule, xs: list[Value]) -> list[Value]:
        """What a gate is given: moved, where it adds up inside or is not right to the last digit."""
        if rule.attributes is None:
            return [self.nearby(x) for x in xs] if rule.gate in LOOSE else xs
        row = TENSORS[rule.gate]
        if row.exact:
            return xs
        return [x if name == _CLASSES else self.nearby(x) for name, x in zip(row.operands, xs, strict=True)]

    def backward(self, passed: Backward, active: bytearray | None) -> list[Value | None]:
        """The gradients again, from the values as they are now."""
        again, lost = self.begun(passed)
        for node in range(self.output, -1, -1):
            self.send_on(node, again, lost, active)
        return again.grads

    def begun(self, passed: Backward) -> tuple[Backward, Lost]:
        """The backward pass, of which only the upstream gradient is there."""
        again = nothing_yet(self.graph)
        again.grads[self.output], again.flows[self.output] = passed.grads[self.output], True
        return again, Lost(self.nearby)

    def send_on(self, node: int, again: Backward, lost: Lost, active: bytearray | None) -> None:
        """What a node sends to its operands."""
        settle(again.grads, node, lost)
        upstream, operands, values = again.grads[node], self.graph.inputs[node], self.values
        if upstream is None or not operands or (active is not None and not active[node]):
            return
        rule = self.rule(node)
        xs = self.arriving(node, rule)
        given: Known = values
        before = [self.before[j] for j in operands]
        asked = [active is None or active[j] for j in operands]
        if rule.attributes is None:
            moved = self.operands(rule, xs)
            slopes = rule.slopes(moved, values[node])
            if rule.gate in KINKED:
                slopes = sure_slopes(rule, before, xs, slopes)
            known = [*xs, *moved, values[node]]
            again.locals[node] = tuple(
                [self.slope(x, rule.gate, xs, known) if wanted else x for x, wanted in zip(slopes, asked, strict=True)]
            )
        else:
            again.grads[node] = self.nearby(upstream)
            if moved := self.given.pop(node, []):
                self.moves.skip(len(moved))
            else:
                moved = self.operands(rule, xs)
            out = rule.value(moved) if TENSORS[rule.gate].routes else values[node]
            given = {**dict(zip(operands, moved, strict=True)), node: out}
        for k in [k for k, wanted in enumerate(asked) if wanted]:
            sent, flow = send(self.graph, given, again, node, k, rule)
            j = operands[k]
            first = again.grads[j] is None
            usual = self.least_sent[node] if sent is upstream and node in self.least_sent else ordinary(sent)
            if not usual and rule.gate not in _SENDING_ZEROS and _some(sent == 0):
                sent = self.not_vanished(sent, given, again, node, k, rule)
            if rule.attributes is not None:
                sure = sure_pull(rule, k, upstream, before, xs, given[node], sent)
                usual, sent = usual if sure is sent else 0.0, sure
                flow = flow if usual else flow | (sent != sent)
            slope = again.locals[node][k] if again.locals[node] else 1.0
            if usual and type(sent) is not float:
                if not (type(slope) is float and slope in ONES):
                    others = again.grads[node], upstream, slope, given[node], *(given[i] for i in operands)
                    sent = self.moves.fresh(sent, *others)
                add(again, j, sent, flow, lost)
                if first:
                    self.least_sent[j] = usual
                    continue
            else:
                self.arrive(node, k, sent, flow, upstream, slope, again, lost)
            self.least_sent.pop(j, None)

    def arrive(
        self, node: int, k: int, sent: Value, flow: Flow, upstream: Value, slope: Value, again: Backward, lost: Lost
    ) -> None:
        """Add what is sent to the gradient of a node's k-th operand, as it is rounded."""
        add(again, self.graph.inputs[node][k], self.product(sent, upstream, slope), flow, lost)

    def not_vanished(self, sent: Value, given: Known, again: Backward, node: int, k: int, rule: Rule) -> Value:
        """What is sent, off 0 where a much larger gradient would send something: there a product underflowed."""
        upstream: Any = again.grads[node]
        largest = float(abs(upstream).max()) if hasattr(upstream, "shape") else abs(upstream)
        if not 0 < largest < _LARGE:
            return sent
        again.grads[node] = upstream * 2.0 ** min(1000, int(log2(_LARGE) - log2(largest)))
        larger, _ = send(self.graph, given, again, node, k, rule)
        again.grads[node] = upstream
        lost = (sent == 0) & (larger != 0)
        return _where(lost, self.moves.beside(sent), sent) if _some(lost) else sent

    # -- moves -------------------------------------------------------------------------------------------

    def constant(self, value: Value) -> Value:
        """A constant of the text: moved where it is a name for what no double equals."""
        return self.nearby(value) if type(value) is float and value in _NAMED else value

    def rounded(self, out: Value, node: int, xs: Sequence[Value]) -> Value:
        """A result that was rounded; a 0 that is an underflow is one. Of an overflow nothing is known."""
        if type(out) is float:
            moved = self.nearby(out)
            if moved - moved != 0:
                return nan if overflows(self.graph, node, xs, out) else moved
            if -SMALL < out < SMALL and (out or underflows(self.graph, node, xs, out)):
                moved = self.moves.beside(moved)
            return moved
        moved = self.nearby(out)
        if not all_finite(moved):
            moved = _where((moved - moved != 0) & overflows(self.graph, node, xs, out), nan, moved)
        if some_small(out):
            lost = underflows(self.graph, node, xs, out)
            moved = _where(is_small(out) & ((out != 0) | lost), self.moves.beside(moved), moved)
        return moved

    def slope(self, slope: Value, gate: str, xs: Sequence[Value], known: Sequence[Value] = ()) -> Value:
        """A slope that was rounded, or is `known`. One of 0 may be an underflow, but where an operand is ignored."""
        if gate in LINEAR:
            return slope
        if type(slope) is float:
            moved = self.nearby(slope)
            if -SMALL < slope < SMALL and (slope or (gate not in ROUTES and (gate in LOOSE or all(xs)))):
                moved = self.moves.beside(moved)
            return moved
        if ordinary(slope):
            return self.moves.fresh(slope, *known)
        moved = self.nearby(slope)
        if some_small(slope):
            zero = False if gate in ROUTES else gate in LOOSE or _all_nonzero(xs)
            moved = _where(is_small(slope) & ((slope != 0) | zero), self.moves.beside(moved), moved)
        return moved

    def product(self, sent: Value, upstream: Value, slope: Value) -> Value:
        """What is sent, which is rounded, and what may have been lost of it below the smallest double."""
        if type(sent) is float:
            if (type(slope) is float and slope in ONES) or (type(upstream) is float and upstream in ONES):
                return sent
            moved = self.nearby(sent)
            lost = -SMALL < sent < SMALL and (sent or (type(slope) is float and slope and _some(upstream != 0)))
            return self.moves.beside(moved) if lost else moved
        moved = sent if type(slope) is float and slope in ONES else self.nearby(sent)
        if some_small(sent) and (small := is_small(sent) & (sent != 0)).any():
            return _where(small, self.moves.beside(moved), moved)
        return moved


class AgainExactly(Again):
    """The same on numbers, where only what was indeed rounded is moved: it takes longer to tell."""

    looks_closer = True


def _some(mask: Any) -> bool:
    return mask if isinstance(mask, bool) else bool(mask.any())


def _where(mask: Any, x: Any, y: Any) -> Any:
    import numpy as np

    return np.where(mask, x, y)


def _all_nonzero(xs: Sequence[Value]) -> Any:
    mask: Any = True
    for x in xs:
        mask = mask & (x != 0)
    return mask
