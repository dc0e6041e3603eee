# CS231n assignment 1: softmax loss with loops
import numpy as np
def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros_like(W)
    N, C = X.shape[0], W.shape[1]
    for i in range(N):
        f = X[i].dot(W)
        f -= np.max(f)
        p = np.exp(f) / np.sum(np.exp(f))
        loss += -np.log(p[y[i]])
        for j in range(C):
            if j == y[i]:
                dW[:, j] += (p[j] - 1) * X[i]
            else:
                dW[:, j] += p[j] * X[i]
    loss /= N
    dW /= N
    loss += 0.5 * reg * np.sum(W * W)
    dW += reg * W
    return loss, dW
np.random.seed(3)
X = np.random.randn(7, 4); y = np.random.randint(3, size=7)
W = np.random.randn(4, 3) * 0.1
loss, dW = softmax_loss_naive(W, X, y, 0.2)
