"""Claims examined: judged, set beside the other opinions on the gradient, their mistakes looked for."""

from __future__ import annotations

from itertools import islice
from math import isfinite

from backprop_cli.check.claim_verdicts import judge
from backprop_cli.check.claims import Claim, is_constant
from backprop_cli.check.elsewhere import elsewhere
from backprop_cli.check.evidence import Evidence, by_differences, estimated
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.judge import BY_DIGITS, Judgement
from backprop_cli.check.mistakes import Mistake, diagnose
from backprop_cli.check.point import Point
from backprop_cli.check.sampler import PointSampler
from backprop_cli.check.tolerances import Tolerance
from backprop_cli.check.verdict import AGREES, DIFFERS, verdict
from backprop_cli.engine.differences import Estimate
from backprop_cli.engine.passes import quiet
from backprop_cli.errors import Source, shorten
from backprop_cli.graph import Value
from backprop_cli.lean import TYPE_CHECKING, Callable, Iterator, Sequence

if TYPE_CHECKING:
    from backprop_cli.check.symbolic import Algebra, Algebraic

_OF_THE_WHOLE = ("sign", "factor", "own value")  # mistakes at no edge: those of a first derivative nobody wrote
_COMPARED = 5  # places at which a mistake must give what is claimed


class Examiner:
    """Examines gradients of one program at the same places; `symbolic`: SymPy may be asked."""

    def __init__(
        self,
        places: PointSampler,
        tolerance: Tolerance,
        *,
        symbolic: bool,
        read: Callable[[Source], Claim] | None = None,
    ) -> None:
        self.places = places
        self.tolerance = tolerance
        self.read = read  # a claim, as it is read by those who have its scope
        self.symbolic = symbolic
        self._algebras: dict[int, tuple[Point, Algebra]] = {}

    def claims(self, claims: Sequence[Claim]) -> Iterator[Evidence]:
        """Each claim, examined."""
        for claim in claims:
            found = self._claim(claim)
            if found.judgement.verdict != AGREES:
                found = self._read_otherwise(claim, found)
            place = found.judgement.place
            if found.judgement.verdict == AGREES and place is not None and not self.places.free:
                found = found._replace(elsewhere=elsewhere(found.claim or claim, place, self.tolerance))
            yield found

    def _read_otherwise(self, claim: Claim, found: Evidence) -> Evidence:
        """A claim that does not agree as it was read, in a reading in which it does, or with words that say which."""
        from backprop_cli.check.other_readings import how_it_was_read, other_readings

        text = shorten(claim.source.text.strip(), 60)
        told = []
        for other, words in other_readings(claim, self.places.graph.shape, self.read) if self.read else ():
            evidence = self._claim(other)
            if evidence.judgement.verdict == AGREES:
                return evidence._replace(reading=[f"`{text}` agrees with {words}; as a program reads it, it does not"])
            told.append((words, evidence))
        if not told:
            return found._replace(reading=[f"in `{text}`: {words}" for words in how_it_was_read(claim.formula.graph)])
        words, evidence = told[0]
        if evidence.mistakes and not found.mistakes:
            return evidence._replace(
                reading=[f"`{text}`, with {words}; as a program reads it, it does not agree either"]
            )
        return found._replace(reading=[f"`{text}` is read as in a program; with {words} it does not agree either"])

    def _claim(self, claim: Claim) -> Evidence:
        judgement = judge(claim, self.places, self.tolerance)
        if judgement.problem:
            return self._not_computable(claim, judgement)
        if judgement.place is None:
            return Evidence(claim.target, claim, judgement)
        if judgement.place.graph.has_arrays:
            return self._of_array(claim, judgement, judgement.place)
        numeric = None if judgement.anomaly else estimated(judgement.place.estimate(*claim.of))
        opinion = self._opinion(judgement, claim.of, claim)
        judgement = self._reconsidered(claim, judgement, numeric, opinion)
        found, formula = (opinion.gradient, opinion.formula) if opinion else (None, "")
        mistakes = self._mistakes(claim, judgement)
        return Evidence(claim.target, claim, judgement, numeric, found, formula=formula, mistakes=mistakes)

    def _not_computable(self, claim: Claim, judgement: Judgement) -> Evidence:
        """A claim whose shapes do not fit; with a transpose it may be right."""
        from backprop_cli.check.untransposed import with_transpose

        read = self.read
        if read is None or claim.second or claim.element:
            return Evidence(claim.target, claim, judgement)
        old, new = with_transpose(claim, lambda text: judge(read(text), self.places, self.tolerance).verdict == AGREES)
        if not new:
            return Evidence(claim.target, claim, judgement)
        judgement = judgement._replace(problem=f"{judgement.problem}; it is right with `{new}` in the place of `{old}`")
        return Evidence(claim.target, claim, judgement, mistakes=(Mistake("transpose"),))

    def _of_array(self, claim: Claim, judgement: Judgement, place: Point) -> Evidence:
        """A claim about an array: the others are asked of the element that is named."""
        from backprop_cli.check.in_numbers import in_numbers

        is_named = judgement.verdict == DIFFERS and not claim.second  # the nodes of its first derivative nobody wrote
        mistakes = self._mistakes_in_array(claim, place) if is_named else ()
        made = Evidence(claim.target, claim, judgement, mistakes=mistakes)
        if judgement.element is None or judgement.anomaly:
            return made
        written = in_numbers(place.graph, place.values, claim.of.output)
        if written is None:
            return made
        numbers, of = written.point(), written.gradient(claim, judgement.element)
        numeric = estimated(numbers.estimate(*of))
        made = made._replace(judgement=_doubted(judgement, numeric, claim))
        if not self.symbolic:
            return made._replace(numeric=numeric)
        from backprop_cli.check.symbolic import Algebra

        opinion = Algebra(numbers).opinion(of)
        return made._replace(numeric=numeric, sympy=opinion.gradient, formula=opinion.formula)

    def _mistakes(self, claim: Claim, judgement: Judgement) -> tuple[Mistake, ...]:
        """What a claim that differs looks like; a formula is compared at several places, a number at its own."""
        place = judgement.place
        if judgement.verdict != DIFFERS or judgement.anomaly or place is None or not isfinite(judgement.rel_error):
            return ()
        places = [place]
        if self.places.free or not is_constant(claim.formula):
            places += [p for p in self.places.near(place) if not p.trouble(*claim.of) and isfinite(p.grad(*claim.of))]
        claimed = [(p, claim.formula.values(p)[claim.formula.graph.output]) for p in places]
        found = diagnose(claim.of, claimed[:_COMPARED], claim.half_unit if len(places) == 1 else 0.0)
        return tuple(m for m in found if m.name in _OF_THE_WHOLE) if claim.second else found

    def _mistakes_in_array(self, claim: Claim, place: Point) -> tuple[Mistake, ...]:
        """What a claim about an array looks like: what varies with its names is compared where those are others."""
        from backprop_cli.check.array_mistakes import diagnose_arrays, symmetric_only

        def claimed(p: Point) -> Value:
            return claim.formula.values(p)[claim.formula.graph.output]

        ways: list[dict[str, bool]] = [{}, {"keep_numbers": True}]
        if self.places.free and len(self.places.free) < len(place.given):
            ways.append({"keep_given": True})  # of probabilities that sum to 1 more is true
        for way in ways:
            others = [] if is_constant(claim.formula) else self.places.near(place, **way)
            usable = (p for p in others if not p.trouble(*claim.of) and p.is_finite(*claim.of))
            pairs = [(p, claimed(p)) for p in (place, *islice(usable, _COMPARED - 1))]
            with quiet(place.graph):
                found = diagnose_arrays(claim.of, pairs, claim.chosen)
            if found:
                break
        symmetric = (
            ()
            if found and found[0].name != "not transposed"
            else symmetric_only(claim.of, place, claimed, claim.chosen)
        )
        return symmetric or found

    def _opinion(self, judgement: Judgement, of: Gradient, claim: Claim | None = None) -> Algebraic | None:
        """What SymPy says at the judgement's place; nothing where a derivative is a convention, or does not exist."""
        place = judgement.place
        if not self.symbolic or place is None or judgement.anomaly or not isfinite(judgement.backprop):
            return None
        from backprop_cli.check.symbolic import Algebra

        if id(place) not in self._algebras:
            self._algebras[id(place)] = place, Algebra(place, self.places.given.keys())
        arrays = claim is not None and claim.formula.graph.has_arrays
        finite = judgement.claimed is not None and isfinite(judgement.claimed) and not arrays
        prove = bool(self.places.free) and judgement.verdict == AGREES
        return self._algebras[id(place)][1].opinion(of, claim if finite else None, prove=prove)

    def _reconsidered(
        self, claim: Claim, judgement: Judgement, numeric: Estimate | None, opinion: Algebraic | None
    ) -> Judgement:
        """The judgement after the others were heard: sixty digits see through rounding, and differences may object."""
        if opinion is not None and opinion.proved:
            return judgement._replace(why="proof")
        if judgement.claimed is None or judgement.anomaly is not None or judgement.why in BY_DIGITS:
            return judgement
        agreed = judgement.verdict == AGREES
        if opinion is not None and opinion.claimed is not None and opinion.gradient is not None:
            same = self.tolerance.allows(opinion.claimed, opinion.gradient)
            if agreed and not same and not is_constant(claim.formula):
                return judgement._replace(verdict=DIFFERS, why="sixty digits apart")
            if not agreed and same:
                return judgement._replace(verdict=AGREES, why="sixty digits")
            if not agreed:
                return judgement._replace(verdict=DIFFERS, why="point")
        return _doubted(judgement, numeric, claim)


def _doubted(judgement: Judgement, numeric: Estimate | None, claim: Claim) -> Judgement:
    """The judgement where the gradient that a claim differs from is heard against differences.

    Not one that doubles lost and many digits found: differences lose it too, and know nothing of that.
    """
    assert judgement.place is not None
    if judgement.verdict != DIFFERS or any(item.known for item in judgement.place.lost(*claim.of)):
        return judgement
    found, why = verdict(judgement.backprop, by_differences(numeric))
    return judgement if found == AGREES else judgement._replace(verdict=found, why=why)
