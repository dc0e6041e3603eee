"""A Program to a Graph: names find what they name, calls find their gates, defaults are filled in.

It collects every statement's errors before it gives up, and knows values of literals only.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain, compress

from backprop_cli.errors import BackpropError, Diagnostic, Label, nearest, shorten
from backprop_cli.gates import ALIASES, BY_SYMBOL, CONSTANTS, GATES, Gate
from backprop_cli.graph.columns import CONSTANT, INPUT, Graph, Remark
from backprop_cli.language.program import COMPARISONS, Call, Program, Statement

MAX_NODES = 5_000_000
_BROKEN = -1  # the node of a row in which an error was already reported
_BINARY = {**BY_SYMBOL, "juxtaposed": BY_SYMBOL["*"]}
_MOST_REPORTED = 20  # errors in one text; more would hide the first


def lower(program: Program, given: Collection[str] | None = None, *, max_nodes: int = MAX_NODES) -> Graph:
    """The graph of a program whose inputs are the names in `given`; None lets every free name be an input.

    Raises BackpropError with the errors of all statements, those the parser found included.
    """
    return _Lowering(program, given, max_nodes).graph()


class _Lowering:
    def __init__(self, program: Program, given: Collection[str] | None, max_nodes: int) -> None:
        self.program = program
        self.given = given
        self.max_nodes = max_nodes
        self.out = Graph(program.source)
        self.diagnostics = list(program.diagnostics)
        self.node_of_name: dict[str, int] = {}
        self.truths: set[int] = set()  # nodes that are comparisons
        self.juxtapositions: list[int] = []  # rows
        self.inexact: list[int] = []  # rows of integer literals no double equals

    def graph(self) -> Graph:
        statements = self.program.statements
        self._inputs(statements)
        for statement in statements:
            node = self._rows(statement) if statement.row >= 0 else _BROKEN
            self._define(statement, node)
        if statements and not self.diagnostics and node in self.truths:
            self._refuse_truth(statements[-1].row)
        if self.diagnostics:
            in_order = sorted(self.diagnostics, key=lambda d: d.labels[0].start if d.labels else 0)
            raise BackpropError(*in_order[:_MOST_REPORTED])
        self.out.output = node
        self._remark()
        return self.out

    # -- names -----------------------------------------------------------------------------------------

    def _inputs(self, statements: list[Statement]) -> None:
        """Free names become the first nodes, in the order of their first mention."""
        program, out = self.program, self.out
        if program.diagnostics:  # rows of a statement that did not parse are no one's
            kept = chain.from_iterable(range(s.first_row, s.row + 1) for s in statements if s.row >= 0)
            mentioned = dict.fromkeys(program.args[row] for row in kept if program.ops[row] == "name")
        else:
            mentioned = dict.fromkeys(compress(program.args, map("name".__eq__, program.ops)))
        defined = {s.name for s in statements if s.name}
        for name in mentioned:
            if name in defined or name in CONSTANTS:
                continue
            if name in GATES or name in ALIASES or (self.given is not None and name not in self.given):
                self._no_value(name)
                self.node_of_name[name] = _BROKEN
                continue
            row = self._first_mention(name)
            self.node_of_name[name] = out.variables[name] = self._leaf(INPUT, row)
        for name in defined.intersection(self.given or ()):
            place = next(s for s in statements if s.name == name)
            label = Label(program.source, place.name_start, place.name_start + len(name), "defined here")
            help_ = "remove the binding, or the definition"
            self._report("N211", f"`{shorten(name)}` is defined by the program and also bound", label, help_)

    def _first_mention(self, name: str) -> int:
        ops, args = self.program.ops, self.program.args
        row = args.index(name)
        while ops[row] != "name":
            row = args.index(name, row + 1)
        return row

    def _no_value(self, name: str) -> None:
        label = self.program.label(self._first_mention(name))
        shown = shorten(name)
        if name in GATES or name in ALIASES:
            head = GATES[ALIASES.get(name, name)].head
            self._report("N204", f"the gate `{shown}` is used without its operands", label, f"write `{head}`")
            return
        given = list(self.given or ())
        if split := _product_of(name, given):
            help_ = f"names are never split: for a product write `{'*'.join(split)}`"
        elif near := nearest(name, given):
            help_ = f"did you mean `{near[0]}`? Otherwise give it a value: `{shown}=…`"
        else:
            help_ = f"give it a value: `{shown}=…`"
        self._report("N202", f"`{shown}` has no value", label, help_)

    def _define(self, statement: Statement, node: int) -> None:
        name = statement.name
        if not name:
            return
        label = Label(self.program.source, statement.name_start, statement.name_start + len(name))
        owner = "constant" if name in CONSTANTS else "gate" if name in GATES or name in ALIASES else ""
        if owner:
            self._report("N205", f"`{name}` is the name of a {owner}", label, "choose another name")
        elif name in self.node_of_name:
            help_ = "a name is defined once; give the new value a name of its own"
            self._report("N206", f"`{shorten(name)}` is defined twice", label, help_)
        else:
            self.node_of_name[name] = node
            if node >= 0 and self.out.gates[node] not in (INPUT, CONSTANT):
                self.out.names.setdefault(node, name)

    # -- rows ------------------------------------------------------------------------------------------

    def _rows(self, statement: Statement) -> int:
        """Lower a statement's rows; answer the node of the last."""
        program, out = self.program, self.out
        first, last = statement.first_row, statement.row + 1
        gates, inputs, starts, ends = out.gates, out.inputs, out.starts, out.ends
        add_gate, add_inputs, add_start, add_end = gates.append, inputs.append, starts.append, ends.append
        row_starts, row_ends = program.starts, program.ends
        node_of_name, constants, truths = self.node_of_name, self.out.constants, self.truths
        nodes: list[int] = []  # of the rows since `first`
        add_node = nodes.append
        binary = _BINARY

        row = first
        for op, args in zip(program.ops[first:last], program.args[first:last], strict=True):
            if op == "name":
                found = node_of_name.get(args)
                add_node(self._named(args, row) if found is None else found)
            elif op in binary:
                left, right = nodes[args[0] - first], nodes[args[1] - first]
                if left < 0 or right < 0:
                    add_node(_BROKEN)
                else:
                    if truths and (left in truths or right in truths):
                        self._refuse_truth(args[0] if left in truths else args[1])
                    if op == "juxtaposed":
                        self.juxtapositions.append(row)
                    elif op in COMPARISONS:
                        truths.add(len(gates))
                    add_node(len(gates))
                    add_gate(binary[op])
                    add_inputs((left, right))
                    add_start(row_starts[row])
                    add_end(row_ends[row])
            elif op == "num":
                add_node(len(gates))
                constants[len(gates)] = self._number(args, row)
                add_gate(CONSTANT)
                add_inputs(())
                add_start(row_starts[row])
                add_end(row_ends[row])
            elif op == "negative":
                add_node(self._negative(args[0], nodes[args[0] - first], row))
            elif op == "call":
                add_node(self._call(args, [nodes[r - first] for r in args.operands],
                                    {k: nodes[r - first] for k, r, _ in args.keywords}, row))  # fmt: skip
            else:
                label = program.label(row)
                self._report("S107", f"`{op}` works on arrays, which are not part of this version", label, "")
                add_node(_BROKEN)
            row += 1
            if len(gates) > self.max_nodes:
                message = f"the graph has more than {self.max_nodes:,} nodes"
                raise BackpropError(Diagnostic("L701", message, (), "raise the limit with `--max-nodes`"))
        return nodes[-1]

    def _leaf(self, kind: str, row: int) -> int:
        out = self.out
        out.gates.append(kind)
        out.inputs.append(())
        out.starts.append(self.program.starts[row])
        out.ends.append(self.program.ends[row])
        return len(out.gates) - 1

    def _gate(self, gate: str, operands: tuple[int, ...], row: int) -> int:
        node = self._leaf(gate, row)
        self.out.inputs[node] = operands
        return node

    def _named(self, name: str, row: int) -> int:
        """A name that is neither an input nor defined so far: a constant, or one defined later."""
        if name in CONSTANTS:
            node = self._leaf(CONSTANT, row)
            self.out.constants[node] = CONSTANTS[name]
            return node
        help_ = "move its definition up"
        self._report("N207", f"`{shorten(name)}` is used before it is defined", self.program.label(row), help_)
        return _BROKEN

    def _number(self, text: str, row: int) -> float:
        value = float(text)
        if value in (float("inf"), 0.0) and text.strip("0.").lstrip("0.")[:1] not in ("", "e", "E"):
            way = "large" if value else "small"
            help_ = "doubles reach from 5e-324 to 1.8e308"
            message = f"`{shorten(text)}` is too {way} for a double"
            self._report("V301", message, self.program.label(row), help_)
        elif len(text) > 15 and text.isdigit() and int(text) != int(value):
            self.inexact.append(row)
        return value

    def _negative(self, operand_row: int, operand: int, row: int) -> int:
        out = self.out
        if operand < 0:
            return _BROKEN
        if self.program.ops[operand_row] == "num":  # a negative number is one constant
            out.constants[operand] = -out.constants[operand]
            out.starts[operand] = self.program.starts[row]
            return operand
        if operand in self.truths:
            self._refuse_truth(operand_row)
        return self._gate("neg", (operand,), row)

    def _call(self, call: Call, operands: list[int], keywords: dict[str, int], row: int) -> int:
        gate = GATES.get(ALIASES.get(call.name, call.name))
        if gate is None:
            return self._unknown_gate(call, row)
        chosen = list(operands) if gate.variadic else self._arguments(gate, call, operands, keywords, row)
        if gate.variadic and (keywords or not operands):
            self._wrong_arity(gate, call, row)
            return _BROKEN
        if chosen is None or _BROKEN in chosen:
            return _BROKEN
        for position, node in enumerate(chosen):
            if (gate.name == "where" and position == 0) != (node in self.truths):
                at = call.operands[position] if position < len(call.operands) else row
                if node in self.truths:
                    self._refuse_truth(at)
                else:
                    help_ = "write a comparison: `where(x > 0, …, …)`"
                    label = self.program.label(at)
                    self._report("V303", "a number stands where a comparison is wanted", label, help_)
                return _BROKEN
        node = self._gate(gate.name, tuple(chosen), row)
        if gate.truth:
            self.truths.add(node)
        return node

    def _arguments(
        self, gate: Gate, call: Call, operands: list[int], keywords: dict[str, int], row: int
    ) -> list[int] | None:
        """The operands in the order of the gate's parameters, defaults as constants."""
        names = [p.name for p in gate.parameters]
        for keyword, _, start in call.keywords:
            if keyword not in names:
                help_ = f"the gate is `{gate.head}`"
                label = Label(self.program.source, start, start + len(keyword))
                message = f"`{gate.name}` has no parameter `{shorten(keyword)}`"
                self._report("N210", message, label, help_)
                return None
        given = dict(zip(names, operands, strict=False))
        twice = len(call.keywords) != len(keywords) or not given.keys().isdisjoint(keywords)
        given |= keywords
        missing = [p for p in gate.parameters if p.name not in given and p.default is None]
        if twice or missing or len(operands) > len(names):
            self._wrong_arity(gate, call, row)
            return None
        for parameter in gate.parameters:
            if parameter.name not in given:
                node = given[parameter.name] = self._leaf(CONSTANT, row)
                assert parameter.default is not None
                self.out.constants[node] = parameter.default
        return [given[name] for name in names]

    # -- what is wrong, and what is worth a remark -----------------------------------------------------

    def _report(self, code: str, message: str, label: Label, help_: str) -> None:
        self.diagnostics.append(Diagnostic(code, message, (label,), help_))

    def _refuse_truth(self, row: int) -> None:
        help_ = "a comparison chooses: `where(x > 0, 1, 0)` is a number"
        label = self.program.label(row)
        self._report("V302", "a comparison stands where a number is wanted", label, help_)

    def _wrong_arity(self, gate: Gate, call: Call, row: int) -> None:
        label = self.program.label(row)
        found = len(call.operands) + len(call.keywords)
        wanted = "at least 1" if gate.variadic else str(len(gate.parameters))
        if any(p.default is not None for p in gate.parameters):
            wanted = f"{sum(p.default is None for p in gate.parameters)} to {wanted}"
        message = f"`{gate.name}` wants {wanted} operand{'s' * (wanted not in ('1', 'at least 1'))} and got {found}"
        if found == len(gate.parameters) and not gate.variadic:
            message = f"an operand of `{gate.name}` is given twice or not at all"
        self._report("N203", message, label, f"the gate is `{gate.head}`")

    def _unknown_gate(self, call: Call, row: int) -> int:
        start = self.program.starts[row]
        label = Label(self.program.source, start, call.name_end)
        shown = shorten(call.name)
        if near := nearest(call.name, [*GATES, *ALIASES]):
            help_ = f"did you mean `{near[0]}`?"
        elif call.name in self.node_of_name or (self.given is not None and call.name in self.given):
            help_ = f"for a product write `{shown}*(…)`"
        elif call.name in CONSTANTS:
            help_ = f"`{call.name}` is a constant: for a product write `{call.name}*(…)`"
        else:
            help_ = "`backprop gates` lists them; for a product write `*`"
        self._report("N201", f"unknown gate `{shown}`", label, help_)
        return _BROKEN

    def _remark(self) -> None:
        program = self.program
        remarks = self.out.remarks
        for row in self.inexact[:_MOST_REPORTED]:
            text = program.args[row]
            message = f"`{shorten(text)}` is not a double; the nearest one, {float(text):.0f}, is used"
            remarks.append(Remark("precision", message, program.starts[row], program.ends[row]))
        if not self.juxtapositions:
            return
        readings = []
        for row in self.juxtapositions[:3]:
            parts = "*".join(shorten(_operand_text(program, operand)) for operand in program.args[row])
            whole = program.source.text[program.starts[row] : program.ends[row]]
            readings.append(f"`{shorten(whole)}` as `{parts}`")
        more = len(self.juxtapositions) - len(readings)
        message = "read " + ", ".join(readings) + (f" and {more:,} more" if more else "")
        first = self.juxtapositions[0]
        remarks.append(Remark("reading", message, program.starts[first], program.ends[first]))


def _operand_text(program: Program, row: int) -> str:
    """An operand as it was written, in brackets unless it is of one piece."""
    text = program.source.text[program.starts[row] : program.ends[row]]
    return text if program.ops[row] in ("name", "num", "call", "^") else f"({text})"


def _product_of(name: str, known: list[str]) -> list[str]:
    """The known names of which `name` is a concatenation, if it is one; shortest first, without recursion."""
    if len(name) > 64:
        return []
    ways: dict[int, list[str]] = {0: []}
    for end in range(1, len(name) + 1):
        for start in range(end):
            if start in ways and name[start:end] in known:
                ways.setdefault(end, [*ways[start], name[start:end]])
    return ways.get(len(name), [])
