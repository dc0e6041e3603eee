"""Arrays: values against NumPy, gradients against differences, numbers of the lecture, corners, files, Jacobians."""

import json
import math
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from arrays import ENVIRONMENT, PROGRAMS, differences, gradients, names_in, prepared, weights_like
from conftest import backprop, shell_environment

import backprop_cli
from backprop_cli import evaluate, grad
from backprop_cli.engine.flow import times
from backprop_cli.engine.moves import moves
from backprop_cli.engine.passes import backward
from backprop_cli.engine.tangent import tangent
from backprop_cli.errors import BackpropError
from backprop_cli.gates import GATES
from backprop_cli.gates.fields import ARRAYS, FLOATS, Field
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.numeric.blocks import near, sizes, somewhere, within

INF, NAN = math.inf, math.nan


def chosen(program):
    return {name: ENVIRONMENT[name] for name in names_in(program)}


each_program = pytest.mark.parametrize("program", PROGRAMS)


@each_program
def test_value_is_numpys(program):
    value = evaluate(program, chosen(program)).value
    expected = PROGRAMS[program](ENVIRONMENT)
    assert np.shape(value) == np.shape(expected)
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-12)


@each_program
def test_gradient_is_that_of_differences(program):
    values = chosen(program)
    ours = gradients(program, values)
    assert set(ours) == set(values)
    for name, grad_ in ours.items():
        assert np.shape(grad_) == np.shape(values[name]), name
        expected = differences(lambda e: PROGRAMS[program]({**ENVIRONMENT, **e}), values, name)
        np.testing.assert_allclose(grad_, expected, rtol=1e-7, atol=1e-8)


@each_program
def test_forward_mode_is_reverse_mode(program):
    """u·(J v) = (Jᵀ u)·v, whatever u and v."""
    values = chosen(program)
    graph, numbers = prepared(program, values)
    weights = weights_like(numbers[graph.output])
    passed = backward(graph, numbers, graph.output, weights)
    for name, node in graph.variables.items():
        along = np.sin(1.0 + np.arange(np.size(values[name]))).reshape(np.shape(values[name]))
        along = along if along.ndim else float(along)
        moved = tangent(graph, passed.locals, {node: along}, numbers)[graph.output]
        pulled = np.sum((passed.grads[node] if passed.grads[node] is not None else 0.0) * along)
        assert np.sum(weights * moved) == pytest.approx(pulled, rel=1e-10, abs=1e-12)


def test_only_what_is_asked_for_gets_a_gradient():
    graph, numbers = prepared("sum(A@x) + sum(A*A)", {"A": np.array([[1.0, 2], [3, 4]]), "x": np.array([5.0, 6])})
    node, other = graph.variables["x"], graph.variables["A"]
    passed = backward(graph, numbers, graph.output, 1.0, graph.dependents({node}))
    assert passed.grads[node].tolist() == [4, 6] and passed.grads[other] is None
    assert [passed.locals[j] for j in range(len(graph)) if graph.gates[j] == "mul"] == [()]


@each_program
def test_check_agrees(program):
    seed = weights_like(PROGRAMS[program](ENVIRONMENT))
    report = grad(program, chosen(program), seed_grad=seed)
    assert report.check.verdict == "agree", report.check
    assert set(report.check.variables) == set(report.gradients)


def test_every_tensor_gate_is_in_the_table():
    used = set()
    for program in PROGRAMS:
        graph, _ = prepared(program, chosen(program))
        used |= set(graph.gates)
    assert TENSORS.keys() - used <= {"rand", "randn"}  # of those test_random_numbers speaks


def test_a_rule_that_is_wrong_is_caught(monkeypatch):
    from backprop_cli.engine.moves import moves
    from backprop_cli.gates import fields

    for field in (fields.ARRAYS, moves(0).arrays):  # both are made of the one row
        right = field.pull["matmul"]

        def wrong(k, *rest, right=right):
            return right(k, *rest) * (1.001 - k / 1000)

        monkeypatch.setitem(field.pull, "matmul", wrong)
    for program in ("sum(W@x)", "sum(A@B)", "sum((T@B)^2)"):
        report = grad(program, chosen(program))
        assert report.check.verdict == "disagree" and report.status == 1, program
        verdicts = {name: judged.verdict for name, judged in report.check.variables.items()}
        assert list(verdicts.values()) == ["disagree", "agree"]
        assert report.check.worst.name.startswith(next(iter(verdicts)))


def test_a_wrong_rule_is_caught_by_differences_too(monkeypatch):
    from backprop_cli.gates import fields

    right = ARRAYS.pull["sum"]

    def transposed(k, G, out, xs, a):
        pulled = np.array(right(k, G, out, xs, a))
        if pulled.shape == (60, 70):
            pulled[17, 5] *= 1.5
        return pulled

    monkeypatch.setitem(fields.ARRAYS.pull, "sum", transposed)
    report = grad("sum(sin(Q)*R)", Q="randn(60, 70)", R="randn(60, 70)")
    assert report.check.methods == ("gate-differences", "directional")
    assert report.check.verdict == "disagree"


# -- the lecture -------------------------------------------------------------------------------------------

W, X = [[0.1, 0.5], [-0.3, 0.8]], [0.2, 0.4]  # CS231n, lecture 4, the vectorized example


@pytest.mark.parametrize("program", ["q = W@x; f = sum(q^2)", "q = W x; f = norm(q)^2", "q = W x; f = dot(q, q)"])
def test_squared_length(program):
    report = grad(program, W=W, x=X)
    rows = {row.name: row for row in report.rows()}
    np.testing.assert_allclose(rows["q"].value, [0.22, 0.26], rtol=1e-15)
    assert report.value == pytest.approx(0.116)
    np.testing.assert_allclose(rows["q"].grad, [0.44, 0.52], rtol=1e-15)
    np.testing.assert_allclose(report.gradients["W"], [[0.088, 0.176], [0.104, 0.208]], rtol=1e-14)
    np.testing.assert_allclose(report.gradients["x"], [-0.112, 0.636], rtol=1e-14)
    assert report.check.verdict == "agree" and report.check.methods[:2] == ("elements", "sympy")


ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky_relu", "elu"]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_neuron(activation):
    """With w = (2, -3), x = (-1, -2), b = -3 the sum is 1: the lecture's neuron, vectorized."""
    report = grad(f"{activation}(dot(w, x) + b)", w=[2, -3], x=[-1, -2], b=-3)
    slope = {"sigmoid": 0.19661193324148185, "tanh": 1 - math.tanh(1) ** 2}.get(activation, 1.0)
    np.testing.assert_allclose(report.gradients["w"], [-slope, -2 * slope], rtol=1e-14)
    np.testing.assert_allclose(report.gradients["x"], [2 * slope, -3 * slope], rtol=1e-14)
    assert report.gradients["b"] == pytest.approx(slope)
    assert report.check.verdict == "agree"


def test_maxout_neuron():
    report = grad("maxout(W1@x + b1, W2@x + b2)", W1=[[1, 2]], W2=[[3, -1]], x=[2, 1], b1=[0], b2=[1], seed_grad=[1])
    assert report.value.tolist() == [6.0]  # max(4, 6)
    assert report.gradients["W2"].tolist() == [[2.0, 1.0]] and report.gradients["W1"].tolist() == [[0.0, 0.0]]


NETWORKS = {
    "f = W x": {"W": "randn(10, 3072)*0.01", "x": "rand(3072)"},
    "f = W2 max(0, W1 x)": {"W1": "randn(100, 3072)*0.01", "W2": "randn(10, 100)*0.01", "x": "rand(3072)"},
    "f = W3 max(0, W2 max(0, W1 x + b1) + b2) + b3": {
        "W1": "randn(100, 3072)*0.01", "W2": "randn(100, 100)*0.1", "W3": "randn(10, 100)*0.1",
        "b1": "zeros(100)", "b2": "zeros(100)", "b3": "zeros(10)", "x": "rand(3072)",
    },
}  # fmt: skip


