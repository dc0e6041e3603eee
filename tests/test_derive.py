"""Derivatives as graphs have the numbers of the backward pass, and the formulas that people know."""

import arrays
import numpy as np
import pytest
import random_arrays
from conftest import backprop

import backprop_cli
from backprop_cli.engine.derive import derive
from backprop_cli.engine.passes import backward, forward
from backprop_cli.errors import BackpropError
from backprop_cli.gates import GATES
from backprop_cli.graph.verify import verify
from backprop_cli.session import open_session

# What has no derivative as a formula of gates.
REFUSED = (
    "eigvalsh(", "svdvals(", "cholesky(", "pinv(", "expm(", "solve_triangular(", "conv1d(", "conv2d(", "max_pool",
    "avg_pool", "sort(", "kron(", "cumprod(", "prod(T, axis=[0, 2])", "tetragamma(",
)  # fmt: skip
AT = [(name, at) for name, gate in GATES.items() for at in gate.at if not gate.truth and gate.family != "choice"]


def both(text, values):
    """The gradients of the sum of the output's elements: by the backward pass, and by the derived graph's forward."""
    session = open_session(text, values, {})
    graph = session.graph
    numbers = forward(graph, session.values)
    wrt, shape = list(graph.variables.values()), graph.shape(graph.output)
    upstream = np.ones(shape) if shape else 1.0
    passed = backward(graph, numbers, graph.output, upstream, graph.dependents(set(wrt)))
    derived = derive(graph, graph.output, wrt)
    verify(derived.graph)
    found = forward(derived.graph, session.values)
    expected = [np.zeros(graph.shape(j)) if passed.grads[j] is None else passed.grads[j] for j in wrt]
    return expected, [found[node] for node in derived.gradients]


def assert_same(text, values):
    for expected, found in zip(*both(text, values), strict=True):
        assert np.shape(expected) == np.shape(found)
        assert np.allclose(found, expected, rtol=1e-10, atol=1e-12 * max(1, np.max(np.abs(expected), initial=0)))


@pytest.mark.parametrize(("name", "at"), AT)
def test_every_gate(name, at):
    names = [f"v{k}" for k in range(len(at))]
    text, values = f"{name}({', '.join(names)})", dict(zip(names, map(float, at), strict=True))
    if text.startswith(REFUSED):
        with pytest.raises(BackpropError, match="has no formula in gates"):
            both(text, values)
    else:
        assert_same(text, values)


@pytest.mark.parametrize("text", arrays.PROGRAMS)
def test_array_programs(text):
    values = {name: arrays.ENVIRONMENT[name] for name in arrays.names_in(text)}
    if text.startswith(REFUSED):
        with pytest.raises(BackpropError, match="has no formula in gates"):
            both(text, values)
    else:
        assert_same(text, values)


@pytest.mark.parametrize("seed", range(60))
def test_random_array_programs(seed):
    made = random_arrays.program(seed)
    assert_same(made.text, made.values)


def test_what_is_ignored_sends_nothing():
    (_, found) = both("where(x > 0, sqrt(x), 0) + max(1/x, 5)*relu(y)", {"x": -1.0, "y": -3.0})
    assert found == [0.0, 0.0]


