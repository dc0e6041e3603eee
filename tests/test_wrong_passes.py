"""A backward pass that is wrong is caught: by its sums, though every rule is right, or by one rule, wherever it is."""

import math

import pytest

from backprop_cli import check, grad
from backprop_cli.engine import numbers
from backprop_cli.gates.fields import FLOATS

# Program, values, the right gradient of `x`, and what is left of it if a fork keeps only the last that arrives.
FORKS = [
    ("x*x + y", {"x": 3.0, "y": 1.0}, 6.0, 3.0),
    ("sin(x)*x", {"x": 2.0}, math.sin(2) + 2 * math.cos(2), 2 * math.cos(2)),
    ("x*y + 5*x", {"x": 3.0, "y": 2.0}, 7.0, 2.0),
]


@pytest.mark.parametrize("seed", [1.0, -2.5, 1e-3])
@pytest.mark.parametrize(("program", "values", "right", "left"), FORKS, ids=[fork[0] for fork in FORKS])
def test_a_fork_that_forgets_is_caught(program, values, right, left, seed, monkeypatch):
    honest = grad(program, values, seed_grad=seed)
    assert honest.check.verdict == "agree" and honest.gradients["x"] == pytest.approx(seed * right, rel=1e-14)

    def forgets(grads, node, sent, _lost):
        grads[node] = sent

    monkeypatch.setattr(numbers, "join", forgets)
    report = grad(program, values, seed_grad=seed)
    worst = report.check.worst
    assert report.check.verdict == "disagree" and report.status == 1 and report.check.methods == ("per-gate",)
    assert (worst.name, worst.along, worst.node) == ("x", -1, report.columns.graph.output)
    assert worst.ours == pytest.approx(seed * left, rel=1e-14) and worst.theirs == pytest.approx(
        seed * right, rel=1e-14
    )
    # Relative to the sizes of what is summed at the fork, for `sin(x)*x` cancels.
    assert report.check.max_rel_error == pytest.approx(abs(right - left) / (abs(right - left) + abs(left)), rel=1e-12)


# What is worst is named, and of two that are as bad the first: of y 3 and 3 and 9 arrive, of x twice 3.
@pytest.mark.parametrize(
    ("program", "name", "error"),
    [("x*x + y*y", "x", 0.5), ("y*y + x*x", "y", 0.5), ("x*x + y*y + 9*y", "y", 0.8), ("y*y + 9*y + x*x", "y", 0.8)],
)
def test_the_worst_of_several_forks_that_forget_is_named(program, name, error, monkeypatch):
    def forgets(grads, node, sent, _lost):
        grads[node] = sent

    monkeypatch.setattr(numbers, "join", forgets)
    found = grad(program, x=3.0, y=3.0).check
    assert (found.verdict, found.worst.name) == ("disagree", name)
    assert found.max_rel_error == pytest.approx(error, rel=0.1)


@pytest.mark.parametrize("seed", [-2.5, 0.01])
def test_of_very_many_inputs_a_fork_that_forgets_is_caught_along_their_mix(seed, monkeypatch):
    names = [f"x{k}" for k in range(500)]
    program, values = "+".join([*names, names[1]]), dict.fromkeys(names, 1.0)
    assert grad(program, values, seed_grad=seed).check.verdict == "agree"
    monkeypatch.setattr(numbers, "join", lambda *_: None)
    report = grad(program, values, seed_grad=seed)
    assert report.gradients["x1"] == seed  # of twice that
    worst = report.check.worst
    assert report.check.verdict == "disagree" and (worst.name, worst.along) == ("", -1)
    # The second input weighs 0.5 and the fraction of twice the golden ratio's, in every sum of both.
    weights = [0.5 + k * 0.6180339887498949 % 1 for k in range(1, 501)]
    assert worst.ours - worst.theirs == pytest.approx(-seed * weights[1], rel=1e-9)
    assert report.check.max_rel_error == pytest.approx(weights[1] / (sum(weights) + weights[1]), rel=1e-9)