@pytest.mark.parametrize("program", NETWORKS)
def test_networks_as_the_lecture_types_them(program):
    report = grad(program, NETWORKS[program], seed_grad="ones(10)")
    for name, gradient in report.gradients.items():
        assert np.shape(gradient) == np.shape(report.inputs[name])
    assert report.check.verdict == "agree"


@pytest.mark.parametrize("loss", ["cross_entropy", "hinge_loss"])
def test_losses_on_a_minibatch_of_64(loss):
    labels = np.arange(64) % 10
    program = f"{loss}(max(0, X@W1 + b1)@W2 + b2, y)"
    values = {"X": "randn(64, 30)", "W1": "randn(30, 20)*0.1", "b1": "zeros(20)", "W2": "randn(20, 10)*0.1",
              "b2": "zeros(10)", "y": labels}  # fmt: skip
    report = grad(program, values, wrt=["W1", "b1", "W2", "b2"], seed_grad=weights_like(0.0))
    given = dict(report.columns.graph.variables)
    at = {name: report.columns.values[node] for name, node in given.items()}

    def network(e):
        scores = np.maximum(0, e["X"] @ e["W1"] + e["b1"]) @ e["W2"] + e["b2"]
        if loss == "hinge_loss":
            margins = np.maximum(0, scores - scores[np.arange(64), labels][:, None] + 1)
            margins[np.arange(64), labels] = 0
            return margins.sum() / 64
        return -np.log(np.exp(scores) / np.exp(scores).sum(1, keepdims=True))[np.arange(64), labels].mean()

    assert report.value == pytest.approx(network(at))
    for name in ("b1", "W2", "b2"):
        np.testing.assert_allclose(report.gradients[name], differences(network, at, name, 1e-6), rtol=1e-5, atol=1e-8)
    assert report.check.verdict == "agree"


def test_a_whole_network_answers_in_a_second():
    words = ["grad", "f = cross_entropy(max(0, X@W1 + b1)@W2 + b2, y)", "X=randn(64,3072)", "W1=randn(3072,100)*0.01",
             "b1=zeros(100)", "W2=randn(100,10)*0.01", "b2=zeros(10)", "y=zeros(64)", "--wrt", "W1,b1,W2,b2",
             "--no-check"]  # fmt: skip
    began = time.monotonic()
    assert backprop(*words).status == 0
    assert time.monotonic() - began < 10  # a second on a quiet machine; benchmarks/arrays.py has the ratio


# -- floats and arrays -------------------------------------------------------------------------------------

SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e-300, -1e-300, 1e300, -1e300, 40.0, -745.0, 710.0, INF, -INF, NAN)


@pytest.mark.parametrize("gate", list(GATES.values()), ids=lambda gate: gate.name)
def test_array_functions_are_the_float_functions(gate):
    import itertools

    arity = 2 if gate.variadic else len(gate.parameters)
    points = list(itertools.product(SPECIAL if arity < 3 else SPECIAL[::3], repeat=arity))
    if gate.name == "where":
        points = [point for point in points if point[0] in (0.0, 1.0)]
    columns = [np.array(column) for column in zip(*points, strict=True)]
    with np.errstate(all="ignore"):
        out = ARRAYS.value[gate.name](*columns)
        locals_ = [np.broadcast_to(slope, out.shape) for slope in ARRAYS.locals[gate.name](*columns, out)]
    for k, point in enumerate(points):
        expected = FLOATS.value[gate.name](*point)
        assert same(out[k], expected), (point, out[k], expected)
        for slope, wanted in zip(locals_, FLOATS.locals[gate.name](*point, float(out[k])), strict=True):
            assert same(slope[k], wanted), (point, slope[k], wanted)


def same(ours, theirs):
    return ours == theirs or (ours != ours and theirs != theirs) or abs(ours - theirs) <= 1e-13 * abs(theirs) + 1e-300


def test_one_element_arrays_are_numbers():
    """A scalar program on arrays of one element has the same numbers, notes included."""
    for program, at in [
        ("1/(1+exp(-(w*x+b)))", (2, -1, 3)),
        ("relu(w)*log(x) + b/x", (0, 0, 1)),
        ("sqrt(w)*x^b", (0, 2, 3)),
    ]:
        numbers = dict(zip("wxb", map(float, at), strict=True))
        one = grad(program, numbers, check=False)
        many = grad(f"f = {program}; sum(f)", {name: [value] for name, value in numbers.items()}, check=False)
        for name in numbers:
            assert same(many.gradients[name][0], one.gradients[name]), (program, name)
        assert {n.code for n in many.notes} == {n.code for n in one.notes}, program


# -- corners -----------------------------------------------------------------------------------------------

