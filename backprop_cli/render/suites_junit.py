"""The outcomes of suites as JUnit XML, which continuous integration servers read: a `testsuite` a file."""

from __future__ import annotations

from itertools import groupby

from backprop_cli.lean import Iterator, Sequence
from backprop_cli.render.diagnostics import excerpt
from backprop_cli.render.style import Style, visible
from backprop_cli.render.suites import words
from backprop_cli.report.case_result import CaseResult, Difference


def render(outcomes: Sequence[CaseResult]) -> Iterator[str]:
    """The document. Only its times change from run to run."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites name={_quoted('backprop')} {_counts(outcomes)}>\n"
    for path, group in groupby(outcomes, key=lambda outcome: outcome.path):
        cases = list(group)
        yield f"  <testsuite name={_quoted(path)} {_counts(cases)}>\n"
        for case in cases:
            yield from _case(case)
        yield "  </testsuite>\n"
    yield "</testsuites>\n"


def _case(case: CaseResult) -> Iterator[str]:
    where = f"file={_quoted(case.path)} line={_quoted(str(case.line))} time={_quoted(_seconds(case.seconds))}"
    head = f"    <testcase name={_quoted(case.name)} classname={_quoted(_classname(case.path))} {where}"
    if case.holds:
        yield f"{head}/>\n"
        return
    yield f"{head}>\n"
    told = "".join(f"line {item.line}: {words(item)}\n{_excerpt(item)}" for item in case.differences).rstrip("\n")
    tag, type_ = ("error", "error") if case.broke else ("failure", "differs")
    yield f'      <{tag} type="{type_}" message={_quoted(words(case.differences[0]))}>'
    yield f"{_escaped(told)}</{tag}>\n    </testcase>\n"


def _excerpt(difference: Difference) -> str:
    return "".join(excerpt(difference.label, Style())) if difference.label else ""


def _counts(cases: Sequence[CaseResult]) -> str:
    errors = sum(case.broke for case in cases)
    failures = sum(not case.holds for case in cases) - errors
    time = _seconds(sum(case.seconds for case in cases))
    return f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="0" time="{time}"'


def _seconds(seconds: float) -> str:
    return f"{seconds:.6f}"


def _classname(path: str) -> str:
    """Servers group by what stands before the last dot: `tests.suites.cs231n`."""
    return path.rpartition(".")[0].replace("\\", "/").strip("./").replace("/", ".")


def _escaped(text: str) -> str:
    text = text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")  # which XML cannot hold at all
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(text: str) -> str:
    escaped = _escaped(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return f'"{escaped}"'
