"""Graphs with arrays written out in numbers: within a budget, or not at all."""

import re
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT

from backprop_cli.engine.passes import forward
from backprop_cli.engine.unroll import unroll
from backprop_cli.session import open_session

GIVEN = {"X": np.arange(12.0).reshape(4, 3) + 1, "w": np.array([1.0, -2.0, 0.5]), "y": np.array([1.0, -1.0, 1.0, -1.0])}
PROGRAMS = [
    "mean(log(1 + exp(-y*(X@w))))",
    "sum(X@X') + dot(w, w)",
    "cross_entropy(X@[[1, 2], [3, 4], [5, 6]], [0, 1, 1, 0])",
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_budget_is_kept_wherever_it_ends(program):
    given = {name: x for name, x in GIVEN.items() if name in re.findall(r"\b\w\b", program)}
    session = open_session(program, given, {})
    values = forward(session.graph, session.values)
    whole = unroll(session.graph, values, session.graph.output)
    count = len(whole.graph)
    again = forward(whole.graph, whole.given)
    assert again[whole.output] == pytest.approx(values[session.graph.output], rel=1e-14)
    for budget in range(1, count):
        assert unroll(session.graph, values, session.graph.output, budget=budget) is None
    assert len(unroll(session.graph, values, session.graph.output, budget=count).graph) == count


def test_a_budget_that_ends_in_a_matrix_product_leaves_memory_as_it_was():
    """NumPy's loops over objects miscount references where an exception passes through them; Python crashed later."""
    script = (
        "import numpy as np; from backprop_cli import grad\n"
        "for seed in range(1000, 1010):\n"
        "    draw = np.random.default_rng(seed)\n"
        "    values = dict(X=draw.normal(size=(1000, 8))*2, w=draw.normal(size=8), b=0.3)\n"
        "    grad('mean(log(1 + exp(-y*(X@w + b))))', values, y=np.sign(draw.normal(size=1000)), check=False)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
