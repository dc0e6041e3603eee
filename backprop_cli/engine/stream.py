"""How gradients flow back through a large graph: to each node from those that use it.

What `numbers` pushes from gate to gate is pulled here, in the same order. Most nodes are used once: their gradient is
that of their user times a slope. Where such nodes spread out like a tree they are computed a level at a time, where
they are a chain all at once.
"""

from __future__ import annotations

import numpy as np

from backprop_cli.engine.chains import chains, products
from backprop_cli.graph.large import LargeGraph
from backprop_cli.lean import Any, Callable, Iterator

_WIDE, _PATIENCE = 1000, 24  # nodes of a level that are worth a step of NumPy; narrower levels before giving up
_MANY = 32  # edges that are summed up by NumPy
_RADIX = 2**16  # what is less is sorted by its digits

Moved = Callable[[float], float] | None  # what becomes of a sum that is rounded, where that is exaggerated


class Stream:
    """The edges from `users`, which are gates in order, to their operands."""

    def __init__(self, graph: LargeGraph, users: Any) -> None:
        self.graph, self.users, count = graph, users, len(graph)
        self.operands = operands = np.stack([graph.first[users], graph.second[users]], 1)
        uses = np.bincount(operands.reshape(-1) + 1, minlength=count + 1)[1:]
        self.parent = np.full(count, -1)
        for k in (1, 0):  # an operand that is none stands for the last node, which nobody uses
            self.parent[operands[:, k]] = users
        self.parent[uses != 1] = -1
        is_gate = np.zeros(count, bool)
        is_gate[users] = True
        self.single_gates, self.single_leaves = (self.parent >= 0) & is_gate, (self.parent >= 0) & ~is_gate
        # What several use, and the edges into it, node by node, each from the last user to the first.
        self.joined = np.flatnonzero(uses > 1)
        self.ends = np.append(0, np.cumsum(uses[self.joined]))
        rank = np.full(count, -1, np.int32)
        rank[self.joined] = np.arange(len(self.joined))
        ranks = rank[operands[::-1]].reshape(-1)
        edges = np.flatnonzero((ranks >= 0) & (operands[::-1].reshape(-1) >= 0))
        ranks = ranks[edges]
        edges = edges[np.argsort(ranks.astype(np.uint16) if len(self.joined) < _RADIX else ranks, kind="stable")]
        self.edges = operands.size - 2 - edges + 2 * (edges % 2)
        self.front = int(np.searchsorted(self.joined, users[0]))  # so many of them are leaves before all gates

    def gradients(self, upstream: float, slopes: Any, factors: Any = None, moved: Moved = None) -> Any:
        """The gradient at each node, where edges have `slopes`, and what is sent is moved by `factors`."""
        flow, leaves = _Flow(self, upstream, slopes, factors, moved), np.flatnonzero(self.single_leaves)
        flow.through_gates(joins=True)
        flow.pull(leaves)
        for k in range(self.front - 1, -1, -1):
            flow.grads[self.joined[k]] = flow.joined(k)
        flow.grads += 0.0  # no gradient is ever shown as -0
        flow.grads[self.graph.output] = upstream
        return flow.grads

    def reach(self, upstream: float, slopes: Any) -> Any:
        """The same for gates, if what several use got nothing."""
        flow = _Flow(self, upstream, slopes)
        flow.through_gates(joins=False)
        return flow.grads


def stream_of(graph: LargeGraph, users: Any) -> Stream:
    """The stream, kept at the graph where all gates are users."""
    if len(users) < len(graph.gate_nodes):
        return Stream(graph, users)
    if graph.stream is None:
        graph.stream = Stream(graph, users)
    known: Stream = graph.stream
    return known


