import numpy as np


class Params:
    pass


class Grads:
    pass


def init(d, h, c, seed=0):
    r = np.random.RandomState(seed)
    p = Params()
    p.W = r.randn(d, h) * .3
    p.b = r.randn(h) * .1
    p.V = r.randn(h, c) * .3
    p.c = r.randn(c) * .1
    return p


def forward(p, x):
    z = x @ p.W + p.b
    h = 1 / (1 + np.exp(-z))
    s = h @ p.V + p.c
    e = np.exp(s - s.max(1, keepdims=True))
    return h, e / e.sum(1, keepdims=True)


def backward(p, x, y, h, probs):
    g = Grads()
    n = x.shape[0]
    ds = (probs - y) / n  #~ ds = probs - y  #~ ds = (y - probs) / n
    g.V = h.T @ ds  #~ g.V = h.T @ (ds / n)
    g.c = ds.sum(axis=0)  #~ g.c = ds.sum()
    dh = ds @ p.V.T
    dz = dh * h * (1 - h)  #~ dz = dh * (1 - h)  #~ dz = dh * h * (1 + h)
    g.W = x.T @ dz
    g.b = dz.sum(axis=0)
    return g


x = np.random.RandomState(1).randn(8, 4)
y = np.eye(3)[[0, 1, 2, 0, 1, 2, 1, 1]]
p = init(4, 6, 3)
for it in range(10):
    h, probs = forward(p, x)
    loss = -np.mean(np.sum(y * np.log(probs), axis=1))
    g = backward(p, x, y, h, probs)
    p.W -= .5 * g.W
    p.b -= .5 * g.b
    p.V -= .5 * g.V
    p.c -= .5 * g.c
