"""Gates of the user's: packed, expanded and written out by hand they are the same, whatever is in them."""

import json
import re
from importlib.resources import files
from math import cosh, exp, isclose, isnan, tanh
from time import process_time

import jsonschema
import numpy as np
import pytest
from conftest import backprop
from hypothesis import given, settings
from hypothesis import strategies as st

import backprop_cli
from backprop_cli.api import draw, evaluate, grad, structure
from backprop_cli.errors import BackpropError, Source
from backprop_cli.graph import lower
from backprop_cli.graph.names import node_names
from backprop_cli.graph.verify import verify
from backprop_cli.language.definitions import read_program
from backprop_cli.language.parser import parse
from backprop_cli.report.derivation import Derivation

SCHEMA = json.loads(files("backprop_cli.render").joinpath("report.schema.json").read_text(encoding="utf-8"))
SIG = "gate sig(x) = 1/(1 + exp(-x)); "
NEURON = SIG + "gate neuron(w, x, b=0.5) = { q = w*x + b; sig(q) }; "


def graph_of(text, libraries=()):
    graph = lower(read_program(Source("expression", text), (), libraries))
    verify(graph)
    return graph


def row(report, name):
    return next(row for row in report.rows() if row.name == name)


# -- packed = expanded = by hand, for random gates ---------------------------------------------------------

POINT = {"x": 0.75, "y": -1.25, "z": 2.0}
OPERATORS = ("{}*{}", "{} + {}", "{} - {}", "max({}, {})", "hypot({}, {})")
FUNCTIONS = ("tanh({})", "sin({})", "-{}", "relu({})", "exp(tanh({}))", "{}^2")


def formulas(leaves, calls):
    """Formulas as pairs of texts: with calls of gates, and with those written out in brackets."""
    base = st.sampled_from([(leaf, leaf) for leaf in leaves] + [("0.5", "0.5"), ("2", "2")])

    def larger(inner):
        def put(template, *parts):
            return tuple(f"({template.format(*(part[way] for part in parts))})" for way in (0, 1))

        ways = [
            st.builds(put, st.sampled_from(FUNCTIONS), inner),
            st.builds(put, st.sampled_from(OPERATORS), inner, inner),
        ]
        for name, arity, body in calls:
            ways.append(
                st.lists(inner, min_size=arity, max_size=arity).map(lambda parts, n=name, b=body: call(n, b, parts))
            )
        return st.one_of(ways)

    return st.recursive(base, larger, max_leaves=8)


def call(name, body, parts):
    written_out = body
    for k, part in enumerate(parts):
        written_out = written_out.replace(f"p{k}", f"({part[1]})")
    return f"{name}({', '.join(part[0] for part in parts)})", f"({written_out})"


@st.composite
def programs(drawn):
    """A program of up to three gates, each made of those above it, and the same by hand."""
    calls, lines = [], []
    for k in range(drawn(st.integers(1, 3))):
        arity = drawn(st.integers(1, 3))
        parameters = [f"p{j}" for j in range(arity)]
        packed, by_hand = drawn(formulas(parameters, calls))
        lines.append(f"gate g{'abc'[k]}({', '.join(parameters)}) = {packed}")
        calls.append((f"g{'abc'[k]}", arity, by_hand))
    packed, by_hand = drawn(formulas(list(POINT), calls))
    uses = " + ".join(f"0*{name}" for name in POINT)
    return "; ".join([*lines, f"{packed} + {uses}"]), f"{by_hand} + {uses}"


def same(a, b):
    return isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) or (isnan(a) and isnan(b)) or a == b


@settings(max_examples=150)
@given(programs())
def test_packed_is_expanded_is_by_hand(program):
    text, by_hand = program
    graph_of(text)
    packed = grad(text, POINT, check=False)
    expanded = grad(text, POINT, check=False, expand=True)
    expected = grad(by_hand, POINT, check=False)
    assert repr((packed.value, packed.gradients)) == repr((expanded.value, expanded.gradients))  # NaN included
    assert same(packed.value, expected.value)
    for name in POINT:
        assert same(packed.gradients[name], expected.gradients[name]), name
    # The packed rows alone obey the chain rule: what arrives at a node is the sum of upstream times local.
    rows = {row.id: row for row in packed.rows()}
    arriving = dict.fromkeys(rows, 0.0)
    arriving[packed.columns.graph.output] = 1.0
    for one in rows.values():
        for operand, slope in zip(one.inputs, one.locals, strict=True):
            if slope:
                arriving[operand] += one.grad * slope
    for node, one in rows.items():
        assert one.grad is None or same(arriving[node], one.grad), one


