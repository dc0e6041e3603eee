"""How gradients flow back through a large graph: to each node from those that use it.

What `numbers` pushes from gate to gate is pulled here, in the same order. Most nodes are used once: their gradient is
that of their user times a slope. Where such nodes spread out like a tree they are computed a level at a time, where
they are a chain all at once.
"""

from __future__ import annotations

import numpy as np

from backprop_cli.engine.chains import chains, products
from backprop_cli.graph.large import LargeGraph
from backprop_cli.lean import Any, Callable, Iterator, NamedTuple, cached_property

_WIDE, _PATIENCE = 1000, 24  # nodes of a level that are worth a step of NumPy; narrower levels before giving up
_MANY = 32  # edges that are summed up by NumPy
_RADIX = 2**16  # what is less is sorted by its digits

Moved = Callable[[float], float] | None  # what becomes of a sum that is rounded, where that is exaggerated


class _Pull(NamedTuple):
    """Nodes that are used once, the users, and the edges."""

    nodes: Any
    parents: Any
    edges: Any


class _Plan(NamedTuple):
    """In which order gradients are computed: levels, then the rest, which are chains or (None) one by one, then leaves.

    Of the rest the parents of those that several use are -1.
    """

    levels: list[_Pull]
    rest: _Pull
    chains: list[tuple[int, int]] | None
    leaves: _Pull