CORNERS = [
    # program, bindings, value, gradients, note codes, status
    ("det(A)", {"A": [[1, 2], [2, 4]]}, 0, {"A": [[4, -2], [-2, 1]]}, [], 0),
    ("det(A)", {"A": [[0, 0], [0, 0]]}, 0, {"A": [[0, 0], [0, 0]]}, [], 0),
    ("prod(x)", {"x": [0, 2, 3]}, 0, {"x": [6, 0, 0]}, [], 0),
    ("prod(x)", {"x": [0, 0, 3]}, 0, {"x": [0, 0, 0]}, [], 0),
    ("logsumexp(x)", {"x": [1e16, 1e16]}, 1e16, {"x": [0.5, 0.5]}, [], 0),
    ("logsumexp(x)", {"x": [-1e5, -1e5 + math.log(3)]}, -1e5 + math.log(4), {"x": [0.25, 0.75]}, [], 0),
    ("sum(softmax(x)*[1, 0])", {"x": [1000, 1000]}, 0.5, {"x": [0.25, -0.25]}, [], 0),
    ("cross_entropy(x, 0)", {"x": [40, 0]}, math.log1p(math.exp(-40)), {"x": [-math.exp(-40), math.exp(-40)]}, [], 0),
    ("sum((x + 1e16) - 1e16)", {"x": [1, 2]}, None, {"x": [1, 1]}, ["precision"], 4),
    ("cross_entropy(x, 0)", {"x": [1000, 0]}, 0, {"x": [0, 0]}, ["underflow"], 4),
    ("norm(x)", {"x": [3e200, 4e200]}, 5e200, {"x": [0.6, 0.8]}, [], 0),
    ("norm(x)", {"x": [0, 0]}, 0, {"x": [0, 0]}, ["kink"], 0),
    ("std(x)", {"x": [2, 2]}, 0, {"x": [0, 0]}, ["kink"], 0),
    ("norm1(x)", {"x": [0, -3]}, 3, {"x": [0, -1]}, ["kink"], 0),
    ("norminf(x)", {"x": [3, -3, 1]}, 3, {"x": [0.5, -0.5, 0]}, ["kink"], 0),
    ("max(x)", {"x": [1, 3, 3]}, 3, {"x": [0, 0.5, 0.5]}, ["kink"], 0),
    ("sum(max(A, axis=0))", {"A": [[1, 5], [1, 2]]}, 6, {"A": [[0.5, 1], [0.5, 0]]}, ["kink"], 0),
    ("hinge_loss(s, 0)", {"s": [3, 2]}, 0, {"s": [0, 0]}, ["kink"], 0),
    ("std(x)", {"x": [0.1, 0.1, 0.1]}, 0, {"x": [0, 0, 0]}, ["kink"], 0),  # whose mean is no double
    ("var(x)", {"x": [0.1, 0.1, 0.1]}, 0, {"x": [0, 0, 0]}, [], 0),
    ("std(x)", {"x": [1e-200, 3e-200]}, 1e-200, {"x": [-0.5, 0.5]}, [], 0),
    ("std(x)", {"x": [1e200, 3e200]}, 1e200, {"x": [-0.5, 0.5]}, [], 0),
    ("std(x)", {"x": [1e16, 1e16 + 2]}, 1, {"x": [-0.5, 0.5]}, [], 0),
    ("norm(x)", {"x": [1e-320, 0]}, 1e-320, {"x": [1, 0]}, [], 0),
    ("logdet(A)", {"A": [[1e-200, 0], [0, 1e-200]]}, -400 * math.log(10), {"A": [[1e200, 0], [0, 1e200]]}, [], 0),
    ("det(A)", {"A": [[1e-200, 0], [0, 1e-200]]}, 0, {"A": [[1e-200, 0], [0, 1e-200]]}, ["underflow"], 4),
    ("prod(x)", {"x": [1e-200, 1e-200, 1e200]}, 0, {"x": [1, 1, 0]}, ["underflow", "precision"], 4),
    ("dot(x, y)", {"x": [1e-200, 0], "y": [1e-200, 1]}, 0, {"x": [1e-200, 1], "y": [1e-200, 0]}, ["underflow"], 4),
    ("dot(x, y)", {"x": [1, -1], "y": [1, 1]}, 0, {"x": [1, 1], "y": [1, -1]}, [], 0),
    ("sum(A@x)", {"A": [[1e-200, 0]], "x": [1e-200, 0]}, 0, {"x": [1e-200, 0]}, ["underflow"], 4),
    ("var(x)", {"x": [1e-200, 3e-200]}, 0, {"x": [-1e-200, 1e-200]}, ["underflow"], 4),
    # the first element is in order, or odd in another way; what is odd later is found
    ("sum(min(x, x, 1))", {"x": [0.5, 1]}, 1.5, {"x": [1, 2 / 3]}, ["kink"], 0),
    ("sum(y^y)", {"y": [-2, 0]}, 1.25, {"y": [NAN, -INF]}, ["infinite", "undefined"], 4),
    ("v = log(x); m = max(v, axis=0); sum(relu(v)) + 0*m", {"x": [0, -2]}, NAN, None, ["pole", "undefined"], 4),
    ("v = log(x); m = max(v); sum(relu(v))", {"x": [0, -2]}, NAN, {"x": [0, NAN]}, ["pole", "reading", "undefined"], 4),
    ("floor(mean(sqrt(y)))", {"y": [0, 1]}, 0, None, ["infinite"], 4),
    # what cannot be felt is no kink, what is not taken no trouble
    ("max(A, axis=0)[0]", {"A": [[1, 5], [2, 5]]}, 2, {"A": [[0, 0], [1, 0]]}, [], 0),
    ("max(A, axis=0)[1]", {"A": [[1, 5], [2, 5]]}, 5, {"A": [[0, 0.5], [0, 0.5]]}, ["kink"], 0),
    ("norm(A, axis=1)[0]", {"A": [[3, 4], [0, 0]]}, 5, {"A": [[0.6, 0.8], [0, 0]]}, [], 0),
    ("norm1(A, axis=1)[0]", {"A": [[3, 4], [0, 0]]}, 7, {"A": [[1, 1], [0, 0]]}, [], 0),
    ("where(s > 0, sum(inv(A)), s^2)", {"s": -1, "A": [[1, 2], [2, 4]]}, 1, {"s": -2, "A": [[0, 0], [0, 0]]}, [], 0),
    ("where(s > 0, prod(x), s^2)", {"s": -1, "x": [1e200, 1e200]}, 1, {"s": -2, "x": [0, 0]}, [], 0),
    ("sum(relu(x))", {"x": [-1, 0, 2]}, 2, {"x": [0, 0, 1]}, ["kink"], 0),
    ("sum(where(x > 0, sqrt(x), 0))", {"x": [-1, 4]}, 2, {"x": [0, 0.25]}, [], 0),
    ("sum(where(x > 0, log(x), x*y))", {"x": [-1, 1], "y": 7}, -7, {"x": [7, 1], "y": -1}, [], 0),
    ("max(x, 1/y)[0]", {"x": [1, 2], "y": [1, 0]}, 1, {"x": [0.5, 0], "y": [-0.5, 0]}, ["kink", "pole"], 4),
    ("sum(x*x)", {"x": [0, 3]}, 9, {"x": [0, 6]}, [], 0),
    ("sum(log(x))", {"x": [-1, 1]}, NAN, {"x": [NAN, NAN]}, ["undefined"], 4),
    ("cumsum(log(x))[0]", {"x": [2, -1, 20]}, math.log(2), {"x": [0.5, 0, 0]}, ["undefined"], 4),
    ("sum(relu(flip(log(x)) - 1))", {"x": [-1, 2, 20]}, NAN, {"x": [NAN, 0, NAN]}, ["undefined"], 4),
    ("sum(relu(sort(log(x)) - 1))", {"x": [-1, 2, 20]}, NAN, {"x": [NAN, 0, NAN]}, ["undefined"], 4),
    ("sum(0*sqrt(x))", {"x": [0, 4]}, 0, {"x": [NAN, 0]}, ["infinite", "undefined"], 4),
    ("sum(x/y)", {"x": [1, 1], "y": [0, 2]}, INF, {"x": [INF, 0.5], "y": [-INF, -0.25]}, ["pole"], 4),
    ("logdet(A)", {"A": [[1, 2], [2, 4]]}, -INF, None, ["pole"], 4),
    ("logdet(A)", {"A": [[0, 1], [1, 0]]}, NAN, None, ["undefined"], 4),
    ("sum(inv(A))", {"A": [[1, 2], [2, 4]]}, NAN, None, ["undefined"], 4),
    ("sum(solve(A, b))", {"A": [[1, 1], [1, 1 + 1e-12]], "b": [1, 2]}, None, None, ["precision"], 0),
    ("sum(exp(x))", {"x": [1000, 0]}, INF, {"x": [INF, 1]}, ["overflow"], 4),
    ("sum(floor(x)*x)", {"x": [1.5, 2]}, 5.5, {"x": [1, 2]}, ["jump"], 0),
    ("y = W@x; sum(W)", {"W": [[1, 2]], "x": [1, 1]}, 3, {"W": [[1, 1]], "x": [0, 0]}, ["reading"], 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("program", "values", "value", "expected", "codes", "status"), CORNERS, ids=[c[0] for c in CORNERS]
)
def test_corner(program, values, value, expected, codes, status):
    report = grad(program, values)
    if value is not None:
        np.testing.assert_allclose(report.value, value, rtol=1e-14)
    for name, gradient in (expected or {}).items():
        np.testing.assert_allclose(report.gradients[name], gradient, rtol=1e-12, atol=1e-300)
    assert sorted({note.code for note in report.notes}) == sorted(codes), report.notes
    assert report.status == status
    assert report.check.verdict != "disagree"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("concat(x, x, axis=None)", "expected one axis"),
        ("concat(x, x, axis=[0, 1])", "expected one axis"),
        ("stack(x, x, axis=None)", "expected one axis"),
        ("arange(1e308, -1e308, -1)", "too many steps"),
        ("arange(0, 1e300, 1e-300)", "too many steps"),
        ("hinge_loss(x, x/10)", "one-hot"),
        (f"sum(zeros({', '.join(['1e15'] * 30)}))", "more than 1000 PB"),
    ],
)
def test_odd_requests_are_answered(program, words):
    with pytest.raises(BackpropError, match=words):
        evaluate(f"{program} + 0*sum(x)", x=[[1, 2], [3, 4]])


