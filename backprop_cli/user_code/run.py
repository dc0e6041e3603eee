"""The one place where the user's file is compiled and executed: in a namespace that can be put back as it was.

What it prints is swallowed, what it plots is not shown, its random numbers are the same in every run.
"""

from __future__ import annotations

import ast
import io
import os
import random
import sys
import types
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout

import numpy as np

from backprop_cli.lean import Any, Iterable, Iterator, Mapping, NamedTuple, Sequence, suppress
from backprop_cli.user_code.copies import copied
from backprop_cli.user_code.findings import Failure
from backprop_cli.user_code.instrument import Instrumented
from backprop_cli.user_code.mover import Mover, Pins, Shakes
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.tensors import as_it_was, begin, random_state, set_random_state
from backprop_cli.user_code.trace import LeftError, StoppedError
from backprop_cli.user_code.turns import MOST_TURNS, TURN, TooManyTurnsError, counted, with_turns

_HOOKS = Recorder.bind.__code__.co_filename
_PLOTTING = ("matplotlib", "matplotlib.pyplot", "seaborn", "pylab", "plotly", "tqdm.notebook")


class Snapshot(NamedTuple):
    """The namespace, and the state of the random numbers, before a statement."""

    names: dict[str, Any]
    numpy_state: Any
    random_state: Any
    torch_state: Any
    settled: set[int]  # arrays that no run has changed: they need no copy
    seen: list[bool]


class Program:
    """The user's file, ready to run from any of its top-level statements."""

    def __init__(self, made: Instrumented, path: str, most_turns: int = MOST_TURNS) -> None:
        self.path, self.most_turns = path, most_turns
        self.codes = [compile(statement, path, "exec", dont_inherit=True) for statement in made.statements]
        self.sites = made.sites
        self.names: dict[str, Any] = {"__name__": "__main__", "__file__": path, "__builtins__": __builtins__}
        self.snapshots: dict[int, Snapshot] = {}
        self.shakes: Shakes = {}
        self.pins: Pins = {}
        self.left: set[tuple[int, int, int]] = set()  # where a loop has had its first pass

    def record(self, recorder: Recorder, given: Mapping[str, Any], seed: int) -> Failure | None:
        """Run the file from its beginning to its end, or to where it fails."""
        self.shakes = recorder.shakes
        self.names.update(given)
        self.names.update({**recorder.hooks(), TURN: counted(self.most_turns)})
        for number, code in enumerate(self.codes):
            self.snapshots[number] = self._snapshot()
            recorder.begin(number)
            try:
                run_user_code(code, self.names)
                begin(seed)
            except LeftError:
                self.left = set(recorder.left)
                continue
            except SystemExit:
                return None
            except Exception as error:
                failure = self._failure(error)
                if not failure.line:
                    raise
                return failure
        return None

    def again(
        self, mover: Mover, start: int, codes: Mapping[int, Any] | None = None, last: int | None = None
    ) -> list[Any] | None:
        """Run from a statement on until everything is read; None where that does not come to pass."""
        for _ in range(2):
            self._restore(start)
            mover.start(self.left, self.shakes, self.pins)
            self.names.update({**mover.hooks(), TURN: counted(self.most_turns)})
            try:
                self._run(mover, range(start, len(self.codes) if last is None else last + 1), codes or {})
            except StoppedError:
                self._settle(start)
                return mover.found
            except (Exception, SystemExit, TooManyTurnsError) as error:
                if "read-only" not in str(error) or not self.snapshots[start].settled:
                    return None
                self._unsettle(start)
            else:
                return None
        return None

    def _run(self, mover: Mover, statements: Iterable[int], codes: Mapping[int, Any]) -> None:
        for number in statements:
            mover.begin(number)
            with suppress(LeftError):
                run_user_code(codes.get(number) or self.codes[number], self.names)

    @contextmanager
    def shaken(self, shakes: Shakes) -> Iterator[None]:
        """With other values at some places too, for runs that begin before these."""
        kept = self.shakes
        self.shakes = {place: [*kept.get(place, ()), *shakes.get(place, ())] for place in (*kept, *shakes)}
        try:
            yield
        finally:
            self.shakes = kept

    @contextmanager
    def changed(self, statement: int, module: ast.Module) -> Iterator[Mapping[int, Any]]:
        """With another text of a top-level statement; of a definition, its functions have other code for a while."""
        code = compile(module, self.path, "exec", dont_inherit=True)
        if not isinstance(module.body[0], ast.FunctionDef | ast.ClassDef):
            yield {statement: code}
            return
        kept: list[tuple[Any, Any]] = []
        bodies = _bodies(code)
        held = self.names.get(module.body[0].name)
        try:
            for function in _functions(held):
                new = bodies.get(function.__code__.co_qualname)
                if new is not None and new.co_freevars == function.__code__.co_freevars:
                    kept.append((function, function.__code__))
                    function.__code__ = new
            yield {statement: code}  # for a run that begins before it
        finally:
            for function, old in kept:
                function.__code__ = old

    # -- the namespace ----------------------------------------------------------------------------

    def _snapshot(self) -> Snapshot:
        names, _ = copied(self.names, set())
        states = np.random.get_state(), random.getstate(), random_state()  # noqa: NPY002
        return Snapshot(names, *states, set(), [])

    def _restore(self, statement: int) -> None:
        kept = self.snapshots[statement]
        names, self._copies = copied(kept.names, kept.settled)
        self.names.clear()
        self.names.update(names)
        np.random.set_state(kept.numpy_state)  # noqa: NPY002
        random.setstate(kept.random_state)
        set_random_state(kept.torch_state)

    def _settle(self, statement: int) -> None:
        """After the first run from a snapshot: what it has left alone is not copied any more."""
        kept = self.snapshots[statement]
        if not kept.seen:
            kept.seen.append(True)
            for original, mine in self._copies:
                plain = original.dtype.kind in "fiub" and original.flags.writeable and original.flags.owndata
                if plain and np.array_equal(original, mine, equal_nan=original.dtype.kind == "f"):
                    original.flags.writeable = False  # whoever writes into it after all is noticed
                    kept.settled.add(id(original))

    def _unsettle(self, statement: int) -> None:
        """A run writes into what others leave alone: everything is copied again."""
        kept = self.snapshots[statement]
        kept.settled.clear()

    def _failure(self, error: BaseException) -> Failure:
        line, trace = 0, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.path:
                line = trace.tb_lineno
            elif trace.tb_frame.f_code.co_filename == _HOOKS:
                return Failure(0, "", "")  # of ours
            trace = trace.tb_next
        stands_in = any(type(one).__module__ == "unittest.mock" for one in self.names.values())
        ours = (bool(self.left) or stands_in) and not isinstance(error, ImportError)
        return Failure(line, type(error).__name__, " ".join(str(error).split()), ours)