class Stream:
    """The edges from `users`, which are gates in order, to their `operands`, of which the second may be none.

    `users_of` and `edges_of` are of edges into nodes that several use, node by node, each from the last user to the
    first; those of the k-th of these `joined` nodes end at `ends[k + 1]`.
    """

    def __init__(self, graph: LargeGraph, users: Any) -> None:
        self.graph, self.users, count = graph, users, len(graph)
        self.operands = np.stack([graph.first[users], graph.second[users]], 1)
        flat = self.operands.reshape(-1)
        self.uses = np.bincount(flat + 1, minlength=count + 1)[1:]
        self.joined = np.flatnonzero(self.uses > 1)
        self.ends = np.append(0, np.cumsum(self.uses[self.joined]))
        self.front = int(np.searchsorted(self.joined, users[0]))  # so many of them are leaves before all gates
        rank = np.full(count + 1, -1, np.int32)  # the operand that is none has the last place
        rank[self.joined] = np.arange(len(self.joined))
        ranks = rank[self.operands[::-1]].reshape(-1)
        edges = np.flatnonzero(ranks >= 0)
        ranks = ranks[edges]
        edges = edges[np.argsort(ranks.astype(np.uint16) if len(self.joined) < _RADIX else ranks, kind="stable")]
        self.edges_of = len(flat) - 2 - edges + 2 * (edges % 2)
        self.users_of = users[self.edges_of // 2]

    @cached_property
    def plan(self) -> _Plan:
        """The order in which gradients are computed."""
        graph, users, count = self.graph, self.users, len(self.graph)
        parent, edge = np.full(count + 1, -1), np.full(count + 1, -1)
        for k in (0, 1):
            parent[self.operands[:, k]] = users
            edge[self.operands[:, k]] = np.arange(k, 2 * len(users), 2)
        parent, edge = parent[:-1], edge[:-1]
        parent[self.uses != 1] = -1
        is_gate = np.zeros(count, bool)
        is_gate[users] = True
        waits = is_gate & (parent >= 0)
        levels, level, patience = [], np.array([graph.output]), _PATIENCE
        while len(level) and (len(level) >= _WIDE or patience):
            patience -= len(level) < _WIDE
            level = np.concatenate([graph.first[level], graph.second[level]])
            level = level[waits[level] & (level >= 0)]
            levels.append(_Pull(level, parent[level], edge[level]))
            waits[level] = False
        waits[self.joined[self.front :]] = True
        nodes, leaves = np.flatnonzero(waits)[::-1], np.flatnonzero(~is_gate & (parent >= 0))
        rest = _Pull(nodes, parent[nodes], edge[nodes])
        goes_on = rest.parents == np.append(-2, nodes[:-1])
        return _Plan(levels, rest, chains(goes_on), _Pull(leaves, parent[leaves], edge[leaves]))

    def gradients(self, upstream: float, slopes: Any, factors: Any = None, moved: Moved = None) -> Any:
        """The gradient at each node, where edges have `slopes`, and what is sent is moved by `factors`."""
        flow = _Flow(self, upstream, slopes, factors, moved)
        flow.through_gates()
        flow.pull(self.plan.leaves)
        for k in range(self.front - 1, -1, -1):
            flow.grads[self.joined[k]] = flow.joined(k)
        flow.grads += 0.0  # no gradient is ever shown as -0
        flow.grads[self.graph.output] = upstream
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
    """Gradients on their way back; if nothing `joins`, what several use gets nothing."""

    def __init__(
        self, stream: Stream, upstream: float, slopes: Any, factors: Any, moved: Moved, *, joins: bool = True
    ) -> None:
        self.stream, self.moved, self.joins = stream, moved, joins
        self.slopes, self.factors = slopes.reshape(-1), None if factors is None else factors.reshape(-1)
        self.grads = np.zeros(len(stream.graph))
        self.grads[stream.graph.output] = upstream

    def sent(self, users: Any, edges: Any) -> Any:
        """What arrives along edges."""
        sent = self.grads[users] * self.slopes[edges]
        return sent if self.factors is None else sent * self.factors[edges]

    def pull(self, of: _Pull) -> None:
        """The gradients of nodes that are used once."""
        self.grads[of.nodes] = self.sent(of.parents, of.edges)

    def joined(self, k: int) -> float:
        """The gradient of the k-th of those that several use."""
        edges = slice(self.stream.ends[k], self.stream.ends[k + 1])
        return _sum(self.sent(self.stream.users_of[edges], self.stream.edges_of[edges]), self.moved) * self.joins

    def through_gates(self) -> None:
        """The gradients of all but leaves before all gates."""
        levels, (nodes, parents, edges), found, _ = self.stream.plan
        for level in levels:
            self.pull(level)
        joined = iter(range(len(self.stream.joined) - 1, -1, -1))
        if found is None:
            self._one_by_one(joined)
            return
        for start, stop in found:
            if parents[start] < 0:
                self.grads[nodes[start]] = self.joined(next(joined))
            else:
                self.pull(_Pull(nodes[start], parents[start], edges[start]))
            if stop > start + 1:
                chain = edges[start + 1 : stop]
                factors = None if self.factors is None else self.factors[chain]
                self.grads[nodes[start + 1 : stop]] = products(self.grads[nodes[start]], self.slopes[chain], factors)

    def _one_by_one(self, joined: Iterator[int]) -> None:
        """The gradients of the rest; `joined` are the places of those that several use."""
        stream, ends = self.stream, self.stream.ends.tolist()
        known: Any = memoryview(self.grads)  # type: ignore[arg-type]  # arrays are buffers
        nodes, parents, edges = stream.plan.rest
        late = ends[stream.front]  # edges into leaves before all gates are left out
        users_of, edges_of = stream.users_of[late:].tolist(), stream.edges_of[late:]
        slopes, slopes_of = self.slopes[edges].tolist(), self.slopes[edges_of].tolist()
        factors, factors_of = [1.0] * len(nodes), [1.0] * len(users_of)
        if self.factors is not None:
            factors, factors_of = self.factors[edges].tolist(), self.factors[edges_of].tolist()
        for node, parent, slope, factor in zip(nodes.tolist(), parents.tolist(), slopes, factors, strict=True):
            if parent >= 0:
                known[node] = known[parent] * slope * factor
                continue
            k = next(joined)
            into = range(ends[k] - late, ends[k + 1] - late)
            known[node] = (
                _sum([known[users_of[e]] * slopes_of[e] * factors_of[e] for e in into], self.moved) * self.joins
            )


def reach(stream: Stream, upstream: float, slopes: Any) -> Any:
    """What would arrive at gates if what several use got nothing."""
    flow = _Flow(stream, upstream, slopes, None, None, joins=False)
    flow.through_gates()
    return flow.grads


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
