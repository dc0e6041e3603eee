"""Gradients of a wrong shape, wherever their variable lives: none passes in silence, and the right ones agree."""

import textwrap

import pytest
from conftest import shell

from backprop_cli import check_code

DATA = """
    import numpy as np
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((5, 4)), rng.standard_normal((5, 3))
"""
ATTRIBUTES = (
    DATA
    + """
    class Net:
        def __init__(self):
            self.W, self.b = rng.standard_normal((4, 3)), np.zeros(3)
        def loss(self, X, Y):
            ds = X @ self.W + self.b - Y
            loss = 0.5 * np.sum(ds**2)
            self.dW = X.T @ ds
            self.db = ds.sum(axis=0)
            return loss
    loss = Net().loss(X, Y)
"""
)
PARAMETERS = (
    DATA
    + """
    class Net:
        def __init__(self):
            self.params = {"W": rng.standard_normal((4, 3)), "b": np.zeros(3)}
        def loss(self, X, Y):
            W, b = self.params["W"], self.params["b"]
            ds = X @ W + b - Y
            loss = 0.5 * np.sum(ds**2)
            grads = {}
            grads["W"] = X.T @ ds
            grads["b"] = ds.sum(axis=0)
            return loss, grads
    loss, grads = Net().loss(X, Y)
"""
)
LITERAL = PARAMETERS.replace("            grads = {}\n", "").replace(
    'grads["W"] = X.T @ ds\n            grads["b"] = ds.sum(axis=0)', 'grads = {"W": X.T @ ds, "b": ds.sum(axis=0)}'
)
LAYERS = (
    DATA
    + """
    class Affine:
        def __init__(self, n, m):
            self.W, self.b = rng.standard_normal((n, m)), np.zeros(m)
            self.dW, self.db = np.zeros_like(self.W), 0
        def forward(self, x):
            self.x = x
            return x @ self.W + self.b
        def backward(self, dout):
            self.dW = self.x.T @ dout
            self.db = dout.sum(axis=0)
            return dout @ self.W.T
    one, two = Affine(4, 6), Affine(6, 3)
    out = two.forward(np.tanh(one.forward(X)))
    loss = 0.5 * np.sum((out - Y)**2)
    dout = out - Y
    dh = two.backward(dout)
    dX = one.backward(dh * (1 - np.tanh(one.forward(X))**2))
"""
)
FUNCTIONS = (
    DATA
    + """
    def affine_forward(x, w, b):
        return x @ w + b, (x, w, b)
    def affine_backward(dout, cache):
        x, w, b = cache
        dx = dout @ w.T
        dw = x.T @ dout
        db = dout.sum(axis=0)
        return dx, dw, db
    class Net:
        def __init__(self):
            self.params = {"W1": rng.standard_normal((4, 3)), "b1": np.zeros(3)}
        def loss(self, X, Y):
            scores, cache = affine_forward(X, self.params["W1"], self.params["b1"])
            loss, grads = 0.5 * np.sum((scores - Y)**2), {}
            dscores = scores - Y
            dX, grads["W1"], grads["b1"] = affine_backward(dscores, cache)
            return loss, grads
    loss, grads = Net().loss(X, Y)
"""
)
INTEGER = (
    DATA
    + """
    y = np.array([[0.0, 1, 1, 0, 1]]).T
    def propagate(w, b):
        a = 1/(1 + np.exp(-(X @ w + b)))
        cost = -np.mean(y*np.log(a) + (1 - y)*np.log(1 - a))
        dz = (a - y)/5
        dw = X.T @ dz
        db = np.sum(dz)
        return {"dw": dw, "db": db}, cost
    grads, cost = propagate(np.zeros((4, 1)), 0)
"""
)


def checked(text, tmp_path):
    path = tmp_path / "net.py"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return check_code(str(path))


@pytest.mark.parametrize("text", [ATTRIBUTES, PARAMETERS, LITERAL, LAYERS, FUNCTIONS, INTEGER])
def test_the_right_shapes_agree(text, tmp_path):
    report = checked(text, tmp_path)
    assert report.ok and {one.verdict for one in report.results} == {"agrees"}


