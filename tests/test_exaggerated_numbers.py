"""The second computation of numbers alone, written out, does what the plain loops here say, to the last bit."""

from random import Random

import pytest
from truth import NAMES, POINTS, names_of, random_formula, text_of

from backprop_cli.engine.apart import SIX_DIGITS, Doubtful
from backprop_cli.engine.choices import KINKED, sure_slopes, sure_value
from backprop_cli.engine.doubtful import _doubtful_numbers
from backprop_cli.engine.exaggerated import Again, AgainExactly
from backprop_cli.engine.exaggerated_numbers import EXACT, LINEAR, LOOSE, MAY_BE_EXACT, ONES, ORDINARY, backward
from backprop_cli.engine.moves import SMALL
from backprop_cli.engine.passes import Rule
from backprop_cli.engine.passes import backward as plain_backward
from backprop_cli.engine.passes import forward as plain_forward
from backprop_cli.engine.sums import Lost, join, settle
from backprop_cli.gates import ROUTES
from backprop_cli.gates.fields import FLOATS
from backprop_cli.session import open_session


def plain(again, grads_here, active):
    """The values and the gradients with every rounding exaggerated, gate by gate; `again` has leaves and moves."""
    graph, before, factor = again.graph, again.before, again.moves.factor
    values = list(before)
    for node, constant in graph.constants.items():
        values[node] = again.constant(constant)
    for node in range(again.output + 1):
        gate, xs = graph.gates[node], [values[j] for j in graph.inputs[node]]
        if not xs:
            continue
        out = FLOATS.value[gate](*(map(again.nearby, xs) if gate in LOOSE else xs))
        is_exact = again.looks_closer and gate in MAY_BE_EXACT and FLOATS.exact_when[gate](*xs, out)
        if gate not in EXACT and not is_exact:
            out = out * factor() if SMALL <= abs(out) < ORDINARY else again.rounded(out, node, xs)
        if gate in KINKED:
            out = sure_value(Rule(gate, FLOATS, None), [before[j] for j in graph.inputs[node]], xs, out)
        values[node] = out
    again.values = values  # what `slope` and its like look at
    grads, lost = [None] * len(graph), Lost(again.nearby)
    grads[again.output] = grads_here[again.output]
    for node in range(again.output, -1, -1):
        settle(grads, node, lost)
        gate, operands, xs = graph.gates[node], graph.inputs[node], [values[j] for j in graph.inputs[node]]
        arrived = grads[node]
        if arrived is None or not operands or not active[node]:
            continue
        slopes = FLOATS.locals[gate](*(map(again.nearby, xs) if gate in LOOSE else xs), values[node])
        if gate in KINKED:
            slopes = sure_slopes(Rule(gate, FLOATS, None), [before[j] for j in operands], xs, slopes)
        for j, slope in zip(operands, slopes, strict=True):
            if gate not in LINEAR:
                if slope == 0 and gate in ROUTES:
                    continue
                slope = slope * factor() if SMALL <= abs(slope) < ORDINARY else again.slope(slope, gate, xs)
            sent = arrived * slope
            if arrived not in ONES and slope not in ONES:
                sent = sent * factor() if SMALL <= abs(sent) < ORDINARY else again.product(sent, arrived, slope)
            if grads[j] is None:
                grads[j] = sent
            else:
                join(grads, j, sent, lost)
                if lost[j] == 0:  # nothing was rounded
                    del lost[j]
    return values, grads


def far(graph, here, there, beyond):
    """Where numbers moved by more than a millionth, or left the doubles."""
    found = {}
    for node, (x, y) in enumerate(zip(here, there, strict=True)):
        x, y = x or 0.0, y or 0.0
        if x is y and not graph.inputs[node]:
            continue
        if beyond if x - x != 0 else x != y and not abs(y - x) <= SIX_DIGITS * abs(x):
            found[node] = True
    return found


def same(here, there):
    return [repr(x) for x in here] == [repr(x) for x in there]


