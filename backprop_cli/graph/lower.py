"""A Program to a Graph: names find what they name, calls find their gates, defaults are filled in.

It collects every statement's errors before it gives up, and knows values of literals only.
"""

from __future__ import annotations

from math import inf

from backprop_cli.errors import BackpropError, Diagnostic, Label, place_of, shorten
from backprop_cli.gates import ALIASES, BY_SYMBOL, BY_SYNTAX, CONSTANTS, GATES
from backprop_cli.gates.special import OF_OPERANDS
from backprop_cli.graph import literals
from backprop_cli.graph.arguments import bind
from backprop_cli.graph.array_rows import ArrayRows
from backprop_cli.graph.bare_gates import is_without_brackets
from backprop_cli.graph.comparisons import misplaced
from backprop_cli.graph.graph import CONSTANT, INPUT, Graph
from backprop_cli.graph.names import InputNames
from backprop_cli.graph.readings import readings
from backprop_cli.graph.signature import signature
from backprop_cli.language.parser import MOST_ERRORS
from backprop_cli.language.program import Program
from backprop_cli.lean import Collection

MAX_NODES = 5_000_000
MAX_WRITTEN_OUT = 100_000  # nodes, unless the text is long: a few gates that call each other make millions
_GATE_OF = {
    **BY_SYMBOL, **BY_SYNTAX, "juxtaposed": BY_SYMBOL["*"], "·": BY_SYMBOL["*"], "name": INPUT, "num": CONSTANT,
}  # fmt: skip
_LEAST_NORMAL = 2.0**-1022  # smaller doubles have fewer digits


def lower(
    program: Program, given: Collection[str] | None = None, *, free: bool = False, max_nodes: int | None = None
) -> Graph:
    """The graph of a program whose inputs are the names in `given`; where that is None, or `free`, any other name too.

    Raises BackpropError with the errors of all statements, those the parser found included.
    """
    known = InputNames(given or (), free=free or given is None)
    most = MAX_NODES if max_nodes is None else max_nodes
    if not program.definitions:
        if program.columns is not None:
            from backprop_cli.graph.large import lowered

            if (large := lowered(program, known.bound, most)) is not None:
                return large
        return _Lowering(program, known, most).graph()
    from backprop_cli.graph.definitions import afford, judge, write_out

    remarks = judge(program, known, lambda part, names: _Lowering(part, names, most).graph())
    afford(program, min(most, max(MAX_WRITTEN_OUT, 2 * len(program.ops))) if max_nodes is None else most)
    written = write_out(program)
    lowering = _Lowering(written.program, known, most)
    lowering.out.names, lowering.out.subgraphs, lowering.out.remarks = written.names, written.subgraphs, remarks
    return lowering.graph()


