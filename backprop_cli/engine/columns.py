"""The passes over a large graph of numbers, by columns: what `numbers` says, in the same digits.

Where something in a pass is not finite, or a gate ignores operands, the plain loops have it. A test holds both to the
same answers.
"""

from __future__ import annotations

from math import nan

import numpy as np

from backprop_cli.engine.chains import COMMUTING, LINKING, along, chains
from backprop_cli.engine.column import Column, Later
from backprop_cli.engine.stream import stream_of
from backprop_cli.gates import BY_SYMBOL, GATES, ROUTES
from backprop_cli.gates.fields import COLUMNS, FLOATS
from backprop_cli.graph.large import LargeGraph
from backprop_cli.lean import Any, NamedTuple, Sequence

_ADD, _SUB, _MUL = (BY_SYMBOL[sign] for sign in "+-*")
# Gates of which all operands matter, whatever their values.
_SMOOTH = frozenset(name for name, gate in GATES.items() if not (gate.variadic or gate.family == "choice")) - ROUTES
_SUMS = frozenset(name for name, gate in GATES.items() if gate.family == "sum")  # whose slopes are the same everywhere
_FEWEST = 1000  # gates whose operands are known, that are worth a step of NumPy


def forward(graph: Any, leaves: Sequence[float]) -> Any:
    """The values of all nodes, of which those of the leaves are there."""
    values = np.full(len(graph), nan)
    at = np.flatnonzero(graph.first < 0)
    values[at] = [leaves[node] for node in at.tolist()]
    return Column(computed(graph, values))


class _Group(NamedTuple):
    """Nodes of one gate, and their operands; `second` is None where they have one."""

    word: str
    nodes: Any
    first: Any
    second: Any

    def operands(self, values: Any) -> list[Any]:
        """The values of the operands."""
        return [values[self.first]] if self.second is None else [values[self.first], values[self.second]]


class _Order(NamedTuple):
    """In which order values are computed: levels, each by its gates, then the rest, in chains or (None) one by one.

    `others` are the operands that the rest take from beside a chain.
    """

    levels: list[tuple[Any, list[_Group]]]
    rest: Any
    others: Any
    chains: list[tuple[int, int]] | None


def order_of(graph: LargeGraph) -> _Order:
    """The order in which values are computed: what is a tree a level at a time."""
    nodes, known, levels = graph.gate_nodes, graph.first < 0, []
    while len(nodes) >= _FEWEST:
        first, second = graph.first[nodes], graph.second[nodes]
        ready = known[first] & (known[second] | (second < 0))
        if np.count_nonzero(ready) * 8 < len(nodes):
            break
        level, nodes = nodes[ready], nodes[~ready]
        levels.append((level, groups(graph, level)))
        known[level] = True
    others = _others(graph, nodes, known)
    return _Order(levels, nodes, others, chains(others >= 0))


def groups(graph: LargeGraph, nodes: Any) -> list[_Group]:
    """Nodes by their gate."""
    codes, found = graph.codes[nodes], []
    for code in np.flatnonzero(np.bincount(codes)).tolist():
        at = nodes[codes == code]
        second = graph.second[at]
        found.append(_Group(graph.words[code], at, graph.first[at], second if second[0] >= 0 else None))
    return found


def _others(graph: LargeGraph, nodes: Any, known: Any) -> Any:
    """Of nodes that go on with the one before them the operand that is `known`, or any where they have one; else -1."""
    first, second, before = graph.first[nodes], graph.second[nodes], np.append(-1, nodes[:-1])
    kinds = np.array([2 * (word in COMMUTING) + (word in LINKING) for word in graph.words])[graph.codes[nodes]]
    goes_on = (first == before) & ((second < 0) | (known[second] & (kinds > 0)))
    swapped = (second == before) & known[first] & (kinds > 1)
    return np.where(goes_on, np.maximum(second, 0), np.where(swapped, first, -1))


