# Ioffe & Szegedy 2015 by stages, as CS231n's graph has it
import numpy as np
np.random.seed(0)
N, D = 6, 4
x = 3 * np.random.randn(N, D) + 1
gamma = np.random.randn(D); beta = np.random.randn(D)
target = np.random.randn(N, D)
eps = 1e-5
mu = 1. / N * np.sum(x, axis=0)
xmu = x - mu
sq = xmu ** 2
var = 1. / N * np.sum(sq, axis=0)
sqrtvar = np.sqrt(var + eps)
ivar = 1. / sqrtvar
xhat = xmu * ivar
gammax = gamma * xhat
out = gammax + beta
loss = 0.5 * np.sum((out - target) ** 2)
dout = out - target
dbeta = np.sum(dout, axis=0)
dgammax = dout
dgamma = np.sum(dgammax * xhat, axis=0)
dxhat = dgammax * gamma
divar = np.sum(dxhat * xmu, axis=0)
dxmu1 = dxhat * ivar
dsqrtvar = -1. / (sqrtvar ** 2) * divar
dvar = 0.5 * 1. / np.sqrt(var + eps) * dsqrtvar
dsq = 1. / N * np.ones((N, D)) * dvar
dxmu2 = 2 * xmu * dsq
dx1 = dxmu1 + dxmu2
dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
dx2 = 1. / N * np.ones((N, D)) * dmu
dx = dx1 + dx2
