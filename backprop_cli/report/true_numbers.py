"""Numbers that are not right to six digits: the notes on them, and the true numbers in their place."""

from __future__ import annotations

from itertools import groupby
from math import isfinite

from backprop_cli.engine.true_number import TrueNumber
from backprop_cli.errors import shorten
from backprop_cli.graph import Graph
from backprop_cli.graph.names import node_names, output_name
from backprop_cli.graph.subgraphs import inside_of
from backprop_cli.lean import TYPE_CHECKING, Collection, Iterable, Sequence
from backprop_cli.report.model import Note
from backprop_cli.text import index_text, shortest

if TYPE_CHECKING:
    from backprop_cli.engine.anomalies import Anomaly
    from backprop_cli.engine.passes import Backward

_MOST = 6  # numbers named in one note
_ROUNDING = "{what} is {true}, not {ours}: its digits were lost in rounding"
_UNDERFLOW = "{what} is {true}, not {ours}: below 2.2e-308 doubles have few digits, below 4.9e-324 none"
_OVERFLOW = "{what} is {true}, not {ours}: in doubles a number on the way is not finite"
_QUOTIENTS = "{what} is {true}, not {ours}: the chain rule has none, the quotients of differences on both sides agree"
_OPEN = "{what}, {ours}, may have lost its digits in rounding; to tell would take more work than there may be"
_OPEN_WAY = "{what} may have lost {own} digits {way}; to tell would take more work than there may be"
_SINGULAR = frozenset({"pole", "undefined"})
_Group = tuple[int, bool, list[TrueNumber]]  # a node, whether it is its gradient, and the elements


def notes(graph: Graph, untrue: Iterable[TrueNumber], asked: Collection[int]) -> list[Note]:
    """A note for the output's value and each gradient that was `asked` for, and one for all other numbers."""
    if not untrue:
        return []
    names = node_names(graph)
    groups: list[_Group] = [
        (node, of_gradient, list(items))
        for (node, of_gradient), items in groupby(untrue, key=lambda item: (item.node, item.of_gradient))
    ]
    first = [group for group in groups if _is_asked(graph, group, asked)]
    rest = [group for group in groups if not _is_asked(graph, group, asked)]
    made = [_note(graph, names, *group) for group in first]
    return [*made, _on_the_way(graph, names, rest, after=bool(made))] if rest else made


def without_repeated(anomalies: Iterable[Anomaly], untrue: Collection[TrueNumber], graph: Graph) -> list[Anomaly]:
    """The anomalies but for underflows whose true size is told; of what only rounding reaches that is said."""
    known = {(item.node, item.of_gradient) for item in untrue if item.known and item.is_small}
    values = {(item.node, item.element) for item in untrue if item.known and not item.of_gradient}

    def is_told(anomaly: Anomaly) -> bool:
        if anomaly.wording == "value":
            return (anomaly.node, False) in known
        operands = [graph.inputs[anomaly.node][k] for k in anomaly.operands]
        return bool(operands) and all((j, True) in known for j in operands)

    def is_rounded(anomaly: Anomaly) -> bool:
        of_operands = {(j, place) for j in graph.inputs[anomaly.node] for place in ((), anomaly.element)}
        return (anomaly.node, anomaly.element) in values or not values.isdisjoint(of_operands)

    return [
        anomaly._replace(wording="rounded")
        if anomaly.code in _SINGULAR and anomaly.wording == "value" and is_rounded(anomaly)
        else anomaly
        for anomaly in anomalies
        if not (anomaly.code == "underflow" and is_told(anomaly))
    ]


def is_lost(graph: Graph, passed: Backward | None, anomaly: Anomaly, asked: Collection[int]) -> bool:
    """Whether an underflow made 0 of the output, or of a gradient that was asked for."""
    if anomaly.code != "underflow":
        return False
    if anomaly.wording == "value":
        return anomaly.node == graph.output
    operands = {graph.inputs[anomaly.node][k] for k in anomaly.operands} & set(asked)
    return passed is not None and any(not hasattr(x := passed.grads[j], "shape") and x == 0 for j in operands)


def _is_asked(graph: Graph, group: _Group, asked: Collection[int]) -> bool:
    node, of_gradient, _ = group
    return node in asked if of_gradient else node == graph.output


def _on_the_way(graph: Graph, names: list[str], groups: list[_Group], *, after: bool) -> Note:
    """One note for the numbers of nodes that nobody asked for by name."""
    told, unknown = [], []
    for node, of_gradient, items in groups[:_MOST]:
        name = shorten(names[node])
        called = f"d{output_name(graph)}/d{name}" if of_gradient else name
        called = f"`{called}{index_text(items[0].element)}`"
        if items[0].known:
            told.append(f"{called} = {true_text(items[0])}")
        else:
            unknown.append(called)
    if len(groups) > _MOST:
        (unknown or told)[-1] += f" and {len(groups) - _MOST:,} more"
    all_items = [item for _, _, items in groups for item in items]
    small = all(item.known and item.is_small for item in all_items)
    beyond = not any(isfinite(item.ours) for item in all_items)
    code = "overflow" if beyond else "underflow" if small else "precision"
    way = f"on the way{' too' if after else ''}"
    parts = [f"digits were lost {way}; truly {', '.join(told)}"] if told else []
    if unknown:
        own = "their" if len(unknown) > 1 else "its"
        parts.append(_OPEN_WAY.format(what=", ".join(unknown), own=own, way=way))
    message = "; ".join(parts)
    node = groups[0][0]
    return Note(code, message, node, graph.span(node), of_gradient=groups[0][1])


def _note(graph: Graph, names: list[str], node: int, of_gradient: bool, items: Sequence[TrueNumber]) -> Note:
    item = items[0]
    small = item.known and item.is_small
    beyond = not isfinite(item.ours)
    words = (
        _OPEN
        if not item.known
        else _QUOTIENTS
        if item.by_quotients
        else _OVERFLOW
        if beyond
        else _UNDERFLOW
        if small
        else _ROUNDING
    )
    what = f"the {'gradient' if of_gradient else 'value'} of `{shorten(names[node])}{index_text(item.element)}`"
    rank = len(graph.shape(graph.output))
    if of_gradient and len(item.element) > len(graph.shape(node)):  # of a Jacobian
        here, there = index_text(item.element[:rank]), index_text(item.element[rank:])
        what = f"`d{output_name(graph)}{here}/d{shorten(names[node])}{there}`"
    true, ours = true_text(item), shortest(item.ours + 0.0)
    ours = f"{item.ours:.10g}" if ours == true else ours  # of a double with few digits the shortest hides that
    message = words.format(what=what, true=true, ours=ours)
    if len(items) > 1:
        message += f" (and {len(items) - 1:,} more element{'s' * (len(items) > 2)})"
    message += inside_of(graph, node)
    code = "undefined" if item.by_quotients else "overflow" if beyond else "underflow" if small else "precision"
    return Note(code, message, node, graph.span(node), item.element, len(items), of_gradient)


def true_text(item: TrueNumber) -> str:
    """The true number: the nearest double as it is written, or its digits where doubles have none."""
    return shortest(item.true) if item.is_representable else item.text
