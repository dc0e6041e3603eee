"""Fifty random array programs: values by NumPy, gradients by differences of NumPy's values and, where it is installed,
by torch; forward mode, and the check, which never accuses a right gradient."""

import numpy as np
import pytest
from arrays import differences, gradients, prepared, weights_like
from random_arrays import program

from backprop_cli import grad
from backprop_cli.engine.passes import backward
from backprop_cli.engine.tangent import tangent

PROGRAMS = [program(seed) for seed in range(50)]
each_program = pytest.mark.parametrize("made", PROGRAMS, ids=[str(seed) for seed in range(50)])


@each_program
def test_value_is_numpys(made):
    graph, values = prepared(made.text, made.values)
    expected = made.numpy(made.values)
    assert np.shape(values[graph.output]) == np.shape(expected)
    np.testing.assert_allclose(values[graph.output], expected, rtol=1e-10, atol=1e-10)


@each_program
def test_gradient_is_that_of_differences(made):
    for name, gradient in gradients(made.text, made.values).items():
        expected = differences(made.numpy, made.values, name, 1e-4)
        np.testing.assert_allclose(gradient, expected, rtol=1e-6, atol=1e-7, err_msg=f"{name} in {made.text}")


@each_program
def test_gradient_is_torchs(made):
    torch = pytest.importorskip("torch", reason="torch is not installed: its 50 gradients are not compared")
    given = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in made.values.items()}
    output = made.torch(given)
    (output * torch.as_tensor(weights_like(made.numpy(made.values)))).sum().backward()
    for name, gradient in gradients(made.text, made.values).items():
        expected = np.zeros(gradient.shape) if given[name].grad is None else given[name].grad.numpy()
        np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-10, err_msg=f"{name} in {made.text}")


@each_program
def test_forward_mode_is_reverse_mode(made):
    graph, values = prepared(made.text, made.values)
    weights = weights_like(values[graph.output])
    passed = backward(graph, values, graph.output, weights)
    for name, node in graph.variables.items():
        along = np.sin(1.0 + np.arange(np.size(made.values[name]))).reshape(np.shape(made.values[name]))
        moved = tangent(graph, passed.locals, {node: along if along.ndim else float(along)}, values)[graph.output]
        pulled = 0.0 if passed.grads[node] is None else np.sum(passed.grads[node] * along)
        assert np.sum(weights * moved) == pytest.approx(pulled, rel=1e-9, abs=1e-11)


def test_check_decides_and_never_disagrees():
    """Only a jump of `where`, or a gradient that is all rounding, leaves it undecided."""
    seeds = [weights_like(made.numpy(made.values)) for made in PROGRAMS]
    verdicts = [grad(p.text, p.values, seed_grad=s).check.verdict for p, s in zip(PROGRAMS, seeds, strict=True)]
    assert verdicts.count("disagree") == 0
    assert verdicts.count("agree") >= 45


def test_every_operation_can_be_drawn():
    """Fifteen hundred programs use each line of the table of operations."""
    from random_arrays import ELEMENTWISE, REDUCTIONS, TENSORS

    used = {operation.text for seed in range(1500) for _, operation, _ in program(seed).steps}
    assert {operation.text for operation in ELEMENTWISE + REDUCTIONS + TENSORS} == used
