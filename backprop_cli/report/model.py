"""The Report: everything a renderer may see."""

from __future__ import annotations

from itertools import islice

from backprop_cli.engine.true_number import TrueNumber, corrected, of_node
from backprop_cli.errors import Diagnostic, Source
from backprop_cli.graph import Value
from backprop_cli.graph.names import node_names
from backprop_cli.lean import TYPE_CHECKING, Any, Iterable, Iterator, Mapping, NamedTuple
from backprop_cli.numeric.shapes import Shape, size
from backprop_cli.report.rows import Columns, Row, SubgraphRow, node_rows, subgraph_rows
from backprop_cli.text import shortest

if TYPE_CHECKING:
    from backprop_cli.check.verdict import Check

# Notes that mean the mathematics went wrong; the others explain a number that stands.
TROUBLE = frozenset({"undefined", "pole", "infinite", "overflow"})


class Note(NamedTuple):
    """Something to know about a number: its code, the words, the node, the place in the source.

    Of an array, `element` is the first element it is about and `elements` how many it is about.
    """

    code: str
    message: str
    node: int | None
    span: tuple[int, int]
    element: tuple[int, ...] = ()
    elements: int = 1
    of_gradient: bool = False  # about d output / d node, not about the node's value or slopes


class Folded(NamedTuple):
    """A user's gate of which calls are one node: how many gates each is made of, how many calls, `Report.slopes`."""

    name: str
    gates: int
    calls: int
    slopes: Mapping[str, str]


class Step(NamedTuple):
    """A parameter update: `updated[x]` = x - rate · df/dx."""

    rate: float
    updated: Mapping[str, Value]


