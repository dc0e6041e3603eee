"""`df/dx` inside a program: numbers one can verify, and differences of the numbers inside."""

import random

import numpy as np
import pytest
import sympy
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
        ("f = x^3*y; h = d2f/dx2; h*y", {"x": 2, "y": 3}, 108, {"x": 54, "y": 72}),
        ("f = x^3*y; d2f/dxdy", {"x": 2, "y": 3}, 12, {"x": 12, "y": 0}),
        ("q = x*y; f = q^3; d2f/dq2", {"x": 2, "y": 3}, 36, {"x": 18, "y": 12}),
        ("f = x^4 - 3*x^2; x - (df/dx)/(d2f/dx2)", {"x": 1}, 4 / 3, {"x": -4 / 3}),
        ("f = sum(v^2)*s; g = d2f/dvds; sum(g^2)", {"v": [1.0, 2.0], "s": 3}, 20, {"v": [8, 16], "s": 0}),
        ("f = sum(v^2)*s; g = d2f/dsdv; sum(g^2)", {"v": [1.0, 2.0], "s": 3}, 20, {"v": [8, 16], "s": 0}),
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


SECONDS = [
    "d2f/dx2", "d²f/dx²", "d^2f/dx^2", "d**2 f / dx**2", "d^2 f/(dx)^2", "(d2f/dx2)", "∂²f/∂x²", "∂^2f/∂x^2",
    "d2f/dx dx", "d2f/(dx dx)", "d2f/(dx*dx)", "d2f/dxdx", "1 d2f/dx2", "d2f/dx2 1",
]  # fmt: skip


@pytest.mark.parametrize("written", SECONDS)
def test_second_derivatives_as_people_type_them(written):
    assert backprop_cli.evaluate(f"f = x^3*y; {written}", x=2, y=3).value == 36


@pytest.mark.parametrize("written", ["d2f/dx dy", "d2f/dydx", "∂²f/∂x∂y", "∂²f/(∂x∂y)", "d²f/(dy·dx)", "d2f/(dx*dy)"])
def test_mixed_ones(written):
    assert backprop_cli.evaluate(f"f = x^3*y; 1 + {written}*2", x=2, y=3).value == 25


@pytest.mark.parametrize(("written", "value"), [
    (r"\frac{df}{dx}", 36), (r"\frac{\partial f}{\partial x}", 36), (r"\frac{d f}{d x}", 36),
    (r"\frac{\mathrm{d}f}{\mathrm{d}x}", 36),
    (r"\frac{d^2 f}{dx^2}", 36), (r"\dfrac{\partial^{2} f}{\partial x^{2}}", 36),
    (r"\frac{\partial^2 f}{\partial x \partial y}", 12),
    (r"\frac{\partial^2 f}{\partial y\,\partial x}", 12), (r"2 \frac{df}{dy}", 16),
    (r"\left(\frac{df}{dy}\right)^2", 64),
])  # fmt: skip
def test_latex(written, value):
    assert backprop_cli.evaluate(f"f = x^3 y; {written}", x=2, y=3).value == value


def test_latex_of_what_is_bound_and_what_is_not_defined():
    assert backprop_cli.evaluate(r"\frac{d x}{d y}", d=5, x=1, y=2).value == 0.5
    assert backprop_cli.evaluate(r"f = \alpha^2; \frac{\partial f}{\partial \alpha}", alpha=3).value == 6
    ran = backprop("eval", r"\frac{\partial f}{\partial x} + x", "x=1")
    assert ran.status == 2 and "gradients are what comes out" in ran.err


def test_greek_letters_and_what_is_bound_or_defined():
    assert backprop_cli.evaluate("f = α^2*β; ∂²f/∂α∂β", α=3, β=1).value == 6
    assert backprop_cli.evaluate("f = α^2*β; ∂f/∂α", α=3, β=2).value == 12
    assert backprop_cli.evaluate("f = x; d2f/dx2", x=1, d2f=6, dx2=2).value == 3
    assert backprop_cli.evaluate("f = x^2; d^2*f/dx^2", x=2, d=3, dx=6).value == 1
    assert backprop_cli.evaluate("f = x2^2; df/dx2", x2=3).value == 6
    assert backprop_cli.evaluate("f = 3*x; df/ds + df/ds + df/dx", x=1, s=[1.0, 2.0]).value.tolist() == [3, 3]


