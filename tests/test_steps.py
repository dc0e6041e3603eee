"""Backward passes as people write them: each form is read, judged and accused of nothing; slips in it are found."""

import pytest

from backprop_cli import BackpropError, check_steps

S = {"x": -2, "y": 5, "z": -4}
Q = "q = x+y; f = q*z"
NET = "a = X@W1 + b1; h = max(a, 0); s = h@W2 + b2; L = cross_entropy(s, y)"
NV = {
    "X": [[0.5, -1.2], [1.5, 0.2], [-0.3, 0.8]],
    "W1": [[0.5, -1.2, 0.3], [1.5, 0.2, -0.7]],
    "b1": [0.1, -0.2, 0.05],
    "W2": [[0.3, -0.5], [0.2, 0.9], [-1.1, 0.4]],
    "b2": [0.01, -0.3],
    "y": [0, 1, 1],
}
NET2 = "h = np.maximum(0, X@W1 + b1); s = h@W2 + b2; L = cross_entropy(s, y)"
SQ, SQ_AT = "q = W@x; f = sum(q^2)", {"W": [[0.1, 0.5], [-0.3, 0.8]], "x": [0.2, 0.4]}
RIGHT = [
    (Q, S, "dq = z\ndz = q\ndx, dy = dq, dq"),
    (Q, S, "dq = z\ndz = q\ndx = dy = dq"),
    (Q, S, "dout = 1\ndq = z*dout\ndx = dq"),
    (Q, S, "dfdq = z\ndqdx = 1\ndx = dfdq*dqdx"),
    (Q, S, "df/dq = z\ndq/dx = 1\ndf/dx = df/dq*dq/dx"),
    (Q, S, "grad_q = z\ngrad_x = grad_q"),
    (Q, S, "q.grad = z\nx.grad = q.grad"),
    (Q, S, "dL/dq = z\ndL/dx = dL/dq"),
    (Q, S, r"\frac{\partial L}{\partial x} = \frac{\partial L}{\partial q}\cdot\frac{\partial q}{\partial x} = z"),
    (Q, S, r"\frac{\partial L}{\partial x} = \frac{\partial L}{\partial q}\frac{\partial q}{\partial x}"),
    (Q, S, "∂f/∂q = z\n∂f/∂x = ∂f/∂q"),
    (Q, S, "∂L/∂q = z\n∂L/∂x = ∂L/∂q · ∂q/∂x"),
    (Q, S, "dQ = z\ndX = dQ"),
    (Q, S, "1. dq = z\n2. dx = dq"),
    (Q, S, "1) dq = z\n2) dx = dq"),
    (Q, S, "(1) dq = z\n(2) dx = dq"),
    (Q, S, "- dq = z\n- dx = dq"),
    (Q, S, "* dq = z\n* dx = dq"),
    (Q, S, "Step 1: dq = z\nStep 2: dx = dq"),
    (
        Q,
        S,
        "dq = z   // local gradient\ndx = dq % chain rule\n% text\n// text\n/* block\n comment */\ndy = dq -- lua",
    ),
    (Q, S, "'''doc\nmore'''\ndq = z\n\"\"\"doc\"\"\"\ndx=dq"),
    (Q, S, "q = x + y\nf = q*z\ndq = z\ndx = dq"),
    (Q, S, "dx = 0\ndq = z\ndx += dq"),
    (Q, S, "dx = 0.0; dq = z; dx += dq;"),
    (Q, S, "dx = 5\ndx -= 5\ndx -= -z"),
    (Q, S, "dq = 2*z\ndq /= 2\ndx = 1\ndx *= dq"),
    (Q, S, "df/dx = df/dq * dq/dx\n= z * 1\n= z"),
    (Q, S, "df/dx = df/dq * dq/dx\n      = z * 1\n      = z\ndf/dy = z"),
    (Q, S, "dx = (z\n   * 1)\ndy = z \\\n  * 1"),
    (
        Q,
        S,
        "\\frac{\\partial f}{\\partial q} = z\n\\frac{\\partial f}{\\partial x} = \\frac{df}{dq} \\cdot 1",
    ),
    (Q, S, "\\frac{df}{dq} &= z \\\\\n\\frac{df}{dx} &= \\frac{df}{dq} \\\\ \n &= z"),
    (Q, S, "dq := z\ndx ← dq"),
    (Q, S, "x, y, z = cache\ndq = z\ndx = dq\nreturn dx"),
    (Q, S, "import numpy as np\ndef backward(dout):\n    dq = z\n    dx = dq\n    return dx"),
    (Q, S, "grads['q'] = z\ngrads[\"x\"] = grads['q']"),
    (Q, S, "∇q = z\n∇_x f = ∇q"),
    (Q, S, "df_dq = z\ndf_dx = df_dq"),
    (Q, S, "d_q = z\nx_grad = d_q"),
    (Q, S, "f = q*z\n dq = z"),
    ("f = σ(θ*x)", {"theta": 2, "x": 1}, "dθ = f*(1-f)*x"),
    (SQ, SQ_AT, "dq = 2*q\ndW = np.zeros_like(W)\ndW += np.outer(dq, x)\ndx = np.zeros(2)\ndx += W.T.dot(dq)"),
    (SQ, SQ_AT, "dq = 2*q\ndW = np.zeros(W.shape)\ndW += dq[:, None]*x[None, :]\ndx = torch.matmul(W.T, dq)"),
    (SQ, SQ_AT, "dq = 2*q\ndx = np.zeros_like(x)\ndx[0] = W[:,0]@dq\ndx[1] = dot(W[:,1],dq)"),
    (
        NET,
        NV,
        """
N = X.shape[0]
exps = np.exp(s - np.max(s, axis=1, keepdims=True))
probs = exps / np.sum(exps, axis=1, keepdims=True)
ds = probs
ds[range(N), y] -= 1
ds /= N
dW2 = h.T.dot(ds)
db2 = np.sum(ds, axis=0)
dh = ds.dot(W2.T)
da = dh * (a > 0)
dW1 = np.dot(X.T, da)
db1 = da.sum(0)
dX = da @ W1.T""",
    ),
    (
        NET,
        NV,
        """
N = len(y)
ds = softmax(s, axis=1)
ds[np.arange(N), y] -= 1
ds = ds/N
dW2 = h.T @ ds
db2 = ds.sum(axis=0)
dh = ds @ W2.T
dh[h <= 0] = 0
dW1 = X.T @ dh
db1 = dh.sum(axis=0)""",
    ),
    (
        NET2,
        NV,
        """
ds = (softmax(s, axis=1) - onehot(y, 2))/3
dW2 = h.T @ ds
db2 = ds.sum(axis=0)
dh = ds @ W2.T
dh = dh*(h > 0)
dW1 = X.T @ dh
db1 = dh.sum(axis=0)""",
    ),
    (
        NET2,
        NV,
        """
ds = (softmax(s, axis=1) - onehot(y, 2))/3
dh = (ds @ W2.T)*(h > 0)
dW1 = X.T @ dh
db1 = dh.sum(axis=0)""",
    ),
    (
        NET2,
        NV,
        """
ds = (softmax(s, axis=1) - onehot(y, 2))
dW2 = h.T @ ds / 3
db2 = 1/3*ds.sum(axis=0)""",
    ),
    (
        NET2,
        NV,
        """
m = X.shape[0]
ds = (softmax(s, axis=1) - np.eye(2)[y])
dW2 = 1/m * h.T @ ds
db2 = 1/m * np.sum(ds, axis=0)""",
    ),
    (
        NET,
        NV,
        """
N, D = X.shape
ds = (softmax(s, axis=1) - onehot(y, 2))/N
dh = ds @ W2.T
mask = a > 0
dh[~mask] = 0
dW1 = X.T @ dh""",
    ),
    (
        NET,
        NV,
        """
ds = softmax(s, axis=1)
ds = (ds - onehot(y, 2))/3
dh = ds @ W2.T
da = dh.copy()
da[a < 0] = 0
dW1 = X.T @ da
W1 -= 0.1*dW1""",
    ),
    # what overflows or cancels at some of the random points is no mistake
    (
        "s = X@W; p = softmax(s, axis=1); L = sum(p^2)",
        {"X": "(3, 2)", "W": "(2, 3)"},
        "p = np.exp(s)/np.sum(np.exp(s), axis=1, keepdims=True)\ndp = 2*p",
    ),
    ("-tanh(exp(x) - cos(z))", {}, "df/dx = (f^2 - 1)*exp(x)\n = exp(x)*tanh(exp(x) - cos(z))^2 - exp(x)"),
    ("sigmoid(x)", {}, "df/dx = f*(1-f) = f - f^2\n = exp(-x)/(1 + exp(-x))^2"),
    ("f = x^2 + y*x", {"x": 3, "y": 2}, "dx = x\ndx += x\ndx += y"),
    ("f = x^2 + y*x", {"x": 3, "y": 2}, "df/dx = 2x + y\n = 2*3 + 2\n = 8"),
    (
        "f = sum((X@w - y)^2)/n",
        {"X": [[1, 2], [3, 4], [0, 1]], "w": [0.5, -1], "y": [1, 0, 2], "n": 3},
        "r = X@w - y\ndw = 2/n*X.T@r\n",
    ),
    (
        "E = W[idx]; f = sum(E^2)",
        {"W": [[1, 2], [3, 4], [5, 6]], "idx": [0, 2, 0]},
        "dE = 2*E\ndW = np.zeros_like(W)\nnp.add.at(dW, idx, dE)",
    ),
]


