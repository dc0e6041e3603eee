import numpy as np
rng = np.random.default_rng(0)
W = rng.normal(size=(3, 2)); A = rng.normal(size=(2, 1)); B = rng.normal(size=(2, 1))
x = rng.normal(size=(8, 3)); t1 = rng.normal(size=(8, 1)); t2 = rng.normal(size=(8, 1))
for step in range(4):
    h = np.tanh(x @ W)
    y1 = h @ A
    task1_loss = np.mean((y1 - t1)**2)
    dy1 = 2*(y1 - t1)/8
    dA = h.T @ dy1  #~ dA = h.T @ dy1/8
    dh = dy1 @ A.T
    y2 = h @ B
    task2_loss = np.mean((y2 - t2)**2)
    dy2 = 2*(y2 - t2)/8
    dB = h.T @ dy2
    dh += dy2 @ B.T
    loss = task1_loss + task2_loss
    dW = x.T @ (dh*(1 - h**2))  #~ dW = x.T @ dh
    W -= 0.1*dW; A -= 0.1*dA; B -= 0.1*dB
