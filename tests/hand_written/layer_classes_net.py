# a network object of Affine, Relu and SoftmaxWithLoss layers; gradient() collects a dictionary
import numpy as np
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.x = None
        self.dW = None
        self.db = None
    def forward(self, x):
        self.x = x
        out = np.dot(self.x, self.W) + self.b
        return out
    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return dx
class Relu:
    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out
    def backward(self, dout):
        dout[self.mask] = 0
        dx = dout
        return dx
class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        self.y = e / np.sum(e, axis=1, keepdims=True)
        self.loss = -np.sum(np.log(self.y[np.arange(t.size), t] + 1e-12)) / t.size
        return self.loss
    def backward(self, dout=1):
        batch_size = self.t.shape[0]
        dx = self.y.copy()
        dx[np.arange(batch_size), self.t] -= 1
        dx = dx / batch_size
        return dx
class Net:
    def __init__(self):
        self.params = {}
        self.params["W1"] = 0.5 * np.random.randn(4, 6)
        self.params["b1"] = np.zeros(6)
        self.params["W2"] = 0.5 * np.random.randn(6, 3)
        self.params["b2"] = np.zeros(3)
        self.layer1 = Affine(self.params["W1"], self.params["b1"])
        self.relu = Relu()
        self.layer2 = Affine(self.params["W2"], self.params["b2"])
        self.last = SoftmaxWithLoss()
    def predict(self, x):
        return self.layer2.forward(self.relu.forward(self.layer1.forward(x)))
    def gradient(self, x, t):
        loss = self.last.forward(self.predict(x), t)
        dout = self.last.backward()
        dout = self.layer2.backward(dout)
        dout = self.relu.backward(dout)
        dout = self.layer1.backward(dout)
        grads = {}
        grads["W1"], grads["b1"] = self.layer1.dW, self.layer1.db
        grads["W2"], grads["b2"] = self.layer2.dW, self.layer2.db
        return grads
np.random.seed(17)
x = np.random.randn(5, 4); t = np.array([0, 2, 1, 1, 0])
net = Net()
grad = net.gradient(x, t)
for key in ("W1", "b1", "W2", "b2"):
    net.params[key] -= 0.1 * grad[key]
