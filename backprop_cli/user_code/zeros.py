"""Values that are all zeros hide what is wrong with gradients by them: small numbers in their place show it."""

from __future__ import annotations

import numpy as np

from backprop_cli.check.verdict import AGREES, DIFFERS
from backprop_cli.lean import Any, Iterable
from backprop_cli.user_code.findings import Finding
from backprop_cli.user_code.trace import Version

_SMALL = 1e-2  # the size of what is put in the place of zeros


def is_zero(version: Version) -> bool:
    """Whether it is all zeros."""
    value = version.value
    is_floating = isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")
    return is_floating and version.size == 0


def shakes(zeros: Iterable[Version]) -> dict[tuple[int, int, int], list[tuple[tuple[Any, ...], Any]]]:
    """Small numbers in the place of values that are all zeros."""
    found: dict[tuple[int, int, int], list[tuple[tuple[Any, ...], Any]]] = {}
    for version in zeros:
        place = version.place
        rng = np.random.default_rng((place.statement, place.site, place.passed))
        items = found.setdefault(place[:3], [])
        if all(path != place.path for path, _ in items):
            items.append((place.path, _SMALL * rng.standard_normal(version.shape)))
    return found


def with_what_zeros_hide(here: list[Finding], there: list[Finding]) -> tuple[list[Finding], list[Finding]]:
    """The findings, and those that are wrong only where what was all zeros is not: a product with 0 shows nothing."""
    wrong = {(one.function, one.text, one.lines): one for one in there if one.verdict == DIFFERS}
    found, hidden = [], []
    for one in here:
        other = wrong.get((one.function, one.text, one.lines)) if one.verdict == AGREES and not one.why else None
        found.append(other or one)
        hidden += [other] if other else []
    return found, hidden
