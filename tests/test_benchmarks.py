"""The benchmarks run: what they measure is for people, that they do is not."""

import subprocess
import sys

import pytest
from conftest import ROOT, shell_environment

SMALL = [
    ["everything.py", "--rounds", "1", "--only", "eval -q"],
    ["everything.py", "--rounds", "1", "--only", "both passes"],
    ["arrays.py", "--repeat", "1"],
    ["suites.py", "--cases", "5", "--rounds", "1"],
]


@pytest.mark.parametrize("words", SMALL, ids=" ".join)
def test_it_runs(words):
    command = [sys.executable, str(ROOT / "benchmarks" / words[0]), *words[1:]]
    done = subprocess.run(command, capture_output=True, text=True, env=shell_environment(), cwd=ROOT, check=False)
    assert done.returncode in (0, 1) and "Traceback" not in done.stderr and done.stdout, done.stderr


def test_every_shape_is_differentiated(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import scale

    for shape in scale.SHAPES.values():
        _, slope = scale.ours(shape, 40)
        assert slope != 0
