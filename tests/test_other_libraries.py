"""What MATLAB, Julia, R, JavaScript, Mathematica, optax and Keras make of a line; the values by NumPy or by hand."""

import numpy as np
import pytest

import backprop_cli
from backprop_cli import evaluate

M, T = np.array([[1.0, 2], [3, 4]]), np.array([[2.0, 2], [0, 0]])
D = T - M


def huber(d, delta=1.0):
    return np.where(np.abs(d) <= delta, d**2 / 2, delta * (np.abs(d) - delta / 2))


LINES = [
    # dimensions from 1, which stay
    ("sum(x.^2, 1)", {"x": M}, [[10, 20]]),
    ("sum(x.^2, 2)", {"x": M}, [[5], [25]]),
    ("mean(x.^2, 1)", {"x": M}, [[5, 10]]),
    ("sum(x.^2, dims=1)", {"x": M}, [[10, 20]]),
    ("sum(x, dims=2)", {"x": M}, [[3], [7]]),
    ("maximum(x, dims=1)", {"x": M}, [[3, 4]]),
    ("std(x, dims=1)", {"x": M}, np.std(M, axis=0, ddof=1, keepdims=True)),
    ("cumsum(x.^2, 1)", {"x": M}, [[1, 4], [10, 20]]),
    ("max(x.^2, 1)", {"x": M / 2}, [[1, 1], [2.25, 4]]),  # two operands
    # samples
    ("std(x.^2)", {"x": M[0]}, np.std([1, 4], ddof=1)),
    ("var(x.^2)", {"x": M[0]}, 4.5),
    ("var(x %*% w)", {"x": M, "w": np.ones(2)}, 8),
    ("var(x)", {"x": M[0]}, 0.25),  # ours
    # parts
    ("Sin[x[[1]]]", {"x": [3.0, 4]}, np.sin(3)),
    ("Sin[x[[2]]]", {"x": [3.0, 4]}, np.sin(4)),
    ("Exp[A[[1, 2]]]", {"A": M}, np.exp(2)),
    # results by name, and a method behind
    ("torch.max(x, 1).values.sum()", {"x": M}, 6),
    ("torch.max(x, dim=1)[0].sum()", {"x": M}, 6),
    ("torch.sort(x, 1).values.sum()", {"x": M}, 10),
    ("torch.linalg.slogdet(x)[1].exp()", {"x": M}, 2),
    # remainders beside what is rewritten
    ("sin x + mod(x,3)", {"x": 7.5}, np.sin(7.5) + 1.5),
    ("x.^2 + mod(x,3)", {"x": 7.5}, 57.75),
    ("np.exp(x) + mod(x,3)", {"x": 7.5}, np.exp(7.5) + 1.5),
    (r"\operatorname{mod}\left(x,3\right)", {"x": 7.5}, 1.5),
    ("x mod 3 + x²", {"x": 7.5}, 57.75),
    ("x mod (3) + x²", {"x": 7.5}, 57.75),
    # logarithms and norms with something below
    ("log_2 x", {"x": 8}, 3),
    ("log_2 8x", {"x": 8}, 6),
    ("log_2 (x)", {"x": 8}, 3),
    ("log_{10} x", {"x": 1000}, 3),
    ("log_{2}(x)", {"x": 8}, 3),
    ("log₂ x", {"x": 8}, 3),
    ("2log_2 x + 1", {"x": 8}, 7),
    ("||x||_∞", {"x": [3.0, -4]}, 4),
    ("‖x‖_∞ + ‖x‖_1", {"x": [3.0, -4]}, 11),
    # spreadsheets
    ("=SUM(A1:A3)", {"A1": 1, "A2": 2, "A3": 4}, 7),
    ("=SUM($A$1:$A$3)*2", {"A1": 1, "A2": 2, "A3": 4}, 14),
    ("=SUM(A1:B2, C1)", {"A1": 1, "A2": 2, "B1": 3, "B2": 4, "C1": 5}, 15),
    ("=SUM(Z1:AA1)", {"Z1": 1, "AA1": 2}, 3),
    ("=SUMPRODUCT(A1:A2,B1:B2)", {"A1": 1, "A2": 2, "B1": 3, "B2": 4}, 11),
    ("=VAR.P(A1:A3)", {"A1": 1, "A2": 2, "A3": 6}, np.var([1, 2, 6])),
    ("=VAR.S(A1:A3)", {"A1": 1, "A2": 2, "A3": 6}, 7),
    ("=STDEV.S(A1,B1)", {"A1": 1, "B1": 2}, np.sqrt(0.5)),
    ("=STDEV.P(A1,B1)", {"A1": 1, "B1": 2}, 0.5),
    ("=SUM(A1,B1)", {"A1": 1, "B1": 2}, 3),
    ("=SUMSQ(A1,B1)", {"A1": 1, "B1": 2}, 5),
    ("=$A$1^2", {"A1": 3}, 9),
    ("=LOG(A1)", {"A1": 100}, 2),
    ("=LOG(A1, 2)", {"A1": 8}, 3),
    ("=AVERAGE(A1:A3)/MAX(A1:A3)", {"A1": 1, "A2": 2, "A3": 3}, 2 / 3),
    ("=SUM(x)", {"x": [1.0, 2]}, 3),
    ("f <- var(x)", {"x": [1.0, 2]}, 0.5),
    # functions without a name, and R
    ("f = @(x) x.^2", {"x": 2}, 4),
    ("f = @(x) x.^2; f(3)", {}, 9),
    ("x.^2 % comment", {"x": 2}, 4),
    ("x.^2 % y", {"x": 5, "y": 3}, 1),
    ("x -> x^2", {"x": 2}, 4),
    ("f = x -> x^2; f(3) + 1", {}, 10),
    ("(x, y) -> x - y", {"x": 2, "y": 5}, -3),
    ("(x, y) => x - y", {"x": 2, "y": 5}, -3),
    ("f = (x, y) -> x - y; f(2, 5)", {}, -3),
    ("lambda x, y: x - y", {"x": 2, "y": 5}, -3),
    ("f <- function(x) x^2", {"x": 2}, 4),
    ("f <- function(x) x^2; f(3)", {}, 9),
    ("f <- x^2 + 3*x", {"x": 2}, 10),
    ("t(x) %*% A %*% x", {"x": M[0], "A": M}, M[0] @ M @ M[0]),
    # lists
    ("Norm[{x, y}]", {"x": 3, "y": 4}, 5),
    ("Total[{x, y}^2]", {"x": 3, "y": 4}, 25),
    # one number an element, a row, or all
    ("optax.l2_loss(x)", {"x": M[0]}, [0.5, 2]),
    ("optax.l2_loss(x).mean()", {"x": M[0]}, 1.25),
    ("optax.l2_loss(x, y)", {"x": M, "y": T}, D**2 / 2),
    ("optax.squared_error(x, targets=y)", {"x": M, "y": T}, D**2),
    ("optax.huber_loss(x, y).sum()", {"x": M[0], "y": [0.0, 1]}, 1),
    ("optax.huber_loss(x, y, delta=2.0)", {"x": M, "y": T}, huber(D, 2)),
    ("tf.nn.l2_loss(x)", {"x": M}, 15),
    ("tf.reduce_sum(tf.keras.losses.mse(y, x))", {"x": M, "y": T}, 13),
    ("tf.losses.mse(y, x)", {"x": M, "y": T}, np.mean(D**2, axis=-1)),
    ("keras.losses.mae(y, x)", {"x": M, "y": T}, [0.5, 3.5]),
    ("tf.keras.losses.huber(y, x)", {"x": M, "y": T}, huber(D).mean(axis=-1)),
    ("tf.keras.losses.MeanSquaredError()(y, x)", {"x": M, "y": T}, np.mean(D**2)),
    ("tf.keras.losses.MeanAbsoluteError()(y, x)", {"x": M, "y": T}, 2),
    ("tf.keras.losses.Huber()(y, x)", {"x": M, "y": T}, huber(D).mean()),
    ("tf.keras.losses.Huber(delta=0.5)(y, x)", {"x": M, "y": T}, huber(D, 0.5).mean()),
    ("nn.HuberLoss()(x, y)", {"x": M, "y": T}, huber(D).mean()),
    ("F.mse_loss(x, y)", {"x": M, "y": T}, 6.5),
    ("tf.keras.layers.LeakyReLU()(x)", {"x": [-1.0, 2]}, [-0.3, 2]),
    ("tf.keras.layers.LeakyReLU(alpha=0.1)(x)", {"x": [-1.0, 2]}, [-0.1, 2]),
    ("nn.LeakyReLU()(x)", {"x": [-1.0, 2]}, [-0.01, 2]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "given", "value"), LINES, ids=[row[0] for row in LINES])