# A rule that is off by so much, relative: beyond the ninth digit it is wrong, below it is rounding.
@pytest.mark.parametrize(("off", "verdict"), [(0.0, "agree"), (1e-10, "agree"), (1e-8, "disagree"), (1e-3, "disagree")])
@pytest.mark.parametrize("seed", [1.0, 40.0])
def test_a_rule_that_is_off_is_caught(off, verdict, seed, monkeypatch):
    monkeypatch.setitem(FLOATS.locals, "sin", lambda x, out: (math.cos(x) * (1 + off),))  # noqa: ARG005
    report = grad("exp(y)*sin(x)", {"x": 1.0, "y": 0.5}, seed_grad=seed)
    assert report.check.verdict == verdict
    assert report.check.max_rel_error == pytest.approx(off / (1 + off), abs=1e-13)
    if verdict == "disagree":
        worst, graph = report.check.worst, report.columns.graph
        assert graph.gates[worst.node] == "sin" and worst.along == graph.variables["x"] and worst.name == ""
        assert worst.theirs == pytest.approx(math.cos(1), rel=1e-14)
        assert worst.ours == pytest.approx(math.cos(1) * (1 + off), rel=1e-14)


@pytest.mark.parametrize("small", ["exp(y)", "sin(x) + exp(y)"])
def test_a_slope_is_never_too_small_to_be_wrong(small, monkeypatch):
    """Beside it there may be one that is off by what rounding is allowed to be."""
    monkeypatch.setitem(FLOATS.locals, "sin", lambda x, out: (math.cos(x) * (1 + 1e-11),))  # noqa: ARG005
    monkeypatch.setitem(FLOATS.locals, "exp", lambda _, out: (out * 1.001,))
    found = grad(small, {"x": 1.0, "y": -50.0} if "x" in small.replace("exp", "") else {"y": -50.0})
    assert found.check.verdict == "disagree" and found.columns.graph.gates[found.check.worst.node] == "exp"
    assert found.check.max_rel_error == pytest.approx(0.001 / 1.001, rel=1e-9)


def test_the_worst_of_several_wrong_rules_is_named(monkeypatch):
    for gate, off in (("sin", 1e-3), ("exp", 1e-2), ("cos", 1e-4)):
        right = FLOATS.locals[gate]
        monkeypatch.setitem(
            FLOATS.locals, gate, lambda *xs, right=right, off=off: tuple(slope * (1 + off) for slope in right(*xs))
        )
    report = grad("sin(x) + exp(x)*cos(x)", x=0.7)
    assert report.columns.graph.gates[report.check.worst.node] == "exp"
    assert report.check.max_rel_error == pytest.approx(1e-2 / 1.01, rel=1e-9)


# A rule that is wrong where nobody asks, or where nothing arrives, is accused by nobody.
@pytest.mark.parametrize(
    ("program", "wrt", "verdict"),
    [
        ("sin(x)*y", ["y"], "agree"),
        ("sin(x)*y", ["x"], "disagree"),
        ("z = sin(x); 2*x*y", ["x", "y"], "agree"),
        ("where(y > 0, y*x, sin(x))", ["x", "y"], "agree"),
        ("where(y > 0, sin(x), y*x)", ["x", "y"], "disagree"),
    ],
)
def test_only_what_is_asked_for_is_judged(program, wrt, verdict, monkeypatch):
    monkeypatch.setitem(FLOATS.locals, "sin", lambda _, out: (out,))
    assert grad(program, x=1.0, y=2.0, wrt=wrt).check.verdict == verdict


# A slope at a kink is right between the slopes of the two sides, 0 and 1 of relu; -1 and 1 of abs.
@pytest.mark.parametrize(
    ("gate", "slope", "verdict"),
    [("relu", -0.0005, "agree"), ("relu", -0.0015, "disagree"), ("relu", 1.0005, "agree"),
     ("relu", 1.0015, "disagree"),
     ("relu", 0.0, "agree"), ("relu", 1.0, "agree"), ("relu", 0.3, "agree"), ("relu", -0.1, "disagree"),
     ("relu", 1.1, "disagree"), ("abs", -1.0, "agree"), ("abs", 1.0, "agree"), ("abs", -1.1, "disagree"),
     ("abs", 1.1, "disagree")],
)  # fmt: skip
def test_a_slope_at_a_kink_is_judged_by_the_sides(gate, slope, verdict, monkeypatch):
    monkeypatch.setitem(FLOATS.locals, gate, lambda x, out: (slope if x == 0 else (x > 0) * 1.0,))  # noqa: ARG005
    report = grad(f"{gate}(x) + x*y", x=0.0, y=2.0)
    assert report.check.verdict == verdict
    if verdict == "disagree":
        assert report.columns.graph.gates[report.check.worst.node] == gate and report.check.worst.ours == slope
    else:
        assert report.check.methods == ("per-gate", "differences")


