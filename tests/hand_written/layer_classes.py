# layers as classes that keep their gradients
import numpy as np
class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out) * 0.5
        self.b = np.zeros(n_out)
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        dx = dout @ self.W.T
        return dx
class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out
    def backward(self, dout):
        dx = dout * self.out * (1 - self.out)
        return dx
class MSE:
    def forward(self, y, t):
        self.y, self.t = y, t
        return np.mean((y - t) ** 2)
    def backward(self):
        dy = 2 * (self.y - self.t) / self.y.size
        return dy
np.random.seed(16)
x = np.random.randn(5, 4); t = np.random.randn(5, 2)
layers = [Linear(4, 6), Sigmoid(), Linear(6, 2)]
criterion = MSE()
out = x
for layer in layers:
    out = layer.forward(out)
loss = criterion.forward(out, t)
dout = criterion.backward()
for layer in reversed(layers):
    dout = layer.backward(dout)
