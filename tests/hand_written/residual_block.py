# He et al. 2016: x + F(x), the gradient forks at x
import numpy as np
np.random.seed(8)
x = np.random.randn(3, 4)
W1 = np.random.randn(4, 6); W2 = np.random.randn(6, 4)
y = np.random.randn(3, 4)
u = x @ W1
v = np.maximum(u, 0)
f = v @ W2
out = x + f
loss = np.mean((out - y) ** 2)
dout = 2 * (out - y) / out.size
df = dout
dW2 = v.T @ df
dv = df @ W2.T
du = dv * (u > 0)
dW1 = x.T @ du
dx = dout.copy()
dx += du @ W1.T