@pytest.mark.parametrize(("wrt", "verdict"), [("x", "disagree"), ("y", "agree")])
def test_a_slope_at_a_kink_that_nobody_asks_for_is_not_judged(wrt, verdict, monkeypatch):
    monkeypatch.setitem(FLOATS.locals, "max", lambda *_: (7.0, 0.5))
    assert grad("max(x, y)", x=2.0, y=2.0, wrt=[wrt]).check.verdict == verdict


@pytest.mark.parametrize(("slope", "verdict"), [(1000.0, "agree"), (1000.5, "agree"), (1001.5, "disagree")])
def test_how_far_a_slope_at_a_kink_may_be_off_goes_by_its_size(slope, verdict, monkeypatch):
    monkeypatch.setitem(FLOATS.locals, "leaky_relu", lambda x, *_: (slope, min(x, 0.0)))
    assert grad("leaky_relu(x, 1000)", x=0.0).check.verdict == verdict


@pytest.mark.parametrize("scale", ["1e-5", "1", "1e5"])
def test_a_wrong_rule_is_found_by_differences_whatever_the_size(scale, monkeypatch):
    monkeypatch.setitem(FLOATS.locals, "sin", lambda _, out: (out,))
    report = check(f"{scale}*sin(x)", {"x": 1}, symbolic=False)
    assert [(result.verdict, result.reason) for result in report.results] == [("differs", "")]
    assert report.results[0].rel_error == pytest.approx(1 - math.cos(1) / math.sin(1), rel=1e-6)


@pytest.mark.parametrize("symbolic", [True, False])
def test_a_wrong_rule_beside_a_kink_is_not_excused_by_it(symbolic, monkeypatch):
    monkeypatch.setitem(FLOATS.locals, "sin", lambda _, out: (out,))
    report = check("sin(x) + abs(y - 1)", {"x": 1, "y": 1.5}, symbolic=symbolic)
    assert [result.verdict for result in report.results] == ["differs", "agrees", "differs"]


# A gradient that lost its digits, of `x`, excuses no rule; and where the true number is asked for, neither.
@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("program", ["(1 - cos(x))/x^2 + sin(y)", "(1 - cos(x))/x^2*y + sin(y)"])
def test_lost_digits_excuse_no_wrong_rule(program, exact, monkeypatch):
    assert grad(program, x=1e-8, y=1.0, exact=exact).check.verdict == ("agree" if exact else "undecided")
    monkeypatch.setitem(FLOATS.locals, "sin", lambda _, out: (out,))
    report = grad(program, x=1e-8, y=1.0, exact=exact)
    assert report.check.verdict == "disagree" and report.status == 1
    assert report.columns.graph.gates[report.check.worst.node] == "sin"
    assert report.check.worst.theirs == pytest.approx(math.cos(1), rel=1e-14)


@pytest.mark.parametrize(("name", "verdict"), [("y", "disagree"), ("x", "undecided")])
def test_lost_digits_excuse_a_wrong_sum_where_they_are_lost_alone(name, verdict, monkeypatch):
    program, values = "(1 - cos(x))/x^2 + 1e9*y*y", {"x": 1e-8, "y": 2.0}
    node, right = grad(program, values).columns.graph.variables[name], numbers.join

    def forgets(grads, at, sent, lost):
        if at == node:
            grads[at] = sent
        else:
            right(grads, at, sent, lost)

    monkeypatch.setattr(numbers, "join", forgets)
    check_ = grad(program, values).check
    assert check_.verdict == verdict
    assert verdict == "undecided" or (check_.worst.name, check_.worst.ours, check_.worst.theirs) == ("y", 2e9, 4e9)
