"""The user's program at another place: what it starts from has other values, and everything is computed from those.

A change of a line that is right at one place by chance is not right at another.
"""

from __future__ import annotations

from math import isfinite

import numpy as np

from backprop_cli.check.verdict import AGREES, DIFFERS
from backprop_cli.lean import Any, Iterator, Mapping, Sequence
from backprop_cli.user_code.judge import Case, is_dead, rule
from backprop_cli.user_code.mover import Mover
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.resolve import Candidate
from backprop_cli.user_code.slopes import Bench
from backprop_cli.user_code.trace import Claim, Place, Version

_PLACES = 2
_SIZES = (0.3, 0.01)  # of what is added to the values, relative to theirs
_MOST_LEAVES = 30
_ACCURACY = 1e-5  # what a change must come to
_BETTER = 0.1  # of the error that was there, at most
_SAME = 1e-12

Options = Sequence[
    tuple[Claim, Sequence[Candidate], float]
]  # what it may be the gradient of, and the error it may have


class Elsewhere:
    """Other places, each with its slopes, found when they are asked for."""

    def __init__(self, bench: Bench, recorder: Recorder, candidates: Sequence[Candidate]) -> None:
        self.bench, self.recorder, self.candidates = bench, recorder, candidates
        self._found: list[Version] | None = None
        self._benches: list[list[tuple[Bench, Mapping[Any, Any]]]] = []

    def holds(self, claims: Options, codes: Mapping[int, Any]) -> list[bool]:
        """Which of the gradients are right there too, with other code of some statements."""
        if not self._benches:
            self._benches = list(self._places())
        found = [self._at(sizes, claims, codes) for sizes in self._benches]
        return [
            any(one[number] for one in found) and all(one[number] is not False for one in found)
            for number in range(len(claims))
        ]

    def _at(
        self, sizes: Sequence[tuple[Bench, Mapping[Any, Any]]], claims: Options, codes: Mapping[int, Any]
    ) -> list[bool | None]:
        found: list[bool | None] = [None] * len(claims)
        for bench, shakes in sizes:
            with bench.program.shaken(shakes):
                reads = [claim.place for claim, *_ in claims]
                bench.runs += 1
                last = max(place.statement for place in reads)
                values = bench.program.again(Mover({}, reads), bench.start, codes, last)
                for number, (_, options, most) in enumerate(claims):
                    if found[number] is None and values is not None:
                        found[number] = _is_right(bench, values[number], options, most)
            if None not in found:
                break
        return found

    def _places(self) -> Iterator[list[tuple[Bench, Mapping[Any, Any]]]]:
        leaves = self.leaves()
        if not leaves:
            return
        start = min(version.place.statement for version in leaves)
        for number in range(_PLACES):
            yield [
                (
                    Bench(self.bench.program, self.bench.goal, self.bench.seed + number + 1, start),
                    shakes_of(leaves, number, size),
                )
                for size in _SIZES
            ]

    def leaves(self) -> list[Version]:
        """The variables that are computed from no other one."""
        if self._found is None:
            self._found = self._leaves()
        return self._found

    def root(self, version: Version) -> Version:
        """Where the array of a version was made, or written into: not another name of it."""
        return version if version.kind == "write" else self.recorder.first(version)

    def _leaves(self) -> list[Version]:
        firsts = {one.place: one for one in (self.root(it.version) for it in self.candidates)}
        found: list[Version] = []
        for version in sorted(firsts.values(), key=lambda one: one.order)[:_MOST_LEAVES]:
            if can_move(version.value) and not (found and self.moves(found, version)):
                found.append(version)
        return found

    def moves(self, leaves: Sequence[Version], version: Version) -> bool:
        """Whether a value is another one where these are others."""
        start = min(one.place.statement for one in (*leaves, version))
        with self.bench.program.shaken(shakes_of(leaves, 0, _SIZES[-1])):
            found = self.bench.program.again(Mover({}, [version.place]), start)
        before = self.bench.program.again(Mover({}, [version.place]), start)
        if found is None or before is None or np.shape(found[0]) != np.shape(before[0]):
            return True
        apart, size = (float(np.linalg.norm(np.ravel(one))) for one in (found[0] - before[0], before[0]))
        return bool(apart > _SAME * size)


def shakes_of(leaves: Sequence[Version], seed: int, size: float) -> Mapping[Any, Any]:
    """What to add to each of them, random."""
    found: dict[tuple[int, int, int], list[tuple[tuple[Any, ...], Any]]] = {}
    for version in leaves:
        place: Place = version.place
        rng = np.random.default_rng((seed, place.statement, place.site, place.passed))
        drawn = size * version.scale * rng.standard_normal(version.shape)
        found.setdefault(place[:3], []).append((place.path, drawn))
    return found


def can_move(value: Any) -> bool:
    """Whether it may have other values: class numbers and counts may not."""
    return not (isinstance(value, np.ndarray) and value.dtype.kind != "f")


def _is_right(bench: Bench, value: Any, options: Sequence[Candidate], most: float) -> bool | None:
    """None where it cannot be told; nothing at all is no sign that it is right."""
    rulings = [rule(bench, value, one, most) for one in options]
    if any(one.verdict == AGREES and one.error <= most and not is_dead(one) and np.any(value) for one in rulings):
        return True
    return False if all(one.verdict == DIFFERS or not np.all(np.isfinite(value)) for one in rulings) else None


def choices(case: Case) -> tuple[Claim, list[Candidate], float]:
    """What is claimed, what it may be the gradient of, and by how much a change may be off."""
    return case.claim, [one for one in (case.ruling.candidate, *case.options) if one is not None], most_error(case)


def most_error(case: Case) -> float:
    """By how much a change may be off: what is off by little is not mended by what is off by as much."""
    is_known = case.ruling.verdict == DIFFERS and isfinite(case.ruling.error)
    return min(_ACCURACY, _BETTER * case.ruling.error) if is_known else _ACCURACY
