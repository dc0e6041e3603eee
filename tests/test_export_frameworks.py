"""Exported files for PyTorch and JAX are run, where those are installed, and agree with them and with `grad`."""

import numpy as np
import pytest
from test_export import NETS, PROGRAMS

import backprop_cli

ROWS = [
    *((program, dict.fromkeys(backprop_cli.diff(program, check=False).graph.variables, ())) for program in PROGRAMS),
    *NETS,
    ("sum(X, keepdims=True)[0, 0]^2 + sum(std(X, axis=0)*max(X, axis=1))", {"X": (3, 3)}),
    ("x*stop_gradient(y) + erf(x) + erfc(y) + lgamma(z)", dict.fromkeys("xyz", ())),
    ("lambda*inputs + value^2", dict.fromkeys(("lambda", "inputs", "value"), ())),
]


@pytest.mark.parametrize(("program", "shapes"), ROWS, ids=range(len(ROWS)))
@pytest.mark.parametrize("to", ["torch", "jax"])
def test_programs(program, shapes, to):
    pytest.importorskip(to, reason=f"{to} is not installed: what we print for it is not run")
    drawn = np.random.RandomState(3)
    scalars = iter((1.3, 0.7, 2.1, 0.4))
    values = {name: drawn.uniform(0.3, 1.5, shape) if shape else next(scalars) for name, shape in shapes.items()}
    text = backprop_cli.export(program, values, to=to)
    assert "own = " in text  # the comparison with the library's own gradient
    made = {"__name__": "__main__"}
    exec(compile(text, "exported", "exec"), made)
    report = backprop_cli.grad(program, values, check=False)
    value, gradients = (made[name] for name in ("value", "gradient"))
    assert np.allclose(_array(value), report.value, rtol=1e-12)
    for name, expected in report.gradients.items():
        size = max(1.0, np.abs(expected).max(initial=0.0))
        assert np.allclose(_array(gradients[name]), expected, rtol=1e-11, atol=1e-12 * size), name


def _array(value):
    return np.asarray(value.detach() if hasattr(value, "detach") else value)


@pytest.mark.parametrize("to", ["torch", "jax"])
def test_a_wrong_line_is_noticed(to):
    pytest.importorskip(to)
    text = backprop_cli.export("(x+y)*z", x=-2, y=5, z=-4, to=to)
    assert "dy = z " in text
    with pytest.raises(AssertionError):
        exec(compile(text.replace("dy = z ", "dy = 2*z "), "exported", "exec"), {"__name__": "__main__"})


def test_at_a_kink_no_convention_is_compared():
    for to in ("torch", "jax"):
        assert "own = " not in backprop_cli.export("max(x, 0)", x=0, to=to)
        assert "own = " in backprop_cli.export("max(x, 0)", x=1, to=to)
