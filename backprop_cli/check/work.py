"""A budget of work for SymPy: steps are counted, not seconds, so that a busy machine gets the same answers.

A step is a call or a return, as Python's profiler sees them; about three million are a second on a machine of 2024.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from math import inf
from threading import Lock, local
from types import FrameType

from backprop_cli.lean import Any, Callable, Iterator, nullcontext

STEPS_A_SECOND = 3_000_000


class OutOfWorkError(BaseException):  # so that no `except Exception` in SymPy keeps it
    """The budget of steps is spent."""


def within(steps: float, work: Callable[[], Any]) -> Any:
    """What the work answers, None where it takes more steps than that, or SymPy recurses too deep."""
    try:
        with budget(steps) if steps < inf else nullcontext():
            return work()
    except (OutOfWorkError, RecursionError):
        return None


class _Unraised:
    """While budgets run: one that is spent where Python lets no exception out, as a generator is closed, goes on.

    Python reports such an exception, drops it, and counts no more; the next step raises it again.
    """

    def __init__(self) -> None:
        self.lock, self.running = Lock(), 0
        self.before: Callable[[Any], Any] = sys.unraisablehook
        self.here = local()

    @contextmanager
    def watched(self, count: Callable[[FrameType, str, Any], object]) -> Iterator[None]:
        """Around a budget of this thread, which is counted so."""
        outer, self.here.count = getattr(self.here, "count", None), count
        with self.lock:
            self.running += 1
            if self.running == 1:
                self.before, sys.unraisablehook = sys.unraisablehook, self.report
        try:
            yield
        finally:
            self.here.count = outer
            with self.lock:
                self.running -= 1
                if not self.running and sys.unraisablehook == self.report:
                    sys.unraisablehook = self.before

    def report(self, dropped: Any) -> None:
        """An exception was dropped."""
        count = getattr(self.here, "count", None)
        if dropped.exc_type is OutOfWorkError and count is not None:
            sys.setprofile(count)
        else:
            self.before(dropped)


_UNRAISED = _Unraised()


@contextmanager
def budget(steps: float) -> Iterator[None]:
    """Raise OutOfWorkError when what happens inside has taken so many steps; in any thread, and without an alarm."""
    left = steps

    def count(frame: FrameType, _event: str, _: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0 and frame.f_code is not _Unraised.report.__code__:
            raise OutOfWorkError

    before = sys.getprofile()
    sys.setprofile(None)
    try:
        with _UNRAISED.watched(count):
            sys.setprofile(count)
            try:
                yield
            finally:
                sys.setprofile(None)
    finally:
        sys.setprofile(before)
