"""Signals that end the process: at once, wherever it is, with what it was writing taken away."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

TEMPORARY: set[str] = set()  # files that are being written
_STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143}


def leave_on_signals() -> None:
    """Ctrl-C and SIGTERM end this process; no `except` on the way, in an import or a callback, can swallow them."""
    for number in _STATUS:
        with suppress(ValueError):  # not in the main thread: whoever runs us there decides
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, _leave)


def _leave(number: int, _: object) -> None:
    for path in tuple(TEMPORARY):
        with suppress(OSError):
            os.unlink(path)
    os._exit(_STATUS[signal.Signals(number)])
