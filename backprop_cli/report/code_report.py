"""The report on a user's own Python file: a result a gradient, a status for all, the first wrong line."""

from __future__ import annotations

from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED
from backprop_cli.errors import Diagnostic, Source, Status, shorten
from backprop_cli.lean import Iterator, NamedTuple, Sequence
from backprop_cli.report.model import Note
from backprop_cli.user_code.findings import Examined, Finding, Remark
from backprop_cli.user_code.problems import failed
from backprop_cli.user_code.script import Script, label

_STATUS = {AGREES: Status.OK, DIFFERS: Status.DISAGREES, UNDECIDED: Status.MATHEMATICS}
_REASONS = {
    "": "",
    "shape": "it has the shape {claimed}, and the variable {right}",
    "unmatched": "it has the shape {claimed}, which no variable of that name has: one is {right}",
    "not finite": "it is not finite",
    "no slope": "the loss cannot be computed near this point",
    "rounding": "rounding leaves too few digits of the loss to tell",
    "kink": "the loss has a kink here, and the slopes on its two sides differ",
    "multiple": "it is {factor} times {target}, and the gradients computed from it are right",
    "masked": "it is {target} where it is not 0: behind a ReLU or a mask, and the gradients computed from it are right",
    "multiple alone": "it is {factor} times {target}",
    "part": "it is a part of {target}, or has another meaning: the gradients computed from it are right",
    "either side": "the loss has a kink here, and the gradients computed from it are right",
    "behind": "it is {target} where the variable is not 0: the gradient before a ReLU",
    "aside": "it is a part of {target}, or has another meaning: the gradients of the parameters are right",
    "inherited": "right, given the wrong `{upstream}`",
}
_CHANGED = 100  # characters of a statement
_REMARKS = {
    "left": "the loop that contains {where} was left after its first pass",
    "hidden": "{text} at {where} is right only while {of} is all zeros: with small numbers there it is wrong",
    "stopped": "the run ended at {where}: {kind}: {message}",
    "assumed": "{message}",
    "unchecked": "`{name}` is not checked: {message}",
    "unused": "`{name}`, which the file does not use, is not checked: {message}",
    "unsettled": "{message}",
    "unmatched": "not judged, for no variable was found whose gradient it may be: {names}",
    "dead": "0 here, and so is the gradient: with these values that tells nothing of the formula: {names}",
    "zero": "0 here, and so is the gradient: with these values that tells nothing of the formula: {names}",
    "unjudged": "not judged, for the loss is computed from no variable of the name: {names}",
}


class GradientResult(NamedTuple):
    """A gradient that the file assigns, and what was found.

    `place` is where it is in words, `cell` the notebook's cell and `line` the line in it; `lines` are all that set it,
    in words. `error` is relative; `reason` says how or why not, `mistake` what mistake it looks like, in words.
    """

    name: str
    goal: str
    of: str
    cell: int | None
    line: int
    lines: tuple[int, ...]
    place: str
    function: str
    calls: int
    verdict: str
    error: float
    reason: str
    mistake: str
    mistakes: tuple[str, ...]
    inherits: str

    @property
    def target(self) -> str:
        """`dloss/dW1`."""
        return f"d{self.goal}/d{self.of}"

    @property
    def word(self) -> str:
        """The verdict, or that it inherits another one's."""
        return "inherits" if self.inherits else self.verdict


class FirstWrong(NamedTuple):
    """The first wrong line, and the gradient that shows it."""

    name: str
    cell: int | None
    line: int
    place: str


class LossLine(NamedTuple):
    """A number that gradients are those of, and where it is complete."""

    name: str
    cell: int | None
    line: int


