"""Six right digits, or a note with the true number: inputs from public bug reports, and random ones.

True numbers are mpmath's, with hundreds of digits.
"""

import json
import math

import mpmath
import numpy as np
import pytest
from conftest import backprop
from truth import run
from truth_arrays import run as run_arrays

import backprop_cli
from backprop_cli.gates.fields import DIGITS
from backprop_cli.numeric.digits import number, working

# program, values, the true value, the true gradients (None: not looked at)
LOST = [
    ("1/(1+exp(-a))", {"a": -700}, None, {"a": 9.85967654375977e-305}),  # stan-dev/math#874
    ("(exp(2*x)-1)/(exp(2*x)+1)", {"x": 50}, None, {"x": 1.4880303904083344e-43}),  # ROCm/triton#900
    ("(exp(2*x)-1)/(exp(2*x)+1)", {"x": 28.0}, None, {"x": 1.9123571535541875e-24}),
    ("(exp(x)-exp(-x))/(exp(x)+exp(-x))", {"x": 30.0}, None, {"x": 3.502604305078608e-26}),
    ("(1-sin(2*x)/(2*sin(x)))/x^2", {"x": 1.2e-8}, 0.5, {"x": -1e-9}),
    ("sin(x)/x*tan(x/2)/x", {"x": 1e-150}, None, {"x": -8.333333333333333e-152}),
    ("(1-cos(x))/x^2 + abs(y)", {"x": 1e-8, "y": 0.0}, 0.5, {"x": -8.333333333333334e-10}),
    ("(1-cos(x))/x^2 + floor(y)", {"x": 1e-8, "y": 2.0}, 2.5, {"x": -8.333333333333334e-10}),
    ("exp(x)/(1+exp(x))", {"x": 60}, None, {"x": 8.75651076269652e-27}),
    ("log(1+x)/x", {"x": 1e-9}, None, {"x": -0.499999999333}),
    ("softplus(x) - x", {"x": 40}, 4.248354255291589e-18, {"x": -4.248354255291589e-18}),
    ("exp(x)/exp(y)", {"x": -740, "y": -741}, 2.718281828459045, None),
    ("log(exp(x))", {"x": -744}, -744.0, None),
    ("v2 = min(square(x), square(x)); logaddexp(v2/(v2 - tan(y)), 2)", {"x": 2.0, "y": 1e-160}, None, None),
    ("y - min(y, atan(x))", {"x": 1e160, "y": 2.8}, None, {"x": -1e-320}),
    ("hypot(min(x, y^y*x), x)", {"x": 1.4951518247949016, "y": 1e-300}, None, None),
    ("(x*y)/z", {"x": 1e-160, "y": 1.7e-162, "z": 1e-320}, 0.017000189260001387, None),
    ("log(erfc(-x/sqrt(2))/2)", {"x": -38.4}, -741.8476730152483, None),
    ("log(exp(x))", {"x": 785}, 785.0, {"x": 1.0}),
    ("sqrt(x^2 + y^2)", {"x": 3e200, "y": 4e200}, 5e200, {"x": 0.6, "y": 0.8}),
    ("where(sin(pi) > 0, x, 2x)", {"x": 1.0}, None, None),
    ("x*floor(10*y)", {"x": 1.0, "y": 0.3}, 2.0, {"x": 2.0}),
    ("tanh(100)^y", {"y": 1e160}, None, None),
    ("x*y*z", {"x": 1e-200, "y": 1e-120, "z": 1e300}, 1e-20, None),
    # 1 + 1e-100 arrives at `v`, of which -1 leaves 1e-100.
    ("w = x + y; v = w + y; f = v + v*1e-100 - x", {"x": 2.0, "y": 1.0}, None, {"x": 1e-100}),
    ("w = x - y; f = w + w*1e-25 - x + y*1", {"x": 8.0, "y": 7.0}, 1e-25, {"x": 1e-25, "y": -1e-25}),
    # Every double past 2^53 is a whole number, and looks alike to what repeats itself.
    ("sinc(expm1(x))", {"x": 37.0}, 2.2405757224812218e-17, {"x": 0.5652675257669612}),
    ("mod(exp(x)*3, 0.5)", {"x": 37.0}, 0.4263188193735706, None),
    ("round(exp(x)) - exp(x)", {"x": 37.0}, -0.3087729397911902, None),
    ("floor(exp(x)) - exp(x)", {"x": 170.0}, -0.4518937369374859, None),
]


