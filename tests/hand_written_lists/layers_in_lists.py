import numpy as np
rng = np.random.default_rng(0)
Ws = [rng.normal(size=(4, 5))*.5, rng.normal(size=(5, 5))*.5, rng.normal(size=(5, 2))*.5]
bs = [np.zeros(5), np.zeros(5), np.zeros(2)]
X, Y = rng.normal(size=(7, 4)), rng.normal(size=(7, 2))
acts = [X]
for i in range(3):
    z = acts[-1] @ Ws[i] + bs[i]
    acts.append(np.tanh(z))
loss = ((acts[-1] - Y)**2).mean()
deltas = [2*(acts[-1] - Y)/Y.size*(1 - acts[-1]**2)]
for i in (2, 1):
    deltas.insert(0, (deltas[0] @ Ws[i].T)*(1 - acts[i]**2))
grads_W = [a.T @ d for a, d in zip(acts[:-1], deltas)]
grads_b = [d.sum(0) for d in deltas]
dWs, dbs = [], []
for i in reversed(range(3)):
    dWs.append(acts[i].T @ deltas[i]); dbs.append(deltas[i].sum(0))
for W, g in zip(Ws, grads_W):
    W -= 0.1*g
