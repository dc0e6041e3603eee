# max pooling by loops
import numpy as np
def pool_forward(x, size=2):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H // size, W // size))
    for i in range(H // size):
        for j in range(W // size):
            out[:, :, i, j] = x[:, :, i * size:(i + 1) * size, j * size:(j + 1) * size].max(axis=(2, 3))
    return out, (x, size)
def pool_backward(dout, cache):
    x, size = cache
    dx = np.zeros_like(x)
    N, C, Ho, Wo = dout.shape
    for n in range(N):
        for c in range(C):
            for i in range(Ho):
                for j in range(Wo):
                    window = x[n, c, i * size:(i + 1) * size, j * size:(j + 1) * size]
                    mask = window == window.max()
                    dx[n, c, i * size:(i + 1) * size, j * size:(j + 1) * size] += mask * dout[n, c, i, j]
    return dx
np.random.seed(7)
x = np.random.randn(2, 2, 4, 4)
w = np.random.randn(2, 2, 2, 2)
out, cache = pool_forward(x)
loss = np.sum(out * w)
dout = w
dx = pool_backward(dout, cache)
