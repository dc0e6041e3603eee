from types import SimpleNamespace

import numpy as np

rng = np.random.default_rng(2)
X = rng.normal(size=(7, 3))
t = rng.normal(size=(7, 2))
p = SimpleNamespace(W1=rng.normal(size=(3, 5)), b1=np.zeros(5), W2=rng.normal(size=(5, 2)), b2=np.zeros(2))
g = SimpleNamespace()
lam = 0.01
for epoch in range(5):
    a = X @ p.W1 + p.b1
    h = np.tanh(a)
    out = h @ p.W2 + p.b2
    diff = out - t
    loss = 0.5 * np.sum(diff ** 2) / len(X) + lam * np.sum(p.W1 ** 2)
    dout = diff / len(X)  #~ dout = diff  #~ dout = -diff / len(X)
    g.W2 = h.T @ dout  #~ g.W2 = a.T @ dout
    g.b2 = dout.sum(0)  #~ g.b2 = dout.mean(0)
    dh = dout @ p.W2.T
    da = dh * (1 - h ** 2)  #~ da = dh * (1 - a ** 2)  #~ da = dh
    g.W1 = X.T @ da + 2 * lam * p.W1
    g.b1 = da.sum(0)
    for name in ("W1", "b1", "W2", "b2"):
        setattr(p, name, getattr(p, name) - 0.1 * getattr(g, name))
