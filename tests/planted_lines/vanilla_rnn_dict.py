import numpy as np

data = "hello hello world"
chars = sorted(set(data))
ix = {c: i for i, c in enumerate(chars)}
V, H = len(chars), 6
np.random.seed(0)
params = {
    'Wxh': np.random.randn(H, V) * 0.3,
    'Whh': np.random.randn(H, H) * 0.3,
    'Why': np.random.randn(V, H) * 0.3,
    'bh': np.zeros((H, 1)),
    'by': np.zeros((V, 1)),
}


def forward(params, inputs, targets, hprev):
    xs, hs, ps = {}, {-1: hprev}, {}
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((V, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(params['Wxh'] @ xs[t] + params['Whh'] @ hs[t - 1] + params['bh'])
        y = params['Why'] @ hs[t] + params['by']
        ps[t] = np.exp(y) / np.sum(np.exp(y))
        loss += -np.log(ps[t][targets[t], 0])
    return loss, (xs, hs, ps)


def backward(params, cache, targets):
    xs, hs, ps = cache
    grads = {k: np.zeros_like(v) for k, v in params.items()}
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(targets))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1  #~ dy[targets[t]] += 1  #~ DEL
        grads['Why'] += dy @ hs[t].T  #~ grads['Why'] = dy @ hs[t].T  #~ grads['Why'] += dy @ hs[t - 1].T
        grads['by'] += dy
        dh = params['Why'].T @ dy + dhnext
        draw = (1 - hs[t] ** 2) * dh
        grads['bh'] += draw
        grads['Wxh'] += draw @ xs[t].T
        grads['Whh'] += draw @ hs[t - 1].T
        dhnext = params['Whh'].T @ draw
    return grads


inputs = [ix[c] for c in data[:8]]
targets = [ix[c] for c in data[1:9]]
memory = {k: np.zeros_like(v) for k, v in params.items()}
for n in range(3):
    loss, cache = forward(params, inputs, targets, np.zeros((H, 1)))
    grads = backward(params, cache, targets)
    for k in params:
        np.clip(grads[k], -5, 5, out=grads[k])
        memory[k] += grads[k] ** 2
        params[k] -= 0.1 * grads[k] / np.sqrt(memory[k] + 1e-8)
