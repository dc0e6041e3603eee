import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_gradient(z):
    return sigmoid(z) * (1 - sigmoid(z))  #~ return sigmoid(z) * (1 + sigmoid(z))


def nn_cost_function(nn_params, input_size, hidden_size, num_labels, X, y, lam):
    m = X.shape[0]
    Theta1 = nn_params[:hidden_size * (input_size + 1)].reshape(hidden_size, input_size + 1)
    Theta2 = nn_params[hidden_size * (input_size + 1):].reshape(num_labels, hidden_size + 1)
    a1 = np.hstack([np.ones((m, 1)), X])
    z2 = a1 @ Theta1.T
    a2 = np.hstack([np.ones((m, 1)), sigmoid(z2)])
    z3 = a2 @ Theta2.T
    h = sigmoid(z3)
    Y = np.eye(num_labels)[y]
    J = -np.sum(Y * np.log(h) + (1 - Y) * np.log(1 - h)) / m
    J = J + lam / (2 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))
    Theta1_grad = np.zeros(Theta1.shape)
    Theta2_grad = np.zeros(Theta2.shape)
    for t in range(m):
        d3 = (h[t] - Y[t])[:, None]  #~ d3 = (Y[t] - h[t])[:, None]
        d2 = (Theta2.T @ d3)[1:] * sigmoid_gradient(z2[t])[:, None]
        Theta1_grad += d2 @ a1[t][None, :]  #~ Theta1_grad = d2 @ a1[t][None, :]
        Theta2_grad += d3 @ a2[t][None, :]
    Theta1_grad /= m
    Theta2_grad /= m
    Theta1_grad[:, 1:] += lam / m * Theta1[:, 1:]  #~ Theta1_grad += lam / m * Theta1
    Theta2_grad[:, 1:] += lam / m * Theta2[:, 1:]
    grad = np.concatenate([Theta1_grad.ravel(), Theta2_grad.ravel()])
    return J, grad


rng = np.random.RandomState(0)
nn_params = rng.randn(5 * 4 + 3 * 6) * 0.3
X = rng.randn(7, 3)
y = np.array([0, 1, 2, 0, 1, 2, 1])
J, grad = nn_cost_function(nn_params, 3, 5, 3, X, y, 1.0)
