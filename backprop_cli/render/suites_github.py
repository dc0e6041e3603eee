"""The outcomes of suites for GitHub Actions: the lines for reading, and an annotation for whatever differs.

The escapes are those of the workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterator

from backprop_cli.render.style import Style, visible
from backprop_cli.render.suites import lines, words
from backprop_cli.render.workflow_commands import defused
from backprop_cli.report.case_result import SuiteReport, Tally


def render(report: SuiteReport, style: Style) -> Iterator[str]:
    """Lines, and `::error file=…,line=…::` after each that fails."""
    tally = Tally()
    for outcome in report.outcomes:
        tally.add(outcome)
        yield defused(lines(outcome, style._replace(color=False)))
        for item in outcome.differences:
            where = f"file={_property(outcome.path)},line={item.line or outcome.line},title={_property(outcome.name)}"
            yield f"::error {where}::{_data(words(item))}\n"
    yield f"\n{tally.words}\n"


def _data(text: str) -> str:
    return defused(visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
