"""The full check of a gradient: several methods an input; of arrays an element a line, or by differences."""

from __future__ import annotations

from math import nan

from backprop_cli.check.evidence import Evidence
from backprop_cli.check.gradient_check import GradientCheck
from backprop_cli.check.judge import Judgement
from backprop_cli.check.point import Point
from backprop_cli.check.sampler import PointSampler
from backprop_cli.check.tolerances import Tolerance
from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED, Check, Opinion, verdict
from backprop_cli.engine.differences import Estimate
from backprop_cli.lean import Any, Iterator
from backprop_cli.text import index_text


def full_check(places: PointSampler, output: str, tolerance: Tolerance, *, symbolic: bool) -> Iterator[Evidence]:
    """The evidence on d output / d every input of a program."""
    if places.graph.has_arrays:
        return _of_arrays(places, output, tolerance, symbolic=symbolic)
    return GradientCheck(places, tolerance, symbolic=symbolic).examined(output)


def _of_arrays(places: PointSampler, output: str, tolerance: Tolerance, *, symbolic: bool) -> Iterator[Evidence]:
    """The full check of a program with arrays: an element a line where it can be written out, else by differences."""
    import numpy as np

    from backprop_cli.check.in_numbers import in_numbers

    graph = places.graph
    place = next((p for p in places if not places.free or not p.trouble(graph.output, *graph.variables.values())), None)
    if place is None:
        yield Evidence(f"d{output}", None, Judgement(UNDECIDED, "few points", tried=0))
        return
    written = in_numbers(graph, place.values, graph.output)
    if written is None:
        yield from _by_differences(place, output)
        return
    trouble = place.trouble(graph.output, *graph.variables.values())
    ours: dict[str, float] = {}
    lost: set[str] = set()
    for name, node in graph.variables.items():
        grad = np.asarray(place.computed(graph.output, node))
        lost |= {f"d{output}/d{name}{index_text(item.element)}" for item in place.lost(graph.output, node)}
        ours |= {f"d{output}/d{name}{index_text(index)}": float(grad[index]) for index in np.ndindex(*grad.shape)}
    numbers = PointSampler(written.graph, written.given, [])
    for item in GradientCheck(numbers, tolerance, symbolic=symbolic).examined(output):
        judgement = item.judgement._replace(place=place, anomaly=None, backprop=ours.get(item.target, nan))
        if item.target not in ours:
            judgement = judgement._replace(backprop=item.judgement.backprop)
        elif item.target in lost:
            judgement = judgement._replace(verdict=UNDECIDED, why="rounding")
        elif item.judgement.verdict == AGREES:
            found, why = verdict(ours[item.target], [Opinion("elements", item.judgement.backprop)], tolerance)
            judgement = judgement if found == AGREES else judgement._replace(verdict=found, why=why)
        if judgement.why == "trouble":
            judgement = judgement._replace(anomaly=next(iter(trouble), None))
        yield item._replace(judgement=judgement)


def _not_asked(*_: Any, **__: Any) -> Check:
    raise AssertionError  # a program that is written out in numbers does not come here


def _by_differences(place: Point, output: str) -> Iterator[Evidence]:
    from backprop_cli.check.arrays import check_arrays

    graph = place.graph
    inputs = graph.variables
    passed = place.passed(graph.output)
    trouble = place.trouble(graph.output, *inputs.values())
    active = graph.dependents(set(inputs.values()))
    found = check_arrays(graph, place.values, passed, active, inputs, trouble, seed=1.0, judge=_not_asked)
    for name, judged in found.variables.items():
        verdict = {"agree": AGREES, "disagree": DIFFERS}.get(judged.verdict, UNDECIDED)
        made = Judgement(verdict, "direction" if verdict == AGREES else "methods", place, None, judged.ours)
        numeric = Estimate(judged.theirs, abs(judged.ours - judged.theirs), "Ridders")
        made = made._replace(rel_error=judged.error, element=judged.element or None)
        yield Evidence(f"d{output}/d{name}", None, made, numeric)
    if not found.variables:
        yield Evidence(f"d{output}", None, Judgement(UNDECIDED, "trouble", place, anomaly=next(iter(trouble), None)))