# Formulas as books have them: K. B. Petersen and M. S. Pedersen, The Matrix Cookbook (2012), by the number of the
# equation; the activations and losses as in the notes of CS231n; the rest, any book of calculus.
FORMULAS = [
    ("x^3 - 2x + 1", {"x": "3*x^2 - 2"}),
    ("(x+y)*z", {"x": "z", "y": "z", "z": "x + y"}),
    ("1/x", {"x": "-1/x^2"}),
    ("x*x*x", {"x": "3*x^2"}),
    ("x^n", {"x": "n*x^(n - 1)", "n": "x^n*log(x)"}),
    ("sin(x)^2", {"x": "2*cos(x)*sin(x)"}),
    ("exp(-x^2/2)", {"x": "-x*f"}),
    ("log(1 + exp(x))", {"x": "exp(x)/(exp(x) + 1)"}),
    ("sqrt(x^2 + y^2)", {"x": "x/f", "y": "y/f"}),
    ("cos(2*pi*x)", {"x": "-2*pi*sin(2*pi*x)"}),
    ("atan2(y, x)", {"y": "x/(x^2 + y^2)", "x": "-y/(x^2 + y^2)"}),
    ("(1-x)^2 + 100*(y-x^2)^2", {"x": "-2*(1 - x) - 400*x*(y - x^2)", "y": "200*(y - x^2)"}),
    ("0.1*x^2 + 0.25*x", {"x": "0.2*x + 0.25"}),
    ("where(x > 0, x^2, -x)", {"x": "where(x > 0, 2*x, -1)"}),
    ("sigmoid(w*x + b)", {"w": "x*f*(1 - f)", "x": "w*f*(1 - f)", "b": "f*(1 - f)"}),
    ("tanh(x)", {"x": "1 - tanh(x)^2"}),
    ("relu(x)*y", {"x": "where(x > 0, y, 0)", "y": "relu(x)"}),
    ("softplus(x)", {"x": "sigmoid(x)"}),
    ("gelu(x)", {"x": "normcdf(x) + x*exp(-x^2/2)/sqrt(2*pi)"}),
    ("max(x, y)", {"x": "where(x == f, 1, 0)", "y": "where(y == f, 1, 0)"}),
    ("a' X b", {"X": "outer(a, b)", "a": "X @ b", "b": "X' @ a"}),  # 70
    ("a' X' b", {"X": "outer(b, a)"}),  # 71
    ("b' X' X c", {"X": "outer(X @ c, b) + outer(X @ b, c)"}),  # 77
    ("x' B x", {"x": "B @ x + B' @ x"}),  # 81
    ("(x - A@s)' @ W @ (x - A@s)", None),  # 84 to 88, with a W that need not be symmetric
    ("trace(X)", {"X": "eye(3)"}),  # 99
    ("trace(X A)", {"X": "A'"}),  # 100
    ("trace(A X B)", {"X": "A' @ B'"}),  # 101
    ("trace(A X' B)", {"X": "B @ A"}),  # 102
    ("trace(X' A)", {"X": "A"}),  # 103
    ("trace(X' X)", {"X": "2*X"}),  # 106 with B = I, 115
    ("trace(X' B X)", {"X": "B @ X + B' @ X"}),  # 108
    ("trace(X B X')", {"X": "X @ B' + X @ B"}),  # 111
    ("trace(A X B X)", {"X": "A' @ (X' @ B') + B' @ X' @ A'"}),  # 112 and its kind
    # more of the same chapters: quadratic forms, traces of products, determinants, inverses
    ("b' X' D X c", {"X": "outer(D @ (X @ c), b) + outer(D' @ (X @ b), c)"}),
    ("a' X X' a", {"X": "2*outer(a, X' @ a)"}),
    ("trace(X X)", {"X": "2*X'"}),
    ("trace(B X X')", {"X": "B' @ X + B @ X"}),
    ("trace(X' X B)", {"X": "X @ B + X @ B'"}),
    ("trace(B' X' C X B)", {"X": "C @ X @ B @ B' + C' @ X @ B @ B'"}),
    ("trace(X' B X C)", {"X": "B @ X @ C + B' @ X @ C'"}),
    ("trace(A X B X' C)", {"X": "A' @ (C' @ X @ B') + C @ A @ X @ B"}),
    ("trace((A X B + C) (A X B + C)')", {"X": "2*(A' @ ((A @ X @ B + C) @ B'))"}),
    ("trace(X)^2", {"X": "2*trace(X)*eye(3)"}),
    ("trace(inv(X) A)", {"X": "-inv(X)' @ A' @ inv(X)'"}),
    ("trace(inv(X + A))", {"X": "-inv(X + A)' @ inv(X + A)'"}),
    ("det(A X B)", {"X": "A' @ (f*inv(A @ X @ B)' @ B')"}),
    ("det(X)^2", {"X": "2*det(X)^2*inv(X)'"}),
    ("logdet(A X B)", {"X": "A' @ (inv(A @ X @ B)' @ B')"}),
    ("logdet(X' X)", {"X": "X @ inv(X' @ X) + X @ inv(X' @ X)'"}),
    ("norm(X - A)^2", {"X": "2*(X - A)"}),
    ("det(X)", {"X": "det(X)*inv(X)'"}),  # 49
    ("logdet(X)", {"X": "inv(X)'"}),  # 57
    ("a' inv(X) b", {"X": "-inv(X)' @ outer(a, b) @ inv(X)'"}),  # 61
    ("trace(A inv(X) B)", {"X": "-inv(X)' @ (A' @ B') @ inv(X)'"}),  # 63, 124
    ("b' solve(A, c)", {"A": "-outer(solve(A', b), solve(A, c))", "c": "solve(A', b)"}),
    ("norm(x - a)", {"x": "(x - a)/f"}),  # 129
    ("norm(x)^2", {"x": "2*x"}),  # 131
    ("norm(W x)^2", {"W": "2*outer(W @ x, x)", "x": "2*(W' @ (W @ x))"}),  # the lecture's f = ‖Wx‖²
    ("norm(A x - b)^2", {"x": "2*(A' @ (A @ x - b))", "b": "-2*(A @ x - b)"}),
    ("logsumexp(x)", {"x": "softmax(x)"}),
    ("sum(softmax(x)*y)", {"x": "softmax(x)*(y - sum(y*softmax(x), keepdims=True))", "y": "softmax(x)"}),
    ("norm1(x)", {"x": "sign(x)"}),
    ("x[0]*x[1]", {"x": "x[1]*onehot(0, 3) + x[0]*onehot(1, 3)"}),
]


