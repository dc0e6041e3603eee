import numpy as np


class Parameter:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class Module:
    def parameters(self):
        found = []
        for value in self.__dict__.values():
            if isinstance(value, Parameter):
                found.append(value)
            elif isinstance(value, Module):
                found += value.parameters()
            elif isinstance(value, list):
                for one in value:
                    if isinstance(one, Module):
                        found += one.parameters()
        return found

    def zero_grad(self):
        for p in self.parameters():
            p.grad = np.zeros_like(p.data)

    def __call__(self, *args):
        return self.forward(*args)


class Linear(Module):
    def __init__(self, n_in, n_out, rng):
        self.W = Parameter(rng.normal(size=(n_in, n_out)) / np.sqrt(n_in))
        self.b = Parameter(rng.normal(size=n_out) * 0.1)

    def forward(self, x):
        self.x = x
        return x @ self.W.data + self.b.data

    def backward(self, grad):
        self.W.grad += self.x.T @ grad  #~ self.W.grad -= self.x.T @ grad
        self.b.grad += grad.sum(axis=0)  #~ self.b.grad += grad.mean(axis=0)
        return grad @ self.W.data.T


class LayerNorm(Module):
    def __init__(self, dim, rng):
        self.g = Parameter(1 + 0.1 * rng.normal(size=dim))
        self.beta = Parameter(0.1 * rng.normal(size=dim))

    def forward(self, x):
        mu = x.mean(-1, keepdims=True)
        self.inv = 1 / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        self.xhat = (x - mu) * self.inv
        return self.g.data * self.xhat + self.beta.data

    def backward(self, grad):
        self.g.grad += (grad * self.xhat).sum(0)  #~ self.g.grad += grad.sum(0)
        self.beta.grad += grad.sum(0)
        gx = grad * self.g.data
        return self.inv * (gx - gx.mean(-1, keepdims=True) - self.xhat * (gx * self.xhat).mean(-1, keepdims=True))  #~ return self.inv * (gx - gx.mean(-1, keepdims=True))


class SiLU(Module):
    def forward(self, x):
        self.x = x
        self.s = 1 / (1 + np.exp(-x))
        return x * self.s

    def backward(self, grad):
        return grad * (self.s + self.x * self.s * (1 - self.s))


class Sequential(Module):
    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def backward(self, grad):
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad


rng = np.random.default_rng(0)
model = Sequential(Linear(4, 8, rng), LayerNorm(8, rng), SiLU(), Linear(8, 3, rng))
x = rng.normal(size=(10, 4))
labels = rng.integers(0, 3, size=10)
for step in range(20):
    model.zero_grad()
    logits = model(x)
    logp = logits - logits.max(1, keepdims=True)
    logp = logp - np.log(np.exp(logp).sum(1, keepdims=True))
    loss = -logp[np.arange(10), labels].mean()
    grad_logits = np.exp(logp)
    grad_logits[np.arange(10), labels] -= 1
    grad_logits /= len(x)
    model.backward(grad_logits)
    for p in model.parameters():
        p.data -= 0.5 * p.grad
