"""`A*x`: the matrix product beside `.^` and `.*`, elsewhere elementwise with a note. Numbers by NumPy and by hand."""

import numpy as np
import pytest

import backprop_cli
from backprop_cli import check, evaluate

A, B, X, C = np.array([[2.0, 1], [1, 3]]), np.array([[1.0, 2], [3, 4]]), np.array([3.0, 4]), np.array([[1.0], [2]])
GIVEN = {"A": A, "B": B, "x": X, "c": C, "b": np.array([[0.0], [1]]), "w": np.array([1.0, 2])}


def given(text):
    return {name: value for name, value in GIVEN.items() if name in text.replace("trace", "").replace("abs", "")}


def notes(report):
    return " | ".join(note.message for note in report.notes)


MATLAB = [
    ("sum((A*c-b).^2)", np.sum((A @ C - GIVEN["b"]) ** 2)),  # 16 + 36
    ("sum(A*x + x.^2)", np.sum(A @ X + X**2)),  # 25 + 25
    ("x'*A*x + sum(A.^2)", X @ A @ X + np.sum(A**2)),
    ("sum(A.*B)", np.sum(A * B)),
    ("trace(A*B) + sum(A.^2)", np.trace(A @ B) + np.sum(A**2)),
    ("sum((2*x).^2)", 4 * 25),
    ("sum(3*(x.*x))", 3 * 25),
    ("x'*w + sum(x.^2)", X @ GIVEN["w"] + 25),
]


@pytest.mark.parametrize(("text", "value"), MATLAB)
def test_beside_signs_that_are_elementwise(text, value):
    report = evaluate(text, given(text))
    assert report.value == pytest.approx(value)
    is_product = any(part in text for part in ("A*c", "A*x", "A*B", "x'*"))
    assert ("is the matrix product, as in MATLAB and Julia" in notes(report)) == is_product


def test_two_vectors_as_they_are():
    report = evaluate("sum(w*x + x.^2)", given("w x"))
    assert report.value == 3 + 8 + 25 and "`w*x` of two vectors is elementwise" in notes(report)


ELEMENTWISE = [
    ("trace(A*B)", 2 + 12, "`A @ B`"),
    ("sum(inv(A)*c)", np.sum(np.linalg.inv(A) * C), "`inv(A) @ c`"),
    ("sum(c'*c)", 9, "`c' @ c`"),
    ("sum(A'*B)", np.sum(A.T * B), "`A' @ B`"),
    ("sum(A*c)", np.sum(A * C), "`A @ c`"),
    ("sum(A*x)", np.sum(A * X), "every row times the vector; the matrix product is `A @ x`"),
    ("sum(x'*A)", np.sum(X * A), "`x' @ A`"),
    # what users of NumPy write all the time, and where both products are the same
    ("sum(A*B)", np.sum(A * B), ""),
    ("sum(A*2)", 14, ""),
    ("sum(w*x)", 11, ""),
    ("sum(x*A)", np.sum(X * A), ""),
    ("sum(c*c')", 9, ""),
    ("sum(A*B*A)", np.sum(A * B * A), ""),
]


@pytest.mark.parametrize(("text", "value", "said"), ELEMENTWISE)
def test_elementwise_with_a_note_where_another_may_be_meant(text, value, said):
    report = evaluate(text, given(text))
    assert report.value == pytest.approx(value)
    if said:
        assert f"the matrix product is {said}" in notes(report) or said in notes(report)
    else:
        assert "matrix product" not in notes(report)


def test_claims_are_read_as_their_program_is():
    program = "f = sum((A*x-b).^2)"
    assert check(program, claims=["df/dx = 2*A'*(A*x-b)"]).verdict == "agrees"
    assert check(program, claims=["df/dx = 2*A*(A*x-b)"]).verdict == "differs"
    assert check(program, claims=["df/db = 2*(b-A*x)"]).verdict == "agrees"


def test_numbers_are_not_transposed_where_a_matrix_was_meant():
    """2Ax is the gradient of x'Ax only where A is symmetric; read as numbers it agreed."""
    with pytest.raises(backprop_cli.BackpropError, match="S112") as error:
        check("f = x'*A*x", claims=["df/dx = 2*A*x"])
    assert "write `x' @ A`, with `@` for every matrix product" in error.value.diagnostics[0].help
    assert check("f = x' @ A @ x", claims=["df/dx = 2*A @ x"]).verdict == "differs"
    assert check("f = x*A*x", claims=["df/dx = 2*A*x"]).verdict == "agrees"
    assert check("f = x'*x", {"x": 3}, claims=["df/dx = 6"]).verdict == "agrees"
    assert "`A @ X`" in notes(check("f = trace(A*X)", claims=["df/dX = A'"]))


def test_sums_and_quotients_of_matrices_beside_signs_that_are_elementwise():
    """A sum over all is 1 + 4 + 9 + 16; NumPy's and Julia's, not MATLAB's."""
    report = evaluate("sum(B.^2)", given("B"))
    assert report.value == 30 and "MATLAB's is over each column: `axis=0`" in notes(report)
    assert "MATLAB's is `A @ inv(B)`" in notes(evaluate("sum(A/B + A.^2, axis=0)", given("AB")))
    assert "MATLAB's" not in notes(evaluate("sum(x.^2)/2", given("x")))
    assert "MATLAB's" not in notes(evaluate("sum(B^2)", given("B")))
    assert "MATLAB's" not in notes(evaluate("np.sum(1./B*B)", given("B")))
