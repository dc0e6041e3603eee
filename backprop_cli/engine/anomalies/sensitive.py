"""Which elements can be seen at the output: as values that lead to it, and as moves that change it."""

from __future__ import annotations

from backprop_cli.engine.anomalies.anomaly import Anomaly
from backprop_cli.engine.anomalies.masks import Mask, every, operands_of, some
from backprop_cli.engine.flow import flow_of_tensor, reached
from backprop_cli.engine.passes import Backward, rule_of
from backprop_cli.gates import GATES
from backprop_cli.graph.graph import Graph, Value


def live(graph: Graph, values: list[Value], output: int) -> list[Mask]:
    """For each node which elements are results or lead to one: not those only a branch not taken needs.

    A statement nobody uses is a result too.
    """
    used = {j for operands in graph.inputs for j in operands}
    found: list[Mask] = [node not in used or node == output for node in range(len(graph))]
    for node in range(len(graph) - 1, -1, -1):
        operands, here = graph.inputs[node], found[node]
        if not operands or here is False:
            continue
        gate = GATES.get(graph.gates[node])
        if here is True and (gate is None or gate.family != "choice"):
            for j in operands:
                found[j] = True
            continue
        masks = [here] * len(operands)
        if gate is None and not every(here):  # otherwise all that it is made of is looked at, whatever it picks
            masks = [flow_of_tensor(graph, values, node, k, here) for k in range(len(operands))]
        elif gate is None:
            masks = [True] * len(operands)
        elif gate.family == "choice":
            taken = values[operands[0]] != 0
            masks = [here, here & taken, here & (taken ^ True)]
        for j, mask in zip(operands, masks, strict=True):
            found[j] = found[j] | reached(mask, graph.shape(j), None if gate is None else graph.shape(node))
    return found


def sensitive(
    graph: Graph, values: list[Value], passed: Backward, output: int, active: bytearray, live: list[Mask]
) -> list[Mask]:
    """The elements of which a small move can be felt at the output: not those a routing gate ignores.

    An operand whose partial is 0 everywhere (of floor, of a comparison) is felt: by jumps.
    """
    found: list[Mask] = [False] * len(graph)
    found[output] = True
    for node in range(output, -1, -1):
        if not active[node] or not some(found[node]):
            continue
        gate = GATES.get(graph.gates[node])
        if found[node] is True and gate is not None and not gate.routes:
            for j in graph.inputs[node]:
                found[j] = found[j] | live[j]
            continue
        kink: Mask = False
        if gate is not None and gate.routes and gate.kink:
            kink = rule_of(graph, node).field.kink[gate.name](*operands_of(graph, values, node), values[node])
        for k, j in enumerate(graph.inputs[node]):
            mask = found[node]
            if gate is None:
                mask = flow_of_tensor(graph, values, node, k, mask)
            elif gate.routes and gate.partials[0 if gate.variadic else k] != "0":
                mask = mask & ((passed.locals[node][k] != 0) | kink)
            found[j] = found[j] | (reached(mask, graph.shape(j), None if gate is None else graph.shape(node)) & live[j])
    return found


def matters_not(passed: Backward, anomaly: Anomaly) -> bool:
    """Whether 0 arrives at a kink: whatever slope is taken, it is 0 times that."""
    if anomaly.code != "kink":
        return False
    grad = passed.grads[anomaly.node]
    return grad is None or not some(grad != 0)
