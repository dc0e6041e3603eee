import numpy as np
rng = np.random.default_rng(0)
gt = rng.normal(size=5); t = 0.3; W = rng.normal(size=(3, 5)); x = rng.normal(size=3)
gain = 1.5
pred = gain*(x @ W) + t
loss = ((pred - gt)**2).sum()
dpred = 2*(pred - gt)
dt = dpred.sum()
dgain = (dpred*(x @ W)).sum()
gW = gain*np.outer(x, dpred)
gx = gain*W @ dpred
data = [1, 2, 3]
num = np.zeros_like(W)
for i in range(3):
    for j in range(5):
        Wp = W.copy(); Wp[i, j] += 1e-5
        Wm = W.copy(); Wm[i, j] -= 1e-5
        num[i, j] = (((gain*(x @ Wp) + t - gt)**2).sum() - ((gain*(x @ Wm) + t - gt)**2).sum())/2e-5
diff = np.abs(num - gW).max()
