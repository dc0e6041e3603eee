"""A budget of work for SymPy: steps are counted, not seconds, so that a busy machine gets the same answers.

A step is a call or a return, as Python's profiler sees them; about three million are a second on a machine of 2024.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from math import inf
from types import FrameType
from typing import Any

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


@contextmanager
def budget(steps: float) -> Iterator[None]:
    """Raise OutOfWorkError when what happens inside has taken so many steps; in any thread, and without an alarm."""
    left = steps

    def count(_frame: FrameType, _event: str, _: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OutOfWorkError

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)
