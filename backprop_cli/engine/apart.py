"""Where two computations of the same numbers are too far apart for six digits."""

from __future__ import annotations

from math import inf

from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Any, Iterable, NamedTuple, Sequence, cached_property
from backprop_cli.numeric.shapes import Shape
from backprop_cli.text import all_finite

SIX_DIGITS = 1e-6


class Doubtful(NamedTuple):
    """The nodes whose value, and whose gradient, is doubtful; of an array with the mask of such elements."""

    values: dict[int, Any]
    grads: dict[int, Any]

    def __bool__(self) -> bool:
        return bool(self.values or self.grads)


class AllFinite:
    """Whether all of several values are finite. They are looked at only when the answer matters."""

    def __init__(self, values: Iterable[Value]) -> None:
        self._values = values

    @cached_property
    def _are(self) -> bool:
        return all(map(all_finite, self._values))

    def __bool__(self) -> bool:
        return self._are


def nothing(shape: Shape) -> Value:
    """The gradient that nobody has."""
    if not shape:
        return 0.0
    import numpy as np

    return np.zeros(shape)


def all_moved(
    graph: Graph, here: Sequence[Value | None], there: Sequence[Value | None], beyond: AllFinite
) -> dict[int, Any]:
    """Where the numbers of nodes moved by too much; a gradient that nobody has is 0."""
    found, masks = {}, {}
    for node, (x, y) in enumerate(zip(here, there, strict=False)):
        if x is None or (type(x) is float and type(y) is float and abs(y - x) <= SIX_DIGITS * abs(x) < inf):
            continue
        if x is y and not graph.inputs[node]:  # a leaf, as it was given
            continue
        both = id(x), id(y)  # what a sum sends is one array in many places
        if both not in masks:
            masks[both] = moved_far(x, 0.0 if y is None else y, beyond)
        if masks[both] is not False:
            found[node] = masks[both]
    return found


def moved_far(here: Value, there: Value, beyond: AllFinite, least: float = 0.0) -> Any:
    """Where a number moved by too much: a truth or a mask. What is not finite has, if it may be an overflow.

    That an infinity may be where all leaves are finite, which is `beyond`. `least` is a size that
    elements of `there` are not below, or by less than a part in a billion.
    """
    if type(here) is float and type(there) is float:
        if here - here != 0:
            return bool(beyond)
        return here != there and not abs(there - here) <= SIX_DIGITS * abs(here)
    import numpy as np

    from backprop_cli.numeric.blocks import near

    if getattr(here, "shape", ()) and near(here, there, SIX_DIGITS, least):
        return False
    finite = np.isfinite(here)
    mask = finite & _is_far(here, there) | (~finite if beyond else False)
    return mask if mask.any() else False


def _is_far(here: Any, there: Any) -> Any:
    near = SIX_DIGITS * abs(here)
    return ~((abs(there - here) <= near) & (near < inf))
