"""The turns of loops that were written out: which rows of the program each of them is."""

from __future__ import annotations

from bisect import bisect_right

from backprop_cli.language.program import Program
from backprop_cli.lean import NamedTuple, Sequence


class Mark(NamedTuple):
    """A turn in the text that was written out: the loop's name, which turn of how many, its characters.

    `parent` is the position of the turn around it, or -1; `loop` counts the loops of what is around it, from 1.
    """

    name: str
    number: int
    turns: int
    begin: int
    end: int
    parent: int
    loop: int


class Turn(NamedTuple):
    """A turn of the loop over `name`: the rows first … last-1, what it is called in names (`turn3`) and in words.

    `parent` is the position of the turn around it, or -1. Those around others come first.
    """

    name: str
    label: str
    title: str
    first: int
    last: int
    parent: int


def placed(marks: Sequence[Mark], program: Program) -> list[Turn]:
    """The turns of a program that was parsed from the text that the marks are of; those without rows are left out.

    Rows of names stand elsewhere, and are in no turn.
    """
    begins = [mark.begin for mark in marks]
    firsts, lasts = [len(program.ops)] * len(marks), [0] * len(marks)
    for row, (op, start) in enumerate(zip(program.ops, program.starts, strict=True)):
        if op != "name":
            k = bisect_right(begins, start) - 1
            while k >= 0 and marks[k].end <= start:
                k = marks[k].parent
            if k >= 0:
                firsts[k], lasts[k] = min(firsts[k], row), row + 1
    for k in range(len(marks) - 1, -1, -1):
        if (parent := marks[k].parent) >= 0:
            firsts[parent], lasts[parent] = min(firsts[parent], firsts[k]), max(lasts[parent], lasts[k])
    turns: list[Turn] = []
    new: list[int] = []
    for mark, first, last in zip(marks, firsts, lasts, strict=True):
        new.append(len(turns) if first < last else -1)
        if first < last:
            parent = new[mark.parent] if mark.parent >= 0 else -1
            around = f"{turns[parent].label}." if parent >= 0 else ""
            label = f"{around}{f'loop{mark.loop}.' if mark.loop > 1 else ''}turn{mark.number}"
            turns.append(Turn(mark.name, label, f"turn {mark.number} of {mark.turns}", first, last, parent))
    return turns