def compare(text, point):
    graph = open_session(text, dict(point), {}).graph
    values = plain_forward(graph, point)
    active = graph.dependents(set(graph.variables.values()))
    passed = plain_backward(graph, values, graph.output, 1.0, active)
    results = []
    for kind, fine in ((Again, 0), (AgainExactly, 0), (Again, 2)):
        fast = kind(graph, values, graph.output, fine)
        there, _ = backward(fast, passed.grads, active)
        slow = kind(graph, values, graph.output, fine)
        slow.moves.begin()
        expected = plain(slow, passed.grads, active)
        assert same(fast.values, expected[0]), text
        assert same(there, expected[1]), text
        found = _doubtful_numbers(kind(graph, values, graph.output, fine), passed, active)
        leaves = [x for x, operands in zip(values, graph.inputs, strict=True) if not operands]
        beyond = all(x - x == 0 for x in leaves)
        ours = [x if active[node] else None for node, x in enumerate(passed.grads)]
        there = [x if active[node] else None for node, x in enumerate(expected[1])]
        assert found == Doubtful(far(graph, values, expected[0], beyond), far(graph, ours, there, beyond)), text
        assert [*found.values] == sorted(found.values)
        assert [*found.grads] == sorted(found.grads)
        results.append(bool(found))
    return results


@pytest.mark.parametrize("seed", range(8))
def test_every_move_is_that_of_the_plain_loops(seed):
    chosen, doubted = Random(seed), 0
    for _ in range(150):
        steps = random_formula(chosen, chosen.randint(1, 9))
        point = {name: chosen.choice(POINTS) for name in NAMES}
        doubted += compare(text_of(steps), {name: point[name] for name in names_of(steps)})[0]
    assert 10 < doubted < 140  # both kinds are met


@pytest.mark.parametrize("seed", range(3))
def test_both_ways_through_a_graph_answer_alike(seed):
    chosen = Random(seed)
    for _ in range(300):
        text = text_of(random_formula(chosen, chosen.randint(1, 9)))
        point = {name: chosen.choice([*POINTS, 0.0, -0.0, float("inf"), float("nan")]) for name in NAMES}
        graph = open_session(text, {}, {"defaults": point}).graph
        values = plain_forward(graph, point)
        fast = plain_backward(graph, values, graph.output, chosen.choice([1.0, -2.5]))
        slow = plain_backward(graph, values, graph.output, fast.grads[graph.output], plain=True)
        assert same(fast.grads, slow.grads), text
        asked = [node for node, grad in enumerate(slow.grads) if grad is not None]
        assert same([fast.locals[node] for node in asked], [slow.locals[node] for node in asked]), text


# Program, values, whether anything in it is doubtful.
KNOWN = [
    ("(x+y)*z", {"x": -2.0, "y": 5.0, "z": -4.0}, False),
    ("(x + y) - x", {"x": 1e15, "y": 0.3}, True),
    ("x*y", {"x": 1e-200, "y": 1e-200}, True),
    ("x*y", {"x": 1e200, "y": 1e200}, True),
    ("x*y", {"x": float("inf"), "y": 2.0}, True),  # it may have been an overflow
    ("x + y", {"x": float("nan"), "y": 2.0}, False),
    ("sin(x*pi)", {"x": 3.0}, True),
    ("relu(x) + relu(-x)", {"x": 0.0}, False),
    ("0*x", {"x": 3.0}, False),
    ("x", {"x": 3.0}, False),
    ("a = x*y; b = x + 1", {"x": 3.0, "y": 2.0}, False),
    ("tanh(x) - x*w", {"x": 3e-320, "w": 1.0}, True),
    ("pi*x + e", {"x": 2.0}, False),
]


@pytest.mark.parametrize(("text", "point", "doubted"), KNOWN)
def test_what_is_doubtful_is_known(text, point, doubted):
    assert compare(text, point)[0] is doubted
