"""What a check concluded, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Disagreement(NamedTuple):
    """Two numbers that should be one, ours and theirs, and the node to look at.

    They are of the slope of that node along its operand `along`, or else (-1) of the gradient with respect to `name`;
    without a name either, of the rate of change along a direction that mixes all inputs.
    """

    ours: float
    theirs: float
    node: int
    along: int = -1
    name: str = ""


class Lost(NamedTuple):
    """A gradient of which rounding left little: ours, SymPy's with sixty digits."""

    name: str
    node: int
    ours: float
    theirs: float


class Judged(NamedTuple):
    """The verdict on one variable of a pass over arrays: its worst element, with ours and the expected number there."""

    verdict: str
    error: float
    element: tuple[int, ...]
    ours: float
    theirs: float


class Check(NamedTuple):
    """The verdict of a check.

    `verdict` is `agree`, `disagree` or `undecided` (then `reason` says why). `methods` are `sympy` (the whole
    formula differentiated) and `per-gate` (each gate's partials differentiated, then forward mode against reverse
    mode); of arrays `elements` (written out in numbers, which are then checked so), or else `gate-differences` and
    `directional`. `variables` has a verdict for each variable of a pass over arrays. `formulas` maps inputs to SymPy's
    closed forms where the whole formula was differentiated.
    """

    verdict: str
    methods: tuple[str, ...]
    max_rel_error: float
    formulas: Mapping[str, str]
    reason: str = ""
    worst: Disagreement | None = None
    lost: tuple[Lost, ...] = ()
    variables: Mapping[str, Judged] = MappingProxyType({})
