"""Scores of classes: softmax, cross-entropy, the multiclass SVM loss, and labels as one-hot rows; losses of chances."""

from __future__ import annotations

from math import prod

import numpy as np

from backprop_cli.numeric.arrays import Array, where
from backprop_cli.numeric.shapes import Axis

__all__ = [
    "apart", "chances", "class_weights", "cross_entropy", "cross_entropy_slopes", "examples", "hinge_loss",
    "hinge_margins", "hinge_slopes", "last", "log_softmax", "log_softmax_back", "logsumexp", "odds_slope", "one_hot",
    "sigmoid", "softmax", "softplus", "weighed_log", "weighed_log1p", "weighed_log_over",
]  # fmt: skip


class ValueProblem(ValueError):  # noqa: N818  it becomes a diagnostic
    """A value that a gate cannot work with, and which operand it is."""

    def __init__(self, message: str, operand: int) -> None:
        super().__init__(message)
        self.operand = operand


def softmax(x: Array, axis: Axis) -> Array:
    """exp(x) over its sum, from below the largest so that nothing overflows."""
    raised = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return raised / np.sum(raised, axis=axis, keepdims=True)


def apart(d: Array, weights: Array, axis: Axis) -> Array:
    """Distances from the mean, which weighs each element by its share of 1.

    Where one weight towers over the rest they are taken from that element: of a difference nothing would be left.
    """
    distances = d - np.sum(where(weights > 0.5, d, 0.0), axis=axis, keepdims=True)
    return distances - np.sum(weights * distances, axis=axis, keepdims=True)


def log_softmax(x: Array, axis: Axis) -> Array:
    """The logarithm of the softmax; next to 0, where one score towers over the rest, to the last digit too."""
    largest, _, rest = _largest_and_rest(x, axis)
    return (x - largest) - np.log1p(rest)


def log_softmax_back(G: Array, chances: tuple[Array, Array], axis: Axis) -> Array:
    """What it sends back, G - softmax*sum(G), of which 1 - softmax is left where one score towers over the rest."""
    p, others = chances
    rest = np.sum(where(p > 0.5, 0.0, G), axis=axis, keepdims=True)
    return where(p > 0.5, G * others - p * rest, G - p * np.sum(G, axis=axis, keepdims=True))


def logsumexp(x: Array, axis: Axis, keepdims: bool) -> Array:
    """log(sum(exp(x))), without forming what overflows."""
    largest, _, rest = _largest_and_rest(x, axis)
    summed = largest + np.log1p(rest)
    return summed if keepdims else np.reshape(summed, [n for k, n in enumerate(np.shape(x)) if k not in axis])


def _largest_and_rest(x: Array, axis: Axis) -> tuple[Array, Array, Array]:
    """The largest element, exp(x - largest), and its sum over the other elements; axes are kept.

    An infinite largest element gives way to 0, so that infinities meet no other infinity.
    """
    largest = np.max(x, axis=axis, keepdims=True)
    largest = where(np.isinf(largest), 0.0, largest)
    raised = np.exp(x - largest)
    ones = raised == 1
    rest = np.sum(raised - ones, axis=axis, keepdims=True) + (np.sum(ones, axis=axis, keepdims=True) - 1)
    return largest, raised, rest


def chances(x: Array, axis: Axis) -> tuple[Array, Array]:
    """The softmax and 1 - softmax, taken from the other scores where one towers over them."""
    _, raised, rest = _largest_and_rest(x, axis)
    p = raised / (1 + rest)
    return p, where(p > 0.5, rest / (1 + rest), 1 - p)


def one_hot(labels: Array, classes: int) -> Array:
    """A row of zeros with a 1 at the class for each label. Raises ValueProblem for a label that is no class."""
    labels = np.asarray(labels, dtype=float)
    right = (labels == np.floor(labels)) & (labels >= 0) & (labels < classes)
    if not right.all():
        message = f"{labels[~right].flat[0]:g} is not one of the classes 0 to {classes - 1}"
        raise ValueProblem(message, 0)
    return (labels[..., None] == np.arange(classes)).astype(float)


