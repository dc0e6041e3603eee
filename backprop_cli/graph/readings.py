"""How a text was read where it might have meant something else, as remarks for its reader."""

from __future__ import annotations

from backprop_cli.errors import shorten
from backprop_cli.gates import ALIASES, CONSTANTS, GATES
from backprop_cli.gates.special import OF_OPERANDS
from backprop_cli.gates.tensors import TENSOR_BY_SYNTAX, TENSORS
from backprop_cli.graph.graph import Graph
from backprop_cli.graph.remarks import Remark
from backprop_cli.graph.subgraphs import enclosing
from backprop_cli.language.program import Program
from backprop_cli.lean import Collection

_SHOWN = 3
_OF_ROOTS = "/", "^"
_OF_A_NUMBER = "of a number: "  # what is said then only
_LONGEST = 200  # characters of a text that is shown in our notation


def readings(graph: Graph, program: Program, bound: Collection[str]) -> list[Remark]:
    """Another notation in ours, names of the user's that the tables have too, products without a sign."""
    found = []
    if program.reading:
        import re

        lines = (" ".join(line.partition("#")[0].split()).lstrip("; ") for line in program.reading.splitlines())
        text = "; ".join(re.sub(r"(?<=[(\w]) (?=\()|(?<=[(]) | (?=[),])", "", line) for line in lines if line)
        found.append(
            Remark("reading", f"read as `{shorten(text, _LONGEST)}`", 0, len(program.source.text), of_text=True)
        )
    found += [*covered(program, bound), *exchanged(program), *roots(program), *signed(program)]
    graph.remarks += found[:1] if program.reading else []
    remark = read_products(graph)
    del graph.remarks[len(graph.remarks) - bool(program.reading) :]
    found += [remark] if remark else []
    if len(program.statements) > 1:
        from backprop_cli.graph.unused import unused

        found = [*unused(graph, program.statements), *found]
    return found


def covered(program: Program, bound: Collection[str]) -> list[Remark]:
    """A remark on each name that is the user's though it is also that of a constant or an elementwise gate."""
    places = {statement.name: statement.name_start for statement in reversed(program.statements) if statement.name}
    places |= {definition.name: definition.name_start for definition in program.definitions}
    places |= {
        args: program.starts[row]
        for row, (op, args) in enumerate(zip(program.ops, program.args, strict=True))
        if op == "name" and args in bound
    }
    return [
        Remark("reading", f"`{name}` is yours here, not the {_owner(name)}", start, start + len(name))
        for name, start in places.items()
        if _owner(name)
    ]


def exchanged(program: Program) -> list[Remark]:
    """A remark on each call whose operands may be in another tool's order: `log(2, x)`, `huber(x, y)`."""
    found: list[Remark] = []
    for row, op in enumerate(program.ops) if "call" in program.ops else ():
        call = program.args[row] if op == "call" else None
        if call is None or len(call.operands) != 2 or min(call.operands) < 0 or call.keywords:
            continue
        gate = GATES.get(OF_OPERANDS.get((ALIASES.get(call.name, call.name), 2), call.name))
        first, second = call.operands
        if gate is None or not gate.setting or program.ops[second] != "name":
            continue
        number, words = gate.setting.startswith(_OF_A_NUMBER), gate.setting.removeprefix(_OF_A_NUMBER)
        known = program.args[second] == gate.operands[1] or program.args[second] in CONSTANTS
        if known or (number and program.ops[first] != "num"):
            continue
        operands = (program.source.text[program.starts[k] : program.ends[k]] for k in call.operands)
        found.append(Remark("reading", words.format(*map(shorten, operands)), program.starts[row], program.ends[row]))
    return found


def signed(program: Program) -> list[Remark]:
    """A remark on the first `x+-3`, which programs print, and which is both signs to a reader."""
    text = program.source.text
    if "+-" not in text:
        return []
    for row, op in enumerate(program.ops):
        start = program.starts[row]
        if op == "num" and program.args[row][0] == "-" and text[max(0, start - 1) : start + 1] == "+-":
            number = shorten(program.args[row])
            words = f"`+{number}` is read as `{number}`; for both signs write two formulas"
            return [Remark("reading", words, start - 1, program.ends[row])]
    return []


