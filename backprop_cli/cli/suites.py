"""Suites from the command line, `backprop check suite.toml docs/`: the options they have, and what those mean."""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase

from backprop_cli.cli.declared import Argument, option
from backprop_cli.cli.destinations import refuse_unwritable, rewrite
from backprop_cli.cli.values import refuse_format
from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.lean import TYPE_CHECKING, Annotated, Iterator, Mapping, Sequence
from backprop_cli.report.case_result import CaseResult, SuiteReport

if TYPE_CHECKING:
    from backprop_cli.suites.case import Case

_SUFFIXES = (".toml", ".md", ".markdown")
_OTHER_FILE = re.compile(r"[\w./\\-]*\w\.(?:ya?ml|json|txt|rst|tex|html?|csv|bp|xml|ini|cfg)", re.IGNORECASE)
_PATH = re.compile(r"[A-Za-z_]\w*|[A-Za-z_]\w+(?:[/-]\w{2,})+", re.ASCII)  # `x/y` is a formula

Subject = Annotated[
    str,
    Argument(
        metavar="EXPRESSION|FILE",
        help="the formula, @FILE, -, a suite (.toml, .md, a directory), or Python (.py, .ipynb), which is executed",
    ),
]
Junit = Annotated[
    str | None,
    option("suites, Python files: also write JUnit XML", "--junit", metavar="FILE"),
]
First = Annotated[bool, option("suites: stop at the first failure", "-x", "--exitfirst")]
Only = Annotated[
    str,
    option("suites: only cases with this in `file:line name`", "-k", "--only", metavar="PATTERN"),
]
Update = Annotated[
    bool, option("suites: write the numbers that were found in the place of those that differ", "--update")
]
_UPDATING = ("table", "plain", "quiet", "json")  # the formats that say what was replaced


def is_suite(argument: str, others: Sequence[str]) -> bool:
    """Whether an argument names a suite rather than being a formula: a file by its suffix, or a directory.

    `x` with a value is a formula even where a directory has that name. Raises BackpropError for another kind of file.
    """
    if argument.lower().endswith(_SUFFIXES) and not argument.startswith("@"):
        return True
    if _OTHER_FILE.fullmatch(argument):
        help_ = f"suites are .toml and .md files and directories; a formula in a file is `@{shorten(argument)}`"
        raise BackpropError(Diagnostic("U801", f"`{shorten(argument)}` is no suite", (), help_))
    return os.path.isdir(argument) and not any("=" in word for word in others)


def refuse_missing(argument: str) -> None:
    """Refuse what has no values and no claims and reads like the path of a suite, of which there is none.

    As a formula, of which nothing is asked, it would agree whatever is in the suite. Raises BackpropError (F601).
    """
    if not _PATH.fullmatch(argument):
        return
    spaced = " ".join(re.split(r"([/-])", argument))
    formula = f"`{shorten(spaced)}`" if spaced != argument else f"`{shorten(argument)}` with a value or a claim"
    help_ = f"suites are .toml and .md files and directories, from where you are; a formula is {formula}"
    why = "is a file, and no suite" if os.path.exists(argument) else "is no file or directory here"
    raise BackpropError(Diagnostic("F601", f"`{shorten(argument, 80)}` {why}", (), help_))


def suite_report(
    paths: list[str], alien: Mapping[str, object], *, junit: str | None, first: bool, only: str, sympy: bool,
    update: bool, format_: str,
) -> SuiteReport:  # fmt: skip
    """Read the suites, choose the cases, run them as they are asked for; `alien` options are for formulas alone."""
    from backprop_cli.suites import read_suites, run_cases

    for spelling, given in alien.items():
        if given:
            help_ = "a case says such things itself: `claims`, `bindings`, `rtol`, `atol`, `notes`"
            raise BackpropError(Diagnostic("U801", f"`{spelling}` does not go with suites", (), help_))
    cases = read_suites(paths)
    pattern = f"*{only.lower().replace('[', '[[]')}*"
    chosen = [case for case in cases if fnmatchcase(f"{case.path}:{case.line} {case.name}".lower(), pattern)]
    if not chosen:
        message = f"none of the {len(cases)} cases is called anything like `{shorten(only)}`"
        help_ = "`-k` looks for a part of `file:line name`; `*` stands for anything"
        raise BackpropError(Diagnostic("U801", message, (), help_))
    outcomes = run_cases(chosen, sympy=sympy)
    if update:
        if first:
            raise BackpropError(
                Diagnostic("U801", "`--update` needs every case, and `-x` stops early", (), "leave out one")
            )
        refuse_format(format_, _UPDATING, "`--update`")
        return SuiteReport(_updating(chosen, list(outcomes), at_once=format_ == "json"), junit, updating=True)
    return SuiteReport(_up_to_failure(outcomes) if first else outcomes, junit)


def _updating(cases: Sequence[Case], outcomes: Sequence[CaseResult], *, at_once: bool) -> Iterator[CaseResult]:
    """The outcomes with what is replaced; then, or at once, the files are written, all of which can be."""
    from backprop_cli.suites.update import updated

    shown, files = updated(cases, outcomes)
    for file in files:
        refuse_unwritable(file.path)
    if not at_once:
        yield from shown
    for file in files:
        rewrite(file.path, file.before, file.after)
    if at_once:
        yield from shown


def _up_to_failure(outcomes: Iterator[CaseResult]) -> Iterator[CaseResult]:
    for outcome in outcomes:
        yield outcome
        if not outcome.holds:
            return
