"""The passes with rounding exaggerated, but not that of elements which are known.

A row whose digits are lost makes everything doubtful that adds up all rows, as gradients of weights do.
"""

from __future__ import annotations

from backprop_cli.engine.apart import Doubtful, nothing
from backprop_cli.engine.exaggerated import Again
from backprop_cli.engine.passes import Backward
from backprop_cli.engine.sums import Lost, settle
from backprop_cli.engine.true_number import TrueNumber
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Any, Iterable, NamedTuple, Sequence


class Pins(NamedTuple):
    """Of nodes' values, and of their gradients, at which elements they are known, and the true numbers there."""

    values: dict[int, tuple[Any, Any]]
    grads: dict[int, tuple[Any, Any]]


def pins(found: Doubtful, values: Sequence[Value], passed: Backward | None, decided: Iterable[TrueNumber]) -> Pins:
    """What was doubtful and is decided: the true numbers are the `decided` ones."""
    grads: Sequence[Value | None] = passed.grads if passed is not None else ()
    true: dict[tuple[bool, int], Any] = {(False, node): values[node].copy() for node in found.values}
    for node, mask in found.grads.items():
        grad = grads[node]
        true[True, node] = nothing(mask.shape) if grad is None else grad.copy()
    for item in decided:
        true[item.of_gradient, item.node][item.element] = item.true
    return Pins(
        {node: (mask, true[False, node]) for node, mask in found.values.items()},
        {node: (mask, true[True, node]) for node, mask in found.grads.items()},
    )


class Pinned(Again):
    """The passes with every rounding exaggerated but that of the elements that are known."""

    def __init__(
        self, graph: Graph, values: Sequence[Value], output: int, fine: int, active: Sequence[int] | None, known: Pins
    ) -> None:
        self.known = known
        super().__init__(graph, values, output, fine, active=active)

    def forward(self, node: int) -> None:
        """The value of a node again."""
        super().forward(node)
        if node in self.known.values:
            self.values[node] = self._with(self.values[node], *self.known.values[node])
            self.near.discard(node)
            self.least.pop(node, None)

    def send_on(self, node: int, again: Backward, lost: Lost, active: bytearray | None) -> None:
        """What a node sends to its operands."""
        settle(again.grads, node, lost)
        if node in self.known.grads and again.grads[node] is not None:
            again.grads[node] = self._with(again.grads[node], *self.known.grads[node])
            self.least_sent.pop(node, None)
        super().send_on(node, again, lost, active)

    def _with(self, numbers: Any, mask: Any, true: Any) -> Any:
        import numpy as np

        return np.where(mask, self.nearby(true), numbers)  # doubles near the true numbers
