"""The user's own limit of time."""

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]
import sys

from backprop_cli.lean import suppress

SECONDS = (0.001, 1_000_000)  # the shortest and the longest
_AGAIN = 0.2  # seconds until the next alarm, for where the exception of one was swallowed


class OutOfTimeError(BaseException):
    """`--timeout` has passed; not an Exception, which those who try something and go on would catch."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not finished after {seconds:g} second{'s' * (seconds != 1)}")


class _Alarm:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __call__(self, *_: object) -> None:
        sys.unraisablehook = _not_of_time  # raised where nothing may be, it is raised again by the next alarm
        raise OutOfTimeError(self.seconds)


def _not_of_time(told: sys.UnraisableHookArgs) -> None:
    if told.exc_type is not OutOfTimeError:
        sys.__unraisablehook__(told)


def stop_after(seconds: float) -> None:
    """Raise OutOfTimeError in the main thread when so many seconds have passed, where the system has alarms."""
    if not hasattr(signal, "setitimer"):
        return

    with suppress(ValueError):  # not in the main thread: whoever runs us there decides
        signal.signal(signal.SIGALRM, _Alarm(seconds))
        signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)


def go_on() -> None:
    """No limit from here on."""
    if hasattr(signal, "setitimer") and isinstance(signal.getsignal(signal.SIGALRM), _Alarm):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
