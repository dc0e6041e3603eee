"""The documents of JSON mode that have no graph: of checks, of suites, of the gate table."""

from __future__ import annotations

from math import isfinite, isnan

from backprop_cli.lean import TYPE_CHECKING, Any, Iterator
from backprop_cli.render.as_json import note
from backprop_cli.render.encoding import indented, line, lines, number
from backprop_cli.render.style import Style

if TYPE_CHECKING:
    from backprop_cli.render import documents_checks
    from backprop_cli.report.case_result import CaseResult, Difference, SuiteReport, Tally
    from backprop_cli.report.claim_results import CheckReport, ClaimResult
    from backprop_cli.report.code_report import CodeReport, GradientResult
    from backprop_cli.report.gate_reference import Gate, GateReference


def check(report: CheckReport, _style: Style) -> Iterator[str]:
    """A value a line."""
    return indented(dict(_claims(report)))


def check_line(report: CheckReport, _style: Style) -> Iterator[str]:
    """One line."""
    return line(_claims(report), brief=True)


def code(report: CodeReport, _style: Style) -> Iterator[str]:
    """A value a line."""
    return indented(dict(_code(report)))


def code_line(report: CodeReport, _style: Style) -> Iterator[str]:
    """One line."""
    return line(_code(report), brief=True)


def gates(report: GateReference, _style: Style) -> Iterator[str]:
    """A value a line."""
    rows = [entry.gate for entry in report.entries]
    made = [_tensor(gate) if gate.is_tensor else _elementwise(gate) for gate in rows]
    return indented({"schema": "backprop/gates@1", "gates": made})


def suites(report: SuiteReport, _style: Style) -> Iterator[str]:
    """A case a line, each as it comes."""
    return lines(_suites(report), ascii=False)


def _claims(report: CheckReport) -> Iterator[tuple[str, Any]]:
    yield "schema", "backprop/check@1"
    yield "expression", report.source.text
    yield "kind", report.kind
    yield "verdict", report.verdict
    yield "free", list(report.free)
    yield "claims", [_claim(result) for result in report.results]
    yield "notes", list(map(note, report.notes))


def _claim(result: ClaimResult) -> documents_checks.Claim:
    numeric = result.numeric
    return {
        "claim": result.text,
        "target": result.target,
        "formula": result.written or None,
        "verdict": result.verdict,
        "reason": result.reason or None,
        "claimed": number(result.claimed),
        "backprop": number(result.backprop),
        "sympy": number(result.sympy),
        "forward": number(result.forward),
        "numeric": numeric and {"value": numeric.slope, "error": numeric.error, "method": numeric.method},
        "rel_error": None if isnan(result.rel_error) else result.rel_error,
        "point": {name: number(x) for name, x in result.point.items()},
        "diagnosis": result.diagnosis or None,
        "mistakes": list(result.mistakes),
        "correct": result.correct or None,
        "element": None if result.element is None else list(result.element),
    }


def _code(report: CodeReport) -> Iterator[tuple[str, Any]]:
    first = report.first_wrong
    yield "schema", "backprop/code-check@1"
    yield "file", report.path
    yield "verdict", report.verdict
    yield "first_wrong", first and {"name": first.name, "cell": first.cell, "line": first.line}
    yield "losses", [{"name": one.name, "cell": one.cell, "line": one.line} for one in report.losses]
    yield "gradients", list(map(_gradient, report.results))
    yield "remarks", list(report.remarks)


def _gradient(result: GradientResult) -> documents_checks.CodeGradient:
    return {
        "name": result.name,
        "goal": result.goal,
        "of": result.of,
        "cell": result.cell,
        "line": result.line,
        "lines": list(result.lines),
        "function": result.function or None,
        "calls": result.calls,
        "verdict": result.verdict,
        "error": result.error if isfinite(result.error) else None,
        "reason": result.reason or None,
        "mistake": result.mistake or None,
        "mistakes": list(result.mistakes),
        "inherits": result.inherits or None,
    }


def _suites(report: SuiteReport) -> Iterator[tuple[str, Any]]:
    from backprop_cli.report.case_result import Tally

    tally = Tally()
    yield "schema", "backprop/suites@1"
    yield "cases", _cases(report, tally)
    updated = {"updated": tally.updated} if report.updating else {}
    cases = tally.held + tally.updated + tally.failed
    yield "summary", {"cases": cases, "ok": tally.held, "failed": tally.failed, **updated}


def _cases(report: SuiteReport, tally: Tally) -> Iterator[documents_checks.Case]:
    for outcome in report.outcomes:
        tally.add(outcome)
        case = _case(outcome)
        if report.updating:
            case["updates"] = [update._asdict() for update in outcome.updates]  # type: ignore[misc]  # the same fields
            case["stays"] = outcome.stays or None
        yield case


def _case(outcome: CaseResult) -> documents_checks.Case:
    return {
        "file": outcome.path,
        "line": outcome.line,
        "name": outcome.name,
        "source": outcome.published or None,
        "verdict": outcome.verdict,
        "found": outcome.found,
        "ok": outcome.holds,
        "differences": [_difference(difference) for difference in outcome.differences],
    }


def _difference(difference: Difference) -> documents_checks.Difference:
    return {
        "subject": difference.subject,
        "expected": difference.expected,
        "found": difference.found,
        "remark": difference.remark,
        "line": difference.line,
    }


def _elementwise(gate: Gate) -> documents_checks.ElementwiseGate:
    return {
        "name": gate.name,
        "head": gate.head,
        "description": gate.description,
        "aliases": list(gate.aliases),
        "symbol": gate.symbol or None,
        "formula": gate.formula,
        "means": gate.means,
        "partials": list(gate.partials),
        "domain": gate.domain or None,
        "pole": gate.pole or None,
        "kink": gate.kink or None,
        "jump": gate.jump or None,
    }


def _tensor(gate: Gate) -> documents_checks.TensorGate:
    """Of a tensor gate: what it sends back to each operand, by the operands' numbers of axes where that matters."""
    return {
        "name": gate.name,
        "head": gate.head,
        "description": gate.description,
        "aliases": list(gate.aliases),
        "symbol": gate.symbol or None,
        "operands": list(gate.operands),
        "attributes": list(gate.attributes),
        "sends": {case: list(texts) for case, texts in gate.words.items()},
        "jacobians": {case: list(texts) for case, texts in gate.structures.items()},
    }
