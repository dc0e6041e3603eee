"""Which of the gradients that differ are wrong by themselves, which inherit it, and which are only a convention.

A gradient on which a right one depends cannot be wrong: it is a multiple of what its name says, or a part of it
(`dZ` without its 1/m), and the gradients computed from it make up for that.
"""

from __future__ import annotations

from collections import Counter
from math import isclose

import numpy as np

from backprop_cli.check.verdict import AGREES, DIFFERS
from backprop_cli.lean import Any, Mapping, Sequence
from backprop_cli.text import rounded
from backprop_cli.user_code.conventions import ALIKE, Diagnosed, convention_of, factor_of, is_before_a_relu, masked
from backprop_cli.user_code.findings import Mistake
from backprop_cli.user_code.judge import UNMATCHED, Case, fitted, rule
from backprop_cli.user_code.mover import Mover
from backprop_cli.user_code.repair import Repair, Workshop
from backprop_cli.user_code.resolve import Candidate

_MOST_ROOTS = 3
_MOST_ELEMENTS = 64  # of a variable by each of which the loss is differentiated
_SIZES, _ALIASES = 40, 2
_IF_USED = {UNMATCHED: "part", "kink": "either side"}  # where what is right is computed from it


def diagnose(shop: Workshop, cases: Sequence[Case]) -> list[Diagnosed]:
    """The cases in their order, each with what is known about it."""
    found = {number: Diagnosed(case) for number, case in enumerate(cases)}
    right = [case for case in cases if case.ruling.verdict == AGREES]
    wrong: list[Case] = []
    differing = [case for case in cases if case.ruling.verdict == DIFFERS]
    for number, case in enumerate(cases):
        site = case.claim.place.site  # in a loop it may be used in another pass
        others = [one for one in right if site not in one.claim.sites]
        behind = _IF_USED.get(case.ruling.why)
        if behind and others and shop.depends([site], others).get(site):
            found[number] = Diagnosed(case, behind)
    numbers = {id(case): number for number, case in enumerate(cases)}
    conventions: list[Diagnosed] = []
    for case in differing:
        again = next((one for one in conventions if _is_same(shop, one.case, case)), None)
        if again is not None:
            found[numbers[id(case)]] = again._replace(case=case)
            continue
        if right and _is_used_rightly(shop, case, right):
            convention = masked(shop, case) or convention_of(case)
            if convention.why == "masked" or not _spoils(shop, case, right, differing):
                found[numbers[id(case)]] = convention
                conventions.append(convention)
                continue
            shop.spoiling.update(case.claim.sites)
        elif is_before_a_relu(shop, case, differing):
            found[numbers[id(case)]] = Diagnosed(case, "behind")
            continue
        wrong.append(case)
    for convention in _shared_multiples(shop, wrong, conventions):
        found[numbers[id(convention.case)]] = convention
        wrong = [case for case in wrong if case is not convention.case]
    same = {id(case): first for number, case in enumerate(wrong)
            if (first := next((one for one in wrong[:number] if _is_same(shop, one, case)), None))}  # fmt: skip
    everything, wrong = wrong, [case for case in wrong if id(case) not in same]
    if _leaves_are_right(shop, cases, everything, right):
        return [Diagnosed(one, "aside") if any(one is case for case in everything) else found[number]
                for number, one in enumerate(cases)]  # fmt: skip
    telling = [case for case in wrong if not _says_nothing(shop, case)]
    silent = [case for case in wrong if not any(case is one for one in telling)] if telling else []
    wrong, mistaken_first = telling or wrong, ""
    for _ in range(_MOST_ROOTS):
        root, after = _root(shop, wrong, right)
        repair = shop.repair([root, *after] if root else wrong, right, in_order=root is not None) if wrong else None
        if repair is None and root is None:
            if wrong:
                line = shop.likeliest(wrong, right, _off_by(shop, wrong[0]))
                found |= {numbers[id(case)]: Diagnosed(case, suspect=line) for case in wrong}
            break
        mends = sorted({id(case): case for case in (*after, *(repair.mends if repair else ()))}.values(),
                       key=lambda case: numbers[id(case)])  # fmt: skip
        site = root.claim.place.site if root else -1
        first = root or mends[0]
        if repair is not None:
            site = shop.recorder.sites.index(repair.site)
            first = root or next((case for case in wrong if site in case.claim.sites), mends[0])
        suspect = (
            0
            if repair
            else shop.likeliest([first, *(one for one in wrong if one is not first)], right, _off_by(shop, first))
        )
        for case in (first, *(case for case in mends if case is not first)):
            inherited = Diagnosed(case, "inherited", inherits=first.claim.text)
            mistaken = Diagnosed(case, mistake=_mistake(repair) if repair else None, suspect=suspect)
            found[numbers[id(case)]] = mistaken if case is first else inherited
        done, mistaken_first = [*mends, first], mistaken_first or first.claim.text
        wrong = [case for case in wrong if not any(case is one for one in done)]
        reached = shop.depends([site], wrong).get(site, set())
        for number, case in enumerate(wrong):
            convention = convention_of(case)
            anew = any(case.claim.sites == one.claim.sites for one in done)  # in another pass of a loop
            if anew or number in reached:  # it is not what its name says even then, but nobody can tell
                found[numbers[id(case)]] = Diagnosed(case, "inherited", inherits=first.claim.text)
            elif convention.details and shop.depends([case.claim.place.site], done).get(case.claim.place.site):
                found[numbers[id(case)]] = convention._replace(why="multiple alone")
        wrong = [case for case in wrong if not found[numbers[id(case)]].why]
    for case in silent if mistaken_first else ():
        found[numbers[id(case)]] = Diagnosed(case, "inherited", inherits=mistaken_first)
    for case in everything:
        first_of = same.get(id(case))
        if first_of is not None:
            known = found[numbers[id(first_of)]]
            found[numbers[id(case)]] = (
                known._replace(case=case) if known.why else Diagnosed(case, "inherited", inherits=first_of.claim.text)
            )
    return [found[number] for number in range(len(cases))]


