"""Examined claims as a CheckReport: the words for every reason."""

from __future__ import annotations

from math import nan

from backprop_cli.check.evidence import Evidence
from backprop_cli.check.handwritten_steps import Checked
from backprop_cli.check.judge import Judgement
from backprop_cli.check.step_lines import Step
from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED
from backprop_cli.errors import Diagnostic, Status, shorten
from backprop_cli.graph import Graph
from backprop_cli.graph.names import node_names, output_name
from backprop_cli.lean import Iterable, Sequence
from backprop_cli.numeric.shapes import written
from backprop_cli.report.claim_results import CheckReport, ClaimResult
from backprop_cli.report.mistakes import diagnosis
from backprop_cli.report.model import Note
from backprop_cli.report.names import written as named
from backprop_cli.report.notes import notes
from backprop_cli.text import index_text, rounded, shortest

_REASONS = {
    "point": "",
    "elements": "right in all {count} elements",
    "elements wrong": "elements that differ: {count}",
    "direction": "along a random direction, by differences",
    "not computable": "the claim cannot be computed: {problem}",
    "shape": "the claim has the shape {claimed}, and the gradient {right}",
    "digits": "right to the decimals given",
    "last digits": "right but for the last digits of the inputs",
    "sixty digits": "right in sixty digits; in doubles rounding hides it",
    "sixty digits apart": "wrong in sixty digits; in doubles rounding hides it",
    "more digits": "right with more digits; in doubles rounding hides it",
    "more digits apart": "wrong with more digits; in doubles rounding hides it",
    "convention": "there is a kink here; the claim is the convention",
    "points": "right at {count} random points",
    "proof": "right for all values, by SymPy",
    "kink": "there is a kink here: any slope from {low} to {high} is valid",
    "conventions": "there are kinks here, and conventions for them",
    "trouble": "{note}",
    "no value": "the claim has no finite value here",
    "rounding": "rounding leaves too few digits to tell",
    "not finite": "in doubles it is no finite number; `backprop grad` notes the true one",
    "range": "numbers on the way are too large or too small for doubles",
    "near a kink": "differences reach over a kink or a jump here, and SymPy was not asked",
    "few points": "only {count} points of the domain were found: give values, or a `--range`",
    "methods": "backprop, SymPy and differences do not agree with one another",
}


_HINTS = {
    "overwrites": "`=` forgets what had flowed into `{name}` before, and `+=` is meant",
    "unfinished": "`{d}` is used before all of it has been added up",
}
_KINDS = {
    "partial": "not complete yet, a line below changes it",
    "moved on": "from here `{name}` is the gradient of `{node}`{more}",
    "convention": "{what}, as what is made of it shows",
}
_NAMED = 3  # values in a message
_STATUS = {AGREES: Status.OK, DIFFERS: Status.DISAGREES, UNDECIDED: Status.MATHEMATICS}


def build_check(
    graph: Graph, examined: Iterable[Evidence], free: Sequence[str], *, strict: bool = False
) -> CheckReport:
    """The report of claims that were examined."""
    found = list(examined)
    results = tuple(_result(item) for item in found)
    made = (
        *notes(graph, [], []),
        *(Note("reading", words, None, graph.span(graph.output)) for item in found for words in item.reading),
        *(_coincidence(item, item.elsewhere) for item in found if item.elsewhere),
    )
    verdict = _verdict(results)
    status = Status.MATHEMATICS if strict and made and verdict == AGREES else _STATUS[verdict]
    kind = "claims" if any(result.written for result in results) else "gradients"
    return CheckReport(kind, graph.source, results, tuple(free), made, verdict, status)


def _coincidence(item: Evidence, there: Judgement) -> Note:
    """That a claim agrees at the bindings only."""
    assert item.claim is not None
    assert item.judgement.place is not None
    assert there.place is not None
    here, graph = item.judgement.place.given, there.place.graph
    moved = {name: value for name, value in there.place.given.items() if value is not here[name]}
    numbers = [f"{name} = {shortest(value)}" for name, value in moved.items() if not graph.shape(graph.variables[name])]
    place = f"at {', '.join(numbers)}" if len(numbers) == len(moved) <= _NAMED else "at others"
    claimed, right = _told_apart(there.claimed or 0.0, there.backprop)
    index = index_text(there.element or ())
    words = f"`{shorten(item.claim.source.text.strip(), 60)}` agrees at the values that are bound only"
    span = graph.span(item.claim.of.output)
    return Note(
        "coincidence", f"{words}: {place}, {item.target}{index} is {right}, and the claim {claimed}", None, span
    )


def build_steps(graph: Graph, checked: Iterable[Checked], steps: Sequence[Step], free: Sequence[str]) -> CheckReport:
    """The report of steps that were followed, up to the first that is wrong."""
    output = output_name(graph)
    results: list[ClaimResult] = []
    complaint = None
    made = notes(graph, [], [])
    for item in checked:
        result = _step_result(item, graph, output)
        step = item.step
        if item.judgement.place is not None and item.judgement.verdict == DIFFERS:
            names = {"d": item.of_what, "name": step.typed.partition("[")[0]}
            hint = _HINTS.get(item.hint, "").format_map(names)
            told = hint or diagnosis(item.mistakes, graph, (output, step.of))
            result = result._replace(diagnosis=told, mistakes=(item.hint,) if hint else result.mistakes)
            message = _wrong_step(item, result.target)
            typed = shorten(step.label.source.text[step.label.start : step.label.end], 60)
            said = (f"in `{typed}`: {words}" for words in item.reading)
            made = [*made, *(Note("reading", words, None, graph.span(graph.output)) for words in said)]
            complaint = Diagnostic("C502", message, (step.label,), told and f"it looks as if {told}")
        results.append(result)
    verdict = _verdict(results)
    written = {step.node for step in steps if step.above < 0 and not step.is_value}
    unmentioned = tuple(name for name, node in graph.variables.items() if node not in written)
    return CheckReport(
        "steps", graph.source, tuple(results), tuple(free), tuple(made), verdict, _STATUS[verdict],
        complaint, unmentioned,
    )  # fmt: skip


