"""Jacobians and Hessians times a direction, against whole matrices, differences and numbers one can verify."""

import json

import arrays
import numpy as np
import pytest
from conftest import backprop

import backprop_cli

HVP = [
    ("(1-x)^2 + 100*(y-x^2)^2", {"x": 1.0, "y": 1.0}, "x=1", {"x": 802.0, "y": -400.0}),
    ("x^3", {"x": 2.0}, "1", {"x": 12.0}),
    ("x^2*y", {"x": 2.0, "y": 3.0}, "x=1 y=10", {"x": 46.0, "y": 4.0}),
    ("norm(x)^2", {"x": [1.0, 2.0]}, "x=[3, -1]", {"x": [6.0, -2.0]}),
    ("x' @ A @ x", {"x": [1.0, 2.0], "A": [[1.0, 2.0], [3.0, 4.0]]}, "x=[1,0]", {"x": [2, 5], "A": [[2, 2], [2, 0]]}),
]


@pytest.mark.parametrize(("program", "values", "direction", "expected"), HVP)
def test_second_derivatives_times_a_direction(program, values, direction, expected):
    report = backprop_cli.hvp(program, values, direction=direction)
    assert report.products.keys() == expected.keys() and report.check.verdict == "agree" and report.status == 0
    for name, value in expected.items():
        assert np.allclose(report.products[name], value, rtol=1e-12, atol=1e-12)


JVP = [
    ("x*y", {"x": 2.0, "y": 3.0}, "x=1 y=10", 23.0),
    ("[x*y, x + y, x]", {"x": 2.0, "y": 3.0}, "y=1", [2, 1, 0]),
    ("A @ x", {"A": [[1.0, 2.0], [3.0, 4.0]], "x": [5.0, 6.0]}, "A=[[1,0],[0,1]] x=[1, 1]", [8, 13]),
    ("cumsum(x)", {"x": [1.0, 2.0, 3.0]}, "[1, 10, 100]", [1, 11, 111]),
    ("max(sqrt(x), 1) + 3*x", {"x": 0.0}, "1", 3.0),  # what moves infinitely fast is not the larger
    ("max(sqrt(x), y)", {"x": 0.0, "y": 2.0}, "x=1 y=5", 5.0),
]


@pytest.mark.parametrize(("program", "values", "direction", "expected"), JVP)
def test_a_jacobian_times_a_direction(program, values, direction, expected):
    report = backprop_cli.jvp(program, values, direction=direction)
    assert np.allclose(report.products["f"], expected, rtol=1e-12) and report.check.verdict == "agree"


def test_nothing_times_an_infinite_rate_is_undefined():
    report = backprop_cli.jvp("0*sqrt(x)", x=0.0, direction="1")
    assert np.isnan(report.products["f"]) and report.check.verdict == "undecided"


@pytest.mark.parametrize(
    "text", [text for text in arrays.PROGRAMS if text.count("(") < 4 and "axis=[" not in text and text != "det(M)"][:40]
)
def test_products_are_those_of_the_whole_matrices(text):
    drawn = np.random.default_rng(5)
    values = {name: np.asarray(arrays.ENVIRONMENT[name], dtype=float) for name in arrays.names_in(text)}
    direction = {name: drawn.standard_normal(value.shape) for name, value in values.items()}
    whole = backprop_cli.jacobian(text, values, check=False).jacobians
    right = sum(np.tensordot(whole[name], direction[name], direction[name].ndim) for name in values)
    assert np.allclose(backprop_cli.jvp(text, values, direction=direction, check=False).products["f"], right, rtol=1e-9)
    squared = f"out = {text}; sum(out*out)"
    found = backprop_cli.hvp(squared, values, direction=direction, check=False)
    flat = np.concatenate([np.ravel(direction[name]) for name in found.products])
    right = backprop_cli.hessian(squared, values, check=False).matrix @ flat
    size = np.abs(right).max(initial=1e-12)
    assert np.allclose(np.concatenate([np.ravel(it) for it in found.products.values()]), right, atol=1e-9 * size)


@pytest.mark.parametrize(("command", "status", "said"), [
    (["grad", "x*y", "x=1", "y=2", "--hvp", "1"], 2, "write `x=… y=…`"),
    (["grad", "x*y", "x=1", "y=2", "--hvp", "z=1"], 2, "inputs are `x`, `y`"),
    (["grad", "x*x", "x=[1,2]", "--hvp", "1"], 2, "as in `sum(…)`"),
    (["jacobian", "x*x", "x=[1,2]", "--jvp", "1"], 2, "the direction of `x` has the shape (), and `x` is (2,)"),
    (["grad", "x*x", "x=1", "--hvp", "1", "--rate", "0.1"], 2, "`--rate` has no meaning beside `--hvp`"),
    (["jacobian", "x*x", "x=1", "--jvp", "1", "--mode", "reverse"], 2, "`--mode` has no meaning beside `--jvp`"),
    (["grad", "x*x", "x=1", "--hvp", "1", "--wrt", "x"], 2, "name those that move there"),
    (["grad", "x*x", "x=1", "--hvp", "1", "--format", "toml"], 2, "holds nothing"),
    (["grad", "2 + 3", "--hvp", "1"], 2, "no input"),
    (["grad", "x*y", "x=1", "y=2", "--order", "2"], 2, "`backprop hessian`"),
    (["grad", "2x^2", "x=1", "--hvp", "1", "--strict"], 4, "read `2x^2` as `2*x^2`"),
    (["jacobian", "2x", "x=1", "--jvp", "1", "--strict"], 4, "read `2x` as `2*x`"),
    (["grad", "relu(x)*x", "x=0", "--hvp", "1", "--strict"], 4, "`relu` has a kink at x = 0"),
    (["grad", "log(x)", "x=0", "--hvp", "1"], 4, "`log` has a pole at x = 0"),
    (["grad", "(exp(x) - 1 - x)^2", "x=1e-9", "--hvp", "1"], 4, "precision"),
    (["jacobian", "(1-cos(x))/x^2", "x=1e-9", "--jvp", "1"], 4, "the gradient of `ε` is -8.333333333333334e-11"),
])  # fmt: skip
def test_what_is_refused_or_noted(command, status, said):
    ran = backprop(*command)
    assert ran.status == status and said in ran.err + ran.out


def test_formats_and_orders():
    words = ["grad", "x^2*y", "x=2", "y=3", "--hvp", "x=1"]
    assert backprop(*words, "-q").out == "x=6\ny=4\n"
    document = json.loads(backprop(*words, "--json").out)
    assert document["products"] == {"x": 6, "y": 4} and document["direction"] == {"x": 1}
    assert "| `x` | 1 | 6 |" in " ".join(backprop(*words, "--format", "markdown").out.split())
    assert (
        backprop("grad", "x^4", "x=2", "--order", "3", "-q").out
        == backprop("diff", "x^4", "x=2", "--order", "3", "-q").out
    )
