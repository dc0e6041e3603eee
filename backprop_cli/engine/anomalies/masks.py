"""Conditions on values: a truth of a number, a mask of an array; `&`, `|` and `^ True` mean the same on both."""

from __future__ import annotations

from math import inf, isfinite, isinf

from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Any
from backprop_cli.numeric.shapes import Shape

Mask = Any  # a bool, or an array of them that broadcasts to a node's shape
MOST_ELEMENTS = 1000  # marked elements that are looked at one by one


def some(mask: Mask) -> bool:
    """Whether the condition holds anywhere."""
    return mask if isinstance(mask, bool) else bool(mask.any())


def every(mask: Mask) -> bool:
    """Whether the condition holds everywhere."""
    return mask if isinstance(mask, bool) else bool(mask.all())


def is_finite(x: Value) -> Mask:
    """Where a value is neither infinite nor NaN; of an array True where that is everywhere."""
    if isinstance(x, float):
        return isfinite(x)
    import numpy as np

    finite = np.isfinite(x)
    return True if finite.all() else finite


def is_nan(x: Value) -> Mask:
    """Where a value is NaN."""
    return x != x


def is_infinite(x: Value) -> Mask:
    """Where a value is an infinity."""
    if isinstance(x, float):
        return isinf(x)
    import numpy as np

    return np.isinf(x)


def whole(mask: Mask, shape: Shape) -> Any:
    """The mask as an array of the shape."""
    import numpy as np

    return np.broadcast_to(mask, shape)


def elements(mask: Mask, shape: Shape) -> list[tuple[int, ...]]:
    """The first of the marked elements; of a number () if it is marked."""
    if not shape:
        return [()] * some(mask)
    import numpy as np

    return [tuple(map(int, index)) for index in np.argwhere(whole(mask, shape))[:MOST_ELEMENTS]]


def count(mask: Mask, shape: Shape) -> int:
    """How many elements are marked; of a marked number 1."""
    return int(whole(mask, shape).sum()) if shape else 1


def first(mask: Mask, shape: Shape) -> tuple[tuple[int, ...], int]:
    """The first marked element, and how many there are."""
    if not shape:
        return (), 1
    import numpy as np

    marked = whole(mask, shape)
    return tuple(map(int, np.unravel_index(int(np.argmax(marked)), shape))), count(marked, shape)


def at(value: Value, element: tuple[int, ...], shape: Shape) -> float:
    """The element of an operand that the element of a result of the shape is made of."""
    return float(whole(value, shape)[element]) if shape else float(value)


class Sizes:
    """How small and how large the elements of values are, worked out once an array.

    The values are those of one pass, which outlive it: an array's id is its own.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[float, float]] = {}

    def of(self, x: Value) -> tuple[float, float]:
        """The least and the largest absolute value, NaN if an element is."""
        if not getattr(x, "shape", ()):
            return abs(x), abs(x)
        if id(x) not in self._known:
            from backprop_cli.numeric.blocks import sizes

            self._known[id(x)] = sizes(x)
        return self._known[id(x)]

    def all_finite(self, x: Value) -> bool:
        """Whether no element is infinite or NaN."""
        return self.of(x)[1] < inf

    def none_is_zero(self, x: Value) -> bool:
        """Whether no element is 0 or NaN."""
        return self.of(x)[0] > 0


def operands_of(graph: Graph, values: list[Value], node: int) -> list[Value]:
    """The values of a node's operands."""
    return [values[j] for j in graph.inputs[node]]
