# deeplearning.ai, course 1 week 2: logistic regression with a function propagate
import numpy as np
def sigmoid(z):
    s = 1 / (1 + np.exp(-z))
    return s
def propagate(w, b, X, Y):
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    cost = (-1 / m) * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    dw = (1 / m) * np.dot(X, (A - Y).T)
    db = (1 / m) * np.sum(A - Y)
    cost = np.squeeze(np.array(cost))
    grads = {"dw": dw, "db": db}
    return grads, cost
w = np.array([[1.0], [2.0]]); b = 1.5
X = np.array([[1.0, -2.0, -1.0], [3.0, 0.5, -3.2]])
Y = np.array([[1.0, 1.0, 0.0]])
grads, cost = propagate(w, b, X, Y)