# -- what a call is ------------------------------------------------------------------------------------------


def test_the_lecture_s_neuron_packed():
    point = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}
    report = grad(SIG + "f = sig(w0*x0+w1*x1+w2)", point)
    (f,) = (row for row in report.rows() if row.gate == "sig")
    s = 1 / (1 + exp(-1))
    assert f.written == "sig(n4)" and f.subgraph == "sig1" and f.value == s
    assert f.locals == (pytest.approx(s * (1 - s)),)
    assert report.gradients == pytest.approx({"w0": -0.19661193, "x0": 0.39322387, "w1": -0.39322387,
                                              "x1": -0.58983579, "w2": 0.19661193})  # fmt: skip
    assert report.slopes == {"sig": {"x": "out*(1 - out)"}}
    (packed,) = report.folded
    assert (report.packed, list(report.calls()), f.module) == (report.folded, list(report.subgraphs()), f.subgraph)
    assert (packed.name, packed.gates, packed.calls, report.whole_count) == ("sig", 4, 1, 13)


def test_defaults_and_named_operands():
    text = "gate leaky(x, slope=0.01) = where(x > 0, x, slope*x); leaky(a) + leaky(a, 0.5) + leaky(slope=0.25, x=a)"
    assert evaluate(text.replace("slope=0.25, x=a", "a, slope=0.25"), a=-4).value == pytest.approx(-4 * 0.76)
    assert grad(text, a=-4, check=False).gradients["a"] == pytest.approx(0.76)
    assert evaluate("gate f(x, k=-2) = k*x; f(3)").value == -6


def test_statements_in_braces():
    text = """
    gate length(  # of a vector in the plane
      x, y
    ) = {
      xx = x*x    # squares
      yy = y*y; sqrt(xx +
        yy)
    }
    length(a, b)
    """
    assert evaluate(text.replace("xx +\n", "(xx +\n").replace("yy)", "yy))"), a=3, b=4).value == 5


def test_nested_names_are_stable():
    text = NEURON + "g = neuron(u, v); f = g + neuron(u, v, 1)*sig(u)"
    reports = [grad(text, u=1, v=2, check=False, expand=expand) for expand in ((), ["neuron"], ["sig"], True)]
    names = [{row.id: row.name for row in report.rows()} for report in reports]
    for some in names[:3]:
        assert some.items() <= names[3].items()
    every = [name for node, name in names[3].items() if node not in reports[3].columns.graph.constants]
    assert len(set(every)) == len(every)
    assert {"neuron1.q", "neuron2.q", "sig1.n1", "sig2.n2", "sig3.n3", "g", "f"} <= set(every)
    assert [row.subgraph for row in reports[1].rows() if row.gate == "sig"] == ["sig1", "sig2", "sig3"]
    assert {row.gate for row in reports[2].rows()} & {"sig", "neuron"} == set()  # what is around sig opens too


def test_names_of_calls_do_not_collide():
    text = "gate s(x) = x*x + 1; gate s1(x) = x*x + 2; gate n(x) = x*x + 3; " + " + ".join(
        ["s(a)"] * 11 + ["s1(a)", "n(a)"]
    )
    graph = graph_of(text)
    names = [name for node, name in enumerate(node_names(graph)) if node not in graph.constants]
    assert len(set(names)) == len(names) and len({m.label for m in graph.subgraphs}) == 13


def test_gradients_of_what_is_inside():
    report = grad(NEURON + "neuron(u, v)", u=1, v=2, wrt=["neuron1.q", "u"], check=False)
    s = 1 / (1 + exp(-2.5))
    assert report.gradients == pytest.approx({"neuron1.q": s * (1 - s), "u": 2 * s * (1 - s)})
    assert [row.name for row in report.rows(constants=False)] == ["u", "v", "f"]


