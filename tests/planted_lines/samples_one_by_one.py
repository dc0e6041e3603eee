import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(6, 3)); y = rng.normal(size=6); w = rng.normal(size=3); b = 0.3
for epoch in range(5):
    dw = np.zeros(3)
    db = 0.0
    cost = 0.0
    for i in range(6):
        err = X[i] @ w + b - y[i]
        cost += err**2/12
        dw += err*X[i]/6  #~ dw += err*X[i]
        db += err/6  #~ db = err/6
    w = w - 0.1*dw
    b = b - 0.1*db