def _bodies(code: Any) -> dict[str, Any]:
    """The code objects inside one, by their qualified names."""
    found: dict[str, Any] = {}
    waiting = [code]
    while waiting:
        for one in waiting.pop().co_consts:
            if isinstance(one, types.CodeType):
                found[one.co_qualname] = one
                waiting.append(one)
    return found


def _functions(held: Any) -> Iterator[Any]:
    """A function itself, or the methods of a class."""
    for one in vars(held).values() if isinstance(held, type) else [held]:
        inner = getattr(one, "__func__", getattr(one, "fget", None) or one)
        if isinstance(inner, types.FunctionType):
            yield inner


def run_user_code(code: Any, names: dict[str, Any]) -> None:
    """Execute a statement; its frame is how deep a call is, counted from here."""
    exec(code, names)  # noqa: S102  the user asked for it: it is their file


def run_tree(tree: ast.Module, path: str, names: dict[str, Any]) -> None:
    """Execute a whole file."""
    run_user_code(compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True), names)


@contextmanager
def quietly(path: str, arguments: Sequence[str] = (), seed: int = 0) -> Iterator[None]:
    """Around everything that runs the user's code: streams, arguments, random numbers, plots; put back afterwards."""
    kept = sys.argv, list(sys.path), np.random.get_state(), random.getstate(), os.environ.get("MPLBACKEND")  # noqa: NPY002
    stdin, default_rng = sys.stdin, np.random.default_rng
    stubs = _plotting_stubs()
    sys.argv, sys.stdin = [path, *arguments], io.StringIO("")
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    os.environ["MPLBACKEND"] = "Agg"
    np.random.seed(seed)  # noqa: NPY002
    random.seed(seed)
    seeded: Any = lambda given=None: default_rng(seed if given is None else given)  # noqa: E731
    np.random.default_rng = seeded
    sink = io.StringIO()
    try:
        import warnings

        quiet = redirect_stdout(sink), redirect_stderr(sink), np.errstate(all="ignore"), warnings.catch_warnings()
        with ExitStack() as stack:
            for context in (*quiet, as_it_was(seed)):
                stack.enter_context(context)
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.default_rng = default_rng
        sys.argv, sys.path[:], sys.stdin = kept[0], kept[1], stdin
        np.random.set_state(kept[2])  # noqa: NPY002
        random.setstate(kept[3])
        for name in stubs:
            sys.modules.pop(name, None)
        if kept[4] is None:
            os.environ.pop("MPLBACKEND", None)
        else:
            os.environ["MPLBACKEND"] = kept[4]


def _plotting_stubs() -> list[str]:
    """Where plotting is not installed, something that takes its calls and does nothing."""
    from importlib.util import find_spec
    from unittest.mock import MagicMock

    made: list[str] = []
    for name in _PLOTTING:
        root = name.partition(".")[0]
        try:
            there = root in sys.modules or find_spec(root) is not None
        except (ImportError, ValueError):
            there = False
        if not there or root in made:
            sys.modules[name] = MagicMock(name=name)
            made.append(name)
    return made


def attempted(text: str, path: str, given: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a file leaves behind where names have those values; None where it raises an exception."""
    names = {"__name__": "__main__", "__file__": path, "__builtins__": __builtins__, **copied(given, set())[0]}
    with quietly(path):
        try:
            tree = parse(text, path)
            with_turns(tree)
            names[TURN] = counted(MOST_TURNS)
            run_tree(tree, path, names)
        except (Exception, SystemExit, TooManyTurnsError):  # whatever it is: these do not fit
            return None
    return names


def parse(text: str, path: str) -> ast.Module:
    """The user's syntax tree. Raises SyntaxError as Python does."""
    return ast.parse(text, path)
