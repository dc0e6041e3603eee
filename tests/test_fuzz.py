"""Random programs, command lines and damaged documents end with a documented status: no traceback, no status 70."""

import os

import numpy as np
import pytest
from conftest import backprop
from fuzz import DOCUMENTED, DOCUMENTS, KINDS, READERS, faults, many

import backprop_cli

COUNTS = {"programs": 1000, "command lines": 700, "documents": 800}


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_tried_ends_with_a_documented_status(kind):
    outcomes = list(many(kind, COUNTS[kind]))
    assert not faults(outcomes), "\n\n".join(f"{what}\n{told}" for what, _, told, _ in faults(outcomes)[:5])
    assert {outcome.status for outcome in outcomes} >= {0, 2}


def test_a_fault_is_seen(monkeypatch):
    monkeypatch.setattr(backprop_cli.api, "evaluate", lambda *_, **__: 1 / 0)
    monkeypatch.setattr(backprop_cli.api, "jacobian", lambda *_, **__: {}[0])
    assert {outcome.status for outcome in faults(list(many("programs", 60)))} == {70}
    assert 70 not in DOCUMENTED


# What it has found, each the smallest of its kind.
@pytest.mark.parametrize(
    ("words", "status", "shown"),
    [
        (["explain", "normcdf(x)", "x=1", "--no-check"], 0, "∂f/∂x = normpdf(x) = normpdf(1)"),
        (["explain", "log_normcdf(x)", "x=1", "--no-check"], 0, "normpdf(x)/normcdf(x)"),
        (["explain", "x*sigmoid(sum(x))", "x=2", "--paths", "--no-check"], 0, "f → x"),
        (["graph", "-x^2", "--collapse"], 0, "x"),
        (["grad", "sum(leaky_relu(0.5, x))", "x=[1,-2]", "--json", "--no-check"], 0, '"gradients"'),
        (["grad", "sum(x % y)", "x=[1.5,2.5]", "y=5e-324"], 4, "jump"),
        (["jacobian", "v = mse(z, z)*x; v*[1, 2]", "z=2", "x=1", "--no-check", "-q"], 0, "x=[0,0]"),
        (["grad", "lgamma(x)", "x=-2.457024738220801", "--no-check"], 4, "precision"),
        (["grad", "sum(gamma(x))", "x=[inf,2]", "--allow-nonfinite", "--rate", "0.1"], 4, "nonfinite-input"),
        (["grad", "sum(matrix_exp(x))", "x=[[1e308,1e308],[1e308,-1e308]]"], 4, "undefined"),
        (["explain", "sum(cumprod(unsqueeze(x, 1), axis=None))", "x=[[-0.4,1e308,-1.1],[2,0.1,0.5]]"], 4, "overflow"),
        (["eval", "roll(y, 3, None) + layer_norm(y, y, None)", "y=[1,2,3]"], 2, "N202"),
        (["check", "q = x/0; sum(q)", "x=[1,2]"], 4, "pole"),
        (["jacobian", "rand(3)*x", "x=2", "--jvp", "1", "--seed", "5", "-q"], 0, "0.7926507320978688"),
        (["check", "v = tanh(x); v*huber(v)", "x=2.6", "--claim", "df/dx = x'"], 1, "differs"),
        (["eval", "matrix_exp(y)", "y=[[5e-324]]"], 0, "[[1]]"),
        (["grad", "sum(cosine_similarity(v*2, z, eps=0))", "v=[[1,2,3]]", "z=[[1,2,3],[3,4,5]]"], 4, "is 0, not"),
        (["jacobian", "svdvals(x/x)", "x=[[1,0],[0,2]]", "--mode", "forward", "-q"], 4, "nan"),
        (["grad", "log(exp(x) + 1e200)", "x=1e160", "--json"], 4, "Infinity"),
        (["grad", "v = [1,2,3]*y; sum(take(v, 2*ceil(v)))", "y=1e-320", "-q"], 0, "y=9"),
        (["grad", "v = x*sqrt(x); hinge_loss(v, x, 2) + sum(v)", "x=[[1.0]]", "-q"], 0, "x="),
        (["hessian", "sum(remainder(y, x))", "x=[[-700,2.4,-0.3],[1.5,-0.5,-1.8]]", "y=-0.3"], 0, "jump"),
        (["hessian", "-sinc(z)", "z=1e-20"], 4, "`d∇f[0]/dz` is 3.289868133696453, not"),  # pi^2/3
        (["hessian", "bce(y, 1) + x*y", "y=0", "x=1"], 4, "pole"),
        (["graph", "x*expand_dims(1e-9, None)", "--format", "dot"], 0, "digraph"),
        (["jacobian", "cumprod(x+y, axis=None)", "x=1", "y=[[1,2],[3,4]]", "-q"], 0, "x=[1,5,26,154]"),
    ],
    ids=lambda value: value[1] if isinstance(value, list) else "",
)  # fmt: skip
def test_what_was_a_fault_has_an_answer(words, status, shown):
    ran = backprop(*words)
    assert ran.status == status and shown in ran.out + ran.err


