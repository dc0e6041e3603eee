"""Gradients and notes of tensor gates by hand: labels, which have none, ties, exact zeros, axes that are kept."""

import math

import numpy as np
import pytest
from arrays import prepared

from backprop_cli import grad
from backprop_cli.engine.passes import backward
from backprop_cli.engine.sums import Lost, join, settle
from backprop_cli.engine.tangent import tangent
from backprop_cli.gates.fields import ARRAYS
from backprop_cli.gates.tensors import TENSORS

INF = math.inf
LN3 = math.log(3)

# Program, values, its value, gradients. All are numbers; what differs from element to element weighs them.
SLOPES = [
    # -- labels have no slope; probabilities have
    ("3*hinge_loss(s, y)", {"s": [[1, 2, 3], [4, 1, 0]], "y": [0, 2]}, 18,
     {"s": [[-3, 1.5, 1.5], [1.5, 1.5, -3]], "y": [0, 0]}),
    ("hinge_loss(s, y, delta=0.5)", {"s": [[1, 2, 0.4], [4, 1, 0]], "y": [0, 0]}, 0.75,
     {"s": [[-0.5, 0.5, 0], [0, 0, 0]], "y": [0, 0]}),
    ("hinge_loss(s, y)", {"s": [3, 1, 2.5], "y": 0}, 0.5, {"s": [-1, 0, 1], "y": 0}),
    ("4*cross_entropy(s, y)", {"s": [[0, LN3], [0, 0]], "y": [1, 0]}, 2*(math.log(4/3) + math.log(2)),
     {"s": [[0.5, -0.5], [-1, 1]], "y": [0, 0]}),
    ("4*cross_entropy(s, y)", {"s": [[0, LN3], [0, 0]], "y": [[0.5, 0.5], [1, 0]]},
     math.log(4) + math.log(4/3) + 2*math.log(2),
     {"s": [[-0.5, 0.5], [-1, 1]],
      "y": [[2*math.log(4), 2*math.log(4/3)], [2*math.log(2), 2*math.log(2)]]}),
    ("cross_entropy(s, y)", {"s": [0, LN3], "y": [0, 2]}, 2*math.log(4/3),
     {"s": [0.5, -0.5], "y": [math.log(4), math.log(4/3)]}),
    ("4*cross_entropy(s, y, label_smoothing=0.2)", {"s": [[0, LN3], [0, 0]], "y": [1, 0]},
     1.8*math.log(4/3) + 0.2*math.log(4) + 2*math.log(2), {"s": [[0.3, -0.3], [-0.8, 0.8]], "y": [0, 0]}),
    ("5*cross_entropy(s, y, label_smoothing=0.2)", {"s": [0, LN3], "y": [0, 1]},
     4.5*math.log(4/3) + 0.5*math.log(4), {"s": [0.75, -0.75], "y": [4*math.log(4), 4*math.log(4/3)]}),
    ("sum(onehot(y, 3)*A)", {"y": [2, 0], "A": [[1, 2, 3], [4, 5, 6]]}, 7, {"y": [0, 0], "A": [[0, 0, 1], [1, 0, 0]]}),
    ("sum(take(A, y)*[1; 10; 100])", {"A": [[1, 2], [3, 4]], "y": [1, 0, 1]}, 737,
     {"A": [[10, 10], [101, 101]], "y": [0, 0, 0]}),
    ("sum(take(A, y)*[1; 10])", {"A": [[0, 2], [3, 0]], "y": [1, 0]}, 23, {"A": [[10, 10], [1, 1]], "y": [0, 0]}),
    ("sum(pick(A, y)*[1, 10])", {"A": [[0, 2], [3, 4]], "y": [0, 1]}, 40, {"A": [[1, 0], [0, 10]], "y": [0, 0]}),
    ("sum(pick(A, y)*[1, 10])", {"A": [[1, 2], [3, 4]], "y": [1, 0]}, 32, {"A": [[0, 1], [10, 0]], "y": [0, 0]}),
    ("sum(argmax(A, axis=1)*x) + argmin(A)*y", {"A": [[1, 2], [3, 0]], "x": [5, 7], "y": 2}, 11,
     {"A": [[0, 0], [0, 0]], "x": [1, 0], "y": 3}),
    ("size(A)*y + size(A, 1)*z", {"A": [[1, 2, 3], [3, 0, 1]], "y": 2, "z": 1}, 15,
     {"A": [[0, 0, 0], [0, 0, 0]], "y": 6, "z": 3}),
    # -- spread: over n - ddof, along an axis, which may be kept
    ("var(x)", {"x": [1, 2, 6]}, 14/3, {"x": [-4/3, -2/3, 2]}),
    ("3*var(x, ddof=1)", {"x": [1, 2, 6]}, 21, {"x": [-6, -3, 9]}),
    ("var(x, ddof=2)", {"x": [1, 2, 6]}, 14, {"x": [-4, -2, 6]}),
    ("2*std(x, ddof=1)", {"x": [1, 2, 3]}, 2, {"x": [-1, 0, 1]}),
    ("std(x)", {"x": [1, 3]}, 1, {"x": [-0.5, 0.5]}),
    ("sum(var(A, axis=1, ddof=1)*[1, 10])", {"A": [[1, 3], [2, 6]]}, 82, {"A": [[-2, 2], [-40, 40]]}),
    ("sum(var(A, axis=0, keepdims=True)*[1, 10])", {"A": [[1, 3], [3, 7]]}, 41, {"A": [[-1, -20], [1, 20]]}),
    ("sum(std(A, axis=1, keepdims=True, ddof=1)*[1; 2])", {"A": [[1, 3], [2, 6]]}, 5*math.sqrt(2),
     {"A": [[-math.sqrt(0.5), math.sqrt(0.5)], [-math.sqrt(2), math.sqrt(2)]]}),
    ("sum(std(A, axis=0)*[1, 10])", {"A": [[1, 3], [3, 7]]}, 21, {"A": [[-0.5, -5], [0.5, 5]]}),
    ("sum(std(A, axis=1)*[1, 10])", {"A": [[1, 1], [3, 7]]}, 20, {"A": [[0, 0], [-5, 5]]}),
    ("3*std(x)", {"x": [0, 0]}, 0, {"x": [0, 0]}),
    # -- norms
    ("3*norm1(x)", {"x": [-2, 0, 5]}, 21, {"x": [-3, 0, 3]}),
    ("sum(norm1(A, axis=1)*[1, 10])", {"A": [[1, -3], [-2, 6]]}, 84, {"A": [[1, -1], [-10, 10]]}),
    ("3*norminf(x)", {"x": [1, -4, 2]}, 12, {"x": [0, -3, 0]}),
    ("3*norminf(x)", {"x": [2, -2, 1]}, 6, {"x": [1.5, -1.5, 0]}),
    ("sum(norminf(A, axis=1)*[1, 10])", {"A": [[0, 0], [-4, 1]]}, 40, {"A": [[0, 0], [-10, 0]]}),
    ("sum(norminf(A, axis=0, keepdims=True)*[1, 10])", {"A": [[2, 3], [-2, -7]]}, 72, {"A": [[0.5, 0], [-0.5, -10]]}),
    ("sum(norm(A, axis=1)*[1, 10])", {"A": [[3, -4], [0, 0]]}, 5, {"A": [[0.6, -0.8], [0, 0]]}),
    ("2*norm(x)", {"x": [3, -4]}, 10, {"x": [1.2, -1.6]}),
    ("sum(max(A, axis=1)*[1, 10])", {"A": [[3, 3], [1, 2]]}, 23, {"A": [[0.5, 0.5], [0, 10]]}),
    ("sum(min(A, axis=1)*[1, 10])", {"A": [[3, 3], [1, 2]]}, 13, {"A": [[0.5, 0.5], [10, 0]]}),
    # -- products, sums in order
    ("2*prod(x)", {"x": [3, 0, 5]}, 0, {"x": [0, 30, 0]}),
    ("sum(cumprod(x)*[1, 10, 100])", {"x": [2, 3, 5]}, 3062, {"x": [1531, 1020, 600]}),
    ("sum(cumsum(x)*[1, 10, 100])", {"x": [2, 3, 5]}, 1052, {"x": [111, 110, 100]}),
    # -- losses between two arrays
    ("3*mse(x, y)", {"x": [1, 4, 2], "y": [2, 2, 2]}, 5, {"x": [-2, 4, 0], "y": [2, -4, 0]}),
    ("2*binary_cross_entropy(x, y)", {"x": [0.25, 0.5], "y": [1, 0]}, math.log(4) + math.log(2),
     {"x": [-4, 2], "y": [LN3, 0]}),
    ("2*binary_cross_entropy_with_logits(x, y)", {"x": [LN3, 0], "y": [1, 0]}, math.log(4/3) + math.log(2),
     {"x": [-0.25, 0.5], "y": [-LN3, 0]}),
    ("2*kl_div(x, y)", {"x": [-1, -2], "y": [1, math.e]}, 1 + 3*math.e, {"x": [-1, -math.e], "y": [2, 4]}),
    ("5*cosine_similarity(x, y)", {"x": [3, 4], "y": [4, 3]}, 4.8, {"x": [0.224, -0.168], "y": [-0.168, 0.224]}),
    ("cosine_similarity(x, y, eps=10)", {"x": [3, 4], "y": [4, 3]}, 0.24, {"x": [0.04, 0.03], "y": [0.03, 0.04]}),
    # -- normalisations of 1, 2, 3: -a, 0, a with a = sqrt(3/2)
    ("sum(layer_norm([1, 2, 3], w, b, eps=0)*[1, 10, 100])", {"w": [2, 2, 2], "b": [0, 0, 0]}, 198*math.sqrt(1.5),
     {"w": [-math.sqrt(1.5), 0, 100*math.sqrt(1.5)], "b": [1, 10, 100]}),
    ("sum(batch_norm([1; 2; 3], w, b, eps=0)*[1; 10; 100])", {"w": [2], "b": [0]}, 198*math.sqrt(1.5),
     {"w": [99*math.sqrt(1.5)], "b": [111]}),
    ("2*sum(conv1d(x, w, b))", {"x": [[1, 2]], "w": [[[1, 1]]], "b": [-3]}, 0,
     {"x": [[2, 2]], "w": [[[2, 4]]], "b": [2]}),
    # -- what moves by broadcasting moves at every place
    ("sum((A + b)[1, :]*[1, 10])", {"A": [[1, 2], [3, 4]], "b": [5, 6]}, 108, {"A": [[0, 0], [1, 10]], "b": [1, 10]}),
    ("sum(sum(A + b, axis=0)*[1, 10])", {"A": [[1, 2], [3, 4]], "b": [5, 6]}, 194,
     {"A": [[1, 10], [1, 10]], "b": [2, 20]}),
    ("sum(cumsum(A*b, axis=0)*[1, 10; 100, 1000])", {"A": [[1, 2], [3, 4]], "b": [2, 1]}, 2 + 20 + 800 + 6000,
     {"A": [[202, 1010], [200, 1000]], "b": [401, 6020]}),
    # -- matrices
    ("3*trace(A)", {"A": [[1, 2], [3, 4]]}, 15, {"A": [[3, 0], [0, 3]]}),
    ("2*det(A)", {"A": [[1, 2], [3, 4]]}, -4, {"A": [[8, -6], [-4, 2]]}),
    ("2*cofactors(A)[0, 1]", {"A": [[1, 2], [2, 4]]}, -4, {"A": [[0, 0], [-2, 0]]}),
    ("sum(cofactors(A))", {"A": [[3]]}, 1, {"A": [[0]]}),
    ("2*logdet(A)", {"A": [[2, 0], [0, 5]]}, 2*math.log(10), {"A": [[1, 0], [0, 0.4]]}),
    ("2*logabsdet(A)", {"A": [[0, 2], [5, 0]]}, 2*math.log(10), {"A": [[0, 1], [0.4, 0]]}),
    ("2*dot(x, y)", {"x": [1, 2], "y": [3, 4]}, 22, {"x": [6, 8], "y": [2, 4]}),
    ("2*logsumexp(x)", {"x": [0, LN3]}, 2*math.log(4), {"x": [0.5, 1.5]}),
    ("sum(linspace(a, b, 3)*[1, 10, 100])", {"a": 2, "b": 4}, 432, {"a": 6, "b": 105}),
    ("sum(full(2, a)*[1, 10])", {"a": 2}, 22, {"a": 11}),
    ("sum(matrix_power(A, 2)*[1, 10; 100, 1000])", {"A": [[1, 1], [0, 2]]}, 1 + 30 + 4000,
     {"A": [[12, 30], [1301, 4010]]}),
    ("sum(roll(x, 1)*[1, 10, 100])", {"x": [2, 3, 5]}, 5 + 20 + 300, {"x": [10, 100, 1]}),
    ("sum(b*A)", {"b": [[2]], "A": [[1, 2, 3]]}, 12, {"b": [[6]], "A": [[2, 2, 2]]}),
    ("sum(b*A)", {"b": [2], "A": [[1, 2, 3]]}, 12, {"b": [6], "A": [[2, 2, 2]]}),
    ("sum(b*T)", {"b": [[2]], "T": [[[1], [2], [3]], [[4], [5], [6]]]}, 42, {"b": [[21]], "T": [[[2]] * 3] * 2}),
    ("sum(b*A)", {"b": [[2]], "A": [[1], [2], [3]]}, 12, {"b": [[6]], "A": [[2], [2], [2]]}),
    # where nothing arrives, an infinite slope behind it sends nothing
    ("sum(relu(max(sqrt(x), y) - 5))", {"x": [0, 100, 4], "y": [-1, -1, 3]}, 5, {"x": [0, 0.05, 0], "y": [0, 0, 0]}),
    ("sum(relu(sum(sqrt(A), axis=0) - 5))", {"A": [[0, 100], [0, 100]]}, 15, {"A": [[0, 0.05], [0, 0.05]]}),
    ("sum(relu(norminf(sqrt(A), axis=0) - 5))", {"A": [[0, 100], [0, 1]]}, 5, {"A": [[0, 0.05], [0, 0]]}),
    ("max(s, sum(relu(x)))", {"s": 10, "x": [-1, 2]}, 10, {"s": 1, "x": [0, 0]}),
    ("v = sqrt(x); max(v[0], 1) + v[1]", {"x": [0, 4]}, 3, {"x": [0, 0.25]}),
    ("sum(max(sqrt(A), axis=0))", {"A": [[0, 100], [4, 1]]}, 12, {"A": [[0, 0.05], [0.25, 0]]}),
    # each use of an element sends what it sends, though others ignore it
    ("v = 2*x; sum(relu(v - 5)) + sum(relu(v - 1)) + sum(relu(v - 5))", {"x": [1, 4]}, 14, {"x": [2, 6]}),
    # what is chosen of an operand that was broadcast
    ("b = 2*c; sum(relu(b + A))", {"c": [1, 2], "A": [[1, 1], [-9, 2]]}, 14, {"c": [2, 4], "A": [[1, 1], [0, 1]]}),
    ("sum(where(c > 0, y, 0))", {"c": [[1, -1, 2, 3]], "y": [[1], [2], [3]]}, 18,
     {"c": [[0, 0, 0, 0]], "y": [[3], [3], [3]]}),
    ("sum(leaky_relu(x, s))", {"x": [[1], [-2], [3]], "s": [[0.1, 0.2, 0.3, 0.4]]}, 14,
     {"x": [[4], [1], [4]], "s": [[-2, -2, -2, -2]]}),
    ("sum(tril(A, -1)*[1, 10; 100, 1000]) + sum(triu(A, 1)*7)", {"A": [[1, 2], [3, 4]]}, 314,
     {"A": [[0, 7], [100, 0]]}),
]  # fmt: skip


