"""What people type who come from other tools is read as it is meant there, or the help that they get works."""

import re

import numpy as np
import pytest
from conftest import backprop
from spelled_elsewhere import ROWS, VALUES

import backprop_cli


def answer(text, values):
    """The value of a text, or what is wrong with it; values that it does not use are left out."""
    given = dict(values)
    while True:
        try:
            return backprop_cli.evaluate(text, given).value
        except backprop_cli.BackpropError as error:
            spare = [d.message.split("`")[1] for d in error.diagnostics if d.code == "N209"]
            if len(spare) < len(error.diagnostics):
                return next(d for d in error.diagnostics if d.code != "N209")
            given = {name: value for name, value in given.items() if name not in spare}


def same(found, expected):
    if hasattr(found, "code") or np.shape(found) != np.shape(expected):
        return False
    return np.allclose(np.asarray(found, float), expected, rtol=1e-9, atol=1e-11)


def right(text, values, expected):
    """Whether a text is worth that, or one of the ways in its help is; a mere similar name is no help."""
    found = answer(text, values)
    if not hasattr(found, "code"):
        return same(found, expected)
    place = found.labels[0]
    ways = re.findall("`([^`]+)`", found.help)
    typed = [*ways, *(text[: place.start] + way + text[place.end :] for way in ways)]
    return "did you mean" not in found.help and any(same(answer(way, values), expected) for way in typed)


@pytest.mark.parametrize(("text", "value"), ROWS, ids=[text for text, _ in ROWS])
def test_a_function_of_another_tool_is_read_or_the_help_has_its_formula(text, value):
    assert right(text, VALUES, value), answer(text, VALUES)


