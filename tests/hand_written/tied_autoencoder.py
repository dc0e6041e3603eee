# an autoencoder whose decoder is the transpose of its encoder: W has two paths
import numpy as np
rng = np.random.default_rng(1)
X = rng.random((5, 6))
W = rng.normal(size=(6, 3)) * 0.4
b = np.zeros(3); c = np.zeros(6)
z = X @ W + b
h = 1 / (1 + np.exp(-z))
r = h @ W.T + c
loss = 0.5 * np.sum((r - X) ** 2) / len(X)
dr = (r - X) / len(X)
dc = dr.sum(axis=0)
dW = dr.T @ h
dh = dr @ W
dz = dh * h * (1 - h)
dW += X.T @ dz
db = dz.sum(axis=0)
