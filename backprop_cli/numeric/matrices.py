"""Functions of square matrices, and how they move with the matrix: pairs (value, move) are multiplied as dual numbers.

The move of f(a) along e is also, with a transposed, what f sends back (Higham, *Functions of Matrices*, 2008, ch. 3).
"""

from __future__ import annotations

import numpy as np

from backprop_cli.lean import Callable
from backprop_cli.numeric.arrays import Array
from backprop_cli.numeric.linalg import inv

__all__ = ["matrix_power", "matrix_power_push"]

Product = Callable[[Array, Array], Array]


def matrix_power(a: Array, power: int, times: Product = np.matmul, inverse: Callable[[Array], Array] = inv) -> Array:
    """The product of so many copies, by squaring; of the inverse where the power is negative."""
    factor, left, out = (inverse(a) if power < 0 else a), abs(power), None
    while left:
        if left & 1:
            out = factor if out is None else times(out, factor)
        left >>= 1
        factor = times(factor, factor) if left else factor
    return np.eye(len(a)) if out is None else out


def matrix_power_push(
    e: Array, a: Array, power: int, times: Product = np.matmul, inverse: Callable[[Array], Array] = inv
) -> Array:
    """How the power moves when the matrix moves by e."""
    if power < 0:
        a = inverse(a)
        e = -times(times(a, e), a)
    left, out, moved = abs(power), np.eye(len(a)), np.zeros(np.shape(a))
    while left:
        if left & 1:
            out, moved = times(out, a), times(out, e) + times(moved, a)
        left >>= 1
        if left:
            a, e = times(a, a), times(a, e) + times(e, a)
    return moved