# Numbers, signs and names that run together: typed, values, what it is worth to who types it.
NOTATIONS = [
    ("1.5d0", {}, 1.5), ("1.5D3 + 0", {}, 1500), ("2*1.d-3", {}, 0.002), ("1.0f*2", {}, 2), ("2.5L", {}, 2.5),
    ("1.5EE3", {}, 1500), ("0x10", {}, 16), ("0b101", {}, 5), ("0o17", {}, 15), ("1_000", {}, 1000),
    ("1_000_000", {}, 1e6), ("3.0_dp", {}, 3), ("1.000.000", {}, 1e6), ("1..3", {}, [1, 2, 3]), ("1'000", {}, 1000),
    ("2x3", {}, 6), ("2 x 3", {}, 6), ("1.5 X 10", {}, 15), ("⅛ + ⅖", {}, 0.525), ("3⨉2", {}, 6),
    ("x‒1", {"x": 3.0}, 2), ("x－1", {"x": 3.0}, 2), ("x➗2", {"x": 3.0}, 1.5), ("x↑2", {"x": 3.0}, 9),
    ("1*(x ⩽ 3)", {"x": 3.0}, 1), ("1*(x ≧ 4)", {"x": 3.0}, 0), ("y ← x²; y + 1", {"x": 3.0}, 10),
    ("ℯ^x", {"x": 1.0}, 2.718281828459045), ("µ*x", {"mu": 2.0, "x": 3.0}, 6), ("ℒ + 1", {"L": 2.0}, 3),
    ("ŷ - y", {"y_hat": 3.0, "y": 1.0}, 2), ("ẋ + ȳ", {"x_dot": 3.0, "y_bar": 1.0}, 4),
    ("∆x/2", {"Deltax": 3.0}, 1.5), ("M_PI*2", {}, 6.283185307179586), ("M_SQRT2", {}, 1.4142135623730951),
    ("M_LN2", {}, 0.6931471805599453), ("TWO_PI", {}, 6.283185307179586), ("FLT_EPSILON", {}, 2**-23),
    ("sinx", {"x": 2.0}, 0.9092974268256817), ("sin2x", {"x": 1.0}, 0.9092974268256817), ("lnx", {"x": 1.0}, 0),
    ("sqrt2", {}, 1.4142135623730951), ("xe^x", {"x": 1.0}, 2.718281828459045), ("x sqrty", {"x": 3.0, "y": 4.0}, 6),
    ("xsin(x)", {"x": 2.0}, 1.8185948536513634), ("TAN x", {"x": 1.0}, 1.5574077246549023),
    ("x.'", {"x": [1.0, 2.0]}, [1, 2]), ("log_b(x)", {"x": 8.0, "b": 2.0}, 3), ("log_b x", {"x": 8.0, "b": 2.0}, 3),
    ("%pi/2", {}, 1.5707963267948966),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values", "value"), NOTATIONS, ids=[row[0] for row in NOTATIONS])
def test_a_notation_is_read_or_the_help_has_it_in_ours(text, values, value):
    typed, found = [text], answer(text, values)
    for _ in range(2):  # where the help has another tool's function, that has its own
        found = answer(typed[0], values)
        if not hasattr(found, "code"):
            break
        place = found.labels[0]
        ways = re.findall("`([^`]+)`", found.help)
        typed = [*ways, *(typed[0][: place.start] + way + typed[0][place.end :] for way in ways)]
        if any(same(answer(way, values), value) for way in typed):
            return
    assert same(found, value), found


# What has no spelling here, with a word of the help that says why, and none that misleads.
SAID = [
    ("f(x) = x^2; f'(x)", {"x": 2.0}, "gradients are what comes out"),
    ("f = x^2; f'(x)", {"x": 2.0}, "gradients are what comes out"),
    ("f'(x)", {"x": 2.0}, "gradients are what comes out"), ("f(x) = x^2; f''(3)", {}, "gradients are what comes out"),
    ("30°15'", {}, "(30 + 15/60)*pi/180"), ("2j", {}, "no imaginary unit"), ("50 %", {}, "/100"),
    ("x → 0", {"x": 1.0}, "limits mean nothing"), ("x ≈ 3", {"x": 1.0}, "one side"), ("5€", {}, "no unit"),
    ("x |> sin", {"x": 1.0}, "write `sin(x)`"), ("6:2", {}, "a division is `6/2`"),
    ("x -> 0", {"x": 1.0}, "f(x) = …"),
    ("(* x 2)", {"x": 1.0}, "between their operands"), ("x .GT. 3", {"x": 1.0}, "write `>`"),
    ("x in [0, 1]", {"x": 1.0}, "leave it out"), ("x^2 // squared", {"x": 1.0}, "begins with `#`"),
    ("/* c */ x", {"x": 1.0}, "begins with `#`"), ("% c\nx", {"x": 1.0}, "begins with `#`"), ("٣", {}, "`3`"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values", "said"), SAID, ids=[row[0] for row in SAID])
def test_what_has_no_spelling_is_refused_with_a_word_about_it(text, values, said):
    found = answer(text, values)
    assert hasattr(found, "code") and said in found.help and "did you mean" not in found.help


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("huber(x, y)", {"x": 3, "y": 1}, "`y` is the delta"),
        ("huber(x, delta)", {"x": 3, "delta": 1}, ""),
        ("log(2, x)", {"x": 8}, "of 2 to the base x"),
        ("log(x, b)", {"x": 8, "b": 2}, ""),
        ("x^1/3", {"x": 8}, "write `^(1/3)`"),
        ("x^(1/3)", {"x": 8}, ""),
        ("(x^1)/3", {"x": 8}, ""),
        ("cross_entropy(p, q)", {"p": [0.5, 0.5], "q": [0.25, 0.75]}, "of probabilities p it is `-sum(y*log(p))`"),
        ("cross_entropy(p, 1)", {"p": [0.5, 1.5]}, ""),
        ("log(2, e)", {}, ""),
    ],
)
def test_operands_in_another_order_have_a_note(text, values, said):
    notes = [note.message for note in backprop_cli.evaluate(text, values).notes]
    assert any(said in note for note in notes) if said else not notes


# Words of a command line: bindings as others write them, and the words of ours in the help.
BINDINGS = [
    ("x:=2", "x=2"), ("x:2", "x=2"), ("x: 2", "x=2"), ("{'x': 2}", "x=2"), ("x->2", "x=2"), ("let x=2", "x=2"),
    ("x=2,", "x=2"), ("x=True", "x=1"), ("x=1.5d0", "x=1.5e0"), ("x=2f", "x=2"), ("x=0x10", "x=16"),
    ("x=1_000", "x=1000"), ("x=2π", "x=2*π"), ("x={1,2}", "x=[1,2]"), ("x=(1,2)", "x=[1,2]"),
    ("x=array([1., 2.], dtype=float32)", "x=[1.,2.]"), ("x=tensor([[1, 2]])", "x=[[1,2]]"),
    ("x=1:3", "x=arange(1,4)"), ("x=range(3)", "x=arange(3)"), ("x=Fraction(1, 2)", "x=1/2"),
    ("x=1..3", "x=arange(1,4)"), ("x=float('nan')", "x=nan"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "ours"), BINDINGS, ids=[row[0] for row in BINDINGS])
def test_a_binding_of_another_tool_is_refused_with_the_words_to_type(typed, ours):
    ran = backprop("eval", "x^2", typed)
    assert ran.status == 2 and ours in ran.err.replace('"', "").partition("write `")[2].partition("`")[0]
    assert backprop("eval", "x^2", ours, "--allow-nonfinite").status in (0, 4)


def test_a_value_in_quotes_is_what_is_in_them():
    assert backprop("eval", "x^2", 'x="3"', "-q").out == "9\n"


@pytest.mark.parametrize("words", [("x=2,y=3",), ("x=2, y=3",), ("x=2; y=3",), ("x=2 y=3",), ("{x: 2, y: 3}",)])
def test_several_bindings_in_a_word_are_taken_apart_in_the_help(words):
    ran = backprop("eval", "x*y", *words)
    assert ran.status == 2 and "x=2 y=3" in ran.err


LATEX = [
    (r"\log_b x", {"x": 8.0, "b": 2.0}, 3), (r"\log_{b}(x)", {"x": 8.0, "b": 2.0}, 3),
    (r"\sum x_i", {"x": [1, 2]}, 3), (r"\sum x_i y_i", {"x": [1, 2], "y": [3, 4]}, 11),
    ("w^Tx + b", {"w": [1, 2], "x": [3, 4], "b": 1.0}, 12), (r"\nicefrac{x}{2}", {"x": 6.0}, 3),
    (r"y \leftarrow x^2", {"x": 3.0}, 9), (r"x \star 2", {"x": 3.0}, 6), ("w^Tx", {"w": 3.0, "Tx": 2.0}, 9),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values", "value"), LATEX, ids=[row[0] for row in LATEX])
def test_latex_is_read_or_the_help_has_it_in_ours(text, values, value):
    test_a_notation_is_read_or_the_help_has_it_in_ours(text, values, value)


# Choices, sums over numbers and statements of other languages.
STATEMENTS = [
    ("clip(x, max=1)", {"x": 5.0}, 1), ("clamp(x, min=0)", {"x": -5.0}, 0),
    ("leaky_relu(x, alpha=0.1)", {"x": -1.0}, -0.1), ("{x, y}", {"x": 1.0, "y": 2.0}, [1, 2]),
    ("sum(x, y)", {"x": 1.0, "y": 2.0}, 3), ("mean(x, y, 3)", {"x": 1.0, "y": 2.0}, 2),
    ("sqrt(x, 3)", {"x": 8.0}, 2), ("huber(x, y, 1)", {"x": 3.0, "y": 1.0}, 1.5), ("xᵃ", {"x": 2.0, "a": 3.0}, 8),
    ("pow(x, 2, 5)", {"x": 3.0}, 4), ("x . y", {"x": 2.0, "y": 3.0}, 6), ("f = @(x) x.^2; f(3)", {}, 9),
    ("f = @(x) x.^2", {"x": 3.0}, 9), ("f = function(x) x^2; f(3)", {}, 9),
    ("f <- function(x, y) x*y; f(2, 3)", {}, 6), ("const f = x => x*x; f(3)", {}, 9),
    ("const f = (x, y) => x*y; f(2, 3)", {}, 6), ("f := x -> x^2; f(3)", {}, 9), ("f = x -> x^2", {"x": 3.0}, 9),
    ("syms x; f = x^2", {"x": 3.0}, 9), ("x = sp.symbols('x'); x**2", {"x": 3.0}, 9), (">>> x**2", {"x": 3.0}, 9),
    ("In [1]: x**2", {"x": 3.0}, 9), ('"x^2"', {"x": 3.0}, 9), ("'x^2'", {"x": 3.0}, 9), ("`x^2`", {"x": 3.0}, 9),
    ("nn.ReLU()(x).sum()", {"x": [1, -2, 3]}, 4), ("nn.Softplus()(x).mean()", {"x": [0, 0]}, 0.6931471805599453),
    ("MSELoss()(x, y)", {"x": 1.0, "y": 3.0}, 4), ("y = ReLU(x)", {"x": 2.0}, 2),
    ("criterion = MSELoss(); criterion(x, y)", {"x": 1.0, "y": 3.0}, 4),
    ("nn.CELU(2)(x)", {"x": -1.0}, -0.7869386805747332),
    ("gelu(x, approximate='tanh')", {"x": 1.0}, 0.8411919906082768), ("n choose k", {"n": 5.0, "k": 2.0}, 10),
    ("5 nCr 2", {}, 10), ("C(5, 2)", {}, 10), ("x dot y", {"x": [1, 2], "y": [3, 4]}, 11),
    ("x times y", {"x": 2.0, "y": 3.0}, 6), ("EXPON.DIST(x, 2, TRUE)", {"x": 1.0}, 0.8646647167633873),
    ("VAR.P(x)", {"x": [1, 3]}, 1), ("STDEV.S(x)", {"x": [1, 3]}, 1.4142135623730951),
    ("CEILING.MATH(x)", {"x": 1.2}, 2), ("=SUM(x; y)", {"x": 1.0, "y": 2.0}, 3), ("=IF(x>0; 1; 0)", {"x": 1.0}, 1),
    ("=AVERAGE(x; y)", {"x": 1.0, "y": 2.0}, 1.5), ("sp.Rational(1, 2)", {}, 0.5),
    ("statistics.stdev(x)", {"x": [1, 3]}, 1.4142135623730951), ("optax.l2_loss(x, y)", {"x": 3.0, "y": 1.0}, 2),
    ("x.clip(0)", {"x": [1, -2]}, [1, 0]), ("Piecewise((x, x > 0), (0, True))", {"x": 2.0}, 2),
    ("sp.Piecewise((-x, x < 0), (x, True))", {"x": -2.0}, 2),
    ("Piecewise[{{-x, x < 0}, {x^2, x < 5}}, 7]", {"x": 3.0}, 9),
    ("np.piecewise(x, [x < 0, x >= 0], [-1, 1])", {"x": 2.0}, 1),
    ("np.select([x < 0, x < 5], [-x, 3*x], 7)", {"x": 2.0}, 6), ("np.select([x < 0], [5])", {"x": 2.0}, 0),
    ("{x < 0: -1, x < 3: 5, 7}", {"x": 2.0}, 5), ("{x<0: -x, x>=0: x}", {"x": -3.0}, 3),
    ("{x if x > 0, 0 otherwise}", {"x": 2.0}, 2),
    ("CASE WHEN x < 0 THEN 1 WHEN x < 5 THEN 2 ELSE 3 END", {"x": 2.0}, 2),
    ("case when x > 0 then x else 0 end", {"x": 2.0}, 2), ("sum(i^2, i=1..3)", {}, 14), ("sum(i=1..3, i^2)", {}, 14),
    ("sum(i^2, i, 1, 3)", {}, 14), ("Sum(i**2, (i, 1, 3))", {}, 14), ("Sum[i^2, {i, 1, 3}]", {}, 14),
    ("sum_{i=1}^{3} i^2", {}, 14), (r"\sum_{i=1}^{3} i^2", {}, 14), ("∑_{i=1}^3 i²", {}, 14),
    ("Σ_{i=1}^{3} i^2", {}, 14), ("∑(i=1,3) i^2", {}, 14), ("product(i, i=1..4)", {}, 24),
    (r"\prod_{i=1}^{4} i", {}, 24), (r"\sum_{k=0}^{3} x^k", {"x": 2.0}, 15), ("sum(i^2, i=1..n)", {"n": 3.0}, 14),
    ("sum(x[i]*y[i], i=0..1)", {"x": [1, 2], "y": [3, 4]}, 11),
    ("sum(a*b for a, b in zip(x, y))", {"x": [1, 2], "y": [3, 4]}, 11), ("sum(s*2 for s in x)", {"x": [1, 2]}, 6),
    ("sum(i*v for i, v in enumerate(x))", {"x": [3, 4]}, 4), ("1:3", {}, [1, 2, 3]), ("6:2", {}, 3),
    ("y <- x^2; y + 1", {"x": 2.0}, 5), ("y <- 3\ny^2", {}, 9), ("where(x<-2, 1, 0)", {"x": -3.0}, 1),
    ("let y = 2 in y^2", {}, 4), ("float y = 2.0; y*y", {}, 4), ("let y: f64 = 2.0; y*y", {}, 4),
    ("y: float = 2.0\ny*y", {}, 4), ("let mut y = 2; y*y", {}, 4), ("PRINT x^2", {"x": 2.0}, 4),
    ("y = x; y++; y^2", {"x": 2.0}, 9), ("I(x > 0)", {"x": 2.0}, 1), ("x*I[x > 0]", {"x": 2.0}, 2),
    ("I{x > 0}", {"x": 2.0}, 1), ("𝕀[x > 0]", {"x": 2.0}, 1), ("I*x", {"x": 2.0, "I": 3.0}, 6),
    ("I[0]*x", {"x": 2.0, "I": [3, 4]}, 6), ("[x]_+", {"x": 2.0}, 2), ("x⁺", {"x": 2.0}, 2),
    ("max[0, x]", {"x": 2.0}, 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values", "value"), STATEMENTS, ids=[row[0] for row in STATEMENTS])
def test_a_statement_is_read_or_the_help_has_it_in_ours(text, values, value):
    test_a_notation_is_read_or_the_help_has_it_in_ours(text, values, value)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("∇f = 3x^2", "agrees"),
        (r"\nabla f = 3x^2", "agrees"),
        ("grad f = 3x^2", "agrees"),
        ("∇f = 2x", "differs"),
        ("x.grad == 3*x**2", "agrees"),
    ],
)
def test_the_gradient_of_the_output_is_that_by_its_one_input(claim, verdict):
    report = backprop_cli.check("x^3", x=2, claims=[claim])
    assert report.verdict == verdict and report.results[0].target == "df/dx"


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("f'(2) = 12", "the point as the value"),
        ("df/dx|_{x=2} = 12", "the point as the value"),
        ("df/dx ≈ 12", "`df/dx = 12`"),
        ("df/dx is 3x^2", "`df/dx = 3x^2`"),
    ],
)
def test_what_is_no_claim_has_help_about_it(claim, said):
    with pytest.raises(backprop_cli.BackpropError) as raised:
        backprop_cli.check("x^3", x=2, claims=[claim])
    assert raised.value.diagnostics[0].code == "V312" and said in raised.value.diagnostics[0].help