@pytest.mark.parametrize(("program", "values", "steps"), RIGHT, ids=[f"{k}" for k in range(len(RIGHT))])
def test_right_steps_are_accused_of_nothing(program, values, steps):
    report = check_steps(program, values, steps=steps)
    assert report.verdict == "agrees", report.complaint
    assert report.results and {result.verdict for result in report.results} == {"agrees"}


# Program, values, steps, how the line that is wrong reads; all lines before it are right.
WRONG = [
    (Q, S, "dq = z\ndx, dy = dq, -dq", "dy = -dq"),
    (Q, S, "dq = z\ndx = dy = 2*dq", "dy = 2*dq"),
    (Q, S, "df/dq = z\ndq/dx = 2\ndf/dx = df/dq", "dq/dx = 2"),
    (Q, S, "dqdx = x", "dqdx = x"),
    (Q, S, "dX = q", "dX = q"),
    (Q, S, "q = x - y\ndq = z", "q = x - y"),
    (Q, S, "1. dq = z\n2. dz = z", "dz = z"),
    (Q, S, "dx = 5\ndx -= 5\ndx -= z", "dx -= z"),
    (Q, S, "dq = 2*z\ndq /= 3", "dq /= 3"),
    (Q, S, "df/dx = df/dq * dq/dx\n = z * 1\n = -z", "= -z"),
    (Q, S, "df/dx = z*1 = 2*z", "= 2*z"),
    (Q, S, "df/dx = 2*z\n = z", "df/dx = 2*z"),
    (Q, S, "s = x*z\n = x + z\ndx = z", "= x + z"),
    (Q, S, "dx = 0\ndq = z\ndx += 2*dq", "dx += 2*dq"),
    (Q, S, "dq = [1, 2]", "dq = [1, 2]"),
    (Q, S, "x.grad = q*1", "x.grad = q*1"),
    (Q, S, "dq = z\ndq = dq*7", "dq = dq*7"),
    (SQ, SQ_AT, "dq = 2*q\ndW = dq@x", "dW = dq@x"),
    (SQ, SQ_AT, "dq = 2*q\ndW = W@W@W@dq@x", "dW = W@W@W@dq@x"),  # shapes that do not fit are a mistake, too
    (SQ, SQ_AT, "dq = 2*q\ndx = np.zeros_like(x)\ndx[0] = W[:,0]@dq", "dx[0] = W[:,0]@dq"),
    (SQ, SQ_AT, "dq = 2*q\ndx = 0\ndx[7] = 1", "dx[7] = 1"),
    (SQ, SQ_AT, "dq = q\ndx = W.T@dq", "dq = q"),  # too small, and what is made of it as well
    (SQ, SQ_AT, "dq = q", "dq = q"),
    (NET, NV, "ds = softmax(s, axis=1)\nds[range(3), y] -= 1\ndW2 = h.T@ds", "ds[range(3), y] -= 1"),
    (NET, NV, "ds = softmax(s, axis=1)\nds[range(3), y] += 1\nds /= 3", "ds /= 3"),
    (NET2, NV, "ds = (softmax(s, axis=1) - onehot(y, 2))/3\ndh = ds@W2.T\ndh = dh*(h > 0.5)\ndW1 = X.T@dh",
     "dh = dh*(h > 0.5)"),
    (NET2, NV, "ds = (softmax(s, axis=1) - onehot(y, 2))/3\ndh = ds@W2.T*(h > 0)\ndW1 = X.T@dh/2",
     "dh = ds@W2.T*(h > 0)"),
    ("E = W[idx]; f = sum(E^2)", {"W": [[1, 2], [3, 4], [5, 6]], "idx": [0, 2, 0]},
     "dE = 2*E\ndW = np.zeros_like(W)\ndW[idx] += dE", "dW[idx] += dE"),  # repeated rows do not add up so
]  # fmt: skip


