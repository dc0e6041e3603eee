import numpy as np

rng = np.random.RandomState(3)
users, items, k = 6, 5, 3
R = rng.randint(1, 6, size=(users, items)).astype(float)
M = rng.rand(users, items) > 0.3
P = rng.randn(users, k) * .5
Q = rng.randn(items, k) * .5
bu = rng.randn(users) * .1
bi = rng.randn(items) * .1
mu = R[M].mean()
lam = 0.1
for it in range(30):
    pred = P @ Q.T + bu[:, None] + bi[None, :] + mu
    err = M * (pred - R)
    loss = 0.5 * np.sum(err ** 2) + 0.5 * lam * (np.sum(P ** 2) + np.sum(Q ** 2))
    gP = err @ Q + lam * P  #~ gP = err @ Q  #~ gP = -err @ Q + lam * P  #~ gP = err @ Q + lam * P / 2
    gQ = err.T @ P + lam * Q  #~ gQ = err.T @ P - lam * Q
    gbu = err.sum(axis=1)  #~ gbu = err.mean(axis=1)
    gbi = err.sum(axis=0)
    P -= .01 * gP
    Q -= .01 * gQ
    bu -= .01 * gbu
    bi -= .01 * gbi