def test_the_gradient_of_the_output_by_several_inputs_is_no_claim():
    with pytest.raises(backprop_cli.BackpropError) as raised:
        backprop_cli.check("x^3*y", x=2, y=3, claims=["∇f = 3x^2"])
    assert raised.value.diagnostics[0].code == "V312"


@pytest.mark.parametrize(
    ("text", "values", "value"),
    [
        ("gate f(u) = { a = where(u[0] < 0, 1, 2); b = u[1:2]; np.sum(a*b) }; f(x)", {"x": [3.0, 4.0]}, 8),
        ("real x (y + 1)", {"real": 2.0, "x": 3.0, "y": 4.0}, 30),
        ("np.sum(X, axis=0)[1:2]", {"X": [[1, 2], [3, 4]]}, [6]),
    ],
)
def test_what_only_looks_like_another_tools_is_left_alone(text, values, value):
    assert same(answer(text, values), value), answer(text, values)


def test_an_arrow_is_a_comparison_where_the_name_has_a_value():
    with pytest.raises(backprop_cli.BackpropError, match="V302"):
        backprop_cli.evaluate("x<-2", x=-3)
    assert backprop_cli.evaluate("x <- 2; x^2 + y", y=1).value == 5


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("tan^-1 x/y", "`atan(x)/y` or `atan(x/y)`"),
        ("sin^2 x/y", "`sin(x)^2/y` or `sin(x/y)^2`"),
        ("cos^-1 x/2", "`acos(x)/2` or `acos(x/2)`"),
        ("sin x/y", "`sin(x)/y` or `sin(x/y)`"),
    ],
)
def test_the_help_about_how_far_a_function_reaches_keeps_its_power(text, ways):
    assert f"help: write {ways}\n" in backprop("eval", text, "x=0.5", "y=2").err
