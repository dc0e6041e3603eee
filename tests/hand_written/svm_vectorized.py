# CS231n assignment 1: multiclass SVM without loops
import numpy as np
def svm_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins) / num_train
    loss += reg * np.sum(W * W)
    mask = (margins > 0).astype(float)
    mask[np.arange(num_train), y] = -np.sum(mask, axis=1)
    dW = X.T.dot(mask) / num_train
    dW += 2 * reg * W
    return loss, dW
np.random.seed(1)
X = np.random.randn(8, 5)
y = np.random.randint(4, size=8)
W = np.random.randn(5, 4) * 0.1
loss, dW = svm_loss_vectorized(W, X, y, 0.05)
