# Cho et al. 2014, a few steps through time
import numpy as np
rng = np.random.default_rng(11)
def sig(a):
    return 1.0 / (1.0 + np.exp(-a))
D, H, T = 3, 4, 3
Wz, Uz = rng.normal(size=(H, D)), rng.normal(size=(H, H))
Wr, Ur = rng.normal(size=(H, D)), rng.normal(size=(H, H))
Wh, Uh = rng.normal(size=(H, D)), rng.normal(size=(H, H))
x = rng.normal(size=(T, D)); y = rng.normal(size=H)
h = {-1: np.zeros(H)}
z, r, hc = {}, {}, {}
for t in range(T):
    z[t] = sig(Wz @ x[t] + Uz @ h[t - 1])
    r[t] = sig(Wr @ x[t] + Ur @ h[t - 1])
    hc[t] = np.tanh(Wh @ x[t] + Uh @ (r[t] * h[t - 1]))
    h[t] = (1 - z[t]) * h[t - 1] + z[t] * hc[t]
loss = np.sum((h[T - 1] - y) ** 2)
dWz, dUz = np.zeros_like(Wz), np.zeros_like(Uz)
dWr, dUr = np.zeros_like(Wr), np.zeros_like(Ur)
dWh, dUh = np.zeros_like(Wh), np.zeros_like(Uh)
dh = 2 * (h[T - 1] - y)
for t in range(T - 1, -1, -1):
    dhc = dh * z[t]
    dz = dh * (hc[t] - h[t - 1])
    dhprev = dh * (1 - z[t])
    dac = dhc * (1 - hc[t] ** 2)
    dWh += np.outer(dac, x[t])
    dUh += np.outer(dac, r[t] * h[t - 1])
    drh = Uh.T @ dac
    dr = drh * h[t - 1]
    dhprev += drh * r[t]
    dar = dr * r[t] * (1 - r[t])
    dWr += np.outer(dar, x[t])
    dUr += np.outer(dar, h[t - 1])
    dhprev += Ur.T @ dar
    daz = dz * z[t] * (1 - z[t])
    dWz += np.outer(daz, x[t])
    dUz += np.outer(daz, h[t - 1])
    dhprev += Uz.T @ daz
    dh = dhprev