def roots(program: Program) -> list[Remark]:
    """A remark on the first `x^1/3`, which is a third of x."""
    ops, args, text, (over, power) = program.ops, program.args, program.source.text, _OF_ROOTS
    if over not in ops or power not in ops:
        return []
    for row, op in enumerate(ops):
        above, below = args[row] if op == over else (-1, -1)
        if min(above, below) < 0 or ops[above] != power or ops[below] not in ("num", "name"):
            continue
        exponent = args[above][1]
        if (
            ops[exponent] == "num"
            and args[exponent] == "1"
            and ")" not in text[program.ends[above] : program.starts[below]]
        ):
            root = text[program.starts[below] : program.ends[below]]
            words = f"`^1/{root}` is the first power over {root}; for a root write `^(1/{root})`"
            return [Remark("reading", words, program.starts[row], program.ends[row])]
    return []


def _owner(name: str) -> str:
    return "constant" if name in CONSTANTS else "gate" if name in GATES or name in ALIASES else ""


def read_products(graph: Graph) -> Remark | None:
    """The remark, None if every product has its sign; before shapes are known every product is an elementwise one."""
    if not graph.products:
        return None
    unsigned, outer = graph.products, TENSOR_BY_SYNTAX["x yᵀ"]
    if any(remark.of_text for remark in graph.remarks):  # all others are in the text as it was read
        unsigned = [node for node in unsigned if graph.gates[node] == outer or divides(graph, node)]
    if graph.subgraphs:  # the text of what is inside a call is elsewhere
        inside = enclosing(graph, outputs=True)
        unsigned = [node for node in unsigned if inside[node] < 0 or graph.subgraphs[inside[node]].title]
    if not unsigned:
        return None
    readings = []
    for node in unsigned[:_SHOWN]:
        if graph.gates[node] == outer:
            column, row = (_vector(graph, operand) for operand in graph.inputs[node])
            readings.append(f"the column `{column}` times the row `{row}` as `{outer}({column}, {row})`")
            continue
        sign = "*" if graph.gates[node] in GATES else "@"
        parts = sign.join(shorten(operand_text(graph, operand)) for operand in graph.inputs[node])
        readings.append(f"`{shorten(graph.text(node))}` as `{parts}`{_of_element(graph, node)}")
    more = len(unsigned) - len(readings)
    words = "read " + ", ".join(readings) + (f" and {more:,} more" if more else "")
    first = unsigned[0]
    return Remark("reading", words, *graph.span(first), of_products=True)


def _of_element(graph: Graph, node: int) -> str:
    """What an element is, behind `x(1)` of an array, which is one in other languages."""
    array, place = graph.inputs[node]
    text = graph.text(node)
    if not graph.shape(array) or place not in graph.constants or not text.endswith(")"):
        return ""
    number = text.rpartition("(")[2][:-1].strip()
    name = operand_text(graph, array)
    return f" (an element is `{name}[{int(number) - 1}]`)" if number.isdigit() and int(number) else ""


def divides(graph: Graph, node: int) -> bool:
    """Whether a product without a sign is behind a division with one: `1/2x` is x/2 here, and 1/(2x) to some."""
    left, right = graph.inputs[node]
    row = GATES.get(graph.gates[left])
    if row is None or row.symbol != "/":
        return False
    text, (above, below) = graph.source.text, graph.inputs[left]
    between = text[graph.ends[above] : graph.starts[below]]
    is_whole = graph.ends[left] > graph.ends[below]  # in brackets
    return (
        between.strip() in ("/", "÷") and not is_whole and not text[graph.ends[left] : graph.starts[right]].strip(" \\")
    )


def _vector(graph: Graph, node: int) -> str:
    """A vector by its name, or as it was written; transposed it is itself."""
    if graph.gates[node] == TENSOR_BY_SYNTAX["transpose"]:
        (node,) = graph.inputs[node]
    named = {at: name for name, at in (*graph.variables.items(), *graph.definitions.items())}
    return shorten(named.get(node) or graph.text(node))


def operand_text(graph: Graph, node: int) -> str:
    """An operand by its name, or as it was written, in brackets unless it is of one piece."""
    if "." not in (name := graph.names.get(node, ".")):
        return name
    text = graph.text(node)
    gate = graph.gates[node]
    row = GATES.get(gate) or TENSORS.get(gate)
    # A power has a sign and needs no brackets, as what comes after its operand, a transpose.
    loose = row is not None and (row.prefix or row.symbol) and row.family not in ("power", "transpose")
    return f"({text})" if loose else text
