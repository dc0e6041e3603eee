import numpy as np
def loss_and_grads(params, X, y):
    W1, b1, W2, b2 = params
    h = np.maximum(0, X @ W1 + b1)
    s = h @ W2 + b2
    p = np.exp(s - s.max(1, keepdims=True)); p /= p.sum(1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y]).mean()
    ds = p.copy(); ds[np.arange(len(y)), y] -= 1; ds /= len(y)
    dh = ds @ W2.T
    dh[h <= 0] = 0
    return loss, [X.T @ dh, dh.sum(0), h.T @ ds, ds.sum(0)]
rng = np.random.default_rng(0)
params = [rng.normal(size=(4, 6)), rng.normal(size=6)*.1, rng.normal(size=(6, 3)), rng.normal(size=3)*.1]
X, y = rng.normal(size=(8, 4)), rng.integers(0, 3, 8)
for it in range(10):
    loss, grads = loss_and_grads(params, X, y)
    for p, g in zip(params, grads):
        p -= 0.1*g
