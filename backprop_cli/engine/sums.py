"""Gradients that meet at a fork are added as if exactly: what rounding takes of each sum is kept, and given back."""

from __future__ import annotations

from backprop_cli.graph.graph import Value
from backprop_cli.lean import Any, Callable


class Lost(dict[int, Value]):
    """Of nodes at which gradients meet, what rounding took of the sum.

    `moved` is what becomes of a sum that has not enough digits for all of it, where rounding is exaggerated.
    """

    def __init__(self, moved: Callable[[Any], Any] | None = None) -> None:
        super().__init__()
        self.moved = moved


def join(grads: list[Value | None], node: int, sent: Value, lost: Lost | None) -> None:
    """Add to a gradient; `lost` takes what is rounded off (D. E. Knuth, TAOCP 2, 4.2.2, theorem B)."""
    before = grads[node]
    total = grads[node] = before + sent
    if lost is not None:
        added = total - before
        rounded = (before - (total - added)) + (sent - added)
        lost[node] = lost[node] + rounded if node in lost else rounded


def settle(grads: list[Value | None], node: int, lost: Lost) -> None:
    """Give a gradient back what its sum lost."""
    if node not in lost:
        return
    rounded: Any = lost.pop(node)
    grad: Any = grads[node]
    if not hasattr(rounded, "shape"):
        if rounded == rounded:  # not where the sum is infinite
            grads[node] = total = grad + rounded
            if lost.moved is not None and (total - grad != rounded or total - rounded != grad):
                grads[node] = lost.moved(total)
        return
    import numpy as np

    sums = np.where(np.isnan(rounded), grad, grad + rounded)
    exact = (sums - grad == rounded) & (sums - rounded == grad) if lost.moved is not None else True
    grads[node] = sums if lost.moved is None else np.where(exact, sums, lost.moved(sums))
