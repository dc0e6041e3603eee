"""The documents of JSON mode, a function a kind of report; `documents` has their fields, `encoding` makes them text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isnan
from typing import TYPE_CHECKING, Any

from backprop_cli.errors import Diagnostic, Status
from backprop_cli.render.encoding import indented, line, lines, number
from backprop_cli.render.prose import slope_text
from backprop_cli.render.style import Style
from backprop_cli.report.model import Note, Report
from backprop_cli.report.rows import Row

if TYPE_CHECKING:
    from backprop_cli.report.case_result import CaseResult, Difference, SuiteReport, Tally
    from backprop_cli.report.claim_results import CheckReport, ClaimResult
    from backprop_cli.report.gate_reference import Gate, GateReference
    from backprop_cli.report.jacobian_structure import Part
    from backprop_cli.report.jacobians import Block, JacobianReport


def report(report: Report, _style: Style) -> Iterator[str]:
    """A field a line, a node a line."""
    return lines(fields(report))


def report_line(report: Report, _style: Style) -> Iterator[str]:
    """One line: a loop that appends makes a log that programs read line by line."""
    return line(fields(report), brief=True)


def jacobian(report: JacobianReport, _style: Style) -> Iterator[str]:
    """One line."""
    return line(_jacobian(report))


def jacobian_line(report: JacobianReport, _style: Style) -> Iterator[str]:
    """One line without blanks."""
    return line(_jacobian(report), brief=True)


def check(report: CheckReport, _style: Style) -> Iterator[str]:
    """A value a line."""
    return indented(dict(_claims(report)))


def check_line(report: CheckReport, _style: Style) -> Iterator[str]:
    """One line."""
    return line(_claims(report), brief=True)


def gates(report: GateReference, _style: Style) -> Iterator[str]:
    """A value a line."""
    rows = [entry.gate for entry in report.entries]
    made = [_tensor(gate) if gate.is_tensor else _elementwise(gate) for gate in rows]
    return indented({"schema": "backprop/gates@1", "gates": made})


def suites(report: SuiteReport, _style: Style) -> Iterator[str]:
    """A case a line, each as it comes."""
    return lines(_suites(report), ascii=False)


def error(diagnostics: Iterable[Diagnostic], status: Status) -> Iterator[str]:
    """What JSON mode prints when there is no report: every diagnostic, and the exit status."""
    errors = [
        {
            "code": d.code,
            "message": d.message,
            "source": d.labels[0].source.name if d.labels else None,
            "span": [d.labels[0].start, d.labels[0].end] if d.labels else None,
            "help": d.help or None,
        }
        for d in diagnostics
    ]
    return line([("schema", "backprop/error@1"), ("status", int(status)), ("errors", errors)])


def fields(report: Report) -> Iterator[tuple[str, Any]]:
    """What a report's object has; its nodes are made as they are asked for."""
    yield "schema", f"backprop/{report.kind}@1"
    yield "expression", report.expression
    yield "output", report.output
    yield "value", number(report.value)
    if (true := report.true_value) is not None:
        yield "true_value", number(true)
    if report.kind == "grad":
        yield "gradients", {name: number(x) for name, x in report.gradients.items()}
        if report.true_gradients:
            yield "true_gradients", {name: number(x) for name, x in report.true_gradients.items()}
        yield "seed_grad", number(report.seed)
    if report.step is not None:
        updated = {name: number(x) for name, x in report.step.updated.items()}
        yield "step", {"rate": number(report.step.rate), "updated": updated}
    yield "nodes", (_node(row, report) for row in report.rows())
    if report.columns.graph.subgraphs:
        yield "modules", list(_modules(report))
    if report.kind == "grad":
        yield "check", _check(report)
    yield "notes", list(map(_note, report.notes))


def _note(note: Note) -> dict[str, Any]:
    made: dict[str, Any] = {"code": note.code, "message": note.message, "node": note.node, "span": list(note.span)}
    if note.element:
        made |= {"element": list(note.element), "elements": note.elements}
    return made


def _check(report: Report | JacobianReport) -> dict[str, Any] | None:
    """A check's verdict as an object, null where there was no check."""
    check = report.check
    if check is None:
        return None
    made: dict[str, Any] = {
        "verdict": check.verdict,
        "methods": list(check.methods),
        "max_rel_error": number(check.max_rel_error),
    }
    if check.formulas:
        made["formulas"] = dict(check.formulas)
    if check.variables:
        made["variables"] = {
            name: {
                "verdict": judged.verdict,
                "max_rel_error": number(judged.error),
                "element": list(judged.element),
                "backprop": number(judged.ours),
                "expected": number(judged.theirs),
            }
            for name, judged in check.variables.items()
        }
    if check.reason:
        made["reason"] = check.reason
    if check.worst is not None:
        ours, theirs = number(check.worst.ours), number(check.worst.theirs)
        made["worst"] = {"node": check.worst.node, "backprop": ours, "expected": theirs}
    return made


