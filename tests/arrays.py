"""Array programs that several tests share, and a judge of their gradients that is NumPy and differences alone."""

from __future__ import annotations

import numpy as np

from backprop_cli.engine.passes import backward, forward
from backprop_cli.errors import Source
from backprop_cli.graph import lower
from backprop_cli.graph.shapes import infer
from backprop_cli.graph.verify import verify
from backprop_cli.language.parser import parse
from backprop_cli.numeric.shapes import MAX_ELEMENTS

# Drawn once, written down as a recipe: RandomState's stream is frozen (NEP 19).
_DRAWN = np.random.RandomState(5)
ENVIRONMENT = {
    "x": _DRAWN.standard_normal(3),
    "y": _DRAWN.standard_normal(3),
    "z": _DRAWN.standard_normal(2),
    "s": 0.7,
    "W": _DRAWN.standard_normal((2, 3)),
    "A": _DRAWN.standard_normal((3, 4)),
    "B": _DRAWN.standard_normal((4, 2)),
    "col": _DRAWN.standard_normal((3, 1)),
    "line": _DRAWN.standard_normal((1, 4)),
    "S": _DRAWN.standard_normal((3, 3)),
    "S2": _DRAWN.standard_normal((2, 2)),
    "S4": _DRAWN.standard_normal((4, 4)),
    "T": _DRAWN.standard_normal((5, 3, 4)),
    "U": _DRAWN.standard_normal((5, 4, 2)),
    "P": np.abs(_DRAWN.standard_normal((3, 4))),
    "Z": np.array([[1.0, 0, 3], [0, 0, 2], [1, 2, 3]]),  # products with one and with two zeros
    "M": np.array([[1.0, 2, 3, 4], [2, 4, 6, 8], [1, 0, 1, 0], [3, 1, 2, 2]]),  # singular, of rank 3
}

