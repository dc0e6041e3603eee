"""What a check concluded, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Disagreement(NamedTuple):
    """Two numbers that should be one: what they are of, ours, theirs, the node to look at."""

    subject: str
    ours: float
    theirs: float
    node: int


class Check(NamedTuple):
    """The verdict of a check.

    `verdict` is `agree`, `disagree` or `undecided` (then `reason` says why). `methods` are `sympy` (the whole
    formula differentiated) and `per-gate` (each gate's partials differentiated, then forward mode against reverse
    mode). `formulas` maps inputs to SymPy's closed forms where the whole formula was differentiated.
    """

    verdict: str
    methods: tuple[str, ...]
    max_rel_error: float
    formulas: Mapping[str, str]
    reason: str = ""
    worst: Disagreement | None = None