def test_gates_that_call_each_other_do_not_fill_the_memory():
    gates = "gate g0(x) = x + 1; " + "; ".join(f"gate g{k}(x) = g{k - 1}(x) + g{k - 1}(x)" for k in range(1, 21))
    assert backprop("eval", f"{gates}; g20(x)", "x=1").status == 5
    assert backprop("eval", f"{gates}; g20(x)", "x=1", "--max-nodes", "1000").status == 5
    assert backprop_cli.evaluate(f"{gates}; g13(x)", x=1).value == 2**14


def test_values_have_one_limit_together():
    ran = backprop("eval", "sum(x) + sum(y)", "x=ones(600)", "y=ones(600)", "--max-elements", "1000")
    assert ran.status == 5 and "`y` the values have more than 1,000 elements together" in ran.err
    assert backprop("eval", "x", "x=arange(30000000)", "--json").status == 5


@pytest.mark.parametrize("number", ["1.2345678e-320", "12345678901234567890"])
def test_digits_that_no_double_has_are_noted_wherever_they_are_given(number):
    for words in (["x", f"x={number}"], ["x", "x=1", "--seed-grad", number], ["x", "x=1", "--rate", number]):
        ran = backprop("grad", *words, "--no-check")
        assert f"`{number}` is not a double; the nearest one, " in ran.err, words
    assert f"`{number}` is not a double" in backprop("grad", f"x*{number}", "x=1", "--no-check").err
    exact = "4.94065645841246544176568792868221372365059802614324764425585682500675507270208751865299836361635992e-324"
    assert "not a double" not in backprop("eval", "x", f"x={exact}").err


def test_a_value_has_elements():
    for empty in ([], [[]], np.zeros((0, 2))):
        with pytest.raises(backprop_cli.BackpropError, match=r"V309.*has no elements"):
            backprop_cli.evaluate("sum(x)", x=empty)


@pytest.mark.parametrize(
    "name", ["suite.toml", "notes.md", "v.toml", "h.csv", "t.csv", "a.npz", "f.bp", "net.py", "loss.tex"]
)
def test_the_documents_are_right_before_they_are_damaged(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(DOCUMENTS[name])
    words = READERS[os.path.splitext(name)[1]]
    assert 0 in {backprop(*(word.format(name) for word in line)).status for line in words}


def test_a_number_of_an_npz_is_a_float(tmp_path):
    np.savez(tmp_path / "a.npz", y=np.float64(3.0))
    ran = backprop("grad", "x/y", "x=0", "--vars", str(tmp_path / "a.npz"), "-q")
    assert (ran.status, ran.out, ran.err) == (0, "x=0.3333333333333333\ny=0\n", "")
