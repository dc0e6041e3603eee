"""The account of a backward pass: every equation in it is true, and it ends where `grad` ends."""

import json
import math
import random
import re
import shlex
from importlib.resources import files

import jsonschema
import numpy as np
import pytest
from arrays import ENVIRONMENT, PROGRAMS, names_in, weights_like
from conftest import ROOT, backprop
from programs import random_program
from transcripts import exchanges

import backprop_cli
from backprop_cli import EXPLAIN_FORMATS
from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import REDUCTION_OF, TENSOR_ALIASES, TENSORS
from backprop_cli.render import Style
from backprop_cli.report.derivation import Derivation
from backprop_cli.report.formula import Grad, Number, Partial

SEED = ["(x+y)*z", "x=-2", "y=5", "z=-4"]
EVERY = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_NOT_ALONE = re.compile(r"[|$`;>]|--(json|format|help|step|rate|hvp|order)| -o ")  # more than a request for a gradient
GRADS = sorted(
    {
        exchange.command.removeprefix("backprop grad ")
        for path in EVERY
        for exchange in exchanges(path)
        if exchange.command.startswith("backprop grad ")
        and not _NOT_ALONE.search(exchange.command)
        and re.search(r" \"?[A-Za-z_]\w*=", exchange.command)  # without values it is a formula
    }
)


SCHEMA = json.loads(files("backprop_cli.render").joinpath("report.schema.json").read_text(encoding="utf-8"))


def account(*words):
    ran = backprop("explain", *words, "--json")
    told = json.loads(ran.out)
    jsonschema.validate(told, SCHEMA)
    assert told["schema"] == "backprop/explain@1", told
    return told


def by_left(equations):
    return {equation["left"]: equation["sides"] for equation in equations}


def test_the_lecture_by_hand():
    steps = account(*SEED)
    assert [e["sides"] for step in steps["forward"] for e in step["equations"]] == [
        ["-2"], ["5"], ["-4"], ["x + y", "-2 + 5", "3"], ["n1 * z", "3 * (-4)", "-12"],
    ]  # fmt: skip
    output, product, sum_ = steps["backward"]
    assert by_left(output["equations"]) == {"df/df": ["1"]}
    assert product["role"].startswith("mul switches") and sum_["role"].startswith("add distributes")
    assert by_left(product["equations"]) == {
        "∂f/∂n1": ["z", "-4"], "df/dn1": ["df/df · ∂f/∂n1", "1 · (-4)", "-4"],
        "∂f/∂z": ["n1", "3"], "df/dz": ["df/df · ∂f/∂z", "1 · 3", "3"],
    }  # fmt: skip
    assert by_left(sum_["equations"])["df/dx"] == ["df/dn1 · ∂n1/∂x", "-4 · 1", "-4"]


def test_a_fork_lists_its_contributions_and_sums_them():
    last = account("2*x + 3*x", "x=7")["backward"][-1]
    assert last["role"] == "copy sums the 2 gradients that come back"
    assert last["equations"] == [{"left": "df/dx", "relation": "=", "sides": ["3 + 2", "5"]}]


@pytest.mark.parametrize("command", GRADS)
def test_it_ends_with_the_gradients_of_every_documented_example(command):
    words = [word for word in shlex.split(re.sub(r" --(width|digits) \d+", "", command)) if word != "-q"]
    grad, explained = (backprop(verb, *words, "-q") for verb in ("grad", "explain"))
    assert explained == grad
    told = backprop("explain", *words, "--digits", "17", "--rows", "all")
    assert told.status == grad.status
    results = told.out.partition("\nGradients\n")[2].partition("\n\n")[0]
    told = re.findall(r"^  d\w+/d(\w+) =\s(.+?)(?=^  \w|\Z)", results, re.MULTILINE | re.DOTALL)
    shown = {name: "".join(said.split()) for name, said in told}
    expected = dict(line.split("=") for line in grad.out.splitlines())
    assert shown.keys() == expected.keys()
    for name, text in expected.items():
        number = json.loads(text.replace("nan", "NaN").replace("inf", "Infinity"))
        value = np.array(number, float) if isinstance(number, list) else number
        shape = str(np.shape(value)) if np.shape(value) else ""
        whole = Style(digits=17, rows=None).block(value, answer=True) + shape
        assert shown[name] == "".join(whole.split())


