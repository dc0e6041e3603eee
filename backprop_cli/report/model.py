"""The Report: everything a renderer may see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from backprop_cli.check.verdict import Check
from backprop_cli.engine.backward import Backward
from backprop_cli.errors import Source, Status
from backprop_cli.graph import CONSTANT, Graph
from backprop_cli.report.names import node_names, written

# Notes that mean the mathematics went wrong; the others explain a number that stands.
TROUBLE = frozenset({"undefined", "pole", "infinite", "overflow"})


class Note(NamedTuple):
    """Something to know about a number: its code, the words, the node's name, the place in the source."""

    code: str
    message: str
    node: int | None
    span: tuple[int, int]


class Row(NamedTuple):
    """A node as a reader sees it.

    `locals` has one number an operand, None where no gradient was asked for. `grad` is d output / d node, None
    where it was not asked for or there was no backward pass.
    """

    id: int
    name: str
    written: str
    gate: str
    inputs: tuple[int, ...]
    operands: tuple[str, ...]
    value: float
    truth: bool
    locals: tuple[float | None, ...]
    grad: float | None
    span: tuple[int, int]


class Step(NamedTuple):
    """A parameter update: `updated[x]` = x - rate · df/dx."""

    rate: float
    updated: Mapping[str, float]


class Columns(NamedTuple):
    """What a report's rows are read from. Not part of the interface."""

    graph: Graph
    values: list[float]
    passed: Backward | None
    active: bytearray


class Report(NamedTuple):
    """The result of `evaluate` or `grad`.

    `value` is the output's value and `output` its name; `gradients` maps each input asked for to d output / d input
    (empty after `evaluate`); `notes` say what deserves a word; `check` is the verdict, None if there was no check;
    `status` is the exit status a command ends with.
    """

    kind: str
    source: Source
    output: str
    value: float
    gradients: Mapping[str, float]
    notes: tuple[Note, ...]
    check: Check | None
    step: Step | None
    seed: float
    status: Status
    columns: Columns

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
        return graph.starts[graph.output], graph.ends[graph.output]

    @property
    def inputs(self) -> Mapping[str, float]:
        """The value of each name in `gradients`, or of every input after `evaluate`."""
        graph = self.columns.graph
        nodes = {**graph.variables, **{name: node for node, name in graph.names.items()}}
        return {name: self.columns.values[nodes[name]] for name in (self.gradients or graph.variables)}

    @property
    def node_count(self) -> int:
        """How many nodes the graph has."""
        return len(self.columns.values)

    @property
    def constant_count(self) -> int:
        """How many of them are constants."""
        return len(self.columns.graph.constants)

    def rows(self, limit: int | None = None, *, constants: bool = True) -> Iterator[Row]:
        """The nodes in order, at most `limit` of them; `constants=False` leaves the constants out."""
        return islice(self._rows(constants), limit)

    def _rows(self, constants: bool) -> Iterator[Row]:
        from backprop_cli.gates import GATES

        graph, values, passed, active = self.columns
        names = node_names(graph)
        for node, gate in enumerate(graph.gates):
            if gate == CONSTANT and not constants:
                continue
            operands = graph.inputs[node]
            slopes: tuple[float | None, ...] = ()
            grad = None
            if passed is not None and active[node]:
                slopes = tuple(
                    slope if active[j] else None for j, slope in zip(operands, passed.locals[node], strict=True)
                )
                grad = passed.grads[node] or 0.0
            elif passed is not None:
                slopes = (None,) * len(operands)
            yield Row(
                id=node,
                name=names[node],
                written=written(graph, node, names),
                gate=gate,
                inputs=operands,
                operands=tuple(names[j] for j in operands),
                value=values[node],
                truth=bool(operands) and GATES[gate].truth,
                locals=slopes,
                grad=grad,
                span=(graph.starts[node], graph.ends[node]),
            )
