"""What was found out about one gradient: its judgement, the other opinions on it, the mistakes it may come from."""

from __future__ import annotations

from math import inf, isfinite

from backprop_cli.check.claims import Claim
from backprop_cli.check.judge import Judgement
from backprop_cli.check.mistakes import Mistake
from backprop_cli.check.verdict import Opinion
from backprop_cli.engine.differences import Estimate
from backprop_cli.lean import NamedTuple, Sequence


class Evidence(NamedTuple):
    """A gradient and its judgement; what others find at the same place, None where they were not asked.

    Without a claim, our own gradient was judged. `elsewhere` is the judgement nearby, of a claim that agrees here only;
    `reading` says how the claim was read, where that may not be what was meant.
    """

    target: str
    claim: Claim | None
    judgement: Judgement
    numeric: Estimate | None = None
    sympy: float | None = None
    forward: float | None = None
    formula: str = ""
    mistakes: tuple[Mistake, ...] = ()
    elsewhere: Judgement | None = None
    reading: Sequence[str] = ()


def estimated(found: Estimate) -> Estimate | None:
    """An estimate, if values led to one."""
    return found if isfinite(found.slope) and found.error < inf else None


def by_differences(numeric: Estimate | None) -> list[Opinion]:
    """What differences say, if they were asked and led to a number."""
    return [] if numeric is None else [Opinion("differences", numeric.slope, numeric.error)]