def class_weights(scores: Array, labels: Array, smoothing: float = 0.0) -> Array:
    """The weight of each class: the labels themselves where they have the scores' shape, otherwise one-hot rows.

    Smoothing takes that share from them, and gives every class as much of it.
    """
    classes = np.shape(scores)[-1]
    if np.shape(labels) == np.shape(scores):
        return (1 - smoothing) * np.asarray(labels) + smoothing / classes
    try:
        return (1 - smoothing) * one_hot(labels, classes) + smoothing / classes
    except ValueProblem as problem:
        raise ValueProblem(str(problem), 1) from None


def examples(scores: Array) -> int:
    """How many rows of scores there are."""
    return prod(np.shape(scores)[:-1])


def last(scores: Array) -> Axis:
    """The last axis, as a reduction wants it."""
    return (np.ndim(scores) - 1,)


def cross_entropy(scores: Array, labels: Array, smoothing: float) -> Array:
    """The mean over the examples of -sum(weight * log softmax(scores))."""
    weights = class_weights(scores, labels, smoothing)
    return -np.sum(where(weights == 0, 0.0, log_softmax(scores, last(scores)) * weights)) / examples(scores)


def cross_entropy_slopes(chances: tuple[Array, Array], scores: Array, labels: Array, smoothing: float) -> Array:
    """Its derivative: (softmax * the sum of the weights - weights) over the examples."""
    weights = class_weights(scores, labels, smoothing)
    total = 1.0 if np.shape(labels) != np.shape(scores) else np.sum(weights, axis=-1, keepdims=True)
    p, others = chances
    return (p * (total - weights) - weights * others) / examples(scores)


def hinge_margins(scores: Array, labels: Array, delta: float) -> Array:
    """For each wrong class by how much it violates the margin delta below the right one; 0 for the right one."""
    right = class_weights(scores, labels)
    if not ((right == 0) | (right == 1)).all() or not (np.sum(right, axis=-1) == 1).all():
        raise ValueProblem("rows of labels are one-hot: a single 1, otherwise 0", 1)
    return (1 - right) * (scores - np.sum(right * scores, axis=-1, keepdims=True) + delta)


def hinge_loss(scores: Array, labels: Array, delta: float) -> Array:
    """The multiclass SVM loss: the mean over the examples of the violated margins' sum."""
    return np.sum(np.maximum(hinge_margins(scores, labels, delta), 0)) / examples(scores)


def hinge_slopes(scores: Array, labels: Array, delta: float) -> Array:
    """Its derivative: 1 for each violating class, and minus their number for the right one, over the examples."""
    right = class_weights(scores, labels)
    violating = (hinge_margins(scores, labels, delta) > 0) * 1.0
    return (violating - right * np.sum(violating, axis=-1, keepdims=True)) / examples(scores)


# -- losses of chances -------------------------------------------------------------------------------------


def weighed_log(weight: Array, x: Array) -> Array:
    """weight*log(x), and 0 where the weight is 0."""
    return where(weight == 0, 0.0, weight * np.log(x))


def weighed_log1p(weight: Array, x: Array) -> Array:
    """weight*log(1 + x), and 0 where the weight is 0."""
    return where(weight == 0, 0.0, weight * np.log1p(x))


def weighed_log_over(weight: Array, x: Array) -> Array:
    """weight*(log(weight) - x), and 0 where the weight is 0."""
    return where(weight == 0, 0.0, weight * (np.log(weight) - x))


def odds_slope(x: Array, y: Array) -> Array:
    """The slope of -(y*log(x) + (1 - y)*log(1 - x)) in x; at the ends, where that is 0, that of the one side."""
    return where((x == y) & ((x == 0) | (x == 1)), 1 - 2 * y, np.divide(x - y, x * (1 - x)))


def softplus(x: Array) -> Array:
    """log(1 + exp(x)), without overflow."""
    return np.logaddexp(0.0, x)


def sigmoid(x: Array) -> Array:
    """1/(1 + exp(-x)), without overflow."""
    out, whole = np.exp(np.minimum(x, 0.0)), np.exp(-np.abs(x))
    whole += 1  # in place, as fresh memory is much of the work on large arrays
    out /= whole
    return out
