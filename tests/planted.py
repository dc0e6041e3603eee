"""Mutants tried in forks of one process: the tests are collected once, and a mutant meets those that run its lines.

The fault is planted by giving the functions of the package that are there other code. Where a fault is in no function
(a table, a default), there is none to change: `plant` says so, and the mutant needs a copy of the package.
"""

from __future__ import annotations

import ast
import functools
import gc
import os
import pickle
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest

_SPEC = find_spec("backprop_cli")
assert _SPEC is not None and _SPEC.origin is not None
_ROOT = Path(_SPEC.origin).parent  # where it is installed, which may be elsewhere
_SLOWER = 5  # times what its tests take without it, and a minute: longer than that, a mutant hangs
_MEMORY = 8 << 30


class Planted:
    """A plugin of pytest's: instead of running the tests, `tried` is called with itself, to ask it about mutants."""

    def __init__(self, files: tuple[str, ...], tried: Callable[[Planted], None], patience: float) -> None:
        self.paths = {str(_ROOT / file): file for file in files}
        self.tried, self.patience = tried, patience
        self.items: list[Any] = []
        self.functions_of: list[str] = []  # whose cases the tests are
        self.seconds: list[float] = []
        self.lines: list[set[tuple[str, int]]] = []
        self.killers: Counter[str] = Counter()
        self.functions: list[FunctionType] = []
        self.caches: list[functools._lru_cache_wrapper[Any]] = []
        self.failed = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure each test, then try the mutants."""
        self.items = session.items
        for name in ("sympy", *(f"backprop_cli.{file[:-3].replace('/', '.')}" for file in self.paths.values())):
            import_module(name)  # which the functions that need it import late
        for thing in gc.get_objects():
            if isinstance(thing, FunctionType) and thing.__code__.co_filename in self.paths:
                self.functions.append(thing)
            elif isinstance(thing, functools._lru_cache_wrapper):
                self.caches.append(thing)
        self.functions_of = [item.nodeid.partition("[")[0] for item in self.items]
        gc.freeze()  # what no child need look through
        reader, writer = os.pipe()
        child = os.fork()
        if not child:  # so that no cache is filled here
            os.close(reader)
            _silently()
            seen = [self._measured(item) for item in self.items]
            with os.fdopen(writer, "wb") as pipe:
                pickle.dump((seen, self.failed), pipe)
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            seen, failed = pickle.load(pipe)
        os.waitpid(child, 0)
        if failed:
            sys.exit("the tests fail without any mutant, and would seem to notice each")
        self.seconds, self.lines = [it[0] for it in seen], [it[1] for it in seen]
        self.tried(self)
        return True

    def plant(self, new: dict[CodeType, CodeType]) -> bool:
        """Give functions their new code, and forget what any answered before; False if there are none."""
        planted = [it for it in self.functions if it.__code__ in new]
        for function in planted:
            function.__code__ = new[function.__code__]
        for answered in self.caches:
            answered.cache_clear()
        return bool(planted)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Whether a test failed, or what it needs."""
        self.failed |= report.failed

    def _run(self, item: pytest.Item) -> None:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    def _measured(self, item: pytest.Item) -> tuple[float, set[tuple[str, int]]]:
        lines: set[tuple[str, int]] = set()

        def local(frame: FrameType, event: str, _argument: object) -> Any:
            if event == "line":
                lines.add((self.paths[frame.f_code.co_filename], frame.f_lineno))
            return local

        def called(frame: FrameType, _event: str, _argument: object) -> Any:
            return local if frame.f_code.co_filename in self.paths else None

        sys.settrace(called)
        start = time.process_time()
        try:
            self._run(item)
        finally:
            sys.settrace(None)
        return time.process_time() - start, lines

    def running(self, file: str, lines: range) -> list[int]:
        """The tests that run one of the lines: first those that noticed something before, and those that are short."""
        places = {(file, line) for line in lines}
        found = [k for k in range(len(self.items)) if places & self.lines[k]]
        met: Counter[str] = Counter()
        order = {}
        for k in sorted(found, key=self.seconds.__getitem__):
            function = self.functions_of[k]
            met[function] += 1  # each case of a function tells less than the one before
            order[k] = self.seconds[k] * met[function] / (1 + self.killers[function])
        found.sort(key=order.__getitem__)
        total, most = 0.0, []
        for k in found:
            if total + self.seconds[k] <= self.patience:
                total += self.seconds[k]
                most.append(k)
        return most or found[:1]

    def notices(self, file: str, source: str, changed: str, lines: range) -> str | None:
        """The test that fails with the change, "" if none does; None if the change is in no function."""
        if not functions(str(_ROOT / file), source, changed):
            return None
        tests = self.running(file, lines)
        if not tests:
            return ""
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.close(reader)
            self._child(file, source, changed, tests, writer)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            said = pipe.read().decode()
        os.waitpid(child, 0)
        if said.isdigit():
            self.killers[self.functions_of[int(said)]] += 1
            return str(self.items[int(said)].nodeid)
        return {"alive": "", "nowhere": None}.get(said, "one that does not come to an end")

    def _child(self, file: str, source: str, changed: str, tests: list[int], writer: int) -> None:
        _silently()
        most = int(60 + _SLOWER * sum(self.seconds[k] for k in tests))
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        said = "alive"
        if not self.plant(functions(str(_ROOT / file), source, changed)):
            said = "nowhere"
        else:
            self.failed = False
            for k in tests:
                try:
                    self._run(self.items[k])
                except BaseException:  # even one that ends the run
                    self.failed = True
                if self.failed:
                    said = str(k)
                    break
        os.write(writer, said.encode())
        os._exit(0)


def _silently() -> None:
    """Write nothing that others read."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def functions(path: str, source: str, changed: str) -> dict[CodeType, CodeType]:
    """The code of the functions that a change is in, and their new code."""
    old, new = (compile(text, path, "exec", dont_inherit=True) for text in (source, changed))
    return dict(_changes(old, new))


def _changes(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The outermost functions that differ, each with the other; in classes, their methods."""
    mine, theirs = ([it for it in code.co_consts if isinstance(it, CodeType)] for code in (old, new))
    if len(mine) != len(theirs):
        return
    for one, other in zip(mine, theirs, strict=True):
        if one.co_flags & 2:  # a function has fast locals, the body of a class has none
            if _kernel(one) != _kernel(other):
                yield one, other
        else:
            yield from _changes(one, other)


def _kernel(code: CodeType) -> Any:
    """What a function does, whatever its lines."""
    inner = tuple(_kernel(it) if isinstance(it, CodeType) else (type(it), repr(it)) for it in code.co_consts)
    return code.co_code, inner, code.co_names, code.co_varnames, code.co_freevars


def statement(source: str, line: int) -> range:
    """The lines of the statement that a line is in; of a compound one, those of its head."""
    best = range(line, line + 1)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0):
            body = getattr(node, "body", None)
            end = body[0].lineno if body else (node.end_lineno or 0) + 1
            if line < end:
                best = range(node.lineno, max(end, node.lineno + 1))
    return best
