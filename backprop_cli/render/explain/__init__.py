"""An account of the steps as text, one format a file. It sees the Account's equations, and spells them.

A format's file has `render(account, style, paths)`, which answers the text in pieces; `paths` asks for every path
from the output to an input as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from backprop_cli.render.style import Style

if TYPE_CHECKING:
    from backprop_cli.report.derivation import Account

# format: the module that renders it, and what it is for
_FORMATS = {
    "text": ("text", "reading in a terminal"),
    "markdown": ("markdown", "the same as Markdown lists"),
    "latex": ("latex", "a small document whose steps are one `align*` block"),
    "json": ("as_json", "what `grad --json` has, and the steps; `backprop/explain@1`"),
    "quiet": ("quiet", "the gradients alone; what `-q` prints"),
}
EXPLAIN_FORMATS = tuple(_FORMATS)


def render_account(account: Account, format_: str, style: Style, *, paths: bool = False) -> Iterator[str]:
    """The pieces of the account's text in a format. Raises ValueError for one that is none of EXPLAIN_FORMATS."""
    if format_ not in _FORMATS:
        message = f"unknown format {format_!r}; there are {', '.join(_FORMATS)}"
        raise ValueError(message)
    module = import_module(f"backprop_cli.render.explain.{_FORMATS[format_][0]}")
    pieces: Iterator[str] = module.render(account, style, paths)
    return pieces


__all__ = ["EXPLAIN_FORMATS", "render_account"]
