import numpy as np

np.random.seed(21)
n, d, k = 12, 6, 4
X = np.random.rand(n, d)
W1 = np.random.randn(d, k) * 0.2
b1 = np.zeros(k)
W2 = np.random.randn(k, d) * 0.2
b2 = np.zeros(d)
rho, beta, lam = 0.1, 0.5, 1e-2

sig = lambda z: 1 / (1 + np.exp(-z))

a1 = sig(X.dot(W1) + b1)
a2 = sig(a1.dot(W2) + b2)
rho_hat = a1.mean(axis=0)
kl = np.sum(rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat)))
J = 0.5 / n * np.sum((a2 - X) ** 2) + lam / 2 * (np.sum(W1 ** 2) + np.sum(W2 ** 2)) + beta * kl

dz2 = (a2 - X) / n * a2 * (1 - a2)  #~ dz2 = (a2 - X) * a2 * (1 - a2)  #~ dz2 = (a2 - X) / n  #~ dz2 = (X - a2) / n * a2 * (1 - a2)
dW2 = a1.T.dot(dz2) + lam * W2  #~ dW2 = a1.T.dot(dz2)
db2 = dz2.sum(axis=0)
drho_hat = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat))
da1 = dz2.dot(W2.T) + drho_hat / n
dz1 = da1 * a1 * (1 - a1)
dW1 = X.T.dot(dz1) + lam * W1
db1 = dz1.sum(axis=0)