@pytest.mark.parametrize(("text", "right", "wrong", "name", "reason"), [
    (ATTRIBUTES, "X.T @ ds", "ds.T @ X", "self.dW", "(3, 4), and the variable (4, 3)"),
    (ATTRIBUTES, "ds.sum(axis=0)", "ds.sum(axis=1)", "self.db", "(5,), and the variable (3,)"),
    (ATTRIBUTES, "ds.sum(axis=0)", "ds.sum()", "self.db", "(), and the variable (3,)"),
    (PARAMETERS, "X.T @ ds", "ds.T @ X", "grads['W']", "(3, 4), and the variable (4, 3)"),
    (PARAMETERS, "ds.sum(axis=0)", "ds.sum(axis=1)", "grads['b']", "(5,), and the variable (3,)"),
    (PARAMETERS, "ds.sum(axis=0)", "ds.sum()", "grads['b']", "(), and the variable (3,)"),
    (LITERAL, "X.T @ ds", "ds.T @ X", "grads['W']", "(3, 4), and the variable (4, 3)"),
    (LITERAL, "ds.sum(axis=0)", "ds.sum(axis=1)", "grads['b']", "(5,), and the variable (3,)"),
    (LAYERS, "self.x.T @ dout", "dout.T @ self.x", "self.dW", "(3, 6), and the variable (6, 3)"),
    (LAYERS, "dout.sum(axis=0)", "dout.sum(axis=1)", "self.db", "(5,), and the variable (3,)"),
    (LAYERS, "dout.sum(axis=0)", "dout.sum()", "self.db", "(), and the variable (3,)"),
    (FUNCTIONS, "dout.sum(axis=0)", "dout.sum(axis=1)", "db", "(5,), and the variable (3,)"),
    (FUNCTIONS, "dout.sum(axis=0)", "dout.sum()", "db", "(), and the variable (3,)"),
    (FUNCTIONS, "x.T @ dout", "dout.T @ x", "dw", "(3, 4), and the variable (4, 3)"),
    (INTEGER, "np.sum(dz)", "np.sum(dz, axis=1)", "db", "(5,), and the variable ()"),
])  # fmt: skip
def test_a_wrong_shape_is_a_mistake_wherever_the_variable_lives(text, right, wrong, name, reason, tmp_path):
    assert text.count(right) == 1
    report = checked(text.replace(right, wrong), tmp_path)
    first = next(one for one in report.results if one.verdict == "differs")
    assert (report.status, first.name, report.first_wrong.name) == (1, name, name)
    assert first.reason == f"it has the shape {reason}"


def test_what_a_function_begins_with_is_no_gradient(tmp_path):
    names = [one.function for one in checked(LAYERS, tmp_path).results]
    assert "backward" in names and "__init__" not in names


# -- wherever people put them -----------------------------------------------------------------------------------

