"""`backprop check FILE.py`: the gradients that unchanged Python assigns, against the loss it computes."""

import json
import textwrap
from importlib.resources import files

import jsonschema
import pytest
from conftest import backprop, shell

from backprop_cli import BackpropError, check_code
from backprop_cli.user_code.examine import examine
from backprop_cli.user_code.script import Script

NET = """
    import numpy as np
    rng = np.random.default_rng(0)
    N, D, H, C = 5, 4, 6, 3
    X = rng.standard_normal((N, D))
    y = np.array([0, 1, 2, 1, 0])
    W1 = rng.standard_normal((D, H)) * 0.5
    b1 = np.zeros(H)
    W2 = rng.standard_normal((H, C)) * 0.5
    b2 = np.zeros(C)
    reg = 0.1
    for step in range(3):
        h = X @ W1 + b1
        h[h < 0] = 0
        scores = h @ W2 + b2
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        probs = e / e.sum(axis=1, keepdims=True)
        loss = -np.log(probs[range(N), y]).mean()
        loss += 0.5 * reg * np.sum(W1 * W1) + 0.5 * reg * np.sum(W2 * W2)
        print(loss)
        dscores = probs.copy()
        dscores[range(N), y] -= 1
        dscores /= N
        dW2 = h.T @ dscores + reg * W2
        db2 = dscores.sum(axis=0)
        dh = dscores @ W2.T
        dh[h <= 0] = 0
        dW1 = X.T @ dh + reg * W1
        db1 = dh.sum(axis=0)
        W1 -= 0.1 * dW1
        W2 -= 0.1 * dW2
"""
CIRCUIT = """
    x = -2; y = 5; z = -4
    q = x + y
    f = q * z
    dfdz = q
    dfdq = z
    dqdx = 1.0
    dqdy = 1.0
    dfdx = dfdq * dqdx
    dfdy = dfdq * dqdy
"""


def verdicts(text, change=("", "")):
    changed = textwrap.dedent(text).replace(*change)
    assert change == ("", "") or changed != textwrap.dedent(text)
    return {one.text: one.verdict for one in examine(Script("net.py", changed)).findings}


@pytest.mark.parametrize(("text", "names"), [
    (NET, "dscores dW2 db2 dh dW1 db1"),
    (CIRCUIT, "dfdz dfdq dqdx dqdy dfdx dfdy"),
])  # fmt: skip
def test_what_is_right_agrees(text, names):
    assert verdicts(text) == dict.fromkeys(names.split(), "agrees")


@pytest.mark.parametrize(("text", "change", "wrong"), [
    (NET, ("dscores.sum(axis=0)", "dscores.mean(axis=0)"), {"db2"}),
    (NET, ("dW2 = h.T @ dscores + reg * W2", "dW2 = h.T @ dscores"), {"dW2"}),
    (NET, ("    dh[h <= 0] = 0\n", ""), {"dW1", "db1"}),
    (CIRCUIT, ("dfdz = q", "dfdz = x"), {"dfdz"}),
])  # fmt: skip
def test_what_is_wrong_differs(text, change, wrong):
    found = verdicts(text, change)
    assert {name for name, verdict in found.items() if verdict == "differs"} == wrong


@pytest.mark.parametrize(("change", "line", "mistake"), [
    (("dscores[range(N), y] -= 1", "dscores[range(N), y] += 1"), 22, "sign"),
    (("    dscores /= N\n", ""), 22, "not divided"),
    (("dscores.sum(axis=0)", "dscores.mean(axis=0)"), 25, "mean"),
    (("dh = dscores @ W2.T", "dh = dscores @ W2.T * 2"), 26, "extra factor"),
    (("dW1 = X.T @ dh + reg * W1", "dW1 = X.T @ dh"), 28, "term"),
    (("dW1 = X.T @ dh + reg", "dW1 = X.T @ dh - reg"), 28, "sign"),
])  # fmt: skip
def test_the_mistake_is_found_and_named(change, line, mistake):
    text = textwrap.dedent(NET).replace(*change)
    wrong = [one for one in examine(Script("net.py", text)).findings if one.verdict == "differs"]
    assert (wrong[0].wrong_line, wrong[0].mistake.name) == (line, mistake)
    assert all(one.inherits == wrong[0].text for one in wrong[1:])


ZEROS = """
    import numpy as np
    rng = np.random.default_rng(0)
    X = rng.standard_normal((5, 3)); y = np.array([0, 1, 2, 1, 0])
    params = {"W": np.zeros((3, 3)), "b": np.zeros(3)}
    reg, t = 0.1, 0.0
    scores = X @ params["W"] + params["b"] + t * t
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(5), y]).mean() + 0.5 * reg * np.sum(params["W"] * params["W"]) + t * t
    dscores = p.copy()
    dscores[np.arange(5), y] -= 1
    dscores /= 5
    grads = {}
    grads["W"] = X.T @ dscores + reg * params["W"]
    grads["b"] = dscores.sum(axis=0)
    dt = 2 * t
"""


@pytest.mark.parametrize(("change", "wrong"), [
    (("", ""), set()),
    (("+ reg * params", "+ 2 * reg * params"), {"grads['W']"}),
    (('dscores + reg * params["W"]', "dscores"), {"grads['W']"}),
    (('grads["b"] = dscores.sum(axis=0)', 'grads["b"] = dscores.sum(axis=0) + reg * params["b"]'), {"grads['b']"}),
    (("dt = 2 * t", "dt = 3 * t"), {"dt"}),
])  # fmt: skip
def test_what_zeros_hide_is_found_with_small_numbers_in_their_place(change, wrong):
    found = examine(Script("net.py", textwrap.dedent(ZEROS).replace(*change)))
    assert {one.text for one in found.findings if one.verdict == "differs"} == wrong
    assert [dict(remark.words)["text"] for remark in found.remarks if remark.kind == "hidden"] == sorted(wrong)


def test_an_array_of_zeros_with_several_names_is_moved_once():
    text = """
        import numpy as np
        X = np.arange(6.0).reshape(3, 2)

        def forward(W):
            return np.tanh(X @ W).sum() + 0.05 * np.sum(W * W)

        def backward(W):
            dW = X.T @ (1 - np.tanh(X @ W) ** 2) + 0.1 * W
            return dW

        V = np.zeros(2)
        loss = forward(V)
        dV = backward(V)
    """
    assert set(verdicts(text).values()) == {"agrees"}
    assert "differs" in verdicts(text, ("0.1 * W", "0.2 * W")).values()


FUNCTIONS = """
    import numpy as np

    def batchnorm_forward(x, gamma, beta, eps=1e-5):
        std = np.sqrt(x.var(axis=0) + eps)
        x_hat = (x - x.mean(axis=0)) / std
        out = gamma * x_hat + beta
        return out, (x_hat, gamma, std)

    def batchnorm_backward(dout, cache):
        x_hat, gamma, std = cache
        dx_hat = dout * gamma
        dx = (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std
        return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)
"""


def test_functions_that_the_file_does_not_call_are_called(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "norm.py").write_text(textwrap.dedent(FUNCTIONS))
    values = {"x": "randn(5, 3)", "gamma": "randn(3)", "beta": [1.0, 2.0, 3.0]}
    report = check_code("norm.py", **values)
    assert report.ok and [result.name for result in report.results] == ["dx_hat", "dx", "dgamma", "dbeta"]
    assert {result.line for result in report.results} == {12, 13, 14}
    named = check_code("norm.py", forward="batchnorm_forward", backward="batchnorm_backward", **values)
    assert named == report
    without = check_code("norm.py")
    assert without.ok and [result.line for result in without.results] == [result.line for result in report.results]
    assert without.remarks == ("`batchnorm_forward` is called with x=randn(4,3) gamma=randn(3) beta=randn(3)",)


