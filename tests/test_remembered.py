"""What is remembered of a program changes no answer: reports are those of a first reading, byte for byte."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import numpy as np
import pytest
from programs import random_program
from truth import NAMES, POINTS, names_of, random_formula, text_of

import backprop_cli
from backprop_cli import remembered
from backprop_cli.graph.graph import Graph

FORMATS = ("plain", "json", "markdown")


@pytest.fixture(autouse=True)
def forget():
    remembered._known.clear()
    yield
    remembered._known.clear()


def said(verb, *given, **options):
    """Everything a report says, or what is raised."""
    try:
        report = getattr(backprop_cli, verb)(*given, **options)
    except backprop_cli.BackpropError as error:
        return str(error)
    texts = [backprop_cli.render(report, name) for name in FORMATS]
    shown = report.output, repr(report.seed), repr(dict(report.inputs))
    return [*texts, repr(report), report.status, report.notes, *shown]


def said_anew(verb, *given, **options):
    remembered._known.clear()
    return said(verb, *given, **options)


def snapshot(graph):
    return {name: repr(getattr(graph, name)) for name in Graph.__slots__ if name != "source"}


def everywhere(text, points, **options):
    """The answers at several points: of readings anew, and of one that is remembered."""
    for verb, named in (("evaluate", {}), ("grad", {"check": False}), ("grad", {"check": False, "rate": 0.1})):
        anew = [said_anew(verb, text, point, **named, **options) for point in points]
        remembered._known.clear()
        assert [said(verb, text, point, **named, **options) for point in points] == anew, text


@pytest.mark.parametrize("seed", range(4))
def test_answers_are_those_of_a_first_reading(seed):
    chosen = Random(seed)
    for _ in range(25):
        steps = random_formula(chosen, chosen.randint(1, 6))
        points = [{name: chosen.choice(POINTS) for name in NAMES if name in names_of(steps)} for _ in range(4)]
        everywhere(text_of(steps), points)
        program, values = random_program(chosen)
        everywhere(program, [{name: float(text) + shift for name, text in values.items()} for shift in (0, 1, 0.25)])


INF, NAN = float("inf"), float("nan")
# Programs, and points at which they do not mean, or say, the same.
PROGRAMS = [
    ("(x+y)*z", [{"x": -2, "y": 5, "z": -4}, {"z": 1, "y": 2, "x": 3.5}, {"x": 0, "y": 0, "z": 0}]),
    ("a = 1; for t in range(n) { a = a*x }; a", [{"x": 2, "n": 3}, {"x": 2, "n": 5}, {"x": 2, "n": 5.5}]),
    (r"\sum_{i=1}^{n} i x", [{"x": 2, "n": 3}, {"x": 2, "n": 5}]),
    ("x(y+1)", [{"x": 2, "y": 3}, {"y": 3}, {"x": 2, "y": 4}]),
    ("2x/3y", [{"x": 2, "y": 3}, {"x": 3, "y": 3}]),
    ("x*y", [{"x": 2, "y": 3}, {"x": [1, 2], "y": 3}, {"x": "1/2", "y": 3}, {"x": True, "y": 1}, {"x": 1j, "y": 2}]),
    ("x + 0*y", [{"x": 2**53 + 1, "y": 1}, {"x": 2**53, "y": 1}, {"x": INF, "y": 1}, {"x": NAN, "y": NAN}]),
    ("x", [{"x": 2}, {"x": -0.0}, {"y": 1}, {"x": 1, "y": 2}, {}]),
    ("2*3", [{}, {}, {"x": 1}]),
    ("relu(x)", [{"x": -1}, {"x": 0}, {"x": 2}]),
    ("1/x", [{"x": 2}, {"x": 0}, {"x": 1e-320}, {"x": 1e308}]),
    ("gate sig(x) = 1/(1+exp(-x)); sig(x*y)", [{"x": 2, "y": 3}, {"x": 0, "y": 1}, {"x": 800, "y": -1}]),
    ("f = x^3; df/dx*y", [{"x": 2, "y": 3}, {"x": 0, "y": 3}]),
    ("exp = x + 1; exp*2", [{"x": 2}, {"x": 3}]),
    ("x = x + 1; x*2", [{"x": 2}, {"x": 3}]),
    ("x**2 + np.sin(y)", [{"x": 2, "y": 3}, {"x": 3, "y": 3}]),
    ("y = x*2; z = 3; y", [{"x": 2}, {"x": 3}]),
    ("(x + y) - x", [{"x": 1e15, "y": 0.3}, {"x": 1, "y": 0.5}, {"x": 1e15, "y": 0.3}]),
    ("zeros(3)[0] + x", [{"x": 2}, {"x": 3}]),
    ("x +", [{"x": 2}, {"x": 3}]),
    ("seed*x", [{"x": 2, "seed": 3}, {"x": 2, "seed": 3}]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "points"), PROGRAMS, ids=[text for text, _ in PROGRAMS])
def test_what_depends_on_values_is_read_anew(text, points):
    everywhere(text, points)
    everywhere(text, points[::-1])


OPTIONS = [
    {"wrt": "x"}, {"wrt": ["y", "x"]}, {"wrt": []}, {"seed_grad": 2}, {"seed_grad": 2**53 + 1}, {"rate": 0.5},
    {"rate": 2**53 + 1}, {"rate": 1, "step": 1}, {"strict": True}, {"exact": True}, {"seed": 3}, {"max_nodes": 2},
    {"max_nodes": 1}, {"defaults": {"x": 7}}, {"notation": "strict"}, {"notation": "none"}, {"allow_nonfinite": False},
    {"use": "gate g(x) = x"}, {"expand": True}, {"wrt": "w"}, {"seed_grad": [1, 2]}, {"check": True},
]  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_options_are_heard_by_a_program_that_is_known(options):
    options = {"check": False, **options}
    given = ("a = x*y; a + x", {"x": 3, "y": 0.1})
    anew = said_anew("grad", *given, **options)
    backprop_cli.grad(*given, check=False)
    backprop_cli.grad(*given, check=False)
    assert said("grad", *given, **options) == anew
    assert said("grad", *given, check=False) == said_anew("grad", *given, check=False)  # and leave nothing behind


@pytest.mark.parametrize("verb", ["evaluate", "grad"])
def test_an_option_is_no_value_though_a_value_has_its_name(verb):
    named = {"check": False} if verb == "grad" else {}
    for given, option in (
        ({"seed": 3}, {}),
        ({}, {"seed": 3}),
        ({"seed": 3}, {"seed": 4}),
        ({"seed": 3.0}, {"strict": 1}),
    ):
        anew = said_anew(verb, "seed*2", given, **named, **option)
        said(verb, "seed*2", {"seed": 5}, **named)
        assert said(verb, "seed*2", given, **named, **option) == anew


def test_the_second_call_reads_nothing(monkeypatch):
    first = said("grad", "x*y + 1", x=2, y=3, check=False)
    monkeypatch.setattr(remembered, "open_session", None)
    assert said("grad", "x*y + 1", x=2, y=3, check=False) == first
    assert backprop_cli.evaluate("x*y + 1", {"x": np.float64(2), "y": 4}).value == 9


def test_reports_leave_the_graph_as_it_is():
    text, point = "a = x*y; b = relu(a) + pi; b/(x - 2y)", {"x": 2.0, "y": 3.0}
    backprop_cli.grad(text, point, check=False)
    (known,) = remembered._known.values()
    before, active = snapshot(known.session.graph), bytes(known.active)
    report = backprop_cli.grad(text, point, check=False)
    assert report.columns.graph is known.session.graph
    for name in backprop_cli.FORMATS:
        backprop_cli.render(report, name)
    for name in backprop_cli.EXPLAIN_FORMATS:
        backprop_cli.explain(report, name, paths=True)
    for name in ("svg", "html", "dot", "mermaid", "json"):
        backprop_cli.draw(report, name)
    backprop_cli.grad(text, point, seed_grad=2, rate=0.1)
    backprop_cli.check(text, point, claims=["df/dx = 1"])
    for verb in ("jacobian", "hessian"):
        getattr(backprop_cli, verb)(text, point)
    assert snapshot(known.session.graph) == before and known.active == active


def test_reports_are_each_others_strangers():
    first = backprop_cli.grad("x*y", x=2, y=3, check=False)
    second = backprop_cli.grad("x*y", x=4, y=5, check=False)
    third = backprop_cli.grad("x*y", x=6, y=7, check=False)
    assert [report.gradients for report in (first, second, third)] == [
        {"x": 3.0, "y": 2.0}, {"x": 5.0, "y": 4.0}, {"x": 7.0, "y": 6.0}
    ]  # fmt: skip
    third.gradients["x"] = 0.0
    assert backprop_cli.grad("x*y", x=6, y=7, check=False).gradients == {"x": 7.0, "y": 6.0}


def test_few_and_small_programs_are_kept():
    for k in range(3 * remembered.MOST):
        backprop_cli.evaluate(f"x + {k}", x=1)
        assert len(remembered._known) <= remembered.MOST
    remembered._known.clear()
    backprop_cli.evaluate("x" + " + x" * remembered.LONGEST, x=1)
    backprop_cli.evaluate("gate g(x) = " + "+".join("x" * 40) + "\n" + "+".join(["g(x)"] * 100), x=1)
    assert not remembered._known


def test_threads_share_what_is_known():
    def work(k):
        return backprop_cli.grad(f"x*y + {k % 150}", x=k, y=0.1, check=False).gradients["y"]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(1000))) == [float(k) for k in range(1000)]


def test_threads_do_not_disturb_each_others_digits():
    """Each has moves of its own, in the same order, whatever the others are at."""
    texts = [text_of(random_formula(Random(seed), 6)) for seed in range(40)]
    points = [{name: Random(seed).choice(POINTS) for name in NAMES} for seed in range(40)]

    def work(k):
        return said("grad", texts[k % 40], defaults=points[k % 40], check=False)

    expected = [work(k) for k in range(40)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(160))) == expected * 4
