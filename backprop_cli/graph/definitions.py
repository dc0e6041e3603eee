"""Calls of the gates a user defined: judged in place, counted, and written out as rows among the others.

It works on programs, before there are nodes: a body's rows are copied to where the call stands, operands in the
place of parameters, so that nothing behind it has to know that there was a call.
"""

from __future__ import annotations

from itertools import count

from backprop_cli.errors import BackpropError, Diagnostic, Label, nearest, place_of, shorten
from backprop_cli.gates import GATES
from backprop_cli.graph.arguments import DEFAULT, bind
from backprop_cli.graph.graph import Graph
from backprop_cli.graph.names import InputNames
from backprop_cli.graph.remarks import Remark, Subgraph
from backprop_cli.graph.signature import signature
from backprop_cli.graph.turns import names_in_turns, with_turns
from backprop_cli.language.parser import MOST_ERRORS
from backprop_cli.language.program import Call, Definition, Index, Program, Statement
from backprop_cli.lean import Any, Callable, Iterator, Mapping, NamedTuple, Sequence

_STAND_IN = next(gate.name for gate in GATES.values() if gate.variadic)  # takes any number of numbers and is one


class Written(NamedTuple):
    """A program without calls of the user's gates; where each call's rows are, and the names of rows in them."""

    program: Program
    subgraphs: list[Subgraph]
    names: dict[int, str]


# -- what is wrong ---------------------------------------------------------------------------------------


def head_errors(definition: Definition, above: Mapping[str, Definition]) -> Iterator[Diagnostic]:
    """A name that belongs to something else, or that is given twice."""
    source = definition.body.source
    name = definition.name
    label = Label(source, definition.name_start, definition.name_start + len(name))
    if name in above:
        help_ = "a gate is defined once; give this one a name of its own"
        yield Diagnostic("N206", f"the gate `{shorten(name)}` is defined twice", (label,), help_)
    seen: set[str] = set()
    for p in definition.parameters:
        label = Label(source, p.start, p.start + len(p.name))
        if p.name in seen:
            help_ = "operands are told apart by their names"
            yield Diagnostic("N206", f"the parameter `{shorten(p.name)}` is named twice", (label,), help_)
        elif p.name in above or p.name == name:
            yield Diagnostic("N205", f"`{shorten(p.name)}` is the name of a gate", (label,), "choose another name")
        seen.add(p.name)


def no_parameter(diagnostic: Diagnostic, definition: Definition) -> Diagnostic:
    """The diagnostic of a name without a value (N202), in terms of the definition whose body has it."""
    label = diagnostic.labels[0]
    name = label.source.text[label.start : label.end]
    names = [p.name for p in definition.parameters]
    from backprop_cli.language.mistyped import word

    near = nearest(name, names) or [text for text in (word(name),) if text]
    means = f"did you mean `{near[0]}`? Otherwise pass" if near else "pass"
    help_ = f"{means} it as an operand: `gate {definition.name}({', '.join([*names, name])}) = …`"
    return diagnostic._replace(message=f"`{shorten(name)}` is no parameter of `{definition.name}`", help=help_)


def without_calls(
    program: Program, known: Mapping[str, Definition], all_: Mapping[str, Definition], gate: str = ""
) -> tuple[Program, list[Diagnostic]]:
    """The program with a stand-in for each call of a user's gate, and what is wrong with those calls.

    `known` are the gates that may be called, `all_` those that are defined anywhere; `gate` is the one whose body the
    program is.
    """
    out = Program(program.source)
    wrong: list[Diagnostic] = []
    out.ops, out.args = list(program.ops), list(program.args)
    out.starts, out.ends, out.statements = program.starts, program.ends, program.statements
    out.diagnostics = program.diagnostics
    for row, (op, args) in enumerate(zip(program.ops, program.args, strict=True)):
        if op == "call" and args.name in all_:
            if args.name not in known:
                wrong.append(_not_above(program, row, gate))
            elif all_[args.name].parameters:
                found = bind(program, row, signature(known[args.name])).diagnostic
                wrong += [found] if found else []
            operands = (*args.operands, *(operand for _, operand, _ in args.keywords))
            out.ops[row], out.args[row] = (_STAND_IN, operands) if operands else ("num", "1")
        elif op == "name" and args in known:
            message = f"the gate `{shorten(args)}` is used without its operands"
            wrong.append(Diagnostic("N204", message, (program.label(row),), f"write `{known[args].head}`"))
            out.ops[row], out.args[row] = "num", "1"
    for statement in program.statements:
        if statement.name in known:
            label = Label(program.source, statement.name_start, statement.name_start + len(statement.name))
            message = f"`{shorten(statement.name)}` is the name of a gate"
            wrong.append(Diagnostic("N205", message, (label,), "choose another name"))
    return out, wrong