def test_labels_may_be_inputs_of_a_large_program():
    """Numbers of classes cannot be moved, so that there are no differences along them."""
    values = {"X": "randn(64, 100)", "W": "randn(100, 10)", "y": "zeros(64)"}
    for program in ("cross_entropy(X@W, y)", "hinge_loss(X@W, y)", "sum(onehot(y, 10)*(X@W))"):
        report = grad(program, values)
        assert report.check.methods == ("gate-differences", "directional")
        assert report.check.verdict == "agree" and not report.gradients["y"].any()


def test_a_tie_that_rounding_breaks_is_not_accused():
    """The inverse of a symmetric matrix has each element twice, but for the last digits."""
    for seed in range(8):
        report = grad("min(inv(x @ x' + eye(6)))", x=np.random.RandomState(seed).standard_normal((6, 2)))
        assert report.check.verdict != "disagree"


def test_no_number_is_too_small_to_be_wrong(monkeypatch):
    from backprop_cli.gates import fields

    right = ARRAYS.pull["matmul"]
    monkeypatch.setitem(fields.ARRAYS.pull, "matmul", lambda k, *rest: right(k, *rest) * (1 + 0.001 * (k == 0)))
    report = grad("1e-12*sum(tanh(A@B))", A="randn(80, 70)/10", B="randn(70, 9)")
    assert report.check.verdict == "disagree" and report.check.methods[0] == "gate-differences"
    assert {name: judged.verdict for name, judged in report.check.variables.items()} == {"A": "disagree", "B": "agree"}


@pytest.mark.parametrize("scale", [1e-8, 1, 1e8])
def test_right_gradients_are_not_accused(scale):
    draw = np.random.RandomState(3)
    X, W1, W2 = draw.standard_normal((40, 30)) * scale, draw.standard_normal((30, 20)), draw.standard_normal((20, 10))
    for program in ("sum(max(0, X@W1)@W2)", "cross_entropy(max(0, X@W1)@W2, zeros(40))", "std(X) + norm(X) + sum(W1)"):
        report = grad(program, {n: v for n, v in (("X", X), ("W1", W1), ("W2", W2)) if n in program})
        assert report.check.verdict in ("agree", "undecided")
    at = np.eye(12) * 3 + draw.standard_normal((12, 12))
    assert grad("logdet(A'@A + eye(12))", A=at * scale).check.verdict != "disagree"


def test_what_no_method_can_judge_is_shown():
    for words in (["grad", "sum(log(x))", "x=[-1,1]"], ["jacobian", "log(x)", "x=[-1,0]"]):
        ran = backprop(*words)
        assert ran.status == 4 and "cannot decide: the value is not finite" in ran.out, ran


def test_a_jacobian_shows_no_formula_of_a_weighed_sum():
    assert "SymPy agrees\n" in backprop("jacobian", "x*2", "x=[1]").out
    assert "df/dx[0] = 2*x[0]" in backprop("jacobian", "sum(x^2)", "x=[1]").out


def test_step_on_a_node_without_a_name():
    ran = backprop("grad", "sum(W@x)", "W=[[1,2],[3,4]]", "x=[1,2]", "--wrt", "n1", "--rate", "0.5", "--no-check")
    assert ran.status == 0 and ran.out.endswith("n1: [5, 11] - 0.5*[1, 1] = [4.5, 10.5]\n")


def test_the_slopes_of_a_determinant_of_order_300():
    """Half of its singular values multiply to more than a double; the cofactors do not: det(A) inv(A)', transposed."""
    A = np.random.RandomState(1).standard_normal((300, 300))
    A /= np.exp(np.linalg.slogdet(A)[1] / 300)  # so that the determinant is 1 or -1
    report = grad("det(A)", A=A * 10**0.9, check=False)
    np.testing.assert_allclose(report.gradients["A"], report.value * np.linalg.inv(A * 10**0.9).T, rtol=1e-7)
    assert not report.notes


def test_notes_name_the_element():
    ran = backprop("grad", "sum(log(x + y))", "x=[[1,2],[3,4]]", "y=[0,-7]", "--no-check", "--json")
    (note,) = [n for n in json.loads(ran.out)["notes"] if n["node"] is not None]
    assert note["element"] == [0, 1] and note["elements"] == 2
    assert "n1[0, 1] = -5" in note["message"] and "(and 1 more element)" in note["message"]


def test_seed_grad_is_an_array():
    report = grad("W x", W=W, x=X, seed_grad=[1, 0])
    assert report.gradients["x"].tolist() == [0.1, 0.5]
    assert report.check.verdict == "agree"
    ran = backprop("grad", "W x", f"W={W}".replace(" ", ""), f"x={X}".replace(" ", ""), "--seed-grad", "[1,0]", "-q")
    assert ran.out == "W=[[0.2,0.4],[0,0]]\nx=[0.1,0.5]\n"


def test_step_on_arrays():
    ran = backprop("grad", "sum((x-[3,-1])^2)", "x=[0,0]", "--rate", "0.5", "--no-check", "-q")
    assert ran.out == "x=[3,-1]\n"  # 0 - 0.5*2*(0 - 3), 0 - 0.5*2*(0 + 1)


def test_random_numbers():
    first, again = (evaluate("randn(2, 3) + rand(3)").value for _ in range(2))
    assert (first == again).all()
    assert not np.allclose(first, evaluate("randn(2, 3) + rand(3)", seed=1).value)
    pair = evaluate("stack(randn(4), randn(4))").value
    assert not np.allclose(pair[0], pair[1])
    both = evaluate("stack(a, b)", a="randn(4)", b="randn(4)").value
    assert not np.allclose(both[0], both[1])
    uniform = evaluate("rand(1000)").value
    assert 0 <= uniform.min() < 0.01 and 0.99 < uniform.max() < 1
    # RandomState([0, 0, crc32(""), 0]): frozen by NEP 19, so the same on every machine.
    np.testing.assert_array_equal(evaluate("rand(2)").value, np.random.RandomState([0, 0, 0, 0]).random_sample(2))


# -- files -------------------------------------------------------------------------------------------------


def test_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    matrix = np.array([[1.5, 2], [3, -4]])
    np.save("m.npy", matrix)
    np.savez("several.npz", A=matrix, b=np.arange(2), unused=np.array(["text"]))
    np.savez("one.npz", matrix)
    np.save("f32.npy", matrix.astype(np.float32))
    np.save("number.npy", np.array(2.5))
    (tmp_path / "m.csv").write_text("a, b\n1.5,2\n# a remark\n3,-4\n")
    (tmp_path / "column.csv").write_text("1\n2\n3\n")
    (tmp_path / "named.csv").write_text("S;price\n1;10\n2;20\n3;x\n", encoding="utf-8")
    (tmp_path / "m.json").write_text("[[1.5, 2], [3, -4]]")
    (tmp_path / "all.json").write_text('{"A": [[1.5, 2], [3, -4]], "b": "[0, 1]"}')
    (tmp_path / "all.toml").write_text('A = [[1.5, 2], [3, -4]]\nb = "arange(2)"\n')
    for words in (["A=@m.npy"], ["A=@f32.npy"], ["A=@several.npz"], ["A=@one.npz"], ["A=@m.csv"], ["A=@m.json"]):
        assert backprop("eval", "sum(A*[1,10])", *words, "-q").out == "-15.5\n", words
    for file in ("all.json", "all.toml", "several.npz"):
        assert backprop("eval", "A@b", "--vars", file, "-q").out == "[2,-4]\n"
    assert backprop("eval", "sum(v)", "v=@column.csv", "-q").out == "6\n"
    assert backprop("eval", "2*x", "x=@number.npy", "-q").out == "5\n"
    # A column has a name: that of the value, or the one after the colon.
    assert backprop("eval", "sum(S)", "S=@named.csv", "-q").out == "6\n"
    assert backprop("eval", "sum(v)", "v=@named.csv:S", "-q").out == "6\n"
    assert backprop("eval", "sum(S)", "--vars", "named.csv", "-q").out == "6\n"
    ran = backprop("eval", "sum(price)", "price=@named.csv", "-q")
    assert ran.status == 3 and "`x` is not a number, in column `price`" in ran.err and "named.csv:4" in ran.err
    ran = backprop("eval", "sum(v)", "v=@named.csv:Price", "-q")
    assert ran.status == 3 and "no column `Price`; did you mean `price`?" in ran.err


