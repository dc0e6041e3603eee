"""The functions of arrays with rounding exaggerated: with results, or what they are added up from, a little off.

`nearby` answers an array, each element moved by a relative `size` or less. What underflowed to 0 is no longer 0.
"""

from __future__ import annotations

import numpy as np

from backprop_cli.lean import Any, Callable
from backprop_cli.numeric import arranged, factors, linalg, losses, matrices, normalizations, reductions, windows
from backprop_cli.numeric.arrays import Array
from backprop_cli.numeric.linalg import MINORS, adjugate, by_minors
from backprop_cli.numeric.shapes import Axis

Function = Callable[..., Any]
_SMALL = 2.0**-1012  # below, a thousand times the smallest double is a part in a million
_TINY = 2.0**-1064  # a thousand times the smallest double
_UP = 400  # powers of 2 by which a gradient is enlarged
_FAR = 4000  # powers of 2, beyond all doubles

_ROUNDED = {
    reductions: (
        "accumulate", "accumulate_back", "centred", "dot", "linspace", "matmul", "matmul_left", "matmul_right", "mean",
        "norm", "outer", "std", "sum", "trace", "var",
    ),
    losses: (
        "apart", "cross_entropy", "cross_entropy_slopes", "hinge_loss", "hinge_margins", "log_softmax",
        "log_softmax_back", "logsumexp", "odds_slope", "sigmoid", "softplus", "weighed_log", "weighed_log1p",
        "weighed_log_over",
    ),
    normalizations: ("cosine", "normalized", "over_channels"),
    arranged: (
        "kron", "kron_left", "kron_right", "multiply_up", "multiply_up_push", "repeat_back",
        "sort_back", "sort_push", "tile_back",
    ),
    linalg: ("logabsdet", "logdet"),
    factors: (
        "cholesky", "cholesky_back", "cholesky_push", "eigvalsh", "eigvalsh_back", "eigvalsh_push", "expm", "expm_push",
        "pinv", "pinv_back", "pinv_push", "solve_triangular", "svdvals", "svdvals_back", "svdvals_push",
    ),
    windows: (
        "bias_back", "conv", "conv_left", "conv_right", "pool_back", "pool_mean", "pool_mean_back", "pool_push",
    ),
}  # fmt: skip


def functions(nearby: Callable[[Array], Array], size: float) -> dict[str, Function]:
    """Those that round, by name."""

    def moved(function: Function) -> Function:
        return lambda *operands, **options: nearby(function(*operands, **options))

    def noise(x: Array) -> Array:
        return nearby(x) - x

    def minors(a: Array) -> Array:
        b, rows, columns = _balanced(a)
        found = adjugate(b) + noise(adjugate(np.abs(b), alternating=False))
        whole = np.sum(rows) + np.sum(columns)
        return np.ldexp(found, whole - columns[:, None] - rows)

    def determinant(a: Array) -> Array:
        if len(a) > MINORS:
            return nearby(linalg.det(a))
        b, rows, columns = _balanced(a)
        found = linalg.det(b) + noise(np.float64(by_minors(np.abs(b).tolist(), alternating=False)))
        return np.ldexp(found, np.sum(rows) + np.sum(columns))

    def times(a: Array, b: Array) -> Array:
        out = nearby(np.matmul(a, b))
        return np.where(
            np.abs(out) < _SMALL, out + np.copysign(np.abs(noise(np.ones(out.shape))) / size * _TINY, out), out
        )

    def multiply_up_back(G: Array, x: Array, out: Array, axis: Axis) -> Array:
        larger = arranged.multiply_up_back(np.ldexp(G, _UP), x, out, axis)
        here = arranged.multiply_up_back(G, x, out, axis)
        return nearby(np.where(np.isfinite(larger), np.ldexp(larger, -_UP), here))

    def apart(terms: Callable[..., tuple[Array, Array]]) -> Function:
        """The difference of two terms that each are rounded."""

        def difference(*operands: Any) -> Array:
            one, other = terms(*operands)
            return nearby(one) - nearby(other)

        return difference

    def of_others(function: Function, *operands: Array) -> Array:
        """Each element from other operands nearby: of one matrix they keep what cancels, such as a·adjugate(a)."""
        here, there = function(*operands), function(*map(nearby, operands))
        return here + (there - here) * noise(np.ones(np.shape(here))) / size

    def inverse(a: Array) -> Array:
        return minors(a) / determinant(a) if len(a) <= MINORS else of_others(linalg.inv, a)

    def softmax(x: Array, axis: Axis) -> Array:
        return _not_lost(nearby(losses.softmax(x, axis)), x)

    def chances(x: Array, axis: Axis) -> tuple[Array, ...]:
        return tuple(_not_lost(nearby(p), x) for p in losses.chances(x, axis))

    return {
        **{name: moved(getattr(room, name)) for room, names in _ROUNDED.items() for name in names},
        "det": determinant,
        "adjugate": minors,
        "cofactors": lambda a: minors(a).T if len(a) <= MINORS else of_others(linalg.cofactors, a),
        "cofactors_push": lambda d, a: of_others(linalg.cofactors_push, d, a),
        "inv": inverse,
        "solve": lambda a, b: np.matmul(inverse(a), b) if len(a) <= MINORS else of_others(linalg.solve, a, b),
        "matrix_power": lambda a, power: matrices.matrix_power(a, power, times, inverse),
        "matrix_power_push": lambda e, a, power: matrices.matrix_power_push(e, a, power, times, inverse),
        "multiply_up_back": multiply_up_back,
        "others": lambda x, axis: nearby(_others(x, axis)),
        "prod": lambda x, axis, keepdims: nearby(_prod(x, axis, keepdims)),
        "cosine_slopes": apart(normalizations.cosine_slopes_terms),
        "normalized_back": apart(normalizations.normalized_back_terms),
        "softmax": softmax,
        "chances": chances,
    }


