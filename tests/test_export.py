"""Exported files are run, and have the numbers of `grad`."""

import random
import subprocess
import sys

import numpy as np
import pytest
import random_arrays
from conftest import backprop
from programs import random_program
from test_tex import PROGRAMS as TEX_PROGRAMS
from test_tex import compiled, needs

import backprop_cli
from backprop_cli.deriving import TARGETS
from backprop_cli.gates import GATES

NO_WORDS = {
    "erfcx",
    "log_normcdf",
    "digamma",
    "trigamma",
    "tetragamma",
    "sinc",
    "logit",
    "log_base",
    "mish",
    "huber",
    "gamma",
    "lgamma",
    "selu",
}
PROGRAMS = [
    "(x+y)*z", "x^3 - 2x + 1", "1/(1 + exp(-(w*x + b)))", "sigmoid(w*x + b)", "sqrt(x^2 + y^2)", "max(x, y, 0)*z",
    "where(x > y, x^2, -y)", "log(x)/y", "atan2(y, x)", "tanh(x)^2 + relu(x - 1)*y", "abs(x - y)/3", "x^y", "2^x",
    "gelu(x)*silu(y)", "softplus(x - y)", "floor(x) + x*y", "clip(x, 0, 1)*y", "pi*x^2", "-x^2", "x^-2",
    "gate neuron(a, b) = tanh(a*b + 1); neuron(x, y)*neuron(y, z)", "h = x; for t in range(3) { h = tanh(h*y) }; h^2",
    "lambda*x", "hypot(x, y)", "leaky_relu(x - 2)*y", "elu(x - 2)", "cbrt(x)", "asin(x/9)", "normcdf(x)",
    "erf(x)*erfc(y)", "S = 100 + x; S*normcdf(log(S/100)/y) - 100*exp(z)*normcdf(log(S/100)/y - y)",
]  # fmt: skip
NETS = [
    ("norm(W@x)^2", {"W": (2, 3), "x": (3,)}),
    ("h = relu(X@W1 + b1); s = h@W2 + b2; cross_entropy(s, [0, 1, 0, 1]) + 0.1*(sum(W1^2) + sum(W2^2))",
     {"X": (4, 2), "W1": (2, 3), "b1": (3,), "W2": (3, 2), "b2": (2,)}),
    ("hinge_loss(X@W, [0, 2, 1])", {"X": (3, 2), "W": (2, 3)}),
    ("m = mean(X, axis=0); v = var(X, axis=0); sum(sin(g*(X - m)/sqrt(v + 1e-5) + b))",
     {"X": (5, 3), "g": (3,), "b": (3,)}),
    ("a = softmax(Q@K'/sqrt(3)); sum(sin(a@V))", {"Q": (2, 3), "K": (4, 3), "V": (4, 2)}),
    ("h = b; for t in range(3) { h = tanh(x[t]*w + h@U) }; sum(h)", {"x": (3,), "w": (2,), "b": (2,), "U": (2, 2)}),
    ("logdet(A@A' + eye(3)) + trace(inv(A@A' + eye(3)))", {"A": (3, 3)}),
    ("x' @ A @ x + b @ x", {"x": (3,), "A": (3, 3), "b": (3,)}),
    ("sum(logsumexp(X, axis=1)) - mean(max(X, axis=0))", {"X": (3, 4)}),
    ("sum(concat(x, y)^2 * concat(y, x)) + x[0]*y[1]", {"x": (3,), "y": (3,)}),
    ("mse(sigmoid(X@w), t)", {"X": (4, 2), "w": (2,), "t": (4,)}),
    ("sum(gelu(W@x)) + erf(x) @ erfc(x)*normcdf(x[0])", {"W": (2, 3), "x": (3,)}),
    ("norm1(x) + prod(x) + sum(cumsum(x)^2)", {"x": (4,)}),
    ("a = min(z, axis=[0, 2], keepdims=True); b = exp(-z^2); sum(sin(softplus(max(b, axis=[0, 2])) @ a))",
     {"z": (2, 1, 3)}),
    ("v = abs(y); sum(x*norminf(y, axis=0) + norm1(y, axis=0))", {"x": (3,), "y": (3, 1)}),
]  # fmt: skip


