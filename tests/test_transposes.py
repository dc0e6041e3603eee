"""Transposes as LaTeX and blackboards have them, against slopes by hand: of xᵀAx, and of the square of A x - b."""

import numpy as np
import pytest

import backprop_cli
from backprop_cli import check, evaluate

SIGNS = [
    "^T", "^{T}", "^{ T }", "^⊤", "ᵀ", "^{'}", "'", r"^\top", r"^{\top}", r"^\intercal", r"^{\intercal}",
    r"^{\mathsf T}",
    r"^\mathsf{T}", r"^{\mathsf{T}}", r"^{\mathrm T}", r"^{\rm T}", r"^{\text{T}}", r"^{\prime}",
]  # fmt: skip
A, X, B = np.array([[1.0, 2], [5, 7]]), np.array([3.0, -1]), np.array([0.5, 2])


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_of_the_transpose(sign):
    """Values by NumPy; 2Aᵀ(A x - b) is right, and 2A(A x - b) is not."""
    given = {"A": A, "x": X, "b": B}
    assert evaluate(f"(A x - b){sign}(A x - b)", given).value == pytest.approx((A @ X - B) @ (A @ X - B))
    assert evaluate(f"x{sign} A{sign} x", A=A, x=X).value == pytest.approx(X @ A.T @ X)
    squared = "sum((A x - b)^2)"
    assert check(squared, claims=[f"df/dx = 2A{sign}(A x - b)"]).verdict == "agrees"
    assert check(squared, claims=["df/dx = 2A(A x - b)"]).verdict == "differs"
    assert check(f"x{sign}(A x)", claims=[f"df/dx = (A + A{sign}) x"]).verdict == "agrees"
    assert check(f"x{sign} A x", claims=["df/dx = 2A x"]).verdict == "differs"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x^t A x", "write `^T` for the transpose, `^(t)*` for the power"),
        ("x^{t} A x", "write `^T`"),
        ("x^H A x", "`^(H)*`"),
        ("(A x - b)^{t}(A x - b)", "write `^T`"),
        (r"\mathbf{x}^t \mathbf{A} \mathbf{x}", "write `^T`"),
        ("x^t(A x)", "write `^T (…)` for the transpose"),
        ("x^{T}", "write `^(T)`"),
    ],
)
def test_letters_that_may_transpose_are_refused(text, said):
    with pytest.raises(backprop_cli.BackpropError) as error:
        check(text, claims=["df/dx = 1"])
    assert said in error.value.diagnostics[0].help


def test_powers_stay_powers():
    """The second column by hand."""
    powers = [
        ("P*(1 + r)^t", {"P": 2, "r": 1, "t": 3}, 16),
        ("x^t A x", {"x": 2, "t": 3, "A": 5}, 80),
        ("x^{T}", {"x": 2, "T": 3}, 8),
        ("x^(t)*A", {"x": 2, "t": 3, "A": 5}, 40),
        ("gate T(x) = x + 1; y^T(x)", {"y": 2, "x": 3}, 16),
    ]
    assert [evaluate(text, given).value for text, given, _ in powers] == [value for *_, value in powers]
    assert check("P*(1 + r)^t", claims=["df/dP = (1 + r)^t"]).verdict == "agrees"
    assert check("e^{t} (x + 1)", claims=["df/dx = e^t"]).verdict == "agrees"


def test_a_vector_is_called_by_its_name():
    notes = evaluate(r"\mathbf{w}^\top \mathbf{x}", w=[1, 2], x=[3, 4]).notes
    assert any(note.message.startswith("`w` transposed is the vector itself") for note in notes)