def test_an_operand_twice():
    report = grad("gate area(a, b) = a*b; area(x, x)", x=3, check=False)
    f = row(report, "f")
    assert (f.written, f.inputs, f.locals) == ("area(x, x)", (0,), (6.0,))


def test_an_unused_parameter_and_dead_statements():
    report = grad("gate first(a, b) = { c = log(b); a*a }; first(x, y)", x=3, y=2, check=False)
    assert row(report, "f").locals == (6.0, 0.0) and report.gradients == {"x": 6.0, "y": 0.0}


def test_a_gate_that_computes_nothing_is_no_node():
    report = grad("gate id(x) = x; gate two(x) = 2; f = id(y)*two(y)", y=3, check=False)
    assert report.gradients == {"y": 2.0} and row(report, "f").written == "y * 2"
    assert not report.folded


def test_gates_nobody_calls_are_fine():
    assert evaluate("gate f(x) = x + 1; gate g(x) = f(f(x)); 2*3").value == 6


def test_a_definition_may_stand_below_its_use():
    assert evaluate("f = half(x)\ngate half(x) = x/2", x=3).value == 1.5


def test_products_in_bodies():
    definition = "gate f(a, b) = a(b + 1) + 2b"
    report = evaluate(f"{definition}; f(3, 4)")
    assert report.value == 23
    assert [note.message for note in report.notes] == ["read `a(b + 1)` as `a*(b + 1)`, `2b` as `2*b`"]
    assert not evaluate("f(3, 4)", use=[definition]).notes
    assert evaluate("gate f(W, x) = W x; sum(f(W, x))", W=[[1, 2], [3, 4]], x=[1, 2]).value == 16


def test_a_number_that_is_an_operand_and_an_element():
    assert evaluate("gate v(x) = sum([x, 1]) + x; v(2)").value == 5
    assert evaluate("a = 2; b = [a, 1]; a + sum(b)").value == 5
    assert evaluate("k = 0; sum([[1, 2], [3, 4]], axis=k)[1] + k").value == 6


def test_gate_is_an_ordinary_name_elsewhere():
    assert evaluate("gate*2", gate=3).value == 6
    assert evaluate("gate = x + 1; gate^2", x=2).value == 9
    assert evaluate("gate(x + 1)", gate=3, x=1).value == 6  # a product, as with every name that has a value
    assert evaluate("gate sin(x)", gate=2, x=0).value == 0
    assert evaluate("gate f(gate) = gate + 1; f(1)").value == 2


def test_programs_without_gates_are_parsed_as_ever():
    text = "q = x + y; f = q*z(2)"
    ours, plain = read_program(Source("e", text), {"z"}), parse(Source("e", text), {"z"})
    assert (ours.ops, ours.args, ours.statements, ours.definitions) == (plain.ops, plain.args, plain.statements, [])


# -- notes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "point", "code", "said"),
    [
        ("gate r(x) = 2*relu(x); f = 3*r(x)", {"x": 0}, "kink", "(inside `r`)"),
        (
            "gate within(x) = log(x)*2; gate around(x) = within(x - 1); f = around(x) + 1",
            {"x": 0},
            "undefined",
            "(inside `within`)",
        ),
        ("gate inverse(x) = 1/x; f = 2*inverse(x)", {"x": 0}, "pole", "(inside `inverse`)"),
    ],
)
@pytest.mark.parametrize("expand", [False, True])
def test_trouble_inside_is_told_at_the_call(text, point, code, said, expand):
    report = grad(text, point, check=False, expand=expand)
    note = next(note for note in report.notes if note.code == code)
    assert said in note.message
    call = text[slice(*note.span)]
    assert text.rindex(call) > text.index("f =") and "(x)" in call
    assert note.node in {row.id for row in report.rows()}


def test_kinks_follow_the_convention():
    report = grad("gate both(x) = relu(x) - relu(-x); both(x)", x=0)
    assert report.gradients == {"x": 0.0} and report.check.verdict == "agree"


