# a recurrent network through time with the names U, V, W and dLdU, dLdV, dLdW
import numpy as np
class RNN:
    def __init__(self, word_dim, hidden_dim):
        self.U = np.random.uniform(-0.5, 0.5, (hidden_dim, word_dim))
        self.V = np.random.uniform(-0.5, 0.5, (word_dim, hidden_dim))
        self.W = np.random.uniform(-0.5, 0.5, (hidden_dim, hidden_dim))
    def forward(self, x):
        T = len(x)
        s = np.zeros((T + 1, self.W.shape[0]))
        o = np.zeros((T, self.V.shape[0]))
        for t in range(T):
            s[t] = np.tanh(self.U[:, x[t]] + self.W.dot(s[t - 1]))
            e = np.exp(self.V.dot(s[t]))
            o[t] = e / e.sum()
        return o, s
    def bptt(self, x, y):
        T = len(y)
        o, s = self.forward(x)
        loss = -np.sum(np.log(o[np.arange(T), y]))
        dLdU = np.zeros(self.U.shape)
        dLdV = np.zeros(self.V.shape)
        dLdW = np.zeros(self.W.shape)
        delta_o = o.copy()
        delta_o[np.arange(T), y] -= 1.0
        for t in np.arange(T)[::-1]:
            dLdV += np.outer(delta_o[t], s[t])
            delta_t = self.V.T.dot(delta_o[t]) * (1 - s[t] ** 2)
            for step in np.arange(0, t + 1)[::-1]:
                dLdW += np.outer(delta_t, s[step - 1])
                dLdU[:, x[step]] += delta_t
                delta_t = self.W.T.dot(delta_t) * (1 - s[step - 1] ** 2)
        return loss, dLdU, dLdV, dLdW
np.random.seed(14)
model = RNN(6, 4)
loss, dLdU, dLdV, dLdW = model.bptt([0, 3, 2, 5], [3, 2, 5, 1])
