"""A million gates from text to gradient: time by stage, growth, memory, and peers that build the same graph.

    python benchmarks/scale.py [--quick] [--repeat 3]

Every measurement is CPU time in a child process of its own, so that nobody's memory or crash is another's,
with the garbage collector off for all, as the `backprop` command has it. Exit status 1 if a bound is missed.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import operator
import os
import platform
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from itertools import islice, zip_longest
from time import process_time
from typing import Any, NamedTuple

POINT = {"x": 0.9, "y": 0.1, "z": -0.5}
MOST_GROWTH = 13.0  # times the time for 10 times the size
MOST_MEMORY = 1024  # MiB, for 10⁶ gates
PATIENCE = 600  # seconds for one child


# -- shapes: each as text, and through a peer's operators ------------------------------------------------


class Shape(NamedTuple):
    """A graph of a size; `text(size)` and `build(size, x, y, z, tanh)` describe the same gates."""

    words: str
    size: int
    text: Callable[[int], str]
    build: Callable[..., Any]


def sum_text(terms: int) -> str:
    return " + ".join("xyz"[i % 3] for i in range(terms))


def sum_build(terms: int, x: Any, y: Any, z: Any, _tanh: Any) -> Any:
    leaves = (x, y, z)
    total = x
    for i in range(1, terms):
        total = total + leaves[i % 3]
    return total


def tree_text(gates: int) -> str:
    products = [("x*y", "y*z", "z*x")[i % 3] for i in range((gates + 1) // 2)]
    return paired(products, "({}+{})".format)


def tree_build(gates: int, x: Any, y: Any, z: Any, _tanh: Any) -> Any:
    factors = ((x, y), (y, z), (z, x))
    products = [operator.mul(*factors[i % 3]) for i in range((gates + 1) // 2)]
    return paired(products, operator.add)


def paired(level: list[Any], combine: Callable[[Any, Any], Any]) -> Any:
    """A balanced tree over the level; an odd one out rises as it is."""
    while len(level) > 1:
        pairs = zip_longest(islice(level, 0, None, 2), islice(level, 1, None, 2))
        level = [left if right is None else combine(left, right) for left, right in pairs]
    return level[0]


def nested_text(calls: int) -> str:
    return "tanh(" * calls + "x" + ")" * calls


def nested_build(calls: int, x: Any, _y: Any, _z: Any, tanh: Any) -> Any:
    for _ in range(calls):
        x = tanh(x)
    return x


def chain_text(statements: int) -> str:
    return "a0 = z\n" + "\n".join(f"a{i + 1} = a{i}*x + y" for i in range(statements))


def chain_build(statements: int, x: Any, y: Any, z: Any, _tanh: Any) -> Any:
    for _ in range(statements):
        z = z * x + y
    return z


SHAPES = {
    "sum": Shape("x + y + z + x + …, 10⁶ terms", 10**6, sum_text, sum_build),
    "tree": Shape("balanced tree over products, 10⁶ gates", 10**6, tree_text, tree_build),
    "nested": Shape("tanh(tanh(… x …)), 10⁵ calls", 10**5, nested_text, nested_build),
    "chain": Shape("a1 = a0*x + y; a2 = a1*x + y; …, 10⁵ statements", 10**5, chain_text, chain_build),
}


# -- in the child: one measurement -----------------------------------------------------------------------


class Clock:
    """CPU seconds by stage, every thread's."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last = process_time()

    def lap(self, stage: str) -> None:
        now = process_time()
        self.seconds[stage] = now - self.last
        self.last = process_time()


Outcome = tuple[Clock, float]  # and d output / d x, which all must agree on


def ours(shape: Shape, size: int) -> Outcome:
    from backprop_cli.engine.passes import backward, forward
    from backprop_cli.errors import Source
    from backprop_cli.graph import lower
    from backprop_cli.language.parser import parse

    def graph_of(text: str) -> Any:  # as `api` does, it drops the program when the graph is there
        return lower(parse(Source("expression", text), POINT), POINT)

    text = shape.text(size)
    small = graph_of(shape.text(3))  # the gates used are compiled once; what we time is growth
    backward(small, forward(small, POINT), small.output)

    clock = Clock()
    graph = graph_of(text)
    clock.lap("build")
    values = forward(graph, POINT)
    clock.lap("forward")
    grads = backward(graph, values, graph.output).grads
    clock.lap("backward")
    return clock, grads[graph.variables["x"]] or 0.0


