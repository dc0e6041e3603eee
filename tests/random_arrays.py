"""Random array programs, each with a value that NumPy and one that torch works out, from operations listed here.

A program is a chain of statements over a few inputs; any value may be used again, and every operation of the table is
as likely as the shapes at hand allow. The stream of RandomState is frozen, so a seed names a program for good.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np


class Operation(NamedTuple):
    """What is typed, and the same in NumPy; torch's is NumPy's unless it is another. `fits` judges operands' shapes."""

    text: str
    numpy: Callable[..., Any]
    fits: Callable[..., bool] = lambda *_: True
    torch: Callable[..., Any] | None = None


class Program(NamedTuple):
    """`text` over `values`; `numpy` and `torch` answer the output from a dictionary of values."""

    text: str
    values: dict[str, Any]
    steps: list[tuple[str, Operation, tuple[str, ...]]]

    def numpy(self, values: dict[str, Any]) -> Any:
        """The output, by NumPy."""
        known = dict(values)
        for name, operation, operands in self.steps:
            known[name] = operation.numpy(*(known[operand] for operand in operands))
        return known[self.steps[-1][0]]

    def torch(self, values: dict[str, Any]) -> Any:
        """The output, by torch."""
        known = dict(values)
        for name, operation, operands in self.steps:
            function = operation.torch or operation.numpy
            known[name] = function(*(known[operand] for operand in operands))
        return known[self.steps[-1][0]]


def _torch() -> Any:
    import torch

    return torch


def _named(name: str) -> Callable[..., Any]:
    """torch's function of that name, looked up when it is called."""

    def call(*operands: Any) -> Any:
        return attrgetter(name)(_torch())(*operands)

    return call


def _has(axes: int) -> Callable[..., bool]:
    return lambda *shapes: all(len(shape) >= axes for shape in shapes)


def _is(axes: int) -> Callable[..., bool]:
    return lambda *shapes: all(len(shape) == axes for shape in shapes)


def _broadcast(*shapes: Any) -> bool:
    try:
        return int(np.prod(np.broadcast_shapes(*shapes))) <= 60
    except ValueError:
        return False


def _product(a: Any, b: Any) -> bool:
    return len(a) > 0 < len(b) and a[-1] == b[-2 if len(b) > 1 else 0] and _broadcast(a[:-2], b[:-2])


def _square(shape: Any) -> bool:
    return len(shape) == 2 and shape[0] == shape[1]


def _softplus(x: Any) -> Any:
    return np.logaddexp(x, 0)


def _raised(x: Any, axis: int) -> Any:
    return np.exp(x) / np.exp(x).sum(axis, keepdims=True)


def _elementwise() -> list[Operation]:
    one = [
        Operation(f"{name}({{0}})", function, torch=_named(name))
        for name, function in (("sin", np.sin), ("tanh", np.tanh), ("atan", np.arctan))
    ]
    one += [
        Operation("exp(-{0}^2)", lambda x: np.exp(-(x**2)), torch=lambda x: _torch().exp(-(x**2))),
        Operation("sigmoid({0})", lambda x: 1 / (1 + np.exp(-x)), torch=_named("sigmoid")),
        # Not relu alone: its zeros would be ties and kinks of what comes after.
        Operation("relu({0}) + 0.1{0}", lambda x: np.maximum(x, 0) + 0.1 * x,
                  torch=lambda x: _torch().relu(x) + 0.1 * x),
        Operation("abs({0})", np.abs, torch=lambda x: x.abs()),
        Operation("sqrt({0}^2 + 1)", lambda x: (x**2 + 1) ** 0.5),
        Operation("log(1 + {0}*{0})", lambda x: np.log(1 + x * x), torch=lambda x: _torch().log(1 + x * x)),
        Operation("softplus({0})", _softplus, torch=_named("nn.functional.softplus")),
        Operation("2{0} - 1", lambda x: 2 * x - 1),
        Operation("-{0}", lambda x: -x),
    ]  # fmt: skip
    two = [
        Operation("{0} + {1}", lambda x, y: x + y, _broadcast),
        Operation("{0} - 0.5*{1}", lambda x, y: x - 0.5 * y, _broadcast),
        Operation("{0} * {1}", lambda x, y: x * y, _broadcast),
        Operation("{0}/(2 + {1}^2)", lambda x, y: x / (2 + y**2), _broadcast),
        Operation("max({0}, {1})", np.maximum, _broadcast, _named("maximum")),
        Operation("min({0}, {1}, 0.3)", lambda x, y: np.minimum(np.minimum(x, y), 0.3), _broadcast,
                  lambda x, y: _torch().clamp(_torch().minimum(x, y), max=0.3)),
        Operation("where({0} > {1}, {0}^2, sin({1}))", lambda x, y: np.where(x > y, x**2, np.sin(y)), _broadcast,
                  lambda x, y: _torch().where(x > y, x**2, _torch().sin(y))),
        Operation("hypot({0}, {1})", np.hypot, _broadcast, _named("hypot")),
    ]  # fmt: skip
    return one + two