@pytest.mark.parametrize(("program", "values", "steps", "line"), WRONG, ids=[f"{k}" for k in range(len(WRONG))])
def test_the_first_wrong_line_is_named(program, values, steps, line):
    report = check_steps(program, values, steps=steps)
    assert [(result.text, result.verdict) for result in report.results][-1] == (line, "differs")
    assert {result.verdict for result in report.results[:-1]} <= {"agrees"}
    label = report.complaint.labels[0]
    assert label.source.text[label.start : label.end] == line.partition("= ")[2]


# Where a gradient is infinite, any number is next to it and none is it.
@pytest.mark.parametrize(
    ("program", "values", "line", "verdict"),
    [
        ("sqrt(x)", {"x": 0}, "dx = 5", "cannot decide"),
        ("sqrt(x)", {"x": 0}, "dx = 1/(2*sqrt(x))", "agrees"),
        ("sum(sqrt(x))", {"x": [0, 1]}, "dx = [5, 0.5]", "cannot decide"),
        ("sum(sqrt(x))", {"x": [0, 1]}, "dx = [5, 0.7]", "cannot decide"),
        ("exp(x)", {"x": 800}, "dx = 3", "cannot decide"),
        ("q = x + y; 1/q", {"x": 1, "y": -1}, "dq = 5", "cannot decide"),
        ("exp(x)", {"x": 700}, "dx = 3", "differs"),
    ],
)
def test_no_number_passes_for_an_infinite_gradient(program, values, line, verdict):
    (result,) = check_steps(program, values, steps=line).results
    assert result.verdict == verdict


