"""Mutants: small faults planted in a copy of the package, one at a time; the tests of its part must notice each.

    python tests/mutants.py [--count 20] [--seed 0] [--area partials]

By hand and in the nightly run, not in the ten minutes: a mutant takes as long as the tests of its area. Prints each
survivor with its line; status 1 if there is one. What `equivalent_mutants.txt` explains is not tried.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import NamedTuple

from planted import Planted, statement
from small_faults import Changes, of_rows

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 600  # seconds; a mutant that hangs is noticed too


class Area(NamedTuple):
    """Files of the package, the tests that must notice, and which texts of gates' rows are meant, if any."""

    files: tuple[str, ...]
    tests: tuple[str, ...]
    texts: tuple[str, ...] = ()


_ROWS = ("gates/elementwise.py", "gates/elementary.py", "gates/activations.py", "gates/special.py")
_TENSOR_ROWS = tuple(f"gates/{name}.py" for name in ("tensors", "places", "losses", "factorizations", "windows"))
_CONDITIONS = ("domain", "pole", "steep", "kink", "jump", "edge", "vanish", "exact_when")
AREAS = {
    "partials": Area(_ROWS, ("test_gates.py",), ("formula", "partial")),
    "conditions": Area(_ROWS, ("test_conditions.py", "test_gates.py", "test_truth.py", "test_engine.py"), _CONDITIONS),
    "pulls": Area(
        _TENSOR_ROWS, ("test_array_slopes.py", "test_arrays.py", "test_array_programs.py"), ("formula", "partial")
    ),
    "facts": Area(
        _TENSOR_ROWS,
        ("test_array_slopes.py", "test_arrays.py", "test_array_programs.py", "test_truth.py"),
        ("vanish", "push", "notes"),
    ),
    "passes": Area(
        tuple(f"engine/{name}.py" for name in ("passes", "numbers", "flow", "sums", "tangent", "jacobian")),
        (
            "test_wrong_passes.py",
            "test_array_slopes.py",
            "test_engine.py",
            "test_arrays.py",
            "test_array_programs.py",
            "test_commands.py",
            "test_directions.py",
            "test_explain.py",
            "test_modules.py",
        ),
    ),
    "verdicts": Area(
        tuple(
            f"check/{name}.py" for name in ("verdict", "judge", "cross_check", "per_gate", "gradient_check", "point")
        ),
        (
            "test_verdicts.py",
            "test_check.py",
            "test_wrong_passes.py",
            "test_array_claims.py",
            "test_claims.py",
            "test_truth.py",
            "test_second_claims.py",
            "test_mistakes.py",
            "test_engine.py",
            "test_directions.py",
        ),
    ),
}
# Mutants that change no answer, by name, each line under its reason.
_EXPLAINED = Path(__file__).with_name("equivalent_mutants.txt").read_text(encoding="utf-8").splitlines()
EQUIVALENT = frozenset(line for line in _EXPLAINED if line and not line.startswith("#"))

_NAMED = re.compile(r'(?:\bGate\("|\bdef )(\w+)')
_BESIDE = 30  # characters that are shown before and behind


class Mutant(NamedTuple):
    """A file, the characters of it that are replaced, and by what."""

    file: str
    start: int
    end: int
    text: str

    def number(self, source: str) -> int:
        """Its line."""
        return source.count("\n", 0, self.start) + 1

    def name(self, source: str) -> str:
        """What is done, with what is before and behind; it is known by that, for lines move."""
        above, _, line = source[: self.start].rpartition("\n")
        before = (line.lstrip() or above.rpartition("\n")[2].lstrip() + " ")[-_BESIDE:]
        behind = source[self.end :].partition("\n")[0][:_BESIDE]
        old, new = (" ".join(part.split()) for part in (source[self.start : self.end], self.text))
        within = _NAMED.findall(source, 0, self.start)[-1:] or [""]
        return f"{self.file} {within[0]}: {before}[{old} → {new}]{behind}"

    def applied(self, source: str) -> str:
        """The text with the fault."""
        return source[: self.start] + self.text + source[self.end :]


def mutants(area: Area) -> Iterator[Mutant]:
    """Every mutant of an area, each once."""
    for file in area.files:
        source = (ROOT / "backprop_cli" / file).read_text(encoding="utf-8")
        found = of_rows(source, area.texts) if area.texts else Changes(source, code=True).all()
        for start, end, text in dict.fromkeys(found):
            if source[start:end] != text:
                yield Mutant(file, start, end, text)


