# Huber 1964: quadratic near 0, linear outside
import numpy as np
np.random.seed(5)
X = np.random.randn(10, 3); y = np.random.randn(10) * 3
w = np.random.randn(3)
delta = 1.0
pred = X @ w
r = pred - y
small = np.abs(r) <= delta
loss = np.where(small, 0.5 * r ** 2, delta * (np.abs(r) - 0.5 * delta)).mean()
dr = np.where(small, r, delta * np.sign(r)) / len(y)
dw = X.T @ dr