def test_a_line_of_another_tool(text, given, value):
    found = np.asarray(evaluate(text, given).value)
    np.testing.assert_allclose(found, value, rtol=1e-12)
    assert found.shape == np.shape(value)


REFUSED = [
    ("x^2 |> sqrt", {"x": 2}, "write `sqrt(x^2)`"),
    ("x |> exp |> sum", {"x": M[0]}, "write `sum(exp(x))`"),
    ("A(1,2)", {"A": M}, "write `A[0, 1]`"),
    ("sum({x, y})", {"x": 3, "y": 1}, "write `[x, y]`"),
    ("x.max(1)[0].sum()", {"x": M}, "write `amax(…, axis=1)`"),
    ("Math.sign(x) % 3", {"x": -1}, "write `Math.sign(x) - 3*where(Math.sign(x)/3 < 0"),
    ("std(x.^2, 0, 1)", {"x": M}, "write `std(x, axis=0, ddof=1)`"),
    ("sum(x, dims=(1, 2))", {"x": M}, "write `axis=0` for the first"),
    ("Sin[A[[1;;2]]]", {"A": M}, "write `x[0]` for the first element"),
    ("tf.keras.losses.Huber(reduction='none')(y, x)", {"x": M, "y": T}, "write the formula"),
]


@pytest.mark.parametrize(("text", "given", "help_"), REFUSED)
def test_what_is_refused(text, given, help_):
    with pytest.raises(backprop_cli.BackpropError, match="S112") as error:
        evaluate(text, given)
    assert help_ in error.value.diagnostics[0].help


def test_the_remainder_that_the_help_writes():
    """-1 % 3 is -1 in JavaScript."""
    help_ = "Math.sign(x) - 3*where(Math.sign(x)/3 < 0, ceil(Math.sign(x)/3), floor(Math.sign(x)/3))"
    assert [evaluate(help_, x=x).value for x in (-1, 1)] == [-1, 1]
    assert evaluate("mod(Math.sign(x), 3)", x=-1).value == 2