# Program: NumPy's formula for its value, over the same names.
PROGRAMS = {
    "W@x": lambda e: e["W"] @ e["x"],
    "x@B[:3]": lambda e: e["x"] @ e["B"][:3],
    "x@y": lambda e: e["x"] @ e["y"],
    "A@B": lambda e: e["A"] @ e["B"],
    "A B": lambda e: e["A"] @ e["B"],
    "T@B": lambda e: e["T"] @ e["B"],
    "T@U": lambda e: e["T"] @ e["U"],
    "A@U": lambda e: e["A"] @ e["U"],
    "x@T": lambda e: e["x"] @ e["T"],
    "T@line[0]": lambda e: e["T"] @ e["line"][0],
    "W'": lambda e: e["W"].T,
    "T'": lambda e: e["T"].T,
    "x'@S@x": lambda e: e["x"] @ e["S"] @ e["x"],
    "sum(A)": lambda e: e["A"].sum(),
    "sum(A, axis=0)": lambda e: e["A"].sum(0),
    "sum(A, 1, keepdims=True)": lambda e: e["A"].sum(1, keepdims=True),
    "sum(T, axis=[0, -1])": lambda e: e["T"].sum((0, 2)),
    "mean(A)": lambda e: e["A"].mean(),
    "mean(T, axis=1)": lambda e: e["T"].mean(1),
    "max(A)": lambda e: e["A"].max(),
    "max(A, axis=0)": lambda e: e["A"].max(0),
    "min(T, axis=[0, 1], keepdims=True)": lambda e: e["T"].min((0, 1), keepdims=True),
    "prod(x)": lambda e: e["x"].prod(),
    "prod(A, axis=0)": lambda e: e["A"].prod(0),
    "prod(Z, axis=1)": lambda e: e["Z"].prod(1),
    "prod(T, axis=[0, 2])": lambda e: e["T"].prod((0, 2)),
    "var(A)": lambda e: e["A"].var(),
    "var(A, axis=0, ddof=1)": lambda e: e["A"].var(0, ddof=1),
    "var(T, axis=[0, 2], keepdims=True)": lambda e: e["T"].var((0, 2), keepdims=True),
    "std(A, axis=1)": lambda e: e["A"].std(1),
    "std(T, axis=[0, 1], keepdims=True, ddof=2)": lambda e: e["T"].std((0, 1), keepdims=True, ddof=2),
    "norm(A)": lambda e: np.linalg.norm(e["A"]),
    "norm(A, axis=1)": lambda e: np.linalg.norm(e["A"], axis=1),
    "norm(T, axis=[0, -1], keepdims=True)": lambda e: np.sqrt((e["T"] ** 2).sum((0, 2), keepdims=True)),
    "norm1(A)": lambda e: np.abs(e["A"]).sum(),
    "norm1(T, axis=1)": lambda e: np.abs(e["T"]).sum(1),
    "norm1(T, axis=[0, 2], keepdims=True)": lambda e: np.abs(e["T"]).sum((0, 2), keepdims=True),
    "norminf(A)": lambda e: np.abs(e["A"]).max(),
    "norminf(T, axis=1, keepdims=True)": lambda e: np.abs(e["T"]).max(1, keepdims=True),
    "norminf(A, axis=0)": lambda e: np.abs(e["A"]).max(0),
    "cumsum(A)": lambda e: e["A"].cumsum(),
    "cumsum(A, axis=0)": lambda e: e["A"].cumsum(0),
    "cumsum(T, axis=-1)": lambda e: e["T"].cumsum(-1),
    "dot(x, y)": lambda e: np.dot(e["x"], e["y"]),
    "outer(x, z)": lambda e: np.outer(e["x"], e["z"]),
    "trace(S)": lambda e: np.trace(e["S"]),
    "det(S2)": lambda e: np.linalg.det(e["S2"]),
    "det(S)": lambda e: np.linalg.det(e["S"]),
    "det(S4)": lambda e: np.linalg.det(e["S4"]),
    "det(M)": lambda e: np.linalg.det(e["M"]),
    "cofactors(S)": lambda e: np.linalg.det(e["S"]) * np.linalg.inv(e["S"]).T,
    "cofactors(S4) * s": lambda e: np.linalg.det(e["S4"]) * np.linalg.inv(e["S4"]).T * e["s"],
    "cofactors(T[0]@T[0]' + 2*eye(3))": lambda e: (
        np.linalg.det(e["T"][0] @ e["T"][0].T + 2 * np.eye(3))
        * np.linalg.inv(e["T"][0] @ e["T"][0].T + 2 * np.eye(3)).T
    ),
    "logdet(S'@S + eye(3))": lambda e: np.log(np.linalg.det(e["S"].T @ e["S"] + np.eye(3))),
    "inv(S)": lambda e: np.linalg.inv(e["S"]),
    "solve(S, x)": lambda e: np.linalg.solve(e["S"], e["x"]),
    "solve(S, A)": lambda e: np.linalg.solve(e["S"], e["A"]),
    "diag(x)": lambda e: np.diag(e["x"]),
    "diag(A)": lambda e: np.diag(e["A"]),
    "softmax(A)": lambda e: _softmax(e["A"], -1),
    "softmax(A, axis=0)": lambda e: _softmax(e["A"], 0),
    "log_softmax(A)": lambda e: np.log(_softmax(e["A"], -1)),
    "logsumexp(A)": lambda e: np.log(np.exp(e["A"]).sum()),
    "logsumexp(T, axis=1, keepdims=True)": lambda e: np.log(np.exp(e["T"]).sum(1, keepdims=True)),
    "cross_entropy(A, [0, 3, 1])": lambda e: -np.log(_softmax(e["A"], -1))[[0, 1, 2], [0, 3, 1]].mean(),
    "cross_entropy(x, 2)": lambda e: -np.log(_softmax(e["x"], -1))[2],
    "cross_entropy(A, P)": lambda e: -(e["P"] * np.log(_softmax(e["A"], -1))).sum() / 3,
    "hinge_loss(A, [0, 3, 1])": lambda e: _svm(e["A"], [0, 3, 1], 1.0),
    "hinge_loss(A, [0, 3, 1], delta=0.5)": lambda e: _svm(e["A"], [0, 3, 1], 0.5),
    "mse(x, y)": lambda e: ((e["x"] - e["y"]) ** 2).mean(),
    "logabsdet(S) + logabsdet(S4)*s": lambda e: sum(
        np.linalg.slogdet(e[m])[1] * k for m, k in (("S", 1.0), ("S4", e["s"]))
    ),
    "eigvalsh(S + S')": lambda e: np.linalg.eigvalsh(e["S"] + e["S"].T),
    "eigvalsh(S4)*line[0]": lambda e: np.linalg.eigvalsh((e["S4"] + e["S4"].T) / 2) * e["line"][0],
    "eigvalsh(S2)": lambda e: np.linalg.eigvalsh((e["S2"] + e["S2"].T) / 2),
    "svdvals(A) + svdvals(S2)[0]": lambda e: (
        np.linalg.svd(e["A"], compute_uv=False) + np.linalg.svd(e["S2"], compute_uv=False)[0]
    ),
    "svdvals(col)*svdvals(S2)": lambda e: np.linalg.norm(e["col"]) * np.linalg.svd(e["S2"], compute_uv=False),
    "cholesky(S@S' + eye(3))": lambda e: np.linalg.cholesky(e["S"] @ e["S"].T + np.eye(3)),
    "cholesky(eye(4)*9 + S4)": lambda e: np.linalg.cholesky(np.eye(4) * 9 + (e["S4"] + e["S4"].T) / 2),
    "solve_triangular(S, x)": lambda e: np.linalg.solve(np.triu(e["S"]), e["x"]),
    "solve_triangular(S, A, lower=True)": lambda e: np.linalg.solve(np.tril(e["S"]), e["A"]),
    "pinv(A) + s*pinv(A')'": lambda e: np.linalg.pinv(e["A"]) + e["s"] * np.linalg.pinv(e["A"].T).T,
    "pinv(S)": lambda e: np.linalg.inv(e["S"]),
    "expm(S) + expm(S4)[:3, 1:]": lambda e: _expm(e["S"]) + _expm(e["S4"])[:3, 1:],
    "conv1d(P, T[:2, :, :2])": lambda e: _conv(e["P"][None], e["T"][:2, :, :2], 1, 0)[0],
    "conv1d(T, T[:4, :, 1:4], line[0], stride=2, padding=1)": lambda e: (
        _conv(e["T"], e["T"][:4, :, 1:4], 2, 1) + e["line"][0][:, None]
    ),
    "conv2d(reshape(T, 5, 1, 3, 4), reshape(S4, 4, 1, 2, 2), s)": lambda e: (
        _conv(e["T"].reshape(5, 1, 3, 4), e["S4"].reshape(4, 1, 2, 2), 1, 0) + e["s"]
    ),
    "conv2d(T, ones(2, 5, 2, 1)*s, z, stride=[1, 2], padding=[1, 0])": lambda e: (
        _conv(e["T"][None], np.ones((2, 5, 2, 1)) * e["s"], (1, 2), (1, 0))[0] + e["z"][:, None, None]
    ),
    "max_pool1d(T, 2)": lambda e: e["T"].reshape(5, 3, 2, 2).max(3),
    "max_pool2d(T, [2, 3], stride=1)": lambda e: np.stack(
        [np.stack([e["T"][:, i : i + 2, j : j + 3].max((1, 2)) for j in range(2)], 1) for i in range(2)], 1
    ),
    "max_pool2d(A, 3, stride=2, padding=1)": lambda e: np.array(
        [[e["A"][max(i, 0) : i + 3, max(j, 0) : j + 3].max() for j in (-1, 1)] for i in (-1, 1)]
    ),
    "avg_pool1d(x, 3, padding=1, stride=1)": lambda e: np.convolve(e["x"], np.ones(3) / 3, "same"),
    "avg_pool2d(S4, 2) + avg_pool2d(T[:, :2, :2], 2)[0, 0, 0]": lambda e: (
        e["S4"].reshape(2, 2, 2, 2).mean((1, 3)) + e["T"][0, :2, :2].mean()
    ),
    "cross_entropy(A, [0, 3, 1], label_smoothing=0.1)": lambda e: _smoothed(e["A"], np.eye(4)[[0, 3, 1]], 0.1),
    "cross_entropy(A, P, label_smoothing=0.3)": lambda e: _smoothed(e["A"], e["P"], 0.3),
    "binary_cross_entropy(sigmoid(x), [0, 1, 0.3])": lambda e: _bits(1 / (1 + np.exp(-e["x"])), np.array([0, 1, 0.3])),
    "binary_cross_entropy(sigmoid(A), sigmoid(P*A))": lambda e: _bits(
        1 / (1 + np.exp(-e["A"])), 1 / (1 + np.exp(-e["P"] * e["A"]))
    ),
    "binary_cross_entropy_with_logits(x, y)": lambda e: _bits(1 / (1 + np.exp(-e["x"])), e["y"]),
    "binary_cross_entropy_with_logits(s, 1)": lambda e: np.log(1 + np.exp(-e["s"])),
    "kl_div(A, P)": lambda e: (e["P"] * (np.log(e["P"]) - e["A"])).mean(),
    "kl_div(log_softmax(x), softmax(y))": lambda e: (
        _softmax(e["y"], -1) * np.log(_softmax(e["y"], -1) / _softmax(e["x"], -1))
    ).mean(),
    "cosine_similarity(x, y)": lambda e: e["x"] @ e["y"] / np.sqrt((e["x"] @ e["x"]) * (e["y"] @ e["y"])),
    "cosine_similarity(A, line) + cosine_similarity(S, T[:3, :, 0], axis=1)": lambda e: (
        _cosine(e["A"], e["line"], 1) + _cosine(e["S"], e["T"][:3, :, 0], 1)
    ),
    "cosine_similarity(line, A)": lambda e: _cosine(e["line"], e["A"], 1),
    "cosine_similarity(S, A[:, :3], axis=0)": lambda e: _cosine(e["S"], e["A"][:, :3], 0),
    "cosine_similarity(x, y, eps=10)": lambda e: e["x"] @ e["y"] / 100,
    "layer_norm(A)": lambda e: _standardized(e["A"], 1),
    "layer_norm(A, line, s, axis=0)": lambda e: _standardized(e["A"], 0) * e["line"] + e["s"],
    "layer_norm(T, P, A, axis=[-2, -1], eps=0.1)": lambda e: _standardized(e["T"], (1, 2), 0.1) * e["P"] + e["A"],
    "layer_norm(x, bias=y)": lambda e: _standardized(e["x"], 0) + e["y"],
    "batch_norm(A, line[0], A[0])": lambda e: _standardized(e["A"], 0) * e["line"][0] + e["A"][0],
    "batch_norm(T, x, y)": lambda e: _standardized(e["T"], (0, 2)) * e["x"][:, None] + e["y"][:, None],
    "batch_norm(reshape(T, 5, 3, 2, 2), weight=s, eps=0.01)": lambda e: (
        _standardized(e["T"].reshape(5, 3, 2, 2), (0, 2, 3), 0.01) * e["s"]
    ),
    "reshape(A, 2, -1)": lambda e: e["A"].reshape(2, -1),
    "reshape(A, [6, 2])": lambda e: e["A"].reshape(6, 2),
    "ravel(T)": lambda e: e["T"].ravel(),
    "concat(A, 2*A, axis=1)": lambda e: np.concatenate([e["A"], 2 * e["A"]], 1),
    "concat(x, z, x)": lambda e: np.concatenate([e["x"], e["z"], e["x"]]),
    "stack(x, y, axis=1)": lambda e: np.stack([e["x"], e["y"]], 1),
    "[x, y]": lambda e: np.stack([e["x"], e["y"]]),
    "[x[0], s; y[1]*s, 2]": lambda e: np.array([[e["x"][0], e["s"]], [e["y"][1] * e["s"], 2]]),
    "A[1]": lambda e: e["A"][1],
    "A[:, 1] + A[::-1, -1]": lambda e: e["A"][:, 1] + e["A"][::-1, -1],
    "T[1, :, 1:3] + T[-1, :, ::3]": lambda e: e["T"][1, :, 1:3] + e["T"][-1, :, ::3],
    "full(2, 3, s)*s": lambda e: np.full((2, 3), e["s"]) * e["s"],
    "linspace(s, x[0], 5)": lambda e: np.linspace(e["s"], e["x"][0], 5),
    "x + zeros(2, 3) + ones([2, 1]) + arange(3) + arange(1, 7, 2)": lambda e: (
        e["x"] + np.zeros((2, 3)) + np.ones((2, 1)) + np.arange(3) + np.arange(1, 7, 2)
    ),
    "A*s + A/s": lambda e: e["A"] * e["s"] + e["A"] / e["s"],
    "col*line - A": lambda e: e["col"] * e["line"] - e["A"],
    "T*col + line": lambda e: e["T"] * e["col"] + e["line"],
    "max(0, A)": lambda e: np.maximum(0, e["A"]),
    "max(A, s, line)": lambda e: np.maximum(np.maximum(e["A"], e["s"]), e["line"]),
    "where(A > line, A^2, sin(A))": lambda e: np.where(e["A"] > e["line"], e["A"] ** 2, np.sin(e["A"])),
    "A^2 + 2^A + P^s": lambda e: e["A"] ** 2 + 2 ** e["A"] + e["P"] ** e["s"],
    "q = x*y; q@S@q + sum(q)": lambda e: (e["x"] * e["y"]) @ e["S"] @ (e["x"] * e["y"]) + (e["x"] * e["y"]).sum(),
    "clip(A, -0.6*s, line)": lambda e: np.minimum(np.maximum(e["A"], -0.6 * e["s"]), e["line"]),
    "hypot(A, s)": lambda e: np.hypot(e["A"], e["s"]),
    "take(A, [2, 0, 2])": lambda e: e["A"][[2, 0, 2]],
    "take(x, [1, 1])*s": lambda e: e["x"][[1, 1]] * e["s"],
    "pick(A, [0, 3, 1])": lambda e: e["A"][[0, 1, 2], [0, 3, 1]],
    "expand_dims(x, 1)*z": lambda e: e["x"][:, None] * e["z"],
    "expand_dims(A, -1) - s": lambda e: e["A"][:, :, None] - e["s"],
    "squeeze(expand_dims(A, 0)*s)": lambda e: e["A"] * e["s"],
    "squeeze(expand_dims(A, 1), axis=1)": lambda e: e["A"],
    "size(A)*s + size(A, axis=0)*A[0]": lambda e: 12 * e["s"] + 3 * e["A"][0],
    "onehot([2, 0], 4) @ A'": lambda e: np.eye(4)[[2, 0]] @ e["A"].T,
    "tril(S) + triu(S, 1)*s": lambda e: np.tril(e["S"]) + np.triu(e["S"], 1) * e["s"],
    "triu(T, diagonal=-1)": lambda e: np.triu(e["T"], -1),
    "flip(A)*A + flip(T, axis=[0, 2])[0]": lambda e: np.flip(e["A"]) * e["A"] + np.flip(e["T"], (0, 2))[0],
    "roll(A, 5) + roll(A, -1, axis=1)": lambda e: np.roll(e["A"], 5) + np.roll(e["A"], -1, 1),
    "swapaxes(T, 0, -1)": lambda e: np.swapaxes(e["T"], 0, -1),
    "permute(T, 1, -1, 0)*s": lambda e: np.transpose(e["T"], (1, 2, 0)) * e["s"],
    "tile(A, 2, 3) + tile(tile(x, 2)[1:5], [3, 2, 3])[2, :, :12][:1]": lambda e: (
        np.tile(e["A"], (2, 3)) + np.tile(np.tile(e["x"], 2)[1:5], (3, 2, 3))[2, :, :12][:1]
    ),
    "tile(T, 2)": lambda e: np.tile(e["T"], 2),
    "repeat(A, 2) + repeat(repeat(x, 2, axis=0), 4)": lambda e: e["A"].repeat(2) + e["x"].repeat(2, 0).repeat(4),
    "repeat(T, 3, axis=1)": lambda e: e["T"].repeat(3, 1),
    "broadcast_to(col, 2, 3, 4)*A": lambda e: np.broadcast_to(e["col"], (2, 3, 4)) * e["A"],
    "cumprod(A)": lambda e: e["A"].cumprod(),
    "cumprod(Z, axis=1)": lambda e: e["Z"].cumprod(1),
    "cumprod(T, axis=-2)": lambda e: e["T"].cumprod(-2),
    "sort(A)*line + sort(A, axis=0)": lambda e: np.sort(e["A"]) * e["line"] + np.sort(e["A"], 0),
    "sort(A, axis=None)": lambda e: np.sort(e["A"], None),
    "kron(A, S2)": lambda e: np.kron(e["A"], e["S2"]),
    "kron(x, z)": lambda e: np.kron(e["x"], e["z"]),
    "matrix_power(S, 5)": lambda e: np.linalg.matrix_power(e["S"], 5),
    "matrix_power(S, -3) + matrix_power(S, 0)*s": lambda e: np.linalg.matrix_power(e["S"], -3) + np.eye(3) * e["s"],
    "argmax(A)*s + argmin(T, axis=1)*A[0]": lambda e: e["A"].argmax() * e["s"] + e["T"].argmin(1) * e["A"][0],
    "argmax(A, axis=1, keepdims=True) - argmin(A, keepdims=True)*A": lambda e: (
        e["A"].argmax(1, keepdims=True) - e["A"].argmin(keepdims=True) * e["A"]
    ),
}