def _words_of(item: Checked, graph: Graph, names: Sequence[str]) -> dict[str, str]:
    """The words for a step that is right in another way than its name says."""
    name, node = item.step.typed.partition("[")[0], names[item.is_of] if item.is_of >= 0 else ""
    is_own = item.is_of in graph.names or item.is_of in graph.variables.values()
    more = "" if is_own or not node else f" = {shorten(named(graph, item.is_of, list(names)), 60)}"
    what = f"`{name}` is the gradient of `{node}`{more}"
    if not node:
        size = item.factor if abs(item.factor) > 1 else 1 / item.factor
        what = f"`{name}` is kept {rounded(size)} times too {'large' if abs(item.factor) > 1 else 'small'}"
    return {"name": name, "node": node, "more": more, "what": what}


def _wrong_step(item: Checked, target: str) -> str:
    """What is wrong after a line."""
    name, judgement = item.step.typed.partition("[")[0], item.judgement
    if judgement.problem:
        return f"this line cannot be computed: {judgement.problem}"
    line_before = item.kind == "equation"
    name, target = ("this side", "the one before") if line_before else (f"`{name}`", target)
    after = "" if line_before else " after this line"
    if judgement.shapes:
        found, expected = (written(shape) if shape else "of a number" for shape in judgement.shapes)
        return f"{name} has the shape {found}{after}, and {target} has the shape {expected}"
    index = index_text(judgement.element or ())
    found, expected = _told_apart(judgement.claimed or 0.0, judgement.backprop)
    if line_before:
        at = f" at {index}" if index else ""
        return f"{name} is {found}{at}, and {target} is {expected}"
    return f"{name[:-1]}{index}` is {found}{after}, and {target}{index} is {expected}"


def _told_apart(one: float, other: float) -> tuple[str, str]:
    """Two numbers for reading, in full where they would read alike."""
    short = rounded(one), rounded(other)
    return short if short[0] != short[1] else (shortest(one), shortest(other))


def _step_result(item: Checked, graph: Graph, output: str) -> ClaimResult:
    step, judgement = item.step, item.judgement
    start, end = step.label.start, step.label.end
    written = " ".join(step.label.source.text[start:end].split())
    names = node_names(graph)
    above = output if step.above < 0 else names[step.above]
    return ClaimResult(
        text=f"= {written}" if step.goes_on else f"{step.typed} {step.operator} {written}",
        target=step.of if step.is_value or step.node < 0 else f"d{above}/d{step.of}",
        written=written,
        claimed=judgement.claimed,
        backprop=judgement.backprop,
        sympy=None,
        numeric=None,
        forward=None,
        rel_error=judgement.rel_error,
        verdict=judgement.verdict,
        reason=_KINDS[item.kind].format_map(_words_of(item, graph, names))
        if item.kind in _KINDS
        else reason(judgement).replace("the claim", "the line"),
        point=dict(judgement.place.given) if judgement.place else {},
        mistakes=tuple(mistake.name for mistake in item.mistakes),
    )


def _result(item: Evidence) -> ClaimResult:
    claim, judgement, place = item.claim, item.judgement, item.judgement.place
    return ClaimResult(
        text=claim.source.text.strip() if claim else item.target,
        target=item.target,
        written=claim.written if claim else "",
        claimed=judgement.claimed,
        backprop=judgement.backprop,
        sympy=item.sympy,
        numeric=item.numeric,
        forward=item.forward,
        rel_error=judgement.rel_error,
        verdict=judgement.verdict,
        reason=reason(judgement),
        point=dict(place.given) if place else {},
        diagnosis=diagnosis(item.mistakes, place.graph, claim.names) if claim and place else "",
        mistakes=tuple(mistake.name for mistake in item.mistakes),
        correct=item.formula,
        element=judgement.element,
    )


def reason(judgement: Judgement) -> str:
    """Why the verdict is what it is."""
    low, high = judgement.bounds or (nan, nan)
    claimed, right = (written(shape) if shape else "of a number" for shape in judgement.shapes or ((), ()))
    note = ""
    if judgement.anomaly is not None and judgement.place is not None:
        note = notes(judgement.place.graph, judgement.place.values, [judgement.anomaly])[-1].message
    elif judgement.why == "trouble":
        note = "the gradient is not a finite number here"
    return _REASONS[judgement.why].format(
        count=judgement.tried,
        low=rounded(low),
        high=rounded(high),
        note=note,
        claimed=claimed,
        right=right,
        problem=judgement.problem,
    )


def _verdict(results: Iterable[ClaimResult]) -> str:
    """The worst of them."""
    verdicts = {result.verdict for result in results}
    return next((verdict for verdict in (DIFFERS, UNDECIDED) if verdict in verdicts), AGREES)
