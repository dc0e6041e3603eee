"""A gradient examined: judged, and set beside the other opinions on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf, isfinite
from typing import TYPE_CHECKING, NamedTuple

from backprop_cli.check.claims import Claim, Gradient, is_constant
from backprop_cli.check.diagnosis import Mistake, diagnose
from backprop_cli.check.judge import (
    AGREES,
    DIFFERS,
    UNDECIDED,
    Judgement,
    Tolerance,
    judge,
    relative_error,
    subgradients,
)  # fmt: skip
from backprop_cli.check.place import Place, with_output
from backprop_cli.check.points import Places
from backprop_cli.engine.differences import Estimate
from backprop_cli.engine.tangent import tangent

if TYPE_CHECKING:
    from backprop_cli.check.symbolic import Algebra, Opinion

_TRUSTED = 1e-6  # of the sizes: what estimates from values must reach before they may overrule anyone
_COMPARED = 5  # places at which a mistake must give what is claimed
_SLACK = 10.0  # an estimate's error is itself an estimate


class Examined(NamedTuple):
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


class Examiner:
    """Examines gradients of one program at the same places; `symbolic`: SymPy may be asked."""

    def __init__(self, places: Places, tolerance: Tolerance, *, symbolic: bool) -> None:
        self.places = places
        self.tolerance = tolerance
        self.symbolic = symbolic
        self._algebras: dict[int, tuple[Place, Algebra]] = {}

    def claims(self, claims: Sequence[Claim]) -> Iterator[Examined]:
        """Each claim, examined."""
        for claim in claims:
            judgement = judge(claim, self.places, self.tolerance)
            if judgement.place is None:
                yield Examined(claim.target, claim, judgement)
                continue
            numeric = None if judgement.finding else _estimate(judgement.place, claim.of)
            opinion = self._opinion(judgement, claim.of, claim)
            judgement = self._reconsidered(judgement, numeric, opinion)
            found, formula = (opinion.gradient, opinion.formula) if opinion else (None, "")
            mistakes = self._mistakes(claim, judgement)
            yield Examined(claim.target, claim, judgement, numeric, found, formula=formula, mistakes=mistakes)

    def gradients(self, targets: Mapping[str, Gradient]) -> Iterator[Examined]:
        """Our own gradients, by four methods: reverse mode, SymPy, forward mode, differences."""
        for target, of in targets.items():
            found: Examined | None = None
            tried = 0
            for place in self.places:
                if self.places.free and (place.trouble(*of) or not isfinite(place.grad(*of))):
                    continue
                tried += 1
                examined = self._gradient(target, of, place, first=found is None)
                if found is None or examined.judgement.verdict == DIFFERS:
                    found = examined
                worst = max(found.judgement.rel_error, examined.judgement.rel_error)
                found = found._replace(judgement=found.judgement._replace(rel_error=worst, tried=tried))
                if tried >= self.places.wanted or found.judgement.verdict == DIFFERS:
                    break
            if found is None:
                yield Examined(target, None, Judgement(UNDECIDED, "few points", tried=0))
            elif found.judgement.verdict == AGREES and self.places.free:
                yield found._replace(judgement=found.judgement._replace(why="points"))
            else:
                yield found

    def _gradient(self, target: str, of: Gradient, place: Place, *, first: bool) -> Examined:
        ours = place.grad(*of)
        trouble = place.trouble(*of)
        forward = tangent(with_output(place.graph, of.output), place.passed(of.output).locals, {of.wrt: 1.0})[of.output]
        numeric = None if trouble else _estimate(place, of)
        made = Judgement(UNDECIDED, "trouble", place, None, ours, trouble[0] if trouble else None)
        if trouble or not isfinite(ours):
            bounds = subgradients(place, of, trouble) if trouble else None
            if bounds is not None and bounds[0] <= ours <= bounds[1]:
                made = made._replace(verdict=AGREES, why="kink", bounds=bounds)
            return Examined(target, None, made, numeric, forward=forward if isfinite(forward) else None)
        opinion = self._opinion(made, of) if first else None
        found, formula = (opinion.gradient, opinion.formula) if opinion else (None, "")
        errors = [relative_error(ours, other) for other in (forward, found) if other is not None]
        agrees = all(self.tolerance.allows(ours, other) for other in (forward, found) if other is not None)
        if numeric is not None and numeric.error <= _TRUSTED * max(abs(ours), abs(numeric.slope)):
            errors.append(relative_error(ours, numeric.slope))
            agrees = agrees and (found is not None or _supports(ours, numeric))
        made = made._replace(verdict=AGREES if agrees else DIFFERS, why="point", rel_error=max(errors))
        return Examined(target, None, made, numeric, found, forward, formula)

    def _mistakes(self, claim: Claim, judgement: Judgement) -> tuple[Mistake, ...]:
        """What a claim that differs looks like; a formula is compared at several places, a number at its own."""
        place = judgement.place
        if judgement.verdict != DIFFERS or judgement.finding or place is None or not isfinite(judgement.rel_error):
            return ()
        places = [place]
        if self.places.free or not is_constant(claim.formula):
            places += [p for p in self.places.near(place) if not p.trouble(*claim.of) and isfinite(p.grad(*claim.of))]
        claimed = [(p, claim.formula.values(p)[claim.formula.graph.output]) for p in places]
        return diagnose(claim.of, claimed[:_COMPARED], claim.half_unit if len(places) == 1 else 0.0)

    def _opinion(self, judgement: Judgement, of: Gradient, claim: Claim | None = None) -> Opinion | None:
        """What SymPy says at the judgement's place; nothing where a derivative is a convention, or does not exist."""
        place = judgement.place
        if not self.symbolic or place is None or judgement.finding or not isfinite(judgement.backprop):
            return None
        from backprop_cli.check.symbolic import Algebra

        if id(place) not in self._algebras:
            self._algebras[id(place)] = place, Algebra(place, self.places.given.keys())
        finite = judgement.claimed is not None and isfinite(judgement.claimed)
        prove = bool(self.places.free) and judgement.verdict == AGREES
        return self._algebras[id(place)][1].opinion(of, claim if finite else None, prove=prove)

    def _reconsidered(self, judgement: Judgement, numeric: Estimate | None, opinion: Opinion | None) -> Judgement:
        """The judgement after the others were heard: sixty digits see through rounding, and differences may object."""
        if opinion is not None and opinion.proved:
            return judgement._replace(why="proof")
        doubted = judgement.verdict == DIFFERS or judgement.why in ("rounding", "range")
        if not doubted or judgement.claimed is None or judgement.finding is not None:
            return judgement
        if opinion is not None and opinion.claimed is not None and opinion.gradient is not None:
            if self.tolerance.allows(opinion.claimed, opinion.gradient):
                return judgement._replace(verdict=AGREES, why="sixty digits")
            return judgement._replace(verdict=DIFFERS, why="point")
        if judgement.verdict == DIFFERS and not _supports(judgement.backprop, numeric):
            return judgement._replace(verdict=UNDECIDED, why="methods")
        return judgement


def _estimate(place: Place, of: Gradient) -> Estimate | None:
    """The derivative from values alone; None where values lead to no number."""
    found = place.estimate(of.output, of.wrt)
    return found if isfinite(found.slope) and found.error < inf else None


def _supports(ours: float, numeric: Estimate | None) -> bool:
    """Whether differences do not speak against our own gradient."""
    if numeric is None:
        return True
    size = max(abs(ours), abs(numeric.slope))
    if numeric.error > _TRUSTED * size:
        return True
    return abs(ours - numeric.slope) <= _TRUSTED * size + _SLACK * numeric.error
