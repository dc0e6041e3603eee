import numpy as np

rng = np.random.default_rng(9)
B, T, C, nh = 2, 4, 6, 2
hs = C // nh
x = rng.normal(size=(B, T, C))
Wq, Wk, Wv, Wo = (rng.normal(size=(C, C)) * 0.4 for _ in range(4))
target = rng.normal(size=(B, T, C))


def split(a):
    return a.reshape(B, T, nh, hs).transpose(0, 2, 1, 3)


def join(a):
    return a.transpose(0, 2, 1, 3).reshape(B, T, C)


q = split(x @ Wq)
k = split(x @ Wk)
v = split(x @ Wv)
att = q @ k.transpose(0, 1, 3, 2) / np.sqrt(hs)
mask = np.triu(np.ones((T, T), bool), 1)
att = np.where(mask, -1e9, att)
e = np.exp(att - att.max(-1, keepdims=True))
probs = e / e.sum(-1, keepdims=True)
y = probs @ v
yj = join(y)
out = yj @ Wo
loss = np.mean((out - target) ** 2)

dout = 2 * (out - target) / out.size  #~ dout = 2 * (out - target) / B
dWo = np.einsum('btc,btd->cd', yj, dout)  #~ dWo = np.einsum('btc,btd->dc', yj, dout)
dyj = dout @ Wo.T  #~ dyj = dout @ Wo
dy = split(dyj)
dprobs = dy @ v.transpose(0, 1, 3, 2)
dv = probs.transpose(0, 1, 3, 2) @ dy  #~ dv = probs @ dy
datt = probs * (dprobs - (dprobs * probs).sum(-1, keepdims=True))  #~ datt = probs * (dprobs - dprobs.sum(-1, keepdims=True))  #~ datt = probs * (dprobs - (dprobs * probs).sum(-2, keepdims=True))
datt = datt / np.sqrt(hs)
dq = datt @ k
dk = datt.transpose(0, 1, 3, 2) @ q
dWq = np.einsum('btc,btd->cd', x, join(dq))
dWk = np.einsum('btc,btd->cd', x, join(dk))
dWv = np.einsum('btc,btd->cd', x, join(dv))
dx = join(dq) @ Wq.T + join(dk) @ Wk.T + join(dv) @ Wv.T