def _node(row: Row, report: Report) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": row.id,
        "name": row.name,
        "is": row.written,
        "gate": row.gate,
        "inputs": list(row.inputs),
        "value": number(row.value),
    }
    if report.has_arrays:
        made["shape"] = list(row.shape)
    if report.kind == "grad":
        made["locals"] = [number(slope) for slope in row.locals]
        if row.rules:
            made["rules"] = list(row.rules)
        made["grad"] = number(row.grad)
    if report.untrue:
        for key, true in (("true_value", report.true_of(row.id)), ("true_grad", report.true_of(row.id, grad=True))):
            made |= {key: number(true)} if true is not None else {}
    made["span"] = list(row.span)
    if row.subgraph:
        made["module"] = row.subgraph
    return made


def _modules(report: Report) -> Iterator[dict[str, Any]]:
    """Every call of a user's gate, those around others first."""
    packed = {p.name: p for p in report.folded}
    for call in report.subgraphs():
        made: dict[str, Any] = {
            "call": call.label,
            "gate": call.name,
            "within": call.within,
            "parameters": list(call.parameters),
            "inputs": list(call.operands),
            "output": call.output,
            "nodes": call.nodes,
            "expanded": call.expanded,
        }
        if call.name in packed and packed[call.name].slopes:
            made["slopes"] = {name: slope_text(packed[call.name], name) for name in packed[call.name].slopes}
        yield made


def _jacobian(report: JacobianReport) -> Iterator[tuple[str, Any]]:
    yield "schema", "backprop/jacobian@1"
    yield "expression", report.expression
    yield "output", report.output
    yield "value", number(report.value)
    yield "shape", list(report.shape)
    yield "jacobians", {block.variable: _block(block, report) for block in report.blocks}
    if report.anatomy:
        yield "anatomy", list(map(_part, report.anatomy))
    yield "check", _check(report)
    yield "notes", list(map(_note, report.notes))


def _block(block: Block, report: JacobianReport) -> dict[str, Any]:
    return {
        "shape": list(report.shape + block.shape),
        "mode": block.mode,
        "passes": block.passes,
        "values": number(block.values),
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "node": part.node,
        "is": part.written,
        "along": part.operand,
        "jacobian": [part.rows, part.columns],
        "structure": part.structure,
        "stored_bytes": part.stored,
        "kept_bytes": part.kept,
        "used": part.used,
    }


def _claims(report: CheckReport) -> Iterator[tuple[str, Any]]:
    yield "schema", "backprop/check@1"
    yield "expression", report.source.text
    yield "kind", report.kind
    yield "verdict", report.verdict
    yield "free", list(report.free)
    yield "claims", [_claim(result) for result in report.results]
    yield "notes", [{"code": n.code, "message": n.message, "node": n.node, "span": list(n.span)} for n in report.notes]


def _claim(result: ClaimResult) -> dict[str, Any]:
    numeric = result.numeric
    made: dict[str, Any] = {
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
    return made


def _suites(report: SuiteReport) -> Iterator[tuple[str, Any]]:
    from backprop_cli.report.case_result import Tally

    tally = Tally()
    yield "schema", "backprop/suites@1"
    yield "cases", _cases(report, tally)
    yield "summary", {"cases": tally.held + tally.failed, "ok": tally.held, "failed": tally.failed}


def _cases(report: SuiteReport, tally: Tally) -> Iterator[dict[str, Any]]:
    for outcome in report.outcomes:
        tally.add(outcome)
        yield _case(outcome)


def _case(outcome: CaseResult) -> dict[str, Any]:
    return {
        "file": outcome.path,
        "line": outcome.line,
        "name": outcome.name,
        "source": outcome.published or None,
        "verdict": outcome.verdict,
        "ok": outcome.holds,
        "differences": [_difference(difference) for difference in outcome.differences],
    }


def _difference(difference: Difference) -> dict[str, Any]:
    given = difference._asdict()
    del given["label"]
    return given


def _elementwise(gate: Gate) -> dict[str, Any]:
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


def _tensor(gate: Gate) -> dict[str, Any]:
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
