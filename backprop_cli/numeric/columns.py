"""The functions of `floats` on whole columns of numbers, in the same digits: each element by the same function of C.

NumPy's own arithmetic rounds as Python's does; its functions may round otherwise, and are not used.
"""

from __future__ import annotations

import math
from itertools import repeat

import numpy as np

from backprop_cli.lean import Any, Callable
from backprop_cli.numeric import floats, special


def _over(name: str, one: Callable[..., float]) -> Callable[..., Any]:
    """A function of columns, and of numbers beside them, of a function of numbers."""
    fast = getattr(math, name, one)  # the same where it answers

    def over(*columns: Any) -> Any:
        count = next((len(x) for x in columns if isinstance(x, np.ndarray)), None)
        if count is None:
            return one(*columns)
        parts = [memoryview(x) if isinstance(x, np.ndarray) else repeat(x) for x in columns]  # type: ignore[arg-type]
        try:
            return np.fromiter(map(fast, *parts), float, count)
        except (ValueError, OverflowError):
            return np.fromiter(map(one, *parts), float, count)

    return over


_WHOLE = {"floor", "ceil"}  # of which `math` makes integers
_FUNCTIONS = {name: getattr(room, name) for room in (floats, special) for name in room.__all__}
globals().update({name: _over("" if name in _WHOLE else name, one) for name, one in _FUNCTIONS.items()})
globals().update(abs=np.abs, div=np.divide, where=np.where)