# Steps, the code of the error, the text that it points at.
REFUSED = [
    ("Backward pass:\ndq = z", "V313", "Backward pass:"),
    ("dq = z\nthen dx = dq", "V313", "then dx = dq"),
    ("dq = z*zz", "N202", "zz"),
    ("dx = dq\ndq = z", "N213", "dq"),
    ("dq = z\ndx = dq // 2", "S103", "//"),
    ("dx *= z", "N213", "dx"),
    ("dx[0] = z", "N213", "dx[0]"),
    ("dq = z\ndx, dy = dq", "V313", "dx, dy = dq"),
    ("dq = z\n1. dx = (dq", "S104", "("),
    ("= z", "V313", "= z"),
    ("dq += dq = z", "V313", "dq += dq = z"),
    ("dq = z\nreturn dq*x", "V313", "return dq*x"),
    ("dq = z  # right\ndf/dq = z\n∂f/∂x = z*zz", "N202", "zz"),
]


@pytest.mark.parametrize(("steps", "code", "place"), REFUSED, ids=[steps for steps, _, _ in REFUSED])
def test_what_is_not_understood_is_pointed_at(steps, code, place):
    with pytest.raises(BackpropError) as caught:
        check_steps(Q, S, steps=steps)
    diagnostic = caught.value.diagnostics[0]
    label = diagnostic.labels[0]
    assert (diagnostic.code, label.source.text[label.start : label.end]) == (code, place)


def test_a_name_may_go_on_and_a_convention_is_told():
    right = "ds = (softmax(s, axis=1) - onehot(y, 2))/3\ndh = ds @ W2.T\n"
    report = check_steps(NET2, NV, steps=f"{right}dh = dh*(h > 0)\ndW1 = X.T @ dh")
    assert report.results[2].reason == "from here `dh` is the gradient of `n2` = n1 + b1"
    report = check_steps(NET2, NV, steps="ds = softmax(s, axis=1) - onehot(y, 2)\ndW2 = h.T @ ds / 3")
    assert report.results[0].reason == "`ds` is kept 3 times too large, as what is made of it shows"
