"""Suites from the command line: `backprop check suite.toml docs/`."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.report.outcome import Outcome, SuiteReport
from backprop_cli.suites import read_suites, run_cases
from backprop_cli.suites.case import Case


def suite_report(
    paths: list[str], *, junit: str | None, first_only: bool, pattern: str, sympy: bool, alien: list[str]
) -> SuiteReport:
    """Read the suites, choose the cases, run them as they are asked for; `alien` options are for formulas alone."""
    if alien:
        help_ = "a case says such things itself: `claims`, `bindings`, `rtol`, `atol`, `notes`"
        raise BackpropError(Diagnostic("U801", f"`{alien[0]}` does not go with suites", (), help_))
    cases = read_suites(paths)
    chosen = [case for case in cases if _chosen(case, pattern)]
    if not chosen:
        message = f"none of the {len(cases)} cases is called anything like `{shorten(pattern)}`"
        raise BackpropError(
            Diagnostic("U801", message, (), "`-k` looks for a part of `file:line name`; `*` is anything")
        )
    outcomes = run_cases(chosen, sympy=sympy)
    return SuiteReport(_up_to_failure(outcomes) if first_only else outcomes, junit)


def _chosen(case: Case, pattern: str) -> bool:
    return fnmatchcase(f"{case.path}:{case.line} {case.name}".lower(), f"*{pattern.lower().replace('[', '[[]')}*")


def _up_to_failure(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    for outcome in outcomes:
        yield outcome
        if not outcome.holds:
            return
