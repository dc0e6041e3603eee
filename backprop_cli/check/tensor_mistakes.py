"""Mistakes where a gate of arrays hands its gradient to an operand: what people write there instead."""

from __future__ import annotations

import numpy as np

from backprop_cli.engine.flow import unbroadcast
from backprop_cli.engine.passes import Rule
from backprop_cli.lean import Any, Callable, NamedTuple, Sequence

_SQUARE = 2
PRODUCTS = ("matmul", "mul", "dot", "outer")


class Sent(NamedTuple):
    """What a gate sends to its operand at a `position`: `right`, and `raw` before broadcasting is undone.

    `xs` are the operands, `out` the value, `upstream` what arrives; `slope` is that of an elementwise gate.
    """

    rule: Rule
    position: int
    xs: Sequence[Any]
    out: Any
    upstream: Any
    right: Any
    raw: Any
    slope: Any
    attributes: Sequence[Any]

    def pulled(self, upstream: Any) -> Any:
        """What is sent where something else arrives."""
        slopes = self.rule.slopes(self.xs, self.out)
        sent = self.rule.pull(self.position, upstream, slopes, self.xs, self.out)
        return unbroadcast(
            np.broadcast_to(sent, np.broadcast_shapes(np.shape(sent), np.shape(self.right))), np.shape(self.right)
        )

    def with_other(self, there: Any) -> Any:
        """What a product sends where its other factor is another array."""
        xs = [x if k == self.position else np.asarray(there, dtype=float) for k, x in enumerate(self.xs)]
        sent = self.rule.pull(self.position, self.upstream, self.rule.slopes(xs, self.out), xs, self.out)
        return unbroadcast(sent, np.shape(self.right))

    def at_another(self, there: Any) -> Any:
        """What an elementwise gate sends where its slope is taken at another array."""
        xs = [x if k != self.position else np.asarray(there, dtype=float) for k, x in enumerate(self.xs)]
        slopes = self.rule.slopes(xs, self.rule.value(xs))
        return self.upstream * slopes[self.position]


_Wrong = Any  # an array; None where the mistake cannot be made


def _matrices(sent: Sent) -> bool:
    return sent.rule.gate == "matmul" and np.ndim(sent.xs[0]) <= _SQUARE and np.ndim(sent.xs[1]) <= _SQUARE


def _not_transposed(sent: Sent) -> _Wrong:
    if sent.rule.gate in ("inv", "det", "logdet") and np.ndim(sent.right) == _SQUARE:
        return np.transpose(sent.right) if np.ndim(sent.upstream) == 0 else -sent.out @ sent.upstream @ sent.out
    if not _matrices(sent):
        return None
    a, b = sent.xs
    if sent.position == 0:
        return sent.upstream @ b if np.ndim(b) == _SQUARE else None
    return a @ sent.upstream if np.ndim(a) == _SQUARE else None


def _reversed(sent: Sent) -> _Wrong:
    if not _matrices(sent) or np.ndim(sent.xs[0]) != _SQUARE or np.ndim(sent.xs[1]) != _SQUARE:
        return None
    a, b = sent.xs
    return b.T @ sent.upstream if sent.position == 0 else sent.upstream @ a.T


def _reversed_not_transposed(sent: Sent) -> _Wrong:
    if not _matrices(sent) or np.ndim(sent.xs[0]) != _SQUARE or np.ndim(sent.xs[1]) != _SQUARE:
        return None
    a, b = sent.xs
    return b @ sent.upstream if sent.position == 0 else sent.upstream @ a


def _upstream_transposed(sent: Sent) -> _Wrong:
    if not _matrices(sent) or np.ndim(sent.upstream) != _SQUARE:
        return None
    a, b = (np.atleast_2d(x) for x in sent.xs)
    return sent.upstream.T @ b.T if sent.position == 0 else a.T @ sent.upstream.T


def _own(sent: Sent) -> _Wrong:
    if sent.rule.gate == "dot":
        return sent.upstream * sent.xs[sent.position]
    if _matrices(sent) and np.ndim(sent.xs[0]) == np.ndim(sent.xs[1]) == _SQUARE:
        a, b = sent.xs
        return sent.upstream @ a.T if sent.position == 0 else b.T @ sent.upstream
    return None


def _own_reversed(sent: Sent) -> _Wrong:
    if not _matrices(sent) or np.ndim(sent.xs[0]) != _SQUARE or np.ndim(sent.xs[1]) != _SQUARE:
        return None
    a, b = sent.xs
    return a.T @ sent.upstream if sent.position == 0 else sent.upstream @ b.T


