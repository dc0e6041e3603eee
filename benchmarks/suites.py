"""How many cases of a suite a second, whole runs of the command, beside pytest with the same 1,000 assertions.

    python benchmarks/suites.py [--cases 1000] [--rounds 3]

Each case has a program of a neuron or a polynomial, a value and three gradients, worked out here with Python's own
arithmetic. The peer asserts the same of `backprop_cli.grad`, one test a case. CPU time (user + system) of a child
process from its start to its end, the minimum over the rounds, the variants in turn. Exit status 1 if a bound is
missed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import subprocess
import sys
import tempfile
from importlib.metadata import version
from random import Random
from typing import NamedTuple

LEAST_RATE = 200.0  # cases a second, without SymPy

PYTEST = """
import json, pathlib
import backprop_cli
import pytest

CASES = json.loads(pathlib.Path(__file__).with_name("cases.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case):
    report = backprop_cli.grad(case["program"], case["bindings"], check=False)
    assert report.value == pytest.approx(case["value"], rel=1e-9)
    assert report.gradients == pytest.approx(case["gradients"], rel=1e-9)
"""


class Case(NamedTuple):
    """A program, a point, and what is right there."""

    name: str
    program: str
    bindings: dict[str, float]
    value: float
    gradients: dict[str, float]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    made = [make(number) for number in range(options.cases)]
    with tempfile.TemporaryDirectory() as folder:
        write(folder, made)
        backprop = os.path.join(os.path.dirname(sys.executable), "backprop")
        commands = {
            "backprop check": [backprop, "check", "cases.toml"],
            "backprop check --junit": [backprop, "check", "cases.toml", "-q", "--junit", "cases.xml"],
            "pytest": [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_cases.py"],
        }
        costs = dict.fromkeys(commands, math.inf)
        for _ in range(options.rounds):
            for name, command in commands.items():
                costs[name] = min(costs[name], cpu_seconds(command, folder))
    print(f"CPython {platform.python_version()}, pytest {version('pytest')}")
    print(f"{options.cases} cases, minimum of {options.rounds} runs\n")
    print(f"{'':26}{'CPU s':>8}{'cases/s':>10}")
    for name, seconds in costs.items():
        print(f"{name:26}{seconds:8.2f}{options.cases / seconds:10.0f}")
    rate, ratio = options.cases / costs["backprop check"], costs["pytest"] / costs["backprop check"]
    missed = rate < LEAST_RATE or ratio < 1
    print(
        f"\nat least {LEAST_RATE:.0f} cases/s: {rate:.0f}; pytest takes {ratio:.1f} times as long{'  MISSED' * missed}"
    )
    return int(missed)


def make(number: int) -> Case:
    """A neuron or a polynomial, with the slopes that the calculus of a first term gives."""
    random = Random(number)
    w, x, b = (round(random.uniform(-2, 2), 3) for _ in range(3))
    bindings = {"w": w, "x": x, "b": b}
    if number % 2:
        s = 1 / (1 + math.exp(-(w * x + b)))
        slope = s * (1 - s)
        gradients = {"w": x * slope, "x": w * slope, "b": slope}
        return Case(f"neuron {number}", "s = w*x + b; f = 1/(1 + exp(-s))", bindings, s, gradients)
    value = w * x**3 - 2 * x * b + b**2
    gradients = {"w": x**3, "x": 3 * w * x**2 - 2 * b, "b": 2 * b - 2 * x}
    return Case(f"polynomial {number}", "w*x^3 - 2*x*b + b^2", bindings, value, gradients)


def write(folder: str, cases: list[Case]) -> None:
    """The cases as a suite, and as a test file with its data."""
    with open(os.path.join(folder, "cases.toml"), "w", encoding="utf-8") as file:
        file.write("rtol = 1e-9\natol = 1e-15\n")
        for case in cases:
            file.write(f"\n[[case]]\nname = {json.dumps(case.name)}\nprogram = {json.dumps(case.program)}\n")
            file.write(f"bindings = {_table(case.bindings)}\nvalue = {case.value!r}\n")
            file.write(f"gradients = {_table(case.gradients)}\n")
    with open(os.path.join(folder, "cases.json"), "w", encoding="utf-8") as file:
        json.dump([case._asdict() for case in cases], file)
    with open(os.path.join(folder, "test_cases.py"), "w", encoding="utf-8") as file:
        file.write(PYTEST)


def _table(numbers: dict[str, float]) -> str:
    return "{ " + ", ".join(f"{name} = {number!r}" for name, number in numbers.items()) + " }"


def cpu_seconds(command: list[str], folder: str) -> float:
    """User and system time of one run in a folder; it must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
