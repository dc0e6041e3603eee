"""Findings as notes: the words for everything the survey can find."""

from __future__ import annotations

from math import isinf

from backprop_cli.engine.anomalies import Anomaly
from backprop_cli.errors import shorten
from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.fields import FLOATS
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph import Graph
from backprop_cli.graph.names import node_names
from backprop_cli.graph.subgraphs import inside_of
from backprop_cli.lean import TYPE_CHECKING, Any, Collection, Iterable, Mapping, NamedTuple, Sequence
from backprop_cli.report.model import Note
from backprop_cli.text import index_text, rounded, shortest

if TYPE_CHECKING:
    from backprop_cli.check.verdict import Check

NOTE_CODES = {
    "kink": "the slopes of the two sides differ; the number is a stated convention",
    "jump": "the value jumps; the gradient is that of the piece on this side",
    "one-sided": "the point is at the edge of the domain; the slope is that of the one side",
    "infinite": "a slope is infinite",
    "undefined": "a value or a slope does not exist",
    "pole": "the value leaves for infinity",
    "overflow": "a number is larger than a double can be",
    "underflow": "a number is smaller than a double can be, and 0 is used for it",
    "precision": "rounding cost digits that matter",
    "nonfinite-input": "an input, or a number in the program, is infinite or not a number",
    "reading": "how the program was read, where it may not be what was meant",
    "coincidence": "a formula that is claimed agrees at the values that are bound, and not around them",
}

_WORDS = {
    ("kink", "slope"): "`{gate}` has a kink at {at}: any slope from {0} to {1} is valid along {along}, {2} is used",
    ("kink", "tie"): "`{gate}` is tied at {at}: the operands share the slope, {2} for {along}; any split is valid",
    ("jump", "value"): "`{gate}` jumps at {at}: the slope is that of the piece on this side",
    ("jump", "comparison"): "`{written}` switches at {at}: the gradient is that of the branch taken",
    ("jump", "derivative"): "`{gate}` has no one slope at {at}: the derivative inside of the program is a convention",
    ("one-sided", "slope"): "`{gate}` is at the edge of its domain, {at}: its slope {0} is that of the one side",
    ("infinite", "slope"): "the slope of `{gate}` along {along} is infinite at {at}",
    ("undefined", "value"): "`{gate}` has no real value at {at}{domain}",
    ("undefined", "slope"): "`{gate}` has no slope along {along} at {at}",
    ("undefined", "product"): "0·∞ in the backward pass: {0} arrives from `{other}` at `{gate}`, whose slope along "
    "{along} is {1}",
    ("undefined", "gradient"): "the gradient that `{name}` sends to {along} is not a number",
    ("undefined", "sum"): "infinite gradients of opposite signs meet at `{name}`",
    ("pole", "value"): "`{gate}` has a pole at {at}{domain}",
    ("pole", "rounded"): "`{gate}` has a pole at {at}, reached by rounding alone",
    ("undefined", "rounded"): "`{gate}` has no real value at {at}, reached by rounding alone",
    ("infinite", "gradient"): "the gradient that `{name}` sends to {along} is infinite",
    ("overflow", "value"): "`{gate}` at {at} is larger than a double can be",
    ("overflow", "slope"): "the slope of `{gate}` along {along} at {at} is larger than a double can be",
    ("overflow", "gradient"): "the gradient that `{name}` sends to {along} is larger than a double can be",
    ("overflow", "sum"): "the sum of the gradients that meet at `{name}` is larger than a double can be",
    ("underflow", "value"): "`{gate}` at {at} is not 0, but smaller than a double can be",
    ("underflow", "slope"): "the slope of `{gate}` at {at} is not 0, but smaller than a double can be",
    ("underflow", "gradient"): "the gradient that `{name}` sends to {along} is not 0, but smaller than "
    "a double can be",
    ("precision", "value"): "rounding may have moved the value by {0}, most of it lost at `{name}` = `{written}`",
    ("precision", "constant"): "rounding may have moved the value by {0}: no double equals the constant `{name}`",
    ("nonfinite-input", "input"): "`{name}` is {0}",
}  # fmt: skip
_MORE = "and {0} more of this kind, from `{name}` on"


def notes(graph: Graph, values: list[Any], anomalies: Iterable[Anomaly]) -> list[Note]:
    """The remarks made when the text was read, then a note for each anomaly."""
    made = [Note(r.code, r.message, None, (r.start, r.end)) for r in graph.remarks]
    names: list[str] = []
    told = {(r.start, r.end) for r in graph.remarks if r.code == "reading"}
    for anomaly in anomalies:
        if anomaly.code == "reading" and graph.span(anomaly.node) in told:
            continue  # what the text shows is said of the numbers too
        names = names or node_names(graph)
        made.append(_note(graph, values, anomaly, names))
    return made


def lost_notes(graph: Graph, check: Check | None, told: Collection[int]) -> list[Note]:
    """A note for each gradient of which the check found that rounding left little, but for those `told` already."""
    return [
        Note(
            "precision",
            f"the gradient of `{shorten(item.name)}`, {shortest(item.ours)}, is lost in rounding: "
            f"with sixty digits SymPy finds {shortest(item.theirs)}",
            item.node,
            graph.span(item.node),
            of_gradient=True,
        )
        for item in (check.lost if check else ())
        if item.node not in told
    ]