@pytest.mark.parametrize(("text", "expected"), FORMULAS, ids=[text for text, _ in FORMULAS])
def test_formulas_are_those_of_books_and_have_their_numbers(text, expected):
    report = backprop_cli.diff(text)
    found = {derivative.variables[0]: derivative.formula for derivative in report.derivatives}
    for name, formula in (expected or {}).items():
        assert found[name] == formula
    drawn = np.random.RandomState(4)
    shapes = {name: report.graph.shape(node) for name, node in report.graph.variables.items()}
    values = {
        name: drawn.uniform(0.2, 1.8, shape) if shape else drawn.uniform(0.2, 1.8) for name, shape in shapes.items()
    }
    values = {name: x + 3 * np.eye(3) if np.shape(x) == (3, 3) else x for name, x in values.items()}  # invertible
    gradients = backprop_cli.grad(text, values, check=False).gradients
    named = "".join(f"; {name} = {part}" for name, part in report.parts)
    for name, formula in found.items():  # the text, read as anybody would
        number = backprop_cli.evaluate(f"f = {text}{named}; {formula} + 0*{name}", values).value
        assert np.allclose(number, gradients[name], rtol=1e-9)


def test_second_derivatives_are_sympys_in_its_form():
    report = backprop_cli.diff("(1-x)^2 + 100*(y-x^2)^2", order=2)
    assert report.verdict == "agrees" and report.formulas == {
        "d2f/dx2": "1200*x^2 - 400*y + 2", "d2f/dxdy": "-400*x", "d2f/dy2": "200"
    }  # fmt: skip


def test_values_are_put_in():
    report = backprop_cli.diff("x^3*y", x=2, y=5)
    assert [report.value(derivative) for derivative in report.derivatives] == [60, 8]


# What stands beside the formula, the codes of the notes and the exit status. With fifty digits (1 - cos(x))/x^2 has
# the slope -8.3e-11 at 1e-9; what doubles leave of it is printed, and said to be lost.
NUMBERS = [
    ("x^3*y", {"x": 2, "y": 5}, 1, [60, 8], set(), 0),
    ("x^3*y", {"x": 2, "y": 5}, 2, [60, 12, 0], set(), 0),
    ("x^3*y^2", {"x": 2, "y": 5}, 3, [150, 120, 24, 0], set(), 0),
    ("sum(x^3)", {"x": [1, 2]}, 1, [[3, 12]], set(), 0),
    ("max(x, y)", {"x": 1, "y": 1}, 1, [0.5, 0.5], {"kink"}, 0),
    ("abs(x)", {"x": 0}, 1, [0], {"kink"}, 0),
    ("norm(x)", {"x": [0, 0]}, 1, [[0, 0]], {"kink"}, 0),
    ("log(x)", {"x": -1}, 1, [np.nan], {"undefined"}, 4),
    ("1/x", {"x": 0}, 1, [-np.inf], {"pole"}, 4),
    ("exp(x)", {"x": 800}, 2, [np.inf], {"overflow"}, 4),
    ("(1 - cos(x))/x^2", {"x": 1e-9}, 1, [999999999.9999999], {"precision"}, 4),
    ("sin(x)/x", {"x": 1e-9}, 2, [-0.9999999999999999], {"precision"}, 4),
]


@pytest.mark.parametrize(("text", "values", "order", "numbers", "codes", "status"), NUMBERS)
def test_numbers_are_those_of_the_passes_with_their_notes(text, values, order, numbers, codes, status):
    report = backprop_cli.diff(text, values, order=order)
    found = [report.value(derivative) for derivative in report.derivatives]
    assert all(np.array_equal(x, y, equal_nan=True) for x, y in zip(found, numbers, strict=True)), found
    assert {note.code for note in report.notes} == codes and report.status == status