def _is_same(shop: Workshop, one: Case, other: Case) -> bool:
    """Whether it is the same gradient once more: what a function returned in a dictionary, say."""
    first, second = one.ruling.candidate, other.ruling.candidate
    if one.claim.object is not other.claim.object or not np.array_equal(one.claim.value, other.claim.value):
        return False
    return (
        first is not None
        and second is not None
        and shop.elsewhere.root(first.version).place == shop.elsewhere.root(second.version).place
    )


def _shared_multiples(shop: Workshop, wrong: Sequence[Case], conventions: Sequence[Diagnosed]) -> list[Diagnosed]:
    """The wrong cases that are as many times the gradient as conventions are, where what is wrong in another way is
    computed from them: without that it would make up for the factor, as with the conventions.
    """
    factors = [factor for one in conventions if (factor := factor_of(one.case))]
    alike = [case for case in wrong if any(isclose(factor_of(case), one, rel_tol=ALIKE) for one in factors)]
    others = [case for case in wrong if not any(case is one for one in alike)]
    used = [case for case in alike if shop.depends([case.claim.place.site], others).get(case.claim.place.site)]
    return [convention_of(case)._replace(why="multiple alone") for case in used]


def _says_nothing(shop: Workshop, case: Case) -> bool:
    """Whether no repair need mend it: the gradient at one time, of what is stacked through time, or 0 like that of a
    number that nothing depends on, as the last `f` of all before the first step.
    """
    candidate = case.ruling.candidate
    if case.ruling.why == "shape":
        return candidate is not None and np.shape(case.claim.value) == candidate.version.shape[1:]
    return not np.any(case.claim.value) and any(
        rule(shop.bench, case.claim.value, one, kinks=False).verdict == AGREES for one in case.options
    )


def _is_used_rightly(shop: Workshop, case: Case, right: Sequence[Case]) -> bool:
    site = case.claim.place.site
    others = [one for one in right if one.claim.order > case.claim.order and site not in one.claim.sites]
    return bool(others) and bool(shop.depends([site], others).get(site))


def _root(shop: Workshop, wrong: Sequence[Case], right: Sequence[Case]) -> tuple[Case | None, list[Case]]:
    """The first wrong case such that all wrong ones that are computed from it are right with the gradient itself in its
    place, and these; none where no other is computed from it. In a loop that runs several times it cannot be told so.
    """
    times = Counter(one.claim.place.site for one in (*wrong, *right))
    for case in sorted(wrong, key=lambda one: one.claim.order):
        if times[case.claim.place.site] > 1:
            continue
        others = [one for one in wrong if one.claim.order > case.claim.order]
        mended = _with_the_gradient(shop, case, [*others, *right], need_all=True) if others else []
        if mended:
            return case, mended
    return None, []


