"""The outcomes of suites for GitHub Actions: the lines for reading, and an annotation for whatever differs.

The escapes are those of the workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from backprop_cli.lean import Iterator
from backprop_cli.render.style import Style
from backprop_cli.render.suites import lines, words
from backprop_cli.render.workflow_commands import annotation, defused
from backprop_cli.report.case_result import SuiteReport, Tally


def render(report: SuiteReport, style: Style) -> Iterator[str]:
    """Lines, and `::error file=…,line=…::` after each that fails."""
    tally = Tally()
    for outcome in report.outcomes:
        tally.add(outcome)
        yield defused(lines(outcome, style._replace(color=False)))
        for item in outcome.differences:
            yield annotation(outcome.path, item.line or outcome.line, outcome.name, words(item))
    yield f"\n{tally.words}\n"
