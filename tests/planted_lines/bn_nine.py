import numpy as np


def batchnorm_forward(x, gamma, beta, eps):
    N, D = x.shape
    # step by step
    mu = 1. / N * np.sum(x, axis=0)
    xmu = x - mu
    sq = xmu ** 2
    var = 1. / N * np.sum(sq, axis=0)
    sqrtvar = np.sqrt(var + eps)
    ivar = 1. / sqrtvar
    xhat = xmu * ivar
    gammax = gamma * xhat
    out = gammax + beta
    cache = (xhat, gamma, xmu, ivar, sqrtvar, var, eps)
    return out, cache


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)  #~ dbeta = np.mean(dout, axis=0)
    dgammax = dout
    dgamma = np.sum(dgammax * xhat, axis=0)  #~ dgamma = np.sum(dgammax, axis=0)  #~ dgamma = np.sum(dgammax * xmu, axis=0)
    dxhat = dgammax * gamma  #~ dxhat = dgammax
    divar = np.sum(dxhat * xmu, axis=0)  #~ divar = np.sum(dxhat * xhat, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1. / (sqrtvar ** 2) * divar  #~ dsqrtvar = 1. / (sqrtvar ** 2) * divar
    dvar = 0.5 * 1. / np.sqrt(var + eps) * dsqrtvar
    dsq = 1. / N * np.ones((N, D)) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    dx2 = 1. / N * np.ones((N, D)) * dmu
    dx = dx1 + dx2
    return dx, dgamma, dbeta


np.random.seed(1)
x = 5 * np.random.randn(4, 5) + 12
gamma = np.random.randn(5)
beta = np.random.randn(5)
dout = np.random.randn(4, 5)
out, cache = batchnorm_forward(x, gamma, beta, 1e-5)
dx, dgamma, dbeta = batchnorm_backward(dout, cache)
