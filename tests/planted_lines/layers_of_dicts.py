import numpy as np

rng = np.random.default_rng(1)
layers = [{'W': rng.normal(size=(3, 5)), 'b': np.zeros(5)}, {'W': rng.normal(size=(5, 4)), 'b': np.zeros(4)},
          {'W': rng.normal(size=(4, 1)), 'b': np.zeros(1)}]
X = rng.normal(size=(10, 3))
Y = rng.normal(size=(10, 1))
a = X
for layer in layers:
    layer['x'] = a
    layer['z'] = a @ layer['W'] + layer['b']
    a = np.tanh(layer['z'])
loss = np.mean((a - Y) ** 2)
d = 2 * (a - Y) / len(X)  #~ d = 2 * (a - Y)  #~ d = (a - Y) / len(X)
for layer in reversed(layers):
    d = d * (1 - np.tanh(layer['z']) ** 2)  #~ d = d * (1 - np.tanh(layer['z']))
    layer['dW'] = layer['x'].T @ d  #~ layer['dW'] = -layer['x'].T @ d
    layer['db'] = d.sum(axis=0)
    d = d @ layer['W'].T
for layer in layers:
    layer['W'] -= 0.1 * layer['dW']
    layer['b'] -= 0.1 * layer['db']
