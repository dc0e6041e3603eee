"""Bindings that the shell has cut at their blanks, put together again: `x = 1`, `W=[[1, 2], [3, 4]]`."""

from __future__ import annotations

from backprop_cli.lean import Sequence

_OPENING, _CLOSING = "([", ")]"


def joined(words: Sequence[str]) -> list[str]:
    """The words, those that belong together as one."""
    made: list[str] = []
    for word in words:
        before = made[-1] if made else ""
        opens = "=" in before and _depth(before) > 0 and "=" not in word
        waits = before.endswith("=") and "=" not in word
        begins = word.startswith("=") and "=" not in before
        if before and (opens or waits or begins):
            made[-1] = f"{before} {word}" if opens else before + word
        else:
            made.append(word)
    return made


def _depth(word: str) -> int:
    """How many brackets a word leaves open."""
    return sum(map(word.count, _OPENING)) - sum(map(word.count, _CLOSING))
