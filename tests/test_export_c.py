"""Exported C is compiled, without a warning, and has the numbers of `grad`."""

import re
import shutil
import subprocess

import numpy as np
import pytest
from conftest import backprop
from test_export import NETS, PROGRAMS

import backprop_cli

GCC = shutil.which("gcc")
pytestmark = pytest.mark.skipif(not GCC, reason="there is no gcc")
MORE = [
    ("sum(sin(X[1:, ::2])) + X[-1, 0]*X[0, -1]", {"X": (3, 5)}),
    ("sum(outer(x, y)*A')", {"x": (2,), "y": (3,), "A": (3, 2)}),
    ("std(x) + sum(log_softmax(y)^2)", {"x": (4,), "y": (3,)}),
    ("sum(A@B@x) + mean(A*2, axis=(0, 1))", {"A": (2, 3), "B": (3, 3), "x": (3,)}),
    ("max(x) * min(x) + amax(abs(x))", {"x": (4,)}), ("dot(x, y)/(norm(x)*norm(y))", {"x": (3,), "y": (3,)}),
    ("sum((X - mean(X, axis=1, keepdims=True))^3) + trace(X@X')", {"X": (3, 4)}),
    ("i*j*sum(k@l)", {"i": (), "j": (), "k": (2, 2), "l": (2,)}),
    ("sum(where(x > y, x^2, y/x)) + x[0, 1]*x[0, 2]", {"x": (1, 4), "y": (3, 1)}),
    ("sum(B@C)", {"B": (2, 3, 4), "C": (4, 2)}),
    ("sum(tril(A)@flip(x)) + sum(ravel(A)[1:5]^2)", {"A": (3, 3), "x": (3,)}),
    ("sum(reshape(A, 2, 6)*swapaxes(B, 0, 1)) + sum(concat(A, A, axis=1)^2)", {"A": (3, 4), "B": (6, 2)}),
    ("sum([[1, 2], [3, x]] @ [x, y])", {"x": (), "y": ()}), ("sum(W@[1,2,3,4,5,6,7,8,9,10,11,12,13])", {"W": (2, 13)}),
]  # fmt: skip
NAMES = [
    "int*double + exp(exp_)*gradient",
    "e*pi*x",
    "q = x*y; f = x*dq*q",
    "PI*pi + E*y1",
    "θ^2*x1*s1",
    "t4*x^t5",
    "a = x*y; b = z^2; y + 2",
]
NOT_IN_C = {"logdet", "inv", "cumsum"}  # gates of arrays
ROWS = [
    *((program, dict.fromkeys(names, ())) for program in [*PROGRAMS, *NAMES]
      if (names := list(backprop_cli.diff(program, check=False).graph.variables))),
    *((program, shapes) for program, shapes in [*NETS, *MORE] if not any(f"{gate}(" in program for gate in NOT_IN_C)),
]  # fmt: skip


def values_of(program, shapes):
    drawn = np.random.RandomState(3)
    scalars = iter((1.3, 0.7, -0.4, 2.1, 0.3))
    values = {name: drawn.uniform(0.3, 1.5, shape) if shape else next(scalars) for name, shape in shapes.items()}
    return {name: values[name] for name in backprop_cli.grad(program, values, check=False).gradients}


def numbers(printed):
    """What a program prints, by name; the elements of an array in a list."""
    found = {}
    for name, number in re.findall(r"^(\S+?)(?:\[\d+\])? = (.*)$", printed, re.MULTILINE):
        found.setdefault(name, []).append(float(number))
    return found


@pytest.mark.parametrize(("program", "shapes"), ROWS, ids=range(len(ROWS)))
def test_programs(program, shapes, tmp_path):
    values = values_of(program, shapes)
    (tmp_path / "grad.c").write_text(backprop_cli.export(program, values, to="c"))
    warned = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-O0"]
    subprocess.run([GCC, *warned, "grad.c", "-o", "grad", "-lm"], cwd=tmp_path, check=True)
    ran = subprocess.run([tmp_path / "grad"], capture_output=True, text=True, check=True)
    report, found = backprop_cli.grad(program, values, check=False), numbers(ran.stdout)
    output = next(iter(found))
    assert np.allclose(found.pop(output), report.value, rtol=1e-12)
    assert found.keys() == {f"d{output}/d{name}" for name in values}
    for name, expected in report.gradients.items():
        size = np.abs(expected).max(initial=0.0)
        assert np.allclose(found[f"d{output}/d{name}"], np.ravel(expected), rtol=1e-11, atol=1e-12 * size), name


def test_there_are_forty_programs():
    assert len(ROWS) >= 40


def test_a_wrong_gradient_is_noticed(tmp_path):
    path = tmp_path / "grad.c"
    assert backprop("export", "(x+y)*z + sum(w*w)", "x=-2", "y=5", "z=-4", "w=[1,2]", "-o", str(path)).status == 0
    for old, new, status in [("dz = n1", "dz = n1", 0), ("dy = z", "dy = 2.0*z", 1), ("2.0*w[i]", "2.1*w[i]", 1)]:
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
        subprocess.run([GCC, "-std=c99", path, "-o", tmp_path / "grad", "-lm"], check=True)
        assert subprocess.run([tmp_path / "grad"], capture_output=True, check=False).returncode == status
        path.write_text(path.read_text().replace(new, old))


@pytest.mark.parametrize(("words", "said"), [
    (["sum(inv(A))", "A=(2,2)"], ["`inv` has no words in C", "sum(inv(A))\n  |     ^^^^^^"]),
    (["erfcx(x)"], ["`erfcx` has no words in C", "^^^^^^^^"]),
    (["softplus(x) + digamma(x)"], ["N215", "digamma(x)"]),
    (["sum(W@x)", "W=3"], ["V309"]),
])  # fmt: skip
def test_what_cannot_be_written_is_pointed_at(words, said, tmp_path):
    ran = backprop("export", *words, "--to", "c", "-o", str(tmp_path / "grad.c"))
    assert ran.status == 2 and not list(tmp_path.iterdir())
    assert all(text in ran.err for text in said), ran.err
