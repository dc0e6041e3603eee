"""What `backprop check FILE.py` takes the gradients for: of which loss, or of which outputs with which weights."""

import textwrap

import numpy as np
import pytest

from backprop_cli import BackpropError
from backprop_cli.user_code.examine import examine
from backprop_cli.user_code.script import Script


def found(text, loss="", change=("", "")):
    """The loss, and the verdicts by the names."""
    text = textwrap.dedent(text)
    assert change[0] in text
    result = examine(Script("net.py", text.replace(*change)), loss=loss)
    return {one.name for one in result.losses}, {one.text: one.verdict for one in result.findings}


BATCH_NORM = """
    import numpy as np
    N, D = 6, 3
    rng = np.random.RandomState(1)
    x, gamma, beta = rng.randn(N, D) * 2 + 1, rng.rand(D), rng.rand(D)
    eps = 1e-5
    dout = rng.randn(N, D)
    mu = x.mean(axis=0)
    std = np.sqrt(((x - mu)**2).mean(axis=0) + eps)
    xhat = (x - mu)/std
    out = gamma*xhat + beta
    dbeta = dout.sum(axis=0)
    dgamma = (dout*xhat).sum(axis=0)
    dxhat = dout*gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat*(dxhat*xhat).mean(axis=0))/std
"""
LSTM = """
    import numpy as np
    def sigmoid(z):
        return 1/(1 + np.exp(-z))
    def forward(x, prev_h, prev_c, W):
        H = prev_h.shape[1]
        a = np.hstack((x, prev_h)) @ W
        i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H:2*H]), sigmoid(a[:, 2*H:3*H])
        g = np.tanh(a[:, 3*H:])
        next_c = f*prev_c + i*g
        next_h = o*np.tanh(next_c)
        return next_h, next_c, (x, prev_h, prev_c, W, i, f, o, g, next_c)
    def backward(dnext_h, dnext_c, cache):
        x, prev_h, prev_c, W, i, f, o, g, next_c = cache
        tc = np.tanh(next_c)
        dc = dnext_c + dnext_h*o*(1 - tc**2)
        da = np.hstack((dc*g*i*(1 - i), dc*prev_c*f*(1 - f), dnext_h*tc*o*(1 - o), dc*i*(1 - g**2)))
        dxh = da @ W.T
        return dxh[:, :3], dxh[:, 3:], dc*f, np.hstack((x, prev_h)).T @ da
    np.random.seed(231)
    N, D, H = 4, 3, 5
    x, prev_h, prev_c = np.random.randn(N, D), np.random.randn(N, H), np.random.randn(N, H)
    W = np.random.randn(D + H, 4*H)
    next_h, next_c, cache = forward(x, prev_h, prev_c, W)
    dnext_h = np.random.randn(*next_h.shape)
    dnext_c = np.random.randn(*next_c.shape)
    dx, dh, dprev_c, dW = backward(dnext_h, dnext_c, cache)
"""
ATTENTION = """
    import numpy as np
    rng = np.random.default_rng(0)
    Q, K, V = rng.normal(size=(4, 3)), rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    scale = 0.5
    S = Q @ K.T*scale
    E = np.exp(S - S.max(axis=1, keepdims=True))
    A = E/E.sum(axis=1, keepdims=True)
    out = A @ V
    dout = rng.normal(size=out.shape)
    dA_given = rng.normal(size=A.shape)
    dV = A.T @ dout
    dP = dout @ V.T + dA_given
    dS = A*(dP - (dP*A).sum(axis=1, keepdims=True))
    dQ = scale*dS @ K
    dK = scale*dS.T @ Q
"""
DESCENT = """
    import numpy as np
    X = np.array([[1., 2.], [3., 4.], [5., 6.]]); y = np.array([1., 2., 2.])
    w = np.zeros(2)
    learning_rate = 0.01
    for epoch in range(100):
        error = X @ w - y
        grad_w = X.T @ error*2/3
        w -= learning_rate*grad_w
        loss = ((X @ w - y)**2).mean()
"""
TWO = """
    import numpy as np
    rng = np.random.default_rng(3)
    x, w = rng.normal(size=4), rng.normal(size=4)
    rate = 0.1
    u = x*w
    v = np.sin(u)
    du_out = np.zeros(4)
    dv = rng.normal(size=4)
    du = rng.normal(size=4)
    dz = du + dv*np.cos(u)
    dx, dw = dz*w, dz*x
"""
LATE = """
    import numpy as np
    rng = np.random.default_rng(3)
    best_loss, reg = float("inf"), 0.1
    X, t, W = rng.normal(size=(5, 3)), rng.normal(size=(5, 2)), rng.normal(size=(3, 2))
    scores = X @ W
    dscores = 2*(scores - t)/5
    dW = X.T @ dscores + 2*reg*W
    loss = ((scores - t)**2).sum()/5
    loss += reg*(W*W).sum()
"""
GATES = """
    from math import exp, tanh
    x, w, c = 0.5, -0.3, 0.8
    f = 1/(1 + exp(-w*x))
    h = tanh(f*c)
    total = h*h
    dh = 2*h
    df = dh*(1 - h*h)*c
    dw = df*f*(1 - f)*x
"""


