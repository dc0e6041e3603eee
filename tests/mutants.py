"""Mutants: small faults planted in a copy of the package, one at a time; the tests of its part must notice each.

    python tests/mutants.py [--count 20] [--seed 0] [--area partials]

By hand and in the nightly run, not in the ten minutes: a mutant takes as long as the tests of its area. Prints each
survivor with its line; status 1 if there is one. What `equivalent_mutants.txt` explains is not tried.
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
from collections.abc import Callable, Iterator
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
        ),
    ),
}
# Mutants that change no answer, by name, each line under its reason.
_EXPLAINED = Path(__file__).with_name("equivalent_mutants.txt").read_text(encoding="utf-8").splitlines()
EQUIVALENT = frozenset(line for line in _EXPLAINED if line and not line.startswith("#"))

_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.BitAnd: "&", ast.BitOr: "|", ast.Pow: "^"}
_EXCHANGED = {"+": "-", "-": "+", "*": "/", "/": "*", "&": "|", "|": "&"}
_COMPARED = {"<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "==": ("!=",), "!=": ("==",),
             "is": ("is not",), "is not": ("is",), "in": ("not in",), "not in": ("in",)}  # fmt: skip
_CALLED = {"max": "min", "min": "max", "any": "all", "all": "any"}
_SYMMETRIC = frozenset({"maximum", "minimum", "hypot", "logaddexp"})
_INFINITE = ("1/0", "-1/0", "0/0")  # how rows write infinity and NaN
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
        found = _of_rows(source, area.texts) if area.texts else _Changes(source, code=True).all()
        for start, end, text in dict.fromkeys(found):
            if source[start:end] != text:
                yield Mutant(file, start, end, text)


def _of_rows(source: str, texts: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Changes in the formulas, partials or conditions of the rows."""
    places = _Places(source)
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Gate"):
            continue
        kinds = ["head", "description", "formula"]
        meant = [it for k, it in enumerate(node.args) if (kinds[k] if k < 3 else "partial") in texts]
        meant += [keyword.value for keyword in node.keywords if keyword.arg in texts and keyword.arg != "notes"]
        for keyword in node.keywords:
            if keyword.arg == "notes" == texts[-1] and isinstance(keyword.value, ast.List):
                meant += [note.elts[1] for note in keyword.value.elts if isinstance(note, ast.Tuple)]
        for text in meant:
            if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
                continue
            start, end = places.of(text)
            if source[start + 1 : end - 1] == text.value and text.value not in ("linear", "reduction", "symmetric"):
                at = start + 1
                for part in text.value.split("; "):
                    yield from ((at + a, at + b, new) for a, b, new in _Changes(part, code=False).all())
                    at += len(part) + 2


class _Places:
    """Lines and columns (of UTF-8) as offsets in a text."""

    def __init__(self, source: str) -> None:
        self.lines = source.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def of(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)