CLAIMS = (
    b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000,), }" + b" " * 34 + b"\n"
)
BAD_FILES = [
    # content, name, exit status, word
    (CLAIMS, "a.npy", 3, "NPY"),
    (b"nothing", "a.npy", 3, "does not begin as one"),
    (b"", "a.npy", 3, "NPY"),
    (b"PK\x03\x04 broken", "a.npz", 3, "NPZ"),
    (b"1,2\n3,\n", "a.csv", 3, "empty cell"),
    (b"1;2;3\n4,5,6\n", "a.csv", 3, "semicolons separate"),
    (b"1,2,x\n4,5,6\n", "a.csv", 3, "not a number"),
    (b",a,b\n0,1,2\n", "a.csv", 3, "help: take a column by its name, as in `@a.csv:a`"),
    (b"x,x\n1,2\n", "a.csv", 3, "two columns are called `x`"),
    (b"x,y\n$1.50,2\n", "a.csv", 3, "help: write it as `1.50`"),
    (b'x,y\n"1,234",2\n', "a.csv", 3, "help: write it as `1234`"),
    (b"x,y\nNA,2\n", "a.csv", 3, "help: fill it in, or leave out the line"),
    (b"x: 1\n", "a.yaml", 3, "YAML is not read"),
    (b"PK", "a.xlsx", 3, "save the sheet as CSV"),
    (b"x", "a.pkl", 3, "never read"),
    (b'{"y": 1, "xs": 2}', "a.json", 3, "it has no `x`; it holds y, xs"),
    (b'[{"x": 1}, {"y": 2}]', "a.json", 3, "object 2 has no `x`, and others do"),
    (b'{"x": 1}\n[2]\n', "a.jsonl", 3, "line 2 holds no names"),
    (b"1,2\n3\n", "a.csv", 3, "1 number where the lines before have 2"),
    (b"", "a.csv", 3, "no numbers"),
    (b'"' + b"1" * 200_000 + b'"', "a.csv", 3, "field limit"),
    (b"\xff\xfe", "a.csv", 3, "UTF-8"),
    (b"[1, [2]]", "a.json", 3, "expected numbers"),
    (b"[[1, 2], []]", "a.json", 3, "different lengths"),
    (b"[]", "a.json", 3, "no elements"),
    (b"[true]", "a.json", 3, "expected numbers"),
    (b'["NaN"]', "a.json", 2, "not finite"),
    (b"[" * 40 + b"1" + b"]" * 40, "a.json", 3, "axes"),
    (b"[" * 100000 + b"]" * 100000, "a.json", 3, "deep"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "name", "status", "word"), BAD_FILES)
def test_bad_files(tmp_path, monkeypatch, content, name, status, word):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(content)
    ran = backprop("eval", "sum(x)", f"x=@{name}", "-q")
    assert ran.status == status and word in ran.err and "Traceback" not in ran.err, ran


# Tables, and the sum of their column x, or of all their numbers.
TABLES = [
    ("x,y\n1,2\n3,4\n", 4),
    ("x;y\n1;2\n3,5;4,5\n", 4.5),  # decimal commas
    ("x;y\n1,5e1;2\n-3;,5\n", 12),
    ("x\ty\n1\t2\n3\t4\n", 4),
    ("tag,x\nA,1\n#B,2\nC,3\n", 6),  # a text that begins with #
    ("id;x\n#1;2\n#2;3\n", 5),
    ("# made by hand, today\nx,y\n1,2\n# a remark, and another\n3,4\n# the end\n", 4),
    ("# a,b\n1,2\n3,4\n", 10),  # as NumPy writes headings
    ("x,y\n# 5, is no number\n1,2\n", 1),
    (",x,y\n0,1,2\n1,3,4\n", 4),  # pandas
    ('"","y","x"\n"1",1,2\n"2",3,4\n', 6),  # R
    ("# y x\n1.000e+00 2.000e+00\n3.000e+00 4.000e+00\n", 6),  # NumPy's savetxt
    ("1 2\n  3   4\n", 10),
    ("x y\n1 2\n3 4\n", 4),
    ("two words\n1\n2\n", 3),
]


@pytest.mark.parametrize(("text", "total"), TABLES)
def test_tables(tmp_path, monkeypatch, text, total):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text(text)
    assert backprop("eval", "sum(x)", "x=@a.csv", "-q").out == f"{total:g}\n"


# Files whose names do not say what they are, or with names in them: the value is [1, 3] by that name.
NAMED_VALUES = [
    ("a.txt", "x\ty\n1\t2\n3\t4\n", "x"), ("a.txt", '{"x": [1, 3]}', "x"), ("a.cfg", "# as TOML\nx = [1, 3]\n", "x"),
    ("a.tsv", "x\n1\n3\n", "x"), ("a.toml", "x = [1, 3]", "x"), ("a.json", '[{"x": 1}, {"x": 3}]', "x"),
    ("a.jsonl", '{"x": 1}\n\n{"x": 3, "y": 2}\n', "x"), ("a", "[values]\nx = 1", ""),
    ("a.json", '{"y": [1, 3], "x": 2}', "y"), ("a.toml", "y = [1, 3]", "y"), ("a.json", '[{"y": 1}, {"y": 3}]', "y"),
    ("a.tsv", "x\ty\n0\t1\n0\t3\n", "y"), ("a.txt", "1 x\n3 x\n", ""),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "name"), NAMED_VALUES)
def test_values_by_name(tmp_path, monkeypatch, file, text, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / file).write_text(text)
    one = backprop("eval", "sum(x*[1, 10])", f"x=@{file}" + (":y" if name == "y" else ""), "-q")
    many = backprop("eval", f"sum({name or 'x'}*[1, 10])", "--vars", file, "-q")
    if name:
        assert one.out == many.out == "31\n"
    else:
        assert one.status == 3 and many.status in (2, 3)


@pytest.mark.parametrize(
    ("file", "text"), [("a", "[1, 3]"), ("a.dat", "1\n3\n"), ("a.txt", "1e0   3e0"), ("b", "[\n1, 3]")]
)
def test_values_without_names(tmp_path, monkeypatch, file, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / file).write_text(text)
    assert backprop("eval", "sum(x*[1, 10])", f"x=@{file}", "-q").out == "31\n"


def test_a_column_whose_heading_is_no_name_is_shown_the_way():
    with pytest.raises(backprop_cli.BackpropError, match="has no value") as caught:
        backprop_cli.evaluate("m*v", defaults={"m (kg)": 1, "v": 2})
    help_ = caught.value.diagnostics[0].help
    assert help_.endswith(
        'all of the column `m (kg)` is `"m=@FILE:m (kg)"`; for `--each`, give the column the heading `m`'
    )


def test_a_number_behind_a_sharp_sign_is_no_remark_in_silence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("x,y\n1,2\n#3,4\n")
    ran = backprop("eval", "sum(x)", "x=@a.csv", "-q")
    assert ran.status == 3 and "`#3` is not a number" in ran.err