class _Lowering(ArrayRows):
    def __init__(self, program: Program, given: InputNames, max_nodes: int) -> None:
        super().__init__(program)
        self.given = given
        self.max_nodes = max_nodes
        self.shown: dict[str, str] = {}  # a defined name: what the node is called that it stands for in the end

    def graph(self) -> Graph:
        program, out, ops = self.program, self.out, self.program.ops
        if len(ops) > self.max_nodes:
            message = f"the graph has more than {self.max_nodes:,} nodes"
            raise BackpropError(Diagnostic("L701", message, (), "raise the limit with `--max-nodes`"))
        # A row is a node; the columns are the program's own but for what the loops below put in its place.
        out.gates = list(map(_GATE_OF.get, ops, ops))
        out.inputs = list(program.args)
        out.starts, out.ends = program.starts, program.ends
        self._definitions()
        if self.rows["call"] or self.rows["index"]:
            self.bind_tensors()
        self._calls()
        self._names()
        self._constants()
        if any(self.rows[op] for op in ("@", "transpose", "array")):
            self.stack_arrays()
        self.diagnostics += misplaced(program, out.gates, out.inputs)
        if self.diagnostics:
            raise BackpropError(*sorted(self.diagnostics, key=place_of)[:MOST_ERRORS])
        out.output = program.statements[-1].row
        out.title = self.shown.get(program.statements[-1].name, "")
        out.products, out.dotted = self.rows["juxtaposed"], self.rows["·"]
        if self.defaults or self.absorbed:
            from backprop_cli.graph.rebuild import rebuild

            self.out = rebuild(out, self.defaults, self.absorbed)
        if self.out.subgraphs:
            from backprop_cli.graph.turns import settle

            settle(self.out)
        self.out.remarks += readings(self.out, program, self.given.bound)[: MOST_ERRORS - len(self.out.remarks)]
        return self.out

    def _definitions(self) -> None:
        """Names are the user's, whatever the tables have; of several definitions the last has the name."""
        names, definitions, ops, bound = self.out.names, self.out.definitions, self.program.ops, self.given.bound
        for name, row, start in self.program.statements:
            if not name:
                continue
            if name in bound and not self._is_used(name):
                message = f"`{shorten(name)}` is defined by the program and also bound"
                label = Label(self.program.source, start, start + len(name))
                self._report("N211", message, label, "remove the binding, or the definition")
            elif row >= 0:
                shown = name
                while shown in bound:  # an input that is defined anew keeps its name
                    shown = f"{name}{int(shown[len(name) :] or 1) + 1}"
                if shown in definitions and names.get(before := definitions[shown]) == shown:
                    del names[before]
                definitions[shown] = row
                if ops[row] not in ("name", "num"):
                    names.setdefault(row, shown)
                self.shown[name] = shown

    def _is_used(self, name: str) -> bool:
        """Whether a name that is bound stands for its value somewhere, though the program defines it as well."""
        row = next((row for row in self.rows["name"] if self.program.args[row] == name), -1)
        return row >= 0 and row in self.needed

    def _names(self) -> None:
        """A name is an input or a constant; anything else is an error."""
        program, out = self.program, self.out
        unused: Collection[int] = ()
        if program.diagnostics:
            from backprop_cli.graph.messages import names_of_failed_statements

            unused = names_of_failed_statements(program)
        words = self.absorbed
        if words:
            from backprop_cli.graph.rebuild import used_rows

            words = words - used_rows(out, words)
        for row in self.rows["name"]:
            name = program.args[row]
            out.inputs[row] = ()
            if name in self.given.bound and not (name in self.defined and not self._is_used(name)):
                out.variables[name] = row
            elif name in CONSTANTS and name not in self.defined:
                out.gates[row], out.constants[row] = CONSTANT, CONSTANTS[name]
            elif row in words or row in unused or len(self.diagnostics) > MOST_ERRORS:
                continue
            elif name in self.defined and row not in self.needed:
                self.absorbed.add(row)  # a value that nobody asks for
            elif name in self.defined:
                help_ = "move its definition up"
                self._report("N207", f"`{shorten(name)}` is used before it is defined", program.label(row), help_)
            elif name in GATES or name in ALIASES or not self.given.free or is_without_brackets(program, row, name):
                from backprop_cli.graph.messages import no_value  # only now is there something to complain of

                self.diagnostics.append(no_value(program, row, name, self.given.bound))
            else:
                out.variables[name] = row

    def _constants(self) -> None:
        args, inputs, constants = self.program.args, self.out.inputs, self.out.constants
        for row in self.rows["num"]:
            value = constants[row] = float(args[row])
            inputs[row] = ()
            if not _LEAST_NORMAL <= abs(value) < inf or len(args[row]) > 15:
                wrong, remark = literals.doubtful(self.program, row, value)
                self.diagnostics += wrong
                self.out.remarks += remark[: MOST_ERRORS - len(self.out.remarks)]

    def _calls(self) -> None:
        gates, inputs, args = self.out.gates, self.out.inputs, self.program.args
        for row in self.rows["call"]:
            if row in self.tensor_calls:
                continue
            name, operands, keywords, _ = args[row]
            gate = GATES.get(name) or GATES.get(ALIASES.get(name, ""))
            if gate is None:
                from backprop_cli.graph.messages import unknown_gate

                self.diagnostics.append(unknown_gate(self.program, row, self.defined.union(self.given.bound)))
                inputs[row] = ()
                continue
            gates[row], inputs[row] = gate.name, operands
            if keywords or not operands or (len(operands) != len(gate.parameters) and not gate.variadic):
                gates[row] = OF_OPERANDS.get((name, len(operands) + len(keywords)), gate.name)
                self.accept(row, bind(self.program, row, signature(GATES[gates[row]])))

    def _report(self, code: str, message: str, label: Label, help_: str) -> None:
        self.diagnostics.append(Diagnostic(code, message, (label,), help_))
