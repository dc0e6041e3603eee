"""What several opinions come to, how close is close enough, and what a cross-check says of a gradient and why."""

import math

import numpy as np
import pytest
from arrays import prepared

from backprop_cli import check, grad
from backprop_cli.check.cross_check import cross_check
from backprop_cli.check.gradient_check import GradientCheck
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.judge import is_harmless, judge_number
from backprop_cli.check.point import Point
from backprop_cli.check.sampler import PointSampler
from backprop_cli.check.tolerances import Tolerance
from backprop_cli.check.verdict import Opinion, relative_error, verdict
from backprop_cli.engine.passes import backward
from backprop_cli.engine.true_number import TrueNumber
from backprop_cli.errors import BackpropError
from backprop_cli.gates.fields import FLOATS

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
    (2e6, [("differences", 3e6, 1.0)], {}, (UNDECIDED, "methods")),  # of 3e6 an error of 1 is small
    (2e-6, [("differences", 3e-6, 1e-9)], {}, POINT),
    (2.0, [("forward mode", INF)], {}, (UNDECIDED, "range")),
    (2.0, [("forward mode", -INF)], {}, (UNDECIDED, "range")),
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
    (COSINE + " + floor(y)", {"x": 1e-8, "y": 2}, {}, "undecided", "per-gate", "the derivative is a convention here", 4,
     {"y": 0}),
    ("tanh(x)", {"x": INF}, {}, "undecided", "sympy per-gate", NO_NUMBER, 0, {"x": 0}),
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


@pytest.mark.parametrize("program", ["sin(1e9*x)", "sin(1e7*x)"])
def test_differences_that_are_unsure_of_themselves_are_no_error(program):
    (result,) = check(program, {"x": 1.0}).results
    assert result.verdict == AGREES and result.rel_error < 1e-9
    assert result.numeric.error > 0.1 * abs(result.numeric.slope)  # a step of any length goes round many times


# -- what is made of a gradient without a claim --------------------------------------------------------------

TROUBLED = [
    ("log(x)", {"x": 0}, [("df/dx", UNDECIDED, "`log` has a pole at x = 0", None)]),
    ("sqrt(x)", {"x": 0}, [("df/dx", UNDECIDED, "the slope of `sqrt` along `x` is infinite", None)]),
    ("3*abs(x)", {"x": 0}, [("df/dx", AGREES, "any slope from -3 to 3", 0.0)]),
    ("floor(x)*x", {"x": 2}, [("df/dx", UNDECIDED, "`floor` jumps at x = 2", 2.0)]),
    ("abs(x) + abs(y)", {"x": 0, "y": 0}, [("df/dx", AGREES, "from -1 to 1", 0.0),
                                           ("df/dy", AGREES, "from -1 to 1", 0.0),
                                           ("df along a mix", AGREES, "there are kinks here, and conventions", 0.0)]),
    ("abs(x) + floor(y)", {"x": 0, "y": 2}, [("df/dx", AGREES, "from -1 to 1", 0.0), ("df/dy", UNDECIDED, "jumps", 0.0),
                                             ("df along a mix", UNDECIDED, "`abs` has a kink at x = 0", 0.0)]),
    ("1e200*x*1e200*1e-300", {"x": 1}, [("df/dx", UNDECIDED, "too large or too small", INF)]),
    ("exp(x)/(1 + exp(x))", {"x": 800}, [("df/dx", UNDECIDED, "in doubles it is no finite number", None)]),
]  # fmt: skip


@pytest.mark.parametrize(("program", "values", "expected"), TROUBLED)
@pytest.mark.parametrize("symbolic", [True, False])
def test_what_is_said_where_there_is_trouble(program, values, expected, symbolic):
    results = check(program, values, symbolic=symbolic).results
    assert [(it.target, it.verdict, it.forward) for it in results] == [(it[0], it[1], it[3]) for it in expected]
    assert all(it[2] in result.reason for result, it in zip(results, expected, strict=True))


def checker(program, values):
    """A check of a program's gradients by differences, and the place."""
    graph, _ = prepared(program, values)
    return GradientCheck(PointSampler(graph, values, []), Tolerance(), symbolic=False), Point(graph, values), graph


# Program, values, a direction; whether `sin` has a wrong rule; what differences that object are worth.
OBJECTIONS = [
    ("x^2*y", {"x": 3.0, "y": 2.0}, {"x": 2.0, "y": 3.0}, False, (UNDECIDED, "near a kink")),
    ("x^2*y", {"x": 3.0, "y": 2.0}, {"x": 1.0}, False, (UNDECIDED, "near a kink")),  # y stays where it is
    ("1e6*x*y", {"x": 3.0, "y": 2.0}, {"x": 2.0, "y": 3.0}, False, (UNDECIDED, "near a kink")),
    ("abs(x)", {"x": 0.0}, {"x": 1.0}, False, (UNDECIDED, "near a kink")),
    ("1e-6*abs(x)", {"x": 0.0}, {"x": 1.0}, False, (UNDECIDED, "near a kink")),
    ("1e110*x", {"x": 1.0}, {"x": 1.0}, False, (UNDECIDED, "range")),
    ("sin(x)", {"x": 1.0}, {"x": 1.0}, True, (DIFFERS, "point")),
    ("sin(x)*y", {"x": 1.0, "y": 2.0}, {"x": 1.0, "y": 3.0}, True, (DIFFERS, "point")),
    ("1e6*sin(x)", {"x": 1.0}, {"x": 1.0}, True, (DIFFERS, "point")),
    ("1e-6*sin(x)", {"x": 1.0}, {"x": 1.0}, True, (DIFFERS, "point")),
]


