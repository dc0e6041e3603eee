"""Moves: numbers about a thousand units in the last place away, and the functions of arrays with every result moved so.

A rule of a tensor gate is a text over functions of arrays. What it cancels inside, such as 1 - softmax where one score
towers over the rest, is seen only where each of these functions is moved, not just what the rule answers.
"""

from __future__ import annotations

from itertools import cycle
from math import copysign

from backprop_cli.gates.fields import ARRAYS, Field
from backprop_cli.graph.graph import Value
from backprop_cli.lean import Any, Callable, cache, cached_property

_MOVE = 2.0**-43  # a thousand units in the last place
_FINE = 2.0**-47  # sixty of them
_TINY = 2.0**-1064  # a thousand times the smallest double
SMALL = 2.0**-1012  # below, a thousand times the smallest double is a part in a million
ORDINARY = 2.0**1012  # what is below stays finite where it is moved
_FEW = 1009  # moves, used again and again
_ROW = 8 * _FEW  # elements; as many factors stay in the processor's caches


@cache
def moves(fine: int) -> Moves:
    """The moves from the first one on: there are only these, so that the rules are compiled once.

    With `fine` a sixteenth of them, in the order of the `fine`-th of several runs.
    """
    return Moves(_FINE if fine else _MOVE, fine * _FEW // 4)


def _factors(size: float) -> list[float]:
    """Of one number after the other, none of them nearly 1: up or down by half to all of a move, as if by chance."""
    # A linear congruential generator with the constants of Knuth's MMIX, of which the high bits are used.
    state, factors = 0, []
    for _ in range(_FEW):
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        factors.append(1.0 + size * (2 * (state >> 63) - 1) * (0.5 + (state >> 10 & 2**53 - 1) / 2**54))
    return factors


def is_small(x: Any) -> Any:
    """Where elements are so small that a thousand times the smallest double matters."""
    return (x > -SMALL) & (x < SMALL)


def some_small(x: Any) -> bool:
    """Whether an element is."""
    from backprop_cli.numeric.blocks import somewhere

    return somewhere(is_small, x)


def ordinary(x: Any) -> float:
    """The least absolute value, if all that becomes of the number, or of each element, is a move; else 0.

    That is so where nothing is small, infinite or NaN.
    """
    if type(x) is float or not getattr(x, "shape", ()):
        return abs(x) if SMALL <= abs(x) < ORDINARY else 0.0
    from backprop_cli.numeric.blocks import within

    return within(x, SMALL, ORDINARY)


class Moves:
    """One move after the other, the same whenever they are begun."""

    def __init__(self, size: float, first: int) -> None:
        self._size, factors = size, _factors(size)
        self._factors = factors[first:] + factors[:first]
        self.factor: Callable[[], float]  # the next one, for those who move numbers alone
        self._of_arrays: Any = None  # the factors again and again
        self.begin()

    def alone(self) -> Moves:
        """The same moves from the first on, for numbers: another thread may be at its own."""
        made = object.__new__(Moves)
        made._size, made._factors, made._of_arrays = self._size, self._factors, None
        made.begin()
        return made

    def begin(self) -> None:
        """The first move again."""
        self._turn, self.factor = 0, cycle(self._factors).__next__

    def row(self, begin: int, count: int) -> Any:
        """So many of the factors, from one of them on, for those who move columns of numbers."""
        import numpy as np

        begin %= _FEW
        return np.resize(self._factors[begin:] + self._factors[:begin], count)

    def nearby(self, x: Value) -> Value:
        """A number a thousand units in the last place away; whole numbers of classes, axes and exponents too."""
        if type(x) is float or not x.shape:
            self._turn = turn = (self._turn + 1) % _FEW
            return x * self._factors[turn]
        import numpy as np

        return self._moved(x, np.empty(x.shape))

    def fresh(self, x: Value, *others: Value) -> Value:
        """The same of what was just made; in its place, if it is none of the others and owns its elements."""
        if type(x) is float or x.base is not None or not (x.flags.c_contiguous and x.flags.writeable and x.shape):
            return self.nearby(x)
        return self.nearby(x) if any(x is other for other in others) else self._moved(x, x)

    def _moved(self, x: Any, out: Any) -> Any:
        import numpy as np

        if self._of_arrays is None:
            self._of_arrays = np.resize(self._factors, _ROW + _FEW)
        self._turn = turn = (self._turn + 1) % _FEW
        factors, whole = self._of_arrays[turn:], x.size - x.size % _ROW
        flat, moved = x.reshape(-1), out.reshape(-1)
        np.multiply(flat[:whole].reshape(-1, _ROW), factors[:_ROW], out=moved[:whole].reshape(-1, _ROW))
        np.multiply(flat[whole:], factors[: x.size - whole], out=moved[whole:])
        return out

    def skip(self, count: int) -> None:
        """Go on as if so many numbers had been moved."""
        self._turn += count

    def beside(self, x: Value) -> Value:
        """A number hundreds of the smallest doubles farther from 0; no two moves are the same, or they might cancel."""
        if type(x) is float:
            return x + copysign(_TINY * (abs(self.nearby(1.0) - 1.0) / self._size), x)
        import numpy as np

        return x + np.copysign(_TINY * (abs(self.nearby(np.ones(np.shape(x))) - 1.0) / self._size), x)

    @cached_property
    def arrays(self) -> Field:
        """The field of arrays with every result moved that is rounded."""
        from backprop_cli.numeric.moved import functions

        field = Field(*ARRAYS.modules, choice=ARRAYS.choice, known=ARRAYS.known)
        field.names.update(functions(self.nearby, self._size))
        return field
