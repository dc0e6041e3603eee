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
from backprop_cli.render.style import Style
from backprop_cli.report.model import Report, Row


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
    yield "value", _number(report.value)
    if report.kind == "grad":
        yield "gradients", {name: _number(x) for name, x in report.gradients.items()}
        yield "seed_grad", _number(report.seed)
    if report.step is not None:
        updated = {name: _number(x) for name, x in report.step.updated.items()}
        yield "step", {"rate": _number(report.step.rate), "updated": updated}
    yield "nodes", None
    if report.kind == "grad":
        yield "check", _check(report)
    yield "notes", [{"code": n.code, "message": n.message, "node": n.node, "span": list(n.span)} for n in report.notes]


def _check(report: Report) -> dict[str, Any] | None:
    check = report.check
    if check is None:
        return None
    made: dict[str, Any] = {
        "verdict": check.verdict,
        "methods": list(check.methods),
        "max_rel_error": _number(check.max_rel_error),
    }
    if check.formulas:
        made["formulas"] = dict(check.formulas)
    if check.reason:
        made["reason"] = check.reason
    if check.worst is not None:
        ours, theirs = _number(check.worst.ours), _number(check.worst.theirs)
        made["worst"] = {"node": check.worst.node, "backprop": ours, "expected": theirs}
    return made


def _node(row: Row, report: Report) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": row.id,
        "name": row.name,
        "is": row.written,
        "gate": row.gate,
        "inputs": list(row.inputs),
        "value": _number(row.value),
    }
    if report.kind == "grad":
        made["locals"] = [_number(slope) for slope in row.locals]
        made["grad"] = _number(row.grad)
    made["span"] = list(row.span)
    return made


def _number(value: float | None) -> float | str | None:
    if value is None or isfinite(value):
        return value
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _text(value: Any) -> str:
    # ASCII escapes keep lone surrogates and controls harmless wherever the text is piped.
    return json.dumps(value, allow_nan=False)


def _joined(pieces: Iterator[str], separator: str) -> Iterator[str]:
    yield next(pieces, "")
    for piece in pieces:
        yield separator
        yield piece
