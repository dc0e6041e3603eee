"""What every test may use: the command line, run in this process or in a shell."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
settings.register_profile("here", derandomize=True, deadline=None, database=None)
settings.load_profile("here")


class Ran(NamedTuple):
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str


def pytest_addoption(parser):
    parser.addoption("--record", action="store_true", help="write what transcripts print into their files")


def backprop(*arguments: str, stdin: str = "", merged: bool = False) -> Ran:
    """Run the command line in this process; `merged` sends stderr where stdout goes."""
    from backprop_cli.cli import main

    before = sys.stdout, sys.stderr, sys.stdin
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True)
    err = out if merged else io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True)
    sys.stdout, sys.stderr = out, err
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    try:
        status = main(list(arguments))
    finally:
        sys.stdout, sys.stderr, sys.stdin = before
    written, complaints = out.buffer.getvalue().decode(), err.buffer.getvalue().decode()
    return Ran(status, written, "" if merged else complaints)


def shell_environment() -> dict[str, str]:
    """An environment in which `backprop` is the one under test and nothing colours or sizes its output."""
    dropped = {"NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "PYTHONDONTWRITEBYTECODE"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    scripts = str(Path(sys.executable).parent)
    return kept | {"PATH": scripts + os.pathsep + kept.get("PATH", ""), "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}


def shell(command: str, directory: Path | str = ".", stdin: str = "", timeout: float = 120) -> Ran:
    """Run a command line in bash."""
    bash = shutil.which("bash")
    assert bash, "the tests run transcripts in bash"
    done = subprocess.run(
        [bash, "-c", command], input=stdin, capture_output=True, text=True, cwd=directory, timeout=timeout,
        env=shell_environment(), check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def record(request):
    """Whether transcripts are to be written anew."""
    return request.config.getoption("--record")
