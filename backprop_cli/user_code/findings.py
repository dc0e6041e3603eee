"""What was found in a user's file, as plain data: a finding a gradient, and what there is to say about the whole."""

from __future__ import annotations

from backprop_cli.lean import NamedTuple


class Mistake(NamedTuple):
    """A mistake that a gradient looks like: its name, the line where it was made, and what the words need."""

    name: str
    line: int
    words: tuple[tuple[str, str], ...] = ()


class Finding(NamedTuple):
    """A gradient that was judged.

    `text` is how it is written (`dW1`, `grads['W1']`), `goal` what is differentiated, `of` with respect to what; `line`
    the line that decides, `lines` all that set it, `function` where that is, `calls` how often it was judged. `verdict`
    and `error` are those of the worst; `why` says how it came about, with `details`. `inherits` names the wrong
    gradient of which it is the right product. `suspect` is the likeliest line where no mistake is known, 0 if none is.
    """

    text: str
    goal: str
    of: str
    line: int
    lines: tuple[int, ...]
    function: str
    calls: int
    verdict: str
    error: float
    why: str = ""
    details: tuple[tuple[str, str], ...] = ()
    inherits: str = ""
    mistake: Mistake | None = None
    suspect: int = 0

    @property
    def wrong_line(self) -> int:
        """The line with the mistake, as far as that is known."""
        return self.mistake.line if self.mistake else self.suspect or self.line


class Loss(NamedTuple):
    """What the gradients are those of, and the line that completes it."""

    name: str
    line: int


class Remark(NamedTuple):
    """Something about the run: `left` a loop after its first pass, `stopped` by an exception, `unjudged` names, a
    gradient whose mistake zeros had `hidden`.
    """

    kind: str
    line: int
    words: tuple[tuple[str, str], ...] = ()


class Failure(NamedTuple):
    """An exception of the user's code: where it happened in their file, and what it says. It may be `ours` where the
    check does less than the file: it left a loop after its first pass, or has a stand-in for what plots.
    """

    line: int
    kind: str
    message: str
    ours: bool = False


class Examined(NamedTuple):
    """What was found in a file; `failure` ended it."""

    findings: tuple[Finding, ...]
    losses: tuple[Loss, ...]
    remarks: tuple[Remark, ...]
    runs: int
    failure: Failure | None = None
