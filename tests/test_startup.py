"""What a command may not load: start-up is most of what a user feels."""

import json
import subprocess
import sys

import pytest
from conftest import ROOT, shell_environment

HEAVY = (
    "sympy",
    "mpmath",
    "numpy",
    "rich",
    "json",
    "csv",
    "fractions",
    "decimal",
    "tomllib",
    "unicodedata",
    "pydantic",
    "typer",
)
SEED = ["(x+y)*z", "x=-2", "y=5", "z=-4"]

# command line: the heavy modules it may load, no others
MAY_LOAD = [
    *((["graph", *SEED, "--format", name], set()) for name in ("svg", "html")),
    (["eval", "x*y", "x=2", "y=3", "-q"], set()),
    (["eval", *SEED, "--format", "plain"], set()),
    (["eval", *SEED, "--json"], set()),
    (["eval", *SEED], {"rich"}),
    (["grad", *SEED, "--no-check", "-q"], set()),
    (["grad", *SEED, "--no-check", "--json"], set()),
    (["grad", *SEED, "--no-check", "--format", "csv"], {"csv"}),
    (["grad", *SEED, "--no-check"], {"rich"}),
    (["explain", *SEED, "--no-check"], set()),
    (["explain", *SEED, "--no-check", "--json"], {"json"}),
    (["grad", "gate sig(x) = 1/(1 + exp(-x)); sig(x)", "x=1", "--no-check", "-q"], set()),
    (["check", *SEED, "--no-sympy"], {"rich"}),
    (["check", *SEED, "--no-sympy", "--format", "plain"], set()),
    (["check", "(x+y)*z", "--claim", "df/dz = x + y", "--no-sympy", "-q"], set()),
    (["check", *SEED, "--claim", "df/dz = 3", "--no-sympy", "--json"], {"json"}),
    (["check", "docs/suites.md", "-q"], set()),
    (["check", "tests/suites", "-q"], {"tomllib", "mpmath", "fractions", "decimal"}),
    *((["graph", *SEED, "--format", name], set()) for name in ("boxes", "tree", "dot", "mermaid", "tikz")),
    (["gates", "relu"], {"rich"}),
    (["gates", "relu", "--format", "plain"], set()),
    (["jacobian", *SEED, "--no-check", "-q"], {"numpy"}),
    (["--version"], {"typer"}),
]


@pytest.mark.parametrize(("words", "allowed"), MAY_LOAD, ids=[" ".join(words) for words, _ in MAY_LOAD])
def test_modules_loaded(words, allowed):
    script = (
        "import json as j, sys; before = set(sys.modules) - {'json'}; [sys.modules.pop(m) for m in list(sys.modules)"
        " if m.split('.')[0] == 'json']; from backprop_cli.cli import main; status = main(sys.argv[1:]);"
        "loaded = {m.split('.')[0] for m in sys.modules} - before;"
        "sys.stderr.write(j.dumps([status, sorted(loaded)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        capture_output=True,
        text=True,
        env=shell_environment(),
        check=True,
        cwd=ROOT,
    )
    status, loaded = json.loads(done.stderr.splitlines()[-1])
    assert status == 0
    # Rich loads a few of these itself.
    brought = {"json", "fractions", "decimal", "unicodedata"} if "rich" in allowed else set()
    assert set(loaded) & set(HEAVY) <= allowed | brought


def test_ctrl_c_soon_finds_us_ready():
    """What is imported before signals are ours: nothing that takes time, such as `typing`."""
    script = (
        "import sys; before = set(sys.modules); import backprop_cli.cli.leaving;"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "backprop_cli.cli.leaving" in loaded
    assert not loaded & {"typing", "re", "typer", "inspect", *HEAVY}


# Each takes as long as a part of what a plain command does.
STANDARD = {"collections", "contextlib", "enum", "functools", "importlib", "inspect", "re", "signal", "types", "typing"}
OF_ARRAYS = {f"backprop_cli.gates.{room}" for room in ("losses", "places", "windows", "factorizations")}


@pytest.mark.parametrize(
    "words",
    [
        ["eval", *SEED, "-q"],
        ["grad", *SEED, "-q", "--no-check"],
        ["grad", *SEED, "--json", "--no-check"],
        ["grad", "exp(-x^2/2) + 1e-3*max(x, y)", "x=0.5", "y=2", "--wrt", "x", "-q", "--no-check"],
    ],
    ids=" ".join,
)
def test_plain_commands_do_without_much_of_the_standard_library(words):
    script = (
        "import sys; before = set(sys.modules); from backprop_cli.cli import main; status = main(sys.argv[1:]);"
        "print(status, *sorted(set(sys.modules) - before), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=True)
    status, *loaded = done.stderr.split()
    assert status == "0" and "backprop_cli.api" in loaded
    assert not (STANDARD | OF_ARRAYS) & set(loaded)
