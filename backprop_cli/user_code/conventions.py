"""What is no mistake though it is not what its name says: a multiple, a part, the other side of a ReLU."""

from __future__ import annotations

import numpy as np

from backprop_cli.check.tolerances import UNSURE
from backprop_cli.lean import NamedTuple, Sequence
from backprop_cli.text import rounded
from backprop_cli.user_code.findings import Mistake
from backprop_cli.user_code.judge import Case, fitted, ratios
from backprop_cli.user_code.repair import Workshop
from backprop_cli.user_code.trace import as_array, is_array

ALIKE = 1e-5


class Diagnosed(NamedTuple):
    """A case, and what is behind its verdict: a convention (`why`, `details`), a mistake, or whose it inherits.

    `suspect` is the likeliest line where no mistake is known; 0 if none is.
    """

    case: Case
    why: str = ""
    details: tuple[tuple[str, str], ...] = ()
    mistake: Mistake | None = None
    inherits: str = ""
    suspect: int = 0


def is_before_a_relu(shop: Workshop, case: Case, differing: Sequence[Case]) -> bool:
    """Whether it is 0 where the variable is, and right elsewhere, and nothing wrong is computed from it."""
    candidate = case.ruling.candidate
    claimed = None if candidate is None else fitted(case.claim.value, candidate.version.shape)
    if candidate is None or claimed is None or not is_array(candidate.version.value):
        return False
    if not np.array_equal(claimed == 0, as_array(candidate.version.value) == 0) or not masked(shop, case):
        return False
    site = case.claim.place.site
    others = [one for one in differing if site not in one.claim.sites]
    return not shop.depends([site], others).get(site)


def masked(shop: Workshop, case: Case) -> Diagnosed | None:
    """Right wherever it is not 0: a mask has made it the gradient on the other side of a ReLU, or of dropout."""
    candidate = case.ruling.candidate
    claimed = None if candidate is None else fitted(case.claim.value, candidate.version.shape)
    if candidate is None or claimed is None or np.all(claimed) or not np.any(claimed):
        return None
    place = candidate.version.place
    moved = shop.bench.direction(place, claimed.shape, 0) * (claimed != 0)
    slope = shop.bench.slope({place: moved}, candidate.version.scale)
    apart = abs(float(np.sum(claimed * moved)) - slope.slope)
    right = apart <= ALIKE * float(np.linalg.norm(claimed)) + UNSURE * slope.error
    return Diagnosed(case, "masked") if right else None


def convention_of(case: Case) -> Diagnosed:
    """Right but for a factor, or a part: with the factor's name among the numbers that are around."""
    factor = factor_of(case)
    if not factor:
        return Diagnosed(case, "part")
    for name, number in case.claim.around.items():
        if isinstance(number, int | float | np.number) and not isinstance(number, bool):
            if abs(float(number) - factor) <= 1e-5 * abs(factor):
                return Diagnosed(case, "multiple", (("factor", f"{rounded(float(number))} = {name}"),))
            if number and abs(1 / float(number) - factor) <= 1e-5 * abs(factor):
                return Diagnosed(case, "multiple", (("factor", f"1/{rounded(float(number))} = 1/{name}"),))
    return Diagnosed(case, "multiple", (("factor", rounded(factor)),))


def factor_of(case: Case) -> float:
    """How many times the gradient it is along every direction; 0 where that is not one number."""
    factors = ratios(case.ruling.pairs)
    if len(factors) < 2 or np.ptp(factors) > ALIKE * abs(factors[0]):
        return 0.0
    return factors[0]
