# layers in a list; an activation keeps its output only, and what its backward returns has no name
import numpy as np

rng = np.random.default_rng(1)


class Linear:
    def __init__(self, n, m):
        self.W = rng.normal(size=(n, m)) / n**0.5
        self.b = np.zeros(m)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return (1 - self.out**2) * dout


class Relu:
    def forward(self, x):
        self.out = np.maximum(x, 0)
        return self.out

    def backward(self, dout):
        return dout * (self.out > 0)


layers = [Linear(5, 8), Tanh(), Linear(8, 6), Relu(), Linear(6, 3)]
X, T = rng.normal(size=(10, 5)), rng.normal(size=(10, 3))
a = X
for layer in layers:
    a = layer.forward(a)
loss = np.mean((a - T) ** 2)
dout = 2 * (a - T) / a.size
for layer in reversed(layers):
    dout = layer.backward(dout)