class _Flow:
    """Gradients on their way back."""

    def __init__(self, stream: Stream, upstream: float, slopes: Any, factors: Any = None, moved: Moved = None) -> None:
        self.stream, self.moved, count = stream, moved, len(stream.graph)
        self.is_moved = factors is not None
        self.into, self.by, self.grads = np.zeros(count), np.ones(count), np.zeros(count)
        for k in (1, 0):  # of the one edge into each node
            self.into[stream.operands[:, k]] = slopes[:, k]
            if factors is not None:
                self.by[stream.operands[:, k]] = factors[:, k]
        self.users, self.slopes = stream.users[stream.edges // 2], slopes.reshape(-1)[stream.edges]
        self.factors: Any = None if factors is None else factors.reshape(-1)[stream.edges]
        self.grads[stream.graph.output] = upstream

    def pull(self, nodes: Any) -> None:
        """The gradients of nodes from the one user of each."""
        sent = self.grads[self.stream.parent[nodes]] * self.into[nodes]
        self.grads[nodes] = sent * self.by[nodes] if self.is_moved else sent

    def joined(self, k: int) -> float:
        """The gradient of the k-th of those that several use."""
        edges = slice(self.stream.ends[k], self.stream.ends[k + 1])
        sent = self.grads[self.users[edges]] * self.slopes[edges]
        return _sum(sent * self.factors[edges] if self.is_moved else sent, self.moved)

    def through_gates(self, *, joins: bool) -> None:
        """The gradients of all but leaves before all gates: of a tree level by level, of chains each at once."""
        stream, parent = self.stream, self.stream.parent
        waits = stream.single_gates.copy()
        level, patience = np.array([stream.graph.output]), _PATIENCE
        while len(level) and (len(level) >= _WIDE or patience):
            patience -= len(level) < _WIDE
            level = np.concatenate([stream.graph.first[level], stream.graph.second[level]])
            level = level[waits[level] & (level >= 0)]
            self.pull(level)
            waits[level] = False
        if joins:
            waits[stream.joined[stream.front :]] = True
        nodes = np.flatnonzero(waits)[::-1]
        if not len(nodes):
            return
        joined = iter(range(len(stream.joined) - 1, -1, -1))
        if (found := chains(parent[nodes] == np.append(-2, nodes[:-1]))) is None:
            self._one_by_one(nodes, joined)
            return
        for start, stop in found:
            node, chain = int(nodes[start]), nodes[start + 1 : stop]
            if parent[node] < 0:
                self.grads[node] = self.joined(next(joined))
            else:
                self.pull(nodes[start : start + 1])
            if len(chain):
                by = self.by[chain] if self.is_moved else None
                self.grads[chain] = products(self.grads[node], self.into[chain], by)

    def _one_by_one(self, nodes: Any, joined: Iterator[int]) -> None:
        """The gradients of nodes, from the last one to the first; `joined` are the places of those that several use."""
        known, ends = self.grads.tolist(), self.stream.ends.tolist()
        parents, into, by = (column[nodes].tolist() for column in (self.stream.parent, self.into, self.by))
        late = ends[self.stream.front]  # edges into leaves before all gates are left out
        users, slopes = self.users[late:].tolist(), self.slopes[late:].tolist()
        factors = self.factors[late:].tolist() if self.is_moved else [1.0] * len(users)
        for node, parent, slope, factor in zip(nodes.tolist(), parents, into, by, strict=True):
            if parent >= 0:
                known[node] = known[parent] * slope * factor
            else:
                k = next(joined)
                edges = range(ends[k] - late, ends[k + 1] - late)
                known[node] = _sum([known[users[e]] * slopes[e] * factors[e] for e in edges], self.moved)
        self.grads = np.array(known)


def _sum(sent: Any, moved: Moved) -> float:
    """The sum of what is sent to a node, as `join` and `settle` have it."""
    if len(sent) >= _MANY:
        totals = np.add.accumulate(sent)
        befores, afters = totals[:-1], totals[1:]
        steps = afters - befores
        rounded = (befores - (afters - steps)) + (sent[1:] - steps)
        grad, lost = float(totals[-1]), float(np.add.accumulate(rounded)[-1])
    else:
        grad, lost = 0.0, 0.0
        for x in map(float, sent):
            before, grad = grad, grad + x
            added = grad - before
            lost += (before - (grad - added)) + (x - added)
    total = grad + lost
    return moved(total) if moved and (total - grad != lost or total - lost != grad) else total
