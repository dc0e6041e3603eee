import numpy as np


def compute_cost(X, y, w, b, lambda_=1):
    m = X.shape[0]
    f_wb = X @ w + b
    total_cost = np.sum((f_wb - y) ** 2) / (2 * m)
    reg_cost = lambda_ / (2 * m) * np.sum(w ** 2)
    return total_cost + reg_cost


def compute_gradient(X, y, w, b, lambda_=1):
    m = X.shape[0]
    dj_dw = np.zeros(w.shape)
    dj_db = 0.
    for i in range(m):
        err = np.dot(X[i], w) + b - y[i]
        for j in range(X.shape[1]):
            dj_dw[j] += err * X[i, j]  #~ dj_dw[j] = err * X[i, j]
        dj_db += err
    dj_dw = dj_dw / m
    dj_db = dj_db / m
    for j in range(X.shape[1]):
        dj_dw[j] = dj_dw[j] + (lambda_ / m) * w[j]  #~ dj_dw[j] = dj_dw[j] + lambda_ * w[j]  #~ dj_dw[j] = (lambda_ / m) * w[j]
    return dj_db, dj_dw


def gradient_descent(X, y, w, b, alpha, iters):
    J_history = []
    for i in range(iters):
        dj_db, dj_dw = compute_gradient(X, y, w, b)
        w = w - alpha * dj_dw
        b = b - alpha * dj_db
        J_history.append(compute_cost(X, y, w, b))
    return w, b, J_history


rng = np.random.default_rng(1)
X_train = rng.normal(size=(8, 3))
y_train = rng.normal(size=8)
w_final, b_final, hist = gradient_descent(X_train, y_train, rng.normal(size=3), 0.5, 0.1, 20)