def test_pickles_are_never_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("o.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    np.savez("o.npz", x=np.array([{"a": 1}], dtype=object))
    for name in ("o.npy", "o.npz"):
        ran = backprop("eval", "sum(x)", f"x=@{name}")
        assert ran.status == 3 and "never read" in ran.err, ran


# -- Jacobians ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize(
    "program", ["W@x", "softmax(W@x)", "tanh(S)@x", "x*y", "outer(x, z)", "sum(x)", "S'", "s*x", "s^2", "inv(S)"]
)
def test_jacobian_is_that_of_differences(program, mode):
    values = chosen(program)
    report = backprop_cli.jacobian(program, values, mode=mode)
    assert report.check.verdict == "agree"
    for name, found in report.jacobians.items():
        shape = np.shape(values[name])
        assert np.shape(found) == report.shape + shape
        for index in np.ndindex(*shape):
            step = np.zeros(shape)
            step[index] = 1e-6
            high, low = (evaluate(program, {**values, name: values[name] + sign * step}).value for sign in (1, -1))
            np.testing.assert_allclose(found[(..., *index)], (high - low) / 2e-6, rtol=1e-7, atol=1e-8)


def test_jacobian_mode_is_the_shorter():
    report = backprop_cli.jacobian("A@x", A="randn(2, 5)", x="randn(5)")
    assert [(b.variable, b.mode, b.passes) for b in report.blocks] == [("A", "reverse", 2), ("x", "reverse", 2)]
    report = backprop_cli.jacobian("A@x", A="randn(5, 2)", x="randn(2)", wrt=["x"])
    assert [(b.variable, b.mode, b.passes) for b in report.blocks] == [("x", "forward", 2)]

    report = backprop_cli.jacobian("2*x", x="randn(3)")
    assert [(b.variable, b.mode, b.passes) for b in report.blocks] == [("x", "reverse", 3)]


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_jacobian_mode_is_the_one_that_is_asked_for(monkeypatch, mode):
    """Each goes by its own rule of a gate: here the one of the backward pass is four times too large."""
    assert [block.mode for block in backprop_cli.jacobian("A@x", A="randn(2, 5)", x="randn(5)", mode=mode).blocks] == [
        mode, mode,
    ]  # fmt: skip
    right = ARRAYS.pull["cumsum"]
    monkeypatch.setitem(ARRAYS.pull, "cumsum", lambda *words: 4.0 * right(*words))
    (block,) = backprop_cli.jacobian("cumsum(x)", x=[5, 7, 9], mode=mode, check=False).blocks
    assert block.values.tolist() == [[n * (1 if mode == "forward" else 4) for n in row] for row in np.tri(3).tolist()]


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_jacobian_has_zeros_where_nothing_flows_and_no_minus_zero(mode):
    report = backprop_cli.jacobian("[2*x, 3*y]", x=5, y=7, mode=mode)
    assert {name: found.tolist() for name, found in report.jacobians.items()} == {"x": [2, 0], "y": [0, 3]}
    found = backprop_cli.jacobian("0*(-x)", x=[1, 2], mode=mode).jacobians["x"]
    assert not found.any() and not np.signbit(found).any()
    report = backprop_cli.jacobian("max([sqrt(s), 2; 3, t], axis=1)", s=0, t=4, mode=mode)  # sqrt(s) is not the larger
    assert {name: found.tolist() for name, found in report.jacobians.items()} == {"s": [0, 0], "t": [0, 1]}


def test_an_undefined_element_of_an_array_has_undefined_slopes():
    found = backprop_cli.jacobian("cumsum(log(x))", x=[-1, 2], mode="reverse", check=False).jacobians["x"]
    assert np.isnan(found).all()


def test_jacobian_formats():
    words = ["jacobian", "x*[1,2]", "x=[3,4]"]
    assert backprop(*words, "-q").out == "x=[[1,0],[0,2]]\n"
    assert backprop(*words, "--format", "csv").out == "f,x[0],x[1]\nf[0],1,0\nf[1],0,2\n"
    document = json.loads(backprop(*words, "--json").out)
    assert document["jacobians"]["x"]["values"] == [[1.0, 0.0], [0.0, 2.0]]
    assert document["jacobians"]["x"]["shape"] == [2, 2]
    kinked = backprop("jacobian", "relu(x)", "x=[0,1]", "-q")
    assert "note[kink]" in kinked.err and kinked.out == "x=[[0,0],[0,1]]\n"


def test_the_lectures_jacobian_is_never_formed():
    """max(0, x) on a minibatch of 100 × 4096: 409,600 × 409,600, 1.34 TB; the process stays below 200 MB."""
    script = (
        "import sys; from backprop_cli.cli import main; status = main(sys.argv[1:]);"
        "peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'));"
        "sys.stderr.write(peak); sys.exit(status)"
    )
    command = [sys.executable, "-c", script, "jacobian", "max(0, x)", "x=randn(100,4096)", "--anatomy", "--json"]
    if not os.path.exists("/proc/self/status"):
        pytest.skip("the peak memory of a process is read from /proc")
    done = subprocess.run(command, capture_output=True, text=True, env=shell_environment(), check=True)
    (part,) = json.loads(done.stdout)["anatomy"]
    assert part["jacobian"] == [409_600, 409_600] and part["stored_bytes"] == 8 * 409_600**2 == 1_342_177_280_000
    assert int(done.stderr.split()[1]) < 200_000  # kB


def test_too_large_a_jacobian_is_refused():
    with pytest.raises(BackpropError, match=r"1\.34 TB") as caught:
        backprop_cli.jacobian("max(0, x)", x="randn(100, 4096)")
    assert caught.value.status == 5 and "--anatomy" in caught.value.diagnostics[0].help


def test_the_limit_is_the_largest_jacobian_that_is_formed():
    (block,) = backprop_cli.jacobian("2*sin(x)", x=[1, 2, 3, 4], max_elements=16, check=False).blocks
    assert block.passes == 4
    with pytest.raises(BackpropError, match=r"4 × 4 elements \(128 bytes\)"):
        backprop_cli.jacobian("2*sin(x)", x=[1, 2, 3, 4], max_elements=15, check=False)


# -- the schema and the table ------------------------------------------------------------------------------


def test_json_of_arrays_is_valid_and_complete():
    import jsonschema
    from test_commands import SCHEMA

    for words in (["grad", "sum(W x)", "W=[[1,2],[3,4]]", "x=[5,6]"], ["eval", "W x", "W=[[1,2],[3,4]]", "x=[5,6]"],
                  ["grad", "sum(log(x))", "x=[0,-1]"], ["jacobian", "W x", "W=[[1,2],[3,4]]", "x=[5,6]"],
                  ["jacobian", "W x", "W=[[1,2],[3,4]]", "x=[5,6]", "--anatomy"]):  # fmt: skip
        for more in ([], ["--nodes"] * (words[0] != "jacobian")):
            jsonschema.validate(json.loads(backprop(*words, "--json", *more).out), SCHEMA)
    document = json.loads(backprop("grad", "sum(W x)", "W=[[1,2],[3,4]]", "x=[5,6]", "--json").out)
    assert document["gradients"] == {"W": [[5, 6], [5, 6]], "x": [4, 6]}
    assert document["check"]["variables"]["W"]["verdict"] == "agree"


def test_narrow_terminals_get_records():
    ran = backprop("grad", "sum(W x)", "W=[[1,2],[3,4]]", "x=[5,6]", "--no-check", "--width", "50")
    assert max(map(len, ran.out.splitlines())) <= 50
    assert "n1 = W @ x = [17, 39]   (2,)" in ran.out


