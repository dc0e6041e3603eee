"""Claims where doubles have no digits: numbers of physics in SI units, and functions that are saturated."""

import pytest

import backprop_cli

BOLTZMANN = {"k": 1.38e-23, "T": 300}
# A program, values, and claims with whether they are true; the derivatives are those of any textbook.
CLAIMS = [
    ("f = exp(-E/(k*T))", BOLTZMANN, [("df/dE = -f/(k*T)", True), ("df/dE = f/(k*T)", False), ("df/dE = 0", False)]),
    (
        "f = 1/(exp((E - mu)/(k*T)) + 1)",
        BOLTZMANN,
        [("df/dE = -f*(1 - f)/(k*T)", True), ("df/dE = f*(1 - f)/(k*T)", False), ("df/dmu = f*(1 - f)/(k*T)", True)],
    ),
    ("psi = exp(-r/a)", {"a": 5.29e-11}, [("dpsi/dr = -psi/a", True), ("dpsi/dr = psi/a", False)]),
    ("f = exp(-x^2/(2*s^2))", {"s": 1e-3}, [("df/dx = -x/s^2*f", True), ("df/dx = x/s^2*f", False)]),
    ("N = N0*exp(-l*t)", {"l": 3e4}, [("dN/dt = -l*N", True), ("dN/dt = l*N", False), ("dN/dl = -t*N", True)]),
    ("f = normpdf(x/s)/s", {"s": 1e-3}, [("df/dx = -x/s^2*f", True), ("df/dx = 5*f", False)]),
    ("f = exp(-1e4*x^2)", {}, [("df/dx = -2e4*x*f", True), ("df/dx = -1e4*x*f", False)]),
    ("f = tanh(100*x)", {}, [("df/dx = 100*(1 - f^2)", True), ("df/dx = 50*(1 - f^2)", False), ("df/dx = 0", False)]),
    ("f = sigmoid(x)", {"x": 200}, [("df/dx = f*(1 - f)", True), ("df/dx = 2*f*(1 - f)", False)]),
    (
        "p = sigmoid(w*x + b)", {"w": 5, "x": 40, "b": 1},
        [("dp/dw = x*p*(1 - p)", True), ("dp/dw = w*p*(1 - p)", False)],
    ),
    ("p = exp(a)/(exp(a) + exp(b))", {"a": 200, "b": 0}, [("dp/da = p*(1 - p)", True), ("dp/db = p*(1 - p)", False)]),
    ("f = tanh(x)", {"x": 75}, [("df/dx = sech(x)^2", True), ("df/dx = 1 - f^2", True), ("df/dx = 1 - f", False)]),
    ("f = tanh(w*x)", {"x": 100, "w": 1}, [("df/dx = w*(1 - f^2)", True), ("df/dx = x*(1 - f^2)", False)]),
    (
        "f = sum(exp(-E/(k*T)))",
        {**BOLTZMANN, "E": [1, 2]},
        [("df/dE = -exp(-E/(k*T))/(k*T)", True), ("df/dE = exp(-E/(k*T))/(k*T)", False), ("df/dE = [0, 0]", True)],
    ),
    (
        "f = exp(-E/(k*T))", {**BOLTZMANN, "E": 1},
        [("df/dE = -f/(k*T)", True), ("df/dE = f/(k*T)", False), ("df/dE = 0", True)],
    ),
    ("f = relu(x)", {}, [("df/dx = where(x > 0, 1, 0)", True), ("df/dx = 0", False)]),
    ("f = x*0 + y", {}, [("df/dx = 0", True), ("df/dy = 0", False)]),
]  # fmt: skip
CASES = [(program, values, *claim) for program, values, claims in CLAIMS for claim in claims]


@pytest.mark.parametrize("sympy", [True, False])
@pytest.mark.parametrize(
    ("program", "values", "claim", "is_true"), CASES, ids=[f"{case[0]} {case[2]}" for case in CASES]
)
def test_claims_are_judged_where_doubles_underflow(program, values, claim, is_true, sympy):
    report = backprop_cli.check(program, values, claims=[claim], symbolic=sympy)
    (result,) = report.results
    assert result.verdict == ("agrees" if is_true else "differs")
