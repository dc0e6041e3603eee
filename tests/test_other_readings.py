"""Claims that are right as mathematics writes them: they agree, and a note says how they were read."""

import pytest

import backprop_cli
from backprop_cli import BackpropError

COSINE = "c = a@b/(norm(a)*norm(b))"
# Program, shapes, a right claim, a wrong one in the same notation, what the note says that it was read as.
CLAIMS = [
    ("f = norm(x)", {"x": [3, 4]}, "df/dx = x/|x|", "df/dx = 2*x/|x|", "`norm(x)`"),
    (COSINE, {"a": "(3,)", "b": "(3,)"}, "dc/da = (b/|b| - c a/|a|)/|a|", "dc/da = (b/|b| + c a/|a|)/|a|", "`norm(b)`"),
    ("f = det(A)", {"A": "(3,3)"}, "df/dA = |A| inv(A)'", "df/dA = |A| inv(A)", "`det(A)`"),
    ("f = det(A)", {"A": "(3,3)"}, r"df/dA = |A| A^{-\top}", r"df/dA = 2 |A| A^{-\top}", "`det(A)` and `A^-1`"),
    ("f = logdet(X)", {"X": "(2,2)"}, r"df/dX = X^{-\top}", r"df/dX = -X^{-\top}", "`inv(X)`"),
    ("f = logdet(X)", {"X": "(2,2)"}, "df/dX = X^{-T}", "df/dX = -X^{-T}", "`inv(X)`"),
    ("f = logdet(X)", {"X": "(2,2)"}, "df/dX = X⁻ᵀ", "df/dX = 2*X⁻ᵀ", "`inv(X)`"),
    ("f = logdet(X)", {"X": "(2,2)"}, "df/dX = (X^-1)'", "df/dX = X^-1", "`inv(X)`"),
    ("f = trace(A@A@A)", {"A": "(3,3)"}, "df/dA = 3 (A²)'", "df/dA = 3 A²", "`matrix_power(A, 2)`"),
    ("f = trace(A@A@A@A)", {"A": "(3,3)"}, "df/dA = 4*(A^3)'", "df/dA = 4*A^3", "`matrix_power(A, 3)`"),
    ("f = log(2*x)/2", {}, "df/dx = 1/2x", "df/dx = 1/3x", "`1/(2x)`"),
    ("f = log(2*x)/2 + x^2", {}, "df/dx = 1/2x + 2x", "df/dx = 1/2x + x", "`1/(2x)`"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "values", "right", "wrong", "read_as"), CLAIMS, ids=[row[2] for row in CLAIMS])
def test_a_claim_that_is_right_in_another_reading_agrees_and_says_which(program, values, right, wrong, read_as):
    report = backprop_cli.check(program, values, claims=[right])
    assert report.verdict == "agrees"
    (note,) = [note for note in report.notes if "agrees with" in note.message]
    assert read_as in note.message
    report = backprop_cli.check(program, values, claims=[wrong])
    assert report.verdict == "differs"
    assert any("read as" in note.message and wrong in note.message for note in report.notes)


PLAIN = [
    ("f = sum(abs(x))", {"x": [3, -4]}, "df/dx = x/|x|"),
    ("f = sum(log(X))", {"X": "(2,2)"}, "df/dX = X^-1"),
    ("f = sum(X^3)/3", {"X": "(2,2)"}, "df/dX = X²"),
    ("f = x^2/4", {}, "df/dx = 1/2x"),
]


@pytest.mark.parametrize(("program", "values", "claim"), PLAIN)
def test_a_claim_that_is_right_as_a_program_reads_it_needs_no_other_reading(program, values, claim):
    report = backprop_cli.check(program, values, claims=claim)
    assert report.verdict == "agrees"
    assert not report.notes


def test_a_wrong_claim_says_how_its_products_were_read():
    report = backprop_cli.check("f = sum((W x)^2)", {"W": "(2,2)", "x": "(2,)"}, claims="df/dW = 2 x (W x)'")
    assert "`outer(2 x, W x)`" in report.notes[-1].message


def test_what_a_coincidence_is_told_of_is_the_reading_that_agrees():
    report = backprop_cli.check("f = norm(x)", {"x": [3, 4]}, claims="df/dx = x/|x|")
    assert [note.code for note in report.notes] == ["reading"]


def test_steps_refuse_what_programs_refuse():
    with pytest.raises(BackpropError) as raised:
        backprop_cli.check_steps("f = norm(x)", {"x": [3, 4]}, steps="dx = x/|x|")
    assert raised.value.diagnostics[0].code == "S112"


@pytest.mark.parametrize(
    ("program", "values", "step", "note"),
    [
        ("f = log(2*x)/2", {"x": 3}, "dx = 1/2x", "`1/2x` as `(1/2)*x`"),
        ("f = logdet(X)", {"X": "(2,2)"}, "dX = X^-1", "`inv(X)`"),
    ],
)
def test_a_wrong_step_says_how_it_was_read(program, values, step, note):
    report = backprop_cli.check_steps(program, values, steps=step)
    assert report.verdict == "differs"
    assert note in report.notes[-1].message


@pytest.mark.parametrize("power", ["^{-T}", "^-T", "^(-T)", "⁻ᵀ", r"^{-\top}"])
def test_the_inverse_transposed(power):
    assert backprop_cli.evaluate(f"A{power} b", A=[[4, 2], [1, 3]], b=[1, 2]).value.tolist() == pytest.approx(
        [0.1, 0.6]
    )


