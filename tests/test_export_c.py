"""Exported C is compiled, without a warning, and has the numbers of `grad`."""

import re
import shutil
import subprocess

import arrays
import numpy as np
import pytest
from conftest import backprop
from test_export import NETS, PROGRAMS

import backprop_cli
from backprop_cli.gates import GATES

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
ROWS = [
    *((program, dict.fromkeys(names, ())) for program in [*PROGRAMS, *NAMES]
      if (names := list(backprop_cli.diff(program, check=False).graph.variables))),
    *NETS, *MORE,
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


GATES_AT = [(name, at) for name, gate in GATES.items() for at in gate.at if not gate.truth]
# Gates whose derivative is no formula, or which C99 has no words for; all others are compiled and run.
REFUSED = {
    "digamma", "trigamma", "tetragamma",
    "erfcx", "log_normcdf", "argmax", "argmin", "kron", "cumprod", "avg_pool1d", "avg_pool2d", "max_pool1d",
    "max_pool2d", "conv1d", "conv2d", "cholesky", "eigvalsh", "svdvals", "pinv", "expm", "solve_triangular", "sort",
}  # fmt: skip
REFUSED_PROGRAMS = {"prod(T, axis=[0, 2])", "matrix_power(S, -3) + matrix_power(S, 0)*s"}


def _of_every_gate():
    for k, (name, at) in enumerate(GATES_AT):
        names = [f"v{j}" for j in range(len(at))]
        call = "where(v0 > 0, v1, v2)" if name == "where" else f"{name}({', '.join(names)})"
        yield f"{k} {name}", call, dict(zip(names, map(float, at), strict=True))
    for text in arrays.PROGRAMS:
        *steps, last = text.split("; ") if " = " in text else [text]
        program = "; ".join([*steps, f"out = {last.removeprefix('out = ')}", "sum(sin(out))"])
        yield text, program, {name: arrays.ENVIRONMENT[name] for name in arrays.names_in(text)}


OF_EVERY_GATE = list(_of_every_gate())
PARTS = 12  # of them, each one file for the compiler


@pytest.mark.parametrize("part", range(PARTS))
def test_every_gate(part, tmp_path):
    written = []
    for name, program, values in OF_EVERY_GATE[part::PARTS]:
        is_refused = name in REFUSED_PROGRAMS or any(f"{gate}(" in program for gate in REFUSED)
        try:
            text = backprop_cli.export(program, values, to="c")
        except backprop_cli.BackpropError as error:
            text = str(error)
        assert is_refused == ("no words in C" in text or "no formula in gates" in text), name
        if is_refused:
            continue
        (tmp_path / f"{len(written)}.c").write_text(text)
        written.append((program, values))
    flags = "-std=c99 -Wall -Wextra -Werror -O1"
    commands = [f"{GCC} {flags} {k}.c -o {k} -lm && ./{k} > {k}.txt || echo {k}" for k in range(len(written))]
    ran = subprocess.run(" ; ".join(commands), shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("", "")
    for k, (program, values) in enumerate(written):
        report, found = backprop_cli.grad(program, values, check=False), numbers((tmp_path / f"{k}.txt").read_text())
        output = next(iter(found))
        assert np.allclose(found[output], report.value, rtol=1e-12), program
        for name, expected in report.gradients.items():
            size = np.abs(expected).max(initial=0.0)
            assert np.allclose(found[f"d{output}/d{name}"], np.ravel(expected), rtol=0, atol=1e-12 * size + 1e-30), (
                program
            )


MATRICES = [
    ("sum(inv(A)*B)", 6),
    ("x' @ solve(A, x) + sum(solve(A, B)^2)", 5),
    ("det(A) + logabsdet(A)", 7),
    ("logdet(A'@A)", 5),
    ("det(A) + sum(inv(A))", 1),
    ("det(A[1:, :-1])*trace(inv(A'))", 4),
    ("sum(solve(A[:3, :3] + 9*eye(3), x[:3]))", 4),
    ("sum(cofactors(A)*B)", 4),
    ("sum(cumsum(A, axis=1)*B) + sum(cumsum(A)*cumsum(B, axis=0)[0, 0])", 3),
    ("eliminate = trace(A); solve = eliminate^2; solve*det(A)*sum(x)", 3),
    ("sum(matrix_power(A, 3)*B)", 4),
]


@pytest.mark.parametrize(("program", "order"), MATRICES)
def test_matrices(program, order, tmp_path):
    drawn = np.random.RandomState(order)
    values = {
        "A": drawn.standard_normal((order, order)),
        "B": drawn.standard_normal((order, order)),
        "x": drawn.rand(order),
    }
    values["A"][0, 0] = 1e-3 if order > 1 else 2.0  # no pivot
    values = {name: value for name, value in values.items() if re.search(rf"\b{name}\b", program)}
    (tmp_path / "grad.c").write_text(backprop_cli.export(program, values, to="c"))
    subprocess.run(
        [GCC, "-std=c99", "-Wall", "-Wextra", "-Werror", "grad.c", "-o", "grad", "-lm"], cwd=tmp_path, check=True
    )
    ran = subprocess.run([tmp_path / "grad"], capture_output=True, text=True, check=True)
    report, found = backprop_cli.grad(program, values, check=False), numbers(ran.stdout)
    output = next(iter(found))
    assert np.allclose(found[output], report.value, rtol=1e-11)
    for name, expected in report.gradients.items():
        assert np.allclose(found[f"d{output}/d{name}"], np.ravel(expected), rtol=0, atol=1e-11 * np.abs(expected).max())


def test_what_a_file_brings_along_is_what_it_calls():
    has = {name: backprop_cli.export(f"mean({name}(A))", A=np.eye(2), to="c") for name in ("inv", "cumsum")}
    has["det"] = backprop_cli.export("det(A)^2", A=np.eye(2), to="c")
    assert "static double eliminate(" in has["det"] and "log_det(" not in has["det"]
    assert "static double" not in has["cumsum"] and "static double log_det(" not in has["inv"]
    text = has["inv"]
    assert text.index("eliminate(int") < text.index("static void solve(") < text.index("static void inv(")


@pytest.mark.parametrize(
    "A", [[[1, 2], [2, 4]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[10, 20, 30], [40, 50, 60], [70, 80, 90]]]
)
def test_a_determinant_that_is_0(A, tmp_path):
    (tmp_path / "grad.c").write_text(backprop_cli.export("det(A)", A=A, to="c"))
    subprocess.run(
        [GCC, "-std=c99", "-Wall", "-Wextra", "-Werror", "grad.c", "-o", "grad", "-lm"], cwd=tmp_path, check=True
    )
    assert subprocess.run([tmp_path / "grad"], capture_output=True, check=False).returncode == 0


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
    (["sum(expm(A))", "A=(2,2)", "--wrt", "A"], ["`expm` has no formula in gates"]),
    (["sum(x*argmax(x))", "x=(2,)"], ["`argmax` has no words in C", "sum(x*argmax(x))\n  |       ^^^^^^^^^"]),
    (["erfcx(x)"], ["`erfcx` has no words in C", "^^^^^^^^"]),
    (["softplus(x) + tetragamma(x)"], ["N215", "tetragamma(x)"]),
    (["softplus(x) + digamma(x)"], ["`trigamma` has no words in C"]),
    (["sum(W@x)", "W=3"], ["V309"]),
])  # fmt: skip
def test_what_cannot_be_written_is_pointed_at(words, said, tmp_path):
    ran = backprop("export", *words, "--to", "c", "-o", str(tmp_path / "grad.c"))
    assert ran.status == 2 and not list(tmp_path.iterdir())
    assert all(text in ran.err for text in said), ran.err
