"""The commands: Typer, the terminal, exit statuses. One file a command."""

from __future__ import annotations


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; answer the exit status. Where it is the process's own, signals end that."""
    if arguments is None:
        import _signal  # type: ignore[import-not-found]  # `signal` takes some milliseconds, in which Ctrl-C would show a traceback

        if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
            _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
        from backprop_cli.cli.leaving import leave_on_signals

        leave_on_signals()
    from backprop_cli.cli.run import run

    return run(arguments)