def test_there_are_examples():
    assert len(GRADS) >= 15


@pytest.mark.parametrize("seed", range(60))
def test_every_equation_is_true(seed):
    """Each side is read back by the calculator, names with the values of their nodes; += lines add up to `grad`'s."""
    program, values = random_program(random.Random(seed))
    told = account(program, *(f"{name}={value}" for name, value in values.items()), "--no-check")
    at = {node["name"]: node["value"] for node in told["nodes"] if re.fullmatch(r"\w*[a-z]\w*", node["name"])}
    sums = {}
    for step in [*told["forward"], *told["backward"]]:
        for equation in step["equations"]:
            *sides, last = equation["sides"]
            if last in ("true", "false"):
                continue
            for side in sides:
                value = read_back(side, at)
                assert value is None or value == pytest.approx(float(last), rel=1e-9), equation
            if equation["relation"] == "+=":
                sums[equation["left"]] = sums.get(equation["left"], 0.0) + float(last)
    assert sums
    for name, grad in told["gradients"].items():
        assert sums.get(f"df/d{name}", 0.0) == grad


def read_back(side, at):
    """The value of a side in the language; None where it is a comparison, or is in other words."""
    if re.search("∂|true|false|…| for |^[^(]* > ", side) or re.search(r"where\(\w+,", side):
        return None
    names = set(re.findall(r"[a-z]\w*", side)) & at.keys()
    return backprop_cli.evaluate(side.replace("·", "*"), {name: at[name] for name in names}).value


@pytest.mark.parametrize("seed", range(30))
def test_the_paths_sum_to_the_gradient(seed):
    program, values = random_program(random.Random(seed))
    bindings = [f"{name}={value}" for name, value in values.items()]
    told = account(program, *bindings, "--paths", "--rows", "all", "--no-check")
    for found in told["paths"]:
        assert found["count"] == len(found["listed"])
        products = [float(path["sides"][-1]) for path in found["listed"]]
        assert math.fsum(products) == pytest.approx(told["gradients"][found["name"]], rel=1e-9, abs=1e-12)
        ways = [path["left"].split(" → ") for path in found["listed"]]
        assert all(way[0] == "f" and way[-1] == found["name"] for way in ways)


def test_paths_are_counted_without_being_walked():
    doublings = 20_000
    program = "a0 = x\n" + "\n".join(f"a{k} = a{k - 1} + a{k - 1}" for k in range(1, doublings + 1))
    (found,) = account(program, "x=0", "--paths", "--no-check", "--rows", "3")["paths"]
    assert len(found["listed"]) == 3
    count = 0
    for start in range(0, len(found["count"]), 4000):  # `int` refuses thousands of digits at once
        piece = found["count"][start : start + 4000]
        count = count * 10 ** len(piece) + int(piece)
    assert count == 2**doublings
    told = backprop("explain", program, "x=0", "--paths", "--no-check", "--rows", "3").out
    assert "about 10^6020 paths from a20000 to x\n" in told
    assert "… about 10^6020 more in the sum; `--rows N` lists up to 1,000" in told


def test_with_respect_to_one_input_only_its_paths_are_told():
    backward = account("x*exp(y) + z", "x=2", "y=1", "z=3", "--wrt", "x", "--no-check")["backward"]
    lefts = [equation["left"] for step in backward for equation in step["equations"]]
    assert lefts == ["df/df", "∂f/∂n2", "df/dn2", "∂n2/∂x", "df/dx"]


def test_a_book_s_formula_stands_only_where_it_gives_the_number():
    (near,) = (step for step in account("sigmoid(x)", "x=0")["backward"] if step["subject"])
    assert by_left(near["equations"])["∂f/∂x"] == ["f*(1 - f)", "0.5*(1 - 0.5)", "0.25"]
    (far,) = (step for step in account("sigmoid(x)", "x=40")["backward"] if step["subject"])
    assert by_left(far["equations"])["∂f/∂x"][0] == "f*sigmoid(-x)"


