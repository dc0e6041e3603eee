"""The passes: reverse mode, forward mode and differences meet; notes say what they should."""

import math
from typing import NamedTuple

import numpy as np
import pytest
from arrays import prepared
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backprop_cli import evaluate, grad
from backprop_cli.engine.anomalies import find_anomalies
from backprop_cli.engine.differences import complex_step, difference, ridders
from backprop_cli.engine.passes import backward, forward
from backprop_cli.engine.rounding import scales_of
from backprop_cli.engine.tangent import tangent
from backprop_cli.errors import Source
from backprop_cli.gates import GATES
from backprop_cli.gates.fields import DIGITS, FLOATS
from backprop_cli.graph import lower
from backprop_cli.graph.verify import verify
from backprop_cli.language.parser import parse

INF, NAN = math.inf, math.nan
many = settings(derandomize=True, deadline=None, database=None, max_examples=150)


def graph_of(text, names=("x",)):
    graph = lower(parse(Source("test", text), names), names)
    verify(graph)
    return graph


# -- random programs ---------------------------------------------------------------------------------------


class Program(NamedTuple):
    """A text, and values for its inputs."""

    text: str
    inputs: dict[str, float]


USABLE = [gate for gate in GATES.values() if not gate.truth and gate.family != "cut"]  # differences do not stop there
MODERATE = 50.0  # beyond it a value goes through tanh, so that products of products stay near


@st.composite
def programs(draw):
    """Up to eight statements, each one gate of the table over earlier names, inputs and constants.

    A gate that has no moderate value where it is put gives way to tanh: nothing is drawn in vain.
    """
    number = st.integers(-30, 30).map(lambda n: n / 10 + 0.0125)
    inputs = {name: draw(number) for name in ("x", "y", "z")[: draw(st.integers(1, 3))]}
    values = dict(inputs)
    lines = []
    for count in range(draw(st.integers(1, 8))):
        gate = draw(st.sampled_from(USABLE))
        arity = draw(st.integers(1, 4)) if gate.variadic else len(gate.parameters)
        operands = draw(st.lists(st.sampled_from([*values, "0.75", "2"]), min_size=arity, max_size=arity))
        name = f"v{count}"
        numbers = [values.get(operand) or float(operand) for operand in operands if operand]
        written = operands
        if gate.name == "where":
            written = [f"{operands[0]} > 0.5", *operands[1:]]
            numbers[0] = float(numbers[0] > 0.5)
        if gate.name == "clip":  # `clip(0, 1, x)` is refused
            written = [*operands[:2], f"hi={operands[2]}"]
        value = float(FLOATS.value[gate.name](*numbers))
        if 0 < abs(value) < MODERATE:
            lines.append(f"{name} = {gate.name}({', '.join(written)})")
            values[name] = value
        else:
            lines.append(f"{name} = tanh({operands[-1]}) + 1.5")
            values[name] = math.tanh(numbers[-1]) + 1.5
    used = "\n".join([*lines, " + ".join([*inputs, *(name for name in values if name not in inputs)])])
    return Program(used, inputs)


def passes(program):
    graph = graph_of(program.text, program.inputs)
    values = forward(graph, program.inputs)
    return graph, values, backward(graph, values, graph.output)


@many
@given(programs())
def test_reverse_is_forward(program):
    graph, _, passed = passes(program)
    scales = scales_of(graph, passed, graph.output)
    for name, node in graph.variables.items():
        along = tangent(graph, passed.locals, {node: 1.0})[graph.output]
        ours = passed.grads[node] or 0.0
        if math.isfinite(scales[node]):  # otherwise the infinite slope of asin at 1 meets what cancels
            assert ours == pytest.approx(along, rel=1e-12, abs=1e-12 * scales[node], nan_ok=True), name


