"""The passes with rounding exaggerated over large arrays, a piece of their elements at a time.

Of a program that goes element by element, and at the end adds all of them up, nothing of these passes is kept: a piece
stays in the processor's caches from its leaves to the comparison of its gradients. Sums over all elements are added up
from those of the pieces, and moved once.
"""

from __future__ import annotations

from copy import copy

from backprop_cli.engine.apart import AllFinite, Doubtful, all_moved, moved_far, nothing
from backprop_cli.engine.by_elements import Plan
from backprop_cli.engine.exaggerated import Again
from backprop_cli.engine.flow import Flow
from backprop_cli.engine.passes import Backward, add, nothing_yet
from backprop_cli.engine.sums import Lost, settle
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Any, NamedTuple, Sequence
from backprop_cli.numeric.shapes import size

PIECE = 65_536  # elements
_SOME = 2.0  # an upstream gradient that is neither 0 nor 1


class Sent(NamedTuple):
    """What an array sends to a number: the sum, whether anything flows and whether an upstream gradient is not 0."""

    sent: float
    flow: Flow
    arrives: bool
    slope: Value

    def and_also(self, other: Sent) -> Sent:
        """The same of both pieces."""
        return Sent(self.sent + other.sent, self.flow or other.flow, self.arrives or other.arrives, other.slope)


class Piece(Again):
    """A piece of the passes, at some elements; what it sends to numbers is collected."""

    def __init__(self, again: Again, graph: Graph, before: list[Value], values: list[Value]) -> None:
        """Of `again`, in whose place `graph` has the piece's shapes."""
        self.graph, self.output, self.moves, self.nearby = graph, again.output, again.moves, again.nearby
        self.before, self.values, self.given, self.near = before, values, {}, set()
        self.least, self.least_sent = {}, {}
        self.sent: dict[tuple[int, int], Sent] = {}

    def arrive(
        self, node: int, k: int, sent: Value, flow: Flow, upstream: Value, slope: Value, again: Backward, lost: Lost
    ) -> None:
        """Add what is sent to the gradient of a node's k-th operand; of a number when all pieces are known."""
        if self.graph.shapes[self.graph.inputs[node][k]]:
            super().arrive(node, k, sent, flow, upstream, slope, again, lost)
        else:
            self.sent[node, k] = Sent(sent, flow, bool((upstream != 0).any()), slope)


