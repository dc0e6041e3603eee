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
        ("x^2 - y^2 + z^4", {"x": 0, "y": 0, "z": 0}, None, "saddle point"),  # f has both signs near 0, whatever z does
        ("x^2 + z^4", {"x": 0, "z": 0}, [[2, 0], [0, 0]], "degenerate"),
        ("x^2 + 1e-12*y^2", {"x": 0, "y": 0}, None, "minimum"),
        ("x^2 - 1e-12*y^2", {"x": 0, "y": 0}, None, "saddle point"),
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


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        # By hand: with u = x + y and v = x - y, or of a matrix of rank 1 the trace.
        ("0.1*(x - 3*y)^2 + z^2", [0, 2, 2]),
        ("(x + y)^2 + 1e-14*x^2", [1e-14, 4]),
        ("(x + y)^2 + 1e-300*x^2", [1e-300, 4]),
        ("(x + y)^2 - 1e-20*(x - y)^2", [-4e-20, 4]),
        ("(x + y)^2", [0, 4]),
        ("(x - 3*y)^2 + z^2", [0, 2, 20]),
        ("x^2 + 1e-20*y^2 + 1e-300*z^2", [2e-300, 2e-20, 2]),
        ("(1 - cosh(1e-9*x))*1e4 + (x + y + z)^2", None),
    ],
)
def test_eigenvalues_that_are_small_beside_the_largest(program, expected):
    values = {name: 0.0 for name in "xyz" if name in program}
    report = backprop_cli.hessian(program, values, check=False)
    assert report.status == 0 and not report.notes and not report.unsure
    if expected is None:  # -1e-14 on an axis, across two others: the sum is that trace, and one eigenvalue is 0
        assert report.eigenvalues[1] == 0 and report.eigenvalues[0] == pytest.approx(-1e-14 * 2 / 3, rel=1e-9)
        return
    assert np.allclose(report.eigenvalues, expected, rtol=1e-13, atol=0)
    condition = np.inf if 0 in expected else expected[-1] / min(map(abs, expected))
    assert report.condition == pytest.approx(condition)
    signs = set(np.sign(expected))
    assert report.point == ("saddle point" if {-1, 1} <= signs else "degenerate" if 0 in signs else "minimum")
    found = json.loads(backprop("hessian", program, *(f"{name}=0" for name in values), "--json", "--no-check").out)
    assert found["eigenvalues"] == report.eigenvalues.tolist() and found["point"] == report.point
    assert found["condition"] == ("Infinity" if 0 in expected else report.condition)


def assert_eigenvalues(matrix):
    """Those of x'Ax/2, and mpmath's with 80 digits; what that leaves of 0 is smaller by 70 digits than the largest."""
    import mpmath

    n = len(matrix)
    report = backprop_cli.hessian("x @ A @ x/2", {"A": matrix, "x": np.zeros(n)}, wrt=["x"], check=False)
    assert np.array_equal(report.matrix, matrix)
    with mpmath.workdps(80):
        exact = sorted(mpmath.eigsy(mpmath.matrix(matrix.tolist()), eigvals_only=True))
        least = mpmath.mpf(10) ** -70 * max(map(abs, exact))
        expected = [0.0 if abs(x) < least else float(x) for x in exact]
    unsure = np.abs(expected) <= report.unsure
    assert np.allclose(
        report.eigenvalues[~unsure], np.array(expected)[~unsure], rtol=1e-6 if report.unsure else 1e-12, atol=0
    )
    assert np.all(np.abs(report.eigenvalues[unsure] - np.array(expected)[unsure]) <= report.unsure)
    assert [note.code for note in report.notes] == ["precision"] * bool(report.unsure)
    return report


@pytest.mark.parametrize("rows", [2, 3, 4, 6, 9, 12])
@pytest.mark.parametrize("rank", [1, 2, 5, 12])
def test_eigenvalues_of_random_matrices(rows, rank):
    drawn = np.random.RandomState(100 * rows + rank)
    low = drawn.randint(-9, 10, (rows, min(rows, rank))) + 0.0
    assert not assert_eigenvalues(low @ low.T).unsure
    signs = np.diag(drawn.choice([-1.0, 1.0], low.shape[1]))
    assert not assert_eigenvalues(low @ signs @ low.T).unsure
    grades = 10.0 ** -np.sort(drawn.uniform(0, 12, rows))
    graded = drawn.uniform(-1, 1, (rows, rows)) * np.outer(grades, grades)
    assert not assert_eigenvalues((graded + graded.T) / 2).unsure