# Program, values, how its inputs and its definitions move, and how fast the output does.
TANGENTS = [
    ("q = x^2; p = 3*x; q*p", {"x": 2.0}, {"x": 1.0}, 4 * 6 + 4 * 3),
    ("q = x^2; p = 3*x; q*p", {"x": 2.0}, {"x": 1.0, "p": 1.0}, 4 * 6 + 4 * (3 + 1)),  # p moves by itself too
    ("q = x^2; p = 3*x; q*p", {"x": 2.0}, {}, 0.0),
    ("max(sqrt(x), 1) + 3*x", {"x": 0.0}, {"x": 1.0}, 3.0),  # what moves infinitely fast is not the larger
    ("0*sqrt(x)", {"x": 0.0}, {"x": 1.0}, math.nan),  # and here it is used
    ("sum(sqrt(2*x)) + s", {"x": [0, 4], "s": 7.0}, {"s": 1.0}, 1.0),  # what does not move has no rate
    ("sum(x + s)", {"x": [0, 4, 9], "s": 7.0}, {"s": 1.0}, 3.0),
    ("sum(x + s)", {"x": [0, 4, 9], "s": 7.0}, {"s": 1.0, "x": [1, 10, 100]}, 114.0),
]


@pytest.mark.parametrize(("program", "values", "direction", "rate"), TANGENTS)
def test_how_fast_the_output_moves(program, values, direction, rate):
    given_ = {name: np.array(it, dtype=float) if isinstance(it, list) else it for name, it in values.items()}
    graph, numbers = prepared(program, given_)
    passed = backward(graph, numbers, graph.output)
    moving = {(graph.variables | graph.definitions)[name]: it for name, it in direction.items()}
    moving = {node: np.array(it, dtype=float) if isinstance(it, list) else it for node, it in moving.items()}
    assert tangent(graph, passed.locals, moving, numbers)[graph.output] == pytest.approx(rate, rel=1e-15, nan_ok=True)


@many
@given(programs())
def test_reverse_is_differences(program):
    graph, values, passed = passes(program)
    assume(not find_anomalies(graph, values, graph.output, passed, graph.dependents(set(graph.variables.values()))))
    scales = scales_of(graph, passed, graph.output)
    for name, node in graph.variables.items():

        def output(x, name=name):
            return forward(graph, {**program.inputs, name: x})[graph.output]

        # Past a kink or a jump within its reach Ridders' method is unsure of itself, and says so.
        both = (ridders(output, program.inputs[name], step) for step in (1e-2, 1e-3))
        found = min(both, key=lambda estimate: estimate.error)
        size = max(1.0, scales[node])
        if found.error < 1e-7 * size:
            assert passed.grads[node] == pytest.approx(found.slope, abs=1e-5 * size), name


@many
@given(programs())
def test_reverse_is_the_complex_step(program):
    graph, _, passed = passes(program)
    scales = scales_of(graph, passed, graph.output)
    for name, node in graph.variables.items():
        found = complex_step(graph, program.inputs, name)
        if found is not None:
            assert passed.grads[node] == pytest.approx(found.slope, rel=1e-9, abs=1e-9 * scales[node]), name


@many
@given(programs())
def test_the_loop_without_masks_is_the_plain_one(program):
    """`backward` on numbers leaves out what only arrays need; with `plain` it is the obvious version."""
    graph, values, passed = passes(program)
    plain = backward(graph, values, graph.output, plain=True)
    assert plain.flows and not passed.flows  # it went the other way
    assert repr(plain.locals) == repr(passed.locals)
    assert repr(plain.grads) == repr(passed.grads)


@many
@given(programs())
def test_many_digits_are_the_same_numbers(program):
    graph, values, passed = passes(program)
    numbers = forward(graph, program.inputs, DIGITS)
    exact = backward(graph, numbers, graph.output, field=DIGITS)
    scales = scales_of(graph, passed, graph.output)
    assume(not find_anomalies(graph, values, graph.output, passed, graph.dependents(set(graph.variables.values()))))
    for node in graph.variables.values():
        slack = 1e-9 * (1 + scales[node])
        assert passed.grads[node] == pytest.approx(float(exact.grads[node]), rel=1e-9, abs=slack)


@many
@given(programs())
def test_backward_twice_is_backward_once(program):
    graph, values, passed = passes(program)
    before = list(values)
    assert repr(backward(graph, values, graph.output)) == repr(passed)
    assert repr(values) == repr(before)


@many
@given(programs(), st.sampled_from([-2.0, 0.5, 4.0]))
def test_seed_is_a_factor(program, seed):
    graph, values, passed = passes(program)
    ours = backward(graph, values, graph.output, seed).grads
    for node, once in enumerate(passed.grads):
        assert (once is None) == (ours[node] is None)
        if once is not None:
            assert ours[node] == pytest.approx(seed * once, rel=1e-12, nan_ok=True)


