"""Lines of words as wide as asked for: broken at blanks, so that no number is ever cut."""

from __future__ import annotations


def wrapped(line: str, width: int | None, *, start: str = "", hang: str | None = None) -> str:
    """A line behind its `start`, and what does not fit below it, behind `hang`: two deeper than `start` unless told."""
    if width is None or len(start) + len(line) <= width:
        return f"{start}{line}\n"
    import textwrap

    deeper = " " * (len(start) + 2) if hang is None else hang
    pieces = textwrap.wrap(
        line, max(width, len(deeper) + 1), initial_indent=start, subsequent_indent=deeper,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return "".join(f"{piece}\n" for piece in pieces)
