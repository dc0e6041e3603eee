"""Size is the user's to choose. Times are the benchmarks' business; here it has to work, and the numbers be right."""

import pytest

import backprop_cli
from backprop_cli.errors import BackpropError, Source
from backprop_cli.graph import lower
from backprop_cli.graph.verify import verify
from backprop_cli.language.parser import parse

SHAPES = {
    # program, value at x = 1, df/dx there
    "sum": ("+".join(["x"] * 200_000), 200_000.0, 200_000.0),
    "nested calls": ("abs(" * 100_000 + "x" + ")" * 100_000, 1.0, 1.0),
    "nested brackets": ("(" * 100_000 + "x" + ")" * 100_000, 1.0, 1.0),
    "chained statements": ("a0 = x\n" + "".join(f"a{k} = a{k - 1}*x\n" for k in range(1, 50_000)), 1.0, 50_000.0),
    "right-nested": ("x+(" * 50_000 + "x" + ")" * 50_000, 50_001.0, 50_001.0),
    "signs": ("-" * 100_000 + "x", 1.0, 1.0),
    "an input that is defined again": ("x = x*1; " * 50_000 + "x", 1.0, 1.0),
    "nested loops": ("for i in range(2) { " * 14 + "x = x*1" + " }" * 14 + "; x", 1.0, 1.0),
    "operands": ("max(" + ",".join(["x"] * 50_000) + ")", 1.0, 1.0),
}


@pytest.mark.parametrize("name", SHAPES)
def test_large_programs(name):
    program, value, slope = SHAPES[name]
    report = backprop_cli.grad(program, x=1, check=False)
    assert report.value == value
    assert report.gradients["x"] == pytest.approx(slope, rel=1e-9)


def test_large_graphs_keep_their_invariants():
    program = "\n".join(f"b{k} = {'x' if k < 2 else f'b{k - 1} + b{k - 2}'}*0.5" for k in range(20_000))
    verify(lower(parse(Source("expression", program))))


def test_the_check_is_linear_too():
    report = backprop_cli.grad("+".join(["sin(x)*x"] * 20_000), x=1)
    assert report.check.verdict == "agree" and report.check.methods == ("per-gate",)


def test_the_limit_has_a_name():
    with pytest.raises(BackpropError, match="more than 1,000 nodes") as caught:
        backprop_cli.evaluate("+".join(["x"] * 2_000), x=1, max_nodes=1_000)
    assert caught.value.status == 5
    assert "--max-nodes" in caught.value.diagnostics[0].help