@many
@given(programs())
def test_text_to_the_same_graph(program):
    graph = graph_of(program.text, program.inputs)
    again = graph_of(program.text.replace("\n", "; "), program.inputs)
    assert (graph.gates, graph.inputs, graph.constants) == (again.gates, again.inputs, again.constants)


@settings(many, max_examples=150)
@given(programs())
def test_no_false_alarm(program):
    """SymPy never disagrees, and no program is a bug of ours."""
    report = grad(program.text, program.inputs, check_seconds=60)
    assert report.check.verdict != "disagree", report.check.worst


# -- cases a person can verify -----------------------------------------------------------------------------

# The first three are CS231n's (Backpropagation, Intuitions): its product of a sum, its neuron, and its
# x + sigmoid(y) over sigmoid(x) + (x+y)^2, which it leaves to the reader.
BY_HAND = [
    ("(x+y)*z", {"x": -2, "y": 5, "z": -4}, -12, {"x": -4, "y": -4, "z": 3}),
    (
        "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))",
        {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3},
        0.7310585786300049,
        {"w0": -0.19661193324148185, "x0": 0.3932238664829637, "w1": -0.3932238664829637,
         "x1": -0.5898357997244456, "w2": 0.19661193324148185},
    ),
    (
        "(x + sigmoid(y))/(sigmoid(x) + (x+y)^2)",
        {"x": 3, "y": -4},
        1.5456448841066441,
        {"x": 2.0595697955721652, "y": 1.5922327514838093},
    ),
    ("x*y", {"x": 4, "y": -3}, -12, {"x": -3, "y": 4}),
    ("x*x", {"x": 3}, 9, {"x": 6}),
    ("x*x*x", {"x": 2}, 8, {"x": 12}),
    ("q = x + y; q*q", {"x": 1, "y": 2}, 9, {"x": 6, "y": 6}),
    ("x^2", {"x": 3}, 9, {"x": 6}),
    ("x^2", {"x": 0}, 0, {"x": 0}),
    ("x^3", {"x": 0}, 0, {"x": 0}),
    ("x^3", {"x": -2}, -8, {"x": 12}),
    ("-x^2", {"x": 3}, -9, {"x": -6}),
    ("x^0", {"x": 0}, 1, {"x": 0}),
    ("max(x, y)", {"x": 4, "y": 2}, 4, {"x": 1, "y": 0}),
    ("2*(x*y + max(z, w))", {"x": 3, "y": -4, "z": 2, "w": -1}, -20, {"x": -8, "y": 6, "z": 2, "w": 0}),
    ("max(x, x)", {"x": 1}, 1, {"x": 1}),
    ("y = 0*x; x + y", {"x": 5}, 5, {"x": 1}),
    ("where(x > 0, sqrt(x), 0)", {"x": -1}, 0, {"x": 0}),
    ("where(x > 0, log(x), x*y)", {"x": -1, "y": 7}, -7, {"x": 7, "y": -1}),
    ("where(x > 1, x^2, 1/0)", {"x": 2}, 4, {"x": 4}),
    ("leaky_relu(x)", {"x": -2}, -0.02, {"x": 0.01}),
    ("tanh(x)", {"x": 0}, 0, {"x": 1}),
    ("7 % x", {"x": 2}, 1, {"x": -3}),
    ("1 % x", {"x": 0.1}, 0.09999999999999995, {"x": -9}),  # 1/0.1 is above 9.99…, 0.1 being above 1/10
    ("gamma(x)", {"x": 5}, 24, {"x": 36.14682404236322}),  # 24·(1 + 1/2 + 1/3 + 1/4 - Euler's constant)
    ("lgamma(x)", {"x": -3.000000001}, 18.93150628372187, {"x": 999999918.5157535}),
    ("hypot(x, y)", {"x": 3e200, "y": 4e200}, 5e200, {"x": 0.6, "y": 0.8}),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "inputs", "value", "gradients"), BY_HAND)
def test_by_hand(expression, inputs, value, gradients):
    report = grad(expression, inputs)
    assert report.value == pytest.approx(value, rel=1e-14, abs=1e-15)
    assert report.gradients == pytest.approx(gradients, rel=1e-12, abs=1e-15)
    assert report.notes == ()
    assert report.status == 0
    assert report.check.verdict == "agree"


