"""A finding for each gradient in the text, however often the run assigned it, from what is known about each time."""

from __future__ import annotations

from math import nan

import numpy as np

from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED
from backprop_cli.lean import Iterable, Iterator, Sequence
from backprop_cli.user_code.conventions import Diagnosed
from backprop_cli.user_code.findings import Examined, Finding
from backprop_cli.user_code.judge import UNMATCHED
from backprop_cli.user_code.resolve import Candidate
from backprop_cli.user_code.trace import Claim, LossEvent

_WORST = (DIFFERS, UNDECIDED, AGREES)
_CONVENTIONS = ("masked", "multiple", "multiple alone", "part", "aside", "behind", "either side")


def merged(diagnosed: Iterable[Diagnosed], at: LossEvent) -> Iterator[Finding]:
    """The findings; of several times the worst speaks for all."""
    groups: dict[tuple[str, str, tuple[int, ...]], list[Diagnosed]] = {}
    for one in diagnosed:
        claim = one.case.claim
        groups.setdefault((claim.function, claim.text, claim.lines), []).append(one)
    for (function, text, lines), group in groups.items():
        worst = min(group, key=_rank)
        claim, ruling, _ = worst.case
        candidate = ruling.candidate
        assert candidate is not None
        verdict, why, details = ruling.verdict, worst.why or ruling.why, worst.details
        error = max(one.case.ruling.error for one in group if _rank(one) == _rank(worst))
        if why in _CONVENTIONS:
            verdict, error = AGREES, nan
        if why in ("shape", UNMATCHED):
            details = (("claimed", str(claim.value.shape)), ("right", str(candidate.version.shape)))
        yield Finding(
            text, candidate.of.name if candidate.of else at.name, _named(candidate, claim, len(group)), lines[-1],
            lines, function, len(group), verdict, error, why, details, worst.inherits, worst.mistake, worst.suspect,
        )  # fmt: skip


def named(one: Examined, goal: str) -> Examined:
    """With the name of the function whose gradients these are, in place of that of what it answers."""
    findings = tuple(finding._replace(goal=goal) for finding in one.findings)
    return one._replace(findings=findings, losses=tuple(loss._replace(name=goal) for loss in one.losses))


def together(found: Sequence[Examined]) -> Examined:
    """What was found at several calls as one: of each gradient the worst speaks for all."""
    groups: dict[tuple[str, str, tuple[int, ...]], list[Finding]] = {}
    for one in found:
        for finding in one.findings:
            groups.setdefault((finding.function, finding.text, finding.lines), []).append(finding)
    worst = [min(group, key=lambda one: (_WORST.index(one.verdict), -one.error)) for group in groups.values()]
    calls = [sum(one.calls for one in group) for group in groups.values()]
    return Examined(
        tuple(one._replace(calls=count) for one, count in zip(worst, calls, strict=True)),
        tuple(dict.fromkeys(loss for one in found for loss in one.losses)),
        tuple(dict.fromkeys(remark for one in found for remark in one.remarks)),
        sum(one.runs for one in found),
    )


def _rank(one: Diagnosed) -> tuple[bool, int, bool, bool]:
    """The worse, the smaller."""
    verdict = one.case.ruling.verdict
    return one.why in _CONVENTIONS, _WORST.index(verdict), bool(one.inherits), one.mistake is None


def _named(candidate: Candidate, claim: Claim, calls: int) -> str:
    """How the user writes the variable."""
    version = candidate.version
    if isinstance(version.element, int | np.integer):
        if version.name != candidate.by and claim.element is None:
            return candidate.by  # it has been unpacked
        return f"{version.name}[{version.element if calls == 1 else '…'}]"
    if isinstance(version.element, str) and candidate.by not in claim.around:
        return f"{version.base}[{version.element!r}]"
    if version.base and not isinstance(version.element, str) and candidate.by not in claim.around:
        return f"{version.base}.{candidate.by}"
    return candidate.by
