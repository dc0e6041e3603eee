"""A Report as text, one format a file. It sees a Report, never a graph.

A format's file has `render(report, style)`, which answers the text in pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from backprop_cli.render.style import Style
from backprop_cli.report.model import Report

# format: the module that renders it, and what it is for
_FORMATS = {
    "table": ("table", "a table for reading in a terminal"),
    "plain": ("plain", "the same without lines or colour, for screen readers and diffs"),
    "markdown": ("markdown", "the same as a Markdown table"),
    "json": ("as_json", "everything, for programs; `backprop/grad@1` and `backprop/eval@1`"),
    "jsonl": ("as_jsonl", "the same on one line, for logs and loops"),
    "csv": ("as_csv", "one line a node"),
    "quiet": ("quiet", "the result alone; what `-q` prints"),
}
FORMATS = tuple(_FORMATS)
FORMAT_MEANING = {name: meaning for name, (_, meaning) in _FORMATS.items()}
# These carry the notes in themselves; beside the others notes go to stderr.
CARRIES_NOTES = frozenset({"json", "jsonl"})


def render_report(report: Report, format_: str, style: Style) -> Iterator[str]:
    """The pieces of the report's text in a format.

    Raises ValueError for a format that is none of FORMATS.
    """
    if format_ not in _FORMATS:
        message = f"unknown format {format_!r}; there are {', '.join(FORMATS)}"
        raise ValueError(message)
    module = import_module(f"backprop_cli.render.{_FORMATS[format_][0]}")
    pieces: Iterator[str] = module.render(report, style)
    return pieces


__all__ = ["CARRIES_NOTES", "FORMATS", "FORMAT_MEANING", "Style", "render_report"]