NOTES = [
    # program, bindings, the note, the pass it belongs to, the node
    ("abs(x) + y", "x=0 y=1", "kink", "backward", "n1"),
    ("max(x, y)", "x=1 y=1", "kink", "backward", "f"),
    ("log(x)", "x=-1", "undefined", "forward", "f"),
    ("1/x", "x=0", "pole", "forward", "f"),
    ("sqrt(x)", "x=0", "infinite", "backward", "f"),
    ("0*sqrt(x)", "x=0", "undefined", "backward", "n1"),
    ("exp(-x)", "x=1000", "underflow", "forward", "f"),
    ("exp(x)", "x=1000", "overflow", "forward", "f"),
    ("where(x > 0, x^2, 0)", "x=0", "jump", "forward", "n1"),  # no gradient arrives at a comparison
]


@pytest.mark.parametrize(("program", "bindings", "code", "phase", "node"), NOTES)
def test_a_note_stands_at_its_step(program, bindings, code, phase, node):
    told = account(program, *bindings.split(), "--no-check")
    names = {row["id"]: row["name"] for row in told["nodes"]}
    places = [(p, names[s["node"]], c) for p in ("forward", "backward") for s in told[p] for c in s["notes"]]
    assert (phase, node, code) in places
    results = sum("the gradient of `x`" in note["message"] for note in told["notes"])  # they stand beside the results
    assert len(places) + results == len(told["notes"])
    ran = backprop("explain", program, *bindings.split(), "--no-check")
    assert f"note[{code}]" in ran.out and ran.err == ""
    assert ran.status == backprop("grad", program, *bindings.split(), "--no-check").status


def test_a_note_of_a_hidden_step_is_not_lost():
    program = "+".join(["x"] * 60) + "+abs(y)"
    assert "note[kink]: `abs` has a kink at y = 0" in backprop("explain", program, "x=1", "y=0", "--rows", "2").out


def test_a_disagreement_is_shouted(monkeypatch):
    from backprop_cli.gates.fields import FLOATS

    monkeypatch.setitem(FLOATS.locals, "sin", lambda _x, _out: (0.5,))
    ran = backprop("explain", "sin(x)", "x=0")
    assert ran.status == 1 and ran.err.startswith("error[C501]")


@pytest.mark.parametrize("format_", [f for f in EXPLAIN_FORMATS if f != "json"])
def test_rows_are_capped_and_said_so(format_):
    program = "max(" + ",".join(["x"] * 500) + ")*" + "*".join(["x"] * 500)
    told = backprop("explain", program, "x=1", "--no-check", "--format", format_).out
    assert len(told.splitlines()) < 400
    if format_ != "quiet":
        assert re.search("460? more|[0-9,]+ more", told) and "--rows all" in told.replace("-{}-", "--")


@pytest.mark.parametrize("width", [30, 50, 80])
def test_a_number_is_never_cut(width):
    wide = backprop("explain", "sin(x)*y/3", "x=0.1", "y=-3e300", "--digits", "17").out
    narrow = backprop("explain", "sin(x)*y/3", "x=0.1", "y=-3e300", "--digits", "17", "--width", str(width)).out
    assert wide.split() == narrow.split()


def test_ascii_keeps_the_two_kinds_of_slope_apart():
    told = backprop("explain", "x*x*x", "x=2", "--ascii", "--no-check").out
    assert told.isascii()
    assert "Df/Dx = n1 = 4\n" in told and "df/dx = 4 + 4 + 4 = 12\n" in told


def test_unknown_format():
    with pytest.raises(ValueError, match="there are text, markdown"):
        backprop_cli.explain(backprop_cli.grad("x", x=1, check=False), "tex")


def test_after_a_forward_pass_only_that_is_told():
    told = backprop_cli.explain(backprop_cli.evaluate("x*y", x=2, y=3))
    assert told.endswith("  3. f = x * y = 2 * 3 = 6\n") and "Backward" not in told


# -- arrays

SQUARED = ["q = W@x; f = sum(q^2)", "W=[[0.1,0.5],[-0.3,0.8]]", "x=[0.2,0.4]"]