def computed(graph: LargeGraph, values: Any, factors: Any = None) -> Any:
    """The values behind those of the leaves; each result is moved by its node's factor, if there are factors."""
    if graph.order is None:
        graph.order = order_of(graph)
    order: _Order = graph.order
    with np.errstate(all="ignore"):
        for level, by_gate in order.levels:
            for group in by_gate:
                values[group.nodes] = COLUMNS.value[group.word](*group.operands(values))
            if factors is not None:
                values[level] *= factors[level]
        if order.chains is None:
            _one_by_one(graph, order.rest, memoryview(values), factors)
            return values
        for start, stop in order.chains:
            node, chain = order.rest[start], order.rest[start + 1 : stop]
            operands = [values.item(j) for j in (graph.first[node], graph.second[node]) if j >= 0]
            begin = FLOATS.value[graph.words[graph.codes[node]]](*operands) * (
                1.0 if factors is None else factors[node]
            )
            values[node] = begin
            if len(chain):
                by = None if factors is None else factors[chain]
                beside = values[order.others[start + 1 : stop]]
                values[chain] = along(float(begin), graph.words, graph.codes[chain], beside, by)
    return values


def _one_by_one(graph: LargeGraph, nodes: Any, values: Any, factors: Any) -> None:
    """Fill in the values of `nodes`, one after the other."""
    codes, first, second = (column[nodes].tolist() for column in (graph.codes, graph.first, graph.second))
    by = [1.0] * len(nodes) if factors is None else factors[nodes].tolist()
    places = {word: code for code, word in enumerate(graph.words)}
    add, sub, mul = (places.get(word, -1) for word in (_ADD, _SUB, _MUL))
    of = [FLOATS.value[word] if word in GATES else None for word in graph.words]
    for node, code, left, right, factor in zip(nodes.tolist(), codes, first, second, by, strict=True):
        if code == add:
            out = values[left] + values[right]
        elif code == mul:
            out = values[left] * values[right]
        elif code == sub:
            out = values[left] - values[right]
        elif right < 0:
            out = of[code](values[left])
        else:
            out = of[code](values[left], values[right])
        values[node] = out * factor


def slopes_of(graph: LargeGraph, users: Any, values: Any) -> Any:
    """The slopes of gates, whose values are all finite: two each, the second 0 where there is one operand."""
    slopes, codes = np.zeros((len(users), 2)), graph.codes[users]
    with np.errstate(all="ignore"):
        for group in groups(graph, users):
            chosen = slice(None) if len(group.nodes) == len(users) else codes == graph.words.index(group.word)
            given = [0.0, 0.0] if group.word in _SUMS else group.operands(values)
            out = 0.0 if group.word in _SUMS else values[group.nodes]
            for k, slope in enumerate(COLUMNS.locals[group.word](*given[: 2 - (group.second is None)], out)):
                slopes[chosen, k] = slope
    return slopes


def backward(graph: Any, values: Any, output: int, upstream: float) -> tuple[Any, Any] | None:
    """The slopes and the gradients, as `numbers.backward` has them; None where that has to do it."""
    if not isinstance(values, Column) or output != graph.output:
        return None
    if not ({*graph.words} & GATES.keys() <= _SMOOTH and np.isfinite(values.array).all()):
        return None
    stream = stream_of(graph, graph.gate_nodes)
    slopes = slopes_of(graph, stream.users, values.array)
    with np.errstate(all="ignore"):
        grads = stream.gradients(upstream, slopes)
    if not np.isfinite(grads).all():
        return None

    def all_slopes() -> list[tuple[float, ...]]:
        found: list[tuple[float, ...]] = [()] * len(graph)
        for node, (left, right), second in zip(
            stream.users.tolist(), slopes.tolist(), stream.operands[:, 1].tolist(), strict=True
        ):
            found[node] = (left, right) if second >= 0 else (left,)
        return found

    return Later(all_slopes), Column(grads)
