"""What a check of claims found, in the words users read: one result a claim, a status for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import nan
from typing import NamedTuple

from backprop_cli.check.examine import Examined
from backprop_cli.check.judge import AGREES, DIFFERS, UNDECIDED, Judgement
from backprop_cli.engine.differences import Estimate
from backprop_cli.errors import Source, Status
from backprop_cli.graph import Graph
from backprop_cli.report.model import Note
from backprop_cli.report.notes import notes
from backprop_cli.report.numbers import rounded

_REASONS = {
    "point": "",
    "digits": "right to the decimals given",
    "convention": "there is a kink here; the claim is the convention",
    "points": "at {count} random points",
    "proof": "for all values: SymPy finds no difference",
    "kink": "there is a kink here: any slope from {low} to {high} is valid",
    "trouble": "{note}",
    "no value": "the claim has no finite value here",
    "rounding": "rounding leaves too few digits to tell",
    "few points": "only {count} points of the domain were found: give values, or a `--range`",
    "methods": "backprop, SymPy and differences do not agree with one another",
}


class ClaimResult(NamedTuple):
    """A claim and what was found.

    `target` is how the left side reads (`df/dz`), `written` the claimed formula. The numbers are those at `point`,
    which of a claim that differs is a counter-example: `claimed`, `backprop`, `sympy` (None where it was not asked or
    has none), `numeric` (from values alone, with its error and method), `forward` (forward mode; only in a full
    check). `verdict` is `agrees`, `differs` or `cannot decide`, `reason` says how or why not, `diagnosis` what
    mistake it looks like, and `mistakes` are the names of those.
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
    point: Mapping[str, float]
    diagnosis: str = ""
    mistakes: tuple[str, ...] = ()


class CheckReport(NamedTuple):
    """The result of a check: `status` is 0 if all agrees, 1 if anything differs, 4 if something is undecided."""

    source: Source
    results: tuple[ClaimResult, ...]
    notes: tuple[Note, ...]
    status: Status

    @property
    def worst(self) -> str:
        """The verdict on the whole."""
        verdicts = {result.verdict for result in self.results}
        return DIFFERS if DIFFERS in verdicts else UNDECIDED if UNDECIDED in verdicts else AGREES


def build_check(graph: Graph, examined: Iterable[Examined]) -> CheckReport:
    """The report of claims that were examined."""
    results = tuple(_result(item) for item in examined)
    return CheckReport(graph.source, results, tuple(notes(graph, [], [])), status_of(results))


def _result(item: Examined) -> ClaimResult:
    claim, judgement, numeric, sympy, forward = item
    return ClaimResult(
        text=claim.source.text.strip(),
        target=claim.target,
        written=claim.written,
        claimed=judgement.claimed,
        backprop=judgement.backprop,
        sympy=sympy,
        numeric=numeric,
        forward=forward,
        rel_error=judgement.rel_error,
        verdict=judgement.verdict,
        reason=reason(judgement),
        point=dict(judgement.place.given) if judgement.place else {},
    )


def reason(judgement: Judgement) -> str:
    """Why the verdict is what it is."""
    low, high = judgement.bounds or (nan, nan)
    note = ""
    if judgement.finding is not None and judgement.place is not None:
        note = notes(judgement.place.graph, judgement.place.values, [judgement.finding])[-1].message
    elif judgement.why == "trouble":
        note = "the gradient is not a finite number here"
    return _REASONS[judgement.why].format(count=judgement.tried, low=rounded(low), high=rounded(high), note=note)


def status_of(results: Sequence[ClaimResult]) -> Status:
    """The exit status of a check with these results."""
    verdicts = {result.verdict for result in results}
    return Status.DISAGREES if DIFFERS in verdicts else Status.MATHEMATICS if UNDECIDED in verdicts else Status.OK