@pytest.mark.parametrize(("program", "values", "value", "slopes"), SLOPES, ids=[row[0] for row in SLOPES])
def test_by_hand(program, values, value, slopes):
    report = grad(program, values)
    assert report.value == pytest.approx(value, rel=1e-13)
    assert report.gradients.keys() == slopes.keys()
    for name, expected in slopes.items():
        assert np.shape(report.gradients[name]) == np.shape(values[name])
        np.testing.assert_allclose(report.gradients[name], expected, rtol=1e-12, atol=1e-14, err_msg=name)
    assert report.check.verdict in ("agree", "undecided")
    # Forward mode, along a direction in which no two elements move alike.
    graph, numbers = prepared(program, {name: np.array(given, dtype=float) for name, given in values.items()})
    passed = backward(graph, numbers, graph.output)
    for name, node in graph.variables.items():
        along = np.array(1.0 + np.arange(np.size(values[name]))).reshape(np.shape(values[name]))
        moved = tangent(graph, passed.locals, {node: along}, numbers)[graph.output]
        assert moved == pytest.approx(np.sum(along * slopes[name]), rel=1e-12, abs=1e-13), name


# What a sum has, what rounding took of it, the sum then, and whether it has digits enough for both.
SETTLED = [
    (1e16, 2.0, 1e16 + 2, True), (1.0, 1e-100, 1.0, False), (1e-100, 1.0, 1.0, False), (3.0, 0.0, 3.0, True),
    (1e16, 3.0, 1e16 + 4, False), (math.inf, math.nan, math.inf, True),
]  # fmt: skip


