import numpy as np
rng = np.random.default_rng(5)
X = rng.normal(size=(6, 3)); w = rng.normal(size=3); y = np.sign(rng.normal(size=6))
margins = 1 - y*(X @ w)
losses = np.maximum(0, margins)
loss = losses.mean() + 0.01*w @ w
dlosses = np.ones(6)/6
dmargins = dlosses*(margins > 0)
dscores = -y*dmargins
dw = X.T @ dscores + 0.02*w
gradient = [dw[0], dw[1], dw[2]]