def test_dots_between_arrays_are_matrix_products():
    for program in ("q = W·x; f = norm(q)^2", "q = W ⋅ x; f = q·q"):
        report = grad(program, W=W, x=X)
        assert report.value == pytest.approx(0.116)
        assert "W@x" in report.notes[0].message
    assert evaluate("2·x·y", x=3, y=4).value == 24.0 and not evaluate("2·x", x=3).notes
    assert evaluate("W × x", W=W, x=X).shape == (2, 2)  # the sign of the elementwise product


def test_a_softmax_too_many_is_noted():
    (note,) = grad("cross_entropy(softmax(s), 0)", s=[1, 2]).notes
    assert note.code == "reading" and "softmax of a softmax" in note.message and "`-sum(y*log(p))`" in note.message
    (note,) = grad("cross_entropy(p, 0)", p=[0.25, 0.75]).notes
    assert note.code == "reading" and "of probabilities p it is `-sum(y*log(p))`" in note.message
    assert not grad("cross_entropy(s, 0)", s=[1, 2]).notes
    same = grad("cross_entropy(log_softmax(s), 0)", s=[1, 2])  # the softmax of its logarithm is itself
    assert same.value == pytest.approx(grad("cross_entropy(s, 0)", s=[1, 2]).value) and not same.notes


def test_labels_that_come_first_are_noted_or_refused():
    (note,) = grad("cross_entropy(y, x)", x=[0.5, 2.5, 1], y=[0, 1, 0]).notes
    assert note.code == "reading" and "`cross_entropy(x, y)`" in note.message
    assert grad("cross_entropy(y, x)", x=[[0.1, 0.9], [0.5, 0.5]], y=[[0, 1], [1, 0]]).notes
    for scores, labels in (([0, 1], [0, 1]), ([1, 0], [0, 1]), ([0.5, 2.5, 1], [0, 1, 0]), ([0, 1, 1], [0.5, 0.5, 0])):
        assert not grad("cross_entropy(s, y)", s=scores, y=labels).notes
    for values in ({"x": [0.5, 2.5], "y": 1}, {"x": [[0.5, 2.5], [1, 2]], "y": [1, 0]}):
        with pytest.raises(BackpropError) as caught:
            grad("cross_entropy(y, x)", **values)
        assert caught.value.diagnostics[0].help == "the labels come second: exchange the two"
        assert grad("cross_entropy(x, y)", **values).status == 0


def test_all_rows_show_arrays_whole():
    words = ["eval", "x*1", "x=arange(20)"]
    assert "`--rows all` shows up to 100 elements" in backprop(*words).out
    assert "18, 19]" in backprop(*words, "--rows", "all").out and "18, 19]" not in backprop(*words).out
    assert backprop("eval", "x/3", "x=arange(20)", "-q", "--digits", "2").out.startswith("[0,0.33,0.67,1,1.3,")


def test_large_arrays_are_summarized():
    ran = backprop("eval", "x", "x=linspace(-1,1,101)")
    assert "-1 … 1, norm 5.86" in ran.out  # the square root of 2(1 + … + 50²)/50²


def test_too_much_memory_is_refused_before_it_is_asked_for():
    began = time.monotonic()
    ran = backprop("grad", "sum(outer(x, y))", "x=zeros(1000000)", "y=zeros(1000000)")
    assert ran.status == 5 and "8 TB" in ran.err and "--max-elements" in ran.err
    assert time.monotonic() - began < 5


# -- factors and functions of matrices ----------------------------------------------------------------------


def test_the_exponential_of_a_rotation_turns_by_the_angle():
    t = 100.0  # a norm that is halved five times
    report = grad("expm(t*[0, -1; 1, 0])[1, 0]", t=t)
    assert report.value == pytest.approx(math.sin(t), rel=1e-12)
    assert report.gradients["t"] == pytest.approx(math.cos(t), rel=1e-11) and report.check.verdict == "agree"


# Program, its value, the gradient by hand, the note's code.
TIED = [
    ("sum(eigvalsh(A))", [[2.0, 0], [0, 2]], 4.0, [[1.0, 0], [0, 1]], "kink"),
    ("eigvalsh(A)[1]", [[2.0, 0], [0, 2]], 2.0, [[0.5, 0], [0, 0.5]], "kink"),
    ("sum(svdvals(A))", [[3.0, 0], [0, 0]], 3.0, [[1.0, 0], [0, 0]], "kink"),
    ("sum(svdvals(A)^2)", [[1.0, 0], [0, 1]], 2.0, [[2.0, 0], [0, 2]], "kink"),
    ("eigvalsh(A)[0]", [[2.0, 4], [0, 2]], 0.0, [[0.5, -0.5], [-0.5, 0.5]], "reading"),
    ("max_pool1d(A, 2)[0, 0]", [[1.0, 1], [3, 4]], 1.0, [[0.5, 0.5], [0, 0]], "kink"),
]


@pytest.mark.parametrize(("program", "A", "value", "gradient", "code"), TIED, ids=[row[0] for row in TIED])
def test_equal_values_share_and_are_noted(program, A, value, gradient, code):
    report = grad(program, A=A)
    assert report.value == pytest.approx(value, abs=1e-12)
    np.testing.assert_allclose(report.gradients["A"], gradient, atol=1e-12)
    assert code in {note.code for note in report.notes} and report.check.verdict != "disagree"


NO_FACTOR = [
    ("sum(cholesky(A))", [[1, 2], [2, 1]], "undefined", "`cholesky`: the matrix `A` is not positive definite"),
    ("sum(solve_triangular(A, [1, 2]))", [[1, 2], [3, 0]], "undefined", "the diagonal of `A` has a 0"),
    ("logabsdet(A)", [[1, 2], [2, 4]], "pole", "`logabsdet` has a pole at the singular matrix `A`"),
    ("sum(pinv(A))", [[1, 2], [2, 4]], "jump", "`pinv` jumps where the rank of `A` changes"),
]


@pytest.mark.parametrize(("program", "A", "code", "words"), NO_FACTOR, ids=[row[0] for row in NO_FACTOR])
def test_a_matrix_without_a_factor_is_noted(program, A, code, words):
    report = grad(program, A=A)
    assert any(note.code == code and words in note.message for note in report.notes)
    assert report.status == 4 and report.check.verdict == "undecided"


UNFIT = [
    ("conv2d(x, w)", {"x": (1, 4, 4), "w": (2, 3, 2, 2)}, "1 channels, and weights for 3"),
    ("conv1d(x, w)", {"x": (1, 4), "w": (2, 1)}, "not (channels out, channels in, kernel)"),
    ("conv1d(x, w)", {"x": (1, 2), "w": (2, 1, 3)}, "a window of 3 does not fit 2 elements"),
    ("conv1d(x, w, b)", {"x": (1, 4), "w": (2, 1, 3), "b": (3,)}, "a bias of shape (3,) for 2 channels"),
    ("max_pool2d(x, 2, padding=2)", {"x": (1, 4, 4)}, "more than half of the window"),
    ("max_pool2d(x, [2, 2, 2])", {"x": (1, 4, 4)}, "expected 1 or 2 whole numbers, got 3"),
    ("avg_pool1d(x, 2, stride=0)", {"x": (1, 4)}, "0 is not a length"),
    ("pinv(x)", {"x": (3,)}, "expected a matrix, got shape (3,)"),
    ("layer_norm(x, w)", {"x": (2, 3), "w": (2,)}, "shape (2,) cannot be broadcast to (2, 3)"),
    ("batch_norm(x, w)", {"x": (2, 3, 4), "w": (4,)}, "4 numbers for 3 channels"),
    ("cosine_similarity(x, w)", {"x": (2, 3), "w": (2, 4)}, "the same length"),
    ("kl_div(x, w)", {"x": (2, 3), "w": (3,)}, "the shapes must be the same"),
]


