import numpy as np

np.random.seed(5)
V, D, C = 10, 4, 4
centers = np.array([3, 5, 1])
contexts = np.array([[1, 2, 4, 5], [3, 4, 6, 7], [0, 2, 3, 9]])
E = np.random.randn(V, D) * 0.5
U = np.random.randn(D, V) * 0.5
h = E[contexts].mean(axis=1)
u = h @ U
p = np.exp(u - u.max(axis=1, keepdims=True))
p = p / p.sum(axis=1, keepdims=True)
loss = -np.log(p[np.arange(3), centers]).sum() / 3

du = p.copy()
du[np.arange(3), centers] -= 1  #~ du[:, centers] -= 1  #~ du[np.arange(3), centers] -= 1 / 3
du /= 3  #~ DEL
dU = h.T @ du  #~ dU = (du.T @ h)
dh = du @ U.T
dE = np.zeros_like(E)
for i in range(3):
    for j in contexts[i]:
        dE[j] += dh[i] / C
