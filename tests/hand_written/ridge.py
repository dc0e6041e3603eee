# ridge regression by gradient descent
import numpy as np
rng = np.random.RandomState(4)
X = rng.randn(20, 3)
t = X.dot([1.0, -2.0, 0.5]) + 0.1 * rng.randn(20)
w = np.zeros(3)
b = 0.0
alpha = 0.3
history = []
for step in range(50):
    y = X.dot(w) + b
    residual = y - t
    cost = np.mean(residual ** 2) + alpha * np.dot(w, w)
    history.append(cost)
    dw = 2 * X.T.dot(residual) / len(t) + 2 * alpha * w
    db = 2 * residual.mean()
    w = w - 0.1 * dw
    b = b - 0.1 * db