def test_the_lectures_matrix_by_hand():
    told = account(*SQUARED)
    assert [e.get("shapes") for s in told["forward"] for e in s["equations"]] == [
        "(2, 2)", "(2,)", "(2,) = (2, 2) @ (2,)", "(2,)", None,
    ]  # fmt: skip
    output, sum_, square, multiplied = told["backward"]
    assert by_left(sum_["equations"]) == {"df/dn1": ["(df/df, to every element of n1)", "[1,1]"]}
    assert sum_["role"] == "sum distributes the whole gradient to each element"
    assert square["role"] == "pow scales the gradient by its slope, element by element"
    product = square["equations"][1]
    assert product["sides"][0] == "df/dn1 · ∂n1/∂q" and product["shapes"] == "(2,) elementwise"
    assert np.allclose(json.loads(product["sides"][-1]), [0.44, 0.52])
    weights, inputs = multiplied["equations"]
    assert weights["sides"][0] == "outer(df/dq, x)" and weights["sides"][1].endswith(", [0.2,0.4])")
    assert weights["shapes"] == "(2, 2) = (2,) outer (2,)"
    assert np.allclose(json.loads(weights["sides"][-1]), [[0.088, 0.176], [0.104, 0.208]])
    assert inputs["sides"][0] == "W' @ df/dq" and inputs["shapes"] == "(2,) = (2, 2) @ (2,)"
    assert np.allclose(json.loads(inputs["sides"][-1]), [-0.112, 0.636])
    assert output["equations"] == [{"left": "df/df", "relation": "=", "sides": ["1"]}]


def test_broadcasting_is_summed_over_its_axes():
    told = account("sum(X*col + b*s)", "X=[[1,2,3],[4,5,6]]", "col=[[10],[20]]", "b=[1,2,3]", "s=2", "--no-check")
    every = [equation for step in told["backward"] for equation in step["equations"]]
    said = {e["left"]: (e["sides"][0], e.get("shapes"), e["sides"][-1]) for e in every}
    assert said["df/dcol"] == ("sum(df/dn1 · ∂n1/∂col, axis=1)", "(2, 1) = (2, 3) summed over axis 1", "[[6],[15]]")
    assert said["df/dn2"] == ("sum(df/dn3 · ∂n3/∂n2, axis=0)", "(3,) = (2, 3) summed over axis 0", "[2,2,2]")
    assert said["df/ds"] == ("sum(df/dn2 · ∂n2/∂s)", "a number: the sum of (3,)", "12")


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_equation_over_arrays_is_true(program):
    """Sides in the language are read back with the values of the nodes; += lines add up to `grad`'s gradients."""
    values = {name: ENVIRONMENT[name] for name in names_in(program)}
    seed = weights_like(backprop_cli.evaluate(program, values).value)
    report = backprop_cli.grad(program, values, seed_grad=seed, check=False)
    told = Derivation(report)
    sums = {told.graph.output: seed}
    for step in [*told.forward(), *told.backward()]:
        for equation in step.equations:
            *sides, (last,) = equation.sides
            for side in sides:
                value = read_back_arrays(side, told)
                shape = np.shape(last.value)
                assert value is None or np.allclose(reached(value, shape), last.value, rtol=1e-9, atol=1e-12), equation
            if equation.relation == "+=":
                node = equation.left[0].node
                assert np.shape(last.value) == told.graph.shape(node)
                sums[node] = sums.get(node, 0.0) + last.value
    for name, grad in report.gradients.items():
        ours = sums.get(told.graph.variables[name], np.zeros(np.shape(grad)))
        assert np.shape(ours) == np.shape(grad) and np.allclose(ours, grad, rtol=1e-12, atol=1e-15)
    for format_ in EXPLAIN_FORMATS:
        assert backprop_cli.explain(report, format_, paths=True)


def reached(value, shape):
    """A sum over axes that a broadcast operand has as ones; a slope that is the same along an axis."""
    return np.reshape(value, shape) if np.size(value) == np.prod(shape) else np.broadcast_to(value, shape)