@pytest.mark.parametrize(("text", "loss", "of", "names"), [
    (BATCH_NORM, "", "sum(out*dout)", "dbeta dgamma dxhat dx"),
    (BATCH_NORM + "    total = np.sum(out*dout)\n", "total", "total", "dbeta dgamma dxhat dx"),
    (LSTM, "", "sum(next_h*dnext_h) + sum(next_c*dnext_c)", "da dx dprev_c dW"),
    (LSTM + "    total = np.sum(next_h*dnext_h) + np.sum(next_c*dnext_c)\n", "total", "total", "da dx dprev_c dW"),
    (LSTM.replace("randn(*next_c.shape)", "randn(N, H)*0"), "", "sum(next_h*dnext_h) + sum(next_c*dnext_c)", "dW"),
    (TWO, "", "sum(v*dv) + sum(u*du)", "dx dw"),
    (LATE, "", "loss", "dscores dW"),
    (LATE, "loss", "loss", "dscores dW"),
    (GATES, "", "total", "dh df dw"),
])  # fmt: skip
def test_what_is_right_agrees(text, loss, of, names):
    losses, verdicts = found(text, loss)
    assert losses == {of}
    assert set(names.split()) <= set(verdicts) and set(verdicts.values()) == {"agrees"}


@pytest.mark.parametrize(("text", "loss", "change", "wrong"), [
    (BATCH_NORM, "", ("dout.sum(axis=0)", "dout.mean(axis=0)"), "dbeta"),
    (BATCH_NORM, "", ("dxhat = dout*gamma", "dxhat = np.ones((N, 1))*gamma"), "dxhat"),
    (BATCH_NORM, "", (" - dxhat.mean(axis=0)", ""), "dx"),
    (LSTM, "", ("dc = dnext_c + ", "dc = "), "da"),
    (LSTM, "", ("dc = dnext_c + ", "dc = dnext_c - "), "da"),
    (LSTM, "", ("dnext_h*tc*o*(1 - o)", "dnext_c*tc*o*(1 - o)"), "da"),
    (TWO, "", ("dz = du + ", "dz = "), "dx"),
    (TWO, "", ("dv*np.cos(u)", "dv*np.cos(v)"), "dx"),
    (LATE, "", ("2*reg*W", "reg*W"), "dW"),
    (GATES, "", ("df = dh*(1 - h*h)*c", "df = dh*c"), "df"),
])  # fmt: skip
def test_what_is_wrong_differs(text, loss, change, wrong):
    assert found(text, loss, change)[1][wrong] == "differs"


@pytest.mark.parametrize(("text", "loss", "change", "message"), [
    (DESCENT, "", ("", ""), "`loss` is assigned after the gradients"),
    (DESCENT + "    print(loss)\n", "", ("", ""), "`loss` is assigned after the gradients"),
    (DESCENT, "loss", ("", ""), "`loss` is assigned after the gradients"),
    (DESCENT, "learning_rate", ("", ""), "no variable that has a gradient changes `learning_rate`"),
    (BATCH_NORM, "eps", ("", ""), "no variable that has a gradient changes `eps`"),
    (LATE, "", ("loss = ((", "W -= 0.1*dW; scores = X @ W\nloss = (("), "`loss` is assigned after the gradients"),
    (BATCH_NORM, "", ("out = gamma", "result = gamma"), "`dout` is given, and nothing"),
    (ATTENTION, "", ("", ""), "`dA_given` is given, and nothing"),
    (TWO, "", ("du = rng.normal(size=4)", "du = np.ones(4)"), "it cannot be told which of `dv`, `du` are given"),
    (TWO, "", ("dv = rng.normal(size=4)\ndu = rng.normal(size=4)", "dv = v + 1\ndu = u - 1"), "which of `dv`, `du`"),
])  # fmt: skip
def test_what_cannot_be_told_is_refused(text, loss, change, message):
    with pytest.raises(BackpropError, match="N216") as raised:
        found(text, loss, change)
    assert message in raised.value.diagnostics[0].message


