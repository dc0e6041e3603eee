"""Claims about second derivatives: right ones agree however they are typed, wrong ones differ, kinks accuse nobody."""

import random

import pytest
import sympy
from conftest import backprop

import backprop_cli

# program, values, claim, verdict, what is said
CLAIMS = [
    ("x^3*y + y^2", {}, "d2f/dx2 = 6*x*y", "agrees", "for all values"),
    ("x^3*y + y^2", {"x": 1, "y": 2}, "d2f/dx2 = 12", "agrees", ""),
    ("x^3*y + y^2", {}, "d²f/dx² = 6*x*y", "agrees", "for all values"),
    ("x^3*y + y^2", {}, "d^2f/dx^2 = 6*x*y", "agrees", "for all values"),
    ("x^3*y + y^2", {}, "∂²f/∂x∂y = 3*x^2", "agrees", "for all values"),
    ("x^3*y + y^2", {}, "d2f/dydx = 3*x^2", "agrees", "for all values"),
    ("x^3*y + y^2", {}, "d**2 f/(dx dy) = 3*x^2", "agrees", "for all values"),
    ("x^3*y + y^2", {}, "d2f/dx*dy = 3*x^2", "agrees", "for all values"),
    ("x^3*y + y^2", {}, "d2f/dx2 = 2*df/dx/x", "agrees", "for all values"),
    ("alpha^2*beta", {}, "∂²f/∂α∂β = 2*α", "agrees", "for all values"),
    ("x2^3", {}, "d2f/dx2^2 = 6*x2", "agrees", "for all values"),
    ("dog*ad^2 + d", {}, "d2f/ddogdad = 2*ad", "agrees", "for all values"),
    ("q = x*y; f = q^2", {}, "d2f/dq2 = 2", "agrees", "for all values"),
    ("q = x*y; f = q^2", {}, "d2q/dxdy = 1", "agrees", "for all values"),
    ("sigmoid(x)", {}, "d2f/dx2 = f*(1-f)*(1-2*f)", "agrees", "for all values"),
    ("x*y", {}, "d2f/dx2 = 0", "agrees", "for all values"),
    # mistakes
    ("x^3*y + y^2", {}, "d2f/dx2 = 3*x^2*y", "differs", "the value of `df/dx`"),
    ("x^3*y + y^2", {}, "d2f/dx2 = -6*x*y", "differs", "the sign is wrong"),
    ("x^3*y + y^2", {}, "d2f/dx2 = 12*x*y", "differs", "2 times too large"),
    ("x^3*y + y^2", {}, "d2f/dxdy = 3*x", "differs", ""),
    ("sigmoid(x)", {}, "d2f/dx2 = f*(1-f)", "differs", ""),
    ("relu(x)*y", {}, "d2f/dxdy = 1", "differs", ""),
    ("x^2*y", {"x": 3, "y": 1}, "d2f/dx2 = 1.9", "differs", ""),
    # kinks
    ("relu(x)^2", {}, "d2f/dx2 = where(x > 0, 2, 0)", "agrees", "random points"),
    ("relu(x)*y", {}, "d2f/dxdy = where(x > 0, 1, 0)", "agrees", "random points"),
    ("relu(x)", {"x": 0}, "d2f/dx2 = 0", "agrees", "the claim is the convention"),
    ("relu(x)", {"x": 0}, "d2f/dx2 = 1", "cannot decide", "kink"),
    ("relu(x)^2", {"x": 0}, "d2f/dx2 = 2", "cannot decide", "switches"),
    ("floor(x)", {"x": 1}, "d2f/dx2 = 5", "cannot decide", "jumps"),
    ("sqrt(x)", {"x": 0}, "d2f/dx2 = 3", "cannot decide", "infinite"),
    # arrays
    ("sum(s*v^2)", {"s": "(1,)", "v": "(3,)"}, "d2f/ds2 = 0", "V310", "of a number"),
    ("sum(v^2)*s", {"v": [1.0, 2.0], "s": 3}, "d2f/dvds = 2*v", "agrees", ""),
    ("sum(v^2)*s", {"v": "(4,)"}, "d2f/dsdv = 2*v", "agrees", "random points"),
    ("sum(v^2)*s", {"v": [1.0, 2.0], "s": 3}, "d2f/dvds = v", "differs", ""),
    ("sum(v^2)*s", {"v": [1.0, 2.0], "s": 3}, "d2f/dvds[1] = 4", "agrees", ""),
    ("sum(v^2)", {"v": [1.0, 2.0]}, "d2f/dv2 = 2", "V310", "backprop hessian"),
    # what cannot be read
    ("x^2", {}, "d2f/dx3 = 2", "V312", "not a claim"),
    ("x^2", {}, "d2f/dx = 2", "V312", "not a claim"),
    ("x^2", {}, "d2g/dx2 = 2", "N213", "`g`"),
    ("x2^2", {}, "d2f/dx2 = 2", "N213", "`x`"),
    ("a*da + ad", {}, "d2f/dadda = 1", "V312", "write `(da dda)` or `(dad da)`"),
    ("q = x*y; f = q^2", {}, "d2f/dqdx = 2", "V312", "order would matter"),
    ("trigamma(x)", {"x": 2}, "d2f/dx2 = 1", "differs", ""),
    ("tetragamma(x)", {"x": 2}, "d2f/dx2 = 1", "N215", ""),
]


