"""Gradients that meet at a fork are added as if exactly: what rounding takes of each sum is kept, and given back."""

from __future__ import annotations

from backprop_cli.graph.graph import Value

Lost = dict[int, Value]  # of nodes at which gradients meet: what rounding took of the sum


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
    rounded, grad = lost.pop(node), grads[node]
    if not hasattr(rounded, "shape"):
        grads[node] = grad + rounded if rounded == rounded else grad  # not where the sum is infinite
        return
    import numpy as np

    grads[node] = np.where(np.isnan(rounded), grad, grad + rounded)
