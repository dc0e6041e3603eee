"""Long arrays are checked by some of their rows: these answer what the whole would."""

import numpy as np
import pytest

import backprop_cli
from backprop_cli.check import rows as module
from backprop_cli.check.array_differences import check_by_differences
from backprop_cli.check.rows import some_rows
from backprop_cli.check.straight import Line
from backprop_cli.engine.passes import backward, forward
from backprop_cli.session import open_session

N = 400
DRAWN = np.random.RandomState(3)
VALUES = {
    "x": DRAWN.standard_normal(N), "y": DRAWN.standard_normal(N), "w": 0.7, "v": DRAWN.standard_normal(3),
    "X": DRAWN.standard_normal((N, 3)), "Y": DRAWN.standard_normal((N, 3)), "c": DRAWN.standard_normal((N, 1)),
    "r": DRAWN.standard_normal((1, 3)),
}  # fmt: skip
# A program, and the inputs of which rows suffice.
PROGRAMS = [
    ("sum((x + y)*w)", "xy"), ("mean(sigmoid(x*y))^2", "xy"), ("sum(x)*mean(y)", "xy"), ("sum(x*y) + sum(x^2)*w", "xy"),
    ("sum(X*v + c)", "Xc"), ("sum(X*r*c)", "Xc"), ("log(sum(exp(X)))", "X"), ("sum(sum(X*Y, axis=0)*v)", "XY"),
    ("sum(mean(X, axis=0, keepdims=True)@v)", "X"), ("sum(tanh(X)*v)/sum(X^2)", "X"),
    ("sum(where(x > 0, x, 2*y))", "xy"),
    # A row has a share in others, or is added up otherwise.
    ("sum((x - mean(x))^2)", ""), ("sum(softmax(x)*y)", "y"), ("sum(X@v)", ""), ("sum(sum(X, axis=1)^2)", ""),
    ("max(x, axis=0)*sum(y)", "y"), ("norm(x)", ""), ("sum(x[1:])", ""), ("sum(X)*w", "X"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def short_is_long(monkeypatch):
    monkeypatch.setattr(module, "_LONG", 100)
    monkeypatch.setattr(module, "_ELEMENTS", 30)


def opened(text):
    values = {name: value for name, value in VALUES.items() if name in set(text.replace("max", "").replace("exp", ""))}
    graph = open_session(text, values, {}, spare=True).graph
    found = forward(graph, {name: values[name] for name in graph.variables})
    return graph, found


@pytest.mark.parametrize(("text", "enough"), PROGRAMS)
def test_some_rows_answer_what_all_would(text, enough):
    graph, values = opened(text)
    some = some_rows(graph, values)
    assert 5 < len(some.places) <= 30
    assert {name for name, node in graph.variables.items() if some.suffice(node)} == set(enough)
    for name in enough:
        node = graph.variables[name]
        for step in (0.0, 0.1):
            moved = values[node].copy()
            moved[some.places] += step
            whole = Line(graph, values, node, moved - values[node]).output(1.0, 1.0)
            assert some.moved_output(node, some.at(node) + step, 1.0) == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize(("text", "enough"), PROGRAMS)
def test_right_gradients_agree_and_wrong_ones_do_not(text, enough):
    graph, values = opened(text)
    active = graph.dependents(set(graph.variables.values()))

    def verdict(spoilt=None):
        passed = backward(graph, values, graph.output, 1.0, active)
        if spoilt is not None:
            passed.grads[spoilt] = passed.grads[spoilt] * 1.01
        return check_by_differences(graph, values, passed, active, graph.variables, 1.0, kinked=False).verdict

    assert verdict() == "agree"
    for name in enough:
        assert verdict(graph.variables[name]) == "disagree"


def test_wrong_slopes_of_a_gate_are_found():
    graph, values = opened("sum(sigmoid(x*y))")
    active = graph.dependents(set(graph.variables.values()))
    passed = backward(graph, values, graph.output, 1.0, active)
    node = graph.gates.index("sigmoid")
    passed.locals[node] = (passed.locals[node][0] * 1.001,)
    found = check_by_differences(graph, values, passed, active, graph.variables, 1.0, kinked=False)
    assert found.verdict == "disagree" and found.worst.node == node


def test_short_arrays_have_no_rows(monkeypatch):
    monkeypatch.setattr(module, "_LONG", 100_000)
    graph, values = opened("sum(X*v)")
    assert some_rows(graph, values) is None


def test_long_arrays_are_checked_by_default(monkeypatch):
    monkeypatch.setattr(module, "_LONG", 100_000)
    monkeypatch.setattr(module, "_ELEMENTS", 16_384)
    x, y = np.linspace(-2, 2, 150_000), np.linspace(1, 3, 150_000)
    report = backprop_cli.grad("mean(tanh(x*y))", x=x, y=y)
    assert report.check.verdict == "agree" and report.check.methods == ("gate-differences", "directional")
    np.testing.assert_allclose(report.gradients["x"], (1 - np.tanh(x * y) ** 2) * y / 150_000, rtol=1e-10)