# Where a slope passes through 0: what is left of it there, from mpmath with fifty digits.
MINIMA = [
    ("silu(x)", -1.2784645427610738, -0.2784645427610738, -2.452007938935708e-17),
    ("gelu(x)", -0.7517915246935645, -0.16997120747990369, -6.453751729367753e-18),
    ("lgamma(x)", 1.4616321449683622, -0.12148629053584961, -9.241265521729427e-17),
]


@pytest.mark.parametrize(("expression", "x", "value", "slope"), MINIMA)
def test_the_slope_at_a_minimum_is_told_with_all_its_digits(expression, x, value, slope):
    report = grad(expression, x=x)
    assert report.value == pytest.approx(value, rel=1e-14)
    assert report.gradients["x"] == pytest.approx(0, abs=1e-15)
    (true,) = report.untrue
    assert true.true == pytest.approx(slope, rel=1e-9)
    assert [note.code for note in report.notes] == ["precision"] and report.status == 4


def test_a_statement_that_the_output_does_not_use_is_noted():
    report = grad("q = x*y\nf = x", x=2, y=3)
    assert report.gradients == {"x": 1, "y": 0} and report.status == 0
    (note,) = report.notes
    assert (note.code, note.message) == ("reading", "`q = x*y` is computed, and `f` does not use it")


@pytest.mark.parametrize(
    ("program", "value"),
    [
        ("a = x\n  + 2*x", 9),
        ("a = x\n+ 2*x", 9),
        ("a = x\n  - 2*x", -3),
        ("a = x\n- 2*x", -6),  # not indented: a statement of its own
        ("a = x   # three\n  * 2\n  ^ 2", 12),
        ("a = x\n\n+ 2*x", 6),  # an empty line ends it
        ("a = (x\n- 2*x)", -3),
    ],
)
def test_a_line_that_begins_with_an_operator_goes_on(program, value):
    assert evaluate(program, x=3).value == value


def test_a_kink_at_which_nothing_arrives_is_none():
    for program, values in (("relu(x)^2", {"x": 0}), ("norm(x)^2", {"x": [0.0, 0.0]}), ("0*abs(x)", {"x": 0})):
        report = grad(program, values)
        assert report.notes == () and report.status == 0


def test_wrt_an_intermediate():
    report = grad("q = x + y; q*z", x=-2, y=5, z=-4, wrt=["q", "z"])
    assert report.gradients == {"q": -4, "z": 3}


@pytest.mark.parametrize("program", ["1e16*x + x + x", "x + x + 1e16*x", "x + 1e16*x + x", "x + x*(1 + 1e16)"])
def test_what_each_sum_at_a_fork_lost_is_given_back(program):
    """1 and 1 arrive beside 1e16, at which doubles are even: each alone would be lost."""
    expected = 1e16 + 2 if "(" not in program else 1e16
    assert grad(program, x=3.0, check=False).gradients["x"] == expected
    assert grad(f"sum({program})", x=[3.0, 5.0], check=False).gradients["x"].tolist() == [expected, expected]


@pytest.mark.parametrize("program", ["x - x + 1e-17*x", "1e-17*x + x - x", "x + 1e-17*x - x"])
def test_a_term_far_below_the_others_is_all_that_is_left(program):
    """The small one arrives first, last and between."""
    assert grad(program, x=3.0, check=False).gradients == {"x": 1e-17}
    assert grad(f"sum({program})", x=[3.0, 5.0], check=False).gradients["x"].tolist() == [1e-17, 1e-17]


def test_no_gradient_is_minus_zero():
    for report in (
        grad("x*0", x=-5), grad("-0*x", x=5), grad("x*y", x=0, y=-0.0), grad("0*(-x)", x=1), grad("0*(1 - x)", x=1),
        grad("-0*max(1, 2, x)", x=3), grad("0*leaky_relu(x, -1)", x=-3),
        grad("sum(x) + 0*(-s)", x=[1.0], s=2), grad("sum(0*(-x))", x=[1.0, 2.0]),
    ):  # fmt: skip
        for slope in report.gradients.values():
            assert not np.signbit(slope).any()


# -- what deserves a word ----------------------------------------------------------------------------------

