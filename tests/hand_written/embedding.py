# word embeddings averaged into a softmax classifier; np.add.at for repeated words
import numpy as np
np.random.seed(12)
V, D, C, N, L = 9, 4, 3, 5, 3
E = np.random.randn(V, D); W = np.random.randn(D, C); b = np.zeros(C)
words = np.random.randint(V, size=(N, L)); y = np.random.randint(C, size=N)
emb = E[words]
avg = emb.mean(axis=1)
scores = avg @ W + b
scores -= scores.max(axis=1, keepdims=True)
p = np.exp(scores); p /= p.sum(axis=1, keepdims=True)
loss = -np.mean(np.log(p[np.arange(N), y]))
dscores = p.copy()
dscores[np.arange(N), y] -= 1
dscores /= N
dW = avg.T @ dscores
db = dscores.sum(0)
davg = dscores @ W.T
demb = np.repeat(davg[:, None, :] / L, L, axis=1)
dE = np.zeros_like(E)
np.add.at(dE, words, demb)
