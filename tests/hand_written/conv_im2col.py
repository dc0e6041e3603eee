# convolution as a matrix product
import numpy as np
def im2col(x, k):
    N, C, H, W = x.shape
    Ho, Wo = H - k + 1, W - k + 1
    cols = np.zeros((N, C, k, k, Ho, Wo))
    for i in range(k):
        for j in range(k):
            cols[:, :, i, j] = x[:, :, i:i + Ho, j:j + Wo]
    return cols.transpose(0, 4, 5, 1, 2, 3).reshape(N * Ho * Wo, -1)
def col2im(cols, shape, k):
    N, C, H, W = shape
    Ho, Wo = H - k + 1, W - k + 1
    cols = cols.reshape(N, Ho, Wo, C, k, k).transpose(0, 3, 4, 5, 1, 2)
    x = np.zeros(shape)
    for i in range(k):
        for j in range(k):
            x[:, :, i:i + Ho, j:j + Wo] += cols[:, :, i, j]
    return x
class Conv:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        F, C, k, _ = self.W.shape
        N, _, H, Wd = x.shape
        self.x_shape = x.shape
        self.col = im2col(x, k)
        self.col_W = self.W.reshape(F, -1).T
        out = self.col @ self.col_W + self.b
        return out.reshape(N, H - k + 1, Wd - k + 1, F).transpose(0, 3, 1, 2)
    def backward(self, dout):
        F, C, k, _ = self.W.shape
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, F)
        self.db = dout.sum(axis=0)
        self.dW = (self.col.T @ dout).T.reshape(F, C, k, k)
        dcol = dout @ self.col_W.T
        dx = col2im(dcol, self.x_shape, k)
        return dx
np.random.seed(11)
x = np.random.randn(2, 2, 5, 5)
conv = Conv(np.random.randn(3, 2, 3, 3), np.zeros(3))
y = conv.forward(x)
loss = np.sum(y ** 2) / 2
dx = conv.backward(y)
