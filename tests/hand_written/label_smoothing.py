# Szegedy et al. 2016: smoothed targets, temperature
import numpy as np
rng = np.random.default_rng(12)
N, K = 6, 4
logits = rng.normal(size=(N, K))
labels = rng.integers(K, size=N)
temperature, smoothing = 2.0, 0.1
q = np.full((N, K), smoothing / K)
q[np.arange(N), labels] += 1 - smoothing
scaled = logits / temperature
logZ = np.log(np.exp(scaled).sum(axis=1, keepdims=True))
logp = scaled - logZ
loss = -(q * logp).sum() / N
dscaled = (np.exp(logp) - q) / N
dlogits = dscaled / temperature
