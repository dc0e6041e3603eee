"""The Figure: a graph as it is drawn, in texts, with the step of each pass at which every text becomes known.

It knows no format and no coordinates. `drawing` makes it, `animation` has what is known after some step of it,
`drawn_subgraphs` folds it.
"""

from __future__ import annotations

from backprop_cli.lean import Any, Callable, NamedTuple, Protocol, Sequence, cached_property

EDGES = ("grad", "local", "both", "none")
PHASES = ("forward", "backward")
THEMES = ("light", "dark", "auto")
WRAPPED = ("svg", "html", "json")  # the formats that can be in rows
THEMED = ("svg", "html")  # the formats that have them
DIRECTIONS = ("right", "down")
EXACT = 1e-6  # a picture shows six digits of a number
SCALE = 2  # pixels of a PNG to one of the SVG, for screens with many
MOST_NODES = 500
MOST_EVER = 5000
_OF_GATES, _OF_FORMULAS = 24, 120  # characters


class Number(Protocol):
    """How a value, a local gradient, a gradient becomes text; `brief` where arrays have little room."""

    def __call__(self, number: Any, /, *, brief: bool = False) -> str:
        """The text."""


class Block(NamedTuple):
    """An array as it is drawn: the `elements` of a small matrix, or the `shades` of a larger array and its range.

    A shade is from -1 to 1, None for what is no number.
    """

    elements: tuple[tuple[str, ...], ...] = ()
    shades: tuple[tuple[float | None, ...], ...] = ()
    range: str = ""


class Node(NamedTuple):
    """What is drawn once: an input, a constant, a gate, the output gate, or the stub of what `depth` cut off.

    `operation` stands inside a gate: `+`, `max`, `1/x`; of a leaf it is the name or the number. `value` and `grad`
    are empty where they are not known. `computed` is the forward step that finds the value, 0 for a leaf, `reached`
    the backward step that completes the gradient, 0 for never. `ordered`: it matters which operand is which.
    `subgraphs` holds ids of the sub-graphs the node lies in, outermost first.
    """

    id: int
    name: str
    operation: str
    written: str
    kind: str  # input, constant, gate, output, stub
    value: str = ""
    grad: str = ""
    computed: int = 0
    reached: int = 0
    ordered: bool = False
    state: str = ""  # in a frame: active, done, or nothing yet
    subgraphs: tuple[int, ...] = ()
    value_block: Block | None = None  # where arrays are drawn, in the place of `value`
    grad_block: Block | None = None


class Edge(NamedTuple):
    """A wire from a node to an operand of a gate.

    `value` is what it carries, `local` the slope of the gate along it (of a tensor gate nothing), `grad` what flows
    back. `sent` is the backward step that sends it, 0 for never. `cut`: the gate lets nothing flow back. `together` is
    what flows back along all wires of the source to what the gate is collapsed into, which are one then.
    """

    source: int
    target: int
    operand: int
    value: str = ""
    local: str = ""
    grad: str = ""
    sent: int = 0
    state: str = ""
    cut: bool = False
    together: str | None = None


class DrawnSubgraph(NamedTuple):
    """Nodes that belong together, drawn as a frame around them or folded into one node."""

    id: int
    name: str
    nodes: tuple[int, ...]
    folded: bool = False
    outputs: tuple[int, ...] = ()  # of a turn of a loop, which has a wire out for each name that it hands on


class Moment(NamedTuple):
    """A step of a pass: the node that is computed, or that sends its gradient on, and what happens in words."""

    phase: str
    node: int
    lines: tuple[str, ...]


class Moments(Sequence[Moment]):
    """The steps of a figure, computed on demand: most formats do not show them."""

    def __init__(self, work_out: Callable[[], Sequence[Moment]]) -> None:
        self._work_out = work_out

    @cached_property
    def _made(self) -> Sequence[Moment]:
        return self._work_out()

    def __getitem__(self, which: Any) -> Any:
        return self._made[which]

    def __len__(self) -> int:
        return len(self._made)


class Figure(NamedTuple):
    """A drawing: `subject` says of what, `output` is the output's name, `shows` what its wires carry.

    `value` is the output's, empty where it is not known.

    `program` is the whole text it is drawn from.

    `phase` is empty for the whole; in a frame it is the pass, `step` the number of its last step that is shown,
    `caption` what happens in that step, and `whole` the drawing it is a frame of: frames laid out like it do not
    jump from slide to slide. `valued`: there are numbers at all.
    """

    subject: str
    output: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    subgraphs: tuple[DrawnSubgraph, ...] = ()
    moments: Sequence[Moment] = ()
    valued: bool = True
    shows: str = "grad"  # one of EDGES
    notice: str = ""
    phase: str = ""
    step: int = 0
    caption: tuple[str, ...] = ()
    whole: Figure | None = None
    value: str = ""
    program: str = ""

    @property
    def title(self) -> str:
        """What is above the drawing: `f = (x+y)*z = -12`."""
        return f"{self.subject} = {self.value}" if self.value else self.subject

    @property
    def longest(self) -> int:
        """How many characters of an operation are shown; more where gates are collapsed into their formulas."""
        return _OF_FORMULAS if any(edge.together is not None for edge in self.edges) else _OF_GATES

    def steps(self, phase: str) -> int:
        """How many steps a pass has."""
        return sum(moment.phase == phase for moment in self.moments)
