"""A check of claims as JSON, `backprop/check@1`: everything, numbers in full."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isnan
from typing import Any

from backprop_cli.render.as_json import number
from backprop_cli.render.style import Style
from backprop_cli.report.claim_results import CheckReport, ClaimResult


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
