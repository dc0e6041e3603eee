import numpy as np

rng = np.random.default_rng(8)
W = rng.normal(size=(5, 3))
a, p, n = (rng.normal(size=(8, 5)) for _ in range(3))
margin = 2.0
ea, ep, en = a @ W, p @ W, n @ W
dpos = np.sum((ea - ep) ** 2, axis=1)
dneg = np.sum((ea - en) ** 2, axis=1)
hinge = np.maximum(0, dpos - dneg + margin)
loss = hinge.mean()
active = (hinge > 0).astype(float)[:, None] / len(a)
dea = 2 * active * (en - ep)  #~ dea = 2 * active * (ep - en)  #~ dea = active * (en - ep)
dep = -2 * active * (ea - ep)  #~ dep = 2 * active * (ea - ep)
den = 2 * active * (ea - en)  #~ den = 2 * active * (en - ea)
dW = a.T @ dea + p.T @ dep + n.T @ den
