from __future__ import annotations

from typing import Dict, List, Tuple

import numpy as np

Array = np.ndarray


def sigmoid(z: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-z))


class LSTM:
    """One layer, batch first."""

    def __init__(self, n_in: int, n_hid: int, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.Wx: Array = rng.normal(scale=0.3, size=(n_in, 4 * n_hid))
        self.Wh: Array = rng.normal(scale=0.3, size=(n_hid, 4 * n_hid))
        self.b: Array = rng.normal(scale=0.1, size=4 * n_hid)
        self.n_hid = n_hid
        self.cache: List[Tuple[Array, ...]] = []

    def forward(self, x: Array) -> Array:
        n, T, _ = x.shape
        H = self.n_hid
        h = np.zeros((n, H))
        c = np.zeros((n, H))
        hs: Array = np.zeros((n, T, H))
        self.cache = []
        for t in range(T):
            a = x[:, t] @ self.Wx + h @ self.Wh + self.b
            i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H:2 * H]), sigmoid(a[:, 2 * H:3 * H])
            g = np.tanh(a[:, 3 * H:])
            c_prev, h_prev = c, h
            c = f * c_prev + i * g
            tc = np.tanh(c)
            h = o * tc
            hs[:, t] = h
            self.cache.append((x[:, t], h_prev, c_prev, i, f, o, g, tc))
        return hs

    def backward(self, dhs: Array) -> Dict[str, Array]:
        n, T, H = dhs.shape
        grads = {"Wx": np.zeros_like(self.Wx), "Wh": np.zeros_like(self.Wh), "b": np.zeros_like(self.b)}
        dh_next = np.zeros((n, H))
        dc_next = np.zeros((n, H))
        for t in range(T - 1, -1, -1):
            x, h_prev, c_prev, i, f, o, g, tc = self.cache[t]
            dh = dhs[:, t] + dh_next  #~ dh = dhs[:, t]
            dc = dh * o * (1 - tc ** 2) + dc_next  #~ dc = dh * o * (1 - tc ** 2)  #~ dc = dh * (1 - tc ** 2) + dc_next
            da = np.concatenate([
                dc * g * i * (1 - i),
                dc * c_prev * f * (1 - f),
                dh * tc * o * (1 - o),
                dc * i * (1 - g ** 2),
            ], axis=1)
            grads["Wx"] += x.T @ da
            grads["Wh"] += h_prev.T @ da  #~ grads["Wh"] = h_prev.T @ da
            grads["b"] += da.sum(axis=0)
            dh_next = da @ self.Wh.T
            dc_next = dc * f
        return grads


rng = np.random.default_rng(1)
x = rng.normal(size=(2, 4, 5))
target = rng.normal(size=(2, 4, 3))
net = LSTM(5, 3)
hs = net.forward(x)
loss = 0.5 * np.sum((hs - target) ** 2) / len(x)
grads = net.backward((hs - target) / len(x))
