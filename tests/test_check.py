"""The cross-check neither cries wolf nor hangs, and says which method it used."""

import json
import random
import time

import pytest
from conftest import backprop

import backprop_cli
from backprop_cli.gates import GATES


def test_both_methods_are_named():
    assert backprop_cli.grad("x*y", x=2, y=3).check.methods == ("sympy", "per-gate")


PAST_THE_BUDGET = [
    "a = x*x; b = a*a; c = b*b; d = c*c; g = d*d; h = g*g; i = h*h; j = i*i; k = j*j; l = k*k",
    "sin(" * 200 + "x" + ")" * 200,
    "+".join(["x"] * 1000),
]


@pytest.mark.parametrize("program", PAST_THE_BUDGET, ids=["shared", "deep", "wide"])
def test_past_its_budget_it_goes_gate_by_gate(program):
    report = backprop_cli.grad(program, x=0.999)
    assert report.check.verdict == "agree"
    assert report.check.methods == ("per-gate",)


def test_a_second_is_a_second():
    program = "*".join(f"(x^{k} + sin(x*{k}))" for k in range(2, 40))
    began = time.monotonic()
    report = backprop_cli.grad(program, x=0.9, check_seconds=0.0)
    assert report.check.methods == ("per-gate",) and report.check.verdict == "agree"
    assert time.monotonic() - began < 30


AWKWARD = [
    # programs SymPy alone would hang on, own differently, or answer by another convention
    ("9^9*x", {"x": 1}),
    ("max(" + ",".join(f"x*{k}" for k in range(1, 20)) + ")", {"x": 1}),
    ("gamma(x)*lgamma(20)", {"x": 3.5}),
    ("x^1000000", {"x": 1}),
    ("(3*x)^999999999", {"x": "1/3"}),
    ("floor(x)*x + sign(x) + x % 2", {"x": 2.5}),
    ("where(x > 0, where(x > 1, x^2, x), 0)", {"x": 0.5}),
    ("abs(x)*sqrt(x^2)", {"x": -2}),
    ("cbrt(x)", {"x": -8}),
    ("x^3", {"x": -2}),
    ("atan2(y, x)", {"x": -1, "y": -2}),
    ("sigmoid(x)", {"x": -700}),
    ("sin(x)^2 + cos(x)^2", {"x": 0.3}),
    ("x - x", {"x": 3}),
    ("0*x", {"x": 3}),
    ("E*I + N^S", {"E": 1, "I": 2, "N": 3, "S": 2}),
]


@pytest.mark.parametrize(("program", "values"), AWKWARD, ids=[program[:30] for program, _ in AWKWARD])
def test_awkward_but_right(program, values):
    report = backprop_cli.grad(program, values)
    assert report.check.verdict == "agree", report.check
    assert report.status == 0


def test_a_kink_beside_an_infinity_is_no_disagreement():
    report = backprop_cli.grad("t = atanh(x); clip(y, t, y) + x", x=1, y=0.4)
    assert report.check.verdict == "undecided"
    assert report.status == 4


def random_program(chosen):
    names = ["x", "y", "z"]
    lines = []
    for number in range(chosen.randint(2, 8)):
        gate = GATES[chosen.choice([name for name, gate in GATES.items() if not gate.truth and name != "where"])]
        count = chosen.randint(1, 4) if gate.variadic else len(gate.parameters)
        operands = [chosen.choice(names[-5:]) for _ in range(count)]
        lines.append(f"t{number} = {gate.name}({', '.join(operands)})")
        names.append(f"t{number}")
    return "; ".join([*lines, f"f = t{number} + x*y*z"])


def test_no_false_alarm_on_random_programs():
    chosen = random.Random(11)
    verdicts = []
    for _ in range(250):
        program = random_program(chosen)
        values = {name: round(chosen.uniform(-3, 3), chosen.choice([0, 2])) for name in "xyz"}
        report = backprop_cli.grad(program, values, check_seconds=0.3)
        assert report.check.verdict != "disagree" or any(n.code == "precision" for n in report.notes), (program, values)
        verdicts.append(report.check.verdict)
    assert verdicts.count("agree") > 100


def test_a_disagreement_is_machine_readable(monkeypatch):
    from backprop_cli.gates.fields import FLOATS

    monkeypatch.setitem(FLOATS.locals, "sin", lambda _, out: (out,))
    document = json.loads(backprop("grad", "sin(x)", "x=1", "--json").out)
    assert document["check"]["verdict"] == "disagree"
    assert document["check"]["worst"]["node"] == 1
    assert document["check"]["worst"]["expected"] == pytest.approx(0.5403023058681398)
    assert document["check"]["worst"]["backprop"] == pytest.approx(0.8414709848078965)


def test_deep_nesting_is_told_quickly():
    """Ten nested tanh: the derivative is written out once, not four times over for each level."""
    text = "x"
    for _ in range(10):
        text = f"tanh({text})"
    report = backprop_cli.grad(text, x=0.5)
    assert report.check.verdict == "agree" and report.check.methods == ("sympy", "per-gate")


def test_a_gradient_that_only_the_note_has_is_not_judged():
    ran = backprop("check", "cbrt(x)^3", "x=0")
    assert ran.status == 4 and "df/dx: in doubles it is no finite number" in ran.out
    assert "the gradient of `x` is 1" in backprop("grad", "cbrt(x)^3", "x=0").err


@pytest.mark.parametrize(
    "text", ["exp(-x^2/0)", "np.exp(-x**2/0)", "exp(-x^2/0)*y", "x^(y/0)", "1/(1 + exp(-x^2/0))", "sum(inv(A*0)@A)"]
)
def test_a_program_without_a_number_is_not_asked_for_digits_at_every_point(monkeypatch, text):
    from backprop_cli.check import point

    asked = []
    untrue = point.untrue_numbers
    monkeypatch.setattr(point, "untrue_numbers", lambda *given: asked.append(1) or untrue(*given))
    assert backprop_cli.check(text).verdict == "cannot decide"
    assert 0 < len(asked) <= 60
