"""What several opinions come to, how close is close enough, and what a cross-check says of a gradient and why."""

import math

import numpy as np
import pytest

from backprop_cli import check, grad
from backprop_cli.check.judge import is_harmless
from backprop_cli.check.tolerances import Tolerance
from backprop_cli.check.verdict import Opinion, relative_error, verdict

INF, NAN = math.inf, math.nan
AGREES, DIFFERS, UNDECIDED = "agrees", "differs", "cannot decide"
POINT = (AGREES, "point")

# What we have, what others have (method, slope, error), options, the verdict and why. The methods that run the same
# gates need nine digits, the others six.
OPINIONS = [
    (2.0, [], {}, POINT),
    (2.0, [("forward mode", 2.0)], {}, POINT),
    (2.0, [("forward mode", 2.0 + 1e-9)], {}, POINT),
    (2.0, [("forward mode", 2.0 + 1e-8)], {}, (DIFFERS, "point")),
    (2.0 + 1e-8, [("forward mode", 2.0)], {}, (DIFFERS, "point")),
    (-2.0, [("forward mode", -2.0 - 1e-8)], {}, (DIFFERS, "point")),
    (-2.0, [("forward mode", 2.0)], {}, (DIFFERS, "point")),
    (2.0, [("forward mode", NAN)], {}, (DIFFERS, "point")),
    (0.0, [("forward mode", 0.0)], {}, POINT),
    (0.0, [("forward mode", 1e-30)], {}, (DIFFERS, "point")),
    (2.0, [("gate by gate", 2.0 + 1e-8)], {}, (DIFFERS, "point")),
    (2.0, [("elements", 2.0 + 1e-6)], {}, POINT),
    (2.0, [("elements", 2.0 + 1e-5)], {}, (DIFFERS, "point")),
    (2.0, [("whole formula", 2.0 + 1e-6)], {}, POINT),
    (2.0, [("whole formula", 2.0 + 1e-5)], {}, (UNDECIDED, "rounding")),
    (2.0, [("differences", 2.0 + 1e-6)], {}, POINT),
    (2.0, [("differences", 2.0 + 1e-5)], {}, (UNDECIDED, "methods")),
    # one that is unsure of its sixth digit does not contradict; one that is less unsure may be off by ten times that
    (2.0, [("differences", 3.0, 1e-5)], {}, POINT),
    (2.0, [("differences", 3.0, 1e-7)], {}, (UNDECIDED, "methods")),
    (2.0, [("differences", 0.0, 1e-7)], {}, (UNDECIDED, "methods")),
    (0.0, [("differences", 2.0, 1e-7)], {}, (UNDECIDED, "methods")),
    (2.0, [("differences", 2.0 + 1e-5, 9e-7)], {}, POINT),
    (2.0, [("differences", 2.0 + 1.3e-5, 9e-7)], {}, (UNDECIDED, "methods")),
    # the heaviest that contradicts decides, wherever it is in the list
    (2.0, [("differences", 3.0), ("whole formula", 3.0), ("forward mode", 3.0)], {}, (DIFFERS, "point")),
    (2.0, [("differences", 3.0), ("whole formula", 3.0), ("forward mode", 2.0)], {}, (UNDECIDED, "rounding")),
    (2.0, [("whole formula", 2.0), ("differences", 3.0)], {}, (UNDECIDED, "methods")),
    # what rounding may have taken, and what was asked for
    (2.0, [("forward mode", 2.0 + 1e-8)], {"slack": 2e-8}, POINT),
    (2.0, [("forward mode", 2.0 + 1e-8)], {"slack": 7e-9}, (DIFFERS, "point")),
    (2.0, [("forward mode", 2.1)], {"tolerance": Tolerance(0.1)}, POINT),
    (2.0, [("forward mode", 2.3)], {"tolerance": Tolerance(0.1)}, (DIFFERS, "point")),
    (2.0, [("forward mode", 2.5)], {"tolerance": Tolerance(0.1, 0.3)}, POINT),
    (2.0, [("forward mode", 2.0 + 1e-12)], {"tolerance": Tolerance(1e-13)}, (DIFFERS, "point")),
]


