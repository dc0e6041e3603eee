"""The outcomes of suites as text: a line a case as it comes, below a failure what differs, at the end a summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module

from backprop_cli.render.diagnostics import excerpt
from backprop_cli.render.style import Style
from backprop_cli.report.case_result import Difference, Outcome, Tally

# format: the module that renders it, and what it is for
_FORMATS = {
    "table": ("suites", "a line a case, for reading"),
    "plain": ("suites", "the same without colour"),
    "json": ("suites_json", "one object, for programs; `backprop/suites@1`"),
    "tap": ("suites_tap", "the Test Anything Protocol"),
    "github": ("suites_github", "the lines, and an annotation where a failure is written, for GitHub Actions"),
    "quiet": ("suites", "failures alone; what `-q` prints"),
}
FORMATS = tuple(_FORMATS)
FORMAT_MEANING = {name: meaning for name, (_, meaning) in _FORMATS.items()}
_GREEN, _RED = "32", "31"


def render_suites(outcomes: Iterable[Outcome], format_: str, style: Style) -> Iterator[str]:
    """The pieces of the text in one of FORMATS, each as soon as its outcome is there."""
    if format_ == "quiet":
        return _failures(outcomes, style)
    module = import_module(f"backprop_cli.render.{_FORMATS[format_][0]}")
    pieces: Iterator[str] = module.render(outcomes, style._replace(color=style.color and format_ == "table"))
    return pieces


def render(outcomes: Iterable[Outcome], style: Style) -> Iterator[str]:
    """Lines for reading."""
    tally = Tally()
    for outcome in outcomes:
        tally.add(outcome)
        yield lines(outcome, style)
    yield f"\n{tally.words}\n"


def _failures(outcomes: Iterable[Outcome], style: Style) -> Iterator[str]:
    yield from (lines(outcome, style) for outcome in outcomes if not outcome.holds)


def lines(outcome: Outcome, style: Style) -> str:
    """A case in a line, and a line for each thing that differs."""
    word = "ok  " if outcome.holds else "FAIL"
    told = f" ({outcome.verdict}, as it should)" if outcome.holds and outcome.verdict != "agrees" else ""
    text = (
        f"{_painted(word, outcome.holds, style)} {style.text(f'{outcome.path}:{outcome.line} {outcome.name}')}{told}\n"
    )
    for difference in outcome.differences:
        where = f"line {difference.line}: " if difference.line not in (0, outcome.line) else ""
        text += f"     {style.text(where + words(difference))}\n"
        text += "".join(f"     {line}" for line in excerpt(difference.label, style)) if difference.label else ""
    return text


def words(difference: Difference) -> str:
    """What differs, in words: `df/dx: expected -3, found -4 (relative error 0.25)`."""
    remark = f" ({difference.remark})" if difference.remark else ""
    return f"{difference.subject}: expected {difference.expected}, found {difference.found}{remark}"


def _painted(word: str, holds: bool, style: Style) -> str:
    return f"\x1b[{_GREEN if holds else _RED}m{word}\x1b[0m" if style.color else word
