import numpy as np
from numpy.random import default_rng

rng = default_rng(0)
n, d = 40, 3
X = rng.normal(size=(n, d))
true_w = np.array([1.0, -2.0, 0.5])
y = (X @ true_w + 0.3 > 0).astype(float)
w = rng.normal(size=d) * 0.1
b = 0.0
l2 = 0.05
beta1, beta2, eps, lr = 0.9, 0.999, 1e-8, 0.01
m_w = np.zeros(d); v_w = np.zeros(d)
m_b = v_b = 0.0
history = []
for t in range(1, 51):
    z = X @ w + b
    p = 1 / (1 + np.exp(-z))
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) + l2 / 2 * np.sum(w ** 2)
    history.append(loss)
    dw = X.T @ (p - y) / n + l2 * w  #~ dw = X.T @ (p - y) + l2 * w  #~ dw = X.T @ (p - y) / n  #~ dw = X.T @ (y - p) / n + l2 * w  #~ dw = X.T @ (p - y) / n + 2 * l2 * w
    db = np.mean(p - y)  #~ db = np.sum(p - y)  #~ db = np.mean(y - p)
    m_w = beta1 * m_w + (1 - beta1) * dw
    v_w = beta2 * v_w + (1 - beta2) * dw ** 2
    m_b = beta1 * m_b + (1 - beta1) * db
    v_b = beta2 * v_b + (1 - beta2) * db ** 2
    w = w - lr * (m_w / (1 - beta1 ** t)) / (np.sqrt(v_w / (1 - beta2 ** t)) + eps)
    b = b - lr * (m_b / (1 - beta1 ** t)) / (np.sqrt(v_b / (1 - beta2 ** t)) + eps)
