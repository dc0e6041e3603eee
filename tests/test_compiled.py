"""Programs that are read once: their values and gradients are those of `grad`, wherever they are run."""

from random import Random

import numpy as np
import pytest
from programs import random_program
from truth import NAMES, POINTS, names_of, random_formula, text_of

import backprop_cli
from backprop_cli import BackpropError


def same(found, report):
    value, gradients = found
    np.testing.assert_array_equal(value, report.value)
    assert gradients.keys() == report.gradients.keys()
    for name, grad in gradients.items():
        np.testing.assert_array_equal(grad, report.gradients[name])
        assert not np.any(np.signbit(grad) & (np.asarray(grad) == 0))  # -0 is shown nowhere


def test_the_gradient_of_the_lecture():
    f = backprop_cli.compile("(x+y)*z")
    assert f.inputs == ("x", "y", "z") and repr(f) == "<compiled '(x+y)*z': x, y, z>"
    assert f(x=-2, y=5, z=-4) == (-12.0, {"x": -4.0, "y": -4.0, "z": 3.0})
    assert f(z=1, x=2.0, y=np.float64(3)) == (5.0, {"x": 1.0, "y": 1.0, "z": 5.0})


@pytest.mark.parametrize("seed", range(4))
def test_answers_are_those_of_grad(seed):
    chosen = Random(seed)
    for _ in range(25):
        text = text_of(steps := random_formula(chosen, chosen.randint(1, 6)))
        f = backprop_cli.compile(text)
        for _ in range(4):
            point = {name: chosen.choice(POINTS) for name in NAMES if name in names_of(steps)}
            same(f(**point), backprop_cli.grad(text, point, check=False))
        program, texts = random_program(chosen)
        f = backprop_cli.compile(program, {name: float(text) for name, text in texts.items()})
        for shift in (0, 1, 0.25):
            point = {name: float(text) + shift for name, text in texts.items()}
            same(f(**point), backprop_cli.grad(program, point, check=False))


W, X = np.array([[0.1, 0.5], [-0.3, 0.8]]), np.array([0.2, 0.4])
ARRAYS = [
    ("sum((W@x)^2)", {"W": W, "x": X}, {}),
    ("sum((W@x)^2)", {"W": "(2, 2)", "x": "(2,)"}, {"W": W, "x": X}),
    ("sum(relu(x*w))", {"x": np.array([1.0, -1.0, 0.0])}, {"w": 2}),
    ("cross_entropy(s, y)", {"s": np.array([[1.0, 2.0, 0.5]]), "y": np.array([1.0])}, {}),
    ("sum(x)*y", {"x": np.ones(3), "y": 2}, {"x": np.ones(4)}),  # of another shape: read anew
    ("sum(x)*y", {"x": np.ones(3), "y": 2}, {"x": [1, 2, 3], "y": "1/2"}),
    ("x*y", {"x": 2, "y": 3}, {"x": "0.1", "y": True}),
    ("f = x^3; df/dx*y", {}, {"x": 2, "y": 3}),
    ("a = n; for t in range(n) { a = a*x }; a", {"n": 3, "x": 2}, {"n": 5}),  # another graph
    ("a = n; for t in range(n) { a = a*x }; a", {"n": 3, "x": 2}, {"x": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "given", "point"), ARRAYS)
def test_arrays_and_values_of_other_kinds(text, given, point):
    whole = {**given, **point}
    same(backprop_cli.compile(text, given)(**point), backprop_cli.grad(text, whole, check=False))


def test_what_is_asked_for():
    f = backprop_cli.compile("q = x*y; q*z", wrt=["q", "x"], z=2)
    assert f(x=3, y=5) == (30.0, {"q": 2.0, "x": 10.0})
    assert f(x=3, y=5, z=1) == (15.0, {"q": 1.0, "x": 5.0})
    f = backprop_cli.compile("W@x", W=np.eye(2), x=np.ones(2), seed_grad=np.array([1.0, 2.0]), wrt="x")
    np.testing.assert_array_equal(f()[1]["x"], [1, 2])
    exact = backprop_cli.compile("(x + 1) - x", exact=True)
    assert exact(x=1e17) == (1.0, {"x": 0.0})


def test_a_call_leaves_nothing_behind():
    given = {"x": np.array([1.0, 2.0]), "y": 3.0}
    f = backprop_cli.compile("sum(x*y)", given)
    first = f(y=5)
    first[1]["x"][0] = 99
    assert f(y=5)[1]["x"].tolist() == [5, 5] and f()[0] == 9 and given["x"].tolist() == [1, 2]


NUMBERS = [np.float64(0.0), np.float64(2.0), np.array(2.0), np.float32(2), 0, 2**60, 2, "1/2", float("inf")]


@pytest.mark.parametrize("x", NUMBERS, ids=repr)
def test_numbers_of_any_kind_are_floats_and_nothing_warns(x, recwarn):
    value, gradients = backprop_cli.compile("1/x + y", y=1)(x=x)
    report = backprop_cli.grad("1/x + y", x=x, y=1, check=False)
    assert (value, gradients) == (report.value, report.gradients)
    assert {type(number) for number in (value, *gradients.values())} == {float} and not recwarn.list


def test_the_value_is_nobody_elses_array():
    f = backprop_cli.compile("x", x=np.array([1.0, 2.0]), seed_grad=np.array([1.0, 1.0]))
    f()[0][0] = 99
    assert f()[0].tolist() == [1, 2]


def test_the_notes_are_in_the_report():
    f = backprop_cli.compile("relu(x) + y", y=1)
    report = f.report(x=0)
    assert [note.code for note in report.notes] == ["kink"] and report.value == 1 and report.check is None


WRONG = [
    (("(x+y",), {}, {}, "S104"),
    (("x*y",), {}, {"x": 1}, "N202"),
    (("x*y",), {"q": 1}, {}, "N209"),
    (("x*y",), {}, {"x": 1, "y": 2, "q": 3}, "N209"),
    (("x*y",), {"wrt": "q"}, {}, "N212"),
    (("W@x",), {"W": "(2, 2)", "x": "(2,)"}, {}, "V310"),
    (("x*y",), {"allow_nonfinite": False}, {"x": float("inf"), "y": 1.0}, "V304"),
    ((3,), {}, {}, "U801"),
]


@pytest.mark.parametrize(("given", "options", "values", "code"), WRONG)
def test_what_is_wrong_is_an_error(given, options, values, code):
    with pytest.raises(BackpropError) as raised:
        backprop_cli.compile(*given, **options)(**values)
    assert raised.value.diagnostics[0].code == code