class Copy:
    """A copy of the package with its tests, in a folder of its own; made when it is first needed."""

    def __init__(self, tests: tuple[str, ...]) -> None:
        self.tests = tests
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name) / "backprop"

    def make(self) -> None:
        """Copy, and see that the tests pass."""
        shutil.copytree(ROOT, self.root, ignore=shutil.ignore_patterns(".git", ".venv*", "node_modules", "__pycache__"))
        if (ROOT.parent / "shared").is_dir():
            shutil.copytree(ROOT.parent / "shared", self.root.parent / "shared")
        if not self.passes():
            sys.exit("the tests fail without any mutant, and would seem to notice each")

    def notices(self, mutant: Mutant) -> bool:
        """Whether a test fails with the fault; one that takes too long has failed."""
        if not self.root.exists():
            self.make()
        path = self.root / "backprop_cli" / mutant.file
        whole = path.read_text(encoding="utf-8")
        path.write_text(mutant.applied(whole), encoding="utf-8")
        try:
            return not self.passes()
        except subprocess.TimeoutExpired:
            print(f"  took longer than {PATIENCE} seconds: {mutant.name(whole)}", flush=True)
            return True
        finally:
            path.write_text(whole, encoding="utf-8")

    def passes(self) -> bool:
        """Whether the tests pass in the copy."""
        environment = {**os.environ, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider"]
        command += [f"tests/{name}" for name in self.tests]
        done = subprocess.run(
            command, cwd=self.root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=PATIENCE, check=False,
        )  # fmt: skip
        return done.returncode == 0


class Trial:
    """A sample of an area, tried: in forks where that is possible, or else in a copy."""

    def __init__(self, name: str, count: int, seed: int, *, patience: float, verbose: bool) -> None:
        self.name, self.area, self.patience, self.verbose = name, AREAS[name], patience, verbose
        self.sources = {f: (ROOT / "backprop_cli" / f).read_text(encoding="utf-8") for f in self.area.files}
        self.every = list(mutants(self.area))
        self.sample = random.Random(seed).sample(self.every, min(count, len(self.every)))
        self.tried = [mutant for mutant in self.sample if mutant.name(self.sources[mutant.file]) not in EQUIVALENT]
        self.noticed = 0
        self.copy = Copy(self.area.tests)

    def show(self, mutant: Mutant, how: str = "") -> None:
        """A line about a mutant."""
        source = self.sources[mutant.file]
        print(f"  {mutant.number(source)} {mutant.name(source)}{how}", flush=True)

    def run(self) -> int:
        """The number of survivors."""
        if self.area.texts:  # the gates' rows are read as the package is imported
            self.run_each(None)
        else:
            import pytest

            quietly = ["-q", "-q", "-s", "-n", "0", "-p", "no:cacheprovider"]
            files = [str(Path(__file__).parent / name) for name in self.area.tests]
            pytest.main([*quietly, *files], plugins=[Planted(self.area.files, self.run_each, self.patience)])
        noticed, same = f"{self.noticed} of {len(self.tried)} noticed", len(self.sample) - len(self.tried)
        print(f"{self.name}: {noticed}, {same} equivalent, of {len(self.every)} there are", flush=True)
        return len(self.tried) - self.noticed

    def run_each(self, planted: Planted | None) -> None:
        """Try them one by one; those in no function last, for each takes as long as all tests."""
        later = []
        for mutant in self.tried:
            source = self.sources[mutant.file]
            lines = statement(source, mutant.number(source))
            test = planted.notices(mutant.file, source, mutant.applied(source), lines) if planted else None
            if test is None:
                later.append(mutant)
            else:
                self.count(mutant, test)
        for mutant in later:
            self.count(mutant, "some test" if self.copy.notices(mutant) else "")

    def count(self, mutant: Mutant, test: str) -> None:
        """What became of a mutant: which test noticed it, or none."""
        self.noticed += bool(test)
        if self.verbose or not test:
            self.show(mutant, f"  # {test}" if test else "")


def main() -> int:
    """Try a sample of every area, or of one."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("--count", type=int, default=20, help="mutants of each area")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--area", choices=[*AREAS], action="append")
    options.add_argument("--seconds", type=float, default=inf, help="of tests a mutant meets; all that there are")
    options.add_argument("--list", action="store_true", help="name the mutants, and try none")
    options.add_argument("--verbose", action="store_true", help="name those that are noticed too, with the test")
    asked = options.parse_args()
    survivors = 0
    for name in asked.area or AREAS:
        trial = Trial(name, asked.count, asked.seed, patience=asked.seconds, verbose=asked.verbose)
        if asked.list:
            for mutant in trial.tried:
                trial.show(mutant)
        else:
            survivors += trial.run()
    return int(survivors > 0)


if __name__ == "__main__":
    sys.exit(main())
