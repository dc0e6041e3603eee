# lasso by subgradients, a bias, normalised features
import numpy as np
rng = np.random.default_rng(15)
A = rng.normal(size=(15, 4)); A = (A - A.mean(0)) / A.std(0)
target = rng.normal(size=15)
theta = rng.normal(size=4); bias = 0.2
lam = 0.05
def objective(theta, bias):
    pred = A @ theta + bias
    return 0.5 * np.mean((pred - target) ** 2) + lam * np.abs(theta).sum()
loss = objective(theta, bias)
grad_theta = A.T @ (A @ theta + bias - target) / 15 + lam * np.sign(theta)
grad_bias = np.mean(A @ theta + bias - target)