def micrograd(shape: Shape, size: int) -> Outcome:
    from micrograd.engine import Value

    def tanh(x: Value) -> Value:  # from micrograd's lecture: the package itself has none
        t = math.tanh(x.data)
        out = Value(t, (x,), "tanh")

        def _backward() -> None:
            x.grad += (1 - t * t) * out.grad

        out._backward = _backward  # noqa: SLF001  micrograd's way to add a gate
        return out

    x, y, z = map(Value, POINT.values())
    clock = Clock()
    output = shape.build(size, x, y, z, tanh)
    clock.lap("build")
    output.backward()
    clock.lap("backward")
    return clock, x.grad


def micrograd_from_text(shape: Shape, size: int) -> Outcome:
    """From the text, like ours: Python reads it, where Python can. The other peers' graphs come from compiled loops."""
    from micrograd.engine import Value

    text = shape.text(size)
    names = dict(zip(POINT, map(Value, POINT.values()), strict=True))
    statements, _, last = text.rpartition("\n")
    last = last.rpartition(" = ")[2]
    x = names["x"]
    clock = Clock()
    exec(compile(statements, "<statements>", "exec"), names)
    output = eval(compile(last, "<output>", "eval"), names)
    clock.lap("build")
    output.backward()
    clock.lap("backward")
    return clock, x.grad


def torch(shape: Shape, size: int) -> Outcome:
    import torch

    torch.set_num_threads(1)
    x, y, z = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in POINT.values())
    clock = Clock()
    output = shape.build(size, x, y, z, torch.tanh)
    clock.lap("build")
    output.backward()
    clock.lap("backward")
    return clock, x.grad.item()


def casadi(shape: Shape, size: int) -> Outcome:
    """CasADi differentiates symbolically: its backward pass builds the gradient's graph and runs it."""
    import casadi

    leaves = [casadi.SX.sym(name) for name in POINT]
    clock = Clock()
    output = shape.build(size, *leaves, casadi.tanh)
    clock.lap("build")
    casadi.Function("value", leaves, [output])(*POINT.values())
    clock.lap("forward")
    gradient = casadi.gradient(output, casadi.vertcat(*leaves))
    found = casadi.Function("gradient", leaves, [gradient])(*POINT.values())
    clock.lap("backward")
    return clock, float(found[0])


ENGINES: dict[str, Callable[[Shape, int], Outcome]] = {
    "backprop": ours, "micrograd": micrograd, "  text too": micrograd_from_text, "torch": torch, "casadi": casadi,
}  # fmt: skip
PEERS = ("micrograd", "torch", "casadi")


def child(engine: str, shape: str, size: int) -> None:
    """Measure, print one line of JSON, and leave without taking the graph apart: deep ones may crash."""

    def work() -> None:
        gc.disable()
        clock, slope = ENGINES[engine](SHAPES[shape], size)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"stages": clock.seconds, "slope": slope, "peak": peak}), flush=True)
        os._exit(0)

    # micrograd sorts its graph by recursion: as deep as the graph is. The others need none of this.
    sys.setrecursionlimit(2**31 - 1)
    threading.stack_size(1 << 30)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    sys.exit(1)


# -- in the parent: many of them, and the tables ---------------------------------------------------------


class Run(NamedTuple):
    """What a child measured, or in `trouble` why there is nothing."""

    stages: dict[str, float]
    slope: float = math.nan
    peak: float = math.nan
    trouble: str = ""

    @property
    def total(self) -> float:
        return sum(self.stages.values()) if self.stages else math.nan


