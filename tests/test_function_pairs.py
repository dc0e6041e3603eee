"""`f` and `df`, `cost` and `gradient`: functions that a file calls, of which one answers the gradient of the other."""

import textwrap

import pytest

from backprop_cli import BackpropError, check_code

PARABOLA = """
    def f(x): return (x-3)**2
    def df(x): return 2*(x-3)
    x = 0.0
    for i in range(5):
        x = x - 0.1*df(x)
    print(x, f(x))
"""
LINE = """
    import numpy as np
    def cost(W, b):
        return np.mean((X@W+b-y)**2)
    def gradient(W, b):
        r = X@W+b-y
        dW = 2*X.T@r/len(y)
        db = 2*r.mean()
        return dW, db
    X = np.arange(6.).reshape(3,2); y = np.array([1.,2,4])
    W = np.array([.1,.2]); b = .3
    for i in range(3):
        print(cost(W, b))
        dW, db = gradient(W, b)
        W = W - .01*dW; b = b - .01*db
"""
RESIDUAL = """
    def J(w,b): return (w*2+b-3)**2
    def dJ(w,b):
        e = w*2+b-3
        return 4*e, 2*e
    w, b = 0.5, 0.1
    for i in range(10):
        gw, gb = dJ(w, b)
        w -= 0.01*gw
        b -= 0.01*gb
"""
LEAST_SQUARES = """
    import numpy as np
    X = np.array([[1, 1.], [1, 2], [1, 3]]); y = np.array([1., 2., 2.5])
    def cost(theta):
        return np.mean((X@theta - y)**2)/2
    def gradient(theta):
        return X.T@(X@theta - y)/len(y)
    theta = np.zeros(2)
    for it in range(100):
        theta -= 0.1*gradient(theta)
    print(cost(theta))
"""
# Zeros at first, and helpers; the function that descends takes the others' names.
COURSE = """
    import numpy as np
    X = np.array([[1., 2], [3, -1], [0.5, 1], [2, 2]]); y = np.array([1., 2, 0, -1])
    def predict(X, w, b): return X@w + b
    def compute_gradient(X, y, w, b):
        error = predict(X, w, b) - y
        dj_dw = X.T @ error/len(y)
        dj_db = np.mean(error)
        return dj_dw, dj_db
    def compute_cost(X, y, w, b):
        return np.mean((predict(X, w, b) - y)**2)/2
    def gradient_descent(X, y, w, b, alpha, n):
        J = []
        for it in range(n):
            dj_dw, dj_db = compute_gradient(X, y, w, b)
            w = w - alpha*dj_dw; b = b - alpha*dj_db
            J.append(compute_cost(X, y, w, b))
        return w, b, J
    w, b, J = gradient_descent(X, y, np.zeros(2), 0., 0.1, 100)
"""
MAIN = """
    def f(x, y):
        return x**2 + 3*y**2
    def grad_f(x, y):
        return 2*x, 6*y
    def main():
        x, y = 1.0, 2.0
        for i in range(10):
            gx, gy = grad_f(x, y)
            x, y = x - 0.1*gx, y - 0.1*gy
        print(x, y, f(x, y))
    if __name__ == "__main__":
        main()
"""
LAMBDAS = """
    import numpy as np
    f = lambda x: (x-3)**2 + np.sin(x)
    f_prime = lambda x: 2*(x-3) + np.cos(x)
    x = 0.0
    for i in range(5):
        x = x - 0.1*f_prime(x)
"""
OTHER_NAMES = """
    import numpy as np
    A = np.array([[3., 1], [1, 2]]); c = np.array([1., 1])
    def objective(x):
        return 0.5*x@A@x - c@x
    def jac(point):
        return A@point - c
    x = np.zeros(2)
    while np.linalg.norm(jac(x)) > 1e-6:
        x -= 0.1*jac(x)
"""
MORE_ARGUMENTS = """
    import numpy as np
    X = np.array([[1., 2], [3, -1], [0.5, 1]]); y = np.array([1., 2, 0])
    def loss_function(X, y, theta):
        return np.mean((X@theta - y)**2)
    def loss_gradient(theta):
        return 2*X.T@(X@theta - y)/len(y)
    theta = np.zeros(2)
    for it in range(5):
        theta -= 0.1*loss_gradient(theta)
        print(loss_function(X, y, theta))
"""
# Each with the names that are judged, a mistake in it, and the line of that.
PAIRS = [
    (PARABOLA, {"dx": "f"}, ("2*(x-3)", "2*(x+3)"), 2),
    (LINE, {"dW": "cost", "db": "cost"}, ("2*X.T@r", "X.T@r"), 6),
    (RESIDUAL, {"dw": "J", "db": "J"}, ("4*e", "2*e"), 4),
    (LEAST_SQUARES, {"dtheta": "cost"}, ("/len(y)", ""), 6),
    (COURSE, {"dj_dw": "compute_cost", "dj_db": "compute_cost"}, ("np.mean(error)", "np.sum(error)"), 7),
    (MAIN, {"dx": "f", "dy": "f"}, ("6*y", "3*y"), 4),
    (LAMBDAS, {"dx": "f"}, ("+ np.cos", "- np.cos"), 3),
    (OTHER_NAMES, {"dx": "objective"}, ("A@point - c", "A@point + c"), 6),
    (MORE_ARGUMENTS, {"dtheta": "loss_function"}, ("return 2*X.T", "return X.T"), 6),
]