# A sum, what is added, and what rounding takes of the new sum: 0.1 + 0.2 is 2^-55 too large.
JOINED = [
    (1.0, 2.0, 0.0), (1e-17, 1.0, 1e-17), (1.0, 1e-17, 1e-17), (1e16, 1.0, 1.0), (1.0, 1e16, 1.0), (1e16, 3.0, -1.0),
    (0.1, 0.2, -(2.0**-55)), (-0.1, -0.2, 2.0**-55),
]  # fmt: skip


@pytest.mark.parametrize(("before", "sent", "rounded"), JOINED)
def test_what_rounding_takes_of_a_sum_is_kept(before, sent, rounded):
    lost, grads = Lost(), [before, np.array([before])]
    for node in (0, 1):
        join(grads, node, sent, lost)
        join(grads, node, 0.0, lost)  # which takes nothing more
        assert grads[node] == before + sent and lost[node] == rounded
    join(grads, 0, sent, None)
    assert grads[0] == before + sent + sent and lost[0] == rounded


@pytest.mark.parametrize("exaggerated", [False, True])
def test_a_sum_is_given_back_what_it_lost_and_moved_if_it_has_no_room(exaggerated):
    """Numbers one by one, and as the elements of an array."""
    moved = (lambda total: total + 1000) if exaggerated else None
    expected = [total + 1000 * (exaggerated and not exact) for *_, total, exact in SETTLED]
    for (grad_, rounded, *_), settled in zip(SETTLED, expected, strict=True):
        lost, grads = Lost(moved), [grad_]
        lost[0] = rounded
        settle(grads, 0, lost)
        assert grads == [settled] and not lost
    lost, grads = Lost(moved), [np.array([row[0] for row in SETTLED])]
    lost[0] = np.array([row[1] for row in SETTLED])
    with np.errstate(all="ignore"):
        settle(grads, 0, lost)
    assert grads[0].tolist() == expected and not lost


