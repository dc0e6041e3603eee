import numpy as np

rng = np.random.default_rng(4)


def dense(W, b):
    def run(x):
        def pull(dy):
            return dy @ W.T, x.T @ dy, dy.sum(0)  #~ return dy @ W.T, x.T @ dy, dy.mean(0)  #~ return dy @ W.T, -x.T @ dy, dy.sum(0)
        return x @ W + b, pull
    return run


def tanh(x):
    y = np.tanh(x)

    def pull(dy):
        return dy * (1 - y * y)  #~ return dy * (1 - x * x)  #~ return dy * (1 - y)
    return y, pull


x = rng.normal(size=(6, 3))
t = rng.normal(size=(6, 2))
W1 = rng.normal(size=(3, 3))
b1 = rng.normal(size=3)
W2 = rng.normal(size=(3, 2))
b2 = rng.normal(size=2)
u, pull_u = dense(W1, b1)(x)
h, pull_h = tanh(u)
y, pull_y = dense(W2, b2)(h)
loss = ((y - t) ** 2).sum() / 2
dy = y - t  #~ dy = t - y
dh, dW2, db2 = pull_y(dy)
du = pull_h(dh)
dx, dW1, db1 = pull_u(du)
