"""The line that is named is the one that was changed, where no variable of the loss has the gradient's name too."""

import pytest

from backprop_cli import check_code

LSTM = """import numpy as np
rng = np.random.RandomState(1)
T, D, H = 4, 3, 5
Wx = rng.randn(D, 4*H)*0.3
Wh = rng.randn(H, 4*H)*0.3
b = rng.randn(4*H)*0.1
x = rng.randn(T, D)
target = rng.randn(T, H)

def sigmoid(z):
    return 1/(1+np.exp(-z))

h = np.zeros((T+1, H))
c = np.zeros((T+1, H))
gates = []
loss = 0
for t in range(T):
    a = x[t] @ Wx + h[t] @ Wh + b
    i = sigmoid(a[:H])
    f = sigmoid(a[H:2*H])
    o = sigmoid(a[2*H:3*H])
    g = np.tanh(a[3*H:])
    c[t+1] = f*c[t] + i*g
    tc = np.tanh(c[t+1])
    h[t+1] = o*tc
    gates.append((i, f, o, g, tc))
    loss += 0.5*np.sum((h[t+1]-target[t])**2)

dWx = np.zeros_like(Wx)
dWh = np.zeros_like(Wh)
db = np.zeros_like(b)
dhnext = np.zeros(H)
dcnext = np.zeros(H)
for t in reversed(range(T)):
    i, f, o, g, tc = gates[t]
    dh = h[t+1]-target[t] + dhnext
    do = dh*tc
    dc = dh*o*(1-tc**2) + dcnext
    di = dc*g
    dg = dc*i
    df = dc*c[t]
    dcnext = dc*f
    dai = di*i*(1-i)
    daf = df*f*(1-f)
    dao = do*o*(1-o)
    dag = dg*(1-g**2)
    da = np.concatenate([dai, daf, dao, dag])
    dWx += np.outer(x[t], da)
    dWh += np.outer(h[t], da)
    db += da
    dhnext = Wh @ da
"""
GRU = """import numpy as np
np.random.seed(4)
D, H = 3, 4
x = np.random.randn(D)
h0 = np.random.randn(H)
Wz = np.random.randn(H, D)*0.4; Uz = np.random.randn(H, H)*0.4; bz = np.random.randn(H)*0.1
Wr = np.random.randn(H, D)*0.4; Ur = np.random.randn(H, H)*0.4; br = np.random.randn(H)*0.1
Wh = np.random.randn(H, D)*0.4; Uh = np.random.randn(H, H)*0.4; bh = np.random.randn(H)*0.1
y = np.random.randn(H)
sig = lambda v: 1/(1+np.exp(-v))
z = sig(Wz@x + Uz@h0 + bz)
r = sig(Wr@x + Ur@h0 + br)
n = np.tanh(Wh@x + Uh@(r*h0) + bh)
h = (1-z)*h0 + z*n
loss = np.sum((h-y)**2)
dh = 2*(h-y)
dn = dh*z
dz = dh*(n-h0)
dh0 = dh*(1-z)
dan = dn*(1-n**2)
dWh = np.outer(dan, x)
dUh = np.outer(dan, r*h0)
dbh = dan
drh = Uh.T@dan
dr = drh*h0
dh0 = dh0 + drh*r
dar = dr*r*(1-r)
dWr = np.outer(dar, x)
dUr = np.outer(dar, h0)
dbr = dar
dh0 = dh0 + Ur.T@dar
daz = dz*z*(1-z)
dWz = np.outer(daz, x)
dUz = np.outer(daz, h0)
dbz = daz
dh0 = dh0 + Uz.T@daz
"""
DROPOUT = """import numpy as np
np.random.seed(8)
X = np.random.randn(5, 4)
Y = np.random.randn(5, 2)
W1 = np.random.randn(4, 6)*0.5
W2 = np.random.randn(6, 2)*0.5
keep = 0.8
A1 = np.tanh(X @ W1)
M = (np.random.rand(*A1.shape) < keep)/keep
D1 = A1*M
out = D1 @ W2
E = out - Y
loss = np.mean(E**2)
dout = 2*E/E.size
dW2 = D1.T @ dout
dD1 = dout @ W2.T
dA1 = dD1*M
dZ1 = dA1*(1 - A1**2)
dW1 = X.T @ dZ1
"""
SOFTMAX = """import numpy as np
np.random.seed(1)
W = np.random.randn(4, 3) * 0.5
X = np.random.randn(6, 4)
y = np.array([0, 1, 2, 1, 0, 2])
reg = 0.1
loss = 0.0
dW = np.zeros_like(W)
for i in range(6):
    s = X[i].dot(W)
    s -= np.max(s)
    p = np.exp(s) / np.sum(np.exp(s))
    loss -= np.log(p[y[i]])
    for j in range(3):
        dW[:, j] += (p[j] - (j == y[i])) * X[i]
loss /= 6
dW /= 6
loss += reg * np.sum(W**2)
dW += 2*reg*W
"""
CHANGES = [
    # The first pass of the loop backwards decides: there is no mistake of other passes in it.
    (LSTM, "daf = df*f*(1-f)", "daf = df*f"),
    (LSTM, "di = dc*g", "di = dc*tc"),
    (LSTM, "dc = dh*o*(1-tc**2) + dcnext", "dc = dcnext"),
    (LSTM, "dc = dh*o*(1-tc**2) + dcnext", "dc = dh*o*-tc**2 + dcnext"),
    # What all wrong gradients are computed from, and no right one.
    (GRU, "dan = dn*(1-n**2)", "dan = dn*-n**2"),
    # A factor that is missing is missing at the line before, not inside of the product that follows.
    (DROPOUT, "dZ1 = dA1*(1 - A1**2)", "dZ1 = dA1"),
    # Several lines set one gradient: it is not the sign of the number it is divided by, nor the last line.
    (SOFTMAX, "dW[:, j] += (p[j] - (j == y[i])) * X[i]", "dW[:, j] -= (p[j] - (j == y[i])) * X[i]"),
    (SOFTMAX, "dW[:, j] += (p[j] - (j == y[i])) * X[i]", "dW[:, j] += p[j] * X[i]"),
]


@pytest.mark.parametrize(("text", "right", "wrong"), CHANGES, ids=[change[2] for change in CHANGES])
def test_the_changed_line_is_named(text, right, wrong, tmp_path):
    assert text.count(right) == 1
    path = tmp_path / "net.py"
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    report = check_code(str(path))
    assert (report.status, report.first_wrong.line) == (1, text[: text.index(right)].count("\n") + 1)


def test_a_line_that_is_not_the_gradients_own_is_explained(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(LSTM.replace("dc = dh*o*(1-tc**2)", "dc = dh*o*-tc**2"), encoding="utf-8")
    assert check_code(str(path)).complaint.help == "what is wrong is computed from this line, and nothing that is right"


@pytest.mark.parametrize("text", [LSTM, GRU, DROPOUT, SOFTMAX], ids=["lstm", "gru", "dropout", "softmax"])
def test_what_is_right_agrees(text, tmp_path):
    path = tmp_path / "net.py"
    path.write_text(text, encoding="utf-8")
    assert check_code(str(path)).status == 0