def test_eigenvalues_of_matrices_of_the_literature():
    hilbert = 1 / (np.arange(10)[:, None] + np.arange(10) + 1.0)  # D. Hilbert 1894; of order 10 its condition is 1.6e13
    assert assert_eigenvalues(hilbert).condition == pytest.approx(1.6e13, rel=0.01)
    steps = np.abs(np.arange(21) - 10.0)  # J. H. Wilkinson 1965: W21+ has pairs that differ in their 15th digit
    assert_eigenvalues(np.diag(steps) + np.eye(21, k=1) + np.eye(21, k=-1))
    # Rosenbrock 1960 at (1, 1): trace 1002, determinant 400.
    found = backprop_cli.hessian("(1-x)^2 + 100*(y-x^2)^2", x=1, y=1, check=False).eigenvalues
    assert found == pytest.approx([501 - np.sqrt(501.0**2 - 400), 501 + np.sqrt(501.0**2 - 400)], rel=1e-12)
    # Powell 1962 at 0: (x1 + 10 x2)^2 + 5 (x3 - x4)^2 and fourth powers, so twice 0, 2*5*2 = 20 and 2*101.
    powell = "(a + 10*b)^2 + 5*(c - d)^2 + (b - 2*c)^4 + 10*(a - d)^4"
    report = backprop_cli.hessian(powell, dict.fromkeys("abcd", 0.0), check=False)
    assert report.eigenvalues.tolist() == [0, 0, 20, 202] and report.point == "degenerate"


def test_eigenvalues_of_a_matrix_too_large_for_many_digits():
    drawn = np.random.RandomState(4)
    low = drawn.randint(-9, 10, (40, 3)) + 0.0
    report = assert_eigenvalues(low @ low.T)
    assert 0 < report.unsure < 1e-3 * report.eigenvalues[-1] and report.point == ""
    apart = np.zeros((60, 60))  # blocks have their own digits, and 0 has all
    apart[:3, :3] = [[2, 1, 0], [1, 2, 1], [0, 1, 2]]
    apart[5:8, 5:8] = apart[:3, :3] * 1e-30
    assert not assert_eigenvalues(apart).unsure


def test_eigenvalues_where_second_derivatives_lost_their_digits_are_the_true_ones():
    # f = y*(1/2 - x^2/24 + …): the second derivatives at (1e-5, 2) are -y/12, -x/12 and 0.
    report = backprop_cli.hessian("(1 - cos(x))/x^2*y", x=1e-5, y=2.0, check=False)
    assert report.status == 4 and report.eigenvalues == pytest.approx([-1 / 6, (1e-5 / 12) ** 2 * 6], rel=1e-6)


def test_at_a_place_that_is_rounded_a_small_eigenvalue_decides_nothing():
    text = "(x + y)^2 + 1e-12*(x - y)^2"  # eigenvalues 4e-12 and 4
    for x, point in ((0.0, "minimum"), (1e-13, "degenerate")):
        report = backprop_cli.hessian(text, x=x, y=0.0, check=False)
        assert report.point == point and report.eigenvalues == pytest.approx([4e-12, 4], rel=1e-13)
    assert "an eigenvalue nearly so" in backprop("hessian", text, "x=1e-13", "y=0", "--no-check").out


@pytest.mark.parametrize(
    ("text", "x", "point"),
    [
        ("(x - 1/3)^2", 0.333333333, "minimum"),  # nine decimals
        ("1e30*(x - 1e-12)^2", 1.0000000001e-12, "minimum"),
        ("(x - 0.1)^2", 0.1 + 2e-17, "minimum"),
        ("cos(x)", 3.141592653589793, "minimum"),
        ("(1e12*x - 0.5)^2", 0.0, ""),  # the slope is -1e12, Newton's step 5e-13
        ("(x - 1e9 - 0.5)^2", 1e9, ""),  # -1, and 0.5
        ("digamma(x)", -1e9 - 0.25, ""),  # 2*pi^2, and 0.16
        ("(x - 1e9)^2", 1e9 + 1e-6, "minimum"),
    ],
)
def test_what_counts_as_a_gradient_of_0(text, x, point):
    assert backprop_cli.hessian(text, x=x, check=False).point == point


def test_an_eigenvalue_that_is_smaller_than_any_double_is_not_called_0():
    ran = backprop("hessian", "digamma(x)", "x=1e170", "--no-check").out  # -1/x^2
    assert "eigenvalues [0]\n" in ran
    assert backprop_cli.hessian("digamma(x)", x=1e170).unsure
