"""Claims about arrays: shapes declared or found, elements, files, gates of the program, digits that doubles lose."""

import numpy as np
import pytest

import backprop_cli
from backprop_cli import BackpropError


def verdicts(program, claims, **values):
    report = backprop_cli.check(program, values, claims=claims)
    return [result.verdict for result in report.results]


# Program, shapes or values, a right claim, a wrong one: textbook matrix calculus, and mistakes people make in it.
PAIRS = [
    ("trace(A@X@B)", {"A": "(2, 3)", "X": "(3, 4)", "B": "(4, 2)"}, "df/dX = A'@B'", "df/dX = (A@B)'"),
    ("dot(x, A@x)", {"A": "(3, 3)", "x": "(3,)"}, "df/dx = (A + A')@x", "df/dx = 2*A@x"),
    ("sum((X@w - y)^2)", {"X": "(4, 2)", "w": "(2,)", "y": "(4,)"}, "df/dw = 2*X'@(X@w - y)", "df/dw = X'@(X@w - y)"),
    ("trace(A@X@B)", {}, "df/dX = A'@B'", "df/dX = A@B"),
    ("s = softmax(x); L = sum(s*g)", {}, "dL/dx = s*(g - sum(s*g))", "dL/dx = s*(1 - s)*g"),
    ("s = softmax(x); L = sum(s*g)", {}, "dL/dx = s*(g - sum(s*g))", "dL/dx = s*(g - 1.0001*sum(s*g))"),
    ("q = W x; f = sum(q^2)", {"W": "(2, 3)", "x": "(3,)"}, "df/dW = 2 q x^T", "df/dW = q x^T"),
    ("f = ||W x||^2", {"W": "(3, 3)", "x": "(3,)"}, "df/dW = 2 (W x) x'", "df/dW = 2 x (W x)'"),
    ("x' A x", {"A": "(3, 3)", "x": "(3,)"}, "df/dA = x xᵀ", "df/dA = xᵀ x"),
    ("sum(max(W@x, 0)^2)", {}, "df/dW = 2*outer(max(W@x, 0), x)", "df/dW = 2*outer(W@x, x)"),
    ("logsumexp([x, y])", {}, "df/dx = exp(x)/(exp(x) + exp(y))", "df/dx = exp(x)/exp(y)"),
    ("gate sig(x) = 1/(1 + exp(-x)); f = sig(w*x)", {"x": 1}, "df/dw = sig(w*x)*(1 - sig(w*x))*x", "df/dw = sig(w*x)"),
    ("sum(W^2)", {"W": "[[1, 2], [3, 4]]"}, "df/dW[0, 1] = 2*W[0, 1]", "df/dW[0, 1] = 2*W[1, 0]"),
    ("sum(W^2)", {"W": "[[1, 2], [3, 4]]"}, "df/dW[:, 0] = [2, 6]", "df/dW[:, 0] = [2, 4]"),
    ("sum(W^2)", {"W": [[1, 2], [3, 4]], "mine": [[2, 4], [6, 8]]}, "df/dW = mine", "df/dW = 2*mine"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "values", "right", "wrong"), PAIRS, ids=[pair[3] for pair in PAIRS])
def test_right_and_wrong_claims_are_told_apart(program, values, right, wrong):
    assert verdicts(program, [wrong, right], **values) == ["differs", "agrees"]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [("df/dx = 1 - f", "agrees"), ("df/dx = f*(1 - f)", "agrees"), ("df/dx = 2*(1 - f)", "differs")],
)
@pytest.mark.parametrize("symbolic", [True, False])
def test_what_doubles_hide_is_decided_with_more_digits(claim, verdict, symbolic):
    program = "exp(x)/(1 + exp(x))"  # at 60: 1 in doubles, and 8.757e-27 is the slope
    assert backprop_cli.check(program, x=60, claims=claim, symbolic=symbolic).verdict == verdict
    arrays = backprop_cli.check(f"f = {program}; L = sum(f)", x=[60, 70], claims=claim.replace("df", "dL"))
    assert arrays.verdict == verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("[2, -5.29, -0.79]", "agrees"),  # 2.0003, to as many decimals as the others
        ("[2., -5.29, -0.79]", "agrees"),
        ("[2.01, -5.29, -0.79]", "differs"),
        ("[3, -5.29, -0.79]", "differs"),
        ("[2, -5, -1]", "differs"),
    ],
)
def test_whole_numbers_among_decimals_are_rounded_as_they_are(claim, verdict):
    values = {"x": [-1.44, 2.04, -0.71], "A": [[-1.28, 1.63, 2.12], [-0.7, -0.61, 3.11], [0.11, -1.98, -0.61]]}
    program = "sum(x*(A@x)) - sum([2, 0.66, 0.75]*x)"
    assert verdicts(program, [f"df/dx = {claim}"], **values) == [verdict]


def test_a_claim_that_cannot_be_computed_differs_and_stops_no_other():
    report = backprop_cli.check("trace(A@X)", A="(2, 3)", X="(3, 2)", claims=["df/dX = A@A", "df/dX = A'"])
    assert [result.verdict for result in report.results] == ["differs", "agrees"]
    assert "`@` sums over 3 and 2 elements" in report.results[0].reason and report.status == 1