def _not_above(program: Program, row: int, gate: str) -> Diagnostic:
    call: Call = program.args[row]
    label = Label(program.source, program.starts[row], call.name_end)
    message = f"`{shorten(call.name)}` is used before it is defined"
    help_ = "a gate is made of those defined above it: move the definition up"
    if call.name == gate:
        message = f"`{shorten(gate)}` is used in its own definition"
        help_ = "a gate is made of those defined above it, and none of itself: a graph has no loops"
    return Diagnostic("N214", message, (label,), help_)


# -- how large it is -------------------------------------------------------------------------------------


def afford(program: Program, limit: int) -> None:
    """Raise BackpropError (L701) if the program has more than `limit` nodes, or calls, when it is written out.

    Sizes of bodies are added up, so that this takes no longer than reading the definitions.
    """
    sizes: dict[str, tuple[int, int]] = {}
    for definition in program.definitions:
        nodes, calls = 0, 1
        for _, more_nodes, more_calls in _sizes(definition.body, sizes, len(definition.parameters)):
            nodes, calls = min(nodes + more_nodes, limit + 1), min(calls + more_calls, limit + 1)
        sizes[definition.name] = nodes, calls
    nodes = calls = 0
    for row, more_nodes, more_calls in _sizes(program, sizes, 0):
        nodes, calls = nodes + more_nodes, calls + more_calls
        if max(nodes, calls) > limit:
            message = f"the graph has more than {limit:,} nodes, with its gates written out"
            labels = (program.label(row),) if more_calls else ()
            raise BackpropError(Diagnostic("L701", message, labels, "raise the limit with `--max-nodes`"))


def _sizes(program: Program, sizes: Mapping[str, tuple[int, int]], parameters: int) -> Iterator[tuple[int, int, int]]:
    """Rows with the nodes and the calls they are; those that are simply nodes are counted together, first."""
    calls = [
        (row, *sizes[args.name])
        for row, (op, args) in enumerate(zip(program.ops, program.args, strict=True))
        if op == "call" and args.name in sizes
    ]
    yield 0, len(program.ops) - len(calls) - parameters, 0
    yield from calls


# -- writing out -----------------------------------------------------------------------------------------


class _Frame:
    """A body that is being copied: where its rows went so far, what its parameters are, which call it is of."""

    __slots__ = ("call", "label", "new", "parameters", "program")

    def __init__(self, program: Program, parameters: Mapping[str, int], call: int, label: str) -> None:
        self.program, self.parameters, self.call, self.label = program, parameters, call, label
        self.new: list[int] = []


