"""What a line does to a name: `=`, `+=`, `-=`, `*=`, `/=`, of all of it or of the elements at an index."""

from __future__ import annotations

from operator import add, mul, sub, truediv

from backprop_cli.graph import Value
from backprop_cli.lean import Any, Callable

SET, ADD = "=", "+="
_CHANGES: dict[str, Callable[[Any, Any], Any]] = {ADD: add, "-=": sub, "*=": mul, "/=": truediv}
OPERATORS = (SET, *_CHANGES)


def assigned(
    operator: str, old: Value | None, new: Value, index: tuple[Any, ...] | None = None, *, gathers: bool = False
) -> Value:
    """The value that a name has after a line: `old` is the one before, None without one.

    With `gathers`, what repeated indices give adds up.

    Raises ValueError or IndexError if the shapes do not fit.
    """
    if index is not None:
        import numpy as np

        whole = np.array(old)
        if gathers:
            np.add.at(whole, index, new)
            return whole
        whole[index] = new if operator == SET else _CHANGES[operator](whole[index], new)
        return whole if whole.shape else whole[()]
    if operator == SET:
        return new
    if old is None:
        return new if operator == ADD else -new
    return _CHANGES[operator](old, new)