# expression, inputs, codes of the notes (as a set), gradients, exit status
NOTED = [
    # kinks: the slope of least norm, ties shared evenly
    ("relu(x)", {"x": 0}, "kink", {"x": 0}, 0),
    ("relu(x)", {"x": -0.0}, "kink", {"x": 0}, 0),
    ("abs(x)", {"x": 0}, "kink", {"x": 0}, 0),
    ("hard_tanh(x)", {"x": 1}, "kink", {"x": 0}, 0),
    ("leaky_relu(x)", {"x": 0}, "kink", {"x": 0.01}, 0),
    ("leaky_relu(x, slope=-0.5)", {"x": 0}, "kink", {"x": 0}, 0),
    ("leaky_relu(x, slope=2)", {"x": 0}, "kink", {"x": 1}, 0),
    ("elu(x, alpha=0.3)", {"x": 0}, "kink", {"x": 0.3}, 0),
    ("elu(x, alpha=3)", {"x": 0}, "kink", {"x": 1}, 0),
    ("elu(x)", {"x": 0}, "", {"x": 1}, 0),
    ("selu(x)", {"x": 0}, "kink", {"x": 1.0507009873554805}, 0),
    ("max(x, 0)", {"x": 0}, "kink", {"x": 0.5}, 0),
    ("max(x, y)", {"x": 1, "y": 1}, "kink", {"x": 0.5, "y": 0.5}, 0),
    ("max(x, y, z)", {"x": 1, "y": 1, "z": 1}, "kink", {"x": 1 / 3, "y": 1 / 3, "z": 1 / 3}, 0),
    ("max(x, y, z)", {"x": 1, "y": 1, "z": 0}, "kink", {"x": 0.5, "y": 0.5, "z": 0}, 0),
    ("min(x, y)", {"x": 2, "y": 2}, "kink", {"x": 0.5, "y": 0.5}, 0),
    ("maxout(x, y)", {"x": 2, "y": 2}, "kink", {"x": 0.5, "y": 0.5}, 0),
    ("max(x, x, y)", {"x": 1, "y": 1}, "kink", {"x": 2 / 3, "y": 1 / 3}, 0),
    ("clip(x, -1, 1)", {"x": 1}, "kink", {"x": 0}, 0),
    ("clip(x, -1, 1)", {"x": -1}, "kink", {"x": 0}, 0),
    ("hypot(x, y)", {"x": 0, "y": 0}, "kink", {"x": 0, "y": 0}, 0),
    ("hypot(x, 1)", {"x": 0}, "", {"x": 0}, 0),
    ("relu(x) - relu(-x)", {"x": 0}, "kink", {"x": 0}, 0),
    ("relu(x)*0", {"x": 0}, "", {"x": 0}, 0),
    ("max(relu(x), 5)", {"x": 0}, "", {"x": 0}, 0),  # nobody feels it
    ("relu(0)*x", {"x": 2}, "", {"x": 0}, 0),  # nobody asked
    # jumps
    ("sign(x)", {"x": 0}, "jump", {"x": 0}, 0),
    ("floor(x)", {"x": 2}, "jump", {"x": 0}, 0),
    ("floor(x)", {"x": 2.5}, "", {"x": 0}, 0),
    ("ceil(x)", {"x": 2}, "jump", {"x": 0}, 0),
    ("round(x)", {"x": 2.5}, "jump", {"x": 0}, 0),
    ("round(x)", {"x": 2}, "", {"x": 0}, 0),
    ("x % 2", {"x": 4}, "jump", {"x": 1}, 0),
    ("where(x > 1, x^2, x)", {"x": 1}, "jump", {"x": 1}, 0),
    ("where(x > x, x^2, x)", {"x": 1}, "", {"x": 1}, 0),  # the same on all sides
    ("where(x^2 >= x^2, x^2, x)", {"x": 1}, "", {"x": 2}, 0),
    ("where(x >= 1, x^2, x)", {"x": 1}, "jump", {"x": 2}, 0),
    ("atan2(y, x)", {"y": 0, "x": -1}, "jump", {"y": -1, "x": 0}, 0),
    # one side of a domain
    ("x^1.5", {"x": 0}, "one-sided", {"x": 0}, 0),
    # infinite slopes
    ("sqrt(x)", {"x": 0}, "infinite", {"x": INF}, 4),
    ("cbrt(x)", {"x": 0}, "infinite", {"x": INF}, 4),
    ("asin(x)", {"x": 1}, "infinite", {"x": INF}, 4),
    ("acos(x)", {"x": -1}, "infinite", {"x": -INF}, 4),
    ("acosh(x)", {"x": 1}, "infinite", {"x": INF}, 4),
    ("x^0.5", {"x": 0}, "infinite", {"x": INF}, 4),
    ("xlogy(x, y)", {"x": 0, "y": 0}, "infinite", {"x": -INF, "y": 0}, 4),
    ("0*sqrt(x)", {"x": 0}, "infinite undefined", {"x": NAN}, 4),  # 0·∞
    ("sqrt(x^2)", {"x": 0}, "infinite undefined", {"x": NAN}, 4),
    ("sqrt(relu(x))", {"x": -1}, "infinite", {"x": 0}, 4),  # relu sends nothing on: not 0·∞
    ("max(sqrt(x), 1)", {"x": 0}, "", {"x": 0}, 0),
    ("sqrt(relu(x) + 1)", {"x": -1}, "", {"x": 0}, 0),
    # poles
    ("log(x)", {"x": 0}, "pole", {"x": INF}, 4),
    ("1/x", {"x": 0}, "pole", {"x": -INF}, 4),
    ("x^-1", {"x": 0}, "pole", {"x": -INF}, 4),
    ("atanh(x)", {"x": 1}, "pole", {"x": INF}, 4),
    ("gamma(x)", {"x": -1}, "pole", {"x": NAN}, 4),
    ("where(x > 1, 1/(x - 2), 0)", {"x": 2}, "pole", {"x": -INF}, 4),
    ("where(x > 3, 1/(x - 2), 0)", {"x": 2}, "", {"x": 0}, 0),  # the branch not taken
    # outside a domain: NaN, and the first gate that left it is named though the result looks clean
    ("log(x)", {"x": -1}, "undefined", {"x": NAN}, 4),
    ("log(x)^0", {"x": -1}, "undefined", {"x": NAN}, 4),
    ("atan(1/x)", {"x": 0}, "pole undefined", {"x": NAN}, 4),
    ("where(log(x) > 0, 1, 2)*y", {"x": -1, "y": 3}, "undefined", {"x": 0, "y": 2}, 4),
    ("sqrt(x)", {"x": -1}, "undefined", {"x": NAN}, 4),
    ("acos(x)", {"x": 2}, "undefined", {"x": NAN}, 4),
    ("x^0.5", {"x": -1}, "undefined", {"x": NAN}, 4),
    ("x/y", {"x": 0, "y": 0}, "undefined", {"x": NAN, "y": NAN}, 4),
    ("x % y", {"x": 1, "y": 0}, "undefined", {"x": NAN, "y": NAN}, 4),
    ("atan2(y, x)", {"y": 0, "x": 0}, "undefined", {"y": NAN, "x": NAN}, 4),
    ("x^y", {"x": -2, "y": 3}, "undefined", {"x": 12, "y": NAN}, 4),  # the exponent alone is to blame …
    ("x^3", {"x": -2}, "", {"x": 12}, 0),  # … and only if it was asked for
    # doubles at their ends
    ("exp(x)", {"x": 1000}, "overflow", {"x": INF}, 4),
    ("1/x", {"x": 1e-308}, "overflow", {"x": -INF}, 4),
    ("x*1e308 - x*1e308", {"x": 10}, "overflow undefined", {"x": NAN}, 4),
    ("exp(x)", {"x": -1000}, "underflow", {"x": 0}, 4),
    ("sigmoid(x)", {"x": -1000}, "underflow", {"x": 0}, 4),
    ("sigmoid(x)", {"x": 1000}, "underflow", {"x": 0}, 4),
    ("softplus(x)", {"x": 1000}, "", {"x": 1}, 0),
    ("x*1e-200*1e-200", {"x": 1}, "underflow", {"x": 0}, 4),
    ("x*0", {"x": 5}, "", {"x": 0}, 0),
    # digits lost
    ("9007199254740993*x", {"x": 1}, "precision", {"x": 9007199254740992}, 0),
    ("(1e16 + x) - 1e16", {"x": 1}, "precision", {"x": 1}, 4),
    ("1 - cos(x)", {"x": 1e-9}, "precision", {"x": 1e-9}, 4),
    ("sin(pi*x)", {"x": 1}, "precision", {"x": -math.pi}, 4),
    ("x - x", {"x": 1}, "", {"x": 0}, 0),
    ("x - 1", {"x": 1}, "", {"x": 1}, 0),
    # inputs
    ("2*x", {"x": INF}, "nonfinite-input", {"x": 2}, 4),
    ("2*x", {"x": NAN}, "nonfinite-input", {"x": NAN}, 4),
    ("tanh(x)", {"x": -INF}, "nonfinite-input", {"x": 0}, 0),
    ("silu(x)", {"x": -INF}, "nonfinite-input", {"x": 0}, 0),
    # readings
    ("2x", {"x": 3}, "reading", {"x": 2}, 0),
    ("(x+y)z", {"x": -2, "y": 5, "z": -4}, "reading", {"x": -4, "y": -4, "z": 3}, 0),
]


