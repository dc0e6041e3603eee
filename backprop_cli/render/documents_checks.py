"""The documents of JSON mode that have no graph, field by field: of checks, of suites, of the gate table."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from backprop_cli.render.documents import Index, Natural, Note, Number, OneOf, Positive, Verdict


class Estimate(TypedDict):
    """A derivative from values alone."""

    value: float
    error: float
    method: Annotated[str, OneOf(("complex step", "Ridders"))]


class Claim(TypedDict):
    """A claim, or a gradient that was checked, and what was found; of an array the numbers are those of `element`."""

    claim: Annotated[str, "as it was typed"]
    target: Annotated[str, "such as df/dx"]
    formula: str | None
    verdict: Verdict
    reason: str | None
    claimed: Number | None
    backprop: Number
    sympy: Number | None
    forward: Number | None
    numeric: Estimate | None
    rel_error: float | None
    point: dict[str, Number]
    diagnosis: Annotated[str | None, "what mistake it looks like, in words"]
    mistakes: list[str]
    correct: Annotated[str | None, "SymPy's formula"]
    element: Index | None


class Checked(TypedDict):
    """What `check --json` prints."""

    schema: Literal["backprop/check@1"]
    expression: str
    kind: Annotated[str, OneOf(("claims", "gradients", "steps"))]
    verdict: Verdict
    free: Annotated[list[str], "inputs without a value: points were chosen"]
    claims: list[Claim]
    notes: list[Note]


class FirstWrong(TypedDict):
    """The first line of a Python file that is wrong by itself."""

    name: Annotated[str, "the gradient that shows it"]
    cell: Annotated[int | None, "of a notebook"]
    line: Positive


class CodeLoss(TypedDict):
    """A number that gradients in a Python file are those of."""

    name: str
    cell: int | None
    line: Positive


class CodeGradient(TypedDict):
    """A gradient that a Python file assigns."""

    name: str
    goal: Annotated[str, "what is differentiated, such as loss"]
    of: Annotated[str, "with respect to what"]
    cell: int | None
    line: Annotated[Positive, "the statement that decides"]
    lines: Annotated[list[Positive], "all that set it"]
    function: str | None
    calls: Positive
    verdict: Verdict
    error: float | None
    reason: str | None
    mistake: Annotated[str | None, "what mistake it looks like, in words"]
    mistakes: list[str]
    inherits: Annotated[str | None, "the wrong gradient of which it is the right product"]


class CodeCheck(TypedDict):
    """What `check FILE.py --json` prints."""

    schema: Literal["backprop/code-check@1"]
    file: str
    verdict: Verdict
    first_wrong: FirstWrong | None
    losses: list[CodeLoss]
    gradients: list[CodeGradient]
    remarks: list[str]


class Difference(TypedDict):
    """One thing that is not as the case says; numbers are text here."""

    subject: Annotated[str, "`f`, `df/dx`, `notes`, `error`"]
    expected: str
    found: str
    remark: str
    line: Positive


class Update(TypedDict):
    """A number that `--update` replaced, as it is written before and after."""

    line: Positive
    old: str
    new: str


class Case(TypedDict):
    """A case of a suite; `--update` changes nothing of how it was found."""

    file: str
    line: Positive
    name: str
    source: Annotated[str | None, "where it is published"]
    verdict: Annotated[Verdict, "what was to be found"]
    found: Annotated[str, OneOf(("agrees", "differs", "cannot decide", "error")), "what was; `verdict` where it is ok"]
    ok: bool
    differences: list[Difference]
    updates: NotRequired[Annotated[list[Update], "with `--update` alone: what was replaced"]]
    stays: NotRequired[Annotated[str | None, "with `--update` alone: why nothing is, where this case is the reason"]]


class Summary(TypedDict):
    """How many cases there were."""

    cases: Natural
    ok: Natural
    failed: Natural
    updated: NotRequired[Natural]


class Suites(TypedDict):
    """What `check SUITE --json` prints."""

    schema: Literal["backprop/suites@1"]
    cases: list[Case]
    summary: Summary


class ElementwiseGate(TypedDict):
    """A row of the table of elementwise gates; formulas are over the parameters and `out`."""

    name: str
    head: Annotated[str, "how it is called"]
    description: str
    aliases: list[str]
    symbol: str | None
    formula: str
    means: Annotated[str, "its definition in simpler gates"]
    partials: list[str]
    domain: Annotated[str | None, "where it has a real value"]
    pole: str | None
    kink: str | None
    jump: str | None


class TensorGate(TypedDict):
    """A row of the table of tensor gates; by the operands' numbers of axes where that matters."""

    name: str
    head: Annotated[str, "how it is called"]
    description: str
    aliases: list[str]
    symbol: str | None
    operands: list[str]
    attributes: list[str]
    sends: Annotated[dict[str, list[str]], "what flows back to each operand"]
    jacobians: Annotated[dict[str, list[str]], "what kind of matrix each operand's Jacobian is"]


class Gates(TypedDict):
    """What `gates --json` prints."""

    schema: Literal["backprop/gates@1"]
    gates: list[ElementwiseGate | TensorGate]
