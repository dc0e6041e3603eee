# Srivastava et al. 2014, inverted dropout between two layers
import numpy as np
np.random.seed(5)
X = np.random.randn(6, 4); Y = np.random.randn(6, 2)
W1 = np.random.randn(4, 10); W2 = np.random.randn(10, 2)
p = 0.6
H = np.tanh(X.dot(W1))
mask = (np.random.rand(*H.shape) < p) / p
H_drop = H * mask
out = H_drop.dot(W2)
diff = out - Y
loss = 0.5 * np.mean(np.sum(diff ** 2, axis=1))
dout = diff / X.shape[0]
dW2 = H_drop.T.dot(dout)
dH_drop = dout.dot(W2.T)
dH = dH_drop * mask
dZ = dH * (1 - H ** 2)
dW1 = X.T.dot(dZ)
dX = dZ.dot(W1.T)