def test_what_a_routing_gate_ignores_stays_ignored():
    report = grad("gate root(x) = where(x > 0, sqrt(x), 0); root(x)", x=-1, check=False)
    assert row(report, "f").locals == (0.0,) and report.gradients == {"x": 0.0} and not report.notes


def test_the_check_never_hears_of_it():
    report = grad(NEURON + "neuron(u, v)^2", u=1, v=2)
    assert report.check.verdict == "agree" and report.check.methods == ("sympy", "per-gate")


# -- slopes in closed form -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("definition", "slopes"),
    [
        ("g(x) = 1/(1 + exp(-x))", {"x": "out*(1 - out)"}),
        ("g(x) = (exp(x) - exp(-x))/(exp(x) + exp(-x))", {"x": "1 - out^2"}),
        ("g(x) = x*x", {"x": "2*x"}),
        ("g(x) = 0.1*x^3", {"x": "3*x^2/10"}),
        ("g(x) = exp(-x^2/2)", {"x": "-x*out"}),
        ("g(w, x, b) = tanh(w*x + b)", {"w": "x*(1 - out^2)", "x": "w*(1 - out^2)", "b": "1 - out^2"}),
        ("g(x, b=1) = 3*x + b", {"x": "3", "b": "1"}),
        ("g(x) = x^e", {"x": "e*x^(e - 1)"}),
        ("g(x) = relu(x)", None),  # has a kink
        ("g(x) = where(x > 1, x, 2*x)", None),
        ("g(out) = out^2", None),  # `out` would be two things
        ("g(x) = { a = x*x + x; b = a*a + a; c = b*b + b; d = c*c + c; d*d }", None),  # large, written out
    ],
)
def test_closed_forms(definition, slopes):
    operands = ["a", "b", "c"][: 3 if "w," in definition else 1]
    report = grad(f"gate {definition}; g({', '.join(operands)})", dict.fromkeys(operands, 0.7))
    assert report.slopes.get("g") == slopes
    if slopes:  # as an expression of our own it has the value of the local gradient
        parameters = [p.partition("=")[0] for p in definition[2 : definition.index(")")].split(", ")]
        given_ = {p: 1.0 if p == "b" and "b=1" in definition else 0.7 for p in parameters} | {"out": report.value}
        numbers = dict(zip(parameters, row(report, "f").locals, strict=True))
        for parameter, text in slopes.items():
            if numbers[parameter] is not None:
                assert evaluate(text, defaults=given_).value == pytest.approx(numbers[parameter])


def test_a_closed_form_is_shown_only_where_it_gives_the_number():
    said = backprop("explain", SIG + "sig(x)", "x=1").out
    assert "∂f/∂x = f*(1 - f) = 0.731059*(1 - 0.731059) = 0.196612" in said
    said = backprop("explain", SIG + "sig(x)", "x=40").out  # 1 - out has no digits left
    assert "∂f/∂x = 4.24835e-18" in said and "∂sig/∂x = sig*(1 - sig)" in said


def test_without_the_check_there_is_none():
    assert not grad(SIG + "sig(x)", x=1, check=False).slopes


# -- arrays ------------------------------------------------------------------------------------------------------


def test_affine_packed():
    text = "gate affine(W, x, b) = W@x + b; sum(affine(W, x, b)^2)"
    point = {"W": [[1, 2], [3, 4]], "x": [1, 2], "b": [1, -1]}
    packed, by_hand = grad(text, point), grad("sum((W@x + b)^2)", point)
    assert packed.check.verdict == "agree"
    for name in point:
        assert packed.gradients[name].tolist() == by_hand.gradients[name].tolist()
    n1 = row(packed, "n1")
    assert n1.shape == (2,) and n1.locals == (None, None, None)
    assert n1.rules == tuple(f"df/d{name} = df/dn1 · ∂n1/∂{name}" for name in ("W", "x", "b"))


def test_elementwise_gates_have_a_diagonal():
    report = grad("gate th(x, k) = tanh(k*x); sum(th(v, k))", {"v": [0.5, -1.0], "k": 2}, check=False)
    along_v, along_k = row(report, "n1").locals
    assert along_v.tolist() == pytest.approx([2 / cosh(1) ** 2, 2 / cosh(2) ** 2])
    assert along_k.tolist() == pytest.approx([0.5 / cosh(1) ** 2, -1 / cosh(2) ** 2])
    assert report.gradients["k"] == pytest.approx(sum(along_k.tolist()))


