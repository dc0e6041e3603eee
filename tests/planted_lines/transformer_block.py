import numpy as np

np.random.seed(2)
T, d, dff = 5, 4, 7
x = np.random.randn(T, d)
tgt = np.random.randn(T, d)
Wq, Wk, Wv, Wo = [np.random.randn(d, d) * 0.5 for _ in range(4)]
W1, b1 = np.random.randn(d, dff) * 0.5, np.random.randn(dff) * 0.1
W2, b2 = np.random.randn(dff, d) * 0.5, np.random.randn(d) * 0.1
g1, be1 = np.random.rand(d) + 0.5, np.random.randn(d) * 0.1
eps = 1e-5


def softmax(a):
    a = a - a.max(axis=-1, keepdims=True)
    e = np.exp(a)
    return e / e.sum(axis=-1, keepdims=True)


Q, K, V = x @ Wq, x @ Wk, x @ Wv
S = Q @ K.T / np.sqrt(d)
A = softmax(S)
O = A @ V
att = O @ Wo
r = x + att
mean = r.mean(axis=1, keepdims=True)
std = np.sqrt(r.var(axis=1, keepdims=True) + eps)
rn = (r - mean) / std
ln = g1 * rn + be1
h = np.maximum(0, ln @ W1 + b1)
ff = h @ W2 + b2
out = ln + ff
loss = np.mean((out - tgt) ** 2)

dout = 2 * (out - tgt) / out.size  #~ dout = 2 * (out - tgt) / T
dff_ = dout
dW2 = h.T @ dff_
db2 = dff_.sum(axis=0)
dh = dff_ @ W2.T
dpre = dh * (h > 0)  #~ dpre = dh
dW1 = ln.T @ dpre  #~ dW1 = rn.T @ dpre
db1 = dpre.sum(axis=0)
dln = dout + dpre @ W1.T  #~ dln = dpre @ W1.T
dg1 = (dln * rn).sum(axis=0)
dbe1 = dln.sum(axis=0)
drn = dln * g1
dr = (drn - drn.mean(axis=1, keepdims=True) - rn * (drn * rn).mean(axis=1, keepdims=True)) / std
datt = dr
dWo = O.T @ datt
dO = datt @ Wo.T
dA = dO @ V.T
dV = A.T @ dO
dS = A * (dA - (dA * A).sum(axis=1, keepdims=True))
dS = dS / np.sqrt(d)
dQ = dS @ K
dK = dS.T @ Q
dWq, dWk, dWv = x.T @ dQ, x.T @ dK, x.T @ dV
dx = dr + dQ @ Wq.T + dK @ Wk.T + dV @ Wv.T
