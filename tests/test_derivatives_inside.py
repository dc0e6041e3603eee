"""`df/dx` inside a program: numbers one can verify, and differences of the numbers inside."""

import numpy as np
import pytest
from conftest import backprop

import backprop_cli


@pytest.mark.parametrize(
    ("text", "values", "value", "gradients"),
    [
        ("f = x^3; df/dx", {"x": 2}, 12, {"x": 12}),
        ("f = x^3; g = df/dx; g*x", {"x": 2}, 24, {"x": 36}),
        ("f = x^3; df / dx", {"x": -1}, 3, {"x": -6}),
        ("f = x^2*y; g = df/dx; h = dg/dy; h + g", {"x": 2, "y": 3}, 16, {"x": 8, "y": 4}),
        ("q = x + y; f = q^2; df/dq", {"x": 1, "y": 2}, 6, {"x": 2, "y": 2}),
        ("f = x^2 - 2; x - f/(df/dx)", {"x": 1.5}, 17 / 12, {"x": 1 / 18}),
        ("f = where(x > 0, x^2, sqrt(-x)); df/dx", {"x": 3}, 6, {"x": 2}),
        ("gate s(a) = a^2*3; f = s(x)*y; df/dx", {"x": 2, "y": 5}, 60, {"x": 30, "y": 12}),
        ("f = norm(x)^2; g = df/dx; sum(g^2)", {"x": [1.0, 2.0]}, 20, {"x": [8, 16]}),
        ("f = 3*x; df/dx + x", {"x": 1}, 4, {"x": 1}),
        ("f = x*y; f = f*x; df/dx", {"x": 2, "y": 3}, 12, {"x": 6, "y": 4}),
        (
            "L = (y - w*x)^2; w - 0.1*(dL/dw)",
            {"x": 2, "y": 3, "w": 1},
            1.4,
            {"w": 0.2},
        ),
    ],
)
def test_numbers_one_can_verify(text, values, value, gradients):
    report = backprop_cli.grad(text, values)
    assert report.value == pytest.approx(value)
    for name, expected in gradients.items():
        assert np.allclose(report.gradients[name], expected)
    assert report.check.verdict == "agree" and report.status == 0


def test_what_is_bound_or_defined_is_a_quotient():
    assert backprop_cli.evaluate("f = x; df/dx", x=1, df=6, dx=2).value == 3
    assert backprop_cli.evaluate("f = x; df = 8; dx = 2; df/dx", x=1).value == 4
    assert backprop_cli.grad("df/dx", df=6, dx=2).gradients["df"] == 0.5


def test_a_penalty_of_gradients_against_differences():
    text = "D = sum(tanh(x@W)*v); (norm(dD/dx) - 1)^2"
    values = {"x": np.array([0.5, -0.2]), "W": np.array([[1.0, 2.0], [0.3, -0.4]]), "v": np.array([0.7, -1.1])}
    found = backprop_cli.grad(text, values).gradients["W"]
    for index in np.ndindex(2, 2):
        moved = [values["W"].copy() for _ in range(2)]
        moved[0][index] += 1e-5
        moved[1][index] -= 1e-5
        above, below = (backprop_cli.evaluate(text, {**values, "W": W}).value for W in moved)
        assert found[index] == pytest.approx((above - below) / 2e-5, rel=1e-6)


def test_errors_point_at_the_derivative():
    for words, said in [
        (["g = df/dx; f = x^2; g", "x=1"], "used before it is defined"),
        (["f = digamma(x); df/dx", "x=1"], "no formula in gates"),
        (["f = [x, 2*x]; df/dx", "x=1"], "that of one number"),
        (["f = x^2; df/dz", "x=1"], "`df` has no value"),
    ]:
        ran = backprop("eval", *words)
        assert ran.status == 2 and said in ran.err, ran.err


def test_everything_works_on_it():
    program = "f = x^3*y; g = df/dx; g^2"
    bound = ["x=2", "y=1"]
    for command in (["eval"], ["grad"], ["explain"], ["jacobian"], ["hessian"], ["graph", "--format", "svg"], ["diff"]):
        assert backprop(command[0], program, *bound, *command[1:]).status == 0
    assert backprop("check", program, "--claim", "dg/dx = 6*x*y", "--claim", "dg/dy = 3*x^2").status == 0
    assert backprop("check", program, "--claim", "dg/dx = 3*x*y").status == 1


def test_derivatives_nested_without_end_are_refused():
    nested = "; ".join(f"g{k} = d{f'g{k - 1}' if k else 'f'}/dx" for k in range(40))
    ran = backprop("eval", f"f = sin(x)*exp(x^2)/x; {nested}; g39", "x=1.5")
    assert ran.status == 5 and "derivatives of derivatives grow" in ran.err
