"""Signals that end the process: at once, wherever it is, with what it was writing taken away."""

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]  # `signal` itself makes its constants enumerations first
import os
import sys

from backprop_cli.lean import suppress

TEMPORARY: set[str] = set()  # files that are being written
_STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143}


def leave_on_signals() -> None:
    """Ctrl-C and SIGTERM end this process; no `except` on the way, in an import or a callback, can swallow them."""
    for number in _STATUS:
        with suppress(ValueError):  # not in the main thread: whoever runs us there decides
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, _leave)


def leave(status: int) -> int:
    """End the process without the interpreter's way out, which takes apart what is thrown away: with SymPy 0.1 s.

    Everything is written; where someone watches (a profiler, a debugger), they are to see the end: answers the status.
    """
    if sys.getprofile() or sys.gettrace():
        return status
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(status)


def _leave(number: int, _: object) -> None:
    for path in tuple(TEMPORARY):
        with suppress(OSError):
            os.unlink(path)
    os._exit(_STATUS[number])
