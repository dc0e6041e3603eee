"""Whether a formula that is claimed holds at the bindings only: `x + 1` is the slope of x² at 1, and nowhere around."""

from __future__ import annotations

from math import fsum
from random import Random

from backprop_cli.check.claim_verdicts import judge_at
from backprop_cli.check.claims import Claim, is_constant
from backprop_cli.check.judge import Judgement, is_harmless, numbers_of
from backprop_cli.check.point import Point
from backprop_cli.check.tolerances import Tolerance
from backprop_cli.check.verdict import AGREES, DIFFERS
from backprop_cli.engine.passes import quiet
from backprop_cli.errors import BackpropError
from backprop_cli.graph import Value
from backprop_cli.graph.ancestors import ancestors
from backprop_cli.lean import Iterator
from backprop_cli.numeric.shapes import Shape, size

_TRIES, _FEWEST = 8, 3  # places, and how many of them must tell
_MOVES = (0.01, 0.1)  # beside the size of a number; of 0, beside 1
_ROUNDED = 1e-9  # off a sum of 1, or a gradient
_MOST_ELEMENTS = 100_000  # of the program, to pass that often


def elsewhere(claim: Claim, place: Point, tolerance: Tolerance) -> Judgement | None:
    """The judgement at a place nearby, if a claim that agrees at this place agrees at none around it.

    What the claim names moves, and what it is the gradient by; not labels and probabilities, beside which less is true.
    """
    graph = place.graph
    if is_constant(claim.formula) or sum(size(graph.shape(node)) for node in range(len(graph))) > _MOST_ELEMENTS:
        return None
    moving = _moving(claim, place)
    for names in (moving, [name for name in moving if not all(map(float.is_integer, _numbers(place, name)))]):
        try:
            return _nearby(claim, place, names, tolerance)
        except BackpropError:  # a label that is no class
            continue
    return None


def _nearby(claim: Claim, place: Point, names: list[str], tolerance: Tolerance) -> Judgement | None:
    found: list[Judgement] = []
    for moved in _around(place, names):
        there = Point(place.graph, moved, place.firsts)
        with quiet(place.graph):
            if there.trouble(*claim.of):
                continue
            if _agrees_as_doubles(claim, there):
                return None
            if not there.is_finite(*claim.of):
                continue
            if not is_harmless(there.values, claim.formula.values(there)):
                continue
            judgement = judge_at(claim, there, tolerance)
        if judgement.verdict == AGREES:
            return None
        if judgement.verdict == DIFFERS:
            found.append(judgement)
    return found[0] if len(found) >= _FEWEST else None


def _agrees_as_doubles(claim: Claim, place: Point) -> bool:
    """Whether a claim is the gradient there, as the passes have both: nobody looks for digits that they lost."""
    found, ours = claim.formula.computed(place), place.computed(*claim.of)
    if getattr(found, "shape", ()) != getattr(ours, "shape", ()):
        return False
    pairs = zip(numbers_of([found]), numbers_of([ours]), strict=True)
    return all(abs(theirs - number) <= _ROUNDED * abs(number) for theirs, number in pairs)


def _moving(claim: Claim, place: Point) -> list[str]:
    named = {use for use in claim.formula.uses.values() if isinstance(use, int)}
    before = ancestors(place.graph, claim.of.wrt)
    return [
        name
        for name, node in place.graph.variables.items()
        if (node in named or before[node]) and not _is_tied(_numbers(place, name), place.graph.shape(node))
    ]


def _numbers(place: Point, name: str) -> list[float]:
    """The elements of an input's value."""
    return list(map(float, numbers_of([place.given[name]])))


def _is_tied(numbers: list[float], shape: Shape) -> bool:
    """Whether an array's rows sum to 1, as probabilities do, and labels one-hot."""
    sums = [fsum(numbers[k : k + shape[-1]]) for k in range(0, len(numbers), shape[-1])] if shape else []
    return bool(sums) and min(numbers) >= 0 and all(abs(total - 1) < _ROUNDED for total in sums)


def _around(place: Point, names: list[str]) -> Iterator[dict[str, Value]]:
    chosen = Random(0)  # noqa: S311  points, not secrets
    for _ in range(_TRIES if names else 0):
        yield {**place.given, **{name: _moved(place, name, chosen) for name in names}}


def _moved(place: Point, name: str, chosen: Random) -> Value:
    """A value with every number a little off; one can type it."""
    made = []
    for number in _numbers(place, name):
        step = (abs(number) or 1.0) * chosen.uniform(*_MOVES) * chosen.choice((-1, 1))
        made.append(float(f"{number + step:.4g}"))
    shape = place.graph.shape(place.graph.variables[name])
    if not shape:
        return made[0]
    from backprop_cli.numeric.arrays import doubles

    return doubles(made).reshape(shape)
