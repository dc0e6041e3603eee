"""The commands: Typer, the terminal, exit statuses. One file a command."""

from __future__ import annotations


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; answer the exit status."""
    try:
        from backprop_cli.cli.run import run

        return run(arguments)
    except KeyboardInterrupt:  # while it was starting
        return 130