def _not_lost(p: Array, x: Array) -> Array:
    """Shares of exponentials, of which underflow takes digits, and all of them; of a score of -infinity it is 0."""
    return np.where((p < _SMALL) & (x != -np.inf), p + _TINY, p)


# What products of many factors, and determinants, lose below the smallest doubles on the way is not lost here, so that
# the two differ: mantissas and exponents are multiplied apart, and a matrix is balanced by powers of 2.


def _balanced(a: Array) -> tuple[Array, Array, Array]:
    """A matrix with elements of about 1, and the exponents of 2 that its rows and columns were divided by."""
    rows = np.frexp(np.max(np.abs(a), axis=1, initial=0.0))[1]
    b = np.ldexp(a, -rows[:, None])
    columns = np.frexp(np.max(np.abs(b), axis=0, initial=0.0))[1]
    return np.ldexp(b, -columns), rows, columns


def _factors(x: Array, axis: Axis) -> tuple[Array, Array]:
    """The product over axes, kept, as a mantissa and an exponent."""
    parts, exponents = np.frexp(x)
    exponent = np.sum(exponents, axis=axis, keepdims=True, dtype=np.int64)
    for k in axis:
        while (length := parts.shape[k]) > 1:  # two by two, none far from 1
            even = np.take(parts, range(0, length - 1, 2), k) * np.take(parts, range(1, length, 2), k)
            rest = np.take(parts, range(length - length % 2, length), k)
            parts, more = np.frexp(np.concatenate([even, rest], k))
            exponent = exponent + np.sum(more, axis=axis, keepdims=True, dtype=np.int64)
    return parts if parts.size else np.ones(exponent.shape), exponent


def _ldexp(x: Array, exponent: Array) -> Array:
    return np.ldexp(x, np.clip(exponent, -_FAR, _FAR).astype(np.int32))


def _prod(x: Array, axis: Axis, keepdims: bool) -> Array:
    whole = _ldexp(*_factors(x, axis))
    return whole if keepdims else np.squeeze(whole, axis)


def _others(x: Array, axis: Axis) -> Array:
    zeros = np.sum(x == 0, axis=axis, keepdims=True)
    parts, exponents = np.frexp(np.where(x == 0, 1.0, x))
    whole, exponent = _factors(np.where(x == 0, 1.0, x), axis)
    return np.where(zeros - (x == 0) > 0, 0.0, _ldexp(whole / parts, exponent - exponents))
