"""Cases run: each against the verbs of `api` and `checking`, one outcome at a time."""

from __future__ import annotations

import re
from math import isfinite
from time import perf_counter

from backprop_cli import api, checking
from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED
from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.lean import Any, Iterable, Iterator, Sequence
from backprop_cli.report.case_result import AGREES_AFTER_ALL, CaseResult, Difference
from backprop_cli.report.claim_results import ClaimResult
from backprop_cli.report.model import Report
from backprop_cli.report.rows import Row
from backprop_cli.suites.case import Case, Written, elements, read_number, unravelled
from backprop_cli.text import index_text, is_whole, rounded, shortest

_LOCAL = re.compile(r"[d∂]([\w.]+)\s*/\s*[d∂]([\w.]+)")
_BRIEF = 60  # characters of an array or a formula in a message
_MESSAGE = 199  # characters of a message, which continuous integration shows on one line


def run_cases(cases: Iterable[Case], *, sympy: bool = False) -> Iterator[CaseResult]:
    """The outcome of every case, as it comes; `sympy` also asks SymPy about each gradient and claim."""
    for case in cases:
        started = perf_counter()
        differences = tuple(_differences(case, sympy=sympy))
        seconds = perf_counter() - started
        yield CaseResult(case.path, case.line, case.name, case.published, case.verdict, differences, seconds)


def _differences(case: Case, *, sympy: bool) -> Iterator[Difference]:
    found: list[Difference] = []
    try:
        report = _report(case, sympy=sympy)
        if report and not case.error:
            found += _of_numbers(case, report)
        if case.claims:
            found += _of_claims(case, sympy=sympy)
    except BackpropError as error:
        yield from _of_errors(case, error.diagnostics)
        return
    if case.error:
        yield Difference("error", case.error, "none", line=case.lines.get("error", case.line))
    yield from found


def _report(case: Case, *, sympy: bool) -> Report | None:
    """The gradients that are asked for, or all; the value alone where only that is asked; nothing besides claims."""
    beyond_value = bool(case.gradients or case.locals or case.error or case.notes is not None)
    if not (case.value or case.values or beyond_value):
        return None
    if not (beyond_value or sympy):
        return api.evaluate(case.program, case.bindings)
    return api.grad(case.program, case.bindings, wrt=tuple(case.gradients), check=sympy)


def _of_numbers(case: Case, report: Report) -> Iterator[Difference]:
    if case.value:
        yield from _of_number(case, "value", f"{report.output}", case.value, report.value)
    yield from _of_nodes(case, report)
    for name, written in case.gradients.items():
        subject = f"d{report.output}/d{name}"
        for difference in _of_number(case, f"gradients.{name}", subject, written, report.gradients[name]):
            asks = case.verdict == AGREES and not written.is_blank
            mistake = _diagnosis(case, f"{subject} = {written.text}") if asks else ""
            yield _remarked(difference, [], difference.remark, mistake)
    codes = {note.code for note in report.notes if note.code != "reading"}
    if case.notes is not None and codes != case.notes - {"reading"}:
        yield Difference("notes", _listed(case.notes), _listed(codes), line=case.lines["notes"])
    if report.check is not None and report.check.verdict == "disagree":
        differs = Difference("SymPy", "no other gradient", "another gradient", line=case.line)
        yield _remarked(differs, [], "", report.check.reason)


def _of_nodes(case: Case, report: Report) -> Iterator[Difference]:
    """What differs of the values and the local gradients of nodes. A slope of two operands of one name is either's."""
    rows = {row.name: row for row in report.rows()} if case.values or case.locals else {}
    for name, written in case.values.items():
        key = f"values.{name}"
        if name in rows:
            yield from _of_number(case, key, name, written, rows[name].value)
        else:
            yield Difference(name, _brief(written.text), "no such node", line=case.lines.get(key, case.line))
    if case.locals and case.gradients:  # only what depends on those has slopes
        rows = {row.name: row for row in api.grad(case.program, case.bindings, check=False).rows()}
    for name, written in case.locals.items():
        key, slope_of = f"locals.{name}", _LOCAL.fullmatch(name)
        node, along = slope_of.groups() if slope_of else ("", "")
        found = [slope for operand, slope in _slopes(rows.get(node)) if operand == along and slope is not None]
        differences = [list(_of_number(case, key, name, written, _spread(slope, written))) for slope in found]
        if not found:
            yield Difference(name, _brief(written.text), "no such local gradient", line=case.lines.get(key, case.line))
        elif all(differences):
            yield from differences[0]


def _spread(slope: Any, written: Written) -> Any:
    """One slope for all elements as an array of them, where that is how it is written."""
    is_one, (shape, _) = not elements(slope)[0], elements(written.number)
    return slope + 0 * written.number if is_one and shape else slope


def _slopes(row: Row | None) -> Iterable[tuple[str, Any]]:
    return zip(row.operands, row.locals, strict=False) if row else ()