def _softmax(x, axis):
    raised = np.exp(x)
    return raised / raised.sum(axis, keepdims=True)


def _expm(a):
    """The series, of a part of the matrix."""
    total, term = np.eye(len(a)), np.eye(len(a))
    for k in range(1, 30):
        term = term @ (a / 2**8) / k
        total = total + term
    for _ in range(8):
        total = total @ total
    return total


def _conv(x, weight, stride, padding):
    """Cross-correlation with loops over the places: examples, channels, one axis or two."""
    count = weight.ndim - 2
    stride, padding = (k if isinstance(k, tuple) else (k,) * count for k in (stride, padding))
    x = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)])
    lengths = [(n - k) // s + 1 for n, k, s in zip(x.shape[2:], weight.shape[2:], stride, strict=True)]
    out = np.zeros((len(x), len(weight), *lengths))
    for place in np.ndindex(*lengths):
        cut = tuple(slice(p * s, p * s + k) for p, s, k in zip(place, stride, weight.shape[2:], strict=True))
        for o, kernel in enumerate(weight):
            out[(slice(None), o, *place)] = (x[(slice(None), slice(None), *cut)] * kernel).sum(tuple(range(1, x.ndim)))
    return out


def _smoothed(scores, weights, share):
    """Szegedy et al. 2016, section 7: the labels' distribution, mixed with the uniform one."""
    mixed = (1 - share) * weights + share / scores.shape[-1]
    return -(mixed * np.log(_softmax(scores, -1))).sum() / len(scores)


def _bits(x, y):
    return -(y * np.log(x) + (1 - y) * np.log(1 - x)).mean()


def _cosine(x, y, axis):
    return (x * y).sum(axis) / np.sqrt((x * x).sum(axis) * (y * y).sum(axis))


def _standardized(x, axis, eps=1e-5):
    return (x - x.mean(axis, keepdims=True)) / np.sqrt(x.var(axis, keepdims=True) + eps)


def _svm(scores, labels, delta):
    """CS231n's L_i, summed and averaged as its notes write it, with loops."""
    total = 0.0
    for row, label in zip(scores, labels, strict=True):
        total += sum(max(0.0, s - row[label] + delta) for j, s in enumerate(row) if j != label)
    return total / len(labels)


def names_in(program):
    """The names of the environment that a program mentions, in its order of inputs."""
    import re

    return [name for name in ENVIRONMENT if re.search(rf"(?<![A-Za-z_0-9]){name}(?![A-Za-z_0-9(])", program)]


def prepared(program, values):
    """The graph with shapes, and the values of its nodes."""
    shapes = {name: np.shape(value) for name, value in values.items()}
    graph = lower(parse(Source("test", program), values), values)
    infer(graph, shapes, max_elements=MAX_ELEMENTS)
    verify(graph)
    return graph, forward(graph, values)


def weights_like(value):
    """An upstream gradient without symmetry, nor 1 for a number: what forgets it is found out."""
    return np.cos(np.arange(np.size(value)) + 0.5).reshape(np.shape(value)) if np.ndim(value) else -1.75


def gradients(program, values):
    """Our gradients of the output weighed by `weights_like`."""
    graph, numbers = prepared(program, values)
    passed = backward(graph, numbers, graph.output, weights_like(numbers[graph.output]))
    zeros = {name: np.zeros(np.shape(value)) for name, value in values.items()}
    grads = {name: passed.grads[node] for name, node in graph.variables.items()}
    return {name: zeros[name] if grads[name] is None else grads[name] for name in grads}


def differences(function, values, name, step=1e-3):
    """d sum(weights * function) / d values[name], element by element: central differences, Richardson-extrapolated."""
    weights = weights_like(function(values))

    def at(index, step):
        moved = np.array(values[name], dtype=float)
        moved[index] += step
        return np.sum(weights * function({**values, name: moved if moved.ndim else float(moved)}))

    found = np.zeros(np.shape(values[name]))
    for index in np.ndindex(*found.shape):
        coarse, fine = ((at(index, h) - at(index, -h)) / (2 * h) for h in (step, step / 2))
        found[index] = (4 * fine - coarse) / 3
    return found
