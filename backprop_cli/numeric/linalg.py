"""Determinants, inverses and diagonals of matrices, quiet where a matrix is singular."""

from __future__ import annotations

import numpy as np

from backprop_cli.numeric.arrays import Array
from backprop_cli.numeric.reductions import others

__all__ = [
    "cofactors", "cond", "det", "diag", "diagonal_back", "inv", "logdet", "solve",
]  # fmt: skip


def det(a: Array) -> Array:
    """The determinant; of orders up to 3 written out, so that whole numbers stay whole."""
    if len(a) == 1:
        return a[0, 0]
    if len(a) == 2:
        return a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]
    if len(a) == 3:
        return np.sum(a[0] * _cross(a[1], a[2]))
    return np.linalg.det(a)


def cofactors(a: Array) -> Array:
    """The derivative of the determinant, the adjugate's transpose, which a singular matrix has too.

    By singular values beyond order 3: a = U·S·Vᵀ has the cofactors det(U)·det(V)·U·C·Vᵀ, where C holds for each
    singular value the product of the others.
    """
    if len(a) == 1:
        return np.ones((1, 1))
    if len(a) == 2:
        return np.array([[a[1, 1], -a[1, 0]], [-a[0, 1], a[0, 0]]])
    if len(a) == 3:
        return np.array([_cross(a[1], a[2]), _cross(a[2], a[0]), _cross(a[0], a[1])])
    if not np.isfinite(a).all():
        return np.full_like(a, np.nan)
    u, s, vt = np.linalg.svd(a)
    turned, rest = np.linalg.det(u) * np.linalg.det(vt), others(s, (0,))
    if np.isfinite(rest).all():
        return turned * (u * rest) @ vt
    sizes = np.sum(np.log(s)) - np.log(s)  # by logarithms where half of a product leaves the doubles
    return turned * (u * np.exp(sizes - np.max(sizes))) @ vt * np.exp(np.max(sizes))


def _cross(x: Array, y: Array) -> Array:
    return np.array([x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]])


def logdet(a: Array) -> Array:
    """The determinant's logarithm, also where the determinant is no double; NaN if it is negative."""
    whole = det(a)
    if 1e-290 < np.abs(whole) < 1e290:
        return np.log(whole)
    _, exponents = np.frexp(np.max(np.abs(a), axis=1))  # a power of two a row: nothing is rounded
    return np.log(det(np.ldexp(a, -exponents[:, None]))) + np.sum(exponents) * np.log(2)


def inv(a: Array) -> Array:
    """The inverse; NaN everywhere if the matrix is singular."""
    try:
        return np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return np.full_like(a, np.nan)


def solve(a: Array, b: Array) -> Array:
    """The x of a·x = b; NaN everywhere if the matrix is singular."""
    try:
        return np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        return np.full_like(b, np.nan)


def cond(a: Array) -> float:
    """By how much solving with the matrix can magnify a relative error."""
    return float(np.linalg.cond(a)) if np.isfinite(a).all() else np.nan


def diag(x: Array) -> Array:
    """A vector on the diagonal of a matrix of zeros, or the diagonal of a matrix."""
    return np.diag(x)


def diagonal_back(G: Array, a: Array) -> Array:
    """What the diagonal of a matrix sends back."""
    out = np.zeros(np.shape(a))
    np.fill_diagonal(out, G)
    return out