def test_files_may_be_claimed(tmp_path):
    np.save(tmp_path / "dW.npy", [[2.0, 4.0], [6.0, 8.0]])
    (tmp_path / "g.csv").write_text("x,w\n2,5\n4,7\n", encoding="utf-8")
    assert verdicts("sum(W^2)", [f"df/dW = @{tmp_path}/dW.npy"], W=[[1, 2], [3, 4]]) == ["agrees"]
    assert verdicts("sum(W^2)", [f"df/dW = @{tmp_path}/dW.npy"], W=[[1, 2], [3, 5]]) == ["differs"]
    assert verdicts("sum(x^2)", [f"df/dx = @{tmp_path}/g.csv"], x=[1, 2]) == ["agrees"]


def test_shapes_that_were_guessed_are_told():
    (note,) = backprop_cli.check("trace(A@X)", claims="df/dX = A'").notes
    assert note.code == "reading" and "`A` of the shape (3, 3)" in note.message
    assert not backprop_cli.check("trace(A@X)", A="(2, 3)", X="(3, 2)", claims="df/dX = A'").notes


@pytest.mark.parametrize(
    ("program", "values", "claims", "code"),
    [
        ("sum(W^2)", {"W": [1, 2], "mine": 3}, "df/dW = 2*W", "N209"),
        ("sum(W^2)", {"W": [1, 2], "V": "(2, 2)"}, "df/dW = 2*W", "N209"),
        ("sum(W^2)", {"W": "(2, 2)"}, None, "V306"),
        ("sum(W^2)", {"W": "(0, 2)"}, "df/dW = 2*W", "S107"),
        ("sum(W^2)", {"W": "(3000, 1000)"}, "df/dW = 2*W", "L701"),
        ("sum(W^2)", {"W": [1, 2]}, "df/dW[5] = 4", "V309"),
        ("x^2", {"x": 3}, "df/dx[0] = 6", "V309"),
    ],
)
def test_what_nobody_uses_or_means_is_refused(program, values, claims, code):
    with pytest.raises(BackpropError) as caught:
        backprop_cli.check(program, values, claims=claims) if claims else backprop_cli.grad(program, values)
    assert caught.value.diagnostics[0].code == code


def test_of_very_many_names_the_likeliest_shapes_are_tried():
    names = "ABCDEFGHIJK"
    claim = f"df/dA = ({'@'.join(names[1:])})'"
    assert verdicts(f"trace({'@'.join(names)})", [claim, claim.replace("'", "")]) == ["agrees", "differs"]


def test_steps_may_use_values_and_gates():
    program = "gate twice(x) = 2*x; q = twice(x); f = sum(q^2)"
    report = backprop_cli.check_steps(program, x=[1, 2], mine=[4, 8], steps="dq = mine\ndx = twice(dq)")
    assert report.verdict == "agrees"
    assert backprop_cli.check_steps(program, x=[1, 2], mine=[4, 9], steps="dq = mine").verdict == "differs"


# Program, values, right steps, a wrong last line: right and wrong only where doubles do not reach.
LOST_STEPS = [
    ("u = 1/(1 + exp(-a)); f = sum(u)", {"a": [60, 1]}, "du = 1; da = du*u*(1 - u)", "da = du*u*(1.001 - u)"),
    ("u = 1/(1 + exp(-a)); f = u", {"a": 60}, "du = 1; da = du*u*(1 - u)", "da = 1.001*du*u*(1 - u)"),
    ("m = mean(x); c = x - m; f = mean(c^2)", {"x": [2, 1e-8, 0.5]}, "dc = 2*c/3; dm = -sum(dc); dx = dc + dm/3",
     "dx = 1.001*dc + dm/3"),
    ("q = W@x; h = tanh(q); f = sum(h^2)", {"W": [[30, 1], [1, 2]], "x": [2, 0.5]},
     "dh = 2*h; dq = dh*(1 - h^2); dW = outer(dq, x)", "dW = 1.001*outer(dq, x)"),
    ("a = 1 + x; b = log(a); f = sum(b/x)", {"x": [1e-9, 2]}, "db = 1/x; da = db/a; dx = -b/x^2 + da",
     "dx = -b/x^2 + 1.001*da"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "values", "steps", "wrong"), LOST_STEPS, ids=[case[2] for case in LOST_STEPS])
def test_steps_are_judged_with_more_digits(program, values, steps, wrong):
    lines = steps.split("; ")
    assert backprop_cli.check_steps(program, values, steps="\n".join(lines)).verdict == "agrees"
    report = backprop_cli.check_steps(program, values, steps="\n".join([*lines[:-1], wrong]))
    assert [result.verdict for result in report.results][-1] == "differs"


# What cannot be computed as it is claimed, and would be right with a transpose.
@pytest.mark.parametrize(
    ("program", "claim", "words"),
    [
        ("norm(X@w - y)^2", "df/dw = 2*X@(X@w - y)", "it is right with `X'` in the place of `X`"),
        ("sum(tanh(X@W)*T)", "df/dX = (T*(1 - tanh(X@W)^2))@W", "it is right with `W'` in the place of `W`"),
        ("norm(X@w - y)^2", "df/dw = 2*X@(X@w - y)  ", "it is right with `X'` in the place of `X`"),
        ("sum(X@W*T)", "df/dW = T'@X'", ""),
        ("sum(X@W*T)", "df/dW = X@X", ""),
    ],
)
def test_a_missing_transpose_is_named(program, claim, words):
    shapes = {"X": "(5, 3)", "w": "(3,)", "y": "(5,)", "W": "(3, 4)", "T": "(5, 4)"}
    given = {name: shape for name, shape in shapes.items() if name in program + claim}
    (result,) = backprop_cli.check(program, given, claims=[claim]).results
    assert result.verdict == "differs" and "cannot be computed" in result.reason
    assert result.reason.endswith(words) if words else "is right with" not in result.reason
    assert result.mistakes == (("transpose",) if words else ())
