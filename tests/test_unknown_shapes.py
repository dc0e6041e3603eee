"""Names without a value beside arrays: their lengths are those of the arrays, and none has to be 3."""

import numpy as np
import pytest

import backprop_cli

LINE = "L = sum((w*x + b - y)^2)"
DATA = {"x": "({n},)", "y": "({n},)"}
SCORES = "s = W@x + b; L = cross_entropy(s, 1)"
MATRIX = {"W": "({n},2)"}

# Program, what is known (`n` is any length), a claim, its verdict, a part of the note.
CLAIMS = [
    ("L = mean((x - mu)^2)", {"x": "({n},)"}, "dL/dmu = -2*mean(x - mu)", "agrees", "`mu` a number"),
    ("L = mean((x - mu)^2)", {"x": "({n},)"}, "dL/dmu = -2*(x - mu)/{n}", "agrees", "`mu` of the shape ({n},)"),
    ("L = mean((x - mu)^2)", {"x": "({n},)"}, "dL/dmu = 2*mean(x - mu)", "differs", "`mu` of the shape ({n},)"),
    ("L = mean((x - mu)^2)", {"x": "({n},)"}, "dL/dmu = -2*sum(x - mu)", "differs", "`mu` of the shape ({n},)"),
    (LINE, DATA, "dL/db = 2*sum(w*x + b - y)", "agrees", "`b` a number"),
    (LINE, DATA, "dL/dw = 2*sum(x*(w*x + b - y))", "agrees", "`w` a number"),
    (LINE, DATA, "dL/dw = 2*sum(w*x + b - y)", "differs", "`w` of the shape ({n},)"),
    ("L = sum(relu(W@x + b))", MATRIX, "dL/db = 1*(W@x + b > 0)", "agrees", "`x` of the shape (2,), `b` of the shape"),
    ("L = sum(relu(W@x + b))", MATRIX, "dL/db = sum(W@x + b > 0)", "agrees", "`b` a number"),
    ("L = sum(relu(W@x + b))", MATRIX, "dL/db = 1*(W@x > 0)", "differs", "`b` of the shape ({n},)"),
    (SCORES, MATRIX, "dL/db = softmax(s) - onehot(1,{n})", "agrees", "`b` of the shape ({n},)"),
    (SCORES, MATRIX, "dL/db = softmax(s)", "differs", "`b` of the shape ({n},)"),
    ("f = sum(softmax(W@x + b)*t)", {**MATRIX, "t": "({n},)"}, "df/db = f", "differs", "`b` of the shape ({n},)"),
    ("f = sum(x*[1, 2, 3, 4])", {}, "df/dx = [1, 2, 3, 4]", "agrees", "`x` of the shape (4,)"),
]


@pytest.mark.parametrize("length", [2, 3, 4, 5])
@pytest.mark.parametrize(("program", "known", "claim", "verdict", "note"), CLAIMS, ids=[row[2] for row in CLAIMS])
def test_what_is_claimed_beside_arrays(program, known, claim, verdict, note, length):
    given = {name: shape.format(n=length) for name, shape in known.items()}
    report = backprop_cli.check(program, given, claims=claim.format(n=length))
    assert report.verdict == verdict
    assert note.format(n=length) in " ".join(found.message for found in report.notes)


def test_a_layer_between_two_known_matrices():
    program = "a = W1@x + b1; h = relu(a); s = W2@h + b2; L = cross_entropy(s, y)"
    known = {"W1": "(5,4)", "W2": "(2,5)", "x": "(4,)", "y": 1}
    claims = ["dL/db2 = softmax(s) - onehot(y, 2)", "dL/db1 = (W2'@(softmax(s) - onehot(y, 2)))*(a > 0)"]
    report = backprop_cli.check(program, known, claims=claims)
    assert [result.verdict for result in report.results] == ["agrees", "agrees"]
    assert "`b1` of the shape (5,), `b2` of the shape (2,)" in report.notes[0].message


STEPS = [("dmu = -2*mean(x - mu)", "agrees"), ("dmu = -2*(x - mu)/4", "agrees"), ("dmu = 2*mean(x - mu)", "differs")]


@pytest.mark.parametrize(("steps", "verdict"), STEPS)
def test_steps_beside_arrays(steps, verdict):
    assert backprop_cli.check_steps("L = mean((x - mu)^2)", x="(4,)", steps=steps).verdict == verdict


def test_without_any_shape_a_note_says_that_a_claim_is_right_for_a_number():
    program, claim = "L = sum((w*x + b - y)^2)", "dL/db = 2*sum(w*x + b - y)"
    report = backprop_cli.check(program, claims=claim)
    assert report.verdict == "differs"
    assert "right for numbers: `b=0.5`" in report.notes[-1].message
    assert backprop_cli.check(program, claims=claim, b=0.5).verdict == "agrees"
    wrong = backprop_cli.check(program, claims="dL/db = 2*(w*x + b)")
    assert len(wrong.notes) == 1


SQUARES = r"L = \sum_i (w x_i - y_i)^2"
GRADIENTS = [
    ("norm(W x)^2", {"W": "(4, 2)"}, "W", "2*outer(W @ x, x)"),
    ("norm(W x)^2", {"W": [[1, 2], [3, 4]]}, "x", "2*(W' @ (W @ x))"),
    ("norm(W x)^2", {"W": "(3, 3)"}, "W", "2*outer(W @ x, x)"),
    (SQUARES, {}, "w", "sum(2*x*(w*x - y))"),
    (SQUARES, {}, "x", "2*w*(w*x - y)"),
]


@pytest.mark.parametrize(("program", "known", "name", "formula"), GRADIENTS)
def test_the_formula_is_that_of_the_shapes_which_are_known(program, known, name, formula):
    assert backprop_cli.diff(program, known, wrt=name).formulas.popitem()[1] == formula


NORMAL = r"L = \sum_i \left(\frac{(x_i - \mu)^2}{2 s^2} + \log s\right)"
COINS = r"L = -\sum_i \left(y_i \log p + (1-y_i) \log(1-p)\right)"
INDEXED = [
    (SQUARES, {}, r"dL/dw = 2\sum_i x_i (w x_i - y_i)", "dL/dw = 2*x*(w*x - y)"),
    (r"L = \sum_i (x_i - \mu)^2", {"x": [1, 2, 4]}, r"dL/dmu = -2\sum_i (x_i - \mu)", r"dL/dmu = 2\sum_i (x_i - \mu)"),
    (COINS, {}, "dL/dp = sum((p - y)/(p*(1 - p)))", "dL/dp = -sum(y)/p"),
    (NORMAL, {"x": "(5,)"}, "dL/ds = 5/s - sum((x - mu)^2)/s^3", "dL/ds = 1/s - sum((x - mu)^2)/s^3"),
]


@pytest.mark.parametrize(("program", "known", "right", "wrong"), INDEXED)
def test_a_name_without_the_index_is_a_number(program, known, right, wrong):
    report = backprop_cli.check(program, known, claims=[right, wrong])
    assert [result.verdict for result in report.results] == ["agrees", "differs"]


@pytest.mark.parametrize("length", [2, 3, 5])
def test_the_gradient_with_shapes_that_were_found_is_that_with_values(length):
    draw = np.random.default_rng(7)
    W, x, b = draw.normal(size=(length, 4)), draw.normal(size=4), draw.normal(size=length)
    formula = backprop_cli.diff("sum(tanh(W@x + b))", W=W, wrt="b").formulas["df/db"]
    np.testing.assert_allclose(backprop_cli.evaluate(formula, W=W, x=x, b=b).value, 1 - np.tanh(W @ x + b) ** 2)