def read_back_arrays(side, told):
    """The value of a side in the language; None where it says more than the language can."""
    inputs, slopes = told.graph.inputs, told.passed.locals
    given, text = {}, ""
    for piece in side:
        if isinstance(piece, str):
            text += piece
            continue
        name = f"v{len(given)}"
        text += name
        if isinstance(piece, Partial):
            if inputs[piece.node].count(piece.operand) > 1:
                return None
            given[name] = slopes[piece.node][inputs[piece.node].index(piece.operand)]
        elif isinstance(piece, Grad):
            given[name] = told.passed.grads[piece.node]
        else:
            given[name] = piece.value if isinstance(piece, Number) else told.values[piece.node]
    words = set(re.findall(r"[A-Za-z_]{2,}", text))
    deep = any(np.ndim(value) > 2 for value in given.values())  # there ' and outer are not what the rule means
    if words - {*GATES, *TENSORS, *TENSOR_ALIASES, *REDUCTION_OF, "axis", "keepdims", "True", "ddof", "delta"}:
        return None
    if "…" in text or ":" in text or re.search(r"where\(\w+,| [<>]=? |[=!]=", text):
        return None
    if "outer" in text and any(np.ndim(value) > 1 for value in given.values()):
        return None
    if deep and ("@" in text or "'" in text):
        return None
    if (
        {"softmax", "mean", "sum"} & words
        and "·" not in text
        and "axis" not in text
        and any(np.ndim(value) > 1 for value in given.values())
    ):
        return None
    if re.search(
        r"v\d+ \* (v\d+|sign\(v\d+\)) / v\d+|onehot\(v\d+\)", text
    ):  # of which the axis or the classes are open
        return None
    if re.fullmatch(r"v0 \* sign\(v1\)", text) and 0 < np.ndim(given["v0"]) < np.ndim(given["v1"]):  # the axis is open
        return None
    return backprop_cli.evaluate(text.replace("·", "*"), given).value


def test_a_packed_call_over_arrays_sends_what_its_inside_does():
    told = account("gate sq(v) = sum(v^2) + v[0]; f = sq(W@x) + sq(x)", *SQUARED[1:], "--no-check")
    said = {e["left"]: e for step in told["backward"] for e in step["equations"]}
    assert said["df/dn1"]["sides"][0] == "df/dn2 · ∂n2/∂n1"
    assert np.allclose(json.loads(said["df/dn1"]["sides"][-1]), [1.44, 0.52])  # 2 v and 1 for v[0], at W@x
    assert json.loads(said["df/dx"]["sides"][-1]) == told["gradients"]["x"]


def test_a_packed_call_may_end_with_a_tensor_gate():
    words = ["gate mm(W, v) = W@v; f = sum(mm(W, x)^2)", *SQUARED[1:]]
    told = account(*words, "--no-check")
    said = {e["left"]: e for step in told["backward"] for e in step["equations"]}
    for name in ("W", "x"):
        assert np.allclose(json.loads(said[f"df/d{name}"]["sides"][-1]), told["gradients"][name])
    assert backprop("graph", *words).status == 0


def test_large_arrays_are_summarized_and_nothing_is_computed_with_a_summary():
    words = ["f = sum(max(0, X@W + b)^2)", "X=randn(64,100)", "W=randn(100,10)", "b=zeros(10)", "--no-check"]
    told = backprop("explain", *words).out
    assert "df/dW += X' @ df/dn1   (100, 10) = (100, 64) @ (64, 10)\n" in told
    assert "(10,) = (64, 10) summed over axis 0" in told
    assert max(map(len, told.splitlines())) <= 120
    assert not re.search(r"norm [-0-9.e+]+ [@·*+]", told)
    assert len(json.dumps(account(*words)["backward"])) < 6000


def test_paths_over_arrays_are_products_of_jacobians_that_are_not_formed():
    told = account("f = sum((W@x)^2) + norm(x)", *SQUARED[1:], "--paths")
    _, found = told["paths"]
    assert [path["shapes"] for path in found["listed"]] == ["1×1 · 1×2 · 2×2 · 2×2", "1×1 · 1×2"]
    assert [path["sides"] for path in found["listed"]] == [
        ["∂f/∂n3 · ∂n3/∂n2 · ∂n2/∂n1 · ∂n1/∂x"], ["∂f/∂n4 · ∂n4/∂x"],
    ]  # fmt: skip
    (shown,) = found["total"]["sides"]
    assert json.loads(shown) == told["gradients"]["x"]


@pytest.mark.parametrize(
    ("program", "x", "code", "phase"),
    [
        ("sum(log(x))", "[1,-1]", "undefined", "forward"),
        ("sum(abs(x))", "[1,0]", "kink", "backward"),
        ("norm(x)", "[0,0]", "kink", "backward"),
    ],
)
def test_a_note_on_an_element_stands_at_its_step(program, x, code, phase):
    told = account(program, f"x={x}", "--no-check")
    assert [c for step in told[phase] for c in step["notes"]] == [code]


