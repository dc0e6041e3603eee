"""Second derivatives: numbers one can verify, and those of differences of gradients."""

import json

import arrays
import numpy as np
import pytest
import random_arrays
from conftest import backprop

import backprop_cli

# Black and Scholes 1973 at s = k = 100, r = 0.05, v = 0.2, t = 1: d1 = 0.35, d2 = 0.15, and the normal density at 0.35
# is 0.3752403469169379: gamma is it over s*v*sqrt(t), vanna it times -d2/v.
_DENSITY = 0.3752403469169379
_OPTION = (
    "d1 = (log(s/k) + (r + v^2/2)*t)/(v*sqrt(t)); c = s*normcdf(d1) - k*exp(-r*t)*normcdf(d1 - v*sqrt(t))",
    {"s": 100, "k": 100, "r": 0.05, "v": 0.2, "t": 1},
)


@pytest.mark.parametrize(
    ("text", "values", "expected", "point"),
    [
        ("(1-x)^2 + 100*(y-x^2)^2", {"x": 1, "y": 1}, [[802, -400], [-400, 200]], "minimum"),
        ("x^2 - y^2", {"x": 0, "y": 0}, [[2, 0], [0, -2]], "saddle point"),
        ("-x^2 - 3*y^2", {"x": 0, "y": 0}, [[-2, 0], [0, -6]], "maximum"),
        ("x^4", {"x": 0}, [[0]], "degenerate"),
        ("x^2*y", {"x": 2, "y": 3}, [[6, 4], [4, 0]], ""),
        ("exp(x*y)", {"x": 0, "y": 2}, [[4, 1], [1, 0]], ""),
        ("norm(x)^2", {"x": [1.0, 2.0]}, [[2, 0], [0, 2]], ""),
        ("x' @ A @ x", {"x": [1.0, 2.0], "A": [[1.0, 2.0], [3.0, 4.0]]}, None, ""),
        ("relu(x)^2", {"x": -1}, [[0]], "degenerate"),
        ("sigmoid(x)", {"x": 60}, [[-8.756510762696520e-27]], ""),
    ],
)
def test_numbers_one_can_verify(text, values, expected, point):
    report = backprop_cli.hessian(text, values)
    if expected is not None:
        assert np.allclose(report.matrix, expected, rtol=1e-9)
    assert report.point == point and report.check.verdict == "agree" and report.status == 0


# Whole numbers of every order and rank: SymPy has the second derivatives of the determinant exactly.
@pytest.mark.parametrize(("order", "rank"), [(n, rank) for n in range(1, 7) for rank in range(max(0, n - 2), n + 1)])
def test_a_determinant_where_the_matrix_is_singular(order, rank):
    import sympy

    drawn = np.random.RandomState(10 * order + rank)
    values = drawn.randint(-3, 4, (order, rank)) @ drawn.randint(-3, 4, (rank, order)) + 0.0
    symbols = sympy.Matrix(order, order, sympy.symbols(f"x:{order * order}"))
    at = dict(zip(symbols, map(int, values.ravel()), strict=True))
    first = backprop_cli.grad("f = det(X); g = df/dX; sum(g*W)", X=values, W=drawn.randint(-2, 3, (order, order)))
    cofactors = np.array(sympy.Matrix(values.astype(int)).adjugate().T, dtype=float)
    size = max(1, np.abs(values).max() ** (order - 1))  # of what is added up; rounding is noted where nothing is left
    assert np.allclose(first.gradients["W"], cofactors, rtol=1e-12, atol=1e-13 * size)
    if order < 5:
        expected = sympy.hessian(symbols.det(method="berkowitz"), [*symbols]).subs(at)
        found = backprop_cli.hessian("det(X)", X=values)
        assert np.allclose(found.matrix, np.array(expected, dtype=float), rtol=1e-12, atol=1e-12)
        assert found.status == 0 and not found.notes
    weights = np.array(drawn.randint(-2, 3, (order, order)), dtype=float)
    moved = backprop_cli.grad("f = det(X); g = df/dX; sum(g*W)", X=values, W=weights).gradients["X"]
    e = sympy.Symbol("e")
    along = (sympy.Matrix(values.astype(int)) + e * sympy.Matrix(weights.astype(int))).adjugate().T.diff(e).subs(e, 0)
    assert np.allclose(moved, np.array(along, dtype=float), rtol=1e-11, atol=1e-11 * max(1, np.abs(moved).max()))


