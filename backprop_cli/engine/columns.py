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
from backprop_cli.lean import Any, Sequence

_ADD, _SUB, _MUL = (BY_SYMBOL[sign] for sign in "+-*")
# Gates of which all operands matter, whatever their values.
_SMOOTH = frozenset(name for name, gate in GATES.items() if not (gate.variadic or gate.family == "choice")) - ROUTES
_FEWEST = 1000  # gates whose operands are known, that are worth a step of NumPy


def forward(graph: Any, leaves: Sequence[float]) -> Any:
    """The values of all nodes, of which those of the leaves are there."""
    values = np.full(len(graph), nan)
    at = np.flatnonzero(graph.first < 0)
    values[at] = [leaves[node] for node in at.tolist()]
    return Column(computed(graph, values))


def computed(graph: LargeGraph, values: Any, factors: Any = None) -> Any:
    """The values behind those of the leaves; each result is moved by its node's factor, if there are factors."""
    nodes, known = graph.gate_nodes, graph.first < 0
    with np.errstate(all="ignore"):
        while len(nodes) >= _FEWEST:  # what is a tree is computed a level at a time
            first, second = graph.first[nodes], graph.second[nodes]
            ready = known[first] & (known[second] | (second < 0))
            if np.count_nonzero(ready) * 8 < len(nodes):
                break
            level, nodes = nodes[ready], nodes[~ready]
            for name, at in by_gate(graph, level):
                operands = operands_of(graph, at, values)
                values[at] = COLUMNS.value[name](*operands)
            if factors is not None:
                values[level] *= factors[level]
            known[level] = True
    if not len(nodes):
        return values
    others = _others(graph, nodes, known)
    if (found := chains(others >= 0)) is None:
        return _one_by_one(graph, nodes, values, factors)
    with np.errstate(all="ignore"):
        for start, stop in found:
            node = int(nodes[start])
            values[node] = FLOATS.value[graph.words[graph.codes[node]]](
                *(values.item(j) for j in (graph.first[node], graph.second[node]) if j >= 0)
            ) * (1.0 if factors is None else factors[node])
            if len(chain := nodes[start + 1 : stop]):
                beside, by = values[others[start + 1 : stop]], None if factors is None else factors[chain]
                values[chain] = along(values.item(node), graph.words, graph.codes[chain], beside, by)
    return values


def _others(graph: LargeGraph, nodes: Any, known: Any) -> Any:
    """Of nodes that go on with the one before them the operand that is `known`, or any where they have one; else -1."""
    first, second, before = graph.first[nodes], graph.second[nodes], np.append(-1, nodes[:-1])
    word = np.array([0 if gate in COMMUTING else 1 if gate in LINKING else 2 for gate in graph.words])[
        graph.codes[nodes]
    ]
    goes_on = (first == before) & ((second < 0) | (known[second] & (word < 2)))
    swapped = (second == before) & known[first] & (word == 0)
    return np.where(goes_on, np.maximum(second, 0), np.where(swapped, first, -1))


def _one_by_one(graph: LargeGraph, nodes: Any, array: Any, factors: Any) -> Any:
    """The values with those of `nodes`, one after the other."""
    values: list[float] = array.tolist()
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
    return np.array(values)


def by_gate(graph: LargeGraph, nodes: Any) -> list[tuple[str, Any]]:
    """Nodes by their gate."""
    codes = graph.codes[nodes]
    found = [(word, nodes[codes == code]) for code, word in enumerate(graph.words)]
    return [(word, at) for word, at in found if len(at)]


def operands_of(graph: LargeGraph, nodes: Any, values: Any) -> list[Any]:
    """The values of the operands of nodes that have as many."""
    first, second = graph.first[nodes], graph.second[nodes]
    return [values[first]] if second[0] < 0 else [values[first], values[second]]


def slopes_of(graph: LargeGraph, users: Any, values: Any) -> Any:
    """The slopes of gates, whose values are all finite: two each, the second 0 where there is one operand."""
    slopes = np.zeros((len(users), 2))
    codes = graph.codes[users]
    with np.errstate(all="ignore"):
        for code, word in enumerate(graph.words):
            if (chosen := codes == code).any():
                nodes = users[chosen]
                for k, slope in enumerate(COLUMNS.locals[word](*operands_of(graph, nodes, values), values[nodes])):
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
