"""What was found out about one gradient: its judgement, the other opinions on it, the mistakes it may come from."""

from __future__ import annotations

from math import inf, isfinite
from typing import NamedTuple

from backprop_cli.check.claims import Claim
from backprop_cli.check.judge import Judgement
from backprop_cli.check.mistakes import Mistake
from backprop_cli.engine.differences import Estimate

_TRUSTED = 1e-6  # of the sizes: what estimates from values must reach before they may overrule anyone
_SLACK = 10.0  # an estimate's error is itself an estimate


class Evidence(NamedTuple):
    """A gradient and its judgement; what others find at the same place, None where they were not asked.

    Without a claim, our own gradient was judged.
    """

    target: str
    claim: Claim | None
    judgement: Judgement
    numeric: Estimate | None = None
    sympy: float | None = None
    forward: float | None = None
    formula: str = ""
    mistakes: tuple[Mistake, ...] = ()


def estimated(found: Estimate) -> Estimate | None:
    """An estimate, if values led to one."""
    return found if isfinite(found.slope) and found.error < inf else None


def supports(ours: float, numeric: Estimate | None, slack: float = 0.0) -> bool:
    """Whether differences do not speak against our own gradient, of which rounding may have taken `slack`."""
    if numeric is None:
        return True
    size = max(abs(ours), abs(numeric.slope))
    if numeric.error > _TRUSTED * size:
        return True
    return abs(ours - numeric.slope) <= _TRUSTED * size + _SLACK * numeric.error + slack
