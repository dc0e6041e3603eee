# CS231n assignment 2: layers as functions, a network class with a dictionary of parameters
import numpy as np
def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    cache = (x, w, b)
    return out, cache
def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db
def relu_forward(x):
    out = np.maximum(0, x)
    return out, x
def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx
def softmax_loss(x, y):
    shifted = x - np.max(x, axis=1, keepdims=True)
    Z = np.sum(np.exp(shifted), axis=1, keepdims=True)
    log_probs = shifted - np.log(Z)
    probs = np.exp(log_probs)
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx
class TwoLayerNet:
    def __init__(self, input_dim, hidden_dim, num_classes, reg):
        self.params = {}
        self.reg = reg
        self.params["W1"] = 0.3 * np.random.randn(input_dim, hidden_dim)
        self.params["b1"] = np.zeros(hidden_dim)
        self.params["W2"] = 0.3 * np.random.randn(hidden_dim, num_classes)
        self.params["b2"] = np.zeros(num_classes)
    def loss(self, X, y=None):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        a1, cache1 = affine_forward(X, W1, b1)
        h1, cache_relu = relu_forward(a1)
        scores, cache2 = affine_forward(h1, W2, b2)
        if y is None:
            return scores
        grads = {}
        loss, dscores = softmax_loss(scores, y)
        loss += 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        dh1, grads["W2"], grads["b2"] = affine_backward(dscores, cache2)
        da1 = relu_backward(dh1, cache_relu)
        dx, grads["W1"], grads["b1"] = affine_backward(da1, cache1)
        grads["W2"] += self.reg * W2
        grads["W1"] += self.reg * W1
        return loss, grads
np.random.seed(0)
model = TwoLayerNet(6, 5, 3, 0.1)
X = np.random.randn(7, 6); y = np.random.randint(3, size=7)
loss, grads = model.loss(X, y)