def test_a_negative_power_t_that_has_a_value():
    assert backprop_cli.evaluate("x^-T", x=2, T=3).value == 0.125


# What stands without brackets before its operand, and what to write.
WITHOUT_BRACKETS = [
    ("-log det X + trace(S X)", "det(X)"), ("log det X", "det(X)"), ("norm x", "norm(x)"), ("sum x", "sum(x)"),
    ("mean x", "mean(x)"), ("trace X", "trace(X)"), ("tr X", "tr(X)"), ("inv X", "inv(X)"), ("logdet X", "logdet(X)"),
    ("ln norm x", "norm(x)"), ("sin x + softmax y", "softmax(y)"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "meant"), WITHOUT_BRACKETS)
def test_a_gate_of_arrays_without_brackets_is_no_variable(program, meant):
    with pytest.raises(BackpropError) as raised:
        backprop_cli.diff(program)
    (found,) = raised.value.diagnostics
    assert (found.code, found.help) == ("N204", f"write `{meant}`")


def test_a_value_may_have_the_name_of_such_a_gate():
    assert backprop_cli.evaluate("det A", A=2, det=3).value == 6
    assert backprop_cli.diff("norm*x").formulas == {"df/dnorm": "x", "df/dx": "norm"}


# A sum goes over all of the product behind it: for y = (1, 0), p = (0.5, 0.25), -sum(y*log(p)) is log 2.
SUMS = [
    "-Σ y log(p)",
    "-∑ₖ yₖ log(pₖ)",
    "-∑_k y_k log p_k",
    "-sum_k y_k log(p_k)",
    "-∑ᵢ yᵢ ln pᵢ",
    r"-\sum_i y_i \log p_i",
]


@pytest.mark.parametrize("program", SUMS)
def test_a_sum_goes_over_the_whole_product(program):
    names = {"y": [1, 0], "p": [0.5, 0.25]}
    assert backprop_cli.evaluate(program, names).value == pytest.approx(0.6931471805599453)


INDEXED = [
    ("L = -∑_k y_k log p_k", "dL/dp_k = -y_k/p_k", "dL/dp_k = y_k/p_k"),
    ("L = -∑ₖ yₖ log pₖ", "dL/dpₖ = -yₖ/pₖ", "dL/dpₖ = -1/pₖ"),
    ("L = ∑_i (w x_i - y_i)^2", "dL/dw = sum(2*x_i*(w*x_i - y_i))", "dL/dw = 2*x_i*(w*x_i - y_i)"),
]


@pytest.mark.parametrize(("program", "right", "wrong"), INDEXED)
def test_claims_about_names_with_an_index(program, right, wrong):
    report = backprop_cli.check(program, claims=[right, wrong])
    assert [result.verdict for result in report.results] == ["agrees", "differs"]


@pytest.mark.parametrize("program", [r"\varphi*\phi", "φ*ϕ", r"\epsilon + \varepsilon", "ε + ϵ", r"\theta\vartheta"])
def test_two_shapes_of_a_letter_are_not_one_name(program):
    with pytest.raises(BackpropError) as raised:
        backprop_cli.evaluate(program, phi=3, epsilon=1, theta=1)
    assert raised.value.diagnostics[0].code == "S112"


def test_one_shape_of_a_letter_is_the_name():
    assert backprop_cli.evaluate(r"\varphi + 1", phi=3).value == 4


@pytest.mark.parametrize(
    ("program", "value", "notes"), [("trace(A²)", 20, 1), ("sum(A²)", 25, 0), ("trace(A@A)", 24, 0)]
)
def test_a_power_that_is_elementwise_where_a_matrix_is_taken(program, value, notes):
    report = backprop_cli.evaluate(program, A=[[4, 2], [1, 2]])
    assert report.value == value
    assert ["matrix_power(A, 2)" in note.message for note in report.notes] == [True] * notes


SECOND = [
    ("f = x^2*y", r"\frac{\partial^2 f}{\partial x^2} = 2y", r"\frac{\partial^2 f}{\partial x^2} = 2x"),
    ("f = x^2*y", r"\frac{\partial^2 f}{\partial x \partial y} = 2x", r"\frac{d^2 f}{dx^2} = 3y"),
    ("f = x^3", "f''(x) = 6x", "f''(x) = 3x^2"),
    ("f = x^3", "f'' = 6x", "f″ = 6"),
]


@pytest.mark.parametrize(("program", "right", "wrong"), SECOND)
def test_second_derivatives_as_they_are_written(program, right, wrong):
    report = backprop_cli.check(program, claims=[right, wrong])
    assert [result.verdict for result in report.results] == ["agrees", "differs"]


NO_CLAIMS = [("f = x^3", "f'(2) = 12", "`f'(2) = 12`"), ("f = log(s) + 1/s", "∂f/∂s² = 1/s²", "`s²`")]


@pytest.mark.parametrize(("program", "claim", "named"), NO_CLAIMS)
def test_what_is_no_claim_is_named_as_it_was_typed(program, claim, named):
    with pytest.raises(BackpropError) as raised:
        backprop_cli.check(program, claims=claim)
    assert named in raised.value.diagnostics[0].message
