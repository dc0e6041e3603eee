"""Which of the gradients that differ are wrong by themselves, which inherit it, and which are only a convention.

A gradient on which a right one depends cannot be wrong: it is a multiple of what its name says, or a part of it
(`dZ` without its 1/m), and the gradients computed from it make up for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from backprop_cli.check.tolerances import UNSURE
from backprop_cli.check.verdict import AGREES, DIFFERS
from backprop_cli.text import rounded
from backprop_cli.user_code.findings import Mistake
from backprop_cli.user_code.judge import fitted, ratios
from backprop_cli.user_code.repair import Case, Repair, Workshop
from backprop_cli.user_code.slopes import size_of
from backprop_cli.user_code.trace import as_array

_MOST_ROOTS = 3
_SIZES, _ALIASES = 40, 2
_ALIKE = 1e-5


class Diagnosed(NamedTuple):
    """A case, and what is behind its verdict: a convention (`why`, `details`), a mistake, or whose it inherits."""

    case: Case
    why: str = ""
    details: tuple[tuple[str, str], ...] = ()
    mistake: Mistake | None = None
    inherits: str = ""


def diagnose(shop: Workshop, cases: Sequence[Case]) -> list[Diagnosed]:
    """The cases in their order, each with what is known about it."""
    found = {number: Diagnosed(case) for number, case in enumerate(cases)}
    right = [case for case in cases if case.ruling.verdict == AGREES]
    wrong: list[Case] = []
    for number, case in enumerate(cases):
        if case.ruling.verdict != DIFFERS:
            continue
        if right and _is_used_rightly(shop, case, right):
            found[number] = _masked(shop, case) or _convention(case)
        else:
            wrong.append(case)
    numbers = {id(case): number for number, case in enumerate(cases)}
    for _ in range(_MOST_ROOTS):
        repair = shop.repair(wrong, right) if wrong else None
        if repair is None:
            break
        mends = sorted(repair.mends, key=lambda case: numbers[id(case)])
        site = shop.recorder.sites.index(repair.site)
        first = next((case for case in mends if site in case.claim.sites), mends[0])
        for case in mends:
            inherited = Diagnosed(case, "inherited", inherits=first.claim.text)
            found[numbers[id(case)]] = Diagnosed(case, mistake=_mistake(repair)) if case is first else inherited
        wrong = [case for case in wrong if not any(case is one for one in mends)]
        reached = shop.depends([site], wrong).get(site, set())
        for number, case in enumerate(wrong):
            if number in reached:  # it is not what its name says even then, but nobody can tell
                found[numbers[id(case)]] = Diagnosed(case, "inherited", inherits=first.claim.text)
            convention = _convention(case)
            if convention.details and shop.depends([case.claim.place.site], mends).get(case.claim.place.site):
                found[numbers[id(case)]] = convention._replace(why="multiple alone")
        wrong = [case for case in wrong if not found[numbers[id(case)]].why]
    return [found[number] for number in range(len(cases))]


def _is_used_rightly(shop: Workshop, case: Case, right: Sequence[Case]) -> bool:
    site = case.claim.place.site
    others = [one for one in right if one.claim.order > case.claim.order and site not in one.claim.sites]
    return bool(others) and bool(shop.depends([site], others).get(site))


def _masked(shop: Workshop, case: Case) -> Diagnosed | None:
    """Right wherever it is not 0: a mask has made it the gradient on the other side of a ReLU, or of dropout."""
    candidate = case.ruling.candidate
    claimed = None if candidate is None else fitted(case.claim.value, candidate.version.shape)
    if candidate is None or claimed is None or np.all(claimed) or not np.any(claimed):
        return None
    place = candidate.version.place
    moved = shop.bench.direction(place, claimed.shape, 0) * (claimed != 0)
    slope = shop.bench.slope({place: moved}, size_of(as_array(candidate.version.value)))
    apart = abs(float(np.sum(claimed * moved)) - slope.slope)
    right = apart <= _ALIKE * float(np.linalg.norm(claimed)) + UNSURE * slope.error
    return Diagnosed(case, "masked") if right else None


def _convention(case: Case) -> Diagnosed:
    """Right but for a factor, or a part: with the factor's name among the numbers that are around."""
    factors = ratios(case.ruling.pairs)
    if len(factors) < 2 or np.ptp(factors) > 1e-5 * abs(factors[0]):
        return Diagnosed(case, "part")
    factor = factors[0]
    for name, number in case.claim.around.items():
        if isinstance(number, int | float | np.number) and not isinstance(number, bool):
            if abs(float(number) - factor) <= 1e-5 * abs(factor):
                return Diagnosed(case, "multiple", (("factor", f"{rounded(float(number))} = {name}"),))
            if number and abs(1 / float(number) - factor) <= 1e-5 * abs(factor):
                return Diagnosed(case, "multiple", (("factor", f"1/{rounded(float(number))} = 1/{name}"),))
    return Diagnosed(case, "multiple", (("factor", rounded(factor)),))


def _mistake(repair: Repair) -> Mistake:
    edit = repair.edit
    returned = getattr(repair.site.node, "returned", None)  # the text before a value that is returned without a name
    fixed = edit.text if returned is None else returned + edit.text.removeprefix(f"{repair.site.name} = ")
    words = [("fixed", fixed), ("after", "after it" if edit.followed else ""), ("detail", edit.detail)]
    if edit.mistake in ("factor", "not divided"):
        words[-1] = ("detail", _equal(edit.detail, repair.scope))
    return Mistake(edit.mistake, repair.site.line, tuple(words))


def _equal(detail: str, scope: Mapping[str, Any]) -> str:
    """A number with all its names: `5 = N = X.shape[0]`."""
    known = {name: it for name, it in scope.items() if isinstance(it, int | float) and not isinstance(it, bool)}
    sizes = {f"{name}.shape[0]": np.shape(it)[0] for name, it in scope.items() if np.ndim(it) > 0}
    if detail not in known and detail not in sizes:
        return detail
    number = known.get(detail, sizes.get(detail))
    same = [name for name, it in {**known, **dict(list(sizes.items())[:_SIZES])}.items() if it == number]
    return " = ".join([rounded(float(number or 0)), *dict.fromkeys([detail, *same[:_ALIASES]])])
