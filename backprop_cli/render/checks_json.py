"""A check of claims as JSON, `backprop/check@1`: everything, numbers in full."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isfinite, isnan
from typing import Any

from backprop_cli.render.style import Style
from backprop_cli.report.claims import CheckReport, ClaimResult


def render(report: CheckReport, _style: Style) -> Iterator[str]:
    """The check as one JSON object."""
    document = {
        "schema": "backprop/check@1",
        "expression": report.source.text,
        "kind": report.kind,
        "verdict": report.verdict,
        "free": list(report.free),
        "claims": [_fields(result) for result in report.results],
        "notes": [
            {"code": n.code, "message": n.message, "node": n.node, "span": list(n.span)} for n in report.notes
        ],
    }  # fmt: skip
    yield json.dumps(document, indent=1, allow_nan=False) + "\n"


def _fields(result: ClaimResult) -> dict[str, Any]:
    numeric = result.numeric
    made: dict[str, Any] = {
        "claim": result.text,
        "target": result.target,
        "formula": result.written or None,
        "verdict": result.verdict,
        "reason": result.reason or None,
        "claimed": _number(result.claimed),
        "backprop": _number(result.backprop),
        "sympy": _number(result.sympy),
        "forward": _number(result.forward),
        "numeric": numeric and {"value": numeric.slope, "error": numeric.error, "method": numeric.method},
        "rel_error": None if isnan(result.rel_error) else result.rel_error,
        "point": {name: _number(x) for name, x in result.point.items()},
        "diagnosis": result.diagnosis or None,
        "mistakes": list(result.mistakes),
        "correct": result.correct or None,
    }
    return made


def _number(value: float | None) -> float | str | None:
    if value is None or isfinite(value):
        return value
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"