class Passes:
    """Both passes, and what moved too far in them."""

    def __init__(
        self,
        again: Again,
        of: Plan,
        passed: Backward | None,
        active: bytearray | None,
        beyond: AllFinite,
        only: Any = None,
    ) -> None:
        """`again` has the numbers before the arrays. With `only`, of arrays the elements in these places."""
        self.again, self.plan, self.passed, self.active, self.beyond = again, of, passed, active, beyond
        self.graph, self.shapes = again.graph, again.graph.shapes
        self.arrays = [node for node in range(again.output + 1) if self.shapes[node]]
        self.only, self.count = only, size(of.shape) if only is None else len(only)
        self.before = _rows(again.before[: again.output + 1], only)
        self.grads = _rows(passed.grads, only) if passed is not None else []
        self.sums = dict.fromkeys(of.weights, 0.0)
        self.sent: dict[tuple[int, int], Sent] = {}
        self.values_found: dict[int, Any] = {}
        self.grads_found: dict[int, Any] = {}

    def doubtful(self) -> Doubtful | None:
        """The doubtful numbers; None where an infinity or NaN came up on the way that pieces do not tell of."""
        again, after, before = self.again, self.plan.after, self.again.before
        if self.passed is None:
            self._go_through(forward=True)
            self._numbers_after()
        elif self.plan.at_once:
            back, lost = again.begun(self.passed)
            self._send(after, back, lost)
            self._go_through(back, forward=True)
            self._numbers_after()
            if any(again.values[node] != again.values[node] and before[node] == before[node] for node in self.sums):
                return None
        else:
            self._go_through(forward=True)
            self._numbers_after()
            back, lost = again.begun(self.passed)
            self._send(after, back, lost)
            self._go_through(back)
        numbers = [None if self.shapes[node] else x for node, x in enumerate(before[: again.output + 1])]
        self.values_found |= all_moved(self.graph, numbers, again.values, self.beyond)
        if self.passed is not None:
            self._collect(back, lost)
            early = [node for node in range(again.output + 1) if not self.shapes[node] and node not in set(after)]
            self._send(early, back, lost)
            self.grads_found |= all_moved(self.graph, self._graded(back), back.grads, self.beyond)
        return Doubtful(dict(sorted(self.values_found.items())), dict(sorted(self.grads_found.items())))

    def of_elements(self) -> Doubtful:
        """The doubtful ones of some elements, of which those of numbers are not told."""
        back = None
        if self.passed is not None:
            back, lost = self.again.begun(self.passed)
            self._send(self.plan.after, back, lost)
        self._go_through(back, forward=True)
        return Doubtful(self.values_found, self.grads_found)

    def _go_through(self, back: Backward | None = None, *, forward: bool = False) -> None:
        """All pieces, one after the other: the values are compared if `forward`, the gradients if there is `back`."""
        count, again = self.count, self.again
        theirs = [row if y is x else y for row, x, y in zip(self.before, again.before, again.values, strict=False)]
        sent = _rows(back.grads, self.only) if back is not None else []
        flows = _rows(back.flows, self.only) if back is not None else []
        graphs: dict[int, Graph] = {}
        for start in range(0, count, PIECE):
            at = slice(start, min(start + PIECE, count))
            graph = graphs.setdefault(at.stop - start, _of_length(self.graph, at.stop - start))
            before = _cut(self.before, at)
            pairs = zip(before, self.before, theirs, strict=True)
            piece = Piece(again, graph, before, [x if row is y else _part(y, at) for x, row, y in pairs])
            for node in self.plan.inside:
                piece.forward(node)
            if forward:
                asked = [node for node in self.plan.inside if node not in piece.near]
                self._compare(self.values_found, asked, self.before, piece.values, piece.least, at)
                for node in self.sums:
                    self.sums[node] += float(piece.nearby(piece.values[self.graph.inputs[node][0]]).sum())
            if back is not None:
                there, lost = nothing_yet(graph), Lost(piece.nearby)
                for node in self.arrays:
                    there.grads[node], there.flows[node] = _part(sent[node], at), _part(flows[node], at)
                for node in reversed(self.arrays):
                    piece.send_on(node, there, lost, self.active)
                asked = [node for node in self.arrays if self.active is None or self.active[node]]
                self._compare(self.grads_found, asked, self.grads, there.grads, piece.least_sent, at)
                for key, part in piece.sent.items():
                    self.sent[key] = self.sent[key].and_also(part) if key in self.sent else part

    def _compare(
        self,
        found: dict[int, Any],
        nodes: list[int],
        here: list[Any],
        there: list[Any],
        least: dict[int, float],
        at: slice,
    ) -> None:
        """Mark where a piece moved too far."""
        known: dict[tuple[int, int], Any] = {}  # what a sum sends is one array in many places
        for node in nodes:
            x, y = here[node], there[node]
            if x is None and y is None:
                continue
            both = id(x), id(y)
            if both not in known:
                part = nothing(y.shape) if x is None else x[at]
                known[both] = moved_far(part, 0.0 if y is None else y, self.beyond, least.get(node, 0.0))
            if known[both] is not False:
                if node not in found:
                    found[node] = nothing(self.plan.shape) != 0
                found[node].reshape(-1)[at if self.only is None else self.only[at]] = known[both]

    def _numbers_after(self) -> None:
        """The sums over all pieces, and the numbers that depend on them."""
        again = self.again
        for node in self.plan.after:
            if node in self.sums:
                total = float(again.nearby(self.sums[node] * self.plan.weights[node]))
                again.values[node] = again.rounded(total, node, ())
            else:
                again.forward(node)

    def _send(self, nodes: list[int], back: Backward, lost: Lost) -> None:
        """What numbers send, the last first."""
        for node in reversed(nodes):
            if node in self.sums:  # which asks for no more than a shape
                self.again.given[node] = [self.again.before[self.graph.inputs[node][0]]]
            self.again.send_on(node, back, lost, self.active)
        for node in self.arrays:
            settle(back.grads, node, lost)

    def _collect(self, back: Backward, lost: Lost) -> None:
        """Add what arrays sent to numbers."""
        for (node, k), part in sorted(self.sent.items(), reverse=True):
            slope = part.slope if type(part.slope) is float else None
            sent = self.again.product(part.sent, _SOME if part.arrives else 0.0, slope)
            add(back, self.graph.inputs[node][k], sent, part.flow, lost)

    def _graded(self, back: Backward) -> list[Any]:
        """The gradients of numbers that are asked for."""
        found: list[Any] = []
        for node, grad in enumerate(self.grads):
            asked = node < len(self.shapes) and not self.shapes[node] and (self.active is None or self.active[node])
            found.append(0.0 if asked and grad is None and back.grads[node] is not None else grad if asked else None)
        return found


def _of_length(graph: Graph, length: int) -> Graph:
    """The graph, of so many elements."""
    made = copy(graph)
    made.shapes = [(length,) if shape else () for shape in graph.shapes]
    return made


def _rows(values: Sequence[Any], only: Any) -> list[Any]:
    """The elements of arrays in a row, or those in some places; the same for what is the same array."""
    rows: dict[int, Any] = {}
    for x in values:
        if getattr(x, "shape", ()) and id(x) not in rows:
            rows[id(x)] = x.reshape(-1) if only is None else x.reshape(-1)[only]
    return [rows.get(id(x), x) if getattr(x, "shape", ()) else x for x in values]


def _cut(rows: list[Any], at: slice) -> list[Any]:
    return [_part(x, at) for x in rows]


def _part(row: Any, at: slice) -> Any:
    return row[at] if getattr(row, "shape", ()) else row
