"""Lines of words as wide as asked for: broken at blanks, so that no number is ever cut."""

from __future__ import annotations

from backprop_cli.text import unblocked


def laid(line: str, width: int | None, *, start: str = "", hang: str | None = None) -> str:
    """A line as `wrapped` has it; one that ends in a matrix of several lines with these below each other.

    Where that is too wide the matrix begins in the next line, and where it still is the numbers follow one another.
    """
    if "\n" not in line:
        return wrapped(line, width, start=start, hang=hang)
    first, *rest = line.split("\n")
    column = first.rfind("[[")
    beside = [start + first, *(" " * (len(start) + column) + text for text in rest)]
    deeper = " " * (len(start) + 2) if hang is None else hang
    below = [start + first[:column].rstrip(), *(deeper + text for text in (first[column:], *rest))]
    for lines in (beside, below):
        if width is None or max(map(len, lines)) <= width:
            return "".join(f"{text}\n" for text in lines)
    return wrapped(unblocked(line), width, start=start, hang=hang)


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
