"""What a run costs before it computes anything: CPU time of commands, beside what they cannot do without.

    python benchmarks/startup.py [--rounds 20]

CPU time (user + system, from wait4) of each child, the minimum over the rounds; the variants take turns, so
that a slow minute of the machine slows all of them. Exit status 1 if a bound is missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from importlib.metadata import version

BARE_APP = """
import typer

app = typer.Typer()


@app.command()
def main(expression: str, quiet: bool = typer.Option(False, "-q")) -> None:
    print(expression)


app()
"""
EVAL = ["eval", "x*y", "x=2", "y=3", "-q"]
GRAD = ["grad", "(x+y)*z", "x=-2", "y=5", "z=-4"]

Costs = dict[str, float]  # variant: seconds
# A command, its cost, the most it may cost, and that in words.
Bound = tuple[str, float, float, str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=20, help="runs of each, after one that warms up")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        costs = measure(variants(folder), environment(folder), rounds)
    print(f"CPython {platform.python_version()}, typer {version('typer')}, sympy {version('sympy')}")
    print(f"minimum of {rounds} runs, variants interleaved\n")
    return report(costs)


def variants(folder: str) -> dict[str, list[str]]:
    """Each variant's command line, by the name the table gives it."""
    bare = os.path.join(folder, "bare.py")
    with open(bare, "w", encoding="utf-8") as file:
        file.write(BARE_APP)
    backprop = os.path.join(os.path.dirname(sys.executable), "backprop")
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "bare Typer app": [sys.executable, bare, "x*y", "-q"],
        "backprop eval -q": [backprop, *EVAL],
        "backprop grad --no-check --json": [backprop, *GRAD, "--no-check", "--json"],
        "import sympy": [sys.executable, "-c", "import sympy"],
        "backprop grad": [backprop, *GRAD],
    }


def environment(folder: str) -> dict[str, str]:
    """One in which every variant finds bytecode: the warm-up run writes it, into a folder of its own.

    Otherwise PYTHONDONTWRITEBYTECODE, or a checkout that nobody compiled, would add the compiler's time to
    ours and not to the installed packages'.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": os.path.join(folder, "bytecode")}


def measure(commands: dict[str, list[str]], env: dict[str, str], rounds: int) -> Costs:
    """The least CPU time of each command."""
    for command in commands.values():
        cpu_seconds(command, env)
    costs = dict.fromkeys(commands, float("inf"))
    for _ in range(rounds):
        for name, command in commands.items():
            costs[name] = min(costs[name], cpu_seconds(command, env))
    return costs


def cpu_seconds(command: list[str], env: dict[str, str]) -> float:
    """User and system time of one run, its output thrown away; it must succeed."""
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawn(command[0], command, env, file_actions=silent)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(command)}: exit status {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime


def report(costs: Costs) -> int:
    """Print costs and bounds; 1 if a bound is missed."""
    nothing = costs["python -c pass"]
    print(f"{'':34}{'CPU ms':>8}{'x pass':>8}")
    for name, seconds in costs.items():
        print(f"{name:34}{1000 * seconds:8.1f}{seconds / nothing:8.2f}")
    print(f"\n{'':34}{'CPU ms':>8}{'bound ms':>10}{'ratio':>8}  bound")
    missed = 0
    for name, seconds, bound, words in bounds(costs):
        verdict = "" if seconds <= bound else "  MISSED"
        missed |= seconds > bound
        print(f"{name:34}{1000 * seconds:8.1f}{1000 * bound:10.1f}{seconds / bound:8.2f}  {words}{verdict}")
    return int(missed)


def bounds(costs: Costs) -> list[Bound]:
    """The two promises about start-up."""
    evaluate, checked = "backprop eval -q", "backprop grad"
    # `import sympy` holds one start of the interpreter; what `eval` adds to that is the command's own share.
    own = costs[evaluate] - costs["python -c pass"]
    return [
        (evaluate, costs[evaluate], 1.3 * costs["bare Typer app"], "1.3 x bare Typer app"),
        (checked, costs[checked], 1.2 * costs["import sympy"] + own, "1.2 x import sympy + (eval - pass)"),
    ]


if __name__ == "__main__":
    sys.exit(main())