def _reductions() -> list[Operation]:
    out = []
    for written, axis, axes in (("", None, 1), (", axis=0", 0, 1), (", axis=-1", -1, 1), (", axis=1", 1, 2),
                                (", axis=[0, 2]", (0, 2), 3)):  # fmt: skip
        for keep in (False, True):
            tail = written + ", keepdims=True" * keep

            def over(x: Any, axis: Any = axis) -> Any:
                return tuple(range(x.ndim)) if axis is None else axis

            def made(text: str, function: Any, torch: Any, tail: str = tail, over: Any = over, keep: bool = keep,
                     axes: int = axes) -> Operation:  # fmt: skip
                return Operation(
                    f"{text}({{0}}{tail})",
                    lambda x: function(x, over(x), keep),
                    _has(axes),
                    lambda x: torch(x, over(x), keep),
                )

            out += [
                made("sum", lambda x, a, k: x.sum(a, keepdims=k), lambda x, a, k: x.sum(a, keepdim=k)),
                made("mean", lambda x, a, k: x.mean(a, keepdims=k), lambda x, a, k: x.mean(a, keepdim=k)),
                made("max", lambda x, a, k: x.max(a, keepdims=k), lambda x, a, k: x.amax(a, keepdim=k)),
                made("min", lambda x, a, k: x.min(a, keepdims=k), lambda x, a, k: x.amin(a, keepdim=k)),
                made("var", lambda x, a, k: x.var(a, keepdims=k), lambda x, a, k: x.var(a, correction=0, keepdim=k)),
                made("norm", lambda x, a, k: (x * x).sum(a, keepdims=k) ** 0.5,
                     lambda x, a, k: _torch().linalg.vector_norm(x, dim=a, keepdim=k)),
                made("norm1", lambda x, a, k: np.abs(x).sum(a, keepdims=k),
                     lambda x, a, k: _torch().linalg.vector_norm(x, 1, dim=a, keepdim=k)),
                made("norminf", lambda x, a, k: np.abs(x).max(a, keepdims=k),
                     lambda x, a, k: x.abs().amax(a, keepdim=k)),
                made("logsumexp", lambda x, a, k: np.log(np.exp(x).sum(a, keepdims=k)),
                     lambda x, a, k: _torch().logsumexp(x, a, keepdim=k)),
            ]  # fmt: skip
    return out


