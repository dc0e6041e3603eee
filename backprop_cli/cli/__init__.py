"""The commands: Typer, the terminal, exit statuses. One file a command."""

from __future__ import annotations


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; answer the exit status. Where it is the process's own, signals end that, and so do we."""
    if arguments is not None:
        from backprop_cli.cli.run import run

        return run(arguments)
    import _signal  # type: ignore[import-not-found]  # `signal` takes some milliseconds, in which Ctrl-C would show a traceback
    import gc

    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    # Neither modules nor the columns of a large graph hold cycles: the collector would find nothing, again and again.
    gc.disable()
    from backprop_cli.cli.leaving import leave, leave_on_signals

    leave_on_signals()
    from backprop_cli.cli.run import run

    return leave(run())
