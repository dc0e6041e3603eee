"""Where the quick look finds nothing, the survey finds nothing; and at points without anything it does find nothing."""

from random import Random

import pytest
from programs import random_program
from truth import POINTS, random_formula, text_of

from backprop_cli.engine import anomalies
from backprop_cli.engine.passes import backward, forward
from backprop_cli.gates import GATES
from backprop_cli.session import open_session

ODD = [*POINTS, 0.0, -0.0, 1.0, 0.5, -3.0, float("inf"), float("nan")]


def looked(text, point, wrt=None, *, backwards=True):
    """Whether the quick look finds nothing, and what the survey finds."""
    graph = open_session(text, {}, {"defaults": point}).graph
    values = forward(graph, point)
    active = graph.dependents({graph.variables[name] for name in wrt or graph.variables if name in graph.variables})
    passed = backward(graph, values, graph.output, 1.0, active) if backwards else None
    given = graph, values, graph.output, passed, active if backwards else None
    quick = anomalies.nothing_to_find(graph, values, *given[3:])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(anomalies, "nothing_to_find", lambda *_: False)
        return quick, anomalies.find_anomalies(*given)


GATES_OF_ONE = [name for name, gate in GATES.items() if len(gate.parameters) == 1 and not gate.variadic]


@pytest.mark.parametrize("seed", range(6))
def test_the_quick_look_is_on_the_safe_side(seed):
    chosen, counts = Random(seed), {True: 0, False: 0}
    for _ in range(250):
        kind = chosen.random()
        if kind < 0.6:
            text, points = text_of(random_formula(chosen, chosen.randint(1, 8))), ODD
        elif kind < 0.8:
            text, points = random_program(chosen)[0], [0.0, 1.0, -1.0, 0.3, 2.0]
        else:
            one, other = chosen.choice(GATES_OF_ONE), chosen.choice(GATES_OF_ONE)
            text, points = f"{one}({other}(x)*y - z) + 0*x", [0.0, 1.0, -1.0, 0.3, 2.0, 800.0, 1e-300]
        point = {name: chosen.choice(points) for name in ("x", "y", "z")}
        wrt = chosen.choice([None, ["x"], ["y", "z"]])
        quick, found = looked(text, point, wrt, backwards=chosen.random() < 0.8)
        counts[quick] += 1
        assert not (quick and found), (text, point, wrt, found)
    assert min(counts.values()) > 40


# Points at which there is nothing to say, though a gate could have something to say elsewhere, and the opposite.
KNOWN = [
    ("x^2*y", {"x": -2.5, "y": 3.0}, True),
    ("relu(x)*y", {"x": -1.0, "y": 2.0}, True),
    ("x*y", {"x": 0.0, "y": 2.0}, True),
    ("relu(x)*y", {"x": 0.0, "y": 2.0}, False),
    ("abs(x)", {"x": 0.0}, False),
    ("max(x, y)", {"x": 1.0, "y": 2.0}, True),
    ("max(x, y)", {"x": 2.0, "y": 2.0}, False),
    ("x*y", {"x": 1e-200, "y": 1e-200}, False),
    ("exp(x)", {"x": -800.0}, False),
    ("sqrt(x)", {"x": 0.0}, False),
    ("1/x", {"x": 0.0}, False),
    ("floor(x)*y", {"x": 0.5, "y": 1.0}, True),
    ("floor(x)", {"x": 2.0}, False),
    ("x^1.5", {"x": 0.0}, False),
    ("tanh(x)", {"x": 400.0}, False),
    ("x", {"x": 0.0}, True),
    ("where(x > 0, x, y)", {"x": 1.0, "y": 2.0}, True),
    ("where(x > 0, x, y)", {"x": 0.0, "y": 2.0}, False),
    ("f = relu(x); df/dx", {"x": 2.0}, False),
    ("x*y", {"x": float("inf"), "y": 2.0}, False),
]


@pytest.mark.parametrize(("text", "point", "nothing"), KNOWN)
def test_what_is_ordinary_is_known(text, point, nothing):
    quick, found = looked(text, point)
    assert quick is nothing and not (quick and found)