@pytest.mark.parametrize(("program", "values", "claim", "expected", "said"), CLAIMS)
def test_verdicts(program, values, claim, expected, said):
    words = [f"{name}={value}" for name, value in values.items()]
    ran = backprop("check", program, *words, "--claim", claim, "--width", "200")
    status = {"agrees": 0, "differs": 1, "cannot decide": 4}.get(expected, 2)
    assert ran.status == status, ran.out + ran.err
    assert expected in ran.out + ran.err
    assert said in ran.out + ran.err


_TERMS = ["x^3*y", "sin(x*y)", "exp(x - y)", "x^2/(1 + y^2)", "log(1 + x^2)*y", "cos(x)*sin(y)", "tanh(x*y)", "x*y^2"]


def test_random_programs_against_sympy():
    chosen = random.Random(5)
    x, y = sympy.symbols("x y", real=True)
    known = {"x^3*y": x**3 * y, "sin(x*y)": sympy.sin(x * y), "exp(x - y)": sympy.exp(x - y),
             "x^2/(1 + y^2)": x**2 / (1 + y**2), "log(1 + x^2)*y": sympy.log(1 + x**2) * y,
             "cos(x)*sin(y)": sympy.cos(x) * sympy.sin(y),
             "tanh(x*y)": sympy.tanh(x * y), "x*y^2": x * y**2}  # fmt: skip
    for _ in range(100):
        terms = chosen.sample(_TERMS, 2)
        a, b = chosen.randint(1, 5), chosen.randint(1, 5)
        op = chosen.choice("+*")
        program = f"{a}*{terms[0]} {op} {b}*{terms[1]}"
        left, right = a * known[terms[0]], b * known[terms[1]]
        below, by = chosen.choice([("dx2", (x, x)), ("dxdy", (x, y)), ("dydx", (y, x)), ("dy2", (y, y))])
        second = sympy.diff(left + right if op == "+" else left * right, *by)
        wrong = chosen.random() < 0.5
        written = str(second + chosen.choice([x, y, 1, second / 1000 + 1e-3]) if wrong else second)
        values = chosen.choice([{}, {"x": 1.3, "y": -0.7}])
        claim = f"d2f/{below} = {written.replace('**', '^')}"
        (result,) = backprop_cli.check(program, values, claims=claim, symbolic=False).results
        assert result.verdict == ("differs" if wrong else "agrees"), (program, claim, values, result)
