"""Numbers of other kinds as doubles, with a remark where the nearest double is another number.

Decimal fractions are not remarked on: nearly none is a double, and nobody expects it.
"""

from __future__ import annotations

from backprop_cli.errors import shorten
from backprop_cli.lean import Any

_EXACT = 2**53  # whole numbers up to here are doubles


def plain_number(given: Any) -> float | None:
    """The double that a number of Python's, or a double of NumPy's, is; None for any other value."""
    if isinstance(given, float):
        return float(given)
    return float(given) if type(given) is int and -_EXACT <= given <= _EXACT else None


def nearest_doubles(given: Any) -> tuple[Any, str]:
    """The number, or the array of lists of numbers, and the remark.

    Raises TypeError, ValueError or OverflowError for what is not real numbers.
    """
    if isinstance(given, int):
        number = float(given)
        return number, "" if int(number) == given else _remark(str(given), number)
    import numpy as np

    from backprop_cli.numeric.arrays import doubles

    with np.errstate(all="ignore"):
        array = np.asarray(given)
        found = doubles(array)
        if isinstance(given, list | tuple) and array.dtype.kind == "f" and np.any(abs(found) >= _EXACT):
            array = np.array(given, dtype=object)  # whole numbers among others became floats
        lost = _lost(array, found)
    if lost is None or not lost.any():
        return found, ""
    place = tuple(int(k[0]) for k in np.nonzero(np.atleast_1d(lost)))
    more = int(lost.sum()) - 1
    words = _remark(str(np.atleast_1d(array)[place]), float(np.atleast_1d(found)[place]))
    return found, words + (f" (and {more:,} more)" if more else "")


def _remark(given: str, used: float) -> str:
    return f"`{shorten(given)}` is not a double; the nearest one, {shorten(f'{used:.0f}')}, is used"


def _lost(array: Any, found: Any) -> Any:
    """Where a whole number is not the double it became; None where the type has no such numbers."""
    import numpy as np

    kind, wide = array.dtype.kind, array.dtype.itemsize
    if kind == "O":
        flags = [isinstance(x, int) and abs(x) >= _EXACT and int(float(x)) != x for x in array.flat]
        return np.array(flags, dtype=bool).reshape(array.shape)
    if kind == "f" and wide > np.dtype(float).itemsize:
        return (found != array) & (array == np.rint(array)) & np.isfinite(found)
    return _inexact(array) if kind in "iu" and wide == 8 else None


def _inexact(array: Any) -> Any:
    """Where a whole number has more than 53 binary digits from its first 1 to its last."""
    import numpy as np

    if array.size and int(array.max()) <= _EXACT and int(array.min()) >= -_EXACT:
        return None
    magnitude = np.where(array < 0, -array.astype(np.uint64), array.astype(np.uint64))
    last = magnitude & (~magnitude + np.uint64(1))
    return magnitude // np.maximum(last, np.uint64(1)) >= _EXACT
