"""The JSON report on one line: a loop that appends makes a log that programs read line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from backprop_cli.render.as_json import document
from backprop_cli.render.style import Style
from backprop_cli.report.model import Report


def render(report: Report, _style: Style) -> Iterator[str]:
    """One object, one line."""
    yield json.dumps(document(report), allow_nan=False, separators=(",", ":")) + "\n"