@pytest.mark.parametrize(("expression", "inputs", "codes", "gradients", "status"), NOTED)
def test_notes(expression, inputs, codes, gradients, status):
    report = grad(expression, inputs)
    assert {note.code for note in report.notes} == set(codes.split())
    assert report.gradients == pytest.approx(gradients, rel=1e-12, nan_ok=True)
    assert report.status == status
    assert report.check.verdict != "disagree"


@pytest.mark.parametrize(("expression", "inputs", "codes", "gradients", "status"), NOTED)
def test_strict_makes_a_note_a_failure(expression, inputs, codes, gradients, status):  # noqa: ARG001
    assert grad(expression, inputs, strict=True, check=False).status == (4 if codes else 0)


VALUES_NOTED = [
    ("sin(pi)", {}, "precision", 4),
    ("9007199254740993", {}, "precision", 0),
    ("9007199254740992", {}, "", 0),
    ("(1e16 + 1) - 1e16", {}, "precision", 4),
    ("log(x)^0", {"x": -1}, "undefined", 4),
    ("atan(1/x)", {"x": 0}, "pole", 4),
    ("exp(1000)", {}, "overflow", 4),
    ("exp(-1000)", {}, "underflow", 4),
    ("relu(x)", {"x": 0}, "", 0),  # a kink has a value like any other point
    ("where(x > 0, sqrt(x), 0)", {"x": -1}, "", 0),
]


