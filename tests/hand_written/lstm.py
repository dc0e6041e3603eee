# Hochreiter & Schmidhuber 1997 with forget gates, unrolled over time in a flat script
import numpy as np
np.random.seed(10)
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
N, T, D, H = 2, 3, 3, 4
X = np.random.randn(N, T, D)
target = np.random.randn(N, H)
Wx = np.random.randn(D, 4 * H) * 0.4
Wh = np.random.randn(H, 4 * H) * 0.4
b = np.zeros(4 * H)
h, c = {-1: np.zeros((N, H))}, {-1: np.zeros((N, H))}
i, f, o, g, tc = {}, {}, {}, {}, {}
for t in range(T):
    a = X[:, t] @ Wx + h[t - 1] @ Wh + b
    i[t] = sigmoid(a[:, :H])
    f[t] = sigmoid(a[:, H:2 * H])
    o[t] = sigmoid(a[:, 2 * H:3 * H])
    g[t] = np.tanh(a[:, 3 * H:])
    c[t] = f[t] * c[t - 1] + i[t] * g[t]
    tc[t] = np.tanh(c[t])
    h[t] = o[t] * tc[t]
loss = 0.5 * np.sum((h[T - 1] - target) ** 2)
dWx = np.zeros_like(Wx); dWh = np.zeros_like(Wh); db = np.zeros_like(b)
dX = np.zeros_like(X)
dh = h[T - 1] - target
dc = np.zeros((N, H))
for t in reversed(range(T)):
    do = dh * tc[t]
    dc = dc + dh * o[t] * (1 - tc[t] ** 2)
    di = dc * g[t]
    dg = dc * i[t]
    df = dc * c[t - 1]
    da = np.hstack([di * i[t] * (1 - i[t]), df * f[t] * (1 - f[t]), do * o[t] * (1 - o[t]), dg * (1 - g[t] ** 2)])
    dWx += X[:, t].T @ da
    dWh += h[t - 1].T @ da
    db += da.sum(axis=0)
    dX[:, t] = da @ Wx.T
    dh = da @ Wh.T
    dc = dc * f[t]