@pytest.mark.parametrize(("program", "values", "direction", "wrong", "expected"), OBJECTIONS)
def test_what_an_objection_of_differences_is_worth(program, values, direction, wrong, expected, monkeypatch):
    if wrong:
        monkeypatch.setitem(FLOATS.locals, "sin", lambda _, out: (out,))
    gradients, place, graph = checker(program, values)
    assert gradients._objection({graph.variables[name]: it for name, it in direction.items()}, place) == expected


@pytest.mark.parametrize(
    ("program", "values", "ordinary"),
    [("x*y", {"x": 2.0, "y": 3.0}, True), ("x*y", {"x": 0.0, "y": 3.0}, True), ("1e101*x", {"x": 2.0}, False),
     ("1e-101*x*x", {"x": 2.0}, False), ("abs(x)", {"x": 0.0}, False), ("log(x)", {"x": -1.0}, False)],
)  # fmt: skip
def test_which_places_are_ordinary(program, values, ordinary):
    gradients, place, graph = checker(program, values)
    assert gradients._is_ordinary(place, dict.fromkeys(graph.variables.values(), 1.0)) is ordinary


# A rule that is right on one side of a place only: the first point that differs is shown, and the words are its own.
@pytest.mark.parametrize("symbolic", [True, False])
@pytest.mark.parametrize(
    ("is_right", "verdict_", "reason"),
    [(lambda _: True, AGREES, "right at 20 random points"), (lambda x: x < 1, DIFFERS, ""),
     (lambda x: x > 0, DIFFERS, "")],
)  # fmt: skip
def test_one_point_that_differs_is_enough(symbolic, is_right, verdict_, reason, monkeypatch):
    monkeypatch.setitem(FLOATS.locals, "sin", lambda x, out: (math.cos(x) if is_right(x) else out,))
    (result,) = check("sin(x)", {}, symbolic=symbolic).results
    assert (result.verdict, result.reason) == (verdict_, reason)
    assert is_right(result.point["x"]) is (verdict_ == AGREES)


def test_points_outside_the_domain_are_passed_over():
    results = check("sin(x)*log(y)", {}).results
    assert {(it.verdict, it.reason) for it in results} == {(AGREES, "right at 20 random points")}
    assert len(results) == 3 and all(it.point["y"] > 0 for it in results)


# How far SymPy's number is from the true one that is shown, relative.
@pytest.mark.parametrize(("off", "verdict_"), [(0, "agree"), (1e-7, "agree"), (-1e-7, "agree"), (1e-5, "undecided")])
def test_the_number_that_is_shown_is_compared_with_sympys(off, verdict_):
    graph, values = prepared(COSINE, {"x": 1e-8})
    node, passed = graph.variables["x"], backward(graph, values, graph.output)
    shown = TrueNumber(node, True, (), passed.grads[node], -1e-8 / 12 * (1 + off), "-8.3e-10")
    options = {"untrue": [shown], "exact": True}
    found = cross_check(graph, values, passed, bytearray(b"\1") * len(graph), {"x": node}, [], **options)
    assert found.verdict == verdict_ and found.lost == ()


def test_a_point_knows_the_slope_of_any_node_by_any_other_from_values_alone():
    graph, _ = prepared("q = 2*x; c = 3; q^3 + c*5*x", {"x": 1.0})
    place, of = Point(graph, {"x": 1.0}), graph.variables | graph.definitions
    found = [place.estimate(*of_) for of_ in [(graph.output, of["x"]), (graph.output, of["q"]), (of["q"], of["x"]),
                                              (graph.output, of["c"])]]  # fmt: skip
    assert [it.slope for it in found] == pytest.approx([6 * 4 + 15, 12, 2, 5], rel=1e-9)


@pytest.mark.parametrize(("symbolic", "found"), [(True, 6.0), (False, None)])
def test_sympy_is_asked_if_it_may_be(symbolic, found):
    (result,) = check("x*x", {"x": 3.0}, symbolic=symbolic).results
    assert (result.verdict, result.sympy, result.forward, result.backprop) == (AGREES, found, 6.0, 6.0)


def test_a_number_is_judged_at_one_point():
    graph, _ = prepared("x*x", {"x": 3.0})
    of, place = Gradient(graph.output, graph.variables["x"]), Point(graph, {"x": 3.0})
    for claimed, verdict_ in ((6.0, AGREES), (7.0, DIFFERS), (NAN, UNDECIDED)):
        judged = judge_number(claimed, place, of, Tolerance())
        assert (judged.verdict, judged.tried, judged.backprop) == (verdict_, 1, 6.0)


def test_a_constant_can_be_moved_too():
    graph, _ = prepared("c = 3; c*x + abs(x)", {"x": 5.0})  # no complex step beside abs
    assert Point(graph, {"x": 5.0}).estimate(graph.output, graph.definitions["c"]).slope == pytest.approx(5, rel=1e-9)


def test_a_point_of_an_array_has_its_value_and_no_gradient():
    values = {"x": np.array([1.0, 2.0])}
    graph, _ = prepared("2*x", values)
    place = Point(graph, values)
    assert place.value(graph.output).tolist() == [2, 4]
    with pytest.raises(BackpropError, match="this is an array"):
        place.passed(graph.output)
