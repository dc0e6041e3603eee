import numpy as np

np.random.seed(12)
corpus = "the quick brown fox jumps over the lazy dog and the fox sleeps".split()
vocab = sorted(set(corpus))
idx = {w: i for i, w in enumerate(vocab)}
V, D, window, K = len(vocab), 5, 2, 3
W_in = np.random.randn(V, D) * 0.3
W_out = np.random.randn(V, D) * 0.3


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


pairs = []
for i, w in enumerate(corpus):
    for j in range(max(0, i - window), min(len(corpus), i + window + 1)):
        if j != i:
            pairs.append((idx[w], idx[corpus[j]]))
negatives = np.random.randint(0, V, size=(len(pairs), K))

lr = 0.05
for epoch in range(2):
    loss = 0.0
    dW_in = np.zeros_like(W_in)
    dW_out = np.zeros_like(W_out)
    for n, (c, o) in enumerate(pairs):
        v = W_in[c]
        u = W_out[o]
        s = sigmoid(u @ v)
        loss -= np.log(s)
        dv = (s - 1) * u
        dW_out[o] += (s - 1) * v  #~ dW_out[o] = (s - 1) * v  #~ dW_out[c] += (s - 1) * v
        for k in negatives[n]:
            sk = sigmoid(-W_out[k] @ v)
            loss -= np.log(sk)
            dv += (1 - sk) * W_out[k]
            dW_out[k] += (1 - sk) * v  #~ dW_out[k] += sk * v  #~ dW_out[k] -= (1 - sk) * v
        dW_in[c] += dv  #~ dW_in[c] = dv  #~ dW_in[o] += dv
    W_in -= lr * dW_in
    W_out -= lr * dW_out
