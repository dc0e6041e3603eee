# one hidden layer of tanh with deltas, as tutorials write it
import numpy as np
np.random.seed(13)
X = np.random.randn(12, 2)
y = np.random.randint(2, size=12)
num_examples = len(X)
reg_lambda = 0.01
W1 = np.random.randn(2, 3) / np.sqrt(2)
b1 = np.zeros((1, 3))
W2 = np.random.randn(3, 2) / np.sqrt(3)
b2 = np.zeros((1, 2))
for i in range(0, 30):
    z1 = X.dot(W1) + b1
    a1 = np.tanh(z1)
    z2 = a1.dot(W2) + b2
    exp_scores = np.exp(z2)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    loss = -np.sum(np.log(probs[range(num_examples), y])) + reg_lambda / 2 * (np.sum(np.square(W1)) + np.sum(np.square(W2)))
    delta3 = probs
    delta3[range(num_examples), y] -= 1
    dW2 = (a1.T).dot(delta3)
    db2 = np.sum(delta3, axis=0, keepdims=True)
    delta2 = delta3.dot(W2.T) * (1 - np.power(a1, 2))
    dW1 = np.dot(X.T, delta2)
    db1 = np.sum(delta2, axis=0)
    dW2 += reg_lambda * W2
    dW1 += reg_lambda * W1
    W1 += -0.01 * dW1
    b1 += -0.01 * db1
    W2 += -0.01 * dW2
    b2 += -0.01 * db2