@pytest.mark.parametrize(("program", "values", "value", "gradients"), LOST, ids=[case[0] for case in LOST])
@pytest.mark.parametrize("check", [True, False])
def test_lost_digits_are_noted_with_the_true_number(program, values, value, gradients, check):
    report = backprop_cli.grad(program, values, check=check)
    assert report.status == 4 and {note.code for note in report.notes} & {"precision", "underflow"}
    assert report.check is None or report.check.verdict == "undecided" or not report.true_gradients
    if value is not None:
        assert float(report.true_value) == pytest.approx(value, rel=1e-6)
    if gradients is not None:
        assert {k: float(report.true_gradients[k]) for k in gradients} == pytest.approx(gradients, rel=1e-6)


ARRAYS = [
    ("sum(log(1+x)/x)", {"x": [1e-9, 1]}, {"x": [-0.499999999333, -0.193147]}),
    ("sum(1/(1+exp(-a)))", {"a": [-400, 1]}, {"a": [1.9151695967140057e-174, 0.196611933]}),
    ("w = x + y; f = sum(w + w*1e-100 - x)", {"x": [2, 3], "y": [1, 1]}, {"x": [1e-100, 1e-100]}),
    # Of two terms that are nearly 1 a part in 1e11 is left.
    ("layer_norm(x)[1]", {"x": [0.0, 2000.0]}, {"x": [-4.999999999925e-15, 4.999999999925e-15]}),
    ("det(A @ A')", {"A": [[1, 1], [1, 1 + 2e-15]]}, {"A": [[3.9968029e-15, -3.9968029e-15]] * 2}),
]


@pytest.mark.parametrize(("program", "values", "gradients"), ARRAYS, ids=[case[0] for case in ARRAYS])
def test_elements_that_lost_their_digits_are_noted(program, values, gradients):
    report = backprop_cli.grad(program, values)
    assert report.status == 4 and "precision" in {note.code for note in report.notes}
    for name, expected in gradients.items():
        assert report.true_gradients[name] == pytest.approx(np.array(expected), rel=1e-5)
    ran = backprop("jacobian", program, *(f"{name}={value}" for name, value in values.items()), "-q")
    assert ran.status == 4 and "note[precision]" in ran.err


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("softmax(z)[1]", [-1.9287498479639178e-22, 1.9287498479639178e-22, -1.8048513878454153e-35]),
        ("log_softmax(z)[1]", [-1.9287498479639178e-22, 1.9287498479639178e-22, -1.8048513878454153e-35]),
        ("logsumexp(z) - z[1]", [1.9287498479639178e-22, -1.9287498479639178e-22, 1.8048513878454153e-35]),
    ],
)
def test_a_score_that_towers_over_the_rest_keeps_its_slope(program, expected):
    report = backprop_cli.grad(program, z=[0, 50, -30])
    assert (report.true_gradients or report.gradients)["z"] == pytest.approx(np.array(expected), rel=1e-12)
    assert bool(report.notes) == ("-" in program)


@pytest.mark.parametrize(
    ("program", "values"),
    [
        ("asin(1 + x)", {"x": 1e-17}),
        ("asin(1 + x) + x", {"x": 1e-17}),  # however many numbers were moved before, in whatever direction
        ("x*x + x*x*x + asin(1 + x)", {"x": 1e-17}),
        ("acosh(1 - x)", {"x": 1e-17}),
        ("1/(x + 1e-30 - x - 1e-30)", {"x": 1.0}),
        ("sum(asin(1 + x))", {"x": [-0.5, 1e-17]}),
    ],
)
def test_what_is_undefined_but_for_rounding_is_told(program, values):
    ran = backprop("eval", program, *(f"{name}={value}" for name, value in values.items()))
    assert ran.status == 4 and ("is nan, not" in ran.err or "is inf, not" in ran.err)


