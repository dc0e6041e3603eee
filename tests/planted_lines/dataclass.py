from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Linear:
    weight: np.ndarray
    bias: np.ndarray
    grad_weight: np.ndarray = field(default=None)
    grad_bias: np.ndarray = field(default=None)
    cache: np.ndarray = field(default=None)

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.cache = x
        return x @ self.weight.T + self.bias

    def backward(self, grad_out: np.ndarray) -> np.ndarray:
        self.grad_weight = grad_out.T @ self.cache  #~ self.grad_weight = grad_out.T @ self.cache / len(grad_out)
        self.grad_bias = grad_out.sum(axis=0)  #~ self.grad_bias = grad_out.mean(axis=0)
        return grad_out @ self.weight  #~ return -grad_out @ self.weight


@dataclass
class GELU:
    x: np.ndarray = None
    th: np.ndarray = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        self.th = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3))
        return 0.5 * x * (1 + self.th)

    def backward(self, grad_out: np.ndarray) -> np.ndarray:
        inner = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * self.x ** 2)
        grad = 0.5 * (1 + self.th) + 0.5 * self.x * (1 - self.th ** 2) * inner  #~ grad = 0.5 * (1 + self.th) + 0.5 * self.x * (1 - self.th ** 2)
        return grad_out * grad


rng = np.random.default_rng(5)
l1 = Linear(rng.normal(size=(6, 4)) / 2, rng.normal(size=6) / 10)
act = GELU()
l2 = Linear(rng.normal(size=(2, 6)) / 2, rng.normal(size=2) / 10)
x = rng.normal(size=(5, 4))
target = rng.normal(size=(5, 2))

for step in range(3):
    pred = l2.forward(act.forward(l1.forward(x)))
    loss = ((pred - target) ** 2).mean()
    grad_pred = 2 * (pred - target) / pred.size  #~ grad_pred = 2 * (pred - target) / len(pred)  #~ grad_pred = (pred - target) / pred.size
    l1.backward(act.backward(l2.backward(grad_pred)))
    for layer in (l1, l2):
        layer.weight -= 0.1 * layer.grad_weight
        layer.bias -= 0.1 * layer.grad_bias