class CodeReport(NamedTuple):
    """The result of checking a user's file: `verdict` is the worst of the results', and `status` 0, 1 or 4 for it.

    Where an exception ended the run and nothing differs, `verdict` is that of what cannot be
    decided, and `status` 3. `unmatched` are gradients of no variable that was found, `unchecked` functions
    that could not be called: the status is 4 then, or 1.
    """

    path: str
    source: Source
    results: tuple[GradientResult, ...]
    losses: tuple[LossLine, ...]
    notes: tuple[Note, ...]
    remarks: tuple[str, ...]
    verdict: str
    status: int
    first_wrong: FirstWrong | None
    complaint: Diagnostic | None = None
    junit: str | None = None
    unchecked: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every gradient is right."""
        return self.status is Status.OK


def build_code_report(script: Script, examined: Examined) -> CodeReport:
    """The findings in words."""
    findings = examined.findings
    verdicts = {finding.verdict for finding in findings}
    verdict = next((word for word in (DIFFERS, UNDECIDED) if word in verdicts), AGREES)
    results = tuple(_result(script, finding) for finding in findings)
    first, complaint = _first_wrong(script, findings, results)
    status = _STATUS[verdict]
    unmatched, dead = (
        tuple(name for one in examined.remarks if one.kind == kind for word, name in one.words if word == "name")
        for kind in ("unmatched", "dead")
    )
    unchecked = tuple(dict(one.words)["name"] for one in examined.remarks if one.kind == "unchecked")
    if verdict == AGREES and (unmatched or unchecked or (dead and {one.text for one in findings} <= {*dead})):
        verdict, status = UNDECIDED, Status.MATHEMATICS
    if examined.failure and verdict != DIFFERS:
        error = failed(script, examined.failure)
        verdict, complaint = UNDECIDED, error.diagnostics[0]
        status = error.status
    remarks = tuple(_remarks(script, examined.remarks))
    losses = tuple(LossLine(one.name, *script.cell(one.line)) for one in examined.losses)
    return CodeReport(
        script.path, Source(script.path, script.text), results, losses, (), remarks, verdict,
        status, first, complaint, None,
        unchecked, unmatched,
    )  # fmt: skip


def _result(script: Script, finding: Finding) -> GradientResult:
    cell, line = script.cell(finding.line)
    mistake = finding.mistake
    reason = _REASONS[finding.why].format_map(
        {**dict(finding.details), "upstream": finding.inherits, "target": f"d{finding.goal}/d{finding.of}"}
    )
    return GradientResult(
        finding.text, finding.goal, finding.of, cell, line, tuple(script.cell(one)[1] for one in finding.lines),
        script.where(finding.line), finding.function, finding.calls, finding.verdict, finding.error, reason,
        _mistake_words(script, finding), (mistake.name,) if mistake else (), finding.inherits,
    )  # fmt: skip


def _mistake_words(script: Script, finding: Finding) -> str:
    if finding.mistake is None:
        return ""
    words = dict(finding.mistake.words)
    where = f" in {script.where(finding.mistake.line)}" if finding.mistake.line != finding.line else ""
    told = _MISTAKES[finding.mistake.name].format_map(words) + where
    after = f" {words['after']}" if words["after"] else ""
    return f"{told}: it is right with `{shorten(words['fixed'], _CHANGED)}`{after}"


# What a change of the statement undoes; the changes are those of `user_code/edits.py`.
_MISTAKES = {
    "sign": "a sign is wrong",
    "inverse": "`*` and `/` are mixed up",
    "overwrites": "`=` forgets what was there before, and `+=` or `-=` is meant",
    "adds": "`+=` adds to an older value, and `=` is meant",
    "factor": "the factor {detail} is missing",
    "not divided": "the division by {detail} is missing",
    "extra factor": "there is a factor too many",
    "term": "the term `{detail}` is missing",
    "extra term": "there is a term too many",
    "mask": "the mask of `{detail}` is missing",
    "local": "a local gradient over `{detail}` is missing",
    "complement": "`x` and `1 - x` are mixed up",
    "power": "an exponent is missing, or one too many",
    "transposed": "a transpose is missing, or one too many",
    "order": "the factors of a matrix product are in the wrong order",
    "product": "the matrix product and the elementwise product are mixed up",
    "not summed": "a sum over an axis is missing",
    "mean": "sum and mean are mixed up",
    "axis": "the axis is wrong",
    "comparison": "the comparison is wrong",
    "constant": "a constant is wrong",
    "index": "an index is off by one",
    "rows": "`:` takes all rows at each index, and each row at its own is meant",
    "repeated": "an index that comes twice is counted once, and `{detail}` is meant",
    "function": "the wrong function is called",
    "name": "`{detail}` is meant",
}


def _first_wrong(
    script: Script, findings: Sequence[Finding], results: Sequence[GradientResult]
) -> tuple[FirstWrong | None, Diagnostic | None]:
    """The first wrong line and its picture: of the gradients that are wrong by themselves the one assigned first."""
    wrong = [pair for pair in zip(findings, results, strict=True) if pair[0].verdict == DIFFERS]
    wrong = [pair for pair in wrong if not pair[0].inherits] or wrong
    if not wrong:
        return None, None
    finding, result = wrong[0]
    line = finding.wrong_line
    cell, inside = script.cell(line)
    message = f"`{result.name}` is not {result.target}"
    if script.cells:
        message += f" ({script.where(line)})"
    help_ = f"it looks as if {result.mistake}" if result.mistake else ""
    if finding.suspect and finding.suspect not in finding.lines:
        help_ = "what is wrong is computed from this line, and nothing that is right"
    complaint = Diagnostic("C503", message, label(script, line), shorten(help_, 300))
    return FirstWrong(result.name, cell, inside, script.where(line)), complaint


def _remarks(script: Script, remarks: Sequence[Remark]) -> Iterator[str]:
    if magic := [script.cell(remark.line) for remark in remarks if remark.kind == "magic"]:
        yield _left_out(magic)
    for remark in remarks:
        if remark.kind == "magic":
            continue
        words = {key: shorten(text, 200) for key, text in remark.words}
        yield _REMARKS[remark.kind].format_map({**words, "where": script.where(remark.line)})


def _left_out(lines: Sequence[tuple[int | None, int]]) -> str:
    """`cell 1, lines 1 and 3, are no Python and were left out`: a cell's together."""
    cells: dict[int | None, list[str]] = {}
    for cell, line in lines:
        cells.setdefault(cell, []).append(str(line))
    told = [f"cell {cell}, line{'s' * (len(some) > 1)} {' and '.join([', '.join(some[:-1]), some[-1]][len(some) < 2:])}"
            for cell, some in cells.items()]  # fmt: skip
    verb = "is no Python and was left out" if len(lines) == 1 else "are no Python and were left out"
    return f"{'; '.join(told)} {verb}"
