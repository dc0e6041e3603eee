"""What Markdown would act upon made harmless: words and formulas."""

from __future__ import annotations

from backprop_cli.text import unblocked


def escaped(text: str) -> str:
    """Words with formulas in them: `*` and `_` would mean something to Markdown."""
    return "".join(f"\\{c}" if c in "*_|<" else c for c in text)


def code(text: str) -> str:
    """A code span; a bar would end the cell, a backtick the span."""
    harmless = unblocked(text).replace("|", "\\|").replace("`", "'")
    return f"`{harmless}`"
