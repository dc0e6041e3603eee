"""Turns of loops as sub-graphs: where they are among calls of gates, and which of their nodes others use."""

from __future__ import annotations

from backprop_cli.graph.graph import INPUT, Graph
from backprop_cli.graph.remarks import Subgraph
from backprop_cli.language.program import Program
from backprop_cli.language.turns import Turn
from backprop_cli.lean import Iterable, Sequence


def with_turns(calls: Sequence[Subgraph], turns: Iterable[Turn], begins: Sequence[int] = ()) -> list[Subgraph]:
    """The sub-graphs that are calls, and the turns, those around others first; what leaves a turn is still to be found.

    `begins` says where the rows of the turns went.
    """
    made: list[Subgraph] = []
    for turn in turns:
        first, last = (begins[turn.first], begins[turn.last]) if begins else (turn.first, turn.last)
        made.append(Subgraph(turn.name, turn.label, first, last, (), (), -1, turn.parent, title=turn.title))
    if not made:
        return [*calls]
    both = [*made, *calls]
    order = sorted(range(len(both)), key=lambda k: (both[k].first, -both[k].last, k))
    new = {k: place for place, k in enumerate(order)}
    around: list[int] = []
    sorted_: list[Subgraph] = []
    for place, k in enumerate(order):
        subgraph, count = both[k], len(made) if k >= len(made) else 0
        while around and sorted_[around[-1]].last < max(subgraph.last, subgraph.first + 1):
            around.pop()
        parent = new[subgraph.parent + count] if subgraph.parent >= 0 else around[-1] if around and count else -1
        sorted_.append(subgraph._replace(parent=parent))
        if not count:
            around.append(place)
    return sorted_


def names_in_turns(program: Program) -> dict[int, str]:
    """What the rows of statements in turns are called, `turn3.h`: of several that have a name in a turn, the last."""
    turns = program.turns
    found: dict[str, int] = {}
    k = -1
    for statement in program.statements if turns else ():
        row = statement.row
        while k + 1 < len(turns) and turns[k + 1].first <= row:
            k += 1
        at = k
        while at >= 0 and not turns[at].first <= row < turns[at].last:
            at = turns[at].parent
        if at >= 0 and statement.name and program.ops[row] not in ("name", "num"):
            found[f"{turns[at].label}.{statement.name}"] = row
    return {row: name for name, row in reversed(found.items())}  # of two names of a row the first


def settle(graph: Graph) -> None:
    """Find out what enters and leaves each turn, and name what the text defines last; turns without gates are none."""
    if not any(subgraph.title for subgraph in graph.subgraphs):
        return
    last_use = list(range(len(graph)))
    for node, operands in enumerate(graph.inputs):
        for j in operands:
            last_use[j] = node
    last_use[graph.output] = len(graph)
    own = {node: name.rpartition(".")[2] for node, name in graph.names.items() if "." in name}
    finals = set(graph.definitions.values())
    left: dict[tuple[str, int], set[str]] = {}  # names that some turn of a loop hands on: the last one does too
    made: list[Subgraph] = []
    new: list[int] = []
    for subgraph in graph.subgraphs:
        parent = new[subgraph.parent] if subgraph.parent >= 0 else -1
        if subgraph.title:
            inside = range(subgraph.first, subgraph.last)
            names = left.setdefault((subgraph.name, parent), set())
            leaving = [
                node
                for node in inside
                if graph.gates[node] != INPUT
                and (last_use[node] >= subgraph.last or (node in finals and own.get(node) in names))
            ]
            names.update(own[node] for node in leaving if node in own)
            entering = dict.fromkeys(j for node in inside for j in graph.inputs[node] if j < subgraph.first)
            if not leaving:  # nobody uses it
                leaving = [node for node in inside if graph.inputs[node]][-1:]
            if not leaving:
                new.append(parent)
                continue
            subgraph = subgraph._replace(operands=tuple(entering), output=leaving[-1], more=tuple(leaving[:-1]))
        new.append(len(made))
        made.append(subgraph._replace(parent=parent))
    graph.subgraphs = made
    for exactly in (True, False):  # a node that has two names is called as it is in the turns before
        for name, node in graph.definitions.items():
            if node in own and (not exactly or own[node] == name):
                graph.names[node] = name
                del own[node]
