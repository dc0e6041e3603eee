# leaky ReLU, ELU, swish and GELU (tanh form) one after the other
import numpy as np
np.random.seed(6)
x = np.random.randn(4, 5)
W1, W2, W3, W4 = (np.random.randn(5, 5) * 0.5 for _ in range(4))
z1 = x @ W1
a1 = np.where(z1 > 0, z1, 0.01 * z1)
z2 = a1 @ W2
a2 = np.where(z2 > 0, z2, np.exp(z2) - 1)
z3 = a2 @ W3
s3 = 1 / (1 + np.exp(-z3))
a3 = z3 * s3
z4 = a3 @ W4
k = np.sqrt(2 / np.pi)
t4 = np.tanh(k * (z4 + 0.044715 * z4 ** 3))
a4 = 0.5 * z4 * (1 + t4)
loss = np.sum(a4 ** 2)
da4 = 2 * a4
dz4 = da4 * (0.5 * (1 + t4) + 0.5 * z4 * (1 - t4 ** 2) * k * (1 + 3 * 0.044715 * z4 ** 2))
dW4 = a3.T @ dz4
da3 = dz4 @ W4.T
dz3 = da3 * (s3 + z3 * s3 * (1 - s3))
dW3 = a2.T @ dz3
da2 = dz3 @ W3.T
dz2 = da2 * np.where(z2 > 0, 1, np.exp(z2))
dW2 = a1.T @ dz2
da1 = dz2 @ W2.T
dz1 = da1 * np.where(z1 > 0, 1, 0.01)
dW1 = x.T @ dz1
dx = dz1 @ W1.T
