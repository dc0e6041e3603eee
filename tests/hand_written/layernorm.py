# Ba, Kiros & Hinton 2016
import numpy as np
rng = np.random.default_rng(4)
x = rng.normal(size=(4, 6))
gamma = rng.normal(size=6)
beta = rng.normal(size=6)
t = rng.normal(size=(4, 6))
mu = x.mean(axis=1, keepdims=True)
var = x.var(axis=1, keepdims=True)
istd = 1.0 / np.sqrt(var + 1e-5)
xn = (x - mu) * istd
y = gamma * xn + beta
loss = np.mean((y - t) ** 2)
dy = 2 * (y - t) / y.size
dbeta = dy.sum(axis=0)
dgamma = (dy * xn).sum(axis=0)
dxn = dy * gamma
dx = istd * (dxn - dxn.mean(axis=1, keepdims=True) - xn * (dxn * xn).mean(axis=1, keepdims=True))
