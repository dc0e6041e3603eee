"""What lowering does with rows that mean arrays: tensor gates and their attributes, indices, array literals.

`lower` has the rest, which every program needs.
"""

from __future__ import annotations

from backprop_cli.errors import Diagnostic
from backprop_cli.gates import ALIASES, GATES, Gate
from backprop_cli.gates.tensors import REDUCTION_OF, TENSOR_ALIASES, TENSOR_BY_SYNTAX, TENSORS
from backprop_cli.graph.arguments import BoundCall, bind
from backprop_cli.graph.graph import CONSTANT, Graph
from backprop_cli.graph.signature import signature
from backprop_cli.language.program import Call, Program
from backprop_cli.language.uses import operands_of
from backprop_cli.lean import cached_property

_SURE = GATES.keys() - REDUCTION_OF.keys()  # whatever a call's keywords are
_SPECIAL = frozenset({"name", "num", "call", "juxtaposed", "·", "@", "transpose", "index", "array"})


class ArrayRows:
    """The graph under construction, and which of the program's rows become more, or less, than an operator's node."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.out = Graph(program.source)
        if program.turns:
            from backprop_cli.graph.turns import names_in_turns, with_turns

            self.out.subgraphs, self.out.names = with_turns((), program.turns), names_in_turns(program)
        self.diagnostics: list[Diagnostic] = list(program.diagnostics)
        self.defined = {statement.name for statement in program.statements if statement.name}
        self.rows: dict[str, list[int]] = {op: [] for op in _SPECIAL}
        for row, op in enumerate(program.ops):
            if op in _SPECIAL:
                self.rows[op].append(row)
        self.defaults: dict[int, tuple[float, ...]] = {}  # call's row: constants it needs and nobody wrote
        self.tensor_calls: set[int] = set()
        self.absorbed: set[int] = set()  # rows that are attributes or elements: no nodes of their own

    @cached_property
    def needed(self) -> set[int]:
        """The program's rows that another row or a statement needs."""
        return operands_of(self.program)

    def bind_tensors(self) -> None:
        """Calls of tensor gates and indices: which rows are operands, and what the attributes beside them are."""
        args = self.program.args
        for row in self.rows["call"]:
            call = args[row]
            tensor = None if call.name in _SURE else _tensor_of(call)
            if tensor is None or call.name in self.defined:
                continue
            self.tensor_calls.add(row)
            self.out.gates[row], self.out.inputs[row] = tensor.name, ()
            self.accept(row, bind(self.program, row, signature(tensor)))
            self.out.attributes.setdefault(row, ())
        if self.rows["index"]:
            from backprop_cli.graph.indices import bind_index, gate_of_index
        for row in self.rows["index"]:
            self.out.gates[row] = gate_of_index(self.program, row)
            self.accept(row, bind_index(self.program, row))
            self.out.attributes.setdefault(row, ())

    def accept(self, row: int, bound: BoundCall) -> None:
        """Make a call's row a node: its operands, attributes and defaults; or keep what is wrong with it."""
        self.out.inputs[row] = bound.operands
        if bound.attributes:
            self.out.attributes[row] = bound.attributes
        if bound.defaults:
            self.defaults[row] = bound.defaults
        self.absorbed |= bound.absorbed
        if bound.diagnostic:
            self.diagnostics.append(bound.diagnostic)

    def stack_arrays(self) -> None:
        """Array literals: constants where all elements are, otherwise the elements stacked."""
        out, args = self.out, self.program.args
        for op in ("@", "transpose"):
            for row in self.rows[op]:
                out.gates[row], out.attributes[row] = TENSOR_BY_SYNTAX[op], ()
        for row in self.rows["array"]:
            if row in self.absorbed:
                continue
            elements = args[row]
            out.gates[row] = TENSOR_BY_SYNTAX["array"]
            out.inputs[row] = elements
            if all(j >= 0 and out.gates[j] == CONSTANT for j in elements):
                from backprop_cli.graph import literals

                out.gates[row], out.inputs[row] = CONSTANT, ()
                self.absorbed |= {j for j in elements if self.program.ops[j] != "name"}
                out.constants[row], wrong = literals.array(self.program, row, [out.constants[j] for j in elements])
                self.diagnostics += wrong
            else:
                out.attributes[row] = ((0,),)


def _tensor_of(call: Call) -> Gate | None:
    """The tensor gate that is called; `max(x, axis=0)` is one by its keyword."""
    name = ALIASES.get(call.name, call.name)
    if name in REDUCTION_OF and call.keywords:
        return TENSORS[REDUCTION_OF[name]]
    if name in GATES:
        return None
    gate = TENSORS.get(TENSOR_ALIASES.get(name, name))
    return None if gate is None or gate.syntax == "index" else gate  # which is written x[…]
