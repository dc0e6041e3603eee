# Kingma & Welling 2014: the reparameterised bound of a linear decoder
import numpy as np
np.random.seed(2)
x = np.random.rand(4, 5)
Wm = np.random.randn(5, 2) * 0.3; Wv = np.random.randn(5, 2) * 0.3; Wd = np.random.randn(2, 5)
eps = np.random.randn(4, 2)
mu = x.dot(Wm)
logvar = x.dot(Wv)
std = np.exp(0.5 * logvar)
z = mu + std * eps
xr = z.dot(Wd)
recon = 0.5 * np.sum((xr - x) ** 2)
kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar))
loss = recon + kl
dxr = xr - x
dWd = z.T.dot(dxr)
dz = dxr.dot(Wd.T)
dmu = dz + mu
dstd = dz * eps
dlogvar = 0.5 * std * dstd + 0.5 * (np.exp(logvar) - 1)
dWm = x.T.dot(dmu)
dWv = x.T.dot(dlogvar)