# The forward pass makes `s`; what is assigned are X.T @ ds and ds.sum(axis=0).
FORMS = {
    "dataclass": """
        from dataclasses import dataclass
        @dataclass
        class P:
            W: np.ndarray
            b: np.ndarray
            dW: np.ndarray = None
            db: np.ndarray = None
        p = P(rng.standard_normal((4, 3)), np.zeros(3))
        ds = X @ p.W + p.b - Y
        loss = 0.5*np.sum(ds**2)
        p.dW = X.T @ ds
        p.db = ds.sum(axis=0)
    """,
    "frozen": """
        from dataclasses import dataclass
        @dataclass(frozen=True)
        class P:
            W: np.ndarray
            b: np.ndarray
        def gradients(p):
            ds = X @ p.W + p.b - Y
            loss = 0.5*np.sum(ds**2)
            return loss, P(X.T @ ds, ds.sum(axis=0))
        p = P(rng.standard_normal((4, 3)), np.zeros(3))
        loss, grads = gradients(p)
    """,
    "namedtuple": """
        from collections import namedtuple
        P, G = namedtuple("P", "W b"), namedtuple("G", "dW db")
        p = P(rng.standard_normal((4, 3)), np.zeros(3))
        def gradients(p):
            ds = X @ p.W + p.b - Y
            loss = 0.5*np.sum(ds**2)
            return loss, G(X.T @ ds, ds.sum(axis=0))
        loss, g = gradients(p)
    """,
    "namespace": """
        from types import SimpleNamespace
        p, grads = SimpleNamespace(W=rng.standard_normal((4, 3)), b=np.zeros(3)), SimpleNamespace()
        ds = X @ p.W + p.b - Y
        loss = 0.5*np.sum(ds**2)
        grads.W = X.T @ ds
        grads.b = ds.sum(axis=0)
    """,
    "attribute": """
        class Parameter:
            def __init__(self, data):
                self.data, self.grad = data, np.zeros_like(data)
        class Layer:
            def __init__(self):
                self.W, self.b = Parameter(rng.standard_normal((4, 3))), Parameter(np.zeros(3))
            def forward(self, X):
                self.X = X
                return X @ self.W.data + self.b.data
            def backward(self, ds):
                X = self.X
                self.W.grad = X.T @ ds
                self.b.grad = ds.sum(axis=0)
        layer = Layer()
        s = layer.forward(X)
        loss = 0.5*np.sum((s - Y)**2)
        layer.backward(s - Y)
    """,
    "setattr": """
        class Net:
            def __init__(self):
                self.W, self.b = rng.standard_normal((4, 3)), np.zeros(3)
            def step(self):
                ds = X @ self.W + self.b - Y
                loss = 0.5*np.sum(ds**2)
                setattr(self, "dW", X.T @ ds)
                setattr(self, "db", ds.sum(axis=0))
                return loss
        loss = Net().step()
    """,
    "update": """
        p, grads = dict(W=rng.standard_normal((4, 3)), b=np.zeros(3)), {}
        def step(p):
            ds = X @ p["W"] + p["b"] - Y
            loss = 0.5*np.sum(ds**2)
            grads.update(W=X.T @ ds)
            grads.update({"b": ds.sum(axis=0)})
            return loss
        loss = step(p)
    """,
    "walrus": """
        W, b = rng.standard_normal((4, 3)), np.zeros(3)
        ds = X @ W + b - Y
        loss = 0.5*np.sum(ds**2)
        print((dW := X.T @ ds), (db := ds.sum(axis=0)))
    """,
    "annotated": """
        class Net:
            def __init__(self):
                self.W: np.ndarray = rng.standard_normal((4, 3))
                self.b: np.ndarray = np.zeros(3)
            def step(self):
                ds = X @ self.W + self.b - Y
                loss: float = 0.5*np.sum(ds**2)
                self.dW: np.ndarray = X.T @ ds
                self.db: np.ndarray = ds.sum(axis=0)
                return loss
        loss = Net().step()
    """,
    "nested": """
        p = {"layer1": {"W": rng.standard_normal((4, 3)), "b": np.zeros(3)}}
        def step(p):
            ds = X @ p["layer1"]["W"] + p["layer1"]["b"] - Y
            loss = 0.5*np.sum(ds**2)
            grads = {"layer1": {}}
            grads["layer1"]["W"] = X.T @ ds
            grads["layer1"]["b"] = ds.sum(axis=0)
            return loss, grads
        loss, grads = step(p)
    """,
    "tuple keys": """
        params = {("W", 1): rng.standard_normal((4, 3)), ("b", 1): np.zeros(3)}
        ds = X @ params["W", 1] + params["b", 1] - Y
        loss = 0.5*np.sum(ds**2)
        grads = {}
        grads["W", 1] = X.T @ ds
        grads["b", 1] = ds.sum(axis=0)
    """,
    "list": """
        params = [rng.standard_normal((4, 3)), np.zeros(3)]
        ds = X @ params[0] + params[1] - Y
        loss = 0.5*np.sum(ds**2)
        grads = [X.T @ ds, ds.sum(axis=0)]
    """,
    "names of keys": """
        params, i = {"W1": rng.standard_normal((4, 3)), "b1": np.zeros(3)}, 1
        def step(params):
            ds = X @ params[f"W{i}"] + params[f"b{i}"] - Y
            loss = 0.5*np.sum(ds**2)
            grads = {}
            grads[f"W{i}"] = X.T @ ds
            grads[f"b{i}"] = ds.sum(axis=0)
            return loss, grads
        loss, grads = step(params)
    """,
    "returned": """
        class Net:
            def __init__(self):
                self.W1, self.b1 = rng.standard_normal((4, 3)), np.zeros(3)
            def step(self):
                ds = X @ self.W1 + self.b1 - Y
                return 0.5*np.sum(ds**2), {"W1": X.T @ ds, "b1": ds.sum(axis=0)}
        loss, grads = Net().step()
    """,
    "into zeros": """
        W, b = rng.standard_normal((4, 3)), np.zeros(3)
        grads = {"W": np.zeros_like(W), "b": np.zeros_like(b)}
        def step(W, b):
            ds = X @ W + b - Y
            loss = 0.5*np.sum(ds**2)
            grads["W"][:] = X.T @ ds
            grads["b"][...] = ds.sum(axis=0)
            return loss
        loss = step(W, b)
    """,
}


