"""Eigenvalues, singular values, Cholesky factors, pseudoinverses and exponentials of matrices, and what they send back.

Sources: eigenvalues, singular values and the Cholesky factor, M. B. Giles, *Collected matrix derivative results*
(2008), and I. Murray, *Differentiation of the Cholesky decomposition* (2016); the pseudoinverse, Golub & Pereyra 1973;
the exponential by scaling and squaring, Higham 2005, its derivative from a block matrix, Mathias 1996.

What is symmetric is the function of (a + aᵀ)/2. NaN where a matrix has no factor.
"""

from __future__ import annotations

from math import ceil, log2

import numpy as np

from backprop_cli.lean import Callable
from backprop_cli.numeric.arrays import Array
from backprop_cli.numeric.linalg import solve

__all__ = [
    "asymmetry", "cholesky", "cholesky_back", "cholesky_push", "deficient", "eigvalsh", "eigvalsh_back",
    "eigvalsh_push", "expm", "expm_push", "pinv", "pinv_back", "pinv_push", "solve_triangular", "svdvals",
    "svdvals_back", "svdvals_push", "tied", "triangle", "vanishing",
]  # fmt: skip

_FEW = 8 * 2.0**-52  # of the largest: what rounding leaves of a gap between equal numbers


def symmetric(a: Array) -> Array:
    """The symmetric part."""
    return (a + a.T) / 2


def asymmetry(a: Array) -> float:
    """How far a matrix is from its transpose, beside its largest element."""
    largest = np.max(np.abs(a))
    return float(np.max(np.abs(a - a.T)) / largest) if largest > 0 else 0.0


def _found(function: Callable[..., Array], a: Array, shape: tuple[int, ...]) -> Array:
    """What NumPy finds; NaN where it finds nothing."""
    try:
        return function(a) if np.isfinite(a).all() else np.full(shape, np.nan)
    except np.linalg.LinAlgError:
        return np.full(shape, np.nan)


# -- eigenvalues and singular values -----------------------------------------------------------------------


def _width(values: Array) -> float:
    return _FEW * len(values) * float(np.max(np.abs(values)))


def tied(values: Array) -> Array:
    """Which of sorted numbers are as good as equal to a neighbour."""
    near = np.abs(np.diff(values)) <= _width(values)
    return np.concatenate([near, [False]]) | np.concatenate([[False], near])


def vanishing(values: Array) -> Array:
    """Which singular values are as good as 0."""
    return values <= _width(values)


def _evenly(G: Array, values: Array) -> Array:
    """G with its mean over each run of equal numbers, whose vectors are any basis."""
    bounds = np.flatnonzero(np.abs(np.diff(values)) > _width(values)) + 1
    return np.concatenate([np.full(len(part), np.mean(part)) for part in np.split(np.asarray(G, dtype=float), bounds)])


def eigvalsh(a: Array) -> Array:
    """The eigenvalues of the symmetric part, from the smallest on."""
    return _found(np.linalg.eigvalsh, symmetric(a), (len(a),))


def eigvalsh_back(G: Array, a: Array, out: Array) -> Array:
    """What they send back: G in the basis of the eigenvectors."""
    if not np.isfinite(out).all():
        return np.full(np.shape(a), np.nan)
    _, vectors = np.linalg.eigh(symmetric(a))
    return (vectors * _evenly(G, out)) @ vectors.T


def eigvalsh_push(d: Array, a: Array, out: Array) -> Array:
    """How they move when the matrix moves by d."""
    if not np.isfinite(out).all():
        return np.full(np.shape(out), np.nan)
    _, vectors = np.linalg.eigh(symmetric(a))
    return _evenly(np.sum(vectors * (symmetric(d) @ vectors), axis=0), out)


def svdvals(a: Array) -> Array:
    """The singular values, from the largest on."""
    return _found(lambda x: np.linalg.svd(x, compute_uv=False), a, (min(np.shape(a)),))


def svdvals_back(G: Array, a: Array, out: Array) -> Array:
    """What they send back: G between the singular vectors, nothing from a value of 0."""
    if not np.isfinite(out).all():
        return np.full(np.shape(a), np.nan)
    left, _, right = np.linalg.svd(a, full_matrices=False)
    return (left * np.where(vanishing(out), 0.0, _evenly(G, out))) @ right


def svdvals_push(d: Array, a: Array, out: Array) -> Array:
    """How they move when the matrix moves by d."""
    if not np.isfinite(out).all():
        return np.full(np.shape(out), np.nan)
    left, _, right = np.linalg.svd(a, full_matrices=False)
    return np.where(vanishing(out), 0.0, _evenly(np.sum(left * (d @ right.T), axis=0), out))


