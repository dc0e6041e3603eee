"""Derivatives as graphs have the numbers of the backward pass, and the formulas that people know."""

import arrays
import numpy as np
import pytest
import random_arrays

from backprop_cli.engine.derive import derive
from backprop_cli.engine.passes import backward, forward
from backprop_cli.errors import BackpropError
from backprop_cli.gates import GATES
from backprop_cli.graph.verify import verify
from backprop_cli.session import open_session

# What has no derivative as a formula of gates.
REFUSED = ("sort(", "kron(", "cumprod(", "prod(T, axis=[0, 2])", "matrix_power(S, -3)", "digamma(")
AT = [(name, at) for name, gate in GATES.items() for at in gate.at if not gate.truth and gate.family != "choice"]


def both(text, values):
    """The gradients of the sum of the output's elements: by the backward pass, and by the derived graph's forward."""
    session = open_session(text, values, {})
    graph = session.graph
    numbers = forward(graph, session.values)
    wrt, shape = list(graph.variables.values()), graph.shape(graph.output)
    upstream = np.ones(shape) if shape else 1.0
    passed = backward(graph, numbers, graph.output, upstream, graph.dependents(set(wrt)))
    derived = derive(graph, graph.output, wrt)
    verify(derived.graph)
    found = forward(derived.graph, session.values)
    expected = [np.zeros(graph.shape(j)) if passed.grads[j] is None else passed.grads[j] for j in wrt]
    return expected, [found[node] for node in derived.gradients]


def assert_same(text, values):
    for expected, found in zip(*both(text, values), strict=True):
        assert np.shape(expected) == np.shape(found)
        assert np.allclose(found, expected, rtol=1e-10, atol=1e-12 * max(1, np.max(np.abs(expected), initial=0)))


@pytest.mark.parametrize(("name", "at"), AT)
def test_every_gate(name, at):
    names = [f"v{k}" for k in range(len(at))]
    text, values = f"{name}({', '.join(names)})", dict(zip(names, map(float, at), strict=True))
    if text.startswith(REFUSED):
        with pytest.raises(BackpropError, match="has no formula in gates"):
            both(text, values)
    else:
        assert_same(text, values)


@pytest.mark.parametrize("text", arrays.PROGRAMS)
def test_array_programs(text):
    values = {name: arrays.ENVIRONMENT[name] for name in arrays.names_in(text)}
    if text.startswith(REFUSED):
        with pytest.raises(BackpropError, match="has no formula in gates"):
            both(text, values)
    elif text != "det(M)":  # singular: the formula has its inverse
        assert_same(text, values)


@pytest.mark.parametrize("seed", range(60))
def test_random_array_programs(seed):
    made = random_arrays.program(seed)
    assert_same(made.text, made.values)


def test_what_is_ignored_sends_nothing():
    (_, found) = both("where(x > 0, sqrt(x), 0) + max(1/x, 5)*relu(y)", {"x": -1.0, "y": -3.0})
    assert found == [0.0, 0.0]