@pytest.mark.parametrize(("expression", "inputs", "codes", "status"), VALUES_NOTED)
def test_notes_on_values(expression, inputs, codes, status):
    report = evaluate(expression, inputs)
    assert {note.code for note in report.notes} == set(codes.split())
    assert report.status == status


def test_a_kink_names_its_interval():
    (note,) = grad("leaky_relu(x, slope=0.25)", x=0).notes
    assert "from 0.25 to 1" in note.message and note.span == (0, 25)


def test_zero_times_infinity_names_both_gates():
    last = grad("0*sqrt(x)", x=0).notes[-1]
    assert "0·∞" in last.message and "`sqrt`" in last.message and "f = 0 * n1" in last.message


# -- differences -------------------------------------------------------------------------------------------

# Where the complex step has traps: its product with 1e-200 underflows, or the real function is not defined.
DIFFERENCES = [
    ("exp(x)", -300.0, math.exp(-300)),
    ("log(x)", 1e300, 1e-300),
    ("x^0.5", 1e-250, 5e124),
    ("sin(x)", 2.0, math.cos(2.0)),
    ("abs(x)*x", -3.0, 6.0),
    ("x % 3", 7.5, 1.0),
]


@pytest.mark.parametrize(("expression", "x", "slope"), DIFFERENCES)
def test_difference(expression, x, slope):
    found = difference(graph_of(expression), {"x": x}, "x")
    assert abs(found.slope - slope) <= max(10 * found.error, 1e-9 * slope)


@pytest.mark.parametrize(("expression", "x"), [("sqrt(x)", -1.0), ("acosh(x)", 0.5), ("log(x)", -2.0)])
def test_no_difference_outside_the_reals(expression, x):
    assert complex_step(graph_of(expression), {"x": x}, "x") is None


def test_the_complex_step_sees_powers_of_negative_numbers():
    found = difference(graph_of("x^102"), {"x": -1.5}, "x")
    assert found.slope == pytest.approx(102 * (-1.5) ** 101, rel=1e-12) and found.method == "complex step"
