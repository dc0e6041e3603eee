"""What a user feels, in one run: a table of ratios, each against what was measured beside it.

    python benchmarks/everything.py [--rounds 5] [--only WORD] [--json FILE]

Contenders take turns, round after round, and of each the median of CPU seconds counts: of commands that of the whole
process. Contenders that are not installed are named and skipped. About eight minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"  # before NumPy is imported

BACKPROP = [str(Path(sys.executable).with_name("backprop"))]
SEED = ["(x+y)*z", "x=-2", "y=5", "z=-4"]
PASS, SYMPY = [sys.executable, "-c", "pass"], [sys.executable, "-c", "import sympy"]
MICROGRAD = """
from micrograd.engine import Value
x, y, z = Value(-2.0), Value(5.0), Value(-4.0)
f = (x + y)*z
f.backward()
print(x.grad, y.grad, z.grad)
"""
Run = Callable[[], Any]


class Work(NamedTuple):
    """Something to do, and who does it: commands as lists of words, or functions. The first is ours.

    A ratio is ours over the last one's. `repeat` is how often a function runs for one measurement.
    """

    name: str
    contenders: dict[str, list[str] | Run]
    repeat: int = 1


def main() -> int:
    """Measure, print the table, write the numbers."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--only", default="", help="only work with this in its name")
    options.add_argument("--json", help="also write the numbers to this file")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        works = [work for work in every_work(Path(folder)) if asked.only in work.name]
        found = [measured(work, asked.rounds) for work in works]
    print(f"{platform.machine()}, CPython {platform.python_version()}, {installed()}; {asked.rounds} rounds\n")
    print("| work | ours | beside it | ratio |\n|---|--:|---|--:|")
    for work, medians in zip(works, found, strict=True):
        (_, ours), *others = medians.items()
        beside = ", ".join(f"{name} {shown(seconds)}" for name, seconds in others)
        ratio = f"{ours / others[-1][1]:.2f}" if others else ""
        print(f"| {work.name} | {shown(ours)} | {beside} | {ratio} |")
    if asked.json:
        machine = {"machine": platform.machine(), "python": platform.python_version(), "packages": installed()}
        rows = [{"work": work.name, "seconds": medians} for work, medians in zip(works, found, strict=True)]
        Path(asked.json).write_text(json.dumps({**machine, "rows": rows}, indent=2) + "\n", encoding="utf-8")
    return 0


def every_work(folder: Path) -> list[Work]:
    """The rows of the table."""
    quick = [*BACKPROP, "grad", *SEED]
    return [
        Work("`eval -q`, × `python -c pass`", {"ours": [*BACKPROP, "eval", *SEED, "-q"], "pass": PASS}),
        Work("`grad -q --no-check`, × pass", {"ours": [*quick, "-q", "--no-check"], **peer(), "pass": PASS}),
        Work("`grad --json --no-check`, × pass", {"ours": [*quick, "--json", "--no-check"], "pass": PASS}),
        Work("the table, `--no-check`, × pass", {"ours": [*quick, "--no-check"], "pass": PASS}),
        Work("the table, checked, × pass", {"ours": quick, "import sympy": SYMPY, "pass": PASS}),
        Work("100 gradients: `--each`, × 100 commands of one", each(folder)),
        Work("`grad()` of the seed expression, a call, × Python's `compile()` of it", seed_call(), repeat=1000),
        Work("network 3072-100-10, minibatch 64: both passes, × NumPy by hand", network(whole=False), repeat=20),
        Work("the same, `grad()` with its survey and digits", network(whole=True), repeat=5),
        Work("both passes of 60 gates, × exported code", exported(folder), repeat=500),
        *(Work(f"`grad()` of {name}, 10⁶ elements, × NumPy by hand", both) for name, both in elements().items()),
        *(Work(f"10⁶ gates from text to gradient: {name}", run) for name, run in gates().items()),
        Work("333,000 statements `a1 = a0*x + y`, from text to gradient", recurrences(333_000, 0.999999)),
        Work("100,000 of them whose gradients underflow", recurrences(100_000, 0.9)),
        Work("`check` of 400 inputs", {"ours": [*BACKPROP, "check", *squares(400)], "of 200": check_of(200)}),
        Work("`check` of 400 claims", {"ours": claims_of(400), "of 200": claims_of(200)}),
        Work("SVG of 500 nodes, × 250 nodes", {"ours": figure_of(500), "of 250": figure_of(250)}),
        Work("SVG of 2,000 nodes, × 500 nodes", {"ours": figure_of(2000), "of 500": figure_of(500)}),
        *(Work(f"SVG of 500 nodes in boxes: {name}", {"ours": words}) for name, words in boxes().items()),
    ]


