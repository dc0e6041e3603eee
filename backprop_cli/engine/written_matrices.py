"""Factors and functions of matrices written out element by element, where a finite formula has them.

Where the formula does not hold (a matrix without a factor, one of less than full rank) nothing is written out either.
`root` and `absolute` are the square root and the absolute value of an element. What has no such formula is a
TooLargeError; differences judge it.
"""

from __future__ import annotations

from math import ceil, log2

import numpy as np

from backprop_cli.lean import Any, Callable, Mapping
from backprop_cli.numeric.factors import cholesky, deficient
from backprop_cli.numeric.linalg import MINORS, adjugate, by_minors

Array = Any
Root = Callable[[Any], Any]
_LARGEST = 1e300  # of what is divided by powers of two
_TERMS = 24  # of the exponential's series; at a size of 1/16 what is left out is a part in 10^55


class TooLargeError(Exception):
    """The graph of numbers would have more nodes than the budget allows."""


def functions(root: Root, absolute: Root) -> Mapping[str, Callable[..., Any]]:
    """The functions by their names in the meanings of the gates."""
    return {
        "cholesky": lambda a: _by_columns(a, root),
        "eigvalsh": lambda a: _eigenvalues((a + a.T) / 2, root),
        "svdvals": lambda a: _singular_values(a, root, absolute),
        "pinv": _pseudoinverse,
        "expm": _series,
        "solve_triangular": _substituted,
    }


def _numbers(a: Array) -> Array:
    """The values of an operand's elements."""
    return np.array([float(x) for x in a.flat]).reshape(a.shape)


def _by_columns(a: Array, root: Root) -> Array:
    """The Cholesky factor, column by column."""
    if not np.isfinite(cholesky(_numbers(a))).all():
        raise TooLargeError
    a, n = (a + a.T) / 2, len(a)
    out = np.zeros((n, n), dtype=object)
    for j in range(n):
        out[j, j] = root(a[j, j] - np.sum(out[j, :j] * out[j, :j]))
        for i in range(j + 1, n):
            out[i, j] = (a[i, j] - np.sum(out[i, :j] * out[j, :j])) / out[j, j]
    return out


def _eigenvalues(a: Array, root: Root) -> Array:
    """Of a symmetric matrix of order 1 or 2, by the quadratic formula."""
    if len(a) == 1:
        return a[0]
    if len(a) > 2:
        raise TooLargeError
    half, apart = (a[0, 0] + a[1, 1]) / 2, (a[0, 0] - a[1, 1]) / 2
    length = root(apart * apart + a[0, 1] * a[0, 1])
    return np.array([half - length, half + length], dtype=object)


def _singular_values(a: Array, root: Root, absolute: Root) -> Array:
    """Of a row, a column, or a matrix of order 2: half the sum and half the difference of two lengths."""
    if 1 in a.shape:
        return np.array([root(np.sum(a * a))], dtype=object)
    if a.shape != (2, 2):
        raise TooLargeError
    (p, q), (r, s) = a
    one, other = (root(x * x + y * y) / 2 for x, y in ((p + s, q - r), (p - s, q + r)))
    return np.array([one + other, absolute(one - other)], dtype=object)


def _pseudoinverse(a: Array) -> Array:
    """Of a matrix of full rank: the inverse of aᵀ·a, or of a·aᵀ, times aᵀ."""
    if min(a.shape) > MINORS or deficient(_numbers(a)):
        raise TooLargeError
    wide = len(a) < a.shape[1]
    gram = np.dot(a, a.T) if wide else np.dot(a.T, a)
    inner = adjugate(gram)
    return (np.dot(a.T, inner) if wide else np.dot(inner, a.T)) / by_minors(gram.tolist())


def _series(a: Array) -> Array:
    """The exponential: its series for a part of the matrix, squared as often as it takes."""
    size = max(sum(abs(float(x)) for x in column) for column in a.T)
    if size > _LARGEST:
        raise TooLargeError
    squarings = max(0, ceil(log2(16 * size))) if size > 1 / 16 else 0
    a = a / 2.0**squarings
    one = np.eye(len(a))
    out = one + a / float(_TERMS)
    for k in range(_TERMS - 1, 0, -1):  # 1 + a/1·(1 + a/2·(1 + …))
        out = one + np.dot(a, out) / float(k)
    for _ in range(squarings):
        out = np.dot(out, out)
    return out


def _substituted(a: Array, b: Array, lower: bool) -> Array:
    """The solution of triangular equations, one after the other."""
    out = np.zeros(np.shape(b), dtype=object)
    n = len(a)
    for i in range(n) if lower else range(n - 1, -1, -1):
        known = range(i) if lower else range(i + 1, n)
        rest = b[i]
        for j in known:
            rest = rest - a[i, j] * out[j]
        out[i] = rest / a[i, i]
    return out