def test_a_branch_not_taken_in_an_array():
    report = grad("gate root(x) = where(x > 0, sqrt(x), 0); sum(root(v))", {"v": [4.0, -1.0]}, check=False)
    assert row(report, "n1").locals[0].tolist() == [0.25, 0.0]


# -- libraries ---------------------------------------------------------------------------------------------------


def test_libraries(tmp_path):
    (tmp_path / "act.bp").write_text("gate sig(x) = 1/(1 + exp(-x))\n", encoding="utf-8")
    (tmp_path / "cell.bp").write_text("# made of the other\ngate cell(w, x) = {\n  sig(w*x)\n}\n", encoding="utf-8")
    uses = ["--use", str(tmp_path / "act.bp"), "--use", f"@{tmp_path / 'cell.bp'}"]
    ran = backprop("eval", "gate twice(x) = 2*cell(x, 1); twice(0)", *uses, "-q")
    assert (ran.status, ran.out) == (0, "1\n")
    ran = backprop("eval", "cell(0, 1)", *uses[2:], "-q")
    assert ran.status == 2 and "cell.bp:3" in ran.err and "unknown gate `sig`" in ran.err
    assert backprop("eval", "cell(0, 1)", "--use", str(tmp_path / "none.bp")).status == 3
    for command in ("grad", "explain", "graph", "jacobian"):
        assert backprop(command, "cell(w, 1)", "w=1", *uses).status == 0
    assert backprop("graph", "cell(w, 1)", *uses, "--expand", "cell", "--format", "tree").out.count("sig") == 1


def test_libraries_in_python():
    act, cell = "gate sig(x) = 1/(1 + exp(-x))", Source("cell.bp", "gate cell(w, x) = sig(w*x)")
    assert evaluate("cell(0, 1)", use=[act, cell]).value == 0.5
    assert grad("cell(w, 1)", w=0, use=[act, cell], check=False).gradients == {"w": 0.25}
    assert structure("cell(w, 1)", use=[act, cell]).kind == "structure"
    with pytest.raises(BackpropError) as caught:
        evaluate("cell(0, 1)", use=[cell, act])  # it may use what stands above it
    assert [d.code for d in caught.value.diagnostics] == ["N214"]
    assert caught.value.diagnostics[0].labels[0].source == cell


def test_a_value_for_the_name_of_a_gate():
    with pytest.raises(BackpropError) as caught:
        evaluate(SIG + "sig(x)", x=1, sig=3)
    assert [d.code for d in caught.value.diagnostics] == ["N209"]
    assert evaluate(SIG + "sig(x)", x=0, defaults={"sig": 3.0}).value == 0.5


# -- size and depth ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["x + x", "x"])
def test_exponential_expansion_meets_the_limit_first(body):
    lines = [f"gate g0(x) = {body}", *(f"gate g{k}(x) = g{k - 1}(g{k - 1}(x))" for k in range(1, 10_000))]
    start = process_time()
    with pytest.raises(BackpropError) as caught:
        evaluate("g9999(1)", use=["\n".join(lines)])
    assert process_time() - start < 10
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "L701" and "--max-nodes" in diagnostic.help and caught.value.status == 5
    start = process_time()
    with pytest.raises(BackpropError):
        evaluate("g60(1)", use=["\n".join(lines[:61])])
    assert process_time() - start < 0.5
    assert evaluate("g9(1)", use=["\n".join(lines[:61])]).value == (2**512 if body == "x + x" else 1)


def test_the_limit_counts_what_is_built():
    text = "gate f(x) = x*x + 1; f(f(a))"
    assert evaluate(text, a=1, max_nodes=7).value == 5
    with pytest.raises(BackpropError):
        evaluate(text, a=1, max_nodes=6)