def test_one_undefined_element_hides_no_rule():
    told = account("sum(sigmoid(log(x)))", "x=[1,-1]", "--no-check")["backward"]
    (slope,) = (e for step in told for e in step["equations"] if e["left"] == "∂n2/∂n1")
    assert slope["sides"] == ["n2*(1 - n2)", "[0.5,nan]*(1 - [0.5,nan])", "[0.25,nan]"]


@pytest.mark.parametrize("words", [SEED, SQUARED, ["-x*x", "x=10"]])
@pytest.mark.parametrize("width", ["30", "80"])
def test_colour_adds_nothing_but_colour(words, width):
    plain = backprop("explain", *words, "--width", width, "--color", "never").out
    colored = backprop("explain", *words, "--width", width, "--color", "always").out
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == plain
    assert re.search(r"= \x1b\[32m[^\x1b]+\x1b\[0m", colored.partition("Backward")[0])
    results = colored.partition("\nGradients\n")[2]
    assert re.search(r"d\w+/d\w+ = \x1b\[1;31m[^\x1b]+\x1b\[0m", results)


def test_every_format_is_documented():
    page = (ROOT / "docs/explain.md").read_text(encoding="utf-8")
    for name in EXPLAIN_FORMATS:
        assert f"| `{name}` |" in page


# -- without values ----------------------------------------------------------------------------------------------

SYMBOLS = [
    ("(x+y)*z", {"x": -2.0, "y": 5.0, "z": -4.0}),
    ("x^3 - 2x + 1", {"x": 1.5}),
    ("q = x*y; sigmoid(q) + q*q", {"x": 0.5, "y": -1.25}),
    ("1/(1+exp(-(w0*x0+w1*x1+w2)))", {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0}),
    ("max(x, y)*z + sqrt(x)", {"x": 2.0, "y": 1.0, "z": 3.0}),
    ("norm(W@x)^2", {"W": [[0.1, 0.5, 2.0], [-0.3, 0.8, 1.0], [1.0, 0.0, 0.5]], "x": [0.2, 0.4, -1.0]}),
    (
        "h = tanh(W@x); sum(h*v) + x[0]",
        {"W": [[1.0, 2, 3], [0, 1, 0], [2, 0, 1]], "x": [0.1, 0.2, 0.3], "v": [1, -1, 2]},
    ),
]


@pytest.mark.parametrize(("program", "values"), SYMBOLS, ids=[program for program, _ in SYMBOLS])
def test_steps_in_symbols_are_a_program_for_the_gradient(program, values):
    told = backprop("explain", program).out
    lines = [line.split(" = ") for line in re.findall(r"^ +\d+\. (.+)$", told, re.MULTILINE)]
    expected = backprop_cli.grad(program, values, check=False)
    for name, gradient in expected.gradients.items():
        (answer,) = re.findall(rf"^  df/d{name} = (.+)$", told, re.MULTILINE)
        steps = [f"{line[0]} = {line[-1]}" for line in lines]
        found = backprop_cli.evaluate("; ".join([*steps, answer]), values).value
        np.testing.assert_allclose(np.broadcast_to(found, np.shape(gradient)), gradient, rtol=1e-12)


@pytest.mark.parametrize("asked", [["--json"], ["--paths"], ["--seed-grad", "2"], ["--format", "html"]])
def test_what_needs_values_says_so(asked):
    ran = backprop("explain", "x*y", *asked)
    assert ran.status == 2 and "needs values" in ran.err + ran.out
    assert backprop("explain", "x*y", "x=2", "y=3", *asked).status == 0


def test_what_the_output_does_not_need_has_no_gradient_in_symbols():
    assert "dx = ∂f/∂x = y" in backprop("explain", "a = x*2; f = x*y").out


def test_the_gradients_alone_in_symbols():
    assert backprop("explain", "x*x + y", "-q").out == "df/dx = 2*x\ndf/dy = 1\n"


def test_shapes_alone_are_no_values():
    ran = backprop("explain", "q = W@x; f = sum(q^2)", "W=(3,2)", "x=(2,)")
    assert ran.status == 0 and ran.out.endswith("df/dW = outer(dq, x)\n  df/dx = W' @ dq\n")
    assert "`@` sums over 3 and 2 elements" in backprop("explain", "sum(W@x)", "W=(2,3)", "x=(2,)").err