@pytest.fixture
def check(tmp_path):
    def check(text, change=("", ""), **options):
        changed = textwrap.dedent(text).lstrip().replace(*change)
        assert change == ("", "") or changed != textwrap.dedent(text).lstrip()
        (tmp_path / "net.py").write_text(changed, encoding="utf-8")
        return check_code(str(tmp_path / "net.py"), **options)

    return check


@pytest.mark.parametrize(("text", "goals", "change", "line"), PAIRS)
def test_each_call_of_a_gradient_is_judged_at_its_own_arguments(text, goals, change, line, check):
    right, wrong = check(text), check(text, change)
    assert right.ok and {one.name: one.goal for one in right.results} == goals
    assert (wrong.status, wrong.first_wrong.line) == (1, line)


def test_a_gradient_is_judged_at_more_than_one_call(check):
    text = PARABOLA.replace("2*(x-3)", "2*(x-3) + x*(x-0.6)")  # right at 0 and at 0.6
    assert not check(text).ok


def test_functions_of_any_names_are_named(check):
    text = PARABOLA.replace("df", "slope")
    assert check(text, forward="f", backward="slope").ok
    assert check(text, ("2*(x-3)", "3*(x-3)"), forward="f", backward="slope").status == 1


@pytest.mark.parametrize("text", [
    LINE.replace("gradient", "directions"),
    RESIDUAL.replace("dJ", "updates"),
    PARABOLA.replace("df", "slope"),
])  # fmt: skip
def test_what_is_differentiated_is_asked_for_and_not_guessed(text, check):
    with pytest.raises(BackpropError) as caught:
        check(text)
    assert caught.value.diagnostics[0].code == "N216" and "--forward" in caught.value.diagnostics[0].help


def test_a_slope_that_is_a_function_of_the_output_is_not_accused(check):
    text = """
        from math import exp
        def sigmoid(x): return 1/(1+exp(-x))
        def sigmoid_derivative(x): return x*(1-x)
        w = 0.5
        for i in range(10):
            out = sigmoid(w)
            w -= (out - 1)*sigmoid_derivative(out)
    """
    with pytest.raises(BackpropError):
        check(text)


def test_a_cost_of_predictions_is_judged_in_the_loop_that_calls_it(check):
    text = """
        import numpy as np
        X = np.array([[1., 2], [3, -1], [0.5, 1]]); y = np.array([1., 2, 0])
        def compute_cost(y_pred, y):
            return np.mean((y_pred - y)**2)/2
        def compute_gradient(X, y, y_pred):
            dw = X.T @ (y_pred - y)/len(y)
            db = np.mean(y_pred - y)
            return dw, db
        w = np.zeros(2); b = 0.0
        for it in range(20):
            y_pred = X@w + b
            c = compute_cost(y_pred, y)
            dw, db = compute_gradient(X, y, y_pred)
            w -= 0.1*dw; b -= 0.1*db
    """
    assert check(text).ok and check(text, ("/len(y)", "")).first_wrong.name == "dw"
