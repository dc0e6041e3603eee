# logistic regression with binary cross-entropy in a training function
import numpy as np
def train(X, y, lr=0.1, steps=100):
    n, d = X.shape
    w, b = np.zeros(d), 0.0
    for _ in range(steps):
        z = X @ w + b
        p = 1 / (1 + np.exp(-z))
        loss = -np.mean(y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))
        dz = (p - y) / n
        dw = X.T @ dz
        db = np.sum(dz)
        w -= lr * dw
        b -= lr * db
    return w, b
np.random.seed(7)
X = np.random.randn(30, 4)
y = (X[:, 0] + 0.5 * np.random.randn(30) > 0).astype(float)
w, b = train(X, y)
