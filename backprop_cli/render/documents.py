"""The documents of JSON mode, field by field. Fields are only ever added.

Nothing here runs when a document is made: the functions that make them are checked against these types, and the JSON
Schemas beside this file are made from them by a test. In `Annotated` a text is a description.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict

from backprop_cli.report.notes import NOTE_CODES


class OneOf(NamedTuple):
    """The texts that a text may be."""

    texts: tuple[str, ...]


class Keyword(NamedTuple):
    """A keyword of JSON Schema, where it is more than a type."""

    name: str
    value: int | str


Natural = Annotated[int, Keyword("minimum", 0)]
Positive = Annotated[int, Keyword("minimum", 1)]
Index = list[Natural]
Shape = Annotated[list[Natural], "of a number it is empty"]
Span = Annotated[
    list[Natural], "characters of the source, end exclusive", Keyword("minItems", 2), Keyword("maxItems", 2)
]
Number = Annotated[Any, Keyword("$ref", "#/$defs/number")]
TrueNumber = Annotated[Any, Keyword("$ref", "#/$defs/trueNumber")]

# What no type says.
NUMBERS: dict[str, dict[str, Any]] = {
    "number": {
        "description": "a number, or an array as nested lists; NaN, Infinity and -Infinity are strings",
        "anyOf": [
            {"type": "number"},
            {"enum": ["NaN", "Infinity", "-Infinity"]},
            {"type": "array", "items": {"$ref": "#/$defs/number"}},
        ],
    },
    "trueNumber": {
        "description": "a number; its first digits as a string where no double is near, such as 5.075958898e-435, "
        "or its power of ten, 10^-4.342944819e+199",
        "anyOf": [
            {"$ref": "#/$defs/number"},
            {"type": "string", "pattern": "^-?[0-9.]+e[-+]?[0-9]+$"},
            {"type": "string", "pattern": "^-?10\\^-?[0-9.]+(e[-+]?[0-9]+)?$"},
        ],
    },
}

Code = Annotated[str, OneOf(tuple(NOTE_CODES))]
Verdict = Annotated[str, OneOf(("agrees", "differs", "cannot decide"))]
CheckVerdict = Annotated[str, OneOf(("agree", "disagree", "undecided"))]
Method = Annotated[str, OneOf(("sympy", "per-gate", "differences", "elements", "gate-differences", "directional"))]


class Note(TypedDict):
    """Something that the reader of the numbers should know."""

    code: Code
    message: str
    node: int | None
    span: Span
    element: NotRequired[Annotated[Index, "of an array the first element it is about"]]
    elements: NotRequired[Annotated[Positive, "how many elements it is about"]]


Node = TypedDict(
    "Node",
    {
        "id": Natural,
        "name": str,
        "is": Annotated[str, "the node over the names of its operands"],
        "span": Span,
        "gate": Annotated[str, "a gate's name, be it of the user's, or input, or constant"],
        "module": NotRequired[Annotated[str, "the call of a user's gate that the node is or is inside of"]],
        "inputs": list[Natural],
        "value": Number,
        "true_value": NotRequired[Annotated[TrueNumber, "where the value is not right to six digits"]],
        "true_grad": NotRequired[Annotated[TrueNumber, "where the gradient is not right to six digits"]],
        "shape": NotRequired[Annotated[Shape, "where the program has arrays"]],
        "locals": NotRequired[
            Annotated[
                list[Number | None],
                "d node / d operand, one an operand, of arrays its diagonal; null where there is a rule or no gradient "
                "was asked for; of eval there are none",
            ]
        ],
        "rules": NotRequired[Annotated[list[str | None], "what a tensor gate sends to each operand, in words"]],
        "grad": NotRequired[Annotated[Number | None, "d output / d node; null where none was asked for"]],
    },
)


class Module(TypedDict):
    """A call of a gate that the user defined, or a turn of a loop."""

    call: Annotated[str, "its own name, such as sig1 or turn3"]
    gate: Annotated[str, "the gate, or the name that the loop runs over"]
    within: Annotated[str | None, "the call around it"]
    parameters: list[str]
    inputs: Annotated[list[Natural], "the id of each operand"]
    output: Natural
    nodes: Annotated[Natural, "how many it is made of"]
    expanded: Annotated[bool, "whether those are listed"]
    title: NotRequired[Annotated[str, "of a turn, such as `turn 3 of 10`"]]
    outputs: NotRequired[Annotated[list[Natural], "of a turn the id of each node that others use; output is the last"]]
    slopes: NotRequired[
        Annotated[dict[str, str], "d gate / d parameter in closed form, over the parameters and the gate's name"]
    ]


class Judged(TypedDict):
    """The verdict on the gradient of one variable, with its worst element."""

    verdict: CheckVerdict
    max_rel_error: Number
    element: Index
    backprop: Number
    expected: Number


class Worst(TypedDict):
    """Two numbers that should be one, and the node to look at."""

    node: int
    backprop: Number
    expected: Number


class Check(TypedDict):
    """What the cross-check of a gradient concluded."""

    verdict: CheckVerdict
    methods: list[Method]
    max_rel_error: Number
    formulas: NotRequired[dict[str, str]]
    variables: NotRequired[Annotated[dict[str, Judged], "where the program has arrays"]]
    reason: NotRequired[str]
    worst: NotRequired[Worst]


class Step(TypedDict):
    """A step of gradient descent."""

    rate: Number
    updated: dict[str, Number]


class Eval(TypedDict):
    """What `eval --json` prints."""

    schema: Literal["backprop/eval@1"]
    expression: str
    output: str
    value: Number
    true_value: NotRequired[TrueNumber]
    nodes: NotRequired[Annotated[list[Node], "of a program with arrays with `--nodes` alone"]]
    modules: NotRequired[list[Module]]
    notes: list[Note]


class _Gradients(TypedDict):
    expression: str
    output: str
    value: Number
    true_value: NotRequired[TrueNumber]
    gradients: dict[str, Number]
    true_gradients: NotRequired[dict[str, TrueNumber]]
    seed_grad: Number
    step: NotRequired[Step]
    nodes: NotRequired[Annotated[list[Node], "of a program with arrays with `--nodes` alone"]]
    modules: NotRequired[list[Module]]
    check: Check | None
    notes: list[Note]


class Grad(_Gradients):
    """What `grad --json` prints."""

    schema: Literal["backprop/grad@1"]


class Equation(TypedDict):
    """Left, relation, side = side; the last side is the number, without it the sides are formulas."""

    left: str
    relation: Annotated[str, OneOf(("=", "+=", ":"))]
    sides: Annotated[list[str], Keyword("minItems", 1), Keyword("maxItems", 3)]
    shapes: NotRequired[Annotated[str, "where the program has arrays: those of the operands, and of the result"]]


class StepOfAPass(TypedDict):
    """A node's turn in a pass."""

    step: Positive
    node: Natural
    subject: str | None
    role: str | None
    equations: list[Equation]
    notes: list[Code]


