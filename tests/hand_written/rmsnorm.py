# Zhang & Sennrich 2019
import numpy as np
rng = np.random.default_rng(9)
x = rng.normal(size=(3, 6)); g = rng.normal(size=6); w = rng.normal(size=(3, 6))
ms = np.mean(x ** 2, axis=-1, keepdims=True)
r = 1 / np.sqrt(ms + 1e-6)
n = x * r
y = n * g
loss = np.sum(y * w)
dy = w
dg = (dy * n).sum(axis=0)
dn = dy * g
dx = r * (dn - n * np.mean(dn * n, axis=-1, keepdims=True))