@pytest.mark.parametrize(
    ("program", "y", "told"),
    [
        # y^3 is 1e-480, which no double is.
        ("v = y^3; digamma(v)", 1e-160, ["-1.0e+480, not nan", "3.0e+640, not nan", "`v` = 1.0e-480"]),
        ("v = y^3; log(v)", 1e-160, ["-1105.240844637142, not -inf", "3e+160, not inf"]),
        ("v = y^3; 1/v", 1e-160, ["`v` = 1.0e-480"]),
        ("v = -y^3; log(v)", 1e-160, ["`v` = -1.0e-480"]),
        ("v = y^3; v/v", 1e-160, ["is 1, not nan", "is 0, not nan"]),
        ("v = y^3; sum(1/(v*[1, 2]))", 1e-160, ["`v` = 1.0e-480"]),
        ("gamma(y - 1)", 1e-17, ["-1e+17, not nan"]),
    ],
)
def test_a_pole_that_only_rounding_reaches_is_called_no_other(program, y, told):
    ran = backprop("grad", program, f"y={y}", "--no-check")
    assert ran.status == 4 and "reached by rounding alone" in ran.err and "it needs" not in ran.err
    assert all(words in ran.err for words in told)
    there = backprop("grad", "v = y^3; digamma(v)", "y=0", "--no-check").err
    assert "has a pole at v = 0; it needs" in there and "rounding" not in there


@pytest.mark.parametrize(
    ("program", "values", "slope"),
    [
        ("(-x)^(x^0)", {"x": 2.0}, -1.0),
        ("(-x)^(1 + 0*x)", {"x": 2.5}, -1.0),
        ("sqrt(x^4)", {"x": 0.0}, 0.0),
        ("cbrt(x)^3", {"x": 0.0}, 1.0),
        ("(x^2)^(1/2)*x", {"x": 0.0}, 0.0),
        ("x*(3 + sqrt(x^2))", {"x": 0.0}, 3.0),
        ("acos(cos(x))^2", {"x": 0.0}, 0.0),
        ("exp(-1/x^2)", {"x": 0.0}, 0.0),
        ("cbrt(x)^3 + 1e-30*sin(1e30*x)", {"x": 0.0}, 2.0),  # waves between any two steps of doubles
        ("sum(cbrt(x)^3)", {"x": [0.0, 8.0]}, [1.0, 1.0]),
        ("cbrt(x)^3*[3, 4]", {"x": [0.0, 0.0]}, [3.0, 4.0]),
    ],
)
def test_a_slope_that_the_chain_rule_does_not_have_is_told(program, values, slope):
    seed = [1.0, 1.0] if program.endswith("]") else 1.0
    report = backprop_cli.grad(program, values, seed_grad=seed)
    assert np.array_equal(report.true_gradients["x"], slope) and report.status == 4
    assert any("quotients of differences" in note.message for note in report.notes)


@pytest.mark.parametrize(
    ("program", "x"),
    [
        ("sqrt(x^2)", 0.0),  # a kink
        ("sqrt(x)^2", 0.0),  # no value on one side
        ("sqrt(x^4) + abs(x)", 0.0),
        ("cbrt(x)^3*cbrt(x)/cbrt(x)", 0.0),  # no value
        ("log(x)^0", -1.0),
        ("(-x)^(1 + (x - 2)^2)", 2.0),  # 2 is all alone
        ("(-x)^(1 + 1e-200*(x - 2))", 2.0),
        ("sum(sort([sqrt(x^4), x]) * [1, 2])", 0.0),
    ],
)
def test_a_slope_that_there_is_not_is_not_told(program, x):
    report = backprop_cli.grad(program, x=x)
    assert math.isnan(report.gradients["x"]) and not report.true_gradients


@pytest.mark.parametrize(
    ("claim", "verdict"), [("df/dx = -1", "agrees"), ("df/dx = 0", "differs"), ("df/dx = 1", "differs")]
)
def test_a_claim_about_it_is_judged(claim, verdict):
    ran = backprop("check", "(-x)^(x^0)", "x=2", "--claim", claim)
    assert verdict in ran.out and ran.status == (verdict == "differs")


@pytest.mark.parametrize(
    ("program", "values", "value", "slope"),
    [
        # mpmath with 2000 digits; 400 to 1200 of them cancel.
        ("x - hypot(x, y)", {"x": 171.6, "y": 1e-200}, "-2.913752914e-403", "1.697991208e-405"),
        ("x - hypot(x, y)", {"x": 2.0, "y": 1e-300}, "-2.5e-601", "1.25e-601"),
        ("x - sin(x)", {"x": 1e-200}, "1.666666667e-601", "5.0e-401"),
        ("softplus(x) - x", {"x": 1500.0}, "3.6164057e-652", "-3.6164057e-652"),
        ("xlogy(y, x)", {"x": 0.9999999999999999, "y": 5e-324}, "-5.485230557e-340", None),
        # The chain rule has 0 times infinity; the slope is no double.
        ("v = mish(x) - 2; mish(x)/v^v", {"x": 170.6}, "6.078447586e-374", "-3.721023431e-373"),
        ("cbrt(x)/x", {"x": 5e-324}, None, "-4.651585194e+538"),
        ("hypot(x, sin(x)/sin(x))", {"x": 1e-310}, None, "1.0e-310"),
    ],
)
def test_what_is_far_from_the_doubles_is_told(program, values, value, slope):
    report = backprop_cli.grad(program, values, check=False)
    assert report.status == 4
    assert value is None or report.true_value == value
    assert slope is None or report.true_gradients["x"] == slope