class Paths(TypedDict):
    """The paths from the output to a node, and what each contributes."""

    name: str
    count: Annotated[int | str, "as a string of digits from 2^53 on"]
    listed: list[Equation]
    total: Equation


class Explain(_Gradients):
    """What `explain --json` prints: what `grad` has, and the steps of both passes."""

    schema: Literal["backprop/explain@1"]
    forward: list[StepOfAPass]
    backward: list[StepOfAPass]
    paths: NotRequired[list[Paths]]


class Block(TypedDict):
    """J[i, j] = d output[i] / d variable[j], the output's axes first."""

    shape: Shape
    mode: Annotated[str, OneOf(("forward", "reverse"))]
    passes: Positive
    values: Number


Part = TypedDict(
    "Part",
    {
        "node": str,
        "is": str,
        "along": str,
        "jacobian": Annotated[list[Natural], "rows, columns"],
        "structure": str,
        "stored_bytes": Annotated[Natural, "if it were formed"],
        "kept_bytes": Annotated[Natural, "what is kept instead"],
        "used": str,
    },
)


class Jacobian(TypedDict):
    """What `jacobian --json` prints."""

    schema: Literal["backprop/jacobian@1"]
    expression: str
    output: str
    value: Number
    shape: Shape
    jacobians: dict[str, Block]
    anatomy: NotRequired[list[Part]]
    check: Check | None
    notes: list[Note]


