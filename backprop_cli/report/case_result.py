"""What became of a case of a suite: whether it holds, and what did not."""

from __future__ import annotations

from backprop_cli.errors import Label
from backprop_cli.lean import Any, Iterator, NamedTuple

AGREES_AFTER_ALL = "what is said agrees"  # the remark on what should not


class Difference(NamedTuple):
    """One expectation that does not hold: of what (`df/dx`, `value`, `notes`), the two texts, a word, and its line.

    `label` is the place that an error points at. Where a number differs, `key` is that of the case, such as
    `gradients.x`, and `number` what was found there, None where that is still to be asked.
    """

    subject: str
    expected: str
    found: str
    remark: str = ""
    line: int = 0
    label: Label | None = None
    key: str = ""
    number: Any = None


class Update(NamedTuple):
    """A number of a suite, at its line, that is replaced by the one that was found."""

    line: int
    old: str
    new: str


class CaseResult(NamedTuple):
    """A case that was run; whether it is as it says, `holds` tells.

    `path` and `line` are where it is written, `published` whom it quotes. `verdict` is what the case says is to be
    found (`agrees`, `differs`, `cannot decide`), not what was; `differences` is empty if it was found. `seconds` is the
    time it took. Where suites are updated, `updates` are the numbers that were replaced; `stays` says why nothing is.
    """

    path: str
    line: int
    name: str
    published: str
    verdict: str
    differences: tuple[Difference, ...]
    seconds: float
    updates: tuple[Update, ...] = ()
    stays: str = ""

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
    """Outcomes that are still to come, and the file that is to have them as JUnit XML when all are there.

    `updating`: the numbers found are written into the suites.
    """

    outcomes: Iterator[CaseResult]
    junit: str | None = None
    updating: bool = False


class Tally:
    """How many cases held, were updated, and failed, as they go by."""

    def __init__(self) -> None:
        self.held = 0
        self.updated = 0
        self.failed = 0
        self._numbers = 0
        self._files: set[str] = set()
        self._stays = ""

    def add(self, outcome: CaseResult) -> None:
        """Count one more."""
        if outcome.holds:
            self.held += 1
        elif outcome.updates:
            self.updated += 1
            self._numbers += len(outcome.updates)
            self._files.add(outcome.path)
        else:
            self.failed += 1
        if outcome.stays and not self._stays:
            self._stays = f"{outcome.path}:{outcome.line}: {outcome.stays}"

    @property
    def words(self) -> str:
        """The counts as a sentence: `118 cases: all ok`, `118 cases: 117 ok, 1 failed`."""
        cases = _counted(self.held + self.updated + self.failed, "case")
        if self.updated:
            written = f"{_counted(self._numbers, 'number')} written into {_counted(len(self._files), 'file')}"
            return f"{cases}: {self.held} ok, {self.updated} updated; {written}"
        failed = f"{self.held} ok, {self.failed} failed" if self.failed else "all ok"
        return f"{cases}: {failed}{f'; nothing is written, because of {self._stays}' if self._stays else ''}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