_OF_FLOW = ("gradient", "product", "sum")  # wordings of what is about gradients on their way
_NAME = r"\b[a-z]+\b"


def _note(graph: Graph, values: list[Any], anomaly: Anomaly, names: list[str]) -> Note:
    from backprop_cli.report.names import written
    from backprop_cli.report.parts import CALLED

    node = anomaly.node
    gate, operands = graph.gates[node], graph.inputs[node]
    row = GATES.get(gate)
    places = {j: _place(graph, node, j, anomaly) for j in operands} if row else {}
    called = {j: shorten(names[j]) + places.get(j, Place()).written for j in operands}
    here = {j: places[j].value(values[j]) if j in places else values[j] for j in operands[:4]}
    told = shortest if row and anomaly.code in ("undefined", "pole") and _seems_inside(row, here, operands) else rounded
    at = ", ".join(f"{called[j]} = {told(x)}" for j, x in here.items() if j not in graph.constants)
    other = anomaly.other
    if anomaly.rule is not None:
        message = anomaly.rule.words.format(*(shorten(names[j]) for j in operands), name=CALLED.get(gate, gate))
        said = message + _others(anomaly) + inside_of(graph, node)
        return Note(anomaly.code, said, node, graph.span(node))
    words = _MORE if anomaly.wording == "more" else _WORDS[anomaly.code, anomaly.wording]
    message = words.format(
        *map(rounded, anomaly.numbers),
        gate=(row.symbol if row else TENSORS[gate].symbol if gate in TENSORS else "") or gate,
        at=at or ", ".join(names[j] for j in operands[:4]),
        name=shorten(names[node]) + (index_text(anomaly.element) if anomaly.wording in ("input", "sum") else ""),
        written=shorten(written(graph, node, names), 80),
        along=" and ".join(f"`{called[operands[k]]}`" for k in anomaly.operands[:4]),
        other=f"{names[other]} = {written(graph, other, names)}" if other >= 0 else "",
        domain=_domain(graph, row, names, operands) if row and not _is_inside(row, here, operands) else "",
    )
    span = graph.span(node)
    said = message + _others(anomaly) + inside_of(graph, node)
    return Note(anomaly.code, said, node, span, anomaly.element, anomaly.elements, anomaly.wording in _OF_FLOW)


def _is_inside(gate: Gate, here: Mapping[int, Any], operands: Sequence[int]) -> bool:
    """Whether the operands lie in the domain, as at the pole of a power with a whole exponent, or there is none."""
    if not gate.domain:
        return True
    if any(hasattr(x, "shape") for x in here.values()) or len(operands) > len(here):
        return False
    return bool(FLOATS.domain[gate.name](*(float(here[j]) for j in operands), 0.0))


def _seems_inside(gate: Gate, here: Mapping[int, Any], operands: Sequence[int]) -> bool:
    """Whether the operands, rounded for reading, lie in the domain or at a pole: then a reader needs all digits."""
    if not gate.domain or any(hasattr(x, "shape") for x in here.values()) or len(operands) > len(here):
        return False
    there, value = [float(rounded(here[j])) for j in operands], FLOATS.value[gate.name]
    is_pole = isinf(value(*there)) and not isinf(value(*(float(here[j]) for j in operands)))
    return is_pole or bool(FLOATS.domain[gate.name](*there, 0.0))


class Place(NamedTuple):
    """Where in an operand the element of a anomaly is."""

    element: tuple[int, ...] = ()

    @property
    def written(self) -> str:
        """`[0, 2]`; nothing for a number."""
        return index_text(self.element)

    def value(self, operand: Any) -> float:
        """The operand's number there."""
        return float(operand[self.element]) if self.element else float(operand)


def _place(graph: Graph, node: int, operand: int, anomaly: Anomaly) -> Place:
    """The element of an operand that the anomaly's element of the node is made of (broadcasting undone)."""
    shape = graph.shape(operand)
    if len(anomaly.element) != len(graph.shape(node)):
        return Place(anomaly.element if len(anomaly.element) == len(shape) else (0,) * len(shape))
    added = len(anomaly.element) - len(shape)
    return Place(tuple(0 if length == 1 else k for k, length in zip(anomaly.element[added:], shape, strict=True)))


def _others(anomaly: Anomaly) -> str:
    more = anomaly.elements - 1
    return f" (and {more:,} more element{'s' * (more > 1)})" if more else ""


def _domain(graph: Graph, gate: Gate, names: list[str], operands: Sequence[int]) -> str:
    """What the gate needs, in the names of the operands at hand, but for what is about constants alone."""
    import re

    named = {p.name: shorten(names[j]) for p, j in zip(gate.parameters, operands, strict=True)}
    fixed = {p.name for p, j in zip(gate.parameters, operands, strict=True) if j in graph.constants}

    def told(condition: str, sign: str) -> str:
        parts = condition.split(sign)
        return sign.join(part for part in parts if part and not fixed >= named.keys() & set(re.findall(_NAME, part)))

    condition = told(" or ".join(told(part, " and ") for part in gate.domain.split(" or ")), " or ")
    condition = condition.replace("abs(x) < 1/0", "a finite x").replace("y == floor(y)", "a whole y")
    needed = re.sub(_NAME, lambda name: named.get(name[0], name[0]), condition)
    return f"; it needs {needed}" if needed else ""