class Derivative(TypedDict):
    """A derivative as a formula, over the program's names and those of the parts."""

    name: Annotated[str, "`df/dx`, `d2f/dxdy`"]
    variables: list[str]
    formula: str
    simplified: Annotated[str | None, "SymPy's form, where it is shorter"]
    value: Annotated[Number | None, "where every input has a value"]


class NamedFormula(TypedDict):
    """What a name that is not the program's stands for."""

    name: str
    formula: str


class Diff(TypedDict):
    """What `diff --json` prints, and `grad --json` without values."""

    schema: Literal["backprop/diff@1"]
    expression: str
    output: str
    derivatives: list[Derivative]
    parts: list[NamedFormula]
    verdict: Annotated[
        str | None, OneOf(("agrees", "differs", "cannot decide")), "SymPy's; null where it was not asked"
    ]
    notes: list[Note]


class Hessian(TypedDict):
    """What `hessian --json` prints; arrays are by element, in the order of `elements`."""

    schema: Literal["backprop/hessian@1"]
    expression: str
    output: str
    value: Number
    elements: list[str]
    gradient: Number
    hessian: Number
    eigenvalues: Number
    condition: Number
    point: Annotated[str | None, OneOf(("minimum", "maximum", "saddle point", "degenerate")), "where the gradient is 0"]
    check: Check | None
    notes: list[Note]


class Directional(TypedDict):
    """What `jacobian --jvp` and `grad --hvp` print in JSON mode; `products` by output, or by input."""

    schema: Literal["backprop/jvp@1", "backprop/hvp@1"]
    expression: str
    output: str
    value: Number
    direction: dict[str, Number]
    products: dict[str, Number]
    check: Check | None
    notes: list[Note]


class Answer(TypedDict):
    """A number that an exercise asks for."""

    kind: Annotated[str, OneOf(("values", "locals", "grads"))]
    node: str
    along: Annotated[str | None, "the operand of a local gradient"]
    answer: Number


class Exercise(TypedDict):
    """A program at a point, and what is to be found there."""

    number: Positive
    program: str
    output: str
    point: dict[str, Number]
    answers: list[Answer]


class Worksheet(TypedDict):
    """What `worksheet --json` prints."""

    schema: Literal["backprop/worksheet@1"]
    exercises: list[Exercise]


class Problem(TypedDict):
    """One thing that is wrong with the input."""

    code: Annotated[str, Keyword("pattern", "^[SNVCFLUX][0-9]{3}$")]
    message: str
    source: str | None
    span: Span | None
    help: str | None


class Error(TypedDict):
    """What every command prints in JSON mode where there is nothing to report."""

    schema: Literal["backprop/error@1"]
    status: Annotated[int, "the exit status", Keyword("minimum", 1), Keyword("maximum", 255)]
    errors: list[Problem]


class Labels(TypedDict):
    """What is written at a node or a wire: rounded, empty where nothing is."""

    value: str
    grad: str
    local: NotRequired[str]


class DrawnNode(TypedDict):
    """A node of a figure. `x` and `y` are its middle, of a leaf the end of its name, in pixels of the SVG."""

    id: Natural
    name: str
    kind: Annotated[str, OneOf(("input", "constant", "gate", "output", "stub"))]
    operation: Annotated[str, "what stands inside it"]
    formula: str
    value: Annotated[Number | None, "null where it is not known, in a step not yet"]
    grad: Number | None
    labels: Labels
    x: float
    y: float
    width: float
    height: float


class Wire(TypedDict):
    """From the node `source` to an operand of the gate `target`."""

    source: Natural
    target: Natural
    operand: Natural
    labels: Labels
    path: Annotated[str, "as the attribute `d` of an SVG path"]


class DrawnModule(TypedDict):
    """Nodes in a frame."""

    name: str
    nodes: list[Natural]


class Graph(TypedDict):
    """What `graph --json` prints: a figure, laid out."""

    schema: Literal["backprop/graph@1"]
    expression: str
    output: str
    title: str
    phase: Annotated[str | None, "of a step: forward or backward"]
    step: Natural | None
    caption: Annotated[list[str], "what happens in the step"]
    notice: str | None
    width: Annotated[float, "of the graph alone, without title and key"]
    height: float
    nodes: list[DrawnNode]
    edges: list[Wire]
    modules: list[DrawnModule]
    notes: list[Note]
