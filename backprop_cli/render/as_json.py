"""JSON for programs, a line a node. The schema only ever gains fields; `report.schema.json` describes it.

Numbers are the shortest text that reads back to the same double; those that JSON has no way to write are the
strings "NaN", "Infinity" and "-Infinity".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from math import isfinite, isnan
from typing import Any

from backprop_cli.errors import Diagnostic, Status
from backprop_cli.render.cells import slope_text
from backprop_cli.render.style import Style
from backprop_cli.report.jacobians import JacobianReport
from backprop_cli.report.model import Note, Report, Row
from backprop_cli.report.numbers import all_finite


def render(report: Report, _style: Style) -> Iterator[str]:
    """The report as one JSON object."""
    yield "{\n"
    fields = _fields(report)
    separator = ""
    for name, value in fields:
        yield f"{separator} {_text(name)}: "
        separator = ",\n"
        if name == "nodes":
            yield "[\n  "
            yield from _joined((_text(_node(row, report)) for row in report.rows()), ",\n  ")
            yield "\n ]"
        else:
            yield _text(value)
    yield "\n}\n"


def document(report: Report) -> dict[str, Any]:
    """The whole object, for those who want it at once."""
    return {
        name: [_node(row, report) for row in report.rows()] if name == "nodes" else value
        for name, value in _fields(report)
    }


def error_document(diagnostics: Iterable[Diagnostic], status: Status) -> str:
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
    return _text({"schema": "backprop/error@1", "status": int(status), "errors": errors}) + "\n"


def _fields(report: Report) -> Iterator[tuple[str, Any]]:
    yield "schema", f"backprop/{report.kind}@1"
    yield "expression", report.expression
    yield "output", report.output
    yield "value", number(report.value)
    if report.kind == "grad":
        yield "gradients", {name: number(x) for name, x in report.gradients.items()}
        yield "seed_grad", number(report.seed)
    if report.step is not None:
        updated = {name: number(x) for name, x in report.step.updated.items()}
        yield "step", {"rate": number(report.step.rate), "updated": updated}
    yield "nodes", None
    if report.columns.graph.modules:
        yield "modules", list(_modules(report))
    if report.kind == "grad":
        yield "check", verdict(report)
    yield "notes", [note(one) for one in report.notes]


def note(note_: Note) -> dict[str, Any]:
    """A note as an object."""
    made: dict[str, Any] = {"code": note_.code, "message": note_.message, "node": note_.node, "span": list(note_.span)}
    if note_.element:
        made |= {"element": list(note_.element), "elements": note_.elements}
    return made


def verdict(report: Report | JacobianReport) -> dict[str, Any] | None:
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
    made["span"] = list(row.span)
    if row.module:
        made["module"] = row.module
    return made


def _modules(report: Report) -> Iterator[dict[str, Any]]:
    """Every call of a user's gate, those around others first."""
    packed = {p.name: p for p in report.packed}
    for call in report.calls():
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


def number(value: Any) -> Any:
    """A number, or an array as nested lists; a string for what JSON cannot write."""
    if hasattr(value, "tolist"):
        return value.tolist() if all_finite(value) else _with_words(value)
    if value is None or isfinite(value):
        return value
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _with_words(array: Any) -> Any:
    """Nested lists in which what JSON cannot write is a string."""
    words = array.astype(object)
    for index in zip(*(~(abs(array) < float("inf"))).nonzero(), strict=True):
        words[index] = number(float(array[index]))
    return words.tolist()


def _text(value: Any) -> str:
    # ASCII escapes keep lone surrogates and controls harmless wherever the text is piped.
    return json.dumps(value, allow_nan=False)


def _joined(pieces: Iterator[str], separator: str) -> Iterator[str]:
    yield next(pieces, "")
    for piece in pieces:
        yield separator
        yield piece