class Report(NamedTuple):
    """The result of `evaluate` or `grad`.

    `value` is the output's value and `output` its name; `gradients` maps each input asked for to d output / d input
    (empty after `evaluate`); `notes` say what deserves a word; `check` is the verdict, None if there was no check;
    `status` is the exit status a command ends with; `slopes` has, of gates that the user defined and that are not
    expanded, the slope along each parameter in closed form, over the parameters and `out`, where SymPy found one;
    `untrue` has the numbers that are not right to six digits, with the true ones.
    """

    kind: str
    source: Source
    output: str
    value: Value
    gradients: Mapping[str, Value]
    notes: tuple[Note, ...]
    check: Check | None
    step: Step | None
    seed: Value
    status: int
    columns: Columns
    slopes: Mapping[str, Mapping[str, str]] = {}
    untrue: tuple[TrueNumber, ...] = ()

    def __repr__(self) -> str:
        return f"<{self.kind} {self.output} = {self.value!r}, gradients {dict(self.gradients)!r}>"

    @property
    def expression(self) -> str:
        """The text as it was given."""
        return self.source.text

    @property
    def output_span(self) -> tuple[int, int]:
        """Where the source writes the output's formula."""
        graph = self.columns.graph
        return graph.span(graph.output)

    @property
    def inputs(self) -> Mapping[str, Value]:
        """The value of each name in `gradients`, or of every input after `evaluate`."""
        nodes = self._nodes_of(self.gradients or self.columns.graph.variables)
        return {name: self.columns.values[node] for name, node in nodes.items()}

    def _nodes_of(self, asked: Iterable[str]) -> dict[str, int]:
        """The node of each name."""
        graph, asked = self.columns.graph, list(asked)
        nodes = {**graph.variables, **{name: node for node, name in graph.names.items()}}
        if not nodes.keys() >= set(asked):  # a name that only the report gives
            nodes = {name: node for node, name in enumerate(node_names(graph))} | nodes
        return {name: nodes[name] for name in asked}

    def true_of(self, node: int, *, grad: bool = False) -> Any:
        """The true value (or gradient) of a node where ours is not right to six digits, text beyond the doubles.

        None where it is right, or where the true number is not known.
        """
        found = [item for item in of_node(self.untrue, node, of_gradient=grad) if item.known]
        if not found:
            return None
        passed = self.columns.passed
        ours = passed.grads[node] if grad and passed is not None else self.columns.values[node]
        return corrected(ours, found) if found[0].is_representable or found[0].element else found[0].text

    @property
    def true_value(self) -> Any:
        """The true value of the output where ours is not right to six digits."""
        return self.true_of(self.columns.graph.output) if self.untrue else None

    @property
    def true_gradients(self) -> dict[str, Any]:
        """The true gradients, of those that are not right to six digits."""
        if not self.untrue or not self.gradients:
            return {}
        found = {name: self.true_of(node, grad=True) for name, node in self._nodes_of(self.gradients).items()}
        return {name: true for name, true in found.items() if true is not None}

    @property
    def complaint(self) -> Diagnostic | None:
        """What to say where the check disagrees."""
        worst = self.check.worst if self.check else None
        if worst is None:
            return None
        graph = self.columns.graph
        if worst.along >= 0:
            names = node_names(graph)
            subject = f"∂{names[worst.node]}/∂{names[worst.along]}"
        else:
            subject = f"d{self.output}/d{worst.name}" if worst.name else f"d{self.output} along a mixed direction"
        message = f"{subject}: backprop has {shortest(worst.ours)}, the check has {shortest(worst.theirs)}"
        return Diagnostic("C501", message, (graph.label(worst.node),))

    @property
    def has_arrays(self) -> bool:
        """Whether some node is an array."""
        return any(self.columns.graph.shapes)

    @property
    def largest(self) -> int:
        """How many elements the largest array has; 1 without arrays."""
        return max(map(size, self.columns.graph.shapes), default=1)

    def elements(self, *, results: bool) -> int:
        """How many elements of arrays there are: of the value or the gradients alone, or at all nodes."""
        if not results:
            return sum(size(shape) for shape in self.columns.graph.shapes if shape) * (1 + (self.kind == "grad"))
        numbers = [self.value] if self.kind == "eval" else self.gradients.values()
        return sum(x.size for x in numbers if hasattr(x, "shape"))

    @property
    def shape(self) -> Shape:
        """The shape of the value; of a number `()`."""
        return self.columns.graph.shape(self.columns.graph.output)

    @property
    def node_count(self) -> int:
        """How many nodes are shown."""
        return len(self.columns.values) - sum(self.columns.hidden)

    @property
    def constant_count(self) -> int:
        """How many of them are constants."""
        hidden, constants = self.columns.hidden, self.columns.graph.constants
        return sum(not hidden[node] for node in constants) if hidden else len(constants)

    @property
    def folded(self) -> tuple[Folded, ...]:
        """The user's gates of which calls are folded, in the order of their first call."""
        graph = self.columns.graph
        made: dict[str, Folded] = {}
        for call, _ in self.columns.folded:
            if not call.title:
                gates = sum(node not in graph.constants for node in range(call.first, call.last))
                calls = made[call.name].calls + 1 if call.name in made else 1
                made[call.name] = Folded(call.name, gates, calls, self.slopes.get(call.name, {}))
        return tuple(made.values())

    @property
    def folded_turns(self) -> dict[str, int]:
        """How many turns of loops are folded, by the loop's name."""
        turns = {view.subgraph.label: view.subgraph.name for view in self.columns.folded if view.subgraph.title}
        from collections import Counter

        return dict(Counter(turns.values()))

    def subgraphs(self) -> Iterator[SubgraphRow]:
        """The calls of the user's gates that are shown, folded or not, those around others first."""
        return subgraph_rows(self.columns)

    @property
    def packed(self) -> tuple[Folded, ...]:
        """The name that `folded` had until 0.2."""
        return self.folded

    def calls(self) -> Iterator[SubgraphRow]:
        """The name that `subgraphs` had until 0.2."""
        return self.subgraphs()

    @property
    def whole_count(self) -> int:
        """How many nodes there are, constants left out, with nothing folded."""
        graph = self.columns.graph
        return len(graph) - len(graph.constants)

    def rows(self, limit: int | None = None, *, constants: bool = True) -> Iterator[Row]:
        """The nodes in order, at most `limit` of them; `constants=False` leaves the constants out."""
        return islice(node_rows(self.columns, constants=constants), limit)
