"""What became of a case of a suite: whether it holds, and what did not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from backprop_cli.errors import Label

AGREES_AFTER_ALL = "what is said agrees"  # the remark on what should not


class Difference(NamedTuple):
    """One expectation that does not hold: of what (`df/dx`, `value`, `notes`), the two texts, a word, and its line.

    `label` is the place that an error points at.
    """

    subject: str
    expected: str
    found: str
    remark: str = ""
    line: int = 0
    label: Label | None = None


class CaseResult(NamedTuple):
    """A case that was run; whether it is as it says, `holds` tells.

    `path` and `line` are where it is written, `published` whom it quotes. `verdict` is what the case says is to be
    found (`agrees`, `differs`, `cannot decide`), not what was; `differences` is empty if it was found. `seconds` is the
    time it took.
    """

    path: str
    line: int
    name: str
    published: str
    verdict: str
    differences: tuple[Difference, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether everything is as the case says."""
        return not self.differences

    @property
    def found(self) -> str:
        """What was found, in the words of `verdict`; `error` where nothing could be computed."""
        if self.holds:
            return self.verdict
        if self.broke:
            return "error"
        if all(item.found == "cannot decide" for item in self.differences):
            return "cannot decide"
        return "agrees" if all(item.remark == AGREES_AFTER_ALL for item in self.differences) else "differs"

    @property
    def broke(self) -> bool:
        """Whether it could not be computed at all."""
        return any(item.subject == "error" and item.expected == "none" for item in self.differences)


class SuiteReport(NamedTuple):
    """Outcomes that are still to come, and the file that is to have them as JUnit XML when all are there."""

    outcomes: Iterator[CaseResult]
    junit: str | None = None


class Tally:
    """How many cases held and how many did not, as they go by."""

    def __init__(self) -> None:
        self.held = 0
        self.failed = 0

    def add(self, outcome: CaseResult) -> None:
        """Count one more."""
        if outcome.holds:
            self.held += 1
        else:
            self.failed += 1

    @property
    def words(self) -> str:
        """The counts as a sentence: `118 cases: all ok`, `118 cases: 117 ok, 1 failed`."""
        count = self.held + self.failed
        noun = "case" if count == 1 else "cases"
        return f"{count} {noun}: {f'{self.held} ok, {self.failed} failed' if self.failed else 'all ok'}"