@pytest.mark.parametrize(("text", "change", "first", "names"), [
    (ATTENTION, ("", ""), "dV", "dV dS dQ dK"),
    (BATCH_NORM, ("out = gamma", "result = gamma"), "dbeta", "dbeta dgamma dxhat dx"),
    (TWO, ("du = rng.normal(size=4)", "du = np.ones(4)"), "dz", "dx dw"),
])  # fmt: skip
def test_the_help_is_right_when_followed(text, change, first, names):
    with pytest.raises(BackpropError) as raised:
        found(text, "", change)
    advice = raised.value.diagnostics[0].help
    assert "np.sum(" in advice
    lines = textwrap.dedent(text).replace(*change).split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith(first))
    lines.insert(at, "loss = " + advice.split("`loss = ")[1].split("`")[0])
    losses, verdicts = found("\n".join(lines))
    assert losses == {"loss"} and set(names.split()) <= set(verdicts)
    assert text == ATTENTION or set(verdicts.values()) == {"agrees"}  # there it is a part of the loss


NUMERICAL = """
    import numpy as np
    rng = np.random.default_rng(0)
    x, W = rng.normal(size=(4, 3)), rng.normal(size=(3, 2))
    out = np.tanh(x @ W)
    dout = rng.normal(size=(4, 2))
    dx = (dout*(1 - out*out)) @ W.T
    dx_num = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        for sign in (1, -1):
            moved = x.copy()
            moved[i] += sign*1e-5
            dx_num[i] += sign*np.sum(np.tanh(moved @ W)*dout)/2e-5
    error = np.max(np.abs(dx - dx_num))
"""


def test_how_far_a_gradient_is_from_a_numerical_one_is_no_loss():
    assert found(NUMERICAL) == ({"sum(out*dout)"}, {"dx": "agrees"})
    assert found(NUMERICAL, "", ("out*out", "out"))[1]["dx"] == "differs"


IN_A_FUNCTION = """
    import numpy as np
    lr = 0.1
    def main():
        rng = np.random.default_rng(0)
        x, w = rng.normal(size=(4, 3)), rng.normal(size=(3, 2))
        out = np.tanh(x @ w)
        dout = rng.normal(size=out.shape)
        dz = dout*(1 - out**2)
        dw, dx = x.T @ dz, dz @ w.T
    main()
"""


def test_what_is_given_in_a_function_weighs_its_output():
    losses, verdicts = found(IN_A_FUNCTION)
    assert losses == {"sum(out*dout)"} and verdicts == {"dw": "agrees", "dx": "agrees"}
    assert found(IN_A_FUNCTION, "", ("out**2", "out"))[1]["dw"] == "differs"


def test_a_number_that_is_no_loss_is_not_suggested():
    with pytest.raises(BackpropError, match="N216") as raised:
        found(IN_A_FUNCTION.replace("dout", "upward"))
    assert "`lr`" not in raised.value.diagnostics[0].help


# -- functions at which several gradients arrive ----------------------------------------------------------------

TWO_OUTPUTS = """
    import numpy as np
    def f_forward(x, w):
        u = x*w
        v = np.sin(u)
        return u, v, (x, w, u)
    def f_backward(du, dv, cache):
        x, w, u = cache
        dz = du + dv*np.cos(u)
        return dz*w, dz*x
"""
# The state that goes out has the name of the one that comes in.
STEP = """
    import numpy as np
    def s(z):
        return 1/(1 + np.exp(-z))
    def step_forward(x, h, c, W):
        z, n = np.concatenate([x, h]) @ W, len(h)
        i, f, o, g = s(z[:n]), s(z[n:2*n]), s(z[2*n:3*n]), np.tanh(z[3*n:])
        kept = (x, h, c, W, i, f, o, g)
        c = f*c + i*g
        h = o*np.tanh(c)
        return h, c, (*kept, c)
    def step_backward(dh, dc, cache):
        x, h0, c0, W, i, f, o, g, c = cache
        dc = dc + dh*o*(1 - np.tanh(c)**2)
        do = dh*np.tanh(c)
        dz = np.concatenate([dc*g*i*(1 - i), dc*c0*f*(1 - f), do*o*(1 - o), dc*i*(1 - g**2)])
        dxh = W @ dz
        dx, dh, dc = dxh[:len(x)], dxh[len(x):], dc*f
        dW = np.outer(np.concatenate([x, h0]), dz)
        return dx, dc, dh, dW
"""
LAYER_NORM = """
    import numpy as np
    def layernorm_forward(x, gamma, beta):
        mu = x.mean(axis=1, keepdims=True)
        std = np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
        xhat = (x - mu)/std
        return gamma*xhat + beta, (xhat, gamma, std)
    def layernorm_backward(dout, cache):
        xhat, gamma, std = cache
        dgamma, dbeta = (dout*xhat).sum(axis=0), dout.sum(axis=0)
        g = dout*gamma
        dx = (g - g.mean(axis=1, keepdims=True) - xhat*(g*xhat).mean(axis=1, keepdims=True))/std
        return dx, dgamma, dbeta
"""
ATTEND = """
    import numpy as np
    def attention_forward(Q, K, V):
        S = Q @ K.T/np.sqrt(Q.shape[1])
        A = np.exp(S - S.max(axis=1, keepdims=True))
        A = A/A.sum(axis=1, keepdims=True)
        out = A @ V
        return out, A, (Q, K, V, A)
    def attention_backward(dout, dA, cache):
        Q, K, V, A = cache
        dV = A.T @ dout
        dA = dA + dout @ V.T
        dS = A*(dA - (dA*A).sum(axis=1, keepdims=True))/np.sqrt(Q.shape[1])
        return dS @ K, dS.T @ Q, dV
"""
# One of several outputs has a gradient that arrives: the other is a by-product.
ONE_OF_THREE = ATTEND.replace("dout, dA, cache", "dout, cache").replace("dA + dout", "dout")


