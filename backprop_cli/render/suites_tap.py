"""The outcomes of suites in the Test Anything Protocol, version 14.

https://testanything.org/tap-version-14-specification.html

The plan stands at the end, so that a run that breaks off is seen to be incomplete.
"""

from __future__ import annotations

from backprop_cli.lean import Iterator
from backprop_cli.render.style import Style
from backprop_cli.render.suites import words
from backprop_cli.report.case_result import SuiteReport


def render(report: SuiteReport, style: Style) -> Iterator[str]:
    """A test point a case; under one that is not ok its differences, as YAML."""
    yield "TAP version 14\n"
    count = 0
    for outcome in report.outcomes:
        count += 1
        name = style.text(f"{outcome.path}:{outcome.line} {outcome.name}").replace("\\", "\\\\").replace("#", "\\#")
        text = f"{'ok' if outcome.holds else 'not ok'} {count} - {name}\n"
        if not outcome.holds:
            told = "".join(f"    - {_quoted(style.text(words(item)), item.line)}\n" for item in outcome.differences)
            text += f"  ---\n  differences:\n{told}  ...\n"
        yield text
    yield f"1..{count}\n"


def _quoted(text: str, line: int) -> str:
    """A YAML string in double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"line {line}: {escaped}"'
