"""The gate table in words: what `backprop gates` and the documentation show of it."""

from __future__ import annotations

from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, nearest, shorten
from backprop_cli.gates import ALIASES, BY_SYMBOL, GATES, Gate
from backprop_cli.gates.fields import FLOATS
from backprop_cli.gates.tensors import TENSOR_ALIASES, TENSORS
from backprop_cli.lean import Iterator, NamedTuple
from backprop_cli.text import rounded, shortest

__all__ = ["Entry", "Gate", "GateReference", "entries", "find"]


class Entry(NamedTuple):
    """What there is to say about a gate: labelled lines, in order, none of them empty."""

    gate: Gate
    lines: tuple[tuple[str, str], ...]


class GateReference(NamedTuple):
    """The entries to show: briefly, or, where they were `named`, everything about them."""

    entries: tuple[Entry, ...]
    named: bool


def names_of_gates() -> list[str]:
    """Every name and alias there is."""
    return [*GATES, *ALIASES, *TENSORS, *TENSOR_ALIASES]


_SHORT = 3  # letters with which too many names begin


def find(name: str) -> Gate:
    """The gate of a name, an alias or a symbol. Raises BackpropError (N201)."""
    table: dict[str, Gate] = {**TENSORS, **GATES}
    by_symbol = {gate.symbol: gate.name for gate in table.values() if gate.symbol} | {"**": BY_SYMBOL["^"]}
    gate = table.get({**TENSOR_ALIASES, **ALIASES, **by_symbol}.get(name, name))
    if gate is None:
        longer = [known for known in names_of_gates() if len(name) > _SHORT and known.startswith(name)]
        near = sorted(longer, key=len)[:1] or nearest(name, names_of_gates())
        help_ = f"did you mean `{near[0]}`?" if near else "`backprop gates` lists them"
        label = Label(Source("gates", name), 0, len(name))
        raise BackpropError(Diagnostic("N201", f"unknown gate `{shorten(name)}`", (label,), help_))
    return gate


def entries(names: list[str]) -> Iterator[Entry]:
    """An entry for each name, or for every gate."""
    every: list[Gate] = [*GATES.values(), *TENSORS.values()]
    for gate in map(find, names) if names else every:
        lines = _tensor_lines(gate) if gate.is_tensor else _lines(gate)
        yield Entry(gate, tuple((label, text) for label, text in lines if text))


def _tensor_lines(gate: Gate) -> Iterator[tuple[str, str]]:
    yield "gate", f"{gate.head}: {gate.description}"
    yield "written", {"@": "a @ b, or a b between arrays", "'": "x'"}.get(gate.symbol, "")
    yield "also", ", ".join(gate.aliases)
    words = {name: name for name in (*gate.operands, *gate.attributes)}
    words |= {"G": "upstream", "out": "out", "count": "n", "free": "(n - ddof)", "examples": "N"}
    words |= {"taken": "ε", "kept": "(1 - ε)", "given": "ε/K"}
    for k, operand in enumerate(gate.operands if gate.words else ()):
        for case, texts in gate.words.items():
            axes = f" ({_AXES[case]})" if case in _AXES else ""
            yield f"to {operand}", texts[k].format(**words) + axes
    for k, operand in enumerate(gate.operands if gate.structures else ()):
        yield f"∂/∂{operand}", next(iter(gate.structures.values()))[k].format(**words)
    yield "steep", f"{gate.steep}: the slope is infinite" if gate.steep else ""
    for note in gate.notes:
        yield note.code, note.words.format(*gate.operands, name=gate.name)


_AXES = {"21": "of a matrix and a vector", "12": "of a vector and a matrix", "11": "of two vectors",
         "~": "label smoothing ε of K classes", "11~": "label smoothing, of two vectors"}  # fmt: skip


def _lines(gate: Gate) -> Iterator[tuple[str, str]]:
    yield "gate", f"{gate.head}: {gate.description}"
    yield "written", f"{gate.prefix}x" if gate.prefix else f"x {gate.symbol} y" if gate.symbol else ""
    yield "also", ", ".join(gate.aliases)
    formula = gate.formula.replace("largest(x)", "the largest of them").replace("smallest(x)", "the smallest of them")
    yield "computed as", formula if formula != gate.head.partition("=")[0] and not (gate.symbol or gate.prefix) else ""
    yield "means", gate.means if gate.means not in (gate.formula, gate.head) else ""
    for parameter, partial in zip(gate.parameters, gate.partials, strict=True):
        yield f"∂/∂{parameter.name}", partial
    yield "in books", gate.textbook
    yield "domain", _plain(gate.domain) or ("" if gate.truth else "every number")
    for label, condition, consequence in (
        ("pole", gate.pole, "the value is infinite"),
        ("steep", gate.steep, "the slope is infinite"),
        ("kink", gate.kink, _convention(gate)),
        ("jump", gate.jump, "the slope is taken as 0" if not gate.truth else "the branch taken counts"),
        ("one-sided", gate.edge, "the slope is that of the one side"),
    ):
        yield label, f"{_plain(condition)}: {consequence}" if condition else ""
    yield "example", _example(gate)


def _convention(gate: Gate) -> str:
    if gate.variadic:
        return "tied operands share evenly"
    return "the valid slope nearest to 0 is used"


def _plain(condition: str) -> str:
    return condition.replace("1/0", "infinity").replace("ties > 1", "ties")


def _example(gate: Gate) -> str:
    at = gate.at[0]
    if gate.family == "choice":
        return "where(x > 0, x, 0)"
    value = FLOATS.value[gate.name](*at)
    shown = "true" if gate.truth and value else rounded(value)
    slopes = ", ".join(map(rounded, FLOATS.locals[gate.name](*at, value)))
    if gate.truth:
        return f"{shortest(at[0])} {gate.symbol} {shortest(at[1])} is {'true' if value else 'false'}"
    return f"{gate.name}({', '.join(map(shortest, at))}) = {shown}, slopes {slopes}"