def run(text, values):
    """What the function of an exported file answers."""
    names = {"__name__": "exported"}
    exec(compile(text, "exported", "exec"), names)
    return names["value_and_gradient"](*values)


def assert_runs(program, values, to):
    text = backprop_cli.export(program, values, to=to)
    report = backprop_cli.grad(program, values, check=False)
    arguments = [np.asarray(value, dtype=float)[()] for value in values.values()]
    value, gradients = run(text, arguments if to == "numpy" else map(float, arguments))
    assert np.allclose(value, report.value, rtol=1e-12)
    for name, expected in report.gradients.items():
        size = max(1.0, np.abs(expected).max(initial=0.0))
        assert np.shape(gradients[name]) == np.shape(expected), name
        assert np.allclose(gradients[name], expected, rtol=1e-11, atol=1e-12 * size), name


@pytest.mark.parametrize("to", ["numpy", "python"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_of_numbers(program, to):
    names = list(backprop_cli.diff(program, check=False).graph.variables)  # in the order of mention
    assert_runs(program, dict(zip(names, (1.3, 0.7, -0.4, 2.1), strict=False)), to)


@pytest.mark.parametrize(("program", "shapes"), NETS)
def test_programs_of_arrays(program, shapes):
    drawn = np.random.RandomState(3)
    values = {name: drawn.uniform(0.3, 1.5, shape) for name, shape in shapes.items()}
    names = backprop_cli.grad(program, values, check=False).gradients  # in the order of mention
    assert_runs(program, {name: values[name] for name in names}, "numpy")


@pytest.mark.parametrize("name", [name for name, gate in GATES.items() if gate.at and not gate.truth])
def test_every_gate_is_written_or_refused_by_its_name(name):
    at = GATES[name].at[0]
    if name == "where":
        return
    names = [f"v{k}" for k in range(len(at))]
    program, values = f"{name}({', '.join(names)})", dict(zip(names, map(float, at), strict=True))
    try:
        assert_runs(program, values, "python")
    except backprop_cli.BackpropError as problem:
        assert name in NO_WORDS or "stop_gradient" in name, problem  # noqa: PT017


@pytest.mark.parametrize("to", ["numpy", "python"])
def test_random_programs(to):
    """What a statement computes beside the output may be needed by the gradient."""
    for seed in range(60):
        program, given = random_program(random.Random(seed))
        if given:
            names = backprop_cli.grad(program, given, check=False).gradients  # in the order of mention
            assert_runs(program, {name: float(given[name]) for name in names}, to)


def test_random_programs_of_arrays():
    tried = 0
    for seed in range(60):
        drawn = random_arrays.program(seed)
        program, values = f"{drawn.text}; sum(sin({drawn.steps[-1][0]}))", drawn.values
        try:
            report = backprop_cli.grad(program, values, check=False)
            backprop_cli.export(program, values, to="numpy")
        except backprop_cli.BackpropError:
            continue  # a gate that there is no formula or no word for
        if all(note.code == "reading" for note in report.notes):
            assert_runs(program, {name: values[name] for name in report.gradients}, "numpy")
            tried += 1
    assert tried > 30


def test_a_file_tests_itself(tmp_path):
    path = tmp_path / "grad.py"
    words = ["(x+y)*z", "x=-2", "y=5", "z=-4", "--to", "python", "-o", str(path)]
    assert backprop("export", *words).status == 0
    ran = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    assert ran.stdout == "f = -12.0\ndf/dx = -4.0\ndf/dy = -4.0\ndf/dz = 3.0\n"
    path.write_text(path.read_text().replace("dy = z ", "dy = 2*z "))
    assert subprocess.run([sys.executable, path], capture_output=True, check=False).returncode == 1


def test_digits_that_books_lose_are_kept():
    corner = "a = relu(y); b = max(a, x); hypot(a, b)*b"  # 0/0 in a line of which a choice takes nothing
    assert_runs(corner, {"y": -0.3, "x": -0.8}, "python")
    assert_runs("sigmoid(x)", {"x": 40.0}, "python")
    assert "1 - f" in backprop_cli.export("sigmoid(x)", x=1.0, to="python")


def test_what_cannot_be_written_is_said():
    for words, said in [
        (["norm(x)", "x=[1,2]", "--to", "python"], "numbers only"), (["x*y", "--to", "fortran"], "numpy, python"),
        (["[x, y]"], "wrap it"),
        (["sum(W@x)", "x=(3,)"], "`W` is an array, and has no shape\n  | sum(W@x)\n  |     ^\n"),
        (["sort(x)[0]", "x=(3,)"], "no formula"), (["erfcx(x)"], "`erfcx` has no words"),
    ]:  # fmt: skip
        ran = backprop("export", *words)
        assert ran.status == 2 and said in ran.err, ran.err


def test_a_file_that_is_there_is_kept(tmp_path):
    path = tmp_path / "grad.py"
    path.write_text("mine")
    ran = backprop("export", "x^2", "-o", str(path))
    assert ran.status == 2 and "--force" in ran.err and path.read_text() == "mine"
    assert backprop("export", "x^2", "-o", str(path), "--force").status == 0 and "2*x" in path.read_text()


def test_names_that_mean_something_else_are_left_alone():
    """A variable `e` is not Euler's number; a variable `dq` is not the gradient of `q`."""
    for program, values in [
        ("e*x", {"e": 3.0, "x": 2.0}), ("q = x*y; f = x*dq*q", {"x": 2.0, "y": 3.0, "dq": 5.0}),
        ("softplus(math)*t4 + e^sigmoid*pi", {"math": 0.5, "t4": 2.0, "sigmoid": 1.5}),
    ]:  # fmt: skip
        for to in ("numpy", "python"):
            assert_runs(program, values, to)


def test_long_constants_are_written_in_full():
    assert_runs(f"sum(x*{list(range(30))})", {"x": 2.0}, "numpy")


@pytest.mark.parametrize("program", PROGRAMS)
def test_sympy(program):
    """The file's own test compares its lines with SymPy's derivatives too."""
    names = list(backprop_cli.diff(program, check=False).graph.variables)
    values = dict(zip(names, (1.3, 0.7, -0.4, 2.1), strict=False))
    text = backprop_cli.export(program, values, to="sympy")
    made = {"__name__": "__main__"}
    exec(compile(text, "exported", "exec"), made)
    expected, called = backprop_cli.grad(program, values, check=False).gradients, made["point"]
    found = [float(made["sp"].sympify(slope).subs(called).evalf()) for slope in made["gradient"].values()]
    assert np.allclose(found, list(expected.values()), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (0, -1), (-1, 0), (1, 1)])
@pytest.mark.parametrize("program", [
    "a = relu(y); b = max(a, x); hypot(a, b)*b", "hypot(x, y)*x", "max(x, y)*x*y", "x*abs(x)*y",
    "max(x, y, 0)^2*hypot(x, y)",
])  # fmt: skip
def test_sympy_at_corners(program, x, y):
    """A corner that a product with 0 hides is none; of SymPy's derivative a factor is 0/0 there."""
    text = backprop_cli.export(program, x=x, y=y, to="sympy")
    exec(compile(text, "exported", "exec"), {"__name__": "__main__"})


def test_sympy_notices_a_wrong_line():
    text = backprop_cli.export("(x+y)*z", x=-2, y=5, z=-4, to="sympy").replace("dy = z ", "dy = 2*z ")
    with pytest.raises(AssertionError):
        exec(compile(text, "exported", "exec"), {"__name__": "__main__"})


def test_latex_has_a_line_a_node():
    text = backprop_cli.export("q = x+y; f = q*z^2/3", x=-2, y=5, z=-4, to="latex")
    for line in [
        r"q &= x + y", r"n_{1} &= {z}^{2}", r"f &= \frac{n_{2}}{3}",
        r"\frac{\partial f}{\partial n_{2}} &= \frac{1}{3} && \text{through }f",
        r"\frac{\partial f}{\partial x} &= \frac{\partial f}{\partial q} && \text{through }q", r"f &= 16",
    ]:  # fmt: skip
        assert line in text, text


@needs("amsmath.sty", "geometry.sty")
@pytest.mark.parametrize("name", ["hostile", "every sign", "arrays", "large arrays"])
def test_latex_compiles(name, tmp_path):
    ran = backprop("export", *TEX_PROGRAMS[name], "--allow-nonfinite", "-o", str(tmp_path / "grad.tex"))
    assert ran.status == 0, ran.err
    compiled(tmp_path, "grad", (tmp_path / "grad.tex").read_text())


def test_no_file_tests_what_has_no_value():
    for to in ("python", "numpy"):
        text = backprop_cli.export("log(x)*y", x=-1.0, y=2.0, to=to)
        assert "__main__" not in text and "dx = " in text
    assert "__main__" in backprop_cli.export("log(x)*y", x=0.0, y=2.0, to="numpy")  # an infinity is one


@pytest.mark.parametrize("to", ["python", "numpy", "sympy"])
@pytest.mark.parametrize(
    ("program", "point", "printed"),
    [("k*T*2", {"k": 1.38e-23, "T": 300}, "2.76e-23"), ("a*x^2", {"a": 1e-30, "x": 2}, "4e-30")],
)
def test_a_small_gradient_that_is_wrong_fails_the_test(tmp_path, to, program, point, printed):
    text = backprop_cli.export(program, point, to=to)
    for content, status in ((text, 0), (text.replace(printed, f"1.0001*{printed}"), 1)):
        path = tmp_path / "grad.py"
        path.write_text(content)
        assert subprocess.run([sys.executable, path], capture_output=True, check=False).returncode == status


def test_what_terms_leave_that_cancel_is_close_to_0(tmp_path):
    for program in ("sin(x)^2 + cos(x)^2", "(x + 1e6) - x*(1 + 1e-9)"):
        for to in ("numpy", "sympy"):
            path = tmp_path / "grad.py"
            path.write_text(backprop_cli.export(program, {"x": 0.7}, to=to))
            assert subprocess.run([sys.executable, path], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["(1-cos(x))/x^2", "x=1e-8"], "precision"), (["log(x)", "x=-1"], "undefined"), (["1/x", "x=0"], "pole"),
        (["exp(x)", "x=1000"], "overflow"),
    ],
)  # fmt: skip
def test_notes_on_the_example(tmp_path, words, code):
    path = tmp_path / "grad.py"
    ran = backprop("export", *words, "--to", "python", "-o", str(path))
    assert ran.status == 4 and f"note[{code}]" in ran.err
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stderr == ""


def test_constants_alone_are_differentiated_by_sympy_too(tmp_path):
    path = tmp_path / "grad.py"
    path.write_text(backprop_cli.export("1e-19*q*6.02e23", {"q": 1.6e-19}, to="sympy"))
    assert subprocess.run([sys.executable, path], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("program", "to", "others"),
    [
        ("digamma(x)", "numpy", ["torch", "jax", "sympy"]),
        ("lgamma(x)*y", "python", ["torch", "jax", "sympy", "c"]),
        ("x*erfcx(x)", "c", []),
    ],
)
def test_what_has_no_words_names_the_targets_that_have(program, to, others):
    with pytest.raises(backprop_cli.BackpropError, match="U801") as error:
        backprop_cli.export(program, to=to)
    help_ = error.value.diagnostics[0].help
    assert [word for word in help_.replace("`", " ").split() if word in TARGETS] == others
    for other in others:
        assert backprop_cli.export(program, to=other)