def run(engine: str, shape: str, size: int) -> Run:
    """One measurement in a child process."""
    words = [sys.executable, __file__, "--child", engine, shape, str(size)]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return Run({}, trouble=f"gave up after {PATIENCE} s")
    if done.returncode < 0:
        return Run({}, trouble=f"crashed: {signal.Signals(-done.returncode).name}")
    if done.returncode:
        return Run({}, trouble=f"failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    return Run(**json.loads(done.stdout))


def fastest(runs: list[Run]) -> Run:
    """The run with the least total; one that failed, if any did."""
    failed = [one for one in runs if one.trouble]
    return failed[0] if failed else min(runs, key=lambda one: one.total)


def is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def measure(shape: str, size: int, repeat: int) -> dict[str, Run]:
    """Every engine on a shape. Ours and micrograd take turns; the slow peers run once."""
    missing = [peer for peer in PEERS if not is_installed(peer)]
    runs: dict[str, list[Run]] = {name: [] for name in ENGINES}
    for turn in range(repeat):
        for name, so_far in runs.items():
            if name in missing or (turn and name in ("torch", "casadi")):
                continue
            so_far.append(run(name, shape, size))
    return {name: fastest(some) if some else Run({}, trouble="not installed") for name, some in runs.items()}


def print_shape(shape: str, size: int, runs: dict[str, Run]) -> None:
    our = runs["backprop"]
    print(f"\n{SHAPES[shape].words}" + (f" (here {size:,})" if size != SHAPES[shape].size else ""))
    print("               build s  forward s  backward s  total s  peak MiB  ours/it")
    for name, one in runs.items():
        if one.trouble:
            print(f"  {name:10}  {one.trouble}")
            continue
        stage = {key: f"{seconds:.3f}" for key, seconds in one.stages.items()}
        numbers = f"{stage['build']:>9}{stage.get('forward', '-'):>11}{stage['backward']:>12}{one.total:9.3f}"
        # They add in different orders: a long sum's last digits may differ, and no more.
        agrees = math.isclose(one.slope, our.slope, rel_tol=1e-6)
        odd = "" if agrees else f"  df/dx = {one.slope}, ours {our.slope}"
        print(f"  {name:10}{numbers}{one.peak:10.0f}{our.total / one.total:9.2f}{odd}")


def command_cost(size: int) -> tuple[float, float]:
    """CPU seconds and peak MiB of the whole command on the sum."""
    backprop = os.path.join(os.path.dirname(sys.executable), "backprop")
    bindings = [f"{name}={value}" for name, value in POINT.items()]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "sum.bp")
        with open(path, "w", encoding="utf-8") as file:
            file.write(sum_text(size))
        command = [backprop, "grad", f"@{path}", *bindings, "--no-check", "-q"]
        process = os.posix_spawn(
            backprop, command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
        )
        _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{' '.join(command)}: exit status {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def report_bounds(lines: list[tuple[str, float, float]]) -> int:
    """Print what was measured beside what it may be; 1 if any is more (or was not measured)."""
    print(f"\n{'bound':44}{'measured':>10}{'at most':>10}")
    missed = False
    for words, measured, most in lines:
        kept = measured <= most
        missed |= not kept
        print(f"{words:44}{measured:10.1f}{most:10.1f}{'' if kept else '  MISSED'}")
    return int(missed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of every size")
    parser.add_argument("--repeat", type=int, default=3, help="runs of ours and micrograd; the best counts")
    parser.add_argument("--child", nargs=3, metavar=("ENGINE", "SHAPE", "SIZE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        engine, shape, size = options.child
        child(engine, shape, int(size))

    shrink = 10 if options.quick else 1
    packages = ", ".join(f"{name} {version(name)}" for name in PEERS if is_installed(name))
    print(f"CPython {platform.python_version()}, {packages}; CPU seconds, collector off")
    bounds = []
    for name, shape in SHAPES.items():
        size = shape.size // shrink
        runs = measure(name, size, options.repeat)
        print_shape(name, size, runs)
        whole = runs["backprop"]
        tenth = fastest([run("backprop", name, size // 10) for _ in range(options.repeat)])
        growth = whole.total / tenth.total
        bounds.append((f"{name}: time at {size:,} / at {size // 10:,}", growth, MOST_GROWTH))
        if shape.size == 10**6:
            bounds.append((f"{name}: peak MiB at {size:,}", whole.peak, MOST_MEMORY / shrink))
    seconds, peak = command_cost(SHAPES["sum"].size // shrink)
    print(f"\nbackprop grad @sum.bp --no-check -q: {seconds:.2f} s, {peak:.0f} MiB")
    return report_bounds(bounds)


if __name__ == "__main__":
    sys.exit(main())