@pytest.mark.parametrize(("program", "shapes", "words"), UNFIT, ids=[row[0] for row in UNFIT])
def test_shapes_that_do_not_fit_are_told(program, shapes, words):
    with pytest.raises(BackpropError) as caught:
        evaluate(program, {name: np.ones(shape) for name, shape in shapes.items()})
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.code == "V309" and words in diagnostic.message


@pytest.mark.parametrize("shape", [(), (3,), (50_000,), (300, 200), (70_000, 1)])
def test_large_arrays_are_looked_at_to_the_last_element(shape):
    """The survey goes through large arrays piece by piece; what is odd in one element is noted, wherever that is."""
    for place in {0, max(0, np.prod(shape, dtype=int) - 1), np.prod(shape, dtype=int) // 2}:
        x = np.full(shape, 2.0)
        x.reshape(-1)[place] = -1.0
        assert not somewhere(lambda x: x == 0, x) and somewhere(lambda x: x < 0, x)
        assert not somewhere(lambda x, y: x == y, x, 0.5) and somewhere(lambda x, y: x + y < 0, x, 0.5)
        assert somewhere(lambda x, y: x < y, x.T, np.zeros(shape).T)
        report = backprop_cli.grad("sum(log(x))", x=x, check=False)
        where = list(map(int, np.unravel_index(place, shape))) if shape else []
        assert any(note.code == "undefined" and list(note.element) == where for note in report.notes)


_ODD = (0.0, -0.0, INF, -INF, NAN, 5e-324, 1e-310, 1e308, 2.0**-1012, -(2.0**1012))


def _arrays_with_odd_elements(seed):
    """Arrays of up to three pieces, in rows, in columns, or of one number; in some an element or two is odd."""
    draw = np.random.RandomState(seed)
    shape = [(5,), (40_000,), (70_001,), (300, 250), (2, 3, 12_000)][seed % 5]
    x = draw.standard_normal(shape) + 3
    for place in draw.randint(x.size, size=draw.randint(3)):
        x.reshape(-1)[place] = _ODD[draw.randint(len(_ODD))]
    return [x, x.T, np.broadcast_to(x.reshape(-1)[draw.randint(x.size)], shape)][draw.randint(3)], draw


@pytest.mark.parametrize("seed", range(40))
def test_pieces_of_a_large_array_are_judged_as_all_of_it(seed):
    x, draw = _arrays_with_odd_elements(seed)
    with np.errstate(all="ignore"):
        least, most = np.abs(x).min(), np.abs(x).max()
        np.testing.assert_equal(sizes(x), (least, most))
        for low, limit in ((2.0**-1012, 2.0**1012), (least, most), (0.0, INF), (1.0, 2.0)):
            inside = ((np.abs(x) >= low) & (np.abs(x) < limit)).all()
            assert within(x, low, limit) == (least if inside else 0)
        apart = 10.0 ** draw.randint(-9, -4)
        y = x * (1 + apart * draw.uniform(-1, 1, x.shape))
        y.reshape(-1)[draw.randint(x.size)] = _ODD[draw.randint(len(_ODD))] if seed % 3 == 0 else 3.0
        for other in (x, y, x * (1 + apart), 0.0):
            for part in (1e-6, apart, 1e-12):
                bound = part * np.abs(x)
                expected = bool(((np.abs(other - x) <= bound) & (bound < INF)).all())
                assert near(x, other, part) == expected
                assert near(x, other, part, float(np.abs(other).min())) == expected


@pytest.mark.parametrize("shape", [(3,), (8072,), (20_000,), (150, 200), (0,)])
def test_moves_are_small_and_no_two_neighbours_move_alike(shape):
    drawn = moves(0)
    drawn.begin()
    x = np.random.RandomState(0).standard_normal(shape)
    for operand in (x, x.T, np.broadcast_to(1.5, shape)):
        here, there = drawn.nearby(operand), drawn.nearby(operand)
        by = (here / operand - 1).ravel()
        assert np.all((np.abs(by) > 2.0**-44.1) & (np.abs(by) < 2.0**-42.9))
        assert np.sum(np.diff(by) == 0) <= 0.01 * x.size and np.sum(here == there) <= 0.01 * x.size
    drawn.begin()
    again = [drawn.nearby(operand) for operand in (x, x, x.T, x.T)]
    drawn.begin()
    kept = x.copy()
    np.testing.assert_array_equal(drawn.fresh(kept, x), again[0])
    assert kept.size == 0 or not np.array_equal(kept, x)  # nobody else has it
    np.testing.assert_array_equal(drawn.fresh(x, 1.0, x), again[1])
    np.testing.assert_array_equal(drawn.fresh(x.T), again[2])  # not of its own
    drawn.skip(1)
    drawn.skip(1008)
    np.testing.assert_array_equal(drawn.fresh(np.asfortranarray(x.T)), again[3])
    np.testing.assert_array_equal(x, np.random.RandomState(0).standard_normal(shape))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(
    "name", ["sigmoid", "pow", "relu", "where", "max", "gelu", "mul", "leaky_relu", "stop_gradient"]
)
def test_gates_in_pieces_answer_as_they_do_at_once(name, seed):
    """The same bytes: values and slopes, arrays where arrays were, operands where the answer is one."""
    gate, (x, draw) = GATES[name], _arrays_with_odd_elements(seed)
    x = np.ascontiguousarray(x)
    whole = Field(*ARRAYS.modules, choice=ARRAYS.choice, known=ARRAYS.known)
    others = [x * 0.5, np.where(x > 3, x, 1.0), 2.0, x]
    operands = [x, *(others[draw.randint(4)] for _ in range(1 if gate.variadic else len(gate.operands) - 1))]
    with np.errstate(all="ignore"):
        out, expected = ARRAYS.value[name](*operands), whole.value[name](*operands)
        np.testing.assert_array_equal(out, expected)
        for slope, plain in zip(ARRAYS.locals[name](*operands, out), whole.locals[name](*operands, out), strict=True):
            assert np.shape(slope) == np.shape(plain)
            assert np.asarray(slope).tobytes() == np.asarray(plain).tobytes()
            places = [k for k, operand in enumerate(operands) if np.shape(operand) and plain is operand]
            assert not places or np.shares_memory(slope, operands[places[0]])


@pytest.mark.parametrize("number", [1.0, -1.0, 2.0, 0.0, NAN, INF])
@pytest.mark.parametrize("shape", [(3,), (2, 2), (1,), (0,)])
def test_times_one_is_the_other(number, shape):
    slope = np.array([2.0, -0.0, NAN, 5e-324])[: math.prod(shape)].reshape(shape)
    whole, spread = np.full(shape, number), np.broadcast_to(number, shape)
    for upstream, other in ((spread, slope), (whole, slope), (slope, number), (number, slope), (number, 3.0)):
        with np.errstate(all="ignore"):
            found, expected = times(upstream, other), upstream * other
        assert np.shape(found) == np.shape(expected)
        np.testing.assert_array_equal(found, expected)
    with np.errstate(all="ignore"):
        assert (times(spread, slope) is slope) == (number == 1.0 and slope.size > 0)
        assert (times(slope, number) is slope) == (number == 1.0)
        assert times(np.broadcast_to(np.array(number, dtype=object), shape), slope) is not slope
    numbers = backprop_cli.grad("sum(x*y)", x=[2.0, 3.0], y=[5.0, 7.0], check=False).gradients
    assert [list(numbers[name]) for name in "xy"] == [[5.0, 7.0], [2.0, 3.0]]