def _of_number(case: Case, key: str, subject: str, written: Written, found: Any) -> Iterator[Difference]:
    line = case.lines.get(key, case.line)
    if written.is_blank:
        yield Difference(subject, "an answer", "none", line=line, key=key, number=found)
        return
    agrees = case.agree(found, written)
    if agrees == (case.verdict == AGREES):
        return
    (shape, numbers), (written_shape, _) = elements(found), elements(written.number)
    if agrees:
        yield Difference(subject, f"not {_brief(written.text)}", _number_text(found), AGREES_AFTER_ALL, line)
    elif shape != written_shape:
        yield Difference(subject, _kind(written_shape), _kind(shape), line=line)
    elif not shape:
        error = _error(found, written.number)
        yield Difference(subject, _brief(written.text), shortest(found), error, line, None, key, found)
    else:
        wrong = case.disagreements(found, written)
        worst, digits = wrong[0], written.element_texts
        expected = digits[worst] if digits else shortest(elements(written.number)[1][worst])
        error = _error(numbers[worst], elements(written.number)[1][worst])
        remark = "; ".join(filter(None, [error, f"{len(wrong):,} of {len(numbers):,} elements differ"]))
        element = index_text(unravelled(worst, shape))
        yield Difference(f"{subject}{element}", expected, shortest(numbers[worst]), remark, line, None, key, found)


def _diagnosis(case: Case, claim: str) -> str:
    """What mistake a wrong gradient looks like; nothing where a claim cannot be made of it."""
    try:
        report = checking.check(case.program, case.bindings, claims=[claim], symbolic=False)
    except BackpropError:
        return ""
    return report.results[0].diagnosis


def _kind(shape: tuple[int, ...]) -> str:
    return f"an array of the shape {shape}" if shape else "a number"


def _error(found: float, expected: float) -> str:
    """The relative error in words; nothing where a number is not finite."""
    if not (isfinite(found) and isfinite(expected)):
        return ""
    return f"relative error {abs(found - expected) / max(abs(found), abs(expected)):.2g}"


def _brief(text: str) -> str:
    """What a case says, cut where it is a large array."""
    return shorten(text, _BRIEF)


def _number_text(number: Any) -> str:
    """A number in full, and so a small array; of a large one its range."""
    text = shortest(number) if is_whole(number) else ""
    return text if 0 < len(text) <= _BRIEF else rounded(number)


def _of_claims(case: Case, *, sympy: bool) -> Iterator[Difference]:
    rtol, atol = case.tolerance
    report = checking.check(case.program, case.bindings, claims=case.claims, rtol=rtol, atol=atol, symbolic=sympy)
    for number, result in enumerate(report.results):
        if result.verdict != case.verdict:
            line = case.lines.get(f"claims.{number}", case.line)
            said = shortest(result.claimed) if _is_number(result.written) else _brief(result.written)
            wanted = {AGREES: said, DIFFERS: f"not {said}", UNDECIDED: UNDECIDED}[case.verdict]
            found = UNDECIDED if result.verdict == UNDECIDED else shortest(result.backprop)
            target = result.target + index_text(result.element or ())
            difference = _of_claim(result, Difference(target, wanted, found, line=line))
            if result.verdict == DIFFERS and not report.free:  # at a point: it may be a number that is claimed
                number_found = None if result.element else result.backprop
                difference = difference._replace(key=f"claims.{number}", number=number_found)
            yield difference


def _is_number(written: str) -> bool:
    return isinstance(read_number(written), Written)


def _of_claim(result: ClaimResult, difference: Difference) -> Difference:
    """The difference with what is said about the claim."""
    if result.verdict == AGREES:
        return difference._replace(remark=AGREES_AFTER_ALL)
    at = ", ".join(f"{name}={shortest(x)}" for name, x in result.point.items() if is_whole(x))
    claimed = result.claimed if result.verdict == DIFFERS else None
    if claimed is None or _is_number(result.written):
        where = ["" if claimed is None else _error(result.backprop, claimed)]
    else:
        where = [f"the claim is {shortest(claimed)}"]
        where = [f"{where[0]} at {at}", *where] if at else where
    return _remarked(difference, where, result.reason, result.diagnosis)


def _remarked(difference: Difference, where: Sequence[str], reason: str, mistake: str) -> Difference:
    """The difference with remarks, as far as its message stays short: of `where` the first that fits."""
    subject, expected, found, *_ = difference
    room = _MESSAGE - len(f"{shorten(subject, 60)}: expected {expected}, found {found} ()")
    reason = shorten(reason, max(room, 20))
    mistake = shorten(mistake, max(room - len(reason) - 2, 20))
    left = room - sum(len(text) + 2 for text in (reason, mistake) if text)
    place = next((text for text in where if len(text) <= left), "")
    return difference._replace(remark="; ".join(filter(None, [place, reason, mistake])))


def _of_errors(case: Case, diagnostics: tuple[Diagnostic, ...]) -> Iterator[Difference]:
    codes = [diagnostic.code for diagnostic in diagnostics]
    if case.error in codes:
        return
    found = f"error[{codes[0]}]: {shorten(diagnostics[0].message, 140)}"
    if case.error:
        yield Difference("error", case.error, found, line=case.lines.get("error", case.line))
        return
    line, label = case.line, next(iter(diagnostics[0].labels), None)
    if label is not None and label.source == case.program:
        line = case.lines.get("program", case.line) + label.source.text.count("\n", 0, label.start)
    yield Difference("error", "none", found, line=line, label=label)


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(sorted(codes)) or "none"