def peer() -> dict[str, list[str] | Run]:
    """micrograd's script for the same gradient."""
    return {"micrograd": [sys.executable, "-c", MICROGRAD]} if has("micrograd") else {}


def each(folder: Path) -> dict[str, list[str] | Run]:
    """A file of a hundred points, and one point a process (of which ten are run, and counted ten times)."""
    path = folder / "points.csv"
    path.write_text("x,y,z\n" + "".join(f"{k},{k + 1},{k + 2}\n" for k in range(100)), encoding="utf-8")
    one = [*BACKPROP, "grad", *SEED, "-q", "--no-check"]
    return {
        "ours": [*BACKPROP, "grad", SEED[0], "--each", str(path), "-q", "--no-check"],
        "100 commands": ["sh", "-c", f"for k in $(seq 100); do '{one[0]}' {' '.join(map(quoted, one[1:]))}; done"],
    }


def quoted(word: str) -> str:
    """A word for the shell."""
    return f"'{word}'"


def seed_call() -> dict[str, list[str] | Run]:
    """A call of the library, one of what was compiled, and a reading of the expression by Python's own compiler."""
    import backprop_cli

    compiled = backprop_cli.compile("(x+y)*z")
    return {
        "ours": lambda: backprop_cli.grad("(x+y)*z", x=-2, y=5, z=-4, check=False),
        "compiled": lambda: compiled(x=-2, y=5, z=-4),
        "Python reads it": lambda: compile("(x+y)*z", "<expression>", "eval"),
    }


def network(*, whole: bool) -> dict[str, list[str] | Run]:
    """CS231n's network: passes alone, or what a user calls."""
    import arrays

    import backprop_cli

    given = arrays.data()

    def call() -> None:
        backprop_cli.grad(arrays.PROGRAM, given, wrt=arrays.WANTED, check=False)

    return {"ours": call if whole else arrays.ours(given), "NumPy by hand": arrays.by_hand(given)}


def exported(folder: Path) -> dict[str, list[str] | Run]:
    """Our passes, and the files that `export` writes of the same program: Python, and C where there is a compiler."""
    import ctypes

    import backprop_cli
    from backprop_cli.engine.passes import backward, forward
    from backprop_cli.session import open_session

    program = "a = x; for t in range(20) { a = tanh(a*w + x) }; a"
    point = {"x": 0.4, "w": 0.9}
    passes = open_session(program, point, {}).graph

    def ours() -> None:
        values = forward(passes, point)
        backward(passes, values, passes.output)

    made: dict[str, list[str] | Run] = {"ours": ours}
    for to in ("numpy", "python"):
        names: dict[str, Any] = {"__name__": "exported"}
        exec(backprop_cli.export(program, point, to=to), names)
        made[f"exported, {to}"] = lambda call=names["value_and_gradient"]: call(**point)
    if shutil.which("cc"):
        (folder / "grad.c").write_text(backprop_cli.export(program, point, to="c"), encoding="utf-8")
        words = ["cc", "-std=c99", "-O2", "-shared", "-fPIC", "grad.c", "-o", "grad.so", "-lm"]
        subprocess.run(words, cwd=folder, check=True)
        call = ctypes.CDLL(str(folder / "grad.so")).value_and_gradient
        call.restype, gradient = ctypes.c_double, (ctypes.c_double * 2)()
        x, w = ctypes.c_double(point["x"]), ctypes.c_double(point["w"])
        made["exported, c, called from Python"] = lambda: call(x, w, gradient)
    return made


def elements() -> dict[str, dict[str, list[str] | Run]]:
    """Programs over a million elements."""
    import numpy as np

    import backprop_cli

    drawn = np.random.default_rng(0)
    x, y, z = (drawn.standard_normal(1_000_000) for _ in range(3))

    def ours(program: str) -> dict[str, list[str] | Run]:
        return {
            "ours": lambda: backprop_cli.grad(program, {"x": x, "y": y, "z": z}, check=False),
            "checked": lambda: backprop_cli.grad(program, {"x": x, "y": y, "z": z}),
        }

    def product() -> Any:
        q = x + y
        return (q * z).sum(), z * 1.0, z * 1.0, q * 1.0

    def neuron() -> Any:
        s = 1 / (1 + np.exp(-(x * y + z)))
        slope = s * (1 - s)
        return s.sum(), slope * y, slope * x, slope

    return {
        "`sum((x+y)*z)`": {**ours("sum((x+y)*z)"), "NumPy by hand": product},
        "`sum(sigmoid(x*y+z))`": {**ours("sum(sigmoid(x*y + z))"), "NumPy by hand": neuron},
    }


