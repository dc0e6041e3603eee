"""Determinants, inverses and diagonals of matrices, quiet where a matrix is singular."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from backprop_cli.lean import Any, Sequence
from backprop_cli.numeric.arrays import Array
from backprop_cli.numeric.reductions import others

_SMALL = 100  # the order up to which singular values take no time
MINORS = 5  # the largest order of which all minors are worked out: there are 2^n

__all__ = [
    "adjugate", "cofactors", "cofactors_push", "cond", "det", "diag", "diagonal_back", "inv", "is_minor_zero",
    "logabsdet", "logdet", "solve",
]  # fmt: skip


def det(a: Array) -> Array:
    """The determinant; by minors where they are few, so that whole numbers stay whole."""
    return np.float64(by_minors(a.tolist())) if len(a) <= MINORS else np.linalg.det(a)


def by_minors(a: Sequence[Sequence[Any]], *, alternating: bool = True) -> Any:
    """The determinant by minors of the first rows, each worked out once (Laplace).

    If not `alternating` all terms are added: of sizes, that is the scale of what rounding makes of the determinant.
    """
    minors: dict[tuple[int, ...], Any] = {(): 1.0}
    for row, elements in enumerate(a):
        minors = {
            columns: _total(
                [elements[c] * minors[columns[:k] + columns[k + 1 :]] for k, c in enumerate(columns)],
                row % 2 if alternating else None,
            )
            for columns in combinations(range(len(a)), row + 1)
        }
    return minors[tuple(range(len(a)))]


def _total(terms: Sequence[Any], added: int | None) -> Any:
    """The terms, of which every second is subtracted: all but the even or the odd ones, or none."""
    total: Any = 0.0
    for k, term in enumerate(terms):
        total = total + term if added is None or k % 2 == added else total - term
    return total


def adjugate(a: Array, *, alternating: bool = True) -> Array:
    """The cofactors, transposed, by minors."""
    order, kind = len(a), object if np.asarray(a).dtype == object else float
    rows, out = a.tolist(), np.empty((order, order), dtype=kind)
    for i, j in np.ndindex(order, order):
        minor = by_minors([row[:i] + row[i + 1 :] for k, row in enumerate(rows) if k != j], alternating=alternating)
        out[i, j] = minor if (i + j) % 2 == 0 or not alternating else 0.0 - minor
    return out


def cofactors(a: Array) -> Array:
    """The derivative of the determinant, the adjugate's transpose, which a singular matrix has too.

    By singular values beyond small orders: a = U·S·Vᵀ has the cofactors det(U)·det(V)·U·C·Vᵀ, where C holds for each
    singular value the product of the others.
    """
    if len(a) <= MINORS:
        return adjugate(a).T
    if not np.isfinite(a).all():
        return np.full_like(a, np.nan)
    u, s, vt = np.linalg.svd(a)
    turned, rest = np.linalg.det(u) * np.linalg.det(vt), others(s, (0,))
    if np.isfinite(rest).all():
        return turned * (u * rest) @ vt
    sizes = np.sum(np.log(s)) - np.log(s)  # by logarithms where half of a product leaves the doubles
    return turned * (u * np.exp(sizes - np.max(sizes))) @ vt * np.exp(np.max(sizes))


def cofactors_push(d: Array, a: Array) -> Array:
    """How the cofactors move when the matrix moves by d; also what they send back of d, as det has symmetric seconds.

    Of small orders each minor moves by its rows, one after the other. Beyond, in the bases of the singular vectors, it
    is p·diag(d) on the diagonal and -p·dᵀ elsewhere, where p[i, j] is the product of the singular values but i and j.
    """
    n = len(a)
    if n <= MINORS:
        moved = np.zeros((n, n), dtype=object if object in (np.asarray(a).dtype, np.asarray(d).dtype) else float)
        for row in range(n if n > 1 else 0):
            by_row = np.array(a, dtype=moved.dtype)
            by_row[row] = d[row]
            terms = cofactors(by_row)
            terms[row] = 0.0
            moved = moved + terms
        return moved
    if not (np.isfinite(a).all() and np.isfinite(d).all()):
        return np.full_like(a, np.nan)
    u, s, vt = np.linalg.svd(a)
    without = np.tile(s, (n, 1))
    np.fill_diagonal(without, 1.0)
    rest = others(without, (1,))
    np.fill_diagonal(rest, 0.0)
    turned = u.T @ d @ vt.T
    inner = np.diag(rest @ np.diag(turned)) - rest * turned.T
    return np.linalg.det(u) * np.linalg.det(vt) * (u @ inner @ vt)


def is_minor_zero(a: Array) -> Array:
    """For each cofactor whether 0 is what it is, and not what underflow has made of it."""
    if len(a) > MINORS:
        s = np.linalg.svd(a, compute_uv=False) if np.isfinite(a).all() else np.ones(len(a))
        return np.full(np.shape(a), bool((s == 0).any() or (others(s, (0,)) > 0).all()))
    sizes = (adjugate(b, alternating=False).T for b in (np.abs(a), 1.0 * (a != 0)))
    return (next(sizes) > 0) | (next(sizes) == 0)


def logdet(a: Array) -> Array:
    """The determinant's logarithm, also where the determinant is no double; NaN if it is negative."""
    whole, scale = _scaled(a)
    return np.log(whole) + scale


def logabsdet(a: Array) -> Array:
    """The logarithm of the determinant's size, also where the determinant is no double."""
    whole, scale = _scaled(a)
    return np.log(np.abs(whole)) + scale


def _scaled(a: Array) -> tuple[Array, Array]:
    """A number of ordinary size, and the logarithm of what times it is the determinant."""
    whole = det(a)
    if 1e-290 < np.abs(whole) < 1e290:
        return whole, 0.0
    _, exponents = np.frexp(np.max(np.abs(a), axis=1))  # a power of two a row: nothing is rounded
    return det(np.ldexp(a, -exponents[:, None])), np.sum(exponents) * np.log(2)


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
    """By how much solving with the matrix can magnify a relative error, up to a factor of its order where it is large.

    Singular values take many times as long as the inverse.
    """
    if not np.isfinite(a).all():
        return np.nan
    return float(np.linalg.cond(a, None if len(a) <= _SMALL else 1))


def diag(x: Array) -> Array:
    """A vector on the diagonal of a matrix of zeros, or the diagonal of a matrix."""
    return np.diag(x)


def diagonal_back(G: Array, a: Array) -> Array:
    """What the diagonal of a matrix sends back."""
    out = np.zeros(np.shape(a))
    np.fill_diagonal(out, G)
    return out
