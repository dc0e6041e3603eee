"""A graph with calls of the user's gates folded: the same ids, and each folded call one node, at its output's id.

Nodes inside a folded call keep their places and lose their operands, so that nothing leads to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from backprop_cli.graph.graph import CONSTANT, Graph, Module


def to_fold(graph: Graph, expand: Collection[str] | None = ()) -> list[Module]:
    """The outermost calls that stay folded when gates of the names in `expand` are shown, None for all.

    What lies around an expanded call is expanded too. A call that hands back an operand or a number is no node, and
    is never folded.
    """
    if expand is None:
        return []
    modules = graph.modules
    opened = [module.name in expand for module in modules]
    for k in range(len(modules) - 1, -1, -1):
        if opened[k] and modules[k].parent >= 0:
            opened[modules[k].parent] = True
    found: list[Module] = []
    end = 0
    for module, is_open in zip(modules, opened, strict=True):
        if module.first < end or is_open:
            continue
        if module.first <= module.output and graph.gates[module.output] != CONSTANT:
            found.append(module)
            end = module.last
    return found


def fold(graph: Graph, calls: Iterable[Module]) -> tuple[Graph, bytearray]:
    """The graph with those calls folded, and for each node 1 if it is inside of one.

    A folded call's gate is its name, its attributes are its operands, its inputs those that differ.
    """
    out = Graph(graph.source)
    for column in Graph.__slots__:
        setattr(out, column, getattr(graph, column))
    out.gates, out.inputs, out.attributes = list(graph.gates), list(graph.inputs), dict(graph.attributes)
    hidden = bytearray(len(graph))
    for module in calls:
        count = module.last - module.first
        hidden[module.first : module.last] = b"\1" * count
        out.inputs[module.first : module.last] = [()] * count
        hidden[module.output] = 0
        out.gates[module.output] = module.name
        out.inputs[module.output] = tuple(dict.fromkeys(module.operands))
        out.attributes[module.output] = module.operands
    return out, hidden
