# CS231n assignment 1: multiclass SVM with loops
import numpy as np
def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    num_classes = W.shape[1]
    num_train = X.shape[0]
    loss = 0.0
    for i in range(num_train):
        scores = X[i].dot(W)
        correct_class_score = scores[y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - correct_class_score + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss /= num_train
    dW /= num_train
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W
    return loss, dW
np.random.seed(0)
X = np.random.randn(9, 5)
y = np.random.randint(4, size=9)
W = np.random.randn(5, 4) * 0.1
loss, grad = svm_loss_naive(W, X, y, 0.1)
print("loss:", loss)