def _drawn(**shapes):
    rng = np.random.default_rng(0)
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


OF = {
    TWO_OUTPUTS: _drawn(x=3, w=3),
    STEP: _drawn(x=3, h=2, c=2, W=(5, 8)),
    LAYER_NORM: _drawn(x=(4, 3), gamma=3, beta=3),
    ATTEND: _drawn(Q=(3, 4), K=(5, 4), V=(5, 2)),
    ONE_OF_THREE: _drawn(Q=(3, 4), K=(5, 4), V=(5, 2)),
}


def called(text, change=("", "")):
    text, given = textwrap.dedent(text), OF[text]
    assert change[0] in text
    return {one.text: one.verdict for one in examine(Script("net.py", text.replace(*change)), given=given).findings}


@pytest.mark.parametrize(("text", "change", "names"), [
    (TWO_OUTPUTS, ("", ""), "dx dw"),
    (TWO_OUTPUTS, ("return u, v,", "return u*1, np.sin(u),"), None),
    (TWO_OUTPUTS, ("return u, v,", "return u, np.sin(u),"), "dx dw"),
    (STEP, ("", ""), "dx dh dc dW"),
    (LAYER_NORM, ("", ""), "dx dgamma dbeta"),
    (ATTEND, ("", ""), "dQ dK dV dA"),
    (ATTEND, ("return out, A, ", "return A @ V, A, "), "dQ dK dV dA"),
    (ONE_OF_THREE, ("", ""), "dQ dK dV dA"),
])  # fmt: skip
def test_every_gradient_that_arrives_weighs_its_output(text, change, names):
    if names is None:
        with pytest.raises(BackpropError, match="which of the outputs of `f_forward` `du`, `dv`") as raised:
            called(text, change)
        assert "as in `return u, v, cache`" in raised.value.diagnostics[0].help
    else:
        found = called(text, change)
        assert set(names.split()) <= set(found) and set(found.values()) == {"agrees"}


def test_numbered_gradients_are_those_of_the_outputs_in_order():
    text = textwrap.dedent(TWO_OUTPUTS).replace("return u, v,", "return 1*u, np.sin(u),")
    text = text.replace("du", "dout1").replace("dv", "dout2")
    for change, verdict in ((("", ""), "agrees"), (("dout1 + dout2*", "dout2 + dout1*"), "differs")):
        found = examine(Script("net.py", text.replace(*change)), given=OF[TWO_OUTPUTS]).findings
        assert [one.verdict for one in found] == [verdict, verdict]


@pytest.mark.parametrize(("text", "change", "wrong"), [
    (TWO_OUTPUTS, ("dz = du + dv*np.cos(u)", "dz = du"), "dx"),
    (TWO_OUTPUTS, ("dz = du + dv*np.cos(u)", "dz = dv*np.cos(u)"), "dx"),
    (STEP, ("dc = dc + dh", "dc = dh"), "dz"),
    (STEP, ("dxh[len(x):], dc*f", "dxh[len(x):], dc*i"), "dc"),
    (STEP, ("dc*c0*f*(1 - f)", "dc*c*f*(1 - f)"), "dz"),
    (LAYER_NORM, ("dout.sum(axis=0)", "dout.mean(axis=0)"), "dbeta"),
    (ATTEND, ("dA = dA + dout", "dA = dout"), "dA"),
    (ONE_OF_THREE, ("(dA*A).sum(axis=1,", "(dA*A).sum(axis=0,"), "dQ"),
])  # fmt: skip
def test_a_mistake_where_several_arrive_is_found(text, change, wrong):
    assert called(text, change)[wrong] == "differs"


def test_an_exception_in_the_backward_function_is_shown():
    with pytest.raises(BackpropError, match="F606"):
        called(ONE_OF_THREE, ("Q, K, V, A = cache", "Q, K, V, A, out = cache"))
