"""`--safe`, for services and CI: what strangers type reads no file but the one named, writes none, and ends soon."""

from __future__ import annotations

import os

from backprop_cli.cli.limits import stop_after
from backprop_cli.data.files import NAMED
from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.lean import Sequence, suppress

MOST_SECONDS = 6
_BYTES = 1 << 30


def begin(words: Sequence[str], *, ours: bool) -> None:
    """Set the limits of a command line; those of memory and of the processor only where the process is ours.

    Raises BackpropError (U801) for the browser, which would be another program.
    """
    NAMED.only = frozenset()
    stop_after(MOST_SECONDS)
    if "--open" in words:
        raise BackpropError(Diagnostic("U801", "`--safe` opens no browser", (), "leave out `--open`"))
    if not ours:
        return
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each thread of NumPy's takes addresses, which are limited
    with suppress(ImportError, OSError, ValueError):  # not on this platform, or there is a lower limit already
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS + 1, MOST_SECONDS + 2))  # where an alarm is not heard


def allow(path: str) -> None:
    """Let the file be read that the first argument names: a formula's, `@loss.bp`, or a suite."""
    if NAMED.only is not None:
        NAMED.only = frozenset({path})


def refuse_code(path: str) -> None:
    """Raise BackpropError (U801) for a file that would be executed."""
    if NAMED.only is not None:
        message = f"`{shorten(path, 80)}`: `--safe` runs no code"
        raise BackpropError(Diagnostic("U801", message, (), "without `--safe` the file is executed"))


def end() -> None:
    """Every file may be read again."""
    NAMED.only = None