def test_without_a_loss_the_upstream_gradient_that_is_given_makes_one():
    text = """
        import numpy as np
        from functools import reduce
        x = np.random.randn(4, 3)
        w = np.random.randn(3, 2)
        dout = np.random.randn(4, 2)
        out = np.tanh(x @ w)
        dz = dout * (1 - out ** 2)
        dx = dz @ w.T
        dw = x.T @ dout
    """
    found = examine(Script("layer.py", textwrap.dedent(text)))
    assert [(one.text, one.verdict) for one in found.findings] == [("dx", "agrees"), ("dw", "differs")]
    assert found.losses[0].name == "sum(out*dout)"


CELLS = [
    [
        "%matplotlib inline\n",
        "import numpy as np\n",
        "!pip list\n",
        "x = np.arange(6.0).reshape(3, 2)\n",
        "w = np.ones(2)",
    ],
    ["p = x @ w\n", "loss = (p**2).mean()\n", "print(loss)"],
    ["dp = 2*p/len(p)\n", "dw = x @ dp[:2]"],
]


def test_a_notebook_is_its_code_cells(tmp_path):
    cells = [{"cell_type": "markdown", "source": ["text"]}]
    cells += [{"cell_type": "code", "source": source} for source in CELLS]
    path = tmp_path / "net.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}))
    report = check_code(str(path))
    assert [(one.name, one.cell, one.line, one.verdict) for one in report.results] == [
        ("dp", 3, 1, "agrees"), ("dw", 3, 2, "differs"),
    ]  # fmt: skip
    assert report.first_wrong.place == "cell 3, line 2"
    assert report.remarks[0] == "cell 1, lines 1 and 3 are no Python and were left out"
    annotated = backprop("check", str(path), "--format", "github").out
    assert "ipynb,title=dw%2C cell 3%2C line 2::dw is not dloss/dw" in annotated and ",line=" not in annotated


def test_nothing_of_the_run_is_seen_or_stays(tmp_path, capsys):
    import random
    import sys

    import numpy as np

    path = tmp_path / "net.py"
    lines = ["import sys, random, numpy as np", "print('out')", "print('err', file=sys.stderr)", "sys.argv.append('x')"]
    path.write_text("\n".join([*lines, "w = random.random() + np.random.rand()", "loss = w*w", "dw = 2*w"]))
    before = sys.argv[:], sys.path[:], random.getstate(), np.random.get_state()[1].tolist()
    assert check_code(str(path)).ok and capsys.readouterr() == ("", "")
    assert before == (sys.argv, sys.path, random.getstate(), np.random.get_state()[1].tolist())


@pytest.mark.parametrize("generator", ["np.random", "np.random.default_rng()", "np.random.RandomState(3)"])
def test_random_numbers_are_frozen(generator):
    text = f"import numpy as np\nrng = {generator}\nw = np.ones(5)\nmask = rng.normal(size=5)\n"
    text += "h = w * mask\nnoise = rng.normal(size=5)\nloss = (h * noise).sum()\ndh = noise\ndw = dh * mask\n"
    first, second = (examine(Script("net.py", text)) for _ in range(2))
    assert [one.verdict for one in first.findings] == ["agrees", "agrees"] and first == second


def test_a_convention_is_named_and_not_accused():
    text = "import numpy as np\nX = np.eye(3, 4) + 0.5\nw = np.ones((1, 3))\nm = 4\nY = np.array([[0, 1, 1, 0]])\n"
    text += "Z = w @ X\nA = 1 / (1 + np.exp(-Z))\ncost = -np.sum(Y*np.log(A) + (1 - Y)*np.log(1 - A)) / m\n"
    text += "dZ = A - Y\ndw = dZ @ X.T / m\n"
    found = examine(Script("net.py", text)).findings
    assert [(one.text, one.verdict, one.why) for one in found] == [("dZ", "agrees", "multiple"), ("dw", "agrees", "")]
    assert dict(found[0].details)["factor"] == "4 = m"


def test_the_options_of_formulas_and_suites_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text("w = 3.0\nloss = w*w\ndw = 2*w\n")
    assert backprop("check", "net.py").status == 0
    for words in (["--claim", "df/dx = 1"], ["--steps", "s"], ["-k", "x"], ["--points", "3"], ["other.py"]):
        assert backprop("check", "net.py", *words).status == 2
    for option in ("--loss", "--forward", "--backward"):
        assert backprop("check", "x^2", "x=3", option, "f").status == 2