@pytest.mark.parametrize(("ours", "opinions", "options", "expected"), OPINIONS)
def test_several_opinions_come_to_one(ours, opinions, options, expected):
    assert verdict(ours, [Opinion(*opinion) for opinion in opinions], **options) == expected


@pytest.mark.parametrize(
    ("one", "other", "error"),
    [(1, 2, 0.5), (2, 1, 0.5), (-1, 1, 2), (1, -4, 1.25), (0, 0, 0), (0, 3, 1), (5, 5, 0), (INF, 1, NAN), (1, INF, NAN),
     (NAN, 1, NAN), (INF, INF, NAN)],
)  # fmt: skip
def test_a_relative_error_is_that_of_the_larger(one, other, error):
    assert relative_error(one, other) == pytest.approx(error, nan_ok=True)


# Tolerance, claimed, found, half a unit of the claim's last decimal, whether they may pass for one.
CLOSE = [
    ((), 1.0, 1.0 + 5e-10, 0.0, True), ((), 1.0, 1.0 + 2e-9, 0.0, False), ((), -1.0, 1.0, 0.0, False),
    ((), 0.0, 1e-12, 0.0, False), ((None, 1e-11), 0.0, 1e-12, 0.0, True), ((None, 1e-13), 0.0, 1e-12, 0.0, False),
    ((), 0.13, 0.125, 0.005, True), ((), 0.12, 0.125, 0.005, True), ((), 0.12, 0.1251, 0.005, False),
    ((1e-6,), 0.12, 0.125, 0.005, False), ((0.1,), 0.12, 0.125, 0.0, True), ((0.1,), 1000.0, 901.0, 0.0, True),
    ((0.1,), 1000.0, 899.0, 0.0, False), ((0.1,), 899.0, 1000.0, 0.0, False), ((0.1, 2.0), 899.0, 1000.0, 0.0, True),
]  # fmt: skip


@pytest.mark.parametrize(("tolerance", "claimed", "found", "half_unit", "allowed"), CLOSE)
def test_how_close_is_close_enough(tolerance, claimed, found, half_unit, allowed):
    assert Tolerance(*tolerance).allows(claimed, found, half_unit) is allowed


@pytest.mark.parametrize(
    ("columns", "harmless"),
    [([[1.0, 0.0, -5.0]], True), ([[1e-101]], False), ([[-1e-101]], False), ([[1e101]], False),
     ([[1.0], [1e101]], False),
     ([[1e-99, 1e99]], True), ([[np.array([1.0, 1e120])]], False), ([[np.array([1.0, 2.0]), 3.0]], True), ([], True)],
)  # fmt: skip
def test_harmless_numbers_can_be_squared(columns, harmless):
    assert is_harmless(*columns) is harmless


NO_NUMBER = "SymPy finds no number for some of the slopes"
LOST = "rounding left too few digits of "
COSINE = "(1 - cos(x))/x^2"  # at 1e-8 all of the 1 is lost, and the slope is -x/12

