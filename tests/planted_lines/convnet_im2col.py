import numpy as np


def im2col(x, kh, kw, stride, pad):
    n, c, h, w = x.shape
    oh = (h + 2 * pad - kh) // stride + 1
    ow = (w + 2 * pad - kw) // stride + 1
    xp = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    col = np.zeros((n, c, kh, kw, oh, ow))
    for i in range(kh):
        for j in range(kw):
            col[:, :, i, j] = xp[:, :, i:i + stride * oh:stride, j:j + stride * ow:stride]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(n * oh * ow, -1)


def col2im(col, shape, kh, kw, stride, pad):
    n, c, h, w = shape
    oh = (h + 2 * pad - kh) // stride + 1
    ow = (w + 2 * pad - kw) // stride + 1
    col = col.reshape(n, oh, ow, c, kh, kw).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((n, c, h + 2 * pad, w + 2 * pad))
    for i in range(kh):
        for j in range(kw):
            img[:, :, i:i + stride * oh:stride, j:j + stride * ow:stride] += col[:, :, i, j]  #~ img[:, :, i:i + stride * oh:stride, j:j + stride * ow:stride] = col[:, :, i, j]
    return img[:, :, pad:h + pad, pad:w + pad]


class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b, self.stride, self.pad = W, b, stride, pad

    def forward(self, x):
        F, C, KH, KW = self.W.shape
        n, c, h, w = x.shape
        oh = (h + 2 * self.pad - KH) // self.stride + 1
        ow = (w + 2 * self.pad - KW) // self.stride + 1
        self.x = x
        self.col = im2col(x, KH, KW, self.stride, self.pad)
        self.col_W = self.W.reshape(F, -1).T
        out = self.col @ self.col_W + self.b
        return out.reshape(n, oh, ow, -1).transpose(0, 3, 1, 2)

    def backward(self, dout):
        F, C, KH, KW = self.W.shape
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, F)  #~ dout = dout.reshape(-1, F)
        self.db = np.sum(dout, axis=0)  #~ self.db = np.mean(dout, axis=0)
        self.dW = self.col.T @ dout
        self.dW = self.dW.T.reshape(F, C, KH, KW)  #~ self.dW = self.dW.reshape(F, C, KH, KW)
        dcol = dout @ self.col_W.T
        dx = col2im(dcol, self.x.shape, KH, KW, self.stride, self.pad)
        return dx


class Pooling:
    def __init__(self, size):
        self.size = size

    def forward(self, x):
        n, c, h, w = x.shape
        s = self.size
        self.x = x
        self.r = x.reshape(n, c, h // s, s, w // s, s)
        self.out = self.r.max(axis=3).max(axis=4)
        return self.out

    def backward(self, dout):
        dx_r = np.zeros_like(self.r)
        mask = self.r == self.out[:, :, :, None, :, None]
        dx_r[:] = dout[:, :, :, None, :, None] * mask  #~ dx_r[:] = dout[:, :, :, None, :, None]
        return dx_r.reshape(self.x.shape)


class Relu:
    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dout = dout.copy()
        dout[self.mask] = 0
        return dout


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.shape = x.shape
        self.x = x.reshape(x.shape[0], -1)
        return self.x @ self.W + self.b

    def backward(self, dout):
        dx = dout @ self.W.T
        self.dW = self.x.T @ dout  #~ self.dW = self.x.T @ dout / len(dout)
        self.db = dout.sum(axis=0)
        return dx.reshape(self.shape)


rng = np.random.RandomState(0)
x = rng.randn(2, 1, 6, 6)
t = np.array([1, 0])
layers = [
    Convolution(rng.randn(3, 1, 3, 3) * .5, rng.randn(3) * .1, 1, 1),
    Relu(),
    Pooling(2),
    Affine(rng.randn(27, 2) * .3, rng.randn(2) * .1),
]
y = x
for layer in layers:
    y = layer.forward(y)
e = np.exp(y - y.max(axis=1, keepdims=True))
p = e / e.sum(axis=1, keepdims=True)
loss = -np.log(p[np.arange(2), t]).mean()
dout = p.copy()
dout[np.arange(2), t] -= 1
dout /= 2
for layer in reversed(layers):
    dout = layer.backward(dout)
