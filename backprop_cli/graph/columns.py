"""The Graph: columns, of which a node's id is the position.

f = (x+y)*2     id  gate      inputs
                 0  input     ()          variables = {"x": 0, "y": 1}
                 1  input     ()
                 2  add       (0, 1)
                 3  constant  ()          constants = {3: 2.0}
                 4  mul       (2, 3)      names = {4: "f"}, output = 4
"""

from __future__ import annotations

from array import array
from typing import NamedTuple

from backprop_cli.errors import Source
from backprop_cli.gates import GATES

INPUT, CONSTANT = "input", "constant"


class Remark(NamedTuple):
    """Something the reader of the text should know: a note's code and words, and the place, in characters."""

    code: str
    message: str
    start: int
    end: int


class Graph:
    """Columns over the nodes, the leaves' names and values, and the output's id.

    `gates[i]` is a gate's name, or `input` or `constant`; `inputs[i]` are ids below i; `starts[i]`, `ends[i]`
    are characters of the source. Inputs, in the order in which the text mentions them, come before any gate.
    """

    __slots__ = (
        "constants", "definitions", "ends", "gates", "inputs", "names", "output", "remarks", "source", "starts",
        "title", "variables",
    )  # fmt: skip

    def __init__(self, source: Source) -> None:
        self.source = source
        self.gates: list[str] = []
        self.inputs: list[tuple[int, ...]] = []
        self.starts: array[int] = array("l")
        self.ends: array[int] = array("l")
        self.variables: dict[str, int] = {}
        self.constants: dict[int, float] = {}
        self.names: dict[int, str] = {}  # one a node
        self.definitions: dict[str, int] = {}  # every defined name, also the second of a node
        self.title = ""  # the name the last statement defines
        self.output = -1
        self.remarks: list[Remark] = []

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Graph):
            return NotImplemented
        return all(getattr(self, column) == getattr(other, column) for column in self.__slots__)

    __hash__ = None  # type: ignore[assignment]  # columns grow while a graph is built

    def __len__(self) -> int:
        return len(self.gates)

    def dependents(self, leaves: set[int]) -> bytearray:
        """For each node 1 if it is one of the leaves or depends on one, else 0."""
        depends = bytearray(len(self.gates))
        for leaf in leaves:
            depends[leaf] = 1
        for i, operands in enumerate(self.inputs):
            for j in operands:
                if depends[j]:
                    depends[i] = 1
                    break
        return depends

    def verify(self) -> None:
        """Prove the invariants anew; tests call it after every construction."""
        n = len(self.gates)
        assert n == len(self.inputs) == len(self.starts) == len(self.ends)
        assert 0 <= self.output < n
        assert list(self.variables.values()) == sorted(self.variables.values())
        for i, (gate, operands) in enumerate(zip(self.gates, self.inputs, strict=True)):
            assert all(0 <= j < i for j in operands), i
            assert 0 <= self.starts[i] < self.ends[i] <= len(self.source.text), i
            if gate in (INPUT, CONSTANT):
                assert not operands
                assert (gate == CONSTANT) == (i in self.constants)
                assert (gate == INPUT) == (i in self.variables.values())
            else:
                row = GATES[gate]
                assert row.variadic or len(operands) == len(row.parameters), i
