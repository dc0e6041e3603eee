import numpy as np
rng = np.random.default_rng(5)
T, H = 4, 3
xs = rng.normal(size=(T, H)); Wx, Wh = rng.normal(size=(H, H))*.4, rng.normal(size=(H, H))*.4
target = rng.normal(size=H)
hs, zs = [np.zeros(H)], []
for t in range(T):
    z = Wx @ xs[t] + Wh @ hs[-1]
    zs.append(z)
    hs.append(np.tanh(z))
loss = sum(((h - target)**2).sum() for h in hs[1:])
dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)
dnext = np.zeros(H)
dhs, dxs = [], [None]*T
for t in reversed(range(T)):
    dh = 2*(hs[t+1] - target) + dnext
    dhs.append(dh)
    dz = dh*(1 - hs[t+1]**2)
    dWx += np.outer(dz, xs[t]); dWh += np.outer(dz, hs[t])
    dxs[t] = Wx.T @ dz
    dnext = Wh.T @ dz
dxs = np.array(dxs)