def test_ten_thousand_deep():
    lines = ["gate g0(x) = x + 1", *(f"gate g{k}(x) = 1 + g{k - 1}(x)" for k in range(1, 10_000)), "g9999(a)"]
    text = "\n".join(lines)
    report = grad(text, a=2, check=False)
    assert report.value == 10_002 and report.gradients == {"a": 1.0}
    assert [one.written for one in report.rows()] == ["input", "g9999(a)"]
    expanded = grad(text, a=2, check=False, expand=True)
    assert expanded.node_count == 20_001
    assert len(list(expanded.subgraphs())) == 10_000
    assert len({one.name for one in expanded.rows(constants=False)}) == 10_001
    assert grad(text, a=2, check=False, expand=["g9000"]).node_count == 2 * 1000 + 2


def test_many_calls():
    text = SIG + " + ".join(["sig(x)"] * 5000)
    report = grad(text, x=0, check=False)
    assert report.value == 2500 and report.gradients["x"] == pytest.approx(1250)
    assert report.folded[0].calls == 5000


# -- options, formats, figures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "gates"),
    [
        ([], {"neuron"}),
        (["--expand"], set()),
        (["--expand", "neuron"], {"sig"}),
        (["--expand=neuron"], {"sig"}),
        (["--expand", "neuron", "--expand", "sig"], set()),
        (["--expand=neuron,sig"], set()),
    ],
)
def test_expand(options, gates):
    text = NEURON + "neuron(u, v)"
    for words in ([text, "u=1", "v=2", *options], [*options, text, "u=1", "v=2"]):
        ran = backprop("eval", *words, "--json")
        assert ran.status == 0, ran.err
        found = json.loads(ran.out)
        jsonschema.validate(found, SCHEMA)
        assert {node["gate"] for node in found["nodes"]} & {"sig", "neuron"} == gates
        assert {call["gate"] for call in found["modules"] if not call["expanded"]} == gates


def test_json_keeps_ids():
    text = NEURON + "f = neuron(u, v) + 1"
    packed, expanded = (
        json.loads(backprop("grad", text, "u=1", "v=2", "--json", *more).out) for more in ([], ["--expand"])
    )
    for found in (packed, expanded):
        jsonschema.validate(found, SCHEMA)
    whole = {node["id"]: node for node in expanded["nodes"]}
    for node in packed["nodes"]:
        assert {key: whole[node["id"]][key] for key in ("name", "value", "grad")} == {
            key: node[key] for key in ("name", "value", "grad")
        }
        assert set(node["inputs"]) <= {other["id"] for other in packed["nodes"]}
    assert [(call["call"], call["within"], call["nodes"]) for call in expanded["modules"]] == [
        ("neuron1", None, 8),
        ("sig1", "neuron1", 6),
    ]
    assert packed["modules"][0]["slopes"]["b"] == "neuron*(1 - neuron)"


@pytest.mark.parametrize("format_", ["table", "plain", "markdown", "csv", "jsonl"])
def test_every_format(format_):
    ran = backprop("grad", NEURON + "neuron(u, v)", "u=1", "v=2", "--format", format_, "--width", "50")
    assert ran.status == 0 and "neuron(u, v, 0.5)" in ran.out and "sig1" not in ran.out


def test_packing_is_told():
    out = backprop("grad", NEURON + "neuron(u, v)*neuron(v, u)", "u=1", "v=2", "--no-check").out
    assert "packed: neuron (6 gates as 1, 2 times); 15 nodes are shown as 5\n" in out
    out = backprop("grad", NEURON + "neuron(u, v)", "u=1", "v=2", "--expand", "--ascii").out
    assert "packed" not in out and out.isascii()


@pytest.mark.parametrize("expand", [(), ["neuron"], True])
def test_explain_ends_with_the_gradients(expand):
    report = grad(NEURON + "neuron(u, v)*relu(v)", u=1, v=2, check=False, expand=expand)
    account = Derivation(report)
    assert len(list(account.forward())) == account.forward_count == report.node_count - report.constant_count
    sums = {}
    for step in account.backward():
        for equation in step.equations:
            if equation.relation == "+=":
                sums[equation.left[0].node] = sums.get(equation.left[0].node, 0) + equation.sides[-1][0].value
    assert sums[account.nodes["u"]] == pytest.approx(report.gradients["u"])
    assert sums[account.nodes["v"]] == pytest.approx(report.gradients["v"])


