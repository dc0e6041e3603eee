"""`stop_gradient`: the value goes through, nothing flows back; nobody is accused by that, nor acquitted."""

import numpy as np
import pytest
from conftest import backprop

import backprop_cli
from backprop_cli.engine.frozen import frozen
from backprop_cli.gates.fields import FLOATS

# Program, values, gradients by hand.
STOPPED = [
    ("x*stop_gradient(x)", {"x": 3.0}, {"x": 3.0}),
    ("stop_gradient(x^2)", {"x": 3.0}, {"x": 0.0}),
    ("(x - stop_gradient(y))^2", {"x": 3.0, "y": 1.0}, {"x": 4.0, "y": 0.0}),
    # The straight-through estimator (Bengio, Leonard & Courville 2013): the slope of what was rounded.
    ("w*x + stop_gradient(round(w*x) - w*x)", {"w": 2.25, "x": 3.0}, {"w": 3.0, "x": 2.25}),
    # REINFORCE's surrogate: the return is a weight.
    ("log(sigmoid(t))*stop_gradient(r*t)", {"t": 0.0, "r": 4.0}, {"t": 0.0, "r": 0.0}),
    ("q = x*y; q*stop_gradient(q)", {"x": 2.0, "y": 3.0}, {"x": 18.0, "y": 12.0}),
    ("stop_gradient(1/x)*0 + x", {"x": 0.5}, {"x": 1.0}),
    ("sum(x*stop_gradient(x))", {"x": [1.0, -2.0]}, {"x": [1.0, -2.0]}),
    ("sum((x - stop_gradient(mean(x)))^2)", {"x": [1.0, 5.0]}, {"x": [-4.0, 4.0]}),
    ("softmax(x - stop_gradient(max(x)))[0]", {"x": [0.0, 0.0]}, {"x": [0.25, -0.25]}),
    ("x*detach(x)", {"x": 3.0}, {"x": 3.0}),
    ("x * x.detach()", {"x": 3.0}, {"x": 3.0}),
    ("x * x.data", {"x": 3.0}, {"x": 3.0}),
    ("x * jax.lax.stop_gradient(x)", {"x": 3.0}, {"x": 3.0}),
    ("tf.stop_gradient(x) * x", {"x": 3.0}, {"x": 3.0}),
    ("(torch.relu(x).detach() * x).sum()", {"x": [3.0, -1.0]}, {"x": [3.0, 0.0]}),
]


@pytest.mark.parametrize(("program", "values", "gradients"), STOPPED, ids=[row[0] for row in STOPPED])
def test_nothing_flows_back(program, values, gradients):
    report = backprop_cli.grad(program, values)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(report.gradients[name], gradient, rtol=1e-14)
    assert report.check.verdict == "agree"
    assert backprop_cli.check(program, values).verdict == "agrees"


def test_a_large_program_is_judged_with_the_value_held():
    report = backprop_cli.grad("sum(stop_gradient(X@X)*X)", X="randn(40, 40)")
    X = report.inputs["X"]
    np.testing.assert_allclose(report.gradients["X"], X @ X, rtol=1e-12)
    assert report.check.methods == ("gate-differences", "directional") and report.check.verdict == "agree"


@pytest.mark.parametrize("values", [{"x": 3.0}, {"x": [3.0, 1.0]}, {"x": "randn(60, 70)"}])
def test_a_gradient_that_leaks_is_caught(monkeypatch, values):
    from backprop_cli.gates import fields

    for field in (fields.FLOATS, fields.ARRAYS):
        monkeypatch.setitem(field.locals, "stop_gradient", lambda x, _: (x * 0 + 1.0,))
    report = backprop_cli.grad("sum(x^2*stop_gradient(x))", values)
    assert report.check.verdict == "disagree"


@pytest.mark.parametrize(("claim", "verdict"), [("df/dx = x^2", "agrees"), ("df/dx = 3*x^2", "differs")])
@pytest.mark.parametrize("values", [{}, {"x": 2.0}, {"x": [2.0, -1.0]}])
def test_claims_are_judged_with_the_value_held(claim, verdict, values):
    assert backprop_cli.check("sum(x*stop_gradient(x^2))", values, claims=[claim]).verdict == verdict


def test_what_is_stopped_is_a_constant_of_its_value():
    from backprop_cli.errors import Source
    from backprop_cli.graph import lower
    from backprop_cli.language.parser import parse

    graph = lower(parse(Source("test", "x*stop_gradient(x^2)"), ["x"]), ["x"])
    held = frozen(graph, [3.0, 2.0, 9.0, 9.0, 27.0])
    assert held.gates[3] == "constant" and held.constants[3] == 9.0 and held.inputs[3] == ()
    assert graph.gates[3] == "stop_gradient" and frozen(held, []) is held
    assert FLOATS.value["stop_gradient"](2.5) == 2.5


LOOKS = [
    ("boxes", ["--ascii"], "x+ stop_gradient"),
    ("boxes", [], "╳┤ stop_gradient"),
    ("tree", [], "╳ n1 = x * y"),
    ("dot", [], "style=dashed"),
    ("mermaid", [], "-.-"),
    ("tikz", [], "wire, dashed"),
    ("svg", [], 'class="wire cut"'),
]


@pytest.mark.parametrize(("format_", "options", "sign"), LOOKS)
def test_it_is_drawn_as_a_cut(format_, options, sign):
    words = ["graph", "stop_gradient(x*y)*x", "x=3", "y=2", "--format", format_, *options]
    drawn = backprop(*words)
    assert drawn.status == 0 and drawn.out.count(sign) == 1
    words[1] = "tanh(x*y)*x"
    assert sign.replace("stop_gradient", "tanh") not in backprop(*words).out


def test_it_is_told():
    told = backprop("explain", "stop_gradient(x*y)*x", "x=3", "y=2").out
    assert "stop_gradient lets the value through and nothing back" in told