def _spoils(shop: Workshop, case: Case, right: Sequence[Case], differing: Sequence[Case]) -> bool:
    """Whether the gradient itself in its place makes others right that are wrong, and leaves right those that are.

    Then right ones were not computed from what is wrong with it: a sum in which that cancels, say.
    """
    return bool(_with_the_gradient(shop, case, [*right, *differing]))


def _with_the_gradient(shop: Workshop, case: Case, others: Sequence[Case], *, need_all: bool = False) -> list[Case]:
    """The wrong cases that are right with the gradient itself in the place of one; none where that breaks a right one,
    or, if all are needed, leaves one wrong that is computed from it.
    """
    place = case.claim.place
    others = [one for one in others if one.claim.order > case.claim.order]
    reached = shop.depends([place.site], others).get(place.site, set())
    after = [others[number] for number in sorted(reached)]
    if all(one.ruling.verdict == AGREES for one in after):
        return []
    apart = _off_by(shop, case)
    if apart is None or not np.all(np.isfinite(apart)):
        return []
    reads = [one.claim.place for one in after]
    values = shop.run(Mover({place: -np.reshape(apart, case.claim.value.shape)}, reads), place.statement)
    if values is None:
        return []
    good = [shop.good(one, value) for one, value in zip(after, values, strict=True)]
    kept = all(
        is_good or not (need_all or one.ruling.verdict == AGREES) for one, is_good in zip(after, good, strict=True)
    )
    wrong = [one for one, is_good in zip(after, good, strict=True) if is_good and one.ruling.verdict == DIFFERS]
    return wrong if kept else []


def _off_by(shop: Workshop, case: Case) -> Any | None:
    """What is claimed less the gradient, where that is known: of a multiple, and of a small array."""
    candidate = case.ruling.candidate
    claimed = None if candidate is None else fitted(case.claim.value, candidate.version.shape)
    if candidate is None or claimed is None:
        return None
    if factor := factor_of(case):
        return claimed * (1 - 1 / factor)
    return claimed - _gradient(shop, candidate) if claimed.size <= _MOST_ELEMENTS else None


def _gradient(shop: Workshop, candidate: Candidate) -> Any:
    """The gradient with respect to a small variable, element by element."""
    version = candidate.version
    size, goal = version.scale, [(candidate.of.place, None)] if candidate.of else None
    slopes = []
    for number in range(int(np.prod(version.shape))):
        one = np.zeros(int(np.prod(version.shape)))
        one[number] = 1.0
        slopes.append(shop.bench.slope({version.place: one.reshape(version.shape)}, size, goal).slope)
    return np.reshape(slopes, version.shape)


def _leaves_are_right(shop: Workshop, cases: Sequence[Case], wrong: Sequence[Case], right: Sequence[Case]) -> bool:
    """Whether only gradients of what is computed are wrong, and those of what it is computed from are right.

    These go through the former: a name means something else then, as `dh` does after a loop through time.
    """
    if not wrong or any(not shop.depends([site], right).get(site) for site in {one.claim.place.site for one in wrong}):
        return False
    leaves = {version.place: version for version in shop.elsewhere.leaves()}
    first = {
        id(case): shop.elsewhere.root(case.ruling.candidate.version).place for case in cases if case.ruling.candidate
    }
    of_leaves = [case for case in cases if first.get(id(case)) in leaves]
    if any(case.ruling.verdict != AGREES for case in of_leaves):
        return False
    known = {first[id(case)] for case in of_leaves}
    used = [leaves[place] for place in known]
    # One may be the gradient of an argument itself: `dc` of the c that comes in, where another goes out.
    sites = shop.recorder.sites
    means = [shop.elsewhere.root(one.version) for case in wrong for one in case.options
             if sites[one.version.place.site].kind == "param"]  # fmt: skip
    means += [case.ruling.candidate.version for case in wrong if case.ruling.candidate is not None]
    return bool(used) and all(
        shop.elsewhere.moves(used, version) for version in {one.place: one for one in means}.values()
    )


def _mistake(repair: Repair) -> Mistake:
    edit = repair.edit
    returned = getattr(repair.site.node, "returned", None)  # the text before a value that is returned without a name
    fixed = edit.text if returned is None else returned + edit.text.removeprefix(f"{repair.site.name} = ")
    words = [("fixed", fixed), ("after", edit.where if edit.beside else ""), ("detail", edit.detail)]
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
