import numpy as np

np.random.seed(10)
X_train = np.random.randn(60, 5)
y_train = np.argmax(X_train @ np.random.randn(5, 3), axis=1)


def init_network(sizes):
    net = {}
    for l in range(1, len(sizes)):
        net[f'W{l}'] = np.random.randn(sizes[l - 1], sizes[l]) * np.sqrt(2 / sizes[l - 1])
        net[f'b{l}'] = np.zeros((1, sizes[l]))
    return net


def forward_pass(net, X):
    cache = {'A0': X}
    L = len(net) // 2
    for l in range(1, L + 1):
        Z = cache[f'A{l - 1}'] @ net[f'W{l}'] + net[f'b{l}']
        cache[f'Z{l}'] = Z
        cache[f'A{l}'] = np.maximum(Z, 0) if l < L else Z
    return cache[f'A{L}'], cache


def softmax_loss(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = len(y)
    loss = -log_probs[np.arange(n), y].mean()
    dscores = np.exp(log_probs)
    dscores[np.arange(n), y] -= 1
    return loss, dscores / n


def backward_pass(net, cache, dscores, wd):
    grads = {}
    L = len(net) // 2
    dZ = dscores
    for l in range(L, 0, -1):
        grads[f'W{l}'] = cache[f'A{l - 1}'].T @ dZ + wd * net[f'W{l}']  #~ grads[f'W{l}'] = cache[f'A{l - 1}'].T @ dZ  #~ grads[f'W{l}'] = cache[f'A{l - 1}'].T @ dZ + 2 * wd * net[f'W{l}']
        grads[f'b{l}'] = dZ.sum(axis=0, keepdims=True)  #~ grads[f'b{l}'] = dZ.mean(axis=0, keepdims=True)
        if l > 1:
            dA = dZ @ net[f'W{l}'].T
            dZ = dA * (cache[f'Z{l - 1}'] > 0)  #~ dZ = dA
    return grads


net = init_network([5, 8, 6, 3])
velocity = {k: np.zeros_like(v) for k, v in net.items()}
lr, mu, wd = 0.1, 0.9, 1e-3
for epoch in range(3):
    order = np.random.permutation(len(X_train))
    for start in range(0, len(X_train), 20):
        batch = order[start:start + 20]
        xb, yb = X_train[batch], y_train[batch]
        scores, cache = forward_pass(net, xb)
        data_loss, dscores = softmax_loss(scores, yb)
        reg_loss = sum(0.5 * wd * np.sum(net[k] ** 2) for k in net if k.startswith('W'))
        loss = data_loss + reg_loss
        grads = backward_pass(net, cache, dscores, wd)
        for k in net:
            velocity[k] = mu * velocity[k] - lr * grads[k]
            net[k] += velocity[k]