def test_the_documents_for_machines(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text("w = 3.0\nv = 2.0\nloss = w*w*v\ndw = 2*w\ndv = w*w\n")
    ran = backprop("check", "net.py", "--json", "--junit", "report.xml")
    document = json.loads(ran.out)
    schema = json.loads(files("backprop_cli.render").joinpath("code-check.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    assert ran.status == 1 and document["schema"] == "backprop/code-check@1"
    assert document["first_wrong"] == {"name": "dw", "cell": None, "line": 4}
    assert [one["verdict"] for one in document["gradients"]] == ["differs", "agrees"]
    assert 'failures="1"' in (tmp_path / "report.xml").read_text()
    annotated = backprop("check", "net.py", "--format", "github").out
    assert "::error file=net.py,line=4,title=dw::dw is not dloss/dw" in annotated


def test_a_run_that_never_ends_meets_the_limit(tmp_path):
    (tmp_path / "net.py").write_text("for _ in range(10**12): pass\n")
    ran = shell("backprop check net.py --timeout 0.5", tmp_path)
    assert ran.status == 5 and "--timeout" in ran.err


@pytest.mark.parametrize("indent", ["", "    "])
def test_an_exception_before_the_last_gradient_is_no_success(indent):
    lines = ["w = 3.0", "loss = w*w", "dw = 2*w", "v = [1][2]", "dv = 3"]
    text = "\n".join(
        [*(["def f():"] if indent else []), *(indent + line for line in lines), *(["f()"] if indent else [])]
    )
    with pytest.raises(BackpropError, match="F606"):
        examine(Script("net.py", text.replace("dw = 2*w", "u = 2*w")))
    ended = examine(Script("net.py", text))
    assert [one.verdict for one in ended.findings] == ["agrees"] and ended.failure.line == 4 + bool(indent)
    later = examine(Script("net.py", text.replace("v = [1][2]", "").replace("dv = 3", "u = [1][2]")))
    assert [one.kind for one in later.remarks] == ["stopped"] and later.findings[0].verdict == "agrees"


AGREES_AND_ENDS = """
    import numpy as np
    x = np.array([1.0, 2.0])
    losses = []
    for step in range(3):
        loss = (x**2).sum()
        losses.append(loss)
        dx = 2*x
        x = x - 0.1*dx
    END
"""


@pytest.mark.parametrize(("end", "loop", "status"), [
    ("raise ValueError('boom')", False, 3),
    ("open('no such file')", False, 3),
    ("import no_such_module", False, 3),
    ("import no_such_module", True, 3),
    ("import sys; sys.exit(1)", False, 0),
    ("losses[2]", True, 0),  # the check has left the loop after its first pass
    ("import matplotlib.pyplot as plt\n    fig, axes = plt.subplots()", False, 0),  # where nothing is plotted
])  # fmt: skip
def test_an_exception_after_the_last_gradient_is_no_success_unless_the_check_may_be_its_cause(
    end, loop, status, tmp_path, monkeypatch
):
    import sys
    from unittest.mock import MagicMock

    monkeypatch.setitem(sys.modules, "matplotlib", MagicMock())
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", MagicMock())
    text = AGREES_AND_ENDS.replace("END", end)
    if not loop:
        text = text.replace("for step in range(3):", "if True:")
    (tmp_path / "net.py").write_text(textwrap.dedent(text))
    report = check_code(str(tmp_path / "net.py"))
    assert (report.status, [one.verdict for one in report.results]) == (status, ["agrees"])
    (tmp_path / "net.py").write_text(textwrap.dedent(text).replace("dx = 2*x", "dx = 3*x"))
    assert check_code(str(tmp_path / "net.py")).status == 1


def test_a_class_that_nothing_calls_is_named(tmp_path):
    (tmp_path / "net.py").write_text(
        textwrap.dedent("""
        import numpy as np
        class Net:
            def __init__(self, n, m, scale=0.1):
                self.W = scale*np.ones((n, m))
            def cost(self, X, y, reg=0.0):
                s = X @ self.W
                loss = 0.5*np.sum((s - y)**2) + reg*np.sum(self.W**2)
                self.dW = X.T @ (s - y) + 2*reg*self.W
                return loss
    """)
    )
    with pytest.raises(BackpropError) as raised:
        check_code(str(tmp_path / "net.py"))
    told = "`Net.cost` computes `loss`, and nothing calls it: add `net = Net(n, m)` and `net.cost(X, y, reg)`"
    assert raised.value.diagnostics[0].help.startswith(told)
    added = "X, y, reg, n, m = np.eye(3, 2), np.ones((3, 4)), 0.1, 2, 4\nnet = Net(n, m)\nnet.cost(X, y, reg)\n"
    (tmp_path / "net.py").write_text((tmp_path / "net.py").read_text() + added)
    assert check_code(str(tmp_path / "net.py")).ok


def test_a_mask_of_truth_values_is_suggested_as_such(check):
    text = """
        import numpy as np
        rng = np.random.default_rng(0)
        class Relu:
            def forward(self, x):
                self.off = x <= 0
                out = x.copy()
                out[self.off] = 0
                return out
            def backward(self, dout):
                return dout * ~self.off
        relu, t = Relu(), rng.standard_normal((5, 4))
        y = relu.forward(rng.standard_normal((5, 4)))
        loss = 0.5*np.sum((y - t)**2)
        dy = y - t
        relu.backward(dy)
    """
    assert check(text).ok
    assert check(text, (" * ~self.off", "")).results[-1].mistake.endswith("right with `return dout * ~self.off`")


@pytest.mark.parametrize(("first", "status", "code"), [("dw = 2*w", 3, "F606"), ("dw = 3*w", 1, "C503")])
def test_what_comes_before_an_exception_is_judged(first, status, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(f"w, v = 3.0, 2.0\nloss = w*w*v/2\n{first}\ndv = w[0]\n")
    ran = backprop("check", "net.py", "--junit", "report.xml")
    assert (ran.status, code in ran.err) == (status, True) and "the run ended at line 4: TypeError" in ran.out
    assert 'failures="1"' in (tmp_path / "report.xml").read_text()


def test_a_loss_that_is_an_array_is_said_and_its_mean_is_taken(tmp_path):
    path = tmp_path / "net.py"
    path.write_text("import numpy as np\nw = np.ones(3)\nl = np.sum(w)\nloss = w**2\ndw = 2*w\n")
    with pytest.raises(BackpropError, match=r"`loss` has the shape \(3,\)"):
        check_code(str(path))
    path.write_text("import numpy as np\nw = np.ones(3)\nloss = w**2\ntotal = loss.sum()\ndw = 2*w\n")
    assert check_code(str(path)).ok


@pytest.fixture
def check(tmp_path):
    def check(text, change=("", ""), **options):
        changed = textwrap.dedent(text).replace(*change)
        assert change == ("", "") or changed != textwrap.dedent(text)
        (tmp_path / "net.py").write_text(changed, encoding="utf-8")
        return check_code(str(tmp_path / "net.py"), **options)

    return check


LAYERS = """
    import numpy as np
    rng = np.random.default_rng(1)
    class Linear:
        def __init__(self, n, m):
            self.W, self.b = rng.standard_normal((n, m)), np.zeros(m)
        def forward(self, x):
            self.x = x
            return x @ self.W + self.b
        def backward(self, dout):
            self.dW = self.x.T @ dout
            self.db = dout.sum(axis=0)
            return dout @ self.W.T
    class ReLU:
        def forward(self, x):
            self.mask = x > 0
            return x * self.mask
        def backward(self, dout):
            return dout * self.mask
    X, t = rng.standard_normal((8, 5)), rng.standard_normal((8, 3))
    layers = [Linear(5, 7), ReLU(), Linear(7, 6), ReLU(), Linear(6, 3)]
    out = X
    for layer in layers:
        out = layer.forward(out)
    loss = 0.5 * np.sum((out - t) ** 2)
    grad = out - t
    for layer in reversed(layers):
        grad = layer.backward(grad)
"""


def test_what_a_layer_returns_is_judged_although_it_has_no_name(check):
    assert verdicts(LAYERS) == {"self.dW": "agrees", "self.db": "agrees", "dx": "agrees"}
    found = check(LAYERS, ("return dout @ self.W.T", "return dout @ self.W.T * 0.5"))
    assert (found.first_wrong.name, found.first_wrong.line) == ("dx", 13)
    assert "`return dout @ self.W.T`" in found.complaint.help


CALLS = """
    import numpy as np
    rng = np.random.default_rng(2)
    def affine(x, w):
        return x @ w, (x, w)
    def affine_back(dout, cache):
        x, w = cache
        return dout @ w.T, x.T @ dout
    def net(X, y, params):
        h, one = affine(X, params["W1"])
        a = np.tanh(h)
        s, two = affine(a, params["W2"])
        loss, grads = np.sum((s - y) ** 2), {}
        da, grads["W2"] = affine_back(2 * (s - y), two)
        dx, grads["W1"] = affine_back(da * (1 - a**2), one)
        return loss, grads
    params = {"W1": rng.standard_normal((4, 3)), "W2": rng.standard_normal((3, 2))}
    loss, grads = net(rng.standard_normal((5, 4)), rng.standard_normal((5, 2)), params)
"""


def test_dx_is_the_gradient_of_the_input_that_is_called_so_in_other_letters(check):
    # `x` is a name in other functions only, of other values.
    found = check(CALLS)
    assert found.ok and ("dx", "X") in {(one.name, one.of) for one in found.results}


NOISY = """
    import numpy as np
    w, b = np.array([[1.], [2.]]), 2.
    X, Y = np.array([[1., 2., -1.], [3., 4., -3.2]]), np.array([[1, 0, 1]])
    A = 1/(1 + np.exp(-(np.dot(w.T, X) + b)))
    cost = -1/3*np.sum(Y*np.log(A) + (1 - Y)*np.log(1 - A))
    dw = np.dot(X, (A - Y).T)/3
    db = np.sum(A - Y)/3
"""


@pytest.mark.parametrize("seed", range(5))
def test_what_the_loss_is_rounded_by_accuses_nobody(check, seed):
    # log(1 - A) where A is 1 - 6e-6: the cost is off by 5e-12, and db a ten-thousandth of it.
    assert check(NOISY, seed=seed).ok
    assert not check(NOISY, ("np.sum(A - Y)/3", "np.sum(A - Y)/3*1.001"), seed=seed).ok


DESCENT = """
    import numpy as np
    X = np.c_[np.ones(20), np.linspace(0, 2, 20)]
    y = 4 + 3*X[:, 1] + np.sin(np.arange(20))
    theta, alpha, m = np.zeros(2), 0.1, 20
    for it in range(100):
        h = X @ theta
        J = (1/(2*m))*np.sum((h - y)**2)
        grad = (1/m)*X.T @ (h - y)
        theta = theta - alpha*grad
"""


def test_a_gradient_without_a_name_is_that_of_what_takes_the_step(check):
    # A J at the same line again is another pass, and the loop is left there.
    found = check(DESCENT)
    assert found.ok and [(one.name, one.of) for one in found.results] == [("grad", "theta")]
    wrong = check(DESCENT, ("(1/m)*X.T", "X.T"))
    assert (wrong.first_wrong.line, wrong.results[0].mistakes) == (9, ("not divided",))
    assert check(DESCENT, ("theta = theta - alpha*grad", "theta -= alpha * grad")).ok
    assert check(DESCENT, ("J = ", "loss = ")).ok


# Functions that nobody calls, of layers by rows and by columns, of a linear score; three take no upstream gradient.
UNCALLED = {
    "rows": """
        def forward(x, w, b):
            return x @ w + b, (x, w)
        def backward(dout, cache):
            x, w = cache
            return dout @ w.T, x.T @ dout, dout.sum(0)
    """,
    "columns": """
        def forward_propagation(X, Y, W1, b1, W2, b2):
            A1 = np.tanh(W1 @ X + b1)
            Z2 = W2 @ A1 + b2
            loss = np.sum((Z2 - Y)**2)/(2*X.shape[1])
            return loss, (A1, Z2)
        def backward_propagation(X, Y, W1, b1, W2, b2, cache):
            A1, Z2 = cache
            dZ2 = (Z2 - Y)/X.shape[1]
            dZ1 = W2.T @ dZ2*(1 - A1**2)
            dW2, dW1 = dZ2 @ A1.T, dZ1 @ X.T
            return {"dW1": dW1, "db1": dZ1.sum(1, keepdims=True), "dW2": dW2, "db2": dZ2.sum(1, keepdims=True)}
    """,
    "a vector": """
        def forward(W1, W2, x, y):
            h = np.tanh(W1 @ x)
            o = W2 @ h
            return 0.5*np.sum((o - y)**2), (h, o)
        def backward(W1, W2, x, y, cache):
            h, o = cache
            do = o - y
            dh = W2.T @ do
            return np.outer((1 - h**2)*dh, x), np.outer(do, h)
    """,
    "a score": """
        def forward(w, b, X, y):
            p = 1/(1 + np.exp(-(X @ w + b)))
            return np.mean((p - y)**2), p
        def backward(w, b, X, y, p):
            dz = 2*(p - y)/len(y)*p*(1 - p)
            dw = X.T @ dz
            db = dz.sum()
            return dw, db
    """,
}


@pytest.mark.parametrize("kind", UNCALLED)
def test_functions_are_called_with_values_that_fit(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text("import numpy as np\n" + textwrap.dedent(UNCALLED[kind]), encoding="utf-8")
    report = check_code("net.py")
    assert report.ok
    values = report.remarks[0].partition(" is called with ")[2].split()
    ran = backprop("check", "net.py", *values)
    assert (ran.status, ran.err) == (0, "") and ran.out.rstrip().endswith(" agree") and "called with" not in ran.out


SINGLE = """
    import numpy as np
    rng = np.random.default_rng(1)
    X = rng.normal(size=(32, 30)){0}
    W1, W2 = (rng.normal(size=(30, 64))/5){0}, (rng.normal(size=(64, 27))/10){0}
    y = rng.integers(0, 27, 32)
    h = np.tanh(X @ W1)
    s = h @ W2
    p = np.exp(s - s.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    loss = -np.log(p[range(32), y]).mean()
    ds = p.copy()
    ds[range(32), y] -= 1
    ds /= 32
    dW2 = h.T @ ds
    dW1 = X.T @ ((1 - h**2)*(ds @ W2.T))
"""


@pytest.mark.parametrize(
    "cast", ["", ".astype(np.float32)", '.astype("float32")', ".astype(np.single)", ".astype('f4')"]
)
def test_single_precision_is_no_mistake(cast):
    assert set(verdicts(SINGLE.format(cast)).values()) == {"agrees"}
    assert verdicts(SINGLE.format(cast), ("ds /= 32", "ds /= 31"))["ds"] == "differs"


@pytest.mark.parametrize("line", ["dw = np.zeros(3)", "dw = 2e-10*x", "dw = np.zeros(0)"])
def test_a_small_gradient_is_not_taken_for_nothing(line):
    """5 + 1e-10*w·x has a slope that its digits show, though it is next to nothing beside the loss."""
    text = f"""
        import numpy as np
        rng = np.random.default_rng(0)
        x, w = rng.normal(size=3), rng.normal(size=3)
        loss = 5 + 1e-10*np.sum(w*x)
        {line}
    """
    assert set(verdicts(text).values()) <= {"differs", "cannot decide"} and verdicts(text)


RELU = """
    import numpy as np
    def relu_forward(x): return np.maximum(0, x), x
    def relu_backward(dout, cache): return dout*(cache > 0)
"""
SIGMOID = """
    import numpy as np
    def forward(x):
        return 1/(1 + np.exp(-x))
    def backward(dout, out):
        return dout*out*(1 - out)
"""
AFFINE = """
    import numpy as np
    def forward(X, W, b):
        return np.tanh(X @ W + b), (X, W, b)
    def backward(dout, cache):
        X, W, b = cache
        t = np.tanh(X @ W + b)
        g = dout*(1 - t*t)
        return [g @ W.T, X.T @ g, g.sum(0)]
"""
MEAN_SQUARE = """
    import numpy as np
    def mse_forward(pred, target):
        diff = pred - target
        return np.mean(diff**2), diff
    def mse_backward(diff):
        return 2*diff/diff.size
"""
COST = """
    import numpy as np
    np.random.seed(0)
    X = np.random.randn(6, 3); y = np.random.randn(6)
    theta = np.random.randn(3)
    def cost(theta):
        return ((X @ theta - y)**2).mean()/2
    def gradient(theta):
        return X.T @ (X @ theta - y)/6
    print(cost(theta), gradient(theta))
"""
CROSS_ENTROPY = """
    import numpy as np
    def forward(X, W, y):
        s = X @ W
        logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
        loss = -logp[np.arange(len(y)), y].mean()
        return loss, (X, W, y, logp)
    def backward(cache):
        X, W, y, logp = cache
        ds = np.exp(logp)
        ds[np.arange(len(y)), y] -= 1
        ds /= len(y)
        return ds @ W.T, X.T @ ds
"""
STRIDES = """
    import numpy as np
    def conv_forward(x, w, stride, pad):
        xp = np.pad(x, pad); n = (len(xp) - len(w))//stride + 1
        return np.array([xp[i*stride:i*stride + len(w)] @ w for i in range(n)]), (x, w, stride, pad)
    def conv_backward(dout, cache):
        x, w, stride, pad = cache
        xp = np.pad(x, pad)
        dxp, dw = np.zeros_like(xp), np.zeros_like(w)
        for i in range(len(dout)):
            dxp[i*stride:i*stride + len(w)] += dout[i]*w
            dw += dout[i]*xp[i*stride:i*stride + len(w)]
        return dxp[pad:len(xp) - pad], dw
"""
ONE = """
    import numpy as np
    def softmax_loss(W, X, y, reg):
        p = np.exp(X @ W)
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.log(p[range(len(y)), y]).mean() + reg*np.sum(W*W)
        p[range(len(y)), y] -= 1
        dW = X.T @ p/len(y) + 2*reg*W
        return loss, dW
"""
ROWS = {"X": "randn(5, 3)", "W": "randn(3, 4)", "b": "randn(4)"}
LABELLED = {"W": "randn(4, 3)", "X": "randn(6, 4)", "y": [0, 1, 2, 0, 1, 2]}
ALIKE = {"pred": "randn(4, 2)", "target": "randn(4, 2)"}


# What is returned has no name: the file, values, the gradients that are judged, a mistake, the first wrong one.
def _affine(answer):
    return AFFINE.replace("[g @ W.T, X.T @ g, g.sum(0)]", answer)


RETURNED = [
    (RELU, {"x": "randn(3, 2)"}, "dx", ("(cache > 0)", "(cache < 0)"), "dx"),
    (SIGMOID, {"x": "randn(3)"}, "dx", ("dout*out*(1 - out)", "dout*out"), "dx"),
    (SIGMOID, {"x": 0.5}, "dx", ("dout*out*(1 - out)", "dout"), "dx"),
    (AFFINE, ROWS, "dX dW db", ("g.sum(0)", "g.mean(0)"), "db"),
    (_affine("X.T @ g, g.sum(0)"), ROWS, "dW db", ("X.T @ g", "3*X.T @ g"), "dW"),
    (_affine("(g.sum(0), g @ W.T, X.T @ g)"), ROWS, "db dX dW", ("X.T @ g", "3*X.T @ g"), "dW"),
    (_affine("X.T @ g"), ROWS, "dW", ("X.T @ g", "3*X.T @ g"), "dW"),
    (_affine('{"X": g @ W.T, "W": X.T @ g}'), ROWS, "grads['X'] grads['W']",
     ("X.T @ g", "3*X.T @ g"), "grads['W']"),
    (MEAN_SQUARE, ALIKE, "dpred", ("/diff.size", ""), "dpred"),
    (MEAN_SQUARE.replace("return 2*diff", "dpred = 2*diff").replace(".size\n", ".size\n        return dpred\n"),
     ALIKE, "dpred", ("/diff.size", ""), "dpred"),
    (COST, {}, "dtheta", ("- y)/6", "- y)"), "dtheta"),
    (CROSS_ENTROPY, LABELLED, "ds dX dW", ("X.T @ ds", "2*X.T @ ds"), "dW"),
    (STRIDES, {"x": "randn(7)", "w": "randn(3)", "stride": 2, "pad": 1}, "dxp dx dw",
     ("dout[i]*w", "dout[i]*x[0]*w"), "dxp"),
    (ONE, LABELLED | {"reg": 0.1}, "dW", ("2*reg", "reg"), "dW"),
    (ONE.replace("loss, dW", "loss, {'W': dW}"), LABELLED | {"reg": 0.1}, "dW", ("2*reg", "reg"), "dW"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values", "names", "mistake", "wrong"), RETURNED)
def test_gradients_that_are_returned_without_a_name_are_judged(text, values, names, mistake, wrong, check):
    found = check(text, **values)
    assert found.ok and sorted({one.name for one in found.results}) == sorted(names.split())
    found = check(text, mistake, **values)
    assert found.first_wrong.name == wrong and found.verdict == "differs"
    assert found.first_wrong.line <= textwrap.dedent(text).count("\n") and found.complaint.labels


@pytest.mark.parametrize(("text", "values"), [
    (_affine("dout"), ROWS),
    (_affine("g @ W.T, g, g, g, g"), ROWS),
])  # fmt: skip
def test_what_cannot_be_told_is_no_success(text, values, check):
    with pytest.raises(BackpropError, match="N217") as raised:
        check(text, **values)
    assert "`dX = …`" in raised.value.diagnostics[0].help


WITH_OPTIONS = """
    import numpy as np
    def conv_forward(x, w, conv_param):
        xp = np.pad(x, conv_param["pad"])
        out = np.array([xp[i:i+3] @ w for i in range(0, len(xp) - 2, conv_param["stride"])])
        return out, (xp, w, conv_param)
    def conv_backward(dout, cache):
        xp, w, conv_param = cache
        dw = sum(d*xp[i*conv_param["stride"]:][:3] for i, d in enumerate(dout))
        return dw
"""


def test_what_cannot_be_told_is_said_beside_what_is_judged(check):
    text = _affine("g @ W.T, g, g, g, g").replace("return g", "dX = g @ W.T\n        return g")
    found = check(text, **ROWS)
    assert found.ok and [one.name for one in found.results] == ["dX"]
    assert "it cannot be told of which of `X`, `W`, `b` the gradients are" in found.remarks[0]


@pytest.mark.parametrize(
    ("step", "gradient", "ok"), [("", "2*w", True), ("", "3*w", False), ("w -= dw\n", "2*w", None)]
)
def test_a_loss_that_comes_after_its_gradients_is_that_loss_where_no_step_comes_before(step, gradient, ok, check):
    text = f"w = 3.0\ndw = {gradient}\n{step}late = w*w\n"
    if ok is None:
        with pytest.raises(BackpropError, match="`late` is assigned after the gradients"):
            check(text, loss="late")
    else:
        assert check(text, loss="late").ok == ok


def test_a_dictionary_of_options_is_assumed_and_said_to_be(check):
    found = check(WITH_OPTIONS, x="randn(7)", w="randn(3)")
    assert found.ok and found.remarks == ("`conv_forward` is called with conv_param={'stride': 1, 'pad': 1}",)


def test_a_returned_gradient_of_another_shape_differs(check):
    found = check(_affine("g @ W.T, g, g.sum(0)"), **ROWS)
    told = {one.name: one.reason for one in found.results}
    assert found.first_wrong.name == "dW" and told["dW"] == "it has the shape (5, 4), and the variable (3, 4)"


PAIRS = """
    import numpy as np
    def relu_forward(x): return np.maximum(0, x), x
    def relu_backward(dout, cache): return dout*(cache > 0)
    def affine_forward(x, w): return x @ w, (x, w)
    def affine_backward(dout, cache):
        x, w = cache
        dx = dout @ w.T
        dw = x.T @ dout
        return dx, dw
    def scale_forward(x, s): return x*s, (x, s)
    def scale_backward(dout, cache):
        ds = np.sum(dout*cache[0])
        return dout*cache[1], ds
"""
SCRIPT = """
    X = np.arange(6.0).reshape(3, 2); W = np.array([0.5, -1.0]); y = np.ones(3)
    r = X @ W - y
    loss = np.mean(r**2)
    dr = 2*r/3
    dW = X.T @ dr
"""


@pytest.mark.parametrize(
    ("mistake", "function"),
    [(("> 0", "< 0"), "relu_backward"), (("x.T @ dout", "-x.T @ dout"), "affine_backward"),
     (("np.sum(dout*cache[0])", "np.sum(dout)"), "scale_backward"), (("2*r/3", "2*r"), "")],
)  # fmt: skip
def test_each_pair_of_functions_is_judged_by_itself_beside_the_script(mistake, function, check):
    found = check(PAIRS + SCRIPT)
    assert found.ok and len(found.results) == 7
    assert [one.partition(" is called")[0] for one in found.remarks] == [
        "`relu_forward`", "`affine_forward`", "`scale_forward`",
    ]  # fmt: skip
    found = check(PAIRS + SCRIPT, mistake)
    assert {one.function for one in found.results if one.verdict == "differs"} == {function}


def test_values_are_for_the_functions_that_they_fit(check):
    found = check(PAIRS, x="randn(5, 6)", w="randn(6, 2)", s=2.0)
    assert found.ok and not found.remarks
    found = check(PAIRS, ("return x*s, (x, s)", "return x*s + 0*np.ones(3), (x, s)"), x="randn(5, 6)", w="randn(6, 2)")
    assert found.ok and found.remarks == ("`scale_forward` is called with x=randn(4,3) s=0.5",)


def test_what_is_not_checked_is_said(check):
    strange = """
    def odd_forward(q): return q.items()["a"], None
    def odd_backward(dout, cache): return dout
"""
    found = check(PAIRS + strange)
    assert {one.verdict for one in found.results} == {"agrees"} and found.status == 4
    assert found.remarks[-1] == "`odd_backward` is not checked: no value for `q` of `odd_forward`"
    assert backprop("check", found.path, "-q").out.endswith("\nnot checked: odd_backward\n")
    with pytest.raises(BackpropError, match="N202"):
        check(strange)
    assert check(PAIRS, ("dout @ w.T", "dout @ w")).status == 4  # a backward function that raises an exception
    beside = check(SCRIPT.replace("X =", "import numpy as np\n    X =", 1) + strange)  # which does not use them
    assert beside.ok and beside.remarks == (
        "`odd_backward`, which the file does not use, is not checked: no value for `q` of `odd_forward`",
    )


def test_functions_that_answer_the_loss_with_its_gradients_are_all_called(check):
    both = ONE + textwrap.dedent(ONE).replace("softmax_loss", "other_loss").replace("import numpy as np\n", "").replace(
        "\n", "\n    "
    )
    found = check(both, **LABELLED, reg=0.1)
    assert found.ok and [one.function for one in found.results] == ["softmax_loss", "other_loss"]
    assert len(check(both, forward="other_loss", **LABELLED, reg=0.1).results) == 1


def test_a_name_that_begins_with_d_is_no_gradient_where_nothing_has_its_name(check):
    loop = """
        import numpy as np
        X, y, w = np.eye(4, 3) + 1, np.arange(4.), np.ones(3)
        for step in range(9):
            diff = X @ w - y
            loss = np.mean(diff**2)
            ddiff = 2*diff/4
            dw = X.T @ ddiff
            w = w - 0.1*dw
    """
    assert [one.name for one in check(loop).results] == ["ddiff", "dw"]


NEURON = """
    import math
    w = [2, -3, -3]
    x = [-1, -2]
    dot = w[0]*x[0] + w[1]*x[1] + w[2]
    f = 1.0/(1 + math.exp(-dot))
    ddot = (1 - f)*f
    dx = [w[0]*ddot, w[1]*ddot]
    dw = [x[0]*ddot, x[1]*ddot, 1.0*ddot]
"""
ELEMENTS = NEURON.replace("dx = [w[0]*ddot, w[1]*ddot]", "dx = [0, 0]\n    for i in range(2): dx[i] = w[i]*ddot")
STACK = """
    import numpy as np
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4, 6))
    Ws = [rng.standard_normal((6, 6))*0.3 for _ in range(3)]
    cache = []
    for W in Ws:
        h = np.tanh(x @ W)
        cache.append((x, h))
        x = x + h
    loss = (x**2).mean()
    dx = 2*x/x.size
    dWs = []
    for W, (xi, h) in zip(reversed(Ws), reversed(cache)):
        dh = dx
        da = dh*(1 - h**2)
        dWs.append(xi.T @ da)
        dx = dx + da @ W.T
"""
BACKWARDS = STACK.replace("dWs.append(xi.T @ da)", "dWs.insert(0, xi.T @ da)")
NAMELESS = STACK.replace(
    "for W, (xi, h) in zip(reversed(Ws), reversed(cache))", "for k, (xi, h) in enumerate(cache[::-1])"
)
NAMELESS = NAMELESS.replace("W.T", "Ws[-1 - k].T")
MODULES = LAYERS.replace("self.dW", "self.gW").replace("self.db", "self.gb")


@pytest.mark.parametrize(("text", "names", "mistake", "wrong"), [
    (NEURON, "ddot dx dw", ("x[1]*ddot", "w[1]*ddot"), "dw"),
    (NEURON.replace("[2, -3, -3]", "(2.0, -3.0, -3.0)"), "ddot dx dw", ("dx = [w[0]*ddot", "dx = [w[1]*ddot"), "dx"),
    (ELEMENTS, "ddot dx dw", ("dx[i] = w[i]*", "dx[i] = w[0]*"), "dx"),
    (STACK, "dx dh dWs[0] dWs[1] dWs[2]", ("xi.T @ da", "2*xi.T @ da"), "dWs[0]"),
    (BACKWARDS, "dx dh dWs[0]", ("xi.T @ da", "2*xi.T @ da"), "dWs[0]"),
    (NAMELESS, "dx dh dWs[0] dWs[1] dWs[2]", ("xi.T @ da", "2*xi.T @ da"), "dWs[0]"),
    (MODULES, "self.gW self.gb dx", ("x.T @ dout", "x.T @ dout*2"), "self.gW"),
])  # fmt: skip
def test_lists_of_numbers_and_of_gradients_are_judged(text, names, mistake, wrong, check):
    found = check(text)
    assert found.ok and {one.name for one in found.results} == set(names.split())
    assert check(text, mistake).first_wrong.name == wrong


def test_what_looks_like_a_gradient_and_was_not_judged_is_said():
    text = """
        import numpy as np
        X, t, W = np.eye(3, 2) + 1, np.ones(3), np.ones(2)
        z = X @ W
        loss = np.mean((z - t)**2)
        delta = 2*(z - t)/3
        gradients = [X.T @ delta]
        dW = gradients[0]
        class Held: pass
        held = Held()
        held.grad = 3*dW
        diff = np.abs(dW).max()
    """
    found = examine(Script("net.py", textwrap.dedent(text)))
    assert [dict(one.words)["names"] for one in found.remarks if one.kind == "unjudged"] == ["`delta`"]
    assert [dict(one.words)["names"] for one in found.remarks if one.kind == "unmatched"] == ["`held.grad`"]


NORM = """
    import numpy as np
    def batchnorm_forward(x, gamma, beta):
        xmu = x - x.mean(axis=0)
        sqrtvar = np.sqrt((xmu**2).mean(axis=0) + 1e-5)
        xhat = xmu/sqrtvar
        return gamma*xhat + beta, (xhat, gamma, xmu, sqrtvar)
    def batchnorm_backward(dout, cache):
        xhat, gamma, xmu, sqrtvar = cache
        dbeta = np.sum(dout, axis=0)
        dgamma = np.sum(dout*xmu, axis=0)
        dxhat = dout*gamma
        dx = (dxhat - dxhat.mean(axis=0) - xhat*(dxhat*xhat).mean(axis=0))/sqrtvar
        return dx, dgamma, dbeta
"""
DROPPED = """
    import numpy as np
    np.random.seed(1)
    x = np.random.randn(7, 4); W = np.random.randn(4, 3); p = 0.5
    t = np.random.randn(7, 3)
    a = x @ W
    m = (np.random.rand(*a.shape) < p)/p
    h = np.tanh(a)*m
    loss = np.mean(np.sum((h - t)**2, axis=1))
    dh = (h - t)/len(x)
    dW = x.T @ (dh*m*(1 - np.tanh(a)**2))
"""
CONVOLUTION = """
    import numpy as np
    np.random.seed(2)
    x, w = np.random.randn(5, 6), np.random.randn(3, 3)
    xp = np.pad(x, 1)
    out = np.zeros((5, 6))
    for i in range(5):
        for j in range(6):
            out[i, j] = np.sum(xp[i:i+3, j:j+3]*w)
    dout = np.random.randn(5, 6)
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(5):
        for j in range(6):
            dw += xp[i:i+3, j:j+3]*dout[i, j]
            dxp[i:i+3, j:j+3] += w[::-1, ::-1]*dout[i, j]
    dx = dxp[1:-1, 1:-1]
"""
# A file with a mistake, and what may be said to be right: `sum(xmu)` is 0, and so is what is wrong by it.
ADVICE = [
    (NORM, {"x": "randn(6, 4)", "gamma": "randn(4)", "beta": "randn(4)"}, "dgamma = np.sum(dout * xhat, axis=0)"),
    (DROPPED, {}, "dh = (h - t) / len(x) * 2"),
    (CONVOLUTION, {}, ""),
]


@pytest.mark.parametrize(("text", "values", "right"), ADVICE)
def test_advice_is_right_at_other_places_too(text, values, right, check):
    found = check(text, **values)
    told = found.complaint.help.partition("it is right with `")[2].rstrip("`")
    assert not found.ok and told == right
    if right:
        line = found.first_wrong.line
        lines = textwrap.dedent(text).split("\n")
        indent = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
        followed = "\n".join([*lines[: line - 1], indent + right, *lines[line:]])
        assert check(followed, **values).ok


ROWS_OF_TIME = """
    import numpy as np
    np.random.seed(0)
    T, D, H = 4, 3, 2
    x = np.random.randn(T, D); Wx = np.random.randn(D, H); Wh = np.random.randn(H, H); target = np.random.randn(H)
    h = np.zeros((T + 1, H))
    for t in range(T):
        h[t+1] = np.tanh(x[t] @ Wx + h[t] @ Wh)
    loss = 0.5*np.sum((h[T] - target)**2)
    dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)
    dh = h[T] - target
    for t in reversed(range(T)):
        da = dh*(1 - h[t+1]**2)
        dWx += np.outer(x[t], da)
        dWh += np.outer(h[t], da)
        dh = da @ Wh.T
"""
REASSIGNED = (
    ROWS_OF_TIME.replace("h = np.zeros((T + 1, H))", "h = np.zeros(H)\n    hs = [h]")
    .replace("h[t+1] = np.tanh(x[t] @ Wx + h[t] @ Wh)", "h = np.tanh(x[t] @ Wx + h @ Wh)\n        hs.append(h)")
    .replace("h[T] - target", "h - target").replace("h[t", "hs[t")
)  # fmt: skip


@pytest.mark.parametrize("text", [ROWS_OF_TIME, REASSIGNED])
def test_nobody_is_accused_where_the_gradients_of_all_parameters_are_right(text, check):
    assert check(text).ok
    for change in [("dh = da @ Wh.T", "dh = da @ Wh"), ("dWh += np.outer(h", "dWh += 2*np.outer(h")]:
        found = check(text, change)
        assert not found.ok and found.first_wrong.name in ("dh", "dWx", "dWh")


def test_an_intermediate_that_is_wrong_and_unused_is_accused_where_no_parameter_vouches_for_it(check):
    unfinished = NET.partition("        dh[h <= 0] = 0")[0]
    assert check(unfinished).ok
    assert check(unfinished, ("dscores @ W2.T", "2*dscores @ W2.T")).first_wrong.name == "dh"


TWO_LOSSES = ONE + ONE.replace("softmax_loss", "doubled").replace("import numpy as np", "").replace(
    "loss = -", "loss = -2*").replace("p/len(y)", "p*2/len(y)") + """
    rng = np.random.default_rng(0)
    W, X, y = rng.normal(size=(5, 3)), rng.normal(size=(7, 5)), rng.integers(0, 3, 7)
    loss, grad = softmax_loss(W, X, y, 0.1)
    loss2, grad2 = doubled(W, X, y, 0.1)
"""  # fmt: skip


@pytest.mark.parametrize(("loss", "judged"), [("loss2", ["doubled"]), ("", ["softmax_loss", "doubled"])])
def test_the_gradient_of_another_loss_is_left_alone(loss, judged, check):
    found = check(TWO_LOSSES, loss=loss)
    assert found.ok and [one.function for one in found.results] == judged
    assert not any("not judged" in remark for remark in found.remarks)
    assert not check(TWO_LOSSES, ("p*2/len(y)", "p/len(y)"), loss=loss).ok


CENTRED = """
    import numpy as np
    np.random.seed(1)
    x = np.random.randn(7, 4)*3 + 1; gamma = np.random.rand(4) + 0.5
    N, D = x.shape
    mu = x.mean(axis=0)
    xc = x - mu
    var = (xc**2).mean(axis=0)
    std = np.sqrt(var + 1e-5)
    out = gamma*xc/std
    dout = np.random.randn(*out.shape)
    dxhat = dout*gamma
    dstd = -(dxhat*xc).sum(axis=0)/std**2
    dvar = 0.5*dstd/std
    dxc = dxhat/std + 2*xc*dvar/N
    dmu = -dxc.sum(axis=0)
    dx = dxc + dmu/N
"""


def test_a_wrong_intermediate_is_named_although_what_is_summed_from_it_is_right(check):
    # The sum over all examples of what is missing is 0, so that dmu is right.
    found = check(CENTRED, ("2*xc*dvar", "xc*dvar"))
    assert {one.name: one.inherits or one.verdict for one in found.results if one.name in ("dxc", "dmu", "dx")} == {
        "dxc": "differs", "dmu": "agrees", "dx": "dxc",
    }  # fmt: skip
    assert check(CENTRED).ok


def test_what_an_exception_leaves_half_done_is_not_accused(check):
    text = ROWS_OF_TIME.replace("dh = h[T]", "dtarget = target - h[T]; dh = h[T]")
    text = text.replace("dWx += np.outer(x[t], da)", "if t == 1: dh = dh.nothing\n        dWx += np.outer(x[t], da)")
    found = check(text)
    assert found.status == 3 and ("dtarget", "agrees") in {(one.name, one.verdict) for one in found.results}
    assert "differs" not in {one.verdict for one in found.results}


TRAINED = """
    import numpy as np
    np.random.seed(0)
    X, y = np.random.randn(60, 2), np.arange(60) % 3
    W2, b2 = 0.01*np.random.randn(2, 3), np.zeros((1, 3))
    for step in range(200):
        p = np.exp(X @ W2 + b2)
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.log(p[range(60), y]).mean()
        ds = p
        ds[range(60), y] -= 1
        ds /= 60
        db2 = ds.sum(axis=0, keepdims=True)
        W2 += -0.1*(X.T @ ds)
        b2 += -0.001*db2
"""


def test_a_variable_is_moved_by_its_size_before_the_step_that_writes_into_it(check):
    # b2 is 0 where the loss is computed; the small numbers it has after the step are no measure of how far to move it.
    found = check(TRAINED)
    assert found.ok and next(one.error for one in found.results if one.name == "db2") < 1e-6
    hidden = check(TRAINED, ("ds.sum(axis=0, keepdims=True)", "ds.sum(axis=0, keepdims=True) + 0.5*b2"))
    assert hidden.first_wrong.name == "db2" and any("all zeros" in remark for remark in hidden.remarks)


MASKED = """
    import numpy as np
    rng = np.random.default_rng(0)
    X, W, t = rng.normal(size=(8, 4)), rng.normal(size=(4, 3)), rng.normal(size=(8, 3))
    h = np.maximum(0, X @ W)
    loss = ((h - t)**2).sum()
    dh = 2*(h - t)
    dh[h <= 0] = 0
"""


def test_a_mask_that_is_that_of_the_relu_accuses_nobody(check):
    found = check(MASKED)
    assert found.ok and "before a ReLU" in found.results[0].reason
    for change in [("dh[h <= 0]", "dh[h > 0]"), ("dh[h <= 0]", "dh[t > 0]"), ("dh = 2*", "dh = ")]:
        assert check(MASKED, change).first_wrong.name == "dh"
    assert not check(MASKED + "    dW = X.T @ (2*dh)\n").ok


LATE = """
    import numpy as np
    np.random.seed(0)
    X = np.random.randn(8, 3); y = np.random.randn(8); W = np.random.randn(3)
    for i in range(5):
        p = X @ W
        dW = 2*X.T @ (p - y)/8 + 0.2*W
        loss = np.mean((p - y)**2)
        loss += 0.1*np.sum(W**2)
        W -= 0.1*dW
"""


def test_a_loss_at_the_end_of_a_loop_is_that_of_its_first_pass(check):
    assert check(LATE).ok
    assert check(LATE, ("0.2*W", "0.1*W")).first_wrong.line == 7
    stepped = ("loss = np.mean((p", "W = W - 0.1*dW\n    loss = np.mean((X @ W")
    with pytest.raises(BackpropError, match="after the gradients"):
        check(LATE, stepped)


STATES = """
    import numpy as np
    def step_forward(x, c_in, W):
        a = np.tanh(x @ W)
        c = c_in*a
        h = np.tanh(c)
        return (h, c), (x, c_in, W, a, h)
    def step_backward(dh, dc, cache):
        x, c_in, W, a, h = cache
        dc = dc + dh*(1 - h**2)
        dc_in = dc*a
        dz = dc*c_in*(1 - a**2)
        dx = dz @ W.T
        dW = x.T @ dz
        return dx, dc_in, dW
"""


def test_outputs_that_come_together_are_weighed_one_by_one(check):
    values = {"x": "randn(3, 4)", "c_in": "randn(3, 2)", "W": "randn(4, 2)"}
    assert check(STATES, **values).ok
    forgotten = check(STATES, ("dc = dc + dh*", "dc = dh*"), **values)
    assert (forgotten.status, forgotten.first_wrong.line) == (1, 10)


RUNNING = """
    import numpy as np
    rng = np.random.default_rng(0)
    class Layer:
        def __init__(self, n, m):
            self.W = rng.standard_normal((n, m))*0.5
        def forward(self, x):
            self.x = x
            return np.tanh(x @ self.W)
        def backward(self, grad):
            grad = grad*(1 - np.tanh(self.x @ self.W)**2)
            self.dW = self.x.T @ grad
            return grad @ self.W.T
    X, Y = rng.standard_normal((5, 4)), rng.standard_normal((5, 3))
    layers = [Layer(4, 6), Layer(6, 3)]
    for epoch in range(20):
        out = X
        for layer in layers:
            out = layer.forward(out)
        loss = np.mean((out - Y)**2)
        grad = 2*(out - Y)/out.size
        for layer in reversed(layers):
            grad = layer.backward(grad)
        for layer in layers:
            layer.W -= 0.1*layer.dW
"""


def test_a_loop_whose_gradients_are_all_in_methods_is_left_after_its_first_pass(check):
    right = check(RUNNING)
    assert right.ok and any("left after its first pass" in one for one in right.remarks)
    assert check(RUNNING, ("self.x.T @ grad", "2*self.x.T @ grad")).first_wrong.name == "self.dW"


def test_the_numbers_of_an_autograd_engine_are_not_judged_by_the_names_in_its_methods(check):
    text = """
        class Value:
            def __init__(self, data):
                self.data, self.grad = data, 0.0
            def times(self, other):
                out = Value(self.data*other.data)
                out.grad = 1.0
                self.grad += other.data*out.grad
                other.grad += self.data*out.grad
                return out
        loss = Value(2.0).times(Value(3.0))
    """
    with pytest.raises(BackpropError, match=r"N21[67]"):
        check(text)


SOFTMAX_ROWS = """
    import numpy as np
    rng = np.random.default_rng(0)
    X, W, y = rng.standard_normal((6, 4)), rng.standard_normal((4, 3)), np.array([0, 1, 2, 0, 1, 2])
    S = X @ W
    P = np.exp(S)/np.exp(S).sum(axis=1, keepdims=True)
    loss = -np.log(P[np.arange(6), y]).sum()
    dS = P.copy()
    dS[np.arange(len(y)), y] -= 1
    dW = X.T @ dS
"""
EMBEDDING = """
    import numpy as np
    rng = np.random.default_rng(0)
    E, x = rng.standard_normal((5, 3)), np.array([0, 2, 2, 1])
    out = E[x]
    loss = np.sum(out**3)
    dout = 3*out**2
    dE = np.zeros_like(E)
    np.add.at(dE, x, dout)
"""
HINGES = """
    import numpy as np
    rng = np.random.default_rng(0)
    X, W, y, N, reg = rng.standard_normal((20, 5)), rng.standard_normal((5, 3)), np.arange(20) % 3, 20, 0.1
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(N):
        s = X[i] @ W
        for j in range(3):
            margin = s[j] - s[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss/N + reg*np.sum(W**2)
    dW /= N
    dW += 2*reg*W
"""


@pytest.mark.parametrize(("text", "right", "wrong", "line", "mistake", "words"), [
    (SOFTMAX_ROWS, "dS[np.arange(len(y)), y]", "dS[:, y]", 9, "rows", "`dS[np.arange(len(y)), y] -= 1`"),
    (EMBEDDING, "np.add.at(dE, x, dout)", "dE[x] += dout", 9, "repeated", "`np.add.at(dE, x, dout)`"),
    (HINGES, "dW /= N\n", "", 15, "not divided", "`dW /= N` before it"),
])  # fmt: skip
def test_what_is_written_at_indices_and_before_a_term(text, right, wrong, line, mistake, words, check):
    assert check(text).ok
    found = check(text, (right, wrong))
    named = next(one for one in found.results if one.mistakes)
    assert (found.first_wrong.line, named.mistakes, named.mistake.endswith(words)) == (line, (mistake,), True)


@pytest.mark.parametrize("loop", ["while True:", "for k in itertools.count():"])
def test_a_loop_without_an_end_is_an_error_that_points_at_it(loop, tmp_path):
    file = tmp_path / "net.py"
    file.write_text(
        f"import itertools\nw = 2.0\ni = 0\n{loop}\n    try:\n        i += 1\n    except Exception:\n        pass\n"
        "loss = w**2\ndw = 2*w\n",
        encoding="utf-8",
    )
    with pytest.raises(BackpropError) as raised:
        check_code(str(file), max_turns=1000)
    (told,) = raised.value.diagnostics
    assert (told.code, raised.value.status) == ("L701", 5)
    assert "1,000 times" in told.message and told.labels[0].source.text[told.labels[0].start :].startswith(loop)


def test_a_loop_that_ends_in_time_is_none(tmp_path):
    file = tmp_path / "net.py"
    file.write_text("w = 2.0\ni = 0\nwhile i < 999:\n    i += 1\nloss = w**2\ndw = 2*w\n", encoding="utf-8")
    assert check_code(str(file), max_turns=1000).ok


SATURATED = """
    import numpy as np
    x, w = np.array([2.0, 3.0]), np.array([1.0, 2.0])
    p = 1/(1 + np.exp(-w*x))
    loss = p.sum()
    dw = p*(1 - p)*x
"""


def test_a_gradient_that_is_0_beside_one_that_is_0_proves_nothing(check):
    assert check(SATURATED).ok
    saturated = SATURATED.replace("2.0, 3.0", "200.0, 300.0")
    for text in (saturated, saturated.replace("dw = p", "dw = 3*p")):
        found = check(text)
        assert (found.status, found.verdict) == (4, "cannot decide")
        assert any("tells nothing of the formula: `dw`" in remark for remark in found.remarks)
    beside = saturated.replace("loss = p.sum()", "b = 2.0; loss = p.sum() + b**2").replace("dw =", "db = 2*b; dw =")
    found = check(beside)
    assert found.status == 0 and any("tells nothing" in remark for remark in found.remarks)


def test_what_is_as_wrong_is_no_repair(check):
    """A term of 1e-7*cos(x) is missing, and a mask that changes the gradient by 1e-5 does not make up for it."""
    found = check(
        """
        import numpy as np
        x, a, c = np.array([0.3, -0.7, 1.1]), np.array([2.0, 1.0, -1e-5]), 1e-7
        loss = (x**3 + a*x + c*np.sin(x)).sum()
        dx = 3*x**2 + a
        """,
        rtol=1e-9,
    )
    (result,) = found.results
    assert (result.verdict, result.mistake, found.status) == ("differs", "", 1)
