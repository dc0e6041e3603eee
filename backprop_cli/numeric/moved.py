"""The functions of arrays with rounding exaggerated: with results, or what they are added up from, a little off.

`nearby` answers an array, each element moved by a relative `size` or less. What underflowed to 0 is no longer 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backprop_cli.numeric import arranged, factors, linalg, losses, matrices, normalizations, reductions, windows
from backprop_cli.numeric.arrays import Array
from backprop_cli.numeric.linalg import MINORS, adjugate, by_minors
from backprop_cli.numeric.shapes import Axis

Function = Callable[..., Any]
_SMALL = 2.0**-1012  # below, a thousand times the smallest double is a part in a million
_TINY = 2.0**-1064  # a thousand times the smallest double

_ROUNDED = {
    reductions: (
        "accumulate", "accumulate_back", "centred", "dot", "linspace", "matmul", "matmul_left", "matmul_right", "mean",
        "norm", "others", "outer", "prod", "std", "sum", "trace", "var",
    ),
    losses: (
        "apart", "cross_entropy", "cross_entropy_slopes", "hinge_loss", "hinge_margins", "log_softmax",
        "log_softmax_back", "logsumexp", "odds_slope", "sigmoid", "softplus", "weighed_log", "weighed_log1p",
        "weighed_log_over",
    ),
    normalizations: ("cosine", "cosine_slopes", "normalized", "normalized_back", "over_channels"),
    arranged: (
        "kron", "kron_left", "kron_right", "multiply_up", "multiply_up_back", "multiply_up_push", "repeat_back",
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
        return adjugate(a) + noise(adjugate(np.abs(a), alternating=False))

    def determinant(a: Array) -> Array:
        if len(a) > MINORS:
            return nearby(linalg.det(a))
        return linalg.det(a) + noise(np.float64(by_minors(np.abs(a).tolist(), alternating=False)))

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
        "inv": inverse,
        "solve": lambda a, b: np.matmul(inverse(a), b) if len(a) <= MINORS else of_others(linalg.solve, a, b),
        "matrix_power": lambda a, power: matrices.matrix_power(a, power, moved(np.matmul), inverse),
        "matrix_power_push": lambda e, a, power: matrices.matrix_power_push(e, a, power, moved(np.matmul), inverse),
        "softmax": softmax,
        "chances": chances,
    }


def _not_lost(p: Array, x: Array) -> Array:
    """Shares of exponentials, of which underflow takes digits, and all of them; of a score of -infinity it is 0."""
    return np.where((p < _SMALL) & (x != -np.inf), p + _TINY, p)