@pytest.mark.parametrize(
    ("program", "values", "true"),
    [
        ("1/x", {"x": 1e170}, "-1e-340"),
        ("atan2(y, x)", {"y": 1.0, "x": 1e200}, "-1e-400"),
        ("hypot(x, y)", {"x": 1e-200, "y": 1e200}, "1e-400"),
        ("logaddexp(y, x)", {"x": -800.0, "y": 0.0}, "3.667874584e-348"),
    ],
)
def test_a_slope_below_the_doubles_is_told(program, values, true):
    report = backprop_cli.grad(program, values, wrt="x")
    assert {note.code for note in report.notes} == {"underflow"} and report.status == 4 and report.gradients["x"] == 0
    mantissa, exponent = report.true_gradients["x"].split("e")
    assert exponent == true.split("e")[1] and float(mantissa) == pytest.approx(float(true.split("e")[0]), rel=1e-6)


@pytest.mark.parametrize(
    ("program", "values"),
    [
        ("sum(abs(x)^2)", {"x": [0.0, 1.0]}), ("norm(x)^2", {"x": [0.0, 0.0]}), ("relu(x)^2", {"x": 0.0}),
        ("max(x[0], x[0])", {"x": [1.0, 2.0]}), ("max(x^2, x^2, y)", {"x": 3.0, "y": 2.0}), ("min(x, x)", {"x": 1.0}),
        ("where(y > 0, abs(x), x)", {"x": 0.0, "y": -1.0}), ("sum(abs(x)*y)", {"x": [0.0, 1.0], "y": [0.0, 1.0]}),
    ],
)  # fmt: skip
def test_no_kink_is_noted_where_0_arrives_or_one_element_is_tied_with_itself(program, values):
    report = backprop_cli.grad(program, values)
    assert not report.notes and report.check.verdict == "agree"


def test_a_kink_beside_one_where_0_arrives_is_noted():
    (note,) = backprop_cli.grad("sum(abs(x)*y)", x=[0, 0], y=[0, 1]).notes
    assert note.code == "kink" and "x[1] = 0" in note.message


EXACT = [
    ("sqrt(x)-2", {"x": 4}), ("sqrt(x^2+y^2)-5", {"x": 3, "y": 4}), ("hypot(x,y)-5", {"x": 3, "y": 4}),
    ("sigmoid(x)-0.5", {"x": 0}), ("x^5-32", {"x": 2}), ("x - x", {"x": 0.1}), ("(x - 0.1)^2", {"x": 0.1}),
    ("x/3*3 - x", {"x": 6}), ("gamma(x) - 6", {"x": 4}), ("cbrt(x) - 2", {"x": 8}),
    ("log2(x) - 3", {"x": 8}), ("log10(x) - 2", {"x": 100}), ("max(exp(x), 1)", {"x": 2}),
    ("relu(x)", {"x": -1}), ("cos(x) - 1", {"x": 0}), ("sum(x) - 6", {"x": [1, 2, 3]}),
]  # fmt: skip


@pytest.mark.parametrize(("program", "values"), EXACT, ids=[program for program, _ in EXACT])
def test_what_is_exact_is_not_noted(program, values):
    report = backprop_cli.grad(program, values)
    assert report.notes == () and report.status == 0 and report.check.verdict == "agree"


def test_what_the_output_does_not_use_is_noted_and_no_failure():
    report = backprop_cli.evaluate("v = exp(u); u + 3.25", u=-8643)
    assert {note.code for note in report.notes} == {"reading", "underflow"} and report.status == 0