@pytest.mark.parametrize("values", [{"x": [1, 2]}, {"x": (2,)}])
def test_derivatives_of_higher_order_are_those_by_numbers(values):
    with pytest.raises(BackpropError) as refused:
        backprop_cli.diff("norm(x)^2", values, order=2)
    assert refused.value.diagnostics[0].code == "V310" and "backprop hessian" in refused.value.diagnostics[0].help


def test_the_output_and_what_is_between_may_be_asked_for():
    assert backprop_cli.diff("q = x + y; q*z", wrt=["q", "f"]).formulas == {"df/dq": "z", "df/df": "1"}


def test_a_long_chain_is_derived_in_linear_time_and_names_its_parts():
    text = "; ".join(["a0 = sin(x)", *(f"a{k} = sin(a{k - 1})*x" for k in range(1, 300))])
    report = backprop_cli.diff(text, check=False)
    assert len(report.graph) < 5_000 and len(report.derivatives[0].formula) < 1_000


@pytest.mark.parametrize(
    ("program", "lines"),
    [
        ("h = sigmoid(w*x); f = h*h", ["h = sigmoid(w*x)", "df/dw = 2*x*h^2*(1 - h)", "df/dx = 2*w*h^2*(1 - h)"]),
        ("h = x^2; g = tanh(h); g*g", ["h = x^2", "g = tanh(h)", "df/dx = 4*x*(1 - g^2)*g"]),
        ("h = x^2; 3*h", ["6*x"]),
    ],
)
def test_formulas_alone_come_with_the_names_in_them(program, lines):
    ran = backprop("diff", program, "-q")
    assert ran.out.splitlines() == lines
    *before, formula = lines  # a program of its own, with the derivative's number
    definitions = [line for line in before if "/" not in line.partition("=")[0]]
    text = "; ".join((*definitions, formula.rpartition(" = ")[2]))
    there = {"x": 0.5, "w": 2.0} if "w" in text else {"x": 0.5}
    assert backprop_cli.evaluate(text, there).value == pytest.approx(backprop_cli.grad(program, there).gradients["x"])


# Without values: what a power of a matrix is depends on shapes that are found by trying.
POWERS_OF_MATRICES = [
    ("x' A^-1 x", {"df/dx": "inv(A) @ x + inv(A)' @ x", "df/dA": "-inv(A)' @ outer(x, x) @ inv(A)'"}),
    ("x' A^2 x", {"df/dA": "outer(x, x) @ A' + A' @ outer(x, x)"}),
    (r"(x-\mu)^T\Sigma^{-1}(x-\mu)", {"df/dmu": "-inv(Sigma) @ (x - mu) - inv(Sigma)' @ (x - mu)"}),
    ("tr(A^-1 B)", {"df/dA": "-inv(A)' @ B' @ inv(A)'", "df/dB": "inv(A)'"}),
    ("x' A^n x", {"df/dx": "A^n @ x + (A^n)' @ x"}),
]


@pytest.mark.parametrize(("text", "formulas"), POWERS_OF_MATRICES, ids=[row[0] for row in POWERS_OF_MATRICES])
def test_powers_of_matrices_without_values(text, formulas):
    found = backprop_cli.diff(text).formulas
    assert {name: found[name] for name in formulas} == formulas


@pytest.mark.parametrize("power", [-20, -3, -2, -1, 0, 1, 2, 5, 16, 17, 33])
def test_any_power_of_a_matrix_has_a_derivative_in_gates(power):
    values = {"S": np.array([[0.9, 0.2], [-0.3, 1.1]]), "T": np.array([[1.0, 2.0], [3.0, 5.0]])}
    assert_same(f"sum(matrix_power(S, {power})*T)", values)
    assert_same(f"sum(matrix_power(S', {power})*T)", values)


def test_a_claim_about_the_inverse_without_values():
    right = "df/dx = (A^-1 + A^-1') x", "df/dA = -A^-1' x x' A^-1'"
    assert backprop_cli.check("x' A^-1 x", claims=right).verdict == "agrees"
    assert backprop_cli.check("x' A^-1 x", claims=["df/dx = 2 A^-1 x"]).verdict == "differs"


def test_a_figure_without_values_in_which_nothing_fits_is_drawn_as_it_is():
    for text in ("y @ pi*sqrt(x)", "inv(2) B", "x' y + [1, 2, 3, 4] @ x"):
        assert next(iter(backprop_cli.structure(text).rows())).gate == "input"


def test_a_figure_without_values_has_the_products_of_matrices():
    found = backprop_cli.structure("x' A^-1 x")
    assert [row.gate for row in found.rows()] == ["input", "input", "transpose", "inv", "matmul", "matmul"]