# -- triangles ---------------------------------------------------------------------------------------------


def cholesky(a: Array) -> Array:
    """The lower triangle L with L·Lᵀ = a; NaN if the matrix is not positive definite."""
    return _found(np.linalg.cholesky, symmetric(a), np.shape(a))


def _half(a: Array) -> Array:
    """The lower triangle with half of the diagonal."""
    return np.tril(a) - np.diag(np.diag(a)) / 2


def cholesky_back(G: Array, out: Array) -> Array:
    """What it sends back: the symmetric part of L⁻ᵀ·Φ(Lᵀ·G)·L⁻¹, where Φ halves the diagonal of a lower triangle."""
    inner = solve(out.T, _half(out.T @ np.tril(G)))
    return symmetric(solve(out.T, inner.T).T)


def cholesky_push(d: Array, out: Array) -> Array:
    """How it moves when the matrix moves by d: L·Φ(L⁻¹·d·L⁻ᵀ)."""
    return out @ _half(solve(out, solve(out, symmetric(d)).T).T)


def triangle(a: Array, lower: bool) -> Array:
    """The lower or the upper triangle."""
    return np.tril(a) if lower else np.triu(a)


def solve_triangular(a: Array, b: Array, lower: bool) -> Array:
    """The x of t·x = b with the lower or upper triangle t of a; NaN everywhere if its diagonal has a 0."""
    return solve(triangle(a, lower), b)


# -- pseudoinverse and exponential -------------------------------------------------------------------------


def _cutoff(a: Array, values: Array) -> float:
    return float(max(np.shape(a)) * 2.0**-52 * np.max(values))


def deficient(a: Array) -> bool:
    """Whether the rank is less than the number of rows and that of columns."""
    if not np.isfinite(a).all():
        return False
    values = svdvals(a)
    return bool(np.min(values) <= _cutoff(a, values))


def pinv(a: Array) -> Array:
    """The pseudoinverse (Moore, Penrose), from the singular values that are not as good as 0."""
    if not np.isfinite(a).all():
        return np.full(np.shape(a)[::-1], np.nan)
    left, values, right = np.linalg.svd(a, full_matrices=False)
    kept = values > _cutoff(a, values)
    return (right.T * np.where(kept, 1 / np.where(kept, values, 1.0), 0.0)) @ left.T


def pinv_back(G: Array, a: Array, out: Array) -> Array:
    """What it sends back while the rank stays the same."""
    rows, columns = np.eye(len(a)) - a @ out, np.eye(np.shape(a)[1]) - out @ a
    return -out.T @ G @ out.T + rows @ G.T @ out @ out.T + out.T @ out @ G.T @ columns


def pinv_push(d: Array, a: Array, out: Array) -> Array:
    """How it moves when the matrix moves by d and the rank stays the same."""
    rows, columns = np.eye(len(a)) - a @ out, np.eye(np.shape(a)[1]) - out @ a
    return -out @ d @ out + out @ out.T @ d.T @ rows + columns @ d.T @ out.T @ out


_PADE = (64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0,
         10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0,
         1.0)  # fmt: skip
_REACH = 5.371920351148152  # of the 1-norm: so far the quotient of degree 13 is right to the last digit


def expm(a: Array) -> Array:
    """The sum of aᵏ/k!, by scaling and squaring."""
    size = np.max(np.sum(np.abs(a), axis=0))
    if not np.isfinite(size):
        return np.full(np.shape(a), np.nan)
    squarings = max(0, ceil(log2(size / _REACH))) if size > _REACH else 0
    a = a / 2.0**squarings
    one, b = np.eye(len(a)), _PADE
    a2 = a @ a
    a4 = a2 @ a2
    a6 = a4 @ a2
    odd = a @ (a6 @ (b[13] * a6 + b[11] * a4 + b[9] * a2) + b[7] * a6 + b[5] * a4 + b[3] * a2 + b[1] * one)
    even = a6 @ (b[12] * a6 + b[10] * a4 + b[8] * a2) + b[6] * a6 + b[4] * a4 + b[2] * a2 + b[0] * one
    out = solve(even - odd, even + odd)
    for _ in range(squarings):
        out = out @ out
    return out


def expm_push(d: Array, a: Array) -> Array:
    """How it moves when the matrix moves by d, which is also, with a transposed, what it sends back for d."""
    n = len(a)
    return expm(np.block([[a, d], [np.zeros((n, n)), a]]))[:n, n:]