def test_the_slope_of_digamma_far_to_the_left():
    # By reflection; mpmath's own psi(1, x) takes a step a unit, and SymPy's evaluation with it.
    report = backprop_cli.grad("digamma(-exp(x))", x=20.0)
    assert report.check.verdict == "agree" and report.gradients["x"] == pytest.approx(-5194547285.861933, rel=1e-8)
    with working(30):
        assert float(DIGITS.locals["digamma"](number(-1e9 - 0.25), None)[0]) == pytest.approx(2 * math.pi**2, rel=1e-9)


@pytest.mark.parametrize(
    ("x", "value", "slope"),
    [(3.0, 0.0, -1 / 3), (-2.0, 0.0, -0.5), (1e16, 0.0, 1e-16), (1e10 + 0.25, 2.2507907903364954e-11, 7.07106781e-11)],
)
def test_sinc_is_exactly_0_at_whole_numbers_and_pi_in_it_is_exact(x, value, slope):
    report = backprop_cli.grad("sinc(x)", x=x)
    assert report.check.verdict == "agree" and not report.notes
    assert report.value == pytest.approx(value, rel=1e-14) and math.copysign(1, report.value) == 1
    assert report.gradients["x"] == pytest.approx(slope, rel=1e-8)


# By their series erfcx(x) is (1 - 1/(2*x^2) + ...)/(sqrt(pi)*x), and the slope of log_normcdf(x) -x - 1/x + ...
# Of `1 - erfc(...)/2` at -300 SymPy would need 20,000 digits, and of `1 + erf(...)` 10 minutes to have them.
@pytest.mark.parametrize(
    ("program", "x", "slope", "verdict"),
    [
        ("erfcx(x)", 1e5, -5.6418958346e-11, "agree"), ("erfcx(x)", 1e10, -5.6418958355e-21, "agree"),
        ("log_normcdf(x)", -30.0, 30.0332596674, "agree"), ("log_normcdf(x)", -300.0, 300.003333259, "undecided"),
        ("gelu(x) + x", -330.0, 1.0, "agree"), ("x*(1 + erf(x/sqrt(2)))/2 + x", -330.0, 1.0, "agree"),
    ],
)  # fmt: skip
def test_the_check_does_not_accuse_what_it_cannot_resolve(program, x, slope, verdict):
    report = backprop_cli.grad(program, x=x)
    assert report.check.verdict == verdict and report.gradients["x"] == pytest.approx(slope, rel=1e-10)


@pytest.mark.parametrize(
    ("program", "x", "told"),
    [
        ("acos(x)", 1.0000000000000002, "at x = 1.0000000000000002; it needs abs(x) <= 1"),
        ("acosh(x)", 0.9999999999999999, "at x = 0.9999999999999999; it needs x >= 1"),
        ("atanh(x)", 1.0000000000000002, "at x = 1.0000000000000002; it needs abs(x) < 1"),
        ("logit(x)", 1.0000000000000002, "at x = 1.0000000000000002; it needs x > 0 and x < 1"),
        ("log1p(x)", -1.0000000000000002, "at x = -1.0000000000000002; it needs x > -1"),
        ("log(x)", -0.123456789, "at x = -0.123457; it needs x > 0"),
        ("x^-1", 0.0, "`^` has a pole at x = 0"),
        ("x^0.5", -2.0, "at x = -2; it needs x >= 0"),
        ("(-2)^x", 0.5, "at x = 0.5; it needs a whole x"),
        ("log(x, 10)", -2.0, "at x = -2; it needs x > 0"),
        ("log(7, x)", 1.0, "at x = 1; it needs x > 0 and x != 1"),
    ],
)
def test_a_note_shows_the_digits_that_make_it_true(program, x, told):
    (note,) = [note for note in backprop_cli.evaluate(program, x=x).notes if note.code != "reading"]
    assert note.message.endswith(told)


def test_a_determinant_of_a_singular_product_is_0():
    words = ["A=[[1e8,2e8],[3.3e8,6.6e8]]", "B=[[1.1e5,2.7],[3,4]]"]
    ran = backprop("eval", "det(A@B)", *words, "--json")
    document = json.loads(ran.out)
    assert document["value"] == 0 or (document["true_value"] == 0 and ran.status == 4)


