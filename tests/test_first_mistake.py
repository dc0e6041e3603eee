"""Which of several wrong gradients is the mistake: the one with which the others become right."""

import pytest
from conftest import ROOT

from backprop_cli import check_code

SQUARE = """x, y = 2.0, 3.0
q = x*y
loss = q**2
dq = 2*q
dx = 2*q*y
dy = 2*q*x
"""
TWO_LAYERS = """import numpy as np
np.random.seed(0)
m = 5
X = np.random.randn(3, m); Y = (np.random.rand(1, m) > .5).astype(float)
W1 = np.random.randn(4, 3); b1 = np.zeros((4, 1)); W2 = np.random.randn(1, 4); b2 = np.zeros((1, 1))
Z1 = W1@X + b1
A1 = np.tanh(Z1)
Z2 = W2@A1 + b2
A2 = 1/(1 + np.exp(-Z2))
cost = -np.mean(Y*np.log(A2) + (1 - Y)*np.log(1 - A2))
dZ2 = A2 - Y
dW2 = dZ2@A1.T/m
dZ1 = W2.T@dZ2*(1 - A1**2)
dW1 = dZ1@X.T/m
"""
STEP = """import numpy as np
np.random.seed(0)
def sigmoid(x): return 1/(1 + np.exp(-x))
def lstm_step_forward(x, prev_c, W):
    H = prev_c.shape[1]
    a = x @ W
    i = sigmoid(a[:, :H]); f = sigmoid(a[:, H:2*H]); o = sigmoid(a[:, 2*H:])
    next_c = f*prev_c + i
    next_h = o*np.tanh(next_c)
    return next_h, next_c, (x, prev_c, W, i, f, o, next_c)
def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_c, W, i, f, o, next_c = cache
    do = dnext_h*np.tanh(next_c)
    dc = dnext_c + dnext_h*o*(1 - np.tanh(next_c)**2)
    df = dc*prev_c
    dprev_c = dc*f
    da = np.hstack([dc*i*(1 - i), df*f*(1 - f), do*o*(1 - o)])
    dx = da @ W.T
    dW = x.T @ da
    return dx, dprev_c, dW
x = np.random.randn(3, 4); c0 = np.random.randn(3, 2); W = np.random.randn(4, 6)
next_h, next_c, cache = lstm_step_forward(x, c0, W)
dnext_h = np.random.randn(*next_h.shape); dnext_c = np.random.randn(*next_c.shape)
dx, dc0, dW = lstm_step_backward(dnext_h, dnext_c, cache)
"""
BATCH_NORM = (ROOT / "tests/hand_written/batchnorm_staged.py").read_text(encoding="utf-8")
# A change, the gradient that is the mistake, and those that follow from it.
CHANGES = [
    (SQUARE, "dq = 2*q", "dq = 3*q", "dq", set()),
    (BATCH_NORM, "dvar = 0.5 * 1.", "dvar = 1 * 1.", "dvar", {"dsq", "dx"}),
    (BATCH_NORM, "dvar = 0.5 * 1.", "dvar = 0.37 * 1.", "dvar", {"dsq", "dx"}),
    (TWO_LAYERS, "dZ2 = A2 - Y", "dZ2 = Y - A2", "dZ2", {"dW2", "dZ1", "dW1"}),
    (STEP, "dc = dnext_c + ", "dc = ", "dc", {"df", "dprev_c", "da", "dx", "dW", "dc0"}),
]


@pytest.mark.parametrize(("text", "right", "wrong", "name", "after"), CHANGES)
def test_the_table_and_the_picture_name_the_same_mistake(text, right, wrong, name, after, tmp_path):
    assert text.count(right) == 1
    path = tmp_path / "net.py"
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    report = check_code(str(path))
    line = text[: text.index(right)].count("\n") + 1
    assert (report.status, report.first_wrong.name, report.first_wrong.line) == (1, name, line)
    assert {one.name for one in report.results if one.verdict == "differs" and not one.inherits} == {name}
    assert {one.name for one in report.results if one.inherits} == after


@pytest.mark.parametrize("text", [SQUARE, TWO_LAYERS, STEP])
def test_what_is_right_agrees_and_a_multiple_that_later_lines_make_up_for_does(text, tmp_path):
    path = tmp_path / "net.py"
    path.write_text(text, encoding="utf-8")
    report = check_code(str(path))
    assert report.ok and ("dc" in {one.name for one in report.results}) == (text is STEP)


HINGE = """import numpy as np
np.random.seed(0)
X = np.random.randn(50, 2); y = np.sign(X[:,0] + .5*X[:,1]); w = np.random.randn(2); b = 0.
margin = y*(X@w + b)
cost = np.maximum(0, 1 - margin).sum()
active = margin < 1
db = -y[active].sum()
"""


@pytest.mark.parametrize(("change", "status"), [("", 0), (" + 1", 1)])
def test_a_slope_of_zero_between_kinks_is_told_from_digits_that_are_lost(change, status, tmp_path):
    path = tmp_path / "net.py"
    path.write_text(HINGE.rstrip() + change + "\n", encoding="utf-8")
    assert check_code(str(path)).status == status  # as many are active on either side: 0 for all b around 0