# Program, values, options; verdict, methods, reason, exit status; gradients.
CHECKS = [
    ("exp(x)", {"x": 1000}, {}, "undecided", "", "the value is not a finite number", 4, {"x": INF}),
    ("sqrt(x)", {"x": 0}, {}, "undecided", "", "a gradient is not a finite number", 4, {"x": INF}),
    ("abs(x)", {"x": 0}, {}, "agree", "per-gate differences", "", 0, {"x": 0}),
    ("abs(x)*3", {"x": 0}, {"seed_grad": 2.0}, "agree", "per-gate differences", "", 0, {"x": 0}),
    ("floor(x)*x", {"x": 2}, {}, "undecided", "per-gate", "the derivative is a convention here", 0, {"x": 2}),
    ("x^1.5", {"x": 0}, {}, "undecided", "per-gate", "the derivative is a convention here", 0, {"x": 0}),
    ("abs(x) + floor(y)", {"x": 0, "y": 2}, {}, "undecided", "per-gate", "the derivative is a convention here", 0,
     {"x": 0, "y": 0}),
    ("x*y", {"x": 2, "y": 3}, {"seed_grad": -2.5}, "agree", "sympy per-gate", "", 0, {"x": -7.5, "y": -5}),
    ("x*y", {"x": 2, "y": 3}, {"seed_grad": 0.0}, "agree", "sympy per-gate", "", 0, {"x": 0, "y": 0}),
    # neither differentiated whole nor gate by gate does SymPy have a number there; the slope is -x
    ("log_normcdf(x)", {"x": -1e20}, {}, "undecided", "sympy per-gate", NO_NUMBER, 0, {"x": 1e20}),
    ("log_normcdf(x)", {"x": -1e20}, {"check_seconds": 0.0}, "undecided", "per-gate", NO_NUMBER, 0, {"x": 1e20}),
    (COSINE, {"x": 1e-8}, {}, "undecided", "sympy per-gate", LOST + "`x`'s gradient", 4, {}),
    (COSINE, {"x": 1e-8}, {"exact": True}, "agree", "sympy per-gate", "", 0, {"x": -1e-8/12}),
    (COSINE, {"x": 1e-8}, {"exact": True, "seed_grad": 6.0}, "agree", "sympy per-gate", "", 0, {"x": -5e-9}),
    (COSINE + " + y*y", {"x": 1e-8, "y": 2}, {}, "undecided", "sympy per-gate", LOST + "`x`'s gradient", 4, {"y": 4}),
    (COSINE + " + y*y", {"x": 1e-8, "y": 2}, {"exact": True}, "agree", "sympy per-gate", "", 0,
     {"x": -1e-8/12, "y": 4}),
    (COSINE + " + y*y", {"x": 1e-8, "y": 2}, {"wrt": ["y"]}, "agree", "sympy per-gate", "", 4, {"y": 4}),
    (f"{COSINE} + {COSINE}".replace("x", "y", 2), {"x": 1e-8, "y": 1e-8}, {}, "undecided", "sympy per-gate",
     LOST + "`y`'s gradient, `x`'s gradient", 4, {}),
    ("f = exp(x)/(1 + exp(x)); sum(f)", {"x": [60, 1]}, {}, "undecided", "elements sympy per-gate",
     LOST + "`x`'s gradient", 4, {}),
    ("f = exp(x)/(1 + exp(x)); sum(f)", {"x": [60, 1]}, {"exact": True}, "agree", "elements sympy per-gate", "", 0,
     {"x": [8.75651076269652e-27, 0.19661193324148188]}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("program", "values", "options", "verdict_", "methods", "reason", "status", "gradients"), CHECKS
)
def test_the_cross_check_says_why(program, values, options, verdict_, methods, reason, status, gradients):
    report = grad(program, values, **options)
    assert (report.check.verdict, " ".join(report.check.methods), report.check.reason) == (verdict_, methods, reason)
    assert report.status == status
    for name, expected in gradients.items():
        np.testing.assert_allclose(report.gradients[name], expected, rtol=1e-9)


@pytest.mark.parametrize("exact", [False, True])
def test_each_variable_has_its_own_verdict(exact):
    """Of two arrays one lost its digits, in one element; the true number is shown and agrees if it is asked for."""
    check_ = grad("f = exp(x)/(1 + exp(x)); sum(f*y)", x=[60, 1], y=[1, 2], exact=exact).check
    verdicts = {name: judged.verdict for name, judged in check_.variables.items()}
    assert verdicts == {"x": "agree" if exact else "undecided", "y": "agree"}
    assert check_.verdict == ("agree" if exact else "undecided") and check_.worst is None


def test_of_many_gradients_that_lost_their_digits_three_are_named():
    names = [f"x{k}" for k in range(5)]
    program = " + ".join(COSINE.replace("x", name) for name in names)
    report = grad(program, dict.fromkeys(names, 1e-8))
    assert report.check.reason == LOST + "`x0`'s gradient, `x1`'s gradient, `x2`'s gradient"


# -- kinks: between which slopes a claim is nobody's fault ---------------------------------------------------

# Program, values, the input, the interval of the valid slopes: every kink on the way takes any of its own.
INTERVALS = [
    ("abs(x)", {"x": 0}, "x", -1, 1), ("relu(x)", {"x": 0}, "x", 0, 1), ("-3*relu(x)", {"x": 0}, "x", -3, 0),
    ("abs(x) + relu(x)", {"x": 0}, "x", -1, 2), ("abs(x) - relu(x)", {"x": 0}, "x", -2, 1),
    ("5*x + abs(x)", {"x": 0}, "x", 4, 6), ("relu(abs(x))", {"x": 0}, "x", -1, 1),
    ("max(x, 2*y)", {"x": 2, "y": 1}, "y", 0, 2), ("max(x, 2*y)", {"x": 2, "y": 1}, "x", 0, 1),
    # a kink at which 0 arrives from another has slopes too, and what is given twice moves twice
    ("relu(relu(x))*2", {"x": 0}, "x", 0, 2), ("relu(x - abs(y))", {"x": 0, "y": 0}, "y", -1, 1),
    ("max(x, x, y)", {"x": 1, "y": 1}, "x", 0, 1), ("max(x*y, x*y, 2)", {"x": 1, "y": 2}, "x", 0, 2),
    ("max(x, y, x)", {"x": 1, "y": 1}, "y", 0, 1), ("min(3*x, y)", {"x": 1, "y": 3}, "x", 0, 3),
    ("leaky_relu(x, 0.25)", {"x": 0}, "x", 0.25, 1), ("clip(x, -1, 1)*y", {"x": 1, "y": -2}, "x", -2, 0),
]  # fmt: skip


@pytest.mark.parametrize(("program", "values", "name", "low", "high"), INTERVALS)
def test_within_a_kink_nobody_is_accused(program, values, name, low, high):
    ours = grad(program, values, check=False).gradients[name]
    for claimed in (low - 0.01, low, (low + high) / 2 + 0.07, high, high + 0.01):
        (result,) = check(program, values, claims=[f"df/d{name} = {claimed!r}"]).results
        inside = low <= claimed <= high
        expected = "agrees" if abs(claimed - ours) < 1e-9 else "cannot decide" if inside else "differs"
        assert result.verdict == expected, (claimed, result)
        if expected != "agrees":
            assert f"from {low} to {high}" in result.reason


# Program, values, a claim that is right: what is wrong elsewhere is not on its way.
ELSEWHERE = [
    ("g = 1/x; f = x^2", {"x": 0}, "df/dx = 0"),
    ("g = abs(x); f = x^2 + 3*x", {"x": 0}, "df/dx = 3"),
    ("x*1e-200*1e-200 + 2*x", {"x": 1}, "df/dx = 2"),
    ("f = x*y; g = sqrt(y)*f", {"x": 1, "y": 0}, "df/dx = 0"),
    ("q = x*y; f = q + sqrt(y)", {"x": 3, "y": 0}, "dq/dy = 3"),
    ("q = x*y; f = abs(q)", {"x": 3, "y": 0}, "dq/dy = 3"),
    ("q = abs(x); f = q*y", {"x": 0, "y": 2}, "df/dq = 2"),
]


@pytest.mark.parametrize(("program", "values", "claim"), ELSEWHERE)
def test_trouble_elsewhere_is_no_trouble(program, values, claim):
    (result,) = check(program, values, claims=[claim]).results
    assert (result.verdict, result.reason) == (AGREES, "")


def test_differences_that_are_unsure_of_themselves_are_no_error():
    (result,) = check("sin(1e9*x)", {"x": 1.0}).results
    assert result.verdict == AGREES and result.rel_error < 1e-9
    assert result.numeric.error > 1  # a step of any length goes round many times