def _tensors() -> list[Operation]:
    return [
        Operation("{0} @ {1}", np.matmul, _product, lambda x, y: x @ y),
        Operation("{0} @ {1}", np.matmul, _product, lambda x, y: x @ y),
        Operation("{0}' @ {0}", lambda x: x.T @ x, _is(2)),
        Operation("{0} {0}'", lambda x: x @ x.T, _is(2)),
        Operation("{0}'", lambda x: x.T, _has(2), lambda x: x.permute(*reversed(range(x.ndim)))),
        Operation("dot({0}, {1})", np.dot, lambda a, b: len(a) == 1 and a == b, _named("dot")),
        Operation("outer({0}, {1})", np.outer, _is(1), _named("outer")),
        Operation("mse({0}, {1})", lambda x, y: ((x - y) ** 2).mean(), lambda a, b: a == b and len(a) > 0),
        Operation("softmax({0})", lambda x: _raised(x, -1), _has(1), lambda x: _torch().softmax(x, -1)),
        Operation("softmax({0}, axis=0)", lambda x: _raised(x, 0), _has(1), lambda x: _torch().softmax(x, 0)),
        Operation("log_softmax({0}, axis=0)", lambda x: np.log(_raised(x, 0)), _has(1),
                  lambda x: _torch().log_softmax(x, 0)),
        Operation("cumsum({0}, axis=0)", lambda x: np.cumsum(x, 0), _has(1), lambda x: _torch().cumsum(x, 0)),
        Operation("cumsum({0})", np.cumsum, _has(1), lambda x: _torch().cumsum(x.reshape(-1), 0)),
        Operation("prod(sin({0}), axis=-1)", lambda x: np.sin(x).prod(-1), _has(1),
                  lambda x: _torch().prod(_torch().sin(x), -1)),
        Operation("ravel({0})", lambda x: x.reshape(-1), _has(1)),
        Operation("reshape({0}, -1, 2)", lambda x: x.reshape(-1, 2), lambda a: np.prod(a) % 2 == 0),
        Operation("{0}[0]", lambda x: x[0], _has(1)),
        Operation("{0}[-1]", lambda x: x[-1], _has(1)),
        Operation("{0}[::2]", lambda x: x[::2], _has(1)),
        Operation("{0}[:, 1:]", lambda x: x[:, 1:], lambda a: len(a) > 1 < (*a, 0, 0)[1]),
        Operation("{0}[::-1]", lambda x: x[::-1], _has(1), lambda x: x.flip(0)),
        Operation("concat({0}, {1})", lambda x, y: np.concatenate([x, y]), lambda a, b: len(a) > 0 and a == b,
                  lambda x, y: _torch().cat([x, y])),
        Operation("stack({0}, {1}, axis=1)", lambda x, y: np.stack([x, y], 1), lambda a, b: len(a) > 0 and a == b,
                  lambda x, y: _torch().stack([x, y], 1)),
        Operation("[{0}, {1}]", lambda x, y: np.stack([x, y]), lambda a, b: a == b,
                  lambda x, y: _torch().stack([x, y])),
        Operation("diag({0})", np.diag, lambda a: len(a) in (1, 2), _named("diag")),
        Operation("trace({0})", np.trace, _square, _named("trace")),
        Operation("det({0})", np.linalg.det, _square, _named("linalg.det")),
        Operation("inv({0} @ {0}' + eye({n}))", lambda x: np.linalg.inv(x @ x.T + np.eye(len(x))), _is(2),
                  lambda x: _torch().linalg.inv(x @ x.T + _torch().eye(len(x), dtype=x.dtype))),
        Operation("logdet({0} @ {0}' + eye({n}))", lambda x: np.linalg.slogdet(x @ x.T + np.eye(len(x)))[1], _is(2),
                  lambda x: _torch().logdet(x @ x.T + _torch().eye(len(x), dtype=x.dtype))),
        Operation("solve({0} + 5*eye({n}), {1})", lambda a, b: np.linalg.solve(a + 5 * np.eye(len(a)), b),
                  lambda a, b: _square(a) and len(b) in (1, 2) and b[0] == a[0],
                  lambda a, b: _torch().linalg.solve(a + 5 * _torch().eye(len(a), dtype=a.dtype), b)),
        Operation("cross_entropy({0}, zeros({n}))", lambda x: -np.log(_raised(x, -1))[:, 0].mean(), _is(2),
                  lambda x: -_torch().log_softmax(x, -1)[:, 0].mean()),
        Operation("hinge_loss({0}, 0*{0}[:, 0])",
                  lambda x: (np.maximum(x - x[:, :1] + 1, 0).sum() - len(x)) / len(x), _is(2),
                  lambda x: (_torch().relu(x - x[:, :1] + 1).sum() - len(x)) / len(x)),
        Operation("full(2, 2, {0})", lambda x: np.full((2, 2), x), _is(0), lambda x: x.expand(2, 2)),
        Operation("linspace({0}, {1}, 4)", lambda x, y: np.linspace(x, y, 4), _is(0),
                  lambda x, y: x + (y - x) * _torch().arange(4, dtype=x.dtype) / 3),
    ]  # fmt: skip


ELEMENTWISE, REDUCTIONS, TENSORS = _elementwise(), _reductions(), _tensors()
_SHAPES = [(), (2,), (3,), (4,), (2, 3), (3, 3), (3, 1), (1, 4), (3, 4), (4, 2), (2, 3, 4), (2, 1, 3)]


def program(seed: int) -> Program:
    """The program of that number."""
    draw = np.random.RandomState(seed)
    values: dict[str, Any] = {}
    for name in "xyzw"[: draw.randint(1, 5)]:
        shape = _SHAPES[draw.randint(len(_SHAPES))]
        value = np.round(draw.standard_normal(shape), 3)
        values[name] = value if shape else float(value)
    known = {name: np.asarray(value) for name, value in values.items()}
    steps: list[tuple[str, Operation, tuple[str, ...]]] = []
    lines = []
    while len(steps) < 3 + seed % 6:
        table = (ELEMENTWISE, REDUCTIONS, TENSORS)[draw.choice(3, p=[0.4, 0.2, 0.4])]
        operation = table[draw.randint(len(table))]
        names = list(known)
        count = 2 if "{1}" in operation.text else 1
        operands = tuple(names[-1 - min(int(draw.exponential(1.5)), len(names) - 1)] for _ in range(count))
        shapes = [known[name].shape for name in operands]
        if len({*operands}) < count or not operation.fits(*shapes):
            continue
        with np.errstate(all="ignore"):
            value = np.asarray(operation.numpy(*(known[name] for name in operands)), dtype=float)
        if not 0 < value.size <= 60 or value.ndim > 4 or not np.isfinite(value).all() or np.abs(value).max() > 50:
            continue
        name = f"v{len(steps)}"
        known[name] = value
        steps.append((name, operation, operands))
        lines.append(f"{name} = " + operation.text.format(*operands, n=shapes[0][0] if shapes[0] else 0))
    used = {name for _, _, operands in steps for name in operands}
    return Program("; ".join(lines), {name: value for name, value in values.items() if name in used}, steps)
