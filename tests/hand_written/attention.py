# Vaswani et al. 2017: scaled dot-product attention, one head
import numpy as np
rng = np.random.default_rng(13)
n, d, dk = 4, 5, 3
X = rng.normal(size=(n, d))
Wq = rng.normal(size=(d, dk)); Wk = rng.normal(size=(d, dk)); Wv = rng.normal(size=(d, dk))
T = rng.normal(size=(n, dk))
Q = X @ Wq; K = X @ Wk; V = X @ Wv
S = Q @ K.T / np.sqrt(dk)
A = np.exp(S - S.max(axis=-1, keepdims=True))
A = A / A.sum(axis=-1, keepdims=True)
O = A @ V
loss = 0.5 * ((O - T) ** 2).sum()
dO = O - T
dA = dO @ V.T
dV = A.T @ dO
dS = A * (dA - (dA * A).sum(axis=-1, keepdims=True))
dQ = dS @ K / np.sqrt(dk)
dK = dS.T @ Q / np.sqrt(dk)
dWq = X.T @ dQ
dWk = X.T @ dK
dWv = X.T @ dV
dX = dQ @ Wq.T + dK @ Wk.T + dV @ Wv.T