class _Changes:
    """The small faults that a text can have: a file of code, or a formula of a row, whose power is `^`."""

    def __init__(self, source: str, *, code: bool) -> None:
        self.source, self.code = source, code
        self.python = source if code else source.replace("^", "**")
        self.places = _Places(self.python)
        self.mirrored: set[ast.AST] = set()  # differences of which only the size counts

    def all(self) -> Iterator[tuple[int, int, str]]:
        """Start, end and what is there instead."""
        tree = ast.parse(self.python)
        skipped: set[ast.AST] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "abs":
                self.mirrored.add(node.args[0])
            for part in self._ignored(node):
                skipped.update(ast.walk(part))
        if not self.code:
            (only,) = tree.body
            assert isinstance(only, ast.Expr)
            if isinstance(only.value, ast.Compare | ast.BoolOp):
                yield from ((*self.of(only.value), truth) for truth in ("0 == 0", "0 == 1"))
        for node in ast.walk(tree):
            if node not in skipped:
                for kind, changes in _KINDS:
                    if isinstance(node, kind):
                        yield from changes(self, node)

    def _ignored(self, node: ast.AST) -> list[ast.AST]:
        """What is no part of the work: annotations, assertions (`strict` is one), how infinity is written."""
        if isinstance(node, ast.keyword):
            return [node.value] if node.arg == "strict" else []
        if isinstance(node, ast.arg | ast.AnnAssign):
            return [node.annotation] if node.annotation else []
        if isinstance(node, ast.FunctionDef):
            return [node.returns] if node.returns else []
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return [node]
        infinite = isinstance(node, ast.BinOp) and not self.code and self.text(node) in _INFINITE
        return [node] if infinite or isinstance(node, ast.Assert) else []

    def of(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where it is in the text."""
        start, end = self.places.of(node)
        if not self.code:
            start, end = (place - self.python.count("**", 0, place) for place in (start, end))
        return start, end

    def text(self, node: ast.expr) -> str:
        return self.source[slice(*self.of(node))]

    def _wrapped(self, node: ast.expr) -> str:
        plain = isinstance(node, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript)
        return self.text(node) if plain else f"({self.text(node)})"

    def _between(self, left: ast.expr, right: ast.expr, old: str) -> tuple[int, int]:
        start = self.source.index(old, self.of(left)[1], self.of(right)[0])
        return start, start + len(old)

    def operation(self, node: ast.BinOp) -> Iterator[tuple[int, int, str]]:
        """Another operator; a term or a factor dropped; operands that change places."""
        old = _ARITHMETIC.get(type(node.op))
        if old is None or (old == "^" and self.code):
            return
        left, right = self._wrapped(node.left), self._wrapped(node.right)
        if old in _EXCHANGED:
            yield *self._between(node.left, node.right, old), _EXCHANGED[old]
        yield *self.of(node), left
        if old not in "/^":
            yield *self.of(node), f"(-{right})" if old == "-" else right
        if old in "-/^" and left != right and not (old == "-" and node in self.mirrored):
            yield *self.of(node), f"({right} {old} {left})"

    def augmented(self, node: ast.AugAssign) -> Iterator[tuple[int, int, str]]:
        """`+=` for `-=`, and the like."""
        old = _ARITHMETIC.get(type(node.op), "")
        if old in _EXCHANGED:
            start = self.source.index(old + "=", self.of(node.target)[1])
            yield start, start + 1, _EXCHANGED[old]

    def comparison(self, node: ast.Compare) -> Iterator[tuple[int, int, str]]:
        """A bound that is in or out, a comparison turned."""
        for (left, right), op in zip(pairwise([node.left, *node.comparators]), node.ops, strict=True):
            between = self.source[self.of(left)[1] : self.of(right)[0]].strip("() \n")
            old = " ".join(between.split()).strip("() ")
            if old in self.source[self.of(left)[1] : self.of(right)[0]]:
                yield from ((*self._between(left, right, old), new) for new in _COMPARED.get(old, ()))
            assert isinstance(op, ast.cmpop)

    def condition(self, node: ast.BoolOp) -> Iterator[tuple[int, int, str]]:
        """`and` for `or`, and one of the conditions dropped."""
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in pairwise(node.values):
            yield *self._between(left, right, old), new
        for k in range(len(node.values)):
            kept = [it for it in node.values if it is not node.values[k]]
            yield *self.of(node), f" {old} ".join(self._wrapped(it) if self.code else self.text(it) for it in kept)

    def sign(self, node: ast.UnaryOp) -> Iterator[tuple[int, int, str]]:
        """Without the sign, or without `not`."""
        if isinstance(node.op, ast.Not | ast.USub):
            yield *self.of(node), self._wrapped(node.operand)

    def constant(self, node: ast.Constant) -> Iterator[tuple[int, int, str]]:
        """A number that is larger by one; the other truth."""
        if type(node.value) in (int, float):
            yield *self.of(node), repr(node.value + 1)
        elif type(node.value) is bool:
            yield *self.of(node), repr(not node.value)

    def branch(self, node: ast.If | ast.IfExp | ast.While | ast.comprehension) -> Iterator[tuple[int, int, str]]:
        """A condition that always holds, or never."""
        for test in node.ifs if isinstance(node, ast.comprehension) else [node.test]:
            yield *self.of(test), "False"
            if not isinstance(node, ast.While):
                yield *self.of(test), "True"

    def call(self, node: ast.Call) -> Iterator[tuple[int, int, str]]:
        """In code the smallest for the largest; in rows operands that change places, or a choice made beforehand."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if self.code:
            if name in _CALLED:
                yield *self.of(node.func), _CALLED[name]
            return
        if name == "where":
            yield from ((*self.of(node.args[0]), truth) for truth in ("0 == 0", "0 == 1"))
        elif len(node.args) > 1 and name not in _SYMMETRIC:
            one, other = (self.text(operand) for operand in node.args[:2])
            yield self.of(node.args[0])[0], self.of(node.args[1])[1], f"{other}, {one}"

    def jump(self, node: ast.Continue | ast.Break) -> Iterator[tuple[int, int, str]]:
        """No way out."""
        yield *self.of(node), "pass"


_KINDS: tuple[tuple[type | tuple[type, ...], Callable[..., Iterator[tuple[int, int, str]]]], ...] = (
    (ast.BinOp, _Changes.operation),
    (ast.AugAssign, _Changes.augmented),
    (ast.Compare, _Changes.comparison),
    (ast.BoolOp, _Changes.condition),
    (ast.UnaryOp, _Changes.sign),
    (ast.Constant, _Changes.constant),
    ((ast.If, ast.IfExp, ast.While, ast.comprehension), _Changes.branch),
    (ast.Call, _Changes.call),
    ((ast.Continue, ast.Break), _Changes.jump),
)


def survives(mutant: Mutant, copy: Path, tests: tuple[str, ...]) -> bool:
    """Whether the tests pass all the same."""
    path = copy / "backprop_cli" / mutant.file
    whole = path.read_text(encoding="utf-8")
    path.write_text(mutant.applied(whole), encoding="utf-8")
    try:
        return passes(copy, tests)
    except subprocess.TimeoutExpired:
        print(f"  took longer than {PATIENCE} seconds: {mutant.name(whole)}", flush=True)
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
    options.add_argument("--list", action="store_true", help="name the mutants, and try none")
    asked = options.parse_args()
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "backprop"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv*", "node_modules", "__pycache__"))
        if (ROOT.parent / "shared").is_dir():
            shutil.copytree(ROOT.parent / "shared", Path(folder) / "shared")
        for name in asked.area or AREAS:
            area = AREAS[name]
            if not asked.list and not passes(copy, area.tests):
                sys.exit(f"{name}: the tests fail without any mutant, and would seem to notice each")
            sources = {file: (copy / "backprop_cli" / file).read_text(encoding="utf-8") for file in area.files}
            every = list(mutants(area))
            sample = random.Random(asked.seed).sample(every, min(asked.count, len(every)))
            tried = [mutant for mutant in sample if mutant.name(sources[mutant.file]) not in EQUIVALENT]
            alive = 0
            for mutant in tried:
                source = sources[mutant.file]
                if asked.list or survives(mutant, copy, area.tests):
                    alive += 1
                    print(f"  {mutant.number(source)} {mutant.name(source)}", flush=True)
            same = len(sample) - len(tried)
            if not asked.list:
                survivors += alive
                noticed = f"{len(tried) - alive} of {len(tried)} noticed, {same} equivalent"
                print(f"{name}: {noticed}, of {len(every)} there are", flush=True)
    return int(survivors > 0)


if __name__ == "__main__":
    sys.exit(main())