def test_paths_through_a_packed_gate():
    out = backprop("explain", "gate f2(x) = x*x; 3*f2(x)", "x=2", "--paths", "--no-check").out
    assert "1 path from f to x" in out
    out = backprop("explain", "gate f2(x) = x*x; 3*f2(x)", "x=2", "--paths", "--no-check", "--expand").out
    assert "2 paths from f to x" in out


@pytest.mark.parametrize("format_", ["svg", "html", "boxes", "tree", "dot", "mermaid", "tikz"])
@pytest.mark.parametrize("expand", [False, True])
def test_figures(format_, expand):
    report = grad(NEURON + "neuron(u, v) + neuron(v, u)", u=1, v=2, check=False, expand=expand)
    drawn = draw(report, format_)
    assert ("exp" in drawn) == (expand or format_ == "html")
    if format_ == "html":
        views = re.findall(r'class="view" data-steps="(\d)"(.*?)</svg>', drawn, re.DOTALL)
        assert {(number, view.count('class="module ground"')) for number, view in views} == {
            ("0", 4 * expand),
            ("1", 4 * (not expand)),
        }
    if format_ in ("dot", "mermaid"):
        assert drawn.count("subgraph") == (4 if expand else 0)


def test_a_page_of_too_much_stays_folded():
    report = grad(SIG + " + ".join(["sig(x)"] * 150), x=0, check=False)
    assert "folded" not in draw(report, "html").partition("<script")[0].partition("</style>")[2]


def test_tanh_by_the_table_and_by_hand():
    text = "gate th(x) = (exp(x) - exp(-x))/(exp(x) + exp(-x)); th(a)"
    report = grad(text, a=0.3)
    assert report.value == pytest.approx(tanh(0.3)) and report.gradients["a"] == pytest.approx(1 - tanh(0.3) ** 2)


def test_a_constant_that_is_the_output_and_an_operand_is_drawn():
    assert "pi" in draw(grad("y*pi; pi", y=1, check=False), "boxes")


# -- the library that comes with us -----------------------------------------------------------------------


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _weights(gates, inputs, units):
    draw = np.random.RandomState(0)
    names = {"x": (inputs,), "h": (units,), "c": (units,), "W": (gates, inputs, units), "U": (gates, units, units)}
    return {name: draw.standard_normal(shape).round(2) for name, shape in (names | {"b": (gates, units)}).items()}


def _lstm(x, h, c, W, U, b):
    """Gers, Schmidhuber & Cummins 2000, with loops over nothing."""
    i, f, o = (_sigmoid(x @ W[k] + h @ U[k] + b[k]) for k in range(3))
    c = f * c + i * np.tanh(x @ W[3] + h @ U[3] + b[3])
    return o * np.tanh(c), c


def _gru(x, h, W, U, b):
    """Cho et al. 2014."""
    z, r = (_sigmoid(x @ W[k] + h @ U[k] + b[k]) for k in range(2))
    return (1 - z) * h + z * np.tanh(x @ W[2] + (r * h) @ U[2] + b[2])


def test_nn_is_what_its_sources_say():
    values = _weights(4, 3, 2)
    h, c = _lstm(**values)
    report = backprop_cli.grad("h, c = lstm(x, h, c, W, U, b); sum(h) + 2*sum(c)", values, use=["nn"])
    assert report.value == pytest.approx(h.sum() + 2 * c.sum(), rel=1e-12) and report.check.verdict == "agree"
    values = _weights(3, 3, 2)
    del values["c"]
    report = backprop_cli.grad("sum(gru(x, h, W, U, b)^2)", values, use=["nn"])
    assert report.value == pytest.approx((_gru(**values) ** 2).sum(), rel=1e-12) and report.check.verdict == "agree"


def test_attention():
    draw = np.random.RandomState(1)
    Q, K, V = (draw.standard_normal(shape) for shape in ((2, 3), (4, 3), (4, 5)))
    scores = Q @ K.T / np.sqrt(3)
    weights = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    found = backprop_cli.evaluate("attention(Q, K, V)", {"Q": Q, "K": K, "V": V}, use="nn").value
    np.testing.assert_allclose(found, weights @ V, rtol=1e-12)
