"""What goes straight along a direction is computed once: the ends of steps are those of the whole program's pass."""

import numpy as np
import pytest

from backprop_cli.check.straight import Line, goes_straight, slope_of_a_line
from backprop_cli.engine.passes import forward
from backprop_cli.session import open_session

DRAWN = np.random.RandomState(5)
VALUES = {
    "X": DRAWN.standard_normal((4, 3)), "W": DRAWN.standard_normal((3, 3)), "v": DRAWN.standard_normal(3),
    "u": DRAWN.standard_normal(3), "k": 0.7,
}  # fmt: skip
# A program, the input that is moved, the gates that go straight with it.
PROGRAMS = [
    ("sum(tanh(X@W + v))", "W", {"matmul", "add"}), ("sum(tanh(X@W + v))", "X", {"matmul", "add"}),
    ("sum((X@W)*(X@W))", "X", {"matmul"}), ("sum(v*u - 2*v)", "v", {"mul", "sub"}),
    ("sum(W@W)", "W", set()), ("sum(exp(W')*k)", "W", {"transpose"}), ("sum(v + v)", "v", {"add"}),
    ("dot(v, u)^2 + k", "v", {"dot"}), ("dot(v, v)", "v", set()), ("sum(-v/u)", "v", {"neg"}),
    ("sum(v*(W@v))", "v", {"matmul"}), ("k*sum(v)", "k", {"mul"}), ("sum(outer(v, u)@v)", "v", {"outer"}),
]  # fmt: skip


def opened(text):
    graph = open_session(text, VALUES, {}, spare=True).graph
    return graph, forward(graph, {name: VALUES[name] for name in graph.variables})


@pytest.mark.parametrize(("text", "name", "straight"), PROGRAMS)
def test_the_end_of_a_step_is_that_of_a_pass(text, name, straight):
    graph, values = opened(text)
    node = graph.variables[name]
    along = DRAWN.standard_normal(np.shape(values[node]))
    line = Line(graph, values, node, along)
    for step in (0.0, 1e-3, -0.4, 2.0):
        given = {**{other: VALUES[other] for other in graph.variables}, name: VALUES[name] + step * along}
        assert line.output(step, 3.0) == pytest.approx(3 * forward(graph, given)[graph.output], rel=1e-12)
    moved, found = {node}, set()
    for i in range(node + 1, len(graph)):
        touched = moved.intersection(graph.inputs[i])
        if touched and goes_straight(graph, i, touched):
            found.add(graph.gates[i])
            moved.add(i)
    assert found == straight


def test_what_overflows_on_the_way_is_not_taken_for_straight():
    graph = open_session("sum(sigmoid(v + w))", {"v": [1e308, 0], "w": [1e308, 0.5]}, {}).graph
    values = forward(graph, {"v": np.array([7e307, 0]), "w": np.array([7e307, 0.5])})
    with np.errstate(over="ignore"):
        line = Line(graph, values, graph.variables["v"], np.array([7e307, 1.0]))  # v + w is infinite at a step of 1
    assert line.output(1e-3, 1.0) == pytest.approx(1 + 1 / (1 + np.exp(-0.501)), rel=1e-12)


def test_the_slope_of_a_line_is_known_but_for_rounding():
    slope, error, _ = slope_of_a_line(lambda step: 1e6 + 3 * step)
    assert slope == pytest.approx(3, abs=1e-9)
    assert abs(slope - 3) <= error < 1e-8