def counted(sent: Sent) -> float:
    """Over how many elements or examples a gate takes the mean; 0 if it takes none."""
    gate, x = sent.rule.gate, sent.xs[0]
    if gate in ("mean", "var"):
        return float(np.size(x) / max(np.size(sent.out), 1))
    if gate == "mse":
        return float(max(np.size(x), np.size(sent.xs[1])))
    if gate in ("cross_entropy", "hinge_loss"):
        return float(np.size(x) / np.shape(x)[-1])
    return 0.0


def _no_count(sent: Sent) -> _Wrong:
    return sent.right * n if (n := counted(sent)) > 1 else None


def _counted_twice(sent: Sent) -> _Wrong:
    return sent.right / n if (n := counted(sent)) > 1 else None


def _mean(sent: Sent) -> _Wrong:
    n = np.size(sent.xs[0]) / max(np.size(sent.out), 1)
    return sent.right / n if sent.rule.gate == "sum" and n > 1 else None


def _diagonal(sent: Sent) -> _Wrong:
    return sent.upstream * sent.out * (1 - sent.out) if sent.rule.gate == "softmax" else None


def _over_all(sent: Sent) -> _Wrong:
    return sent.out * (sent.upstream - np.sum(sent.upstream * sent.out)) if sent.rule.gate == "softmax" else None


def _first_term(sent: Sent) -> _Wrong:
    if sent.rule.gate == "softmax":
        return sent.upstream * sent.out
    return sent.upstream if sent.rule.gate == "log_softmax" else None


def _unweighted(sent: Sent) -> _Wrong:
    return sent.upstream - np.exp(sent.out) if sent.rule.gate == "log_softmax" else None


def _chances(sent: Sent) -> Any:
    x = sent.xs[0]
    raised = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return raised / np.sum(raised, axis=-1, keepdims=True)


def _no_onehot(sent: Sent) -> _Wrong:
    if sent.rule.gate != "cross_entropy" or sent.position:
        return None
    return sent.upstream * _chances(sent) / counted(sent)


def _extra_slope(sent: Sent) -> _Wrong:
    if sent.rule.gate == "cross_entropy" and not sent.position:
        p = _chances(sent)
        return sent.right * p * (1 - p)
    return None


def _no_label_class(sent: Sent) -> _Wrong:
    return np.maximum(sent.right, 0.0) if sent.rule.gate == "hinge_loss" and not sent.position else None


def _twice(sent: Sent) -> _Wrong:
    smooth = sent.slope is not None and len(sent.xs) == 1 and np.shape(sent.raw) == np.shape(sent.right)
    return sent.right * sent.slope if smooth and sent.rule.gate not in ("neg", "square") else None


def _reciprocal(sent: Sent) -> _Wrong:
    smooth = sent.slope is not None and len(sent.xs) == 1 and np.shape(sent.raw) == np.shape(sent.right)
    return sent.upstream / sent.slope if smooth and sent.rule.gate != "neg" else None


def _half_square(sent: Sent) -> _Wrong:
    return sent.right / 2 if sent.rule.gate in ("mse", "var") else None


def _no_length(sent: Sent) -> _Wrong:
    return sent.right * sent.out if sent.rule.gate == "norm" and np.ndim(sent.out) == 0 else None


# family, mistake, what it sends; the more telling first.
AT_A_TENSOR: tuple[tuple[str, str, Callable[[Sent], _Wrong]], ...] = (
    ("order", "not transposed", _not_transposed),
    ("order", "reversed", _reversed),
    ("order", "reversed and not transposed", _reversed_not_transposed),
    ("order", "not transposed", _upstream_transposed),
    ("operand", "tensor operand", _own),
    ("operand", "tensor operand", _own_reversed),
    ("count", "count", _no_count),
    ("counted", "count twice", _counted_twice),
    ("mean", "mean of sum", _mean),
    ("softmax", "diagonal", _diagonal),
    ("softmax", "over all", _over_all),
    ("softmax", "first term", _first_term),
    ("softmax", "unweighted", _unweighted),
    ("labels", "no one-hot", _no_onehot),
    ("labels", "label class", _no_label_class),
    ("extra", "extra slope", _extra_slope),
    ("extra", "twice", _twice),
    ("reciprocal", "reciprocal", _reciprocal),
    ("factor", "half square", _half_square),
    ("length", "length", _no_length),
)
