"""The lines that can be meant by what is wrong, the likeliest first, and in what order changes of them are tried.

It knows no change: those come in tiers, by number.
"""

from __future__ import annotations

import ast

from backprop_cli.lean import Callable, Collection, Iterator, NamedTuple, Sequence
from backprop_cli.user_code.instrument import Site
from backprop_cli.user_code.judge import Case
from backprop_cli.user_code.names import readings
from backprop_cli.user_code.recorder import Recorder

# For each of some sites the numbers of the cases whose values change with it.
Depends = Callable[[Sequence[int], Sequence[Case]], dict[int, set[int]]]

_FEW, _MANY = 60, 240  # changes of a kind that are tried at a line, first and in the end
_LIKELY = 6  # lines of which all is tried first


class Suspects(NamedTuple):
    """Sites of lines: those that can be meant, the likeliest of them if they are few, and those of right gradients
    after which something may be missing.
    """

    sites: Sequence[int]
    likely: Sequence[int]
    shared: Sequence[int]


def suspected(
    recorder: Recorder,
    depends: Depends,
    wrong: Sequence[Case],
    right: Sequence[Case],
    early: Sequence[Case],
    spoiling: Collection[int],
    own_lines: int | None,
) -> Suspects:
    """The lines on which wrong cases alone depend: those on which most do, those of the first, of other gradients.

    `early` are wrong in the first pass of a loop, which has no mistakes of other passes in it. Sites that are
    `spoiling` are suspected although right cases depend on them. `own_lines` are the user's.
    """
    sites = recorder.sites
    mine = wrong[0].claim.round
    visited = sorted(
        (visit.order, site) for site, visit in recorder.visited.items()
        if visit.round <= mine and sites[site].kind not in ("param", "loop") and not _declares(sites[site])
        and sites[site].line <= (own_lines or sites[site].line)
    )  # fmt: skip
    found_by = depends([site for _, site in visited], [*wrong, *right])
    clear = {site for case in right for site in case.claim.sites}
    clear -= {site for case in wrong for site in case.claim.sites}
    found = [
        site for site in found_by
        if found_by[site] and (site in spoiling or (
            site not in clear and not any(number >= len(wrong) for number in found_by[site])))
    ] or list(wrong[0].claim.sites)  # fmt: skip
    own = wrong[0].claim.sites
    found.reverse()
    at_first = depends(found, early) if early else {}

    def reached(site: int) -> tuple[bool, int, int]:
        of_wrong = sum(number < len(wrong) for number in found_by.get(site, ()))
        return is_empty(sites[site]), -len(at_first.get(site, ())), -of_wrong

    found.sort(key=lambda site: (*reached(site), site not in own, not readings(sites[site].name)))
    likely = [site for site in found if reached(site) == reached(found[0])]
    of_right = dict.fromkeys(case.claim.place.site for case in right if case.claim.round == mine)
    shared = [
        site for site, numbers in reversed(depends(list(of_right), wrong).items()) if 0 in numbers and len(numbers) > 1
    ]
    return Suspects(found, likely if len(likely) <= _LIKELY else [], shared)


def in_turn(suspects: Suspects) -> Iterator[tuple[int, int, slice]]:
    """Tiers of changes and the sites at which they are tried, with the part of those changes that is tried then."""
    sites, likely, shared = suspects
    others = [site for site in sites if site not in likely]
    yield from ((tier, site, slice(_MANY)) for tier in (0, 4) for site in likely)
    yield from ((tier, site, slice(_FEW)) for tier in (1, 2) for site in likely)
    yield from ((tier, site, slice(_FEW, _MANY)) for tier in (1, 2) for site in likely)
    yield from ((5, site, slice(_MANY)) for site in likely)
    yield from ((0, site, slice(_MANY)) for site in others)
    yield from ((4, site, slice(_FEW)) for site in (*others, *shared))
    yield from ((tier, site, slice(_FEW)) for tier in (1, 2, 5) for site in others)
    yield from ((3, site, slice(_FEW)) for site in sites)
    yield from ((tier, site, slice(_FEW)) for tier in (2, 3) for site in shared)
    yield from ((tier, site, slice(_FEW, _MANY)) for tier in (1, 2, 5) for site in others)
    yield from ((3, site, slice(_FEW, _MANY)) for site in sites)
    yield from ((tier, site, slice(_FEW, _MANY)) for tier in (2, 3) for site in shared)
    yield from ((tier, site, slice(_MANY)) for tier in (1, 5) for site in shared)


def is_empty(site: Site) -> bool:
    """Whether it only makes room for sums: `np.zeros_like(W)`."""
    call = getattr(site.node, "value", None)
    return isinstance(call, ast.Call) and "zeros" in ast.unparse(call.func)


def _declares(site: Site) -> bool:
    return not isinstance(site.node, ast.Assign | ast.AugAssign | ast.AnnAssign)
