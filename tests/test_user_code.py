"""`backprop check FILE.py`: the gradients that unchanged Python assigns, against the loss it computes."""

import textwrap

import pytest

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
