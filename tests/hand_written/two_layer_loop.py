# CS231n notes, neural-networks-case-study: one hidden layer, training loop
import numpy as np
np.random.seed(2)
N, D, K, h = 10, 2, 3, 8
X = np.random.randn(N * K, D)
y = np.arange(N * K) % K
W = 0.3 * np.random.randn(D, h)
b = np.zeros((1, h))
W2 = 0.3 * np.random.randn(h, K)
b2 = np.zeros((1, K))
reg = 1e-2
num_examples = X.shape[0]
for i in range(100):
    hidden_layer = np.maximum(0, np.dot(X, W) + b)
    scores = np.dot(hidden_layer, W2) + b2
    exp_scores = np.exp(scores)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    correct_logprobs = -np.log(probs[range(num_examples), y])
    data_loss = np.sum(correct_logprobs) / num_examples
    reg_loss = 0.5 * reg * np.sum(W * W) + 0.5 * reg * np.sum(W2 * W2)
    loss = data_loss + reg_loss
    dscores = probs
    dscores[range(num_examples), y] -= 1
    dscores /= num_examples
    dW2 = np.dot(hidden_layer.T, dscores)
    db2 = np.sum(dscores, axis=0, keepdims=True)
    dhidden = np.dot(dscores, W2.T)
    dhidden[hidden_layer <= 0] = 0
    dW = np.dot(X.T, dhidden)
    db = np.sum(dhidden, axis=0, keepdims=True)
    dW2 += reg * W2
    dW += reg * W
    W += -0.5 * dW
    b += -0.5 * db
    W2 += -0.5 * dW2
    b2 += -0.5 * db2
