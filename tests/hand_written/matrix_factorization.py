# Koren et al. 2009: observed entries, biases, weight decay
import numpy as np
np.random.seed(3)
R = np.random.rand(5, 4) * 5
observed = np.random.rand(5, 4) > 0.3
P = np.random.randn(5, 2); Q = np.random.randn(4, 2)
bu = np.zeros(5); bi = np.zeros(4)
lam = 0.1
for epoch in range(20):
    pred = P @ Q.T + bu[:, None] + bi[None, :]
    err = (R - pred) * observed
    total_loss = (err ** 2).sum() + lam * ((P ** 2).sum() + (Q ** 2).sum())
    dP = -2 * err @ Q + 2 * lam * P
    dQ = -2 * err.T @ P + 2 * lam * Q
    dbu = -2 * err.sum(axis=1)
    dbi = -2 * err.sum(axis=0)
    P -= 0.01 * dP; Q -= 0.01 * dQ
    bu -= 0.01 * dbu; bi -= 0.01 * dbi
