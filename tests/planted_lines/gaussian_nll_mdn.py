import numpy as np

rng = np.random.default_rng(11)
X = rng.normal(size=(9, 3))
y = rng.normal(size=9)
W_mu, b_mu = rng.normal(size=3), 0.1
W_s, b_s = rng.normal(size=3) * 0.3, -0.2
N = len(y)
mu = X @ W_mu + b_mu
log_sigma = X @ W_s + b_s
z = (y - mu) / np.exp(log_sigma)
nll = np.mean(0.5 * z ** 2 + log_sigma + 0.5 * np.log(2 * np.pi))

dmu = -z / np.exp(log_sigma) / N  #~ dmu = z / np.exp(log_sigma) / N  #~ dmu = -z / N  #~ dmu = -z / np.exp(log_sigma)
dlog_sigma = (1 - z ** 2) / N  #~ dlog_sigma = (1 + z ** 2) / N
dW_mu = X.T @ dmu
db_mu = dmu.sum()
dW_s = X.T @ dlog_sigma
db_s = dlog_sigma.sum()
