"""Mutants: small faults planted in a copy of the package, one at a time; the tests of its part must notice each.

    python tests/mutants.py [--count 20] [--seed 0] [--area partials]

By hand and in the nightly run, not in the ten minutes: a mutant takes as long as the tests of its area. Prints each
survivor with its line; status 1 if there is one that EQUIVALENT does not explain.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

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
    "conditions": Area(_ROWS, ("test_gates.py", "test_truth.py", "test_engine.py"), _CONDITIONS),
    "pulls": Area(_TENSOR_ROWS, ("test_arrays.py", "test_array_programs.py"), ("formula", "partial")),
    "passes": Area(
        tuple(f"engine/{name}.py" for name in ("passes", "numbers", "flow", "sums", "tangent", "jacobian")),
        ("test_engine.py", "test_arrays.py", "test_array_programs.py", "test_commands.py"),
    ),
    "verdicts": Area(
        tuple(
            f"check/{name}.py" for name in ("verdict", "judge", "cross_check", "per_gate", "gradient_check", "point")
        ),
        ("test_check.py", "test_claims.py", "test_array_claims.py", "test_truth.py"),
    ),
}
# Mutants that change no answer, as they are printed but for the line's number, and why.
EQUIVALENT: dict[str, str] = {}
_SWAPS = {"+": "-", "-": "+", "*": "/", "/": "*", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==",
          "and": "or", "or": "and", "is": "is not", "is not": "is", "in": "not in", "not in": "in"}  # fmt: skip
_IN_TEXT = re.compile(r"(?<=[\w)] )(?:[-+*/<>]|<=|>=|==)(?= [\w(-])|(?<=[\w)])[*/](?=[\w(])|\b\d+\b|^-")


class Mutant(NamedTuple):
    """A file, the characters of it that are replaced, and by what."""

    file: str
    start: int
    end: int
    text: str

    def line(self, source: str) -> str:
        """Where it is, and what was done."""
        number = source.count("\n", 0, self.start) + 1
        whole = source.splitlines()[number - 1].strip()
        return f"{self.file}:{number}: `{source[self.start : self.end]}` → `{self.text}` in `{whole[:100]}`"


def mutants(area: Area) -> Iterator[Mutant]:
    """Every mutant of an area."""
    for file in area.files:
        source = (ROOT / "backprop_cli" / file).read_text(encoding="utf-8")
        places = _Places(source)
        tree = ast.parse(source)
        found = _of_rows(tree, places, area.texts) if area.texts else _of_code(tree, places)
        for start, end, text in found:
            yield Mutant(file, start, end, text)


class _Places:
    """Lines and columns (of UTF-8) as offsets in a text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.lines = source.splitlines(keepends=True)

    def at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def of(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)


def _of_rows(tree: ast.Module, places: _Places, texts: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Changes in the formulas, partials or conditions of the rows."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Gate"):
            continue
        kinds = ["head", "description", "formula"]
        meant = [it for k, it in enumerate(node.args) if (kinds[k] if k < 3 else "partial") in texts]
        meant += [keyword.value for keyword in node.keywords if keyword.arg in texts]
        for text in meant:
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                start, end = places.of(text)
                for found in _IN_TEXT.finditer(places.source[start + 1 : end - 1]):
                    old = found[0]
                    new = "" if old == "-" and not found.start() else _SWAPS.get(old) or str(int(old) + 1)
                    yield start + 1 + found.start(), start + 1 + found.end(), new


def _of_code(tree: ast.Module, places: _Places) -> Iterator[tuple[int, int, str]]:
    """Operators, comparisons, numbers and conditions that are others."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.Compare | ast.BoolOp):
            parts = [node.left, node.right] if isinstance(node, ast.BinOp) else [*_operands(node)]
            for left, right in pairwise(parts):
                between = places.of(left)[1], places.of(right)[0]
                old = re.search(r"is not|not in|[-+*/<>=!]+|\w+", places.source[slice(*between)].strip("()\n "))
                if old and old[0] in _SWAPS:
                    start = places.source.index(old[0], between[0])
                    yield start, start + len(old[0]), _SWAPS[old[0]]
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            start, end = places.of(node)
            yield start, end, f"({places.source[slice(*places.of(node.operand))]})"
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
            start, end = places.of(node)
            yield start, end, repr(node.value + 1)
        elif isinstance(node, ast.If | ast.IfExp):
            start, end = places.of(node.test)
            yield start, end, "False"


def _operands(node: ast.Compare | ast.BoolOp) -> list[ast.expr]:
    return node.values if isinstance(node, ast.BoolOp) else [node.left, *node.comparators]


def survives(mutant: Mutant, copy: Path, tests: tuple[str, ...]) -> bool:
    """Whether the tests pass all the same."""
    path = copy / "backprop_cli" / mutant.file
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: mutant.start] + mutant.text + whole[mutant.end :], encoding="utf-8")
    try:
        return passes(copy, tests)
    except subprocess.TimeoutExpired:
        print(f"  took longer than {PATIENCE} seconds: {mutant.line(whole)}", flush=True)
        return False
    finally:
        path.write_text(whole, encoding="utf-8")


def passes(copy: Path, tests: tuple[str, ...]) -> bool:
    """Whether the tests pass in the copy."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider"]
    command += [f"tests/{name}" for name in tests]
    done = subprocess.run(
        command, cwd=copy, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE,
        check=False,
    )  # fmt: skip
    return done.returncode == 0


def main() -> int:
    """Try a sample of every area, or of one."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("--count", type=int, default=20, help="mutants of each area")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--area", choices=[*AREAS], action="append")
    asked = options.parse_args()
    unexplained = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "backprop"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv*", "node_modules", "__pycache__"))
        if (ROOT.parent / "shared").is_dir():
            shutil.copytree(ROOT.parent / "shared", Path(folder) / "shared")
        for name in asked.area or AREAS:
            area = AREAS[name]
            if not passes(copy, area.tests):
                sys.exit(f"{name}: the tests fail without any mutant, and would seem to notice each")
            every = list(mutants(area))
            sample = random.Random(asked.seed).sample(every, min(asked.count, len(every)))
            alive = []
            for mutant in sample:
                line = mutant.line((ROOT / "backprop_cli" / mutant.file).read_text(encoding="utf-8"))
                if survives(mutant, copy, area.tests):
                    reason = EQUIVALENT.get(re.sub(r":\d+:", ":", line, count=1), "")
                    alive.append(line)
                    unexplained += not reason
                    print(f"  survived {line}{' (' + reason + ')' if reason else ''}", flush=True)
            print(f"{name}: {len(sample) - len(alive)} of {len(sample)} noticed, of {len(every)} there are", flush=True)
    return int(unexplained > 0)


if __name__ == "__main__":
    sys.exit(main())