def test_the_greeks_of_an_option():
    found = backprop_cli.hessian(*_OPTION, wrt=["s", "v"]).matrix
    assert found[0, 0] == pytest.approx(_DENSITY / 20) and found[0, 1] == pytest.approx(-_DENSITY * 0.15 / 0.2)


@pytest.mark.parametrize("text", [text for text in arrays.PROGRAMS if text.count("(") < 4][:60])
def test_array_programs_against_differences_of_gradients(text):
    assert_differences(
        f"out = {text}; sum(sin(out))", {name: arrays.ENVIRONMENT[name] for name in arrays.names_in(text)}
    )


@pytest.mark.parametrize("seed", range(30))
def test_random_programs_against_differences_of_gradients(seed):
    made = random_arrays.program(seed)
    assert_differences(f"{made.text}; sum(sin({made.text.split('; ')[-1].partition(' =')[0]}))", made.values)


def assert_differences(text, values):
    """Along a direction: the matrix times it, and central differences of the gradient, extrapolated once."""
    values = {name: np.asarray(value, dtype=float) for name, value in values.items()}
    try:
        report = backprop_cli.hessian(text, values, check=False)
    except backprop_cli.BackpropError as problem:
        assert "has no formula in gates" in str(problem)  # noqa: PT017
        return
    direction = np.random.RandomState(2).uniform(-1, 1, len(report.labels))

    def gradient(t):
        moved, at = {}, 0
        for name, value in values.items():
            moved[name] = value + t * direction[at : at + value.size].reshape(value.shape)
            at += value.size
        found = backprop_cli.grad(text, moved, check=False).gradients
        return np.concatenate([np.ravel(found[name]) for name in values])

    values = {name: values[name] for name in report.jacobian.jacobians}
    slopes = [(gradient(h) - gradient(-h)) / (2 * h) for h in (1e-4, 2e-4)]
    expected = (4 * slopes[0] - slopes[1]) / 3
    unsure = {"kink", "jump", "precision", "undefined"} & {note.code for note in report.notes}  # det of a singular one
    if np.isfinite(expected).all() and not unsure:
        assert np.allclose(report.matrix @ direction, expected, rtol=1e-5, atol=1e-5 * max(1, np.abs(expected).max()))


def test_a_kink_is_noted_and_no_kind_of_point_is_told():
    report = backprop_cli.hessian("abs(x)*x", x=0)
    assert {note.code for note in report.notes} == {"kink", "jump"} and report.point == ""


def test_where_digits_are_lost_it_is_said_once_and_no_kind_of_point_is_told():
    report = backprop_cli.hessian("(1 - cos(x))/x^2", x=1e-9)  # in doubles the gradient is 0 there, and truly -8.3e-11
    assert report.point == "" and int(report.status) == 4
    about = [note.message for note in report.notes if note.code == "precision"]
    assert len(about) == 3 and not any("SymPy finds" in words for words in about)
    assert backprop_cli.hessian("x^2", x="0.1000000000000000000000000001 - 0.1").point == "minimum"


def test_json_and_errors():
    found = json.loads(backprop("hessian", "x*y", "x=0", "y=0", "--json").out)
    assert found["hessian"] == [[0, 1], [1, 0]] and found["elements"] == ["x", "y"] and found["point"] == "saddle point"
    assert backprop("hessian", "[x, x]", "x=1").status == 2
    assert backprop("hessian", "2 + 3").status == 2
    assert backprop("hessian", "log(x)", "x=0").status == 4


def test_a_value_that_is_not_finite():
    assert backprop_cli.hessian("2*x", x=float("nan")).status == 4
    assert backprop("hessian", "2*x", "x=inf", "--allow-nonfinite").status == 4