@pytest.mark.parametrize("values", [[-0.0], [-0.0, -0.0], [[-0.0], [-0.0]]])
def test_no_gradient_is_minus_zero(values):
    gradients = grad("sum(s*A) + sum(c*A)", s=1.0, c=[1.0], A=values, check=False).gradients
    assert all(math.copysign(1, np.ravel(gradients[name])[0]) == 1 for name in "sc")


T = 1e-200  # whose square is no double

# Program, values, the codes of the notes: a 0 is exact or an underflow, a place is a kink, a pole or neither.
FACTS = [
    ("sum(A@B)", {"A": [[T, 0]], "B": [[T], [1]]}, "underflow"),
    ("sum(A@B)", {"A": [[T, 0]], "B": [[0], [1]]}, ""),
    ("sum(A@B)", {"A": [[1, -1]], "B": [[1], [1]]}, ""),
    ("sum(A@B)", {"A": [[1, 0], [0, T]], "B": [[1], [T]]}, "underflow"),
    ("dot(x, y)", {"x": [T, 0], "y": [T, 3]}, "underflow"),
    ("dot(x, y)", {"x": [T, 0], "y": [0, 3]}, ""),
    ("dot(x, y)", {"x": [1, -1], "y": [2, 2]}, ""),
    ("sum(A@B)", {"A": [[0.25, -0.25]], "B": [[1], [1]]}, ""),
    ("dot(x, y)", {"x": [0.25, -0.25], "y": [1, 1]}, ""),
    ("logabsdet(A)", {"A": [[2, 0], [0, 2]]}, ""),
    ("logabsdet(A)", {"A": [[2, 4], [1, 2]]}, "pole"),
    ("sum(svdvals(A))", {"A": [[3, 0], [0, 1]]}, ""),
    ("sum(outer(x, y))", {"x": [1, 0], "y": [0, 3]}, ""),
    ("sum(outer(x, y))", {"x": [1, T], "y": [T, 3]}, "underflow"),
    ("sum(kron(x, y))", {"x": [1, 0], "y": [0, 3]}, ""),
    ("sum(kron(x, y))", {"x": [1, T], "y": [T, 3]}, "underflow"),
    ("prod(x)", {"x": [T, T]}, "underflow"),
    ("prod(x)", {"x": [0, T]}, ""),
    ("sum(prod(A, axis=1))", {"A": [[0, 1], [T, T]]}, "underflow"),
    ("var(x)", {"x": [3, 3]}, ""),
    ("var(x)", {"x": [T, -T]}, "underflow"),
    ("sum(var(A, axis=1, keepdims=True))", {"A": [[3, 3], [T, -T]]}, "underflow"),
    ("sum(var(A, axis=1))", {"A": [[3, 3], [1, 2]]}, ""),
    ("std(x)", {"x": [3, 3]}, "kink"),
    ("std(x)", {"x": [3, 4]}, ""),
    ("norm(x)", {"x": [0, 0]}, "kink"),
    ("norm(x)", {"x": [0, 1]}, ""),
    ("norm1(x)", {"x": [0, 1]}, "kink"),
    ("norm1(x)", {"x": [-2, 1]}, ""),
    ("norminf(x)", {"x": [0, 0]}, "kink"),
    ("norminf(x)", {"x": [0]}, "kink"),
    ("norminf(x)", {"x": [2, -2]}, "kink"),
    ("norminf(x)", {"x": [0, 2]}, ""),
    ("max(x)", {"x": [2, 2, 1]}, "kink"),
    ("min(x)", {"x": [2, 2, 1]}, ""),
    ("min(x)", {"x": [1, 2, 1]}, "kink"),
    ("sum(cumprod(x))", {"x": [T, T, 0]}, "underflow"),
    ("sum(cumprod(x))", {"x": [0, T, T]}, ""),
    ("sum(cumprod(x))", {"x": [1, 0, T]}, ""),
    ("logsumexp(x)", {"x": [0]}, ""),
    ("logsumexp(x)", {"x": [0, -INF]}, "nonfinite-input"),
    ("det(A)", {"A": [[1, 2], [2, 4]]}, ""),
    ("det(A)", {"A": [[T, 0], [0, T]]}, "underflow"),
    ("logdet(A)", {"A": [[2, 0], [0, 2]]}, ""),
    ("sum(softmax(x)*[1, 1])", {"x": [0, 1]}, ""),
    ("sum(softmax(x)*[1, 2])", {"x": [0, 1000]}, "underflow"),
    ("mse(x, y)", {"x": [1, 2], "y": [1, 2]}, ""),
    ("mse(x, y)", {"x": [T, 2], "y": [0, 2]}, "underflow"),
    ("cross_entropy(s, 0)", {"s": [3]}, ""),
    ("cross_entropy(s, 0)", {"s": [1000, 0]}, "underflow"),
    ("hinge_loss(s, 0)", {"s": [3, 2, 1]}, "kink"),
    ("hinge_loss(s, 0)", {"s": [3, 1, 1]}, ""),
    ("hinge_loss(s, 1)", {"s": [3, 4, 1]}, "kink"),
    ("hinge_loss(s, 0, delta=0)", {"s": [3, 2, 1]}, ""),
    ("binary_cross_entropy(x, y)", {"x": [1, 0], "y": [1, 0]}, "infinite"),
    ("binary_cross_entropy(x, y)", {"x": [1, 0.5], "y": [0, 0]}, "pole"),
    ("binary_cross_entropy(x, y)", {"x": [1.5, 0.5], "y": [0, 0]}, "undefined"),
    ("binary_cross_entropy_with_logits(x, y)", {"x": [30, 0], "y": [1, 0]}, ""),
    ("binary_cross_entropy_with_logits(x, y)", {"x": [1000, -1000], "y": [1, 0]}, "underflow"),
    ("kl_div(x, y)", {"x": [-1, -2], "y": [0, 1]}, "infinite"),
    ("kl_div(x, y)", {"x": [-1, -2], "y": [1, 2]}, ""),
    ("kl_div(x, y)", {"x": [-1, -2], "y": [-1, 2]}, "undefined"),
    ("cosine_similarity(x, y)", {"x": [1, 0], "y": [0, 1]}, ""),
    ("cosine_similarity(x, y)", {"x": [1, 1], "y": [1, -1]}, ""),
    ("cosine_similarity(x, y, eps=5)", {"x": [3, 4], "y": [1, 1]}, "kink"),
    ("cosine_similarity(x, y, eps=5)", {"x": [1, 1], "y": [3, 4]}, "kink"),
    ("cosine_similarity(x, y, eps=5)", {"x": [3, 5], "y": [1, 1]}, ""),
    ("sum(sort(x)*[1, 2])", {"x": [3, 3]}, "kink"),
    ("sum(sort(x)*[1, 2])", {"x": [3, 2]}, ""),
    ("sum(max_pool1d(A, 2))", {"A": [[1, 1, 2, 3]]}, "kink"),
    ("sum(max_pool1d(A, 2))", {"A": [[1, 2, 2, 1]]}, ""),
    ("sum(conv1d(x, w))", {"x": [[T, 0]], "w": [[[T, 0]]]}, "underflow"),
    ("sum(conv1d(x, w))", {"x": [[T, 0]], "w": [[[0, 1]]]}, ""),
    ("sum(conv1d(x, w))", {"x": [[1, 1]], "w": [[[1, -1]]]}, ""),
    ("sum(conv1d(x, w, b))", {"x": [[1, 2]], "w": [[[1, 1]]], "b": [-3]}, ""),
    ("sum(inv(A))", {"A": [[1, 2], [2, 4]]}, "undefined"),
    ("sum(inv(A))", {"A": [[1, 2], [2, 5]]}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("program", "values", "codes"), FACTS, ids=lambda part: str(part)[:60])
def test_what_is_noted(program, values, codes):
    report = grad(program, values, check=False)
    assert {note.code for note in report.notes} == set(codes.split())


TIED, ZERO, NULL = "elements of `{}` are tied", "`norminf` has a kink at `{}` = 0", "a singular value of `{}` is 0"
ALIKE, SHORT = "singular values of `{}` are tied", "a kink where a length is eps"

# Program, values, a part of each note, of how many elements each speaks.
WORDS = [
    ("norminf(x)", {"x": [0, 0]}, [ZERO], 1),
    ("norminf(x)", {"x": [0.5, -0.5]}, [TIED], 1),
    ("sum(norminf(x, axis=1))", {"x": [[1, -1, 0], [2, 3, 4]]}, [TIED], 1),
    ("sum(norminf(x, axis=1))", {"x": [[1, 1, 0], [0, 0, 0]]}, [ZERO, TIED], 1),
    ("sum(svdvals(x))", {"x": [[3, 0], [0, 0]]}, [NULL], 1),
    ("sum(svdvals(x))", {"x": [[3, 0, 0], [0, 3, 0]]}, [ALIKE], 2),
    ("sum(svdvals(x))", {"x": [[0, 0], [0, 0]]}, [NULL], 2),
    ("sum(cosine_similarity(x, y, eps=5))", {"x": [[3, 4, 0], [1, 1, 0]], "y": [[1, 1, 0], [1, 0, 0]]}, [SHORT], 1),
    ("sum(cosine_similarity(x, y, eps=5))", {"x": [[1, 4, 0], [1, 1, 0]], "y": [[1, 1, 0], [5, 0, 0]]}, [SHORT], 1),
    ("sum(std(x, axis=1))", {"x": [[1, 2], [3, 3]]}, ["`std` has a kink where all elements of `{}` are equal"], 1),
    ("sum(norm(x, axis=1))", {"x": [[1, 2], [0, 0]]}, ["`norm` has a kink at `{}` = 0"], 1),
    ("norm1(x)", {"x": [1, 0, 2]}, ["`norm1` has a kink where an element of `{}` is 0"], 1),
    ("hinge_loss(x, [0, 1])", {"x": [[3, 2, 0], [5, 5, 4]]}, ["`hinge_loss` has a kink where a margin is just met"], 2),
]


@pytest.mark.parametrize(("program", "values", "words", "elements"), WORDS, ids=lambda part: str(part)[:60])
def test_each_kink_has_its_words_and_its_elements(program, values, words, elements):
    messages = [note.message for note in grad(program, values, check=False).notes]
    assert len(messages) == len(words)
    for message, expected in zip(messages, words, strict=True):
        assert expected.format("x") in message
        assert f"(and {elements - 1} more element" in message if elements > 1 else "more element" not in message


L, N = math.log(2), None

# Gate, operands, attributes, whether a value of 0 there would be exact, for each element of the value: it is where
# every term is 0, or where terms that are not cancel.
EXACT_ZEROS = [
    ("matmul", ([[T, 0], [0, 0], [0.25, -0.25]], [[T], [1]]), (), [[False], [True], [True]]),
    ("dot", ([T, 0], [T, 1]), (), False), ("dot", ([T, 0], [0, 1]), (), True),
    ("dot", ([0.25, -0.25], [1, 1]), (), True),
    ("var", ([3, 3],), ((0,), False, 0), True), ("var", ([T, -T],), ((0,), False, 0), False),
    ("var", ([[3, 3], [T, -T]],), ((1,), False, 0), [True, False]),
    ("var", ([[3, 3], [T, -T]],), ((1,), True, 0), [[True], [False]]),
    ("logsumexp", ([0],), (N, False), True), ("logsumexp", ([-L, -L],), (N, False), False),
    ("logsumexp", ([0, -INF],), (N, False), True), ("logsumexp", ([0, INF],), (N, False), False),
    ("logsumexp", ([[0, -INF], [-L, -L]],), (1, True), [[True], [False]]),
    ("softmax", ([0, -INF, -800],), (-1,), [False, True, False]),
    ("log_softmax", ([[0, -INF, -INF], [0, 0, -INF], [1, 2, 3]],), (-1,), [[True], [False], [False]]),
    ("log_softmax", ([[0, 1], [-INF, 2]],), (0,), [[True, False]]),
    ("det", ([[1, 2], [2, 4]],), (), True), ("det", ([[T, 0], [0, T]],), (), False),
    ("det", ([[1, 0], [0, 1]],), (), False),
    ("cofactors", ([[1, 2, 0], [2, 4, 0], [0, 0, 0]],), (), [[True] * 3] * 3),
    ("cofactors", ([[T, 0, 0], [0, T, 0], [0, 0, 1]],), (), [[True] * 3, [True] * 3, [True, True, False]]),
    ("cofactors", (np.eye(6) * T,), (), [[False] * 6] * 6),
    ("cofactors", (np.diag([0.0, 1, 2, 3, 4, 5]),), (), [[True] * 6] * 6),
    ("cross_entropy", ([1000, 0], 0), (0,), False), ("cross_entropy", ([3], 0), (0,), True),
    ("cross_entropy", ([5, -INF], 0), (0,), True), ("cross_entropy", ([5, -INF, INF], 0), (0,), False),
    ("cross_entropy", ([[5, -INF], [1, 1]], [0, 1]), (0,), False),
    ("cross_entropy", ([[5, -INF], [1, -INF]], [0, 0]), (0,), True),
    ("cross_entropy", ([1000, 0], [0, 0]), (0,), True), ("cross_entropy", ([1000, 0], [0.5, 0]), (0,), False),
    ("cross_entropy", ([[1000, 0], [1000, -INF]], [[0, 0], [0.5, 0]]), (0,), True),
    ("mse", ([T, 2], [0, 2]), (), False), ("mse", ([1, 2], [1, 2]), (), True),
    ("binary_cross_entropy", ([1, 0], [1, 0]), (), True), ("binary_cross_entropy", ([T, 0], [0, 0]), (), False),
    ("binary_cross_entropy", ([T, 0], [T, 0]), (), False), ("binary_cross_entropy", ([1, 0], [1, T]), (), False),
    ("binary_cross_entropy", ([0.5], [0.5]), (), False),
    ("binary_cross_entropy_with_logits", ([INF, -INF], [1, 0]), (), True),
    ("binary_cross_entropy_with_logits", ([INF, -800], [1, 0]), (), False),
    ("binary_cross_entropy_with_logits", ([-INF, -INF], [1, 0]), (), False),
    ("binary_cross_entropy_with_logits", ([INF, INF], [1, 0]), (), False),
    ("cosine_similarity", ([1, -1], [0.25, 0.25]), (-1, 1e-8), True),
    ("cosine_similarity", ([T, 0], [T, 1]), (-1, 1e-8), False),
    ("cosine_similarity", ([T, 0], [0, T]), (-1, 1e-8), True),
    ("cosine_similarity", ([T, 1], [T, 0]), (-1, 1e-8), False),
    ("cosine_similarity", ([[T, 0, 0], [0, 1, 0]], [[T, 1, 0], [1, 0, 0]]), (-1, 1e-8), [False, True]),
    ("cosine_similarity", ([[T, 0], [0, 1], [0, 0]], [[T, 1], [1, 0], [1, 0]]), (0, 1e-8), [False, True]),
    ("outer", ([1, 0, T], [0, T]), (), [[True, False], [True, True], [True, False]]),
    ("kron", ([1, 0, T], [0, T]), (), [True, False, True, True, True, False]),
    ("prod", ([[0, 1], [T, T]],), (1, False), [True, False]),
    ("prod", ([[0, 1], [T, T]],), (1, True), [[True], [False]]),
    ("cumprod", ([T, T, 0, T],), ((0,),), [False, False, True, True]),
]  # fmt: skip


@pytest.mark.parametrize(("gate", "operands", "attributes", "exact"), EXACT_ZEROS, ids=lambda part: str(part)[:40])
def test_where_a_0_is_exact(gate, operands, attributes, exact):
    with np.errstate(all="ignore"):
        found = ARRAYS.exact_zero[gate]([np.array(x, dtype=float) for x in operands], attributes)
    assert np.asarray(found).tolist() == exact


def test_every_row_that_vanishes_is_looked_at():
    vanishing = {name for name, gate in TENSORS.items() if gate.vanish}
    assert vanishing - {row[0] for row in EXACT_ZEROS} == {"conv1d", "conv2d"}  # whose notes are above