@pytest.mark.parametrize("form", FORMS)
def test_gradients_are_found_wherever_people_put_them(form, tmp_path):
    text = textwrap.dedent(DATA) + textwrap.dedent(FORMS[form])
    report = checked(text, tmp_path)
    assert report.ok and len(report.results) > 1 and {one.verdict for one in report.results} == {"agrees"}
    for right, wrong in [("X.T @ ds", "2*X.T @ ds"), ("X.T @ ds", "ds.T @ X"), ("ds.sum(axis=0)", "ds.sum(axis=1)")]:
        assert text.count(right) == 1
        if (form, wrong[:2]) != ("into zeros", "ds"):  # NumPy itself refuses to write that
            assert checked(text.replace(right, wrong), tmp_path).status == 1


@pytest.mark.parametrize(("last", "name"), [
    ("grads = []; grads.append(X.T @ ds)", "grads[0]"),
    ("grads = [X.T @ ds]", "grads[0]"),
    ("dweights = X.T @ ds", "dweights"),
    ("V.grad = X.T @ ds", "V.grad"),
])  # fmt: skip
def test_a_gradient_of_no_variable_is_no_success_unless_what_is_right_is_computed_from_it(last, name, tmp_path):
    text = f"""{DATA}
    class V: pass
    W = rng.standard_normal((4, 3))
    s = X @ W
    loss = 0.5*np.sum((s - Y)**2)
    ds = s - Y
    {last}
    """
    report = checked(text, tmp_path)
    assert report.status == 4
    assert report.remarks == (f"not judged, for no variable was found whose gradient it may be: `{name}`",)
    assert checked(f"{text}dW = 1*{name}\n", tmp_path).ok


# -- elements of arrays and lists -------------------------------------------------------------------------------

ROWS = (
    DATA
    + """
    w = rng.standard_normal(4)
    loss = np.sum(np.tanh(X @ w))
    dxs = []
    for k in range(5):
        dxs.append((1 - np.tanh(xs[k] @ w)**2) * w)
    dw = sum((1 - np.tanh(x @ w)**2) * x for x in xs)
"""
)
ROWS = ROWS.replace("w = rng", "xs = X\n    w = rng").replace("X @ w", "xs @ w")


@pytest.mark.parametrize(("right", "wrong", "status", "verdict"), [
    ("", "", 0, "agrees"),
    ("* w)\n    dw", "* w[:3])\n    dw", 4, "cannot decide"),
    ("* w)\n    dw", "* 2 * w)\n    dw", 4, "cannot decide"),
])  # fmt: skip
def test_rows_of_an_array_are_judged_one_by_one(right, wrong, status, verdict, tmp_path):
    report = checked(ROWS.replace(right, wrong), tmp_path)
    assert report.status == status
    assert [one.verdict for one in report.results if one.name.startswith("dxs")] == [verdict] * 5


def test_what_cannot_be_matched_is_said_and_is_no_success(tmp_path):
    text = textwrap.dedent(ROWS).replace("* w)\ndw", "* w[:3])\ndw")
    (tmp_path / "net.py").write_text(text, encoding="utf-8")
    result = shell("backprop check net.py --width 120", tmp_path)
    assert result.status == 4
    assert "it has the shape (3,), which no variable of that name has: one is (5, 4)" in result.out
