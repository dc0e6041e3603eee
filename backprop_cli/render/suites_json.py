"""The outcomes of suites as one JSON object, written case by case. The schema only ever gains fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from backprop_cli.render.style import Style
from backprop_cli.report.case_result import Difference, Outcome, Tally


def render(outcomes: Iterable[Outcome], _style: Style) -> Iterator[str]:
    """The object: its cases, a line each, and a summary."""
    tally = Tally()
    yield '{\n "schema": "backprop/suites@1",\n "cases": ['
    for number, outcome in enumerate(outcomes):
        tally.add(outcome)
        yield f"{',' * bool(number)}\n  {json.dumps(_case(outcome), ensure_ascii=False)}"
    counts = {"cases": tally.held + tally.failed, "ok": tally.held, "failed": tally.failed}
    yield f'\n ],\n "summary": {json.dumps(counts)}\n}}\n'


def _case(outcome: Outcome) -> dict[str, Any]:
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