def gates() -> dict[str, dict[str, list[str] | Run]]:
    """A sum, nested calls, a tree; beside each the same at a tenth of the size."""
    import scale

    import backprop_cli

    def run(text: str) -> Run:
        return lambda: backprop_cli.grad(text, defaults=scale.POINT, check=False)

    texts = {"sum": scale.sum_text, "nested": scale.nested_text, "tree": scale.tree_text}
    return {name: {"ours": run(make(1_000_000)), "of 10⁵": run(make(100_000))} for name, make in texts.items()}


def recurrences(count: int, x: float) -> dict[str, list[str] | Run]:
    """Statements each of which takes the one before it, times x; beside them a tenth of them."""
    import scale

    import backprop_cli

    def run(text: str) -> Run:
        return lambda: backprop_cli.grad(text, defaults={**scale.POINT, "x": x}, check=False)

    texts = {"ours": scale.chain_text(count), f"of {count // 10:,}": scale.chain_text(count // 10)}
    return {name: run(text) for name, text in texts.items()}


def squares(count: int) -> list[str]:
    """A sum of weighed squares, and a value for each of its inputs."""
    terms = "+".join(f"x{k}^2*{k + 1}" for k in range(count))
    return [terms, *(f"x{k}={k * 0.01 + 0.5}" for k in range(count))]


def check_of(count: int) -> list[str]:
    """The check of a gradient of so many elements."""
    return [*BACKPROP, "check", *squares(count)]


def claims_of(count: int) -> list[str]:
    """A claim for each."""
    claims = [word for k in range(count) for word in ("--claim", f"df/dx{k} = 2*x{k}*{k + 1}")]
    return [*BACKPROP, "check", *squares(count), *claims]


def figure_of(nodes: int) -> list[str]:
    """A figure of a long program whose statements look back."""
    steps = (f"a{k} = tanh(a{k - 1})*y + a{max(0, k - 7)}" for k in range(1, nodes // 3))
    program = "; ".join(["a0 = x", *steps])
    return [*BACKPROP, "graph", program, "x=0.5", "y=1.1", "--format", "svg", "--most", "5000"]


def boxes() -> dict[str, list[str]]:
    """Figures of calls whose inside is shown: one after another, one beside another, and long sums in a few of them."""
    long_sum = "+".join("xy"[k % 2] for k in range(100))
    programs = {
        "one after another": "gate g(a, b) = { s = tanh(a*b); s + a*s }; a0 = x; "
        + "; ".join(f"a{k} = g(a{k - 1}, y)" for k in range(1, 100)),
        "one beside another": "gate g(a, b) = { s = tanh(a*b); s + a*s }; " + "+".join(["g(x, y)"] * 100),
        "sums over two leaves": f"gate g(x, y) = {long_sum}; " + "+".join(["g(x, y)"] * 5),
        "one sum": "gate g(x, y) = " + "+".join([long_sum] * 5) + "; g(x, y)",
    }
    ending = ["x=0.5", "y=1.1", "--expand", "g", "--format", "svg", "--most", "5000"]
    return {name: [*BACKPROP, "graph", program, *ending] for name, program in programs.items()}


def measured(work: Work, rounds: int) -> dict[str, float]:
    """The median of CPU seconds of each contender."""
    times: dict[str, list[float]] = {name: [] for name in work.contenders}
    for _ in range(rounds):
        for name, contender in work.contenders.items():
            times[name].append(seconds_of(contender, work.repeat))
    print(f"… {work.name}", file=sys.stderr)
    return {name: statistics.median(taken) for name, taken in times.items()}


def seconds_of(contender: list[str] | Run, repeat: int) -> float:
    """CPU seconds of a command, or of a call of a function."""
    if isinstance(contender, list):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(contender, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if done.returncode not in (0, 4):  # 4: a number underflowed, say
            raise SystemExit(f"{' '.join(contender)[:500]}: exit status {done.returncode}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    began = process_time()
    for _ in range(repeat):
        contender()
    return (process_time() - began) / repeat


def shown(seconds: float) -> str:
    """Seconds in a unit for reading."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"


def has(package: str) -> bool:
    """Whether a package is installed."""
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def installed() -> str:
    """The packages that matter, with versions; the missing ones are said to be."""
    names = ("backprop-cli", "numpy", "sympy", "typer", "rich", "micrograd")
    return ", ".join(f"{name} {version(name)}" if has(name) else f"{name} is not installed" for name in names)


if __name__ == "__main__":
    sys.exit(main())
