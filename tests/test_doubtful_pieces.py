"""What goes through large arrays a piece at a time finds what the plain passes find, element by element."""

import math
import re
from random import Random

import numpy as np
import pytest

import backprop_cli
from backprop_cli.engine import alone, by_elements, doubtful, doubtful_pieces, exaggerated, moves, true_numbers, unroll
from backprop_cli.engine.passes import backward, forward
from backprop_cli.gates import GATES
from backprop_cli.session import open_session

INF, NAN = math.inf, math.nan
_SLOW = "gamma|sinc"  # on arrays
_GATES = [gate for gate in GATES.values() if not (gate.truth or re.search(_SLOW, gate.formula))]
_USUAL = ["add", "mul", "sub", "relu", "sigmoid", "div", "max", "where", "exp", "tanh", "square"]
_ODD = [0.0, -0.0, INF, -INF, NAN, 5e-324, 1e-310, 1e308, 1.0, -1.0]
_ENDS = [
    "sum({0})", "mean({0})", "sum({0})*n + mean({1}*x)", "exp(-mean({0})^2)*sum({1} + x)", "sqrt(sum(({0})^2))",
    "sum({0}) + sum({0}*{0}) - mean(x)", "sum({0})/n - n",
]  # fmt: skip


def a_program(seed):
    """A program over arrays of one shape and numbers, some of them odd, with sums at its end; and values for it."""
    draw, drawn = Random(seed), np.random.default_rng(seed)
    shape = draw.choice([(200,), (129,), (20, 15), (64,), (65,)])
    values = {"n": float(drawn.normal())}
    for name in "xyzw":
        if draw.random() < 0.25 and name != "x":
            values[name] = draw.choice([float(drawn.normal()), 0.0, 2.0, 1.0, 1e-160])
            continue
        x = drawn.normal(size=shape) * draw.choice([1, 1, 1, 1e-160, 1e160, 30, 1e-8])
        for odd in draw.sample(_ODD, draw.choice([0, 0, 0, 1, 2])):
            x.flat[drawn.integers(0, x.size, draw.choice([1, 5, x.size // 2]))] = odd
        values[name] = np.asfortranarray(x) if draw.random() < 0.1 else x
    known, statements = list("xyzw"), []
    for k in range(draw.randint(1, 6)):
        gate = draw.choice(_GATES) if draw.random() < 0.5 else GATES[draw.choice(_USUAL)]
        count = draw.randint(2, 3) if gate.variadic else sum(not p.kind and p.required for p in gate.parameters)
        operands = [draw.choice([*known[-4:], *["3", "0.5", "pi"][: draw.randint(0, 3)]]) for _ in range(count)]
        if gate.family == "choice":
            operands[0] = f"{draw.choice(known)} > {draw.choice(known)}"
        statements.append(f"v{k} = {gate.name}({', '.join(operands)})")
        known.append(f"v{k}")
    text = "; ".join([*statements, draw.choice(_ENDS).format(known[-1], known[-2])])
    return text, {name: x for name, x in values.items() if re.search(rf"\b{name}\b", text)}, draw


def passes_of(text, values, draw):
    session = open_session(text, values, {})
    graph = session.graph
    found = forward(graph, session.values)
    wanted = {node for node in graph.variables.values() if draw.random() < 0.8} or {*graph.variables.values()}
    active = graph.dependents(wanted) if draw.random() < 0.8 else None
    passed = backward(graph, found, graph.output, 1.0, active) if draw.random() < 0.9 else None
    return graph, found, passed, active


@pytest.fixture
def small_pieces(monkeypatch):
    """Pieces of 64 elements, and every move the same, so that it is no matter of luck what moves too far."""
    monkeypatch.setattr(doubtful_pieces, "PIECE", 64)
    monkeypatch.setattr(moves, "_factors", lambda size: [1.0 + 0.75 * size] * 1009)
    alike = {run: moves.Moves(2.0**-47 if run else 2.0**-43, 0) for run in range(4)}
    monkeypatch.setattr(exaggerated, "moves", alike.get)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("seed", range(240))
def test_pieces_find_what_the_plain_passes_find(seed, monkeypatch):
    graph, values, passed, active = passes_of(*a_program(seed))
    with np.errstate(all="ignore"):
        for run in (0, 2):
            monkeypatch.setattr(doubtful, "_FEW", 100)
            fast = doubtful._doubtful_arrays(graph, values, graph.output, run, passed, active)
            monkeypatch.setattr(doubtful, "_FEW", 10**9)
            plain = doubtful._doubtful_arrays(graph, values, graph.output, run, passed, active)
            for ours, theirs in ((fast.values, plain.values), (fast.grads, plain.grads)):
                assert list(ours) == list(theirs)
                for node, mask in ours.items():
                    np.testing.assert_array_equal(mask, np.broadcast_to(theirs[node], np.shape(mask)))


@pytest.mark.usefixtures("small_pieces")
def test_most_of_these_programs_go_in_pieces():
    planned = 0
    for seed in range(240):
        graph, values, *_ = passes_of(*a_program(seed))
        planned += graph.has_arrays and by_elements.plan(graph, values, graph.output) is not None
    assert planned > 120


PLANS = [  # program, whether it goes in pieces
    ("sum(x*y)", True), ("mean(x*y)", True), ("sum(x)", False), ("3*sum(a*x) + mean(x^2)/a", True),
    ("sum(x - mean(x))", False), ("norm(x*y)", False), ("sum(x*y, keepdims=True)", False), ("max(x*y)", False),
    ("sum(sort(x*y))", False), ("sum(x*y) + prod(x)", False), ("sum(x*a + [1])", False), ("exp(a)", False),
]  # fmt: skip


@pytest.mark.parametrize(("program", "goes"), PLANS, ids=[row[0] for row in PLANS])
def test_what_goes_in_pieces(program, goes):
    given = {"x": np.ones(70_000), "y": np.ones(70_000), "a": 2.0}
    values = {name: x for name, x in given.items() if re.search(rf"\b{name}\b", program)}
    graph = open_session(program, values, {}).graph
    found = forward(graph, values)
    assert (graph.has_arrays and by_elements.plan(graph, found, graph.output) is not None) == goes


@pytest.mark.parametrize("place", [0, 65_535, 65_536, 149_999])
def test_a_lost_digit_is_found_in_any_piece(place):
    """Of 1e16 + 1 - 1e16 doubles leave 0 or 2, of numbers of about 1 all digits but the last."""
    x = np.random.default_rng(0).uniform(1, 2, 150_000)
    x[place] = 1e16
    report = backprop_cli.grad("s = (x + 1) - x; sum(s*y)", x=x, y=np.full(150_000, 3.0), check=False)
    lost = {item.element for item in report.untrue if item.of_gradient}
    assert lost == {(place,)}
    without = backprop_cli.grad(
        "s = (x + 1) - x; sum(s*y)", x=np.full(150_000, 1.5), y=np.full(150_000, 3.0), check=False
    )
    assert not without.untrue


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("seed", range(240))
def test_the_closer_look_is_at_the_doubtful_elements_alone(seed, monkeypatch):
    graph, values, passed, active = passes_of(*a_program(seed))
    found = doubtful.doubtful(graph, values, graph.output, passed, active)
    fast = doubtful.doubtful_again(graph, values, graph.output, found, passed, active)
    monkeypatch.setattr(by_elements, "elements_of", lambda *_: None)
    plain = doubtful.doubtful_again(graph, values, graph.output, found, passed, active)
    for ours, theirs in ((fast.values, plain.values), (fast.grads, plain.grads)):
        assert list(ours) == list(theirs)
        for node, mask in ours.items():
            np.testing.assert_array_equal(mask, np.broadcast_to(theirs[node], np.shape(mask)))


@pytest.mark.parametrize("program", ["sum(max(std(x), y))", "sum(clip(x*x, 0, y))", "sum(min(x*x, 9, -y))"])
def test_an_infinity_that_is_given_is_sure(program):
    """It was not moved, so no choice beside it could go otherwise."""
    bound = {"x": np.array([1.25, 2.5, 0.7]), "y": np.array([INF if "clip" in program else -INF, 5.0, 0.6])}
    graph, values, passed, active = passes_of(program, bound, Random(3))
    assert not doubtful.doubtful(graph, values, graph.output, passed, active)


@pytest.mark.parametrize("wrt", [("a",), ("b",), ("c",), ("a", "c"), ("b", "x"), ("x",), ("a", "b", "c", "x")])
@pytest.mark.parametrize(
    "program", ["sum(tanh(a@b)@c*x)", "dot((a@b)@c@x, x) + mean(a)", "norm(kron(a, b)) + sum(outer(x, x))"]
)
def test_what_is_kept_of_products_is_all_that_a_pull_needs(program, wrt):
    draw = np.random.default_rng(0)
    bound = {
        "a": draw.normal(size=(3, 4)),
        "b": draw.normal(size=(4, 3)),
        "c": draw.normal(size=(3, 3)),
        "x": draw.normal(size=3),
    }
    bound = {name: x for name, x in bound.items() if re.search(rf"\b{name}\b", program)}
    graph = open_session(program, bound, {}).graph
    values = forward(graph, bound)
    active = graph.dependents({graph.variables[name] for name in wrt if name in bound})
    passed = backward(graph, values, graph.output, 1.0, active)
    some = exaggerated.Again(graph, values, graph.output, active=active).backward(passed, active)
    every = exaggerated.Again(graph, values, graph.output).backward(passed, active)
    for node, (ours, theirs) in enumerate(zip(some, every, strict=True)):
        assert (ours is None) == (theirs is None)
        if active[node] and ours is not None:
            assert np.asarray(ours).tobytes() == np.asarray(theirs).tobytes()


ROWS = [  # programs whose arrays have a row an example, and what each loses digits of
    "mean(softplus(X@w + b) - y*(X@w + b))",
    "mean(log(1 + exp(-y*(X@w + b))))",
    "z = X@w + b; p = sigmoid(z); -mean((1 + y)/2*log(p) + (1 - y)/2*log(1 - p))",
    "m = X - max(X, axis=1, keepdims=True); mean(log(sum(exp(m), axis=1)) - m[:, 0])",
    "P = softmax(X@V); -mean(log(P[:, 0])) + b*sum(V^2)/2",
    "cross_entropy((X@V + 1e12*b) - 1e12*b, k)",
    "mse((X@w + 1e12) - 1e12, y)/2 + sum(w)",
    "s = (X@w + 1e13) - 1e13; sum(s*s*y) - 3*mean(s)",
    "h = X@V; sum((h - mean(h, axis=1, keepdims=True))/sqrt(var(h, axis=1, keepdims=True) + 1e-5)*C)",
    "norm((X@w + 1e12) - 1e12)",
    "x = (X@w + 1e12) - 1e12; sum(x[0:3]) + sum(x*y)",
]


def rowwise(seed):
    """A program of ROWS, and values for it."""
    draw = np.random.default_rng(seed)
    n, d = int(draw.integers(2, 9)), int(draw.integers(2, 4))
    values = {
        "X": draw.normal(size=(n, d)) * 10 ** draw.uniform(0, 2, (n, 1)), "w": draw.normal(size=d), "b": 0.25,
        "V": draw.normal(size=(d, 3)), "y": np.sign(draw.normal(size=n)), "k": draw.integers(0, 3, n) * 1.0,
        "C": draw.normal(size=(n, 3)),
    }  # fmt: skip
    text = ROWS[seed % len(ROWS)]
    return text, {name: x for name, x in values.items() if re.search(rf"\b{name}\b", text)}


@pytest.mark.parametrize("seed", range(11 * 12))
def test_doubtful_rows_are_decided_alone_as_in_the_whole_program(seed, monkeypatch):
    text, values = rowwise(seed)
    graph = open_session(text, values, {}).graph
    found = forward(graph, values)
    passed = backward(graph, found, graph.output, 1.0)
    doubts = doubtful.doubtful(graph, found, graph.output, passed)
    ours = true_numbers.true_numbers(graph, found, doubts, graph.output, passed)
    monkeypatch.setattr(alone, "alone", lambda *_: None)
    theirs = true_numbers.true_numbers(graph, found, doubts, graph.output, passed)
    assert list(map(repr, ours)) == list(map(repr, theirs))  # NaN is not NaN


@pytest.mark.parametrize("seed", range(11 * 12))
def test_what_adds_up_rows_that_are_decided_is_doubtful_only_for_other_reasons(seed, monkeypatch):
    """Where the whole program is too large nothing that is lost is passed over."""
    text, values = rowwise(seed)
    graph = open_session(text, values, {}).graph
    found, active = forward(graph, values), graph.dependents({*graph.variables.values()})
    passed = backward(graph, found, graph.output, 1.0, active)
    doubts = doubtful.doubtful(graph, found, graph.output, passed, active)
    given = graph, found, doubts, graph.output, passed, active
    of_all, real = true_numbers.true_numbers(*given), unroll.unroll
    monkeypatch.setattr(unroll, "unroll", lambda of, *rest, **words: None if of is graph else real(of, *rest, **words))
    told = {item[:3]: item.text for item in true_numbers.true_numbers(*given)}
    assert all(told.get(item[:3]) in ("", item.text) for item in of_all if math.isfinite(item.ours))


def test_weights_are_not_doubtful_for_a_row_that_is_decided():
    """Of 1 - sigmoid(25) five digits are right, of the slopes of a thousand such losses by the weights eight."""
    draw = np.random.default_rng(0)
    x, t = draw.uniform(-3, 3, (1000, 2)), draw.integers(0, 2, 1000) * 1.0
    x[7], t[7] = [15.0, 10.0], 0.0
    program = "p = sigmoid(X@w); -mean(t*log(p) + (1 - t)*log(1 - p))"
    report = backprop_cli.grad(program, X=x, t=t, w=np.ones(2), check=False)
    assert report.untrue and {item.element[0] for item in report.untrue} == {7}  # the gradient of w has 0 and 1


ALONE = {  # of the programs of ROWS: whether gradients are decided by rows too
    0: True, 1: True, 2: True, 3: True, 4: True, 5: True, 6: True, 7: True, 8: True, 9: False, 10: False,
}  # fmt: skip


@pytest.mark.parametrize("number", ALONE)
def test_what_is_decided_by_rows(number):
    text, values = rowwise(number)
    graph = open_session(text, values, {}).graph
    found = forward(graph, values)
    node = next(i for i, x in enumerate(found) if np.shape(x)[:1] == values["X"].shape[:1] and i >= len(values))
    mask = np.zeros(np.shape(found[node]), bool)
    mask[1] = True
    passed = backward(graph, found, graph.output, 1.0)
    of_values = alone.alone(graph, found, doubtful.Doubtful({node: mask}, {}), graph.output, None)
    of_grads = alone.alone(graph, found, doubtful.Doubtful({}, {node: mask}), graph.output, passed)
    assert of_values is not None and (of_grads is not None) == ALONE[number]


def test_of_a_thousand_rows_the_lost_one_is_given_its_true_value():
    """1 + exp(-36) is rounded by a part of 2.3e-16 in 1.0; its logarithm is exp(-36) - exp(-72)/2."""
    x = np.random.default_rng(0).uniform(-3, 3, (1000, 2))
    x[7] = [20.0, 16.0]
    report = backprop_cli.grad("mean(log(1 + exp(-(X@w))))", X=x, w=np.ones(2), check=False)
    (item,) = [item for item in report.untrue if not item.of_gradient]
    assert (item.element, item.text) == ((7,), "2.31952283e-16")
    assert math.exp(-36) == pytest.approx(float(item.text), rel=1e-9)


ENDS = ["sum({0})", "3*mean({0}) - sum({0}*y)/n", "n/2*(mean({0}) + 1)"]  # what arrives does not depend on the sums


def lossy(seed):
    """A program whose elements lose their digits in some places, and values for it."""
    draw, drawn = Random(seed), np.random.default_rng(seed)
    shape = draw.choice([(40,), (5, 8), (2, 4, 5)])
    x = drawn.normal(size=shape) * 10 ** drawn.uniform(0, 17, shape)
    element = draw.choice(
        [
            "(x + y) - x",
            "exp(y)/(1 + exp(y)) - 1 + x*0",
            "(x + y)^2 - x^2 - y*n",
            "sin(x + y) - sin(x)",
            "log(1 + y/x)*x",
        ]
    )
    text, values = draw.choice(ENDS).format(f"({element})"), {"x": x, "y": drawn.normal(size=shape), "n": 3.0}
    return text, {name: x for name, x in values.items() if re.search(rf"\b{name}\b", text)}


@pytest.mark.parametrize("seed", range(60))
def test_doubtful_elements_are_decided_alone_as_in_the_whole_program(seed, monkeypatch):
    text, values = lossy(seed)
    graph = open_session(text, values, {}).graph
    found = forward(graph, values)
    passed = backward(graph, found, graph.output, 1.0)
    doubts = doubtful.doubtful(graph, found, graph.output, passed)
    only = doubtful.Doubtful(*({n: m for n, m in masks.items() if graph.shapes[n]} for masks in doubts))
    assert alone.alone(graph, found, only, graph.output, passed) or not only
    ours = true_numbers.true_numbers(graph, found, only, graph.output, passed)
    monkeypatch.setattr(alone, "alone", lambda *_: None)
    assert ours == true_numbers.true_numbers(graph, found, only, graph.output, passed)


def test_most_of_these_programs_lose_digits_in_elements():
    lost = 0
    for seed in range(20):
        report = backprop_cli.grad(*lossy(seed), check=False)
        lost += any(item.element for item in report.untrue)
    assert lost > 10


def test_of_many_elements_the_lost_ones_are_given_their_true_gradients():
    """The sum of y*x^2 has the slopes 2*x*y and x^2, here 7.5 and 1.5625; of 1e16 + 1.25 doubles leave 2."""
    x, y = np.random.default_rng(0).uniform(3e10, 4e10, 150_000), np.full(150_000, 3.0)
    x[77_777] = 1.25
    report = backprop_cli.grad("sum(y*((x + 1e16) - 1e16)^2)", x=x, y=y, check=False)
    of_leaves = [(item.element, item.ours, item.text) for item in report.untrue if item.of_gradient][:2]
    assert of_leaves == [((77_777,), 4.0, "1.5625"), ((77_777,), 12.0, "7.5")]  # y comes first in the text
