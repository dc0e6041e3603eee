"""What losses and softmaxes send back, in gates; as in `sums`, by the names that the rows' texts use."""

from __future__ import annotations

from math import prod

from backprop_cli.engine.derive.builder import Node
from backprop_cli.engine.derive.sums import sum as summed
from backprop_cli.numeric.shapes import Axis

__all__ = [
    "apart", "chances", "cross_entropy_slopes", "examples", "hinge_slopes", "last", "log_softmax", "log_softmax_back",
    "odds_slope", "softmax",
]  # fmt: skip


def softmax(x: Node, axis: Axis) -> Node:
    """exp(x) over its sum."""
    return x.builder.tensor("softmax", x, axis=axis)


chances = softmax


def apart(d: Node, weights: Node, axis: Axis) -> Node:
    """Distances from the mean that weighs each element by its share of 1."""
    return d - summed(weights * d, axis, keepdims=True)


def log_softmax(x: Node, axis: Axis) -> Node:
    """The logarithm of the softmax."""
    return x.builder.tensor("log_softmax", x, axis=axis)


def log_softmax_back(G: Node, p: Node, axis: Axis) -> Node:
    """What it sends back."""
    return G - p * summed(G, axis, keepdims=True)


def last(scores: Node) -> Axis:
    """The last axis."""
    return (len(scores.shape) - 1,)


def examples(scores: Node) -> int:
    """How many rows of scores there are."""
    return prod(scores.shape[:-1])


def _class_weights(scores: Node, labels: Node) -> Node:
    """The weight of each class: the labels themselves where they have the scores' shape, otherwise one-hot rows."""
    if labels.shape == scores.shape:
        return labels
    return labels.builder.tensor("onehot", labels, classes=scores.shape[-1])


def cross_entropy_slopes(p: Node, scores: Node, labels: Node, label_smoothing: float) -> Node:
    """The slopes of the mean over the examples of -sum(weight * log softmax(scores))."""
    weights = _class_weights(scores, labels)
    whole: Node | float = summed(labels, last(scores), keepdims=True) if labels.shape == scores.shape else 1
    if label_smoothing:
        weights = (1 - label_smoothing) * weights + label_smoothing / scores.shape[-1]
        whole = (1 - label_smoothing) * whole + label_smoothing
    return (whole * p - weights) / examples(scores)


def hinge_slopes(scores: Node, labels: Node, delta: float) -> Node:
    """The slopes of the multiclass SVM loss: 1 for each violating class, minus their number for the right one."""
    right, axis = _class_weights(scores, labels), last(scores)
    margins = scores - summed(right * scores, axis, keepdims=True) + delta
    violating = (1 - right) * (margins > 0)
    return (violating - right * summed(violating, axis, keepdims=True)) / examples(scores)


def odds_slope(x: Node, y: Node) -> Node:
    """The slope of -(y*log(x) + (1 - y)*log(1 - x)) in x."""
    return (x - y) / (x * (1 - x))
