"""The records of a check of claims: one result a claim, a status for all. How they were made is not said here."""

from __future__ import annotations

from backprop_cli.errors import Diagnostic, Source
from backprop_cli.lean import TYPE_CHECKING, Any, Mapping, NamedTuple
from backprop_cli.report.model import Note

if TYPE_CHECKING:
    from backprop_cli.engine.differences import Estimate


class ClaimResult(NamedTuple):
    """A claim and what was found.

    `target` is how the left side reads (`df/dz`), `written` the claimed formula. The numbers are those at `point`,
    which of a claim that differs is a counter-example: `claimed`, `backprop`, `sympy` (None where it was not asked or
    has none), `numeric` (from values alone, with its error and method), `forward` (forward mode; only in a full
    check). `verdict` is `agrees`, `differs` or `cannot decide`, `reason` says how or why not, `diagnosis` what
    mistake it looks like, and `mistakes` are the names of those; `correct` is SymPy's formula. Of an
    array the numbers, and `correct`, are those of `element`.
    """

    text: str
    target: str
    written: str
    claimed: float | None
    backprop: float
    sympy: float | None
    numeric: Estimate | None
    forward: float | None
    rel_error: float
    verdict: str
    reason: str
    point: Mapping[str, Any]
    diagnosis: str = ""
    mistakes: tuple[str, ...] = ()
    correct: str = ""
    element: tuple[int, ...] | None = None


class CheckReport(NamedTuple):
    """The result of a check: `verdict` is the worst of the results', and `status` 0, 1 or 4 for it.

    `kind` is `claims`, `gradients` (of a check without claims) or `steps`. `free` names the inputs that had no value,
    so that points were chosen at random. `complaint` points at the step that is wrong, `unmentioned` are the inputs
    whose gradients no step computes.
    """

    kind: str
    source: Source
    results: tuple[ClaimResult, ...]
    free: tuple[str, ...]
    notes: tuple[Note, ...]
    verdict: str
    status: int
    complaint: Diagnostic | None = None
    unmentioned: tuple[str, ...] = ()
