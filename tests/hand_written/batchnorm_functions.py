# Ioffe & Szegedy 2015, functions with a cache, the sums worked out
import numpy as np
def batchnorm_forward(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=0)
    var = x.var(axis=0)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    out = gamma * x_hat + beta
    cache = (x_hat, gamma, std)
    return out, cache
def batchnorm_backward(dout, cache):
    x_hat, gamma, std = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dx = (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std
    return dx, dgamma, dbeta
np.random.seed(1)
x = np.random.randn(5, 3) * 2 + 1
gamma = np.random.randn(3); beta = np.random.randn(3)
w = np.random.randn(5, 3)
out, cache = batchnorm_forward(x, gamma, beta)
loss = np.sum(out ** 2 * w)
dout = 2 * out * w
dx, dgamma, dbeta = batchnorm_backward(dout, cache)