@pytest.mark.parametrize(
    ("program", "values", "gradient"),
    [
        ("x*5.551115123125783e-17 + x - x", {"x": 1.0}, 5.551115123125783e-17),
        ("x - x*y + exp(-x)", {"x": 37, "y": 1}, -8.533047625744066e-17),
        ("sum(x*5.551115123125783e-17 + x - x)", {"x": [1.0, 2.0]}, [5.551115123125783e-17] * 2),
    ],
)
def test_contributions_at_a_fork_are_added_exactly(program, values, gradient):
    # Of 1, -1 and a small number doubles would leave nothing in some order.
    report = backprop_cli.grad(program, values, check=False)
    found = report.gradients["x"]
    assert (found.tolist() if hasattr(found, "tolist") else found) == gradient
    assert report.true_gradients == {}


def test_random_formulas_at_points_that_cost_digits():
    numbers, silent, needless = run(120, 7)
    assert numbers > 150 and silent == 0 and needless == 0


def test_random_programs_of_arrays_at_points_that_cost_digits():
    numbers, silent, needless = run_arrays(40, 0)
    assert numbers > 200 and silent == 0 and needless == 0


def test_an_element_near_0_of_a_large_array_is_not_lost():
    """W1[2082, 36] is 1e-10 where others are 1e-3: a thousand roundings move it by a millionth, sixty do not."""
    draw = np.random.default_rng(0)
    values = {
        "X": draw.standard_normal((64, 3072)), "W1": draw.standard_normal((3072, 100)) * 0.01, "b1": np.zeros(100),
        "W2": draw.standard_normal((100, 10)) * 0.01, "b2": np.zeros(10), "y": draw.integers(0, 10, 64),
    }  # fmt: skip
    network = "cross_entropy(max(0, X@W1 + b1)@W2 + b2, y)"
    report = backprop_cli.grad(network, values, wrt=["W1", "b1", "W2", "b2"], check=False)
    assert report.status == 0 and not report.notes
    assert abs(report.gradients["W1"][2082, 36]) < 1e-9

    lost = {**values, "W1": values["W1"] + 1e12, "b1": -1e12 * values["X"].sum(axis=1)[0] * np.ones(100)}
    report = backprop_cli.grad(network, lost, wrt=["W2"], check=False)
    assert report.status == 4 and any(note.code == "precision" for note in report.notes)


@pytest.mark.parametrize("x", [2.0, 1e-3, 0.5, 15.9, 16.0, 40.25, 1e6, 1e150, -0.5, -0.999, -3.25, -1000.5, -123456.75])
def test_second_derivatives_of_the_gamma_functions(x):
    """Those of lgamma and digamma, as mpmath has them, to the last digits; by reflection below 0."""

    def true(n):
        with mpmath.workdps(60):
            if x > 0:
                return float(mpmath.psi(n, x))
            cotangent = mpmath.cot(mpmath.pi * mpmath.mpf(x))
            square = mpmath.pi**2 * (1 + cotangent**2)
            if n == 1:
                return float(square - mpmath.psi(1, 1 - x))
            return float(mpmath.psi(2, 1 - x) - 2 * mpmath.pi * cotangent * square)

    for text, n in (("lgamma(x)", 1), ("digamma(x)", 2)):
        report = backprop_cli.hessian(text, x=x)
        assert report.matrix[0, 0] == pytest.approx(true(n), rel=1e-14, abs=0)
        assert report.status == 0 and report.check.verdict == "agree"


@pytest.mark.parametrize(
    ("program", "values", "true", "slope"),
    [  # by mpmath, 40 digits, at the double of each value
        ("1 - cos(x)", {"x": 1e-5}, 4.999999999958334e-11, 9.999999999833334e-06),
        ("sqrt(x + 1) - sqrt(x)", {"x": 1e9}, 1.581138829688905e-05, -7.9056941444916777e-15),
        ("exp(x) - 1", {"x": 1e-10}, 1.00000000005e-10, 1.0000000001),
        ("log(1 + x)/x", {"x": 1e-8}, 0.99999999500000003, -0.49999999333333334),
    ],
)
def test_exact_numbers_are_right_to_the_last_digit(program, values, true, slope):
    report = backprop_cli.grad(program, values, exact=True)
    assert report.value == pytest.approx(true, rel=3e-16, abs=0)
    assert report.gradients["x"] == pytest.approx(slope, rel=3e-16, abs=0)
    assert (report.status, report.notes) == (0, ())
    assert backprop_cli.evaluate(program, values, exact=True).value == report.value
    assert abs(backprop_cli.evaluate(program, values).value / true - 1) > 1e-10  # in doubles