def test_errors_point_at_the_derivative():
    for words, said in [
        (["g = df/dx; f = x^2; g", "x=1"], "used before it is defined"),
        (["f = tetragamma(x); df/dx", "x=1"], "no formula in gates"),
        (["f = [x, 2*x]; df/dx", "x=1"], "that of one number"),
        (["f = x^2; df/dz", "x=1"], "`df` has no value"),
        (["f = x^2; d2f/dz2", "x=1"], "gradients are what comes out"),
        (["f = x^2; d2f/dx2^2", "x=1"], "`d2f` has no value"),
        (["f = x^2; d3f/dx3", "x=1"], "`d3f` has no value"),
        (["g = d2f/dx2; f = x^2", "x=1"], "used before it is defined"),
        (["f = a*da + ad; d2f/dadda", "a=1", "da=1", "ad=1", "dda=1"], "`d2f` has no value"),
        (["q = x*y; f = q^2; d2f/dqdx", "x=1", "y=2"], "their order would matter"),
        (["f = sum(v^2); d2f/dv2", "v=[1,2]"], "`backprop hessian`"),
        (["f = sum(v^2)*sum(w); d2f/dvdw", "v=[1,2]", "w=[1,2]"], "`backprop hessian`"),
        (["f = v^2*s; d2f/ds2", "v=[1,2]", "s=1"], "that of one number"),
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


def test_everything_works_on_second_ones():
    program = "f = x^3*y; h = d2f/dx2; h*y"
    for command in (["eval"], ["grad"], ["explain"], ["jacobian"], ["hessian"], ["graph", "--format", "svg"], ["diff"]):
        ran = backprop(command[0], program, "x=2", "y=3", *command[1:])
        assert ran.status == 0 and ran.out
    assert backprop("diff", program, "-q").out == "h = 6*x*y\ndout/dx = 6*y^2\ndout/dy = 6*x*y + h\n"
    claims = ["dh/dx = 6*y", "d2h/dxdy = 6", "d2f/dxdy = 3*x^2", "dout/dy = 2*h"]
    assert backprop("check", program, *(word for claim in claims for word in ("--claim", claim))).status == 0
    assert backprop("check", program, "--claim", "dh/dx = 3*y").status == 1


def test_random_second_derivatives_against_sympy():
    chosen = random.Random(7)
    x, y = sympy.symbols("x y", real=True)
    terms = {"x^3*y": x**3 * y, "sin(x*y)": sympy.sin(x * y), "exp(x - y)": sympy.exp(x - y), "cos(x)": sympy.cos(x),
             "x^2/(1 + y^2)": x**2 / (1 + y**2), "tanh(x*y)": sympy.tanh(x * y)}  # fmt: skip
    at, point = {"x": 1.3, "y": -0.7}, {x: sympy.Rational(13, 10), y: sympy.Rational(-7, 10)}
    for _ in range(40):
        one, other = chosen.sample(sorted(terms), 2)
        below, by = chosen.choice([("dx2", (x, x)), ("dxdy", (x, y)), ("dydx", (y, x)), ("dy2", (y, y))])
        second = sympy.diff(terms[one] * terms[other], *by)
        found = backprop_cli.grad(f"f = {one}*({other}); h = d2f/{below}; h^2", at)
        assert found.value == pytest.approx(float((second**2).subs(point)), rel=1e-12)
        for name, variable in (("x", x), ("y", y)):
            expected = float(sympy.diff(second**2, variable).subs(point))
            assert found.gradients[name] == pytest.approx(expected, rel=1e-10, abs=1e-12)


def test_derivatives_nested_without_end_are_refused():
    nested = "; ".join(f"g{k} = d{f'g{k - 1}' if k else 'f'}/dx" for k in range(40))
    ran = backprop("eval", f"f = sin(x)*exp(x^2)/x; {nested}; g39", "x=1.5")
    assert ran.status == 5 and "derivatives of derivatives grow" in ran.err


# program, values, how many notes there are of what is differentiated at a kink; the value may be right all the same
AT_KINKS = [
    ("f = relu(x); df/dx", {"x": 0}, 1), ("f = relu(x); df/dx", {"x": 1}, 0), ("f = abs(x); df/dx", {"x": 0}, 1),
    ("f = relu(x)^2; df/dx", {"x": 0}, 0), ("f = relu(x)^2; d2f/dx2", {"x": 0}, 1),
    ("f = abs(x)^3; df/dx", {"x": 0}, 0),
    ("f = max(x, y); df/dx", {"x": 1, "y": 1}, 1), ("f = max(x, y); df/dx", {"x": 1, "y": 2}, 0),
    ("f = floor(x) + x; df/dx", {"x": 2}, 1), ("f = where(x > 0, x, 0); df/dx", {"x": 0}, 1),
    ("f = relu(x)*y; df/dy", {"x": 0, "y": 1}, 0), ("f = sum(relu(v)); sum(df/dv)", {"v": [1.0, 0.0]}, 1),
    ("f = norm(v); sum(df/dv)", {"v": [0.0, 0.0]}, 1),
    ("f = relu(x); g = df/dx; where(y > 0, y, g)", {"x": 0, "y": 1}, 0),
    ("f = relu(x); g = df/dx; where(y > 0, y, g)", {"x": 0, "y": -1}, 1),
]  # fmt: skip


@pytest.mark.parametrize(("program", "values", "count"), AT_KINKS)
def test_a_derivative_at_a_kink_is_a_convention(program, values, count):
    notes = [note for note in backprop_cli.evaluate(program, values).notes if note.code == "jump"]
    assert len(notes) == count, notes
    assert backprop_cli.evaluate(program, values).status == 0


def test_nobody_is_accused_at_a_kink_of_what_is_differentiated():
    claims = ["dout/dy = 0", "dout/dy = 1", "dout/dy = 1[x > 0]"]
    report = backprop_cli.check("f = relu(x); g = df/dx; out = g*y", x=0, y=1, claims=claims)
    assert [result.verdict for result in report.results] == ["agrees", "cannot decide", "agrees"]
    assert len(backprop_cli.grad("f = relu(x)^2; d2f/dx2", x=0).notes) == 1  # told once