def write_out(program: Program) -> Written:
    """Copy the body of every call to where the call stands; rows keep the place of the outermost call."""
    known = {definition.name: definition for definition in program.definitions}
    signatures = {name: signature(definition) for name, definition in known.items()}
    out = Program(program.source)
    subgraphs: list[Subgraph] = []
    names: dict[int, str] = {}
    numbers = {name: count(1) for name in known}
    labels: set[str] = set()
    frames = [_Frame(program, {}, -1, "")]
    begins: list[int] = []  # where the program's own rows went
    place = (0, 0)  # of the outermost call

    def add(op: str, args: Any, start: int, end: int) -> int:
        out.ops.append(op)
        out.args.append(args)
        out.starts.append(start)
        out.ends.append(end)
        return len(out.ops) - 1

    while True:
        frame = frames[-1]
        ops, args, new = frame.program.ops, frame.program.args, frame.new
        outermost = len(frames) == 1
        for row in range(len(new), len(ops)):
            op = ops[row]
            if outermost:
                begins.append(len(out.ops))
            if op == "call" and args[row].name in known:
                break
            if op == "name" and args[row] in frame.parameters:
                new.append(frame.parameters[args[row]])
                continue
            start, end = (frame.program.starts[row], frame.program.ends[row]) if outermost else place
            new.append(add(op, _moved(op, args[row], new), start, end))
        else:
            if outermost:
                break
            frames.pop()
            subgraphs[frame.call] = _finish(frame, subgraphs[frame.call], out, names)
            frames[-1].new.append(subgraphs[frame.call].output)
            continue
        if outermost:
            place = frame.program.starts[row], frame.program.ends[row]
        definition = known[args[row].name]
        given = bind(frame.program, row, signatures[definition.name])
        defaults = iter(p.default for p, j in zip(definition.parameters, given.operands, strict=True) if j == DEFAULT)
        operands = tuple(add("num", next(defaults), *place) if j == DEFAULT else new[j] for j in given.operands)
        stem = definition.name + "_" * (definition.name[-1].isdigit() or definition.name == "n")  # n1 is a node
        label = next(label for k in numbers[definition.name] if (label := f"{stem}{k}") not in labels)
        labels.add(label)
        parameters = tuple(p.name for p in definition.parameters)
        subgraphs.append(Subgraph(definition.name, label, len(out.ops), -1, parameters, operands, -1, frame.call))
        inside = dict(zip(parameters, operands, strict=True))
        frames.append(_Frame(definition.body, inside, len(subgraphs) - 1, label))
    out.statements = [Statement(s.name, frame.new[s.row], s.name_start) for s in program.statements]
    out.definitions, out.reading, out.counts = program.definitions, program.reading, program.counts
    out.ranks = program.ranks
    if program.turns:
        begins.append(len(out.ops))
        subgraphs = with_turns(subgraphs, program.turns, begins)
        names |= {frames[0].new[row]: name for row, name in names_in_turns(program).items()}
    return Written(out, subgraphs, names)


def _finish(frame: _Frame, subgraph: Subgraph, out: Program, names: dict[int, str]) -> Subgraph:
    """The call whose body has been copied; names of its statements become names of the rows inside."""
    statements, new = frame.program.statements, frame.new
    output = new[statements[-1].row]
    for statement in statements:
        row = new[statement.row]
        if statement.name and row >= subgraph.first and row != output and out.ops[row] not in ("name", "num"):
            names.setdefault(row, f"{frame.label}.{statement.name}")
    return subgraph._replace(last=len(out.ops), output=output)


def _moved(op: str, args: Any, new: list[int]) -> Any:
    """A row's args with its operands where they went."""
    if op in ("num", "name"):
        return args
    if op == "call":
        keywords = tuple((keyword, new[j], start) for keyword, j, start in args.keywords)
        return args._replace(operands=tuple(new[j] for j in args.operands), keywords=keywords)
    if op == "index":
        items = tuple(tuple(None if part is None else new[part] for part in item) for item in args.items)
        return Index(new[args.operand], items)
    return tuple(new[j] for j in args)


def judge(program: Program, given: InputNames, lower: Callable[[Program, InputNames], Graph]) -> list[Remark]:
    """Raise BackpropError with what is wrong in the definitions, each judged by itself, and in the statements.

    Answers how products without a sign were read in the program's own definitions.
    """
    everywhere = {definition.name: definition for definition in program.definitions}
    above: dict[str, Definition] = {}
    wrong: list[Diagnostic] = []
    remarks: list[Remark] = []
    for definition in program.definitions:
        wrong += head_errors(definition, above)
        body, of_calls = without_calls(definition.body, above, everywhere, definition.name)
        of_body: Sequence[Diagnostic] = ()
        if definition.parameters:
            of_body, of_text = _judged(body, InputNames([p.name for p in definition.parameters]), lower)
            remarks += of_text if body.source is program.source else []
        wrong += of_calls
        wrong += (no_parameter(d, definition) if d.code == "N202" else d for d in of_body)
        above[definition.name] = definition
    statements, of_calls = without_calls(program, above, everywhere)
    statements.definitions = program.definitions
    wrong += sorted([*of_calls, *_judged(statements, given, lower)[0]], key=place_of)
    if wrong:
        raise BackpropError(*wrong[:MOST_ERRORS])
    return remarks[:MOST_ERRORS]


def _judged(
    program: Program, given: InputNames, lower: Callable[[Program, InputNames], Graph]
) -> tuple[Sequence[Diagnostic], list[Remark]]:
    """What is wrong with a program, and how its products were read."""
    if not program.statements:
        return program.diagnostics, []
    try:
        graph = lower(program, given)
    except BackpropError as error:
        return error.diagnostics, []
    return (), [remark for remark in graph.remarks if remark.of_products]
