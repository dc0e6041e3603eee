# deeplearning.ai, course 1 week 3: one hidden layer of tanh, a sigmoid output
import numpy as np
def forward_propagation(X, parameters):
    W1 = parameters["W1"]; b1 = parameters["b1"]; W2 = parameters["W2"]; b2 = parameters["b2"]
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = 1 / (1 + np.exp(-Z2))
    cache = {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}
    return A2, cache
def compute_cost(A2, Y):
    m = Y.shape[1]
    logprobs = np.multiply(np.log(A2), Y) + np.multiply(np.log(1 - A2), 1 - Y)
    cost = -np.sum(logprobs) / m
    return float(cost)
def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    W1 = parameters["W1"]
    W2 = parameters["W2"]
    A1 = cache["A1"]
    A2 = cache["A2"]
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    grads = {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
    return grads
np.random.seed(2)
X = np.random.randn(2, 9)
Y = (np.random.rand(1, 9) > 0.4).astype(float)
parameters = {"W1": np.random.randn(4, 2), "b1": np.zeros((4, 1)), "W2": np.random.randn(1, 4), "b2": np.zeros((1, 1))}
for i in range(10):
    A2, cache = forward_propagation(X, parameters)
    cost = compute_cost(A2, Y)
    grads = backward_propagation(parameters, cache, X, Y)
    parameters["W1"] = parameters["W1"] - 1.2 * grads["dW1"]
    parameters["b1"] = parameters["b1"] - 1.2 * grads["db1"]
    parameters["W2"] = parameters["W2"] - 1.2 * grads["dW2"]
    parameters["b2"] = parameters["b2"] - 1.2 * grads["db2"]
